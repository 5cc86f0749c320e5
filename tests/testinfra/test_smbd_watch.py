# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A smbd that hangs is ended, and one that has died is started again, without a hand."""

from __future__ import annotations

import json
import time
import typing as t
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Broken, Client
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from lab import Lab, LabHost, SmbClient, eventually
from observe import settle, stdout


def processes(node: LabHost) -> dict[str, str]:
    """The state of each smbd by its number."""
    rows = (line.split() for line in stdout(node, "ps -C smbd -o pid=,state=").splitlines())
    return dict(t.cast("t.Iterable[tuple[str, str]]", rows))


def sessions(lab: Lab) -> dict[str, dict[str, t.Any]]:
    """All sessions with the cluster by their numbers, as smbstatus tells them."""
    told = json.loads(stdout(lab.pool[1], "smbstatus --processes --json"))["sessions"]
    return t.cast("dict[str, dict[str, t.Any]]", told)


def served(lab: Lab, node: LabHost) -> bool:
    with SmbClient(lab, node.address) as client:
        client.write("watched", b"served")
        client.delete("watched")
    return True


@pytest.fixture(autouse=True)
def settled_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "a smbd that was ended")


def test_a_smbd_that_hangs_is_ended_and_clients_get_another(lab: Lab) -> None:
    node = lab.pool[1]
    before, start = processes(node), time.time()
    assert before
    node.run("pkill -STOP -x smbd")
    gone = eventually(lambda: processes(node), lambda now: not set(before) & set(now), timeout=10, what="the old smbd")
    eventually(lambda: served(lab, node), bool, timeout=30, what=f"{node.name}'s new smbd")
    said = node.run(f"journalctl --quiet --output cat --unit samba-ha-smbd-watch --since @{start - 1:.0f}")
    assert said.count("it is killed") == 1, (said, gone)


def test_a_client_whose_earlier_smbd_dies_while_it_logs_on_again_is_let_in(lab: Lab) -> None:
    """Its process is frozen first, so that the client waits for certain: one that is only slow to die is rare."""
    lost, other = lab.pool[:2]
    guid = uuid.uuid4()

    def log_on(node: LabHost, previous: int = 0) -> Client:
        target = Target(node.address, lab.virtual_name, lab.share, lab.username, lab.password, timeout=60)
        return Client(target, guid, previous)

    def users(node: LabHost) -> list[str]:
        on_it = f"ipv4:{node.address}:445"
        return [one["username"] for one in sessions(lab).values() if one["channels"]["0"]["local_address"] == on_it]

    first = log_on(lost)
    process = sessions(lab)[str(first.session_id)]["server_id"]["pid"]
    lost.run(f"kill -STOP {process}")
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(log_on, other, first.session_id)
        eventually(lambda: users(other), ["(auth in progress)"].__eq__, timeout=20, what="a logon that waits")
        killed = time.monotonic()
        lost.run("systemctl kill --signal=KILL smbd.service")
        with pytest.raises(Broken, match="closed by the server"):
            second.result()
        # Left alone it would have waited for the client's own limit.
        assert time.monotonic() - killed < 20
    log_on(other, first.session_id).cut()
    first.cut()


def test_a_smbd_that_has_died_is_started_again(lab: Lab) -> None:
    node = lab.pool[1]
    before = processes(node)
    node.run("pkill -KILL -x smbd")
    eventually(lambda: served(lab, node), bool, timeout=30, what=f"{node.name}'s new smbd")
    assert not set(before) & set(processes(node))
