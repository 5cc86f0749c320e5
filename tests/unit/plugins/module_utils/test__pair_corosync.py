# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_corosync import (
    Corosync,
    CorosyncDown,
    Link,
    Member,
    Qdevice,
    load_corosync,
    parse_configured,
    parse_links,
    parse_qdevice,
    parse_quorum,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import (
    RELEASES,
    corosync,
    corosync_says,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, answer

LAST = {"bookworm": 15, "trixie": 12}
"""The last number of the peer's addresses."""


def load(scenario: str, release: str) -> Corosync:
    replay = Replay(*corosync_says(scenario, release))
    seen = load_corosync(replay, 8)
    replay.done()
    return seen


def links(release: str, *connected: bool) -> dict[str, tuple[Link, ...]]:
    return {"file2": tuple(Link(number, f"10.216.{number}.{LAST[release]}", up) for number, up in enumerate(connected))}


@RELEASES
def test_healthy(release: str) -> None:
    assert load("healthy", release) == Corosync(
        quorate=True,
        expected_votes=3,
        total_votes=3,
        nodes=(Member("file1", 1, 1), Member("file2", 2, 1)),
        qdevice=Qdevice(True, True, "Connected", "Fifty-Fifty split"),
        links=links(release, True, True),
    )


def test_the_vote_of_the_quorum_device_is_no_members() -> None:
    assert parse_quorum(corosync("healthy/quorum.txt")).votes == {1: 1, 2: 1}


@RELEASES
def test_a_cut_link(release: str) -> None:
    assert load("link_cut", release).links == links(release, True, False)


@RELEASES
def test_a_lost_peer_keeps_its_links_and_has_no_votes(release: str) -> None:
    seen = load("peer_gone", release)
    assert seen.links == links(release, False, False)
    assert seen.nodes == (Member("file1", 1, 1), Member("file2", 2, None))
    assert (seen.quorate, seen.total_votes, seen.expected_votes) == (True, 2, 3)


@RELEASES
def test_a_quorum_server_that_is_not_reached(release: str) -> None:
    seen = load("qnetd_gone", release)
    assert seen.qdevice == Qdevice(True, False, "Connect failed", "Fifty-Fifty split")
    assert (seen.quorate, seen.total_votes) == (True, 2)


@RELEASES
def test_a_quorum_device_whose_daemon_does_not_run(release: str) -> None:
    assert load("qdevice_stopped", release).qdevice == Qdevice(True, False, None, None)


@RELEASES
def test_no_quorum(release: str) -> None:
    seen = load("no_quorum", release)
    assert (seen.quorate, seen.total_votes, seen.expected_votes) == (False, 1, 3)


@RELEASES
def test_without_a_quorum_device_none_is_asked(release: str) -> None:
    first, *rest, _qdevice = corosync_says("qdevice_stopped", release)
    plain = "\n".join(line for line in first.stdout.splitlines() if not line.startswith("quorum.device"))
    replay = Replay(answer(first.argv, 0, plain), *rest)
    assert load_corosync(replay, 8).qdevice == Qdevice(False, False, None, None)
    replay.done()


@RELEASES
def test_stopped(release: str) -> None:
    with pytest.raises(CorosyncDown, match="Failed to initialize the cmap API"):
        load("stopped", release)


def test_a_full_shm_is_thought_of() -> None:
    first, quorum, *_rest = corosync_says("healthy")
    full = answer(quorum.argv, 1, "", "Cannot initialise VOTEQUORUM service\n")
    with pytest.raises(CorosyncDown, match=r"VOTEQUORUM.*/dev/shm is not full"):
        load_corosync(Replay(first, full), 8)


def test_a_node_without_a_name_goes_by_its_number() -> None:
    text = corosync("cmap.txt").replace("nodelist.node.1.name (str) = file2\n", "")
    assert parse_configured(text).names == {1: "file1", 2: "2"}


def test_what_is_not_understood_is_shown() -> None:
    first, quorum, *_rest = corosync_says("healthy")
    strange = answer(quorum.argv, 0, "Something new\n")
    with pytest.raises(StateError, match=r"corosync-quorumtool -s: wanted an answer as corosync 3\.1.*Something new"):
        load_corosync(Replay(first, strange), 8)


def test_parsers_refuse_what_they_do_not_know() -> None:
    for parse in (parse_configured, parse_quorum, parse_links, parse_qdevice):
        with pytest.raises(ValueError, match="Something new"):
            parse("Something new\n")
    with pytest.raises(ValueError, match=r"nodeid.*\s+bewildered"):
        parse_links(corosync("healthy/status.txt").replace("\tconnected", "\tbewildered"))
