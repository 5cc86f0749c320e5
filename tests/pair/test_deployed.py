# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployed pair: one host has all of it, clients reach it by its name, and a change is no outage.

That a second run changes nothing is seen by one that changes a share, and nothing else.
"""

from __future__ import annotations

import json
import re
import subprocess
import typing as t
import uuid
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from lab import Lab, SmbClient, playbook, recap
from observe import stdout
from pairing import Eyes, active, settle
from test_firewall import GLUSTERD, SMB, open_from

SITE = "playbooks/site.yml"
QNETD = 5403
MORE = """{{ lab_pairs | map('combine', {'shares': lab_pairs[0].shares + [{'name': 'more', 'path': 'more'}]}) }}"""
UNFENCED = """{{ lab_pairs | map('dict2items') | map('rejectattr', 'key', 'eq', 'fence') | map('items2dict') }}"""


CHANGED = re.compile(r"^TASK \[(?:\S+ : )?(?P<task>.+)\] \*+\n(?:(?!TASK|PLAY).*\n)*?changed: \[", re.MULTILINE)
"""A task that changed a host, in what a run prints."""
FOR_A_SHARE = {"Make the shares' directories", "Define the shares"}


@pytest.fixture(scope="module", autouse=True)
def whole_pair(lab: Lab) -> None:
    settle(lab, "what came before")


def pairs(value: str) -> list[str]:
    return ["-e", json.dumps({"samba_ha_pairs": value})]


Prediction = Future[subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module", autouse=True)
def prediction(whole_pair: None) -> t.Iterator[Prediction]:
    """What a run with one more share would change, asked for while others look."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(playbook, SITE, "--check", *pairs(MORE))


def test_one_host_has_all_of_it(lab: Lab) -> None:
    holder, other = active(lab)
    assert list(Eyes(lab).mounted()) == [holder.name]
    for unit in ("samba-ha-pair.service", "samba-ha-cups.service"):
        assert holder.shell.service(unit).is_running
        assert not other.shell.service(unit).is_running
    for host in lab.pair:
        assert not host.shell.service("smbd.service").is_running, "Debian's own would answer on the host's address"


def test_a_file_goes_there_and_back_by_the_pair_s_name(lab: Lab) -> None:
    name = f"named-{uuid.uuid4().hex}"
    with SmbClient(lab, lab.vip) as client:
        client.write(name, b"by its address")
    service, who = f"//{lab.virtual_name}/{lab.share}", f"{lab.username}%{lab.password}"
    assert (
        lab.client.run("smbclient %s --user %s --command %s", service, who, f"get {name} -").count("by its address")
        == 1
    )
    with SmbClient(lab, lab.vip) as client:
        client.delete(name)


def test_clients_reach_smb_and_nothing_else(lab: Lab) -> None:
    holder, other = active(lab)
    assert open_from(lab.client, lab.vip, SMB)
    assert not open_from(lab.client, other.address, SMB)
    assert not open_from(lab.client, holder.address, GLUSTERD)
    # A pair that SBD fences has no quorum host.
    for quorum in lab.having("quorum"):
        for port in (GLUSTERD, QNETD):
            assert not open_from(lab.client, quorum.address, port)


def test_a_pair_without_fencing_is_refused(lab: Lab) -> None:
    refused = playbook(SITE, *pairs(UNFENCED))
    assert refused.returncode != 0
    said = " ".join(refused.stdout.split())
    assert f"pair {lab.virtual_name}" in said and "fence" in said, refused.stdout
    assert {row["changed"] for row in recap(refused.stdout).values()} == {0}


def test_the_page_calls_it_healthy(lab: Lab) -> None:
    page = playbook("playbooks/status.yml")
    assert page.returncode == 0, page.stdout
    assert "HEALTHY" in page.stdout


def test_a_new_share_is_predicted_and_all_that_a_second_run_changes(lab: Lab, prediction: Prediction) -> None:
    holder, _other = active(lab)
    before = stdout(holder, "systemctl show --property MainPID samba-ha-pair.service pacemaker.service")
    predicted = prediction.result()
    assert predicted.returncode == 0, predicted.stdout
    with SmbClient(lab, lab.vip) as client:
        made = playbook(SITE, *pairs(MORE))
        assert made.returncode == 0, made.stdout
        changed = [{host: row["changed"] for host, row in recap(run.stdout).items()} for run in (predicted, made)]
        assert changed[0] == changed[1]
        assert [set(CHANGED.findall(run.stdout)) for run in (predicted, made)] == [FOR_A_SHARE, FOR_A_SHARE]
        # By the connection from before.
        client.write("kept", b"kept")
        client.delete("kept")
    with SmbClient(lab, lab.vip, "more") as client:
        client.write("new", b"new")
        client.delete("new")
    assert stdout(holder, "systemctl show --property MainPID samba-ha-pair.service pacemaker.service") == before
    assert Eyes(lab).holders() == [holder]
