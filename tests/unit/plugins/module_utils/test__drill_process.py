# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_process import (
    PS,
    Victims,
    brick_of,
    freeze,
    kill,
    node_programs,
    parse_processes,
    running,
    seen,
    thaw,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer

POOL = (FIXTURES / "ps/trixie-4.0.4/pool.txt").read_text(encoding="utf-8")
FRONTEND = (FIXTURES / "ps/trixie-4.0.4/frontend.txt").read_text(encoding="utf-8")


def smbds(**states: str) -> Answer:
    """What ps prints of smbd's processes, by `p` and their number."""
    lines = (f"{name[1:]} {state} /usr/sbin/smbd smbd: client [192.0.2.21]" for name, state in states.items())
    return answer(PS, 0, "".join(f"{line}\n" for line in lines))


def signal(name: str, *pids: int, rc: int = 0) -> Answer:
    return answer(["kill", f"-{name}", *map(str, pids)], rc)


@pytest.mark.parametrize(
    ("text", "victims", "pids"),
    [
        (POOL, running("smbd"), [1125, 1130, 1131]),
        (POOL, brick_of("data"), [299]),
        (POOL, brick_of("loc"), []),
        (POOL, node_programs, [215, 299, 316, 377, 575, 728, 963, 964, 1002, 1125, 1130, 1131]),
        (FRONTEND, running("haproxy", "keepalived"), [72, 201, 207, 208]),
    ],
)
def test_processes_are_known_by_their_program(text: str, victims: Victims, pids: list[int]) -> None:
    assert [process.pid for process in parse_processes(text) if victims(process)] == pids


def test_what_has_ended_and_the_kernels_threads_are_left_out() -> None:
    text = "2 S - [kthreadd]\n7 Zs - [smbd] <defunct>\n8 Z /usr/sbin/smbd [smbd] <defunct>\n9 Ssl /usr/sbin/smbd smbd\n"
    assert [process.pid for process in parse_processes(text)] == [9]


def test_a_program_whose_file_was_replaced_keeps_its_name() -> None:
    (process,) = parse_processes("9 Ss /usr/sbin/smbd (deleted) /usr/sbin/smbd --foreground\n")
    assert process.program == "smbd"


def test_killed_processes_are_proven_gone(no_waiting: None) -> None:
    replay = Replay(signal("KILL", 1, 2, rc=1), smbds(p1="S", p2="D"), smbds(p2="D", p5="S"), smbds(p5="S"))
    _at, proof = kill(replay, parse_processes(smbds(p1="S", p2="S").stdout))
    replay.done()
    assert proof == "smbd 1 2 gone"


def test_one_that_is_stuck_is_told(no_waiting: None, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    replay = Replay(signal("KILL", 1), smbds(p1="D"))
    with pytest.raises(StateError, match=r"wanted none left within 10 s; found smbd 1\."):
        kill(replay, parse_processes(smbds(p1="S").stdout))


def test_one_that_is_born_meanwhile_is_stopped_too(no_waiting: None) -> None:
    replay = Replay(signal("STOP", 1), smbds(p1="T", p2="S"), signal("STOP", 2), smbds(p1="T", p2="T"))
    _at, proof = freeze(replay, running("smbd"), parse_processes(smbds(p1="S").stdout))
    replay.done()
    assert proof == "smbd 1 2 in state T"


def test_only_what_is_stopped_is_told_to_go_on() -> None:
    replay = Replay(smbds(p1="T", p2="S", p3="T"), signal("CONT", 1, 3))
    assert thaw(replay, running("smbd")) == "smbd 1 3 go on"
    replay.done()


def test_what_is_seen_is_what_there_is_now() -> None:
    assert [process.state for process in seen(Replay(smbds(p1="T")), running("smbd"))] == ["T"]
