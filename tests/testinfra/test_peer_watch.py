# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer that vanishes in silence is let go of at once, and one that only looks lost is not."""

from __future__ import annotations

import time
import typing as t
import uuid

import pytest
from acts import cut_off, end_silence, podman, reconnect, silence
from lab import Lab, LabHost, SmbClient, eventually
from observe import ctdb_flags, ctdb_healthy, settle, stdout
from smbprotocol.exceptions import SMBResponseException
from test_access import STATUS_LOCK_NOT_GRANTED, lock, unlock

UNIT = "samba-ha-peer-watch.service"


def connections(host: LabHost, peer: LabHost) -> set[str]:
    """Local and remote ends of CTDB's connections with a peer: they last, while some of Gluster's come and go."""
    lines = host.run(f"ss --no-header --tcp --numeric state established dst {peer.interconnect}").splitlines()
    return {" ".join(line.split()[-2:]) for line in lines if ":4379" in line}


def said(host: LabHost, since: float) -> str:
    return host.run(f"journalctl --quiet --output cat --identifier samba-ha-peer-lost --since @{since:.0f}")


@pytest.fixture(autouse=True)
def settled_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "a lost peer", timeout=180)


def test_all_connections_with_a_silent_peer_are_ended_and_ctdb_goes_on(lab: Lab) -> None:
    lost, others = lab.pool[2], lab.pool[:2]
    smbd = set(lost.run("pgrep -x smbd").split())
    before = {host.name: connections(host, lost) for host in others}
    assert all(before.values())
    start = time.time()
    try:
        # Its own patience would be 25 s: five keepalives, five seconds apart.
        cut_off(lab)
        took = time.time() - start
        for host in others:
            assert f"{lost.interconnect} is lost: " in said(host, start - 1), host.name
            assert not before[host.name] & connections(host, lost), host.name
        assert took < 10, f"CTDB went on after {took:.1f} s"
        # It grants no lock and tells no listing on its own; nobody else's smbd is touched.
        assert not smbd & set(stdout(lost, "pgrep -x smbd").split())
        assert [host.name for host in lab.pool if "smbd ends" in said(host, start - 1)] == [lost.name]
    finally:
        reconnect(lab)


def test_a_peer_without_its_watch_is_left_alone_since_it_answers(lab: Lab) -> None:
    silent, other = lab.pool[1], lab.pool[0]
    before = connections(other, silent)
    start = time.time()
    silent.run(f"systemctl stop {UNIT}")
    try:
        what = f"{other.name}'s word on its silent peer"
        eventually(
            lambda: said(other, start - 1), lambda text: "answers, but not to BFD" in text, timeout=10, what=what
        )
        assert before <= connections(other, silent)
        assert ctdb_healthy(lab)
    finally:
        silent.run(f"systemctl start {UNIT}")


AWAY: dict[str, tuple[t.Callable[[LabHost], None], t.Callable[[LabHost], None]]] = {
    "cut off": (lambda host: silence(host, str(host.interconnect)), end_silence),
    # Its kernel answers, as that of a host does whose programs wait for memory.
    "frozen": (lambda host: podman("pause", host), lambda host: podman("unpause", host)),
}


@pytest.mark.parametrize("how", AWAY)
def test_a_lock_that_was_granted_while_a_node_was_away_for_a_moment_is_kept(lab: Lab, how: str) -> None:
    """CTDB would take the older record for the newer one: it counts from the start for one that was deleted."""
    leave, come_back = AWAY[how]
    first, second, away = lab.pool
    name = f"away-{uuid.uuid4().hex}"
    with SmbClient(lab, first.address) as keeper, SmbClient(lab, second.address) as rival:
        # A session with the node that goes away does not end by itself.
        leaver = SmbClient(lab, away.address)
        files = [keeper.open(name, create=True), leaver.open(name)]
        for _turn in range(20):
            for file in files:
                lock(file, 0, 1)
                unlock(file, 0, 1)
        lock(files[1], 0, 1)
        leave(away)
        try:
            # Recovered without it, and it is no part of the cluster yet.
            eventually(
                lambda: ctdb_flags(first)[str(away.interconnect)],
                lambda flags: "Disconnected" in flags,
                timeout=20,
                what=f"CTDB without {away.name}",
            )
            eventually(lambda: lock(files[0], 0, 1), lambda _done: True, timeout=10, what="the lock of who is away")
        finally:
            come_back(away)
            leaver.connection.disconnect(close=False)
        settle(lab, f"{away.name}'s return")
        with pytest.raises(SMBResponseException) as refused:
            lock(rival.open(name), 0, 1)
        assert refused.value.status == STATUS_LOCK_NOT_GRANTED
        unlock(files[0], 0, 1)
        files[0].close()
        keeper.delete(name)
