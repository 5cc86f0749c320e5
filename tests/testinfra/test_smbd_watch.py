# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A smbd that hangs is ended, and one that has died is started again, without a hand."""

from __future__ import annotations

import time
import typing as t

import pytest
from lab import Lab, LabHost, SmbClient, eventually
from observe import settle, stdout


def processes(node: LabHost) -> dict[str, str]:
    """The state of each smbd by its number."""
    rows = (line.split() for line in stdout(node, "ps -C smbd -o pid=,state=").splitlines())
    return dict(t.cast("t.Iterable[tuple[str, str]]", rows))


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


def test_a_smbd_that_has_died_is_started_again(lab: Lab) -> None:
    node = lab.pool[1]
    before = processes(node)
    node.run("pkill -KILL -x smbd")
    eventually(lambda: served(lab, node), bool, timeout=30, what=f"{node.name}'s new smbd")
    assert not set(before) & set(processes(node))
