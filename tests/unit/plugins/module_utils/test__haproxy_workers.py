# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_workers import (
    close_sessions,
    load_old_workers,
    order,
    parse_old_workers,
    parse_sessions,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.haproxy_cases import (
    OLD_PID,
    OLD_SUBJECT,
    RELEASES,
    TRIXIE,
    Script,
    fixture,
    load,
    no_old_workers,
    old_worker_lines,
)


@pytest.mark.parametrize("release", RELEASES)
def test_without_a_reload_there_is_no_old_worker(release: str) -> None:
    assert load_old_workers(Script(no_old_workers(release)).master) == ()


@pytest.mark.parametrize("release", RELEASES)
def test_an_old_worker_keeps_its_sessions(release: str) -> None:
    script = Script(*old_worker_lines(release))
    (worker,) = load_old_workers(script.master)
    script.done()
    assert worker.pid == OLD_PID[release]
    servers = load(release, "reloaded").servers
    assert {server.name: worker.sessions(server) for server in servers if worker.sessions(server)} == {
        OLD_SUBJECT[release]: 1
    }


def test_several_old_workers_are_found() -> None:
    text = fixture(TRIXIE, "reloaded.proc.txt")
    line = next(line for line in text.splitlines() if line.startswith("4892 "))
    assert parse_old_workers(text.replace(line, f"{line}\n{line.replace('4892', '4711')}")) == (4892, 4711)


@pytest.mark.parametrize("answer", [fixture(TRIXIE, "worker_gone.txt"), "Can't connect to the target CLI!\n", ""])
def test_a_worker_that_ends_meanwhile_is_gone(answer: str) -> None:
    assert load_old_workers(Script(*old_worker_lines(TRIXIE, answer)).master) == ()


@pytest.mark.parametrize("answer", ["Strange\n", fixture(TRIXIE, "old_worker.stat.csv").replace(",scur,", ",other,")])
def test_sessions_of_an_old_worker_are_not_guessed(answer: str) -> None:
    with pytest.raises(StateError, match="old worker 4892: wanted its servers' sessions"):
        load_old_workers(Script(*old_worker_lines(TRIXIE, answer)).master)


@pytest.mark.parametrize("release", RELEASES)
def test_sessions_are_closed_in_all_workers_and_only_the_servers_own(release: str) -> None:
    server = next(item for item in load(release, "reloaded").servers if item.name == OLD_SUBJECT[release])
    old = load_old_workers(Script(*old_worker_lines(release)).master)
    sessions = fixture(release, "old_worker.sess.txt")
    (session,) = parse_sessions(sessions, server)
    assert f"{session}: proto=tcpv4" in sessions
    script = Script(
        ("worker", f"shutdown sessions server pool/{server.name}", "\n"),
        ("master", f"@!{OLD_PID[release]} show sess", sessions),
        ("master", f"@!{OLD_PID[release]} shutdown session {session}", "\n"),
    )
    close_sessions(script.worker, script.master, old, server)
    script.done()


def test_other_servers_sessions_are_not_its_own() -> None:
    other = load(TRIXIE, "reloaded").servers[0]
    assert parse_sessions(fixture(TRIXIE, "old_worker.sess.txt"), other) == ()


@pytest.mark.parametrize("release", RELEASES)
def test_an_order_that_is_carried_out_is_answered_with_nothing(release: str) -> None:
    server = load(release, "up").servers[0]
    order(
        Script(("worker", "set server pool/pool1 state drain", fixture(release, "done.txt"))).worker,
        "set server pool/pool1 state drain",
        server,
    )


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("name", "told"), [("denied", "Permission denied"), ("no_server", "No such server")])
def test_an_order_that_is_refused_is_told(release: str, name: str, told: str) -> None:
    server = load(release, "up").servers[0]
    with pytest.raises(StateError, match=f"pool/pool1: wanted .*; found {told}"):
        order(Script(("worker", "set", fixture(release, f"{name}.txt"))).worker, "set", server)
