# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.filter.dns import dns_names, pair_names


def test_names_are_sorted_by_zone_each_once() -> None:
    names = ["files", "FILES.Example.com", "print", "print.branch.example.com", "old.example.org", "notexample.com"]
    assert dns_names(names, "example.COM") == {
        "inside": ["files", "print", "print.branch"],
        "outside": ["old.example.org", "notexample.com"],
    }


@pytest.mark.parametrize("zone", ["", "example.com.", "exa mple.com", "192.0.2.1", "-a.com"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(AnsibleFilterError, match=r"wanted a DNS zone such as example\.com"):
        dns_names(["files"], zone)


def test_names_of_a_pair_lead_to_its_address() -> None:
    pairs: list[dict[str, t.Any]] = [
        {"name": "projects", "aliases": ["work"], "address": "192.0.2.30/24"},
        {"name": "a", "address": "192.0.2.4/24"},
        # Nobody dials it.
        {"name": "store", "address": "10.0.0.50/24", "functions": ["nfs"]},
    ]
    assert pair_names(pairs) == {"projects": "192.0.2.30", "work": "192.0.2.30", "a": "192.0.2.4"}
