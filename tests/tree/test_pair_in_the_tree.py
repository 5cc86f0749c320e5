# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair beside a pool: names at the front ends and links of the namespace lead to it, whichever host serves.

Not among the tests of `make test`, whose labs have one or the other. On a lab with both, a minute:

    make lab PARTS=pool,pair
    .venv/bin/python -m pytest tests/tree
"""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_negotiate import parse_negotiate_response
from lab import Lab
from observe import route
from pairing import Eyes, active
from test_dfs import smbclient
from test_failover import done, fail_over
from test_names import ask, named


@pytest.fixture(scope="module")
def pair(lab: Lab) -> Lab:
    """The lab as clients of the pair alone see it."""
    if not (lab.pair and lab.pool):
        pytest.skip("needs a lab with a pool and a pair: make lab PARTS=pool,pair")
    address = lab.client.run("getent hosts projects").split()[0]
    return dataclasses.replace(lab, addresses=(address,), virtual_name="projects", share="work")


@pytest.mark.parametrize("name", ["projects", "print", "Print.Example.COM"])
def test_front_ends_lead_to_the_pair(lab: Lab, name: str) -> None:
    end, answer = ask(lab, named(name))
    assert parse_negotiate_response(answer).dialect == "3.1.1"
    assert route(lab, end)["backend"] == "pair-projects"


def test_one_path_leads_to_it_before_and_after_a_move(lab: Lab, pair: Lab) -> None:
    holder, other = active(pair)
    name = f"moved-{uuid.uuid4().hex}"
    smbclient(lab, "files/dfs", f'put /etc/hostname "Projects\\{name}"')
    done(fail_over(holder.name, "drain", "-e", "accept=no_redundancy"))
    try:
        assert Eyes(pair).holders() == [other]
        smbclient(lab, "files/dfs", f'get "Projects\\{name}" /var/tmp/{name}', f'rm "Projects\\{name}"')
        assert lab.client.run(f"cat /var/tmp/{name}") == lab.client.name
    finally:
        done(fail_over(holder.name, "return"))
