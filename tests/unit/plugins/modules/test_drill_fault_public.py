# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that clients reach without front ends: where it is gone, so are its public addresses."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_process import PS
from ansible_collections.samba_ha.cluster.plugins.modules import drill_fault
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.modules.drill_cases import (
    ADDRESSES,
    DELETE_BOTH,
    NO_CUT,
    listed,
    processes,
    switch,
    unit,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, answer


@pytest.fixture
def call(no_waiting: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr("time.time", lambda: 1000.0)
    return caller(drill_fault, tmp_path, monkeypatch, capsys)


def test_a_dead_node_does_not_answer_for_its_public_addresses(call: Call) -> None:
    units = ("glusterd.service", "ctdb.service")
    made = Replay(
        processes("ctdbd", 7),
        switch("systemctl", "unmask", "--runtime", *units),
        answer(["systemctl", "mask", "--runtime", *units]),
        processes("ctdbd", 7),
        ADDRESSES,
        answer(["kill", "-KILL", "7"]),
        answer(PS),
        answer(["ip", "address", "delete", "10.213.1.11/24", "dev", "eth0"]),
        *(unit(name) for name in units),
    )
    # The other one is on another node.
    result = call(made, {"name": "node_killed", "public_addresses": ["192.0.2.10", "10.213.1.11"]})
    made.done()
    assert result["proof"] == "ctdbd 7 gone, 10.213.1.11 taken from eth0"


def test_a_node_that_is_cut_off_answers_no_arp_for_public_addresses(call: Call) -> None:
    addresses = ["192.0.2.21", "192.0.2.22"]
    told = call(Replay(), {"name": "node_cut_off", "public_addresses": addresses}, check_mode=True)["proof"]
    assert all(f"arp saddr ip {address} counter drop" in told for address in addresses)
    made = Replay(switch("nft", DELETE_BOTH), NO_CUT, answer(["nft", "--file", "-"]), listed("bookworm-1.0.6")[0])
    assert not call(made, {"name": "node_cut_off", "public_addresses": addresses}).get("failed")
    made.done()
    # Behind front ends nobody asks for a node by an address that moves.
    assert "arp" not in call(Replay(), {"name": "node_cut_off"}, check_mode=True)["proof"]
