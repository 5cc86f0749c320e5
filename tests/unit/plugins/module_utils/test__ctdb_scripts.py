# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_scripts import Script, load_scripts, parse_scripts
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"
BOTH = pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])


def parse(release: str, name: str) -> tuple[Script, ...]:
    scripts, unknown = parse_scripts((FIXTURES / "ctdb" / release / f"scriptstatus_{name}.txt").read_text())
    assert unknown == ()
    return scripts


def test_all_is_well() -> None:
    assert parse(TRIXIE, "ok") == (
        Script("00.ctdb", "ok", 0.003, None),
        Script("01.reclock", "ok", 0.003, None),
        Script("05.system", "ok", 0.026, None),
        Script("10.interface", "ok", 0.004, None),
        Script("40.shared_fs", "ok", 0.034, None),
        Script("50.samba", "ok", 0.085, None),
        Script("95.database", "ok", 0.005, None),
    )
    assert [script.status for script in parse(BOOKWORM, "ok")] == ["ok"] * 6


@BOTH
def test_the_first_that_fails_ends_the_event_and_its_output_is_kept(release: str) -> None:
    *_others, off, bad = parse(release, "error")
    assert off == Script("06.off", "disabled", None, None)
    assert (bad.name, bad.status) == ("07.bad", "error")
    assert bad.seconds in {0.001, 0.002}
    assert bad.output == "first line\n\n  second: line"


@BOTH
def test_a_script_that_takes_too_long(release: str) -> None:
    assert parse(release, "timedout")[-1] == Script("07.bad", "timedout", None, "about to sleep")


def test_a_script_that_cannot_run_tells_why() -> None:
    assert parse(BOOKWORM, "cannot_run")[-1] == Script("07.bad", "cannot_run", None, "No such file or directory")


@BOTH
def test_an_event_that_never_ran_has_no_scripts(release: str) -> None:
    assert parse(release, "never") == ()


@pytest.mark.parametrize(
    "line", ["50.samba  EXPLODED", "samba  OK  0.1 Sun Nov 22 19:13:08 2026", "OUTPUT: x", "50.samba OK soon"]
)
def test_lines_that_are_not_understood_are_told(line: str) -> None:
    good = "00.ctdb              OK         0.003 Sun Nov  2 19:13:08 2026\n"
    assert parse_scripts(f"{good}{line}\n{good}") == ((Script("00.ctdb", "ok", 0.003, None),) * 2, (line,))


def test_the_last_monitor_event_is_asked_for() -> None:
    text = (FIXTURES / "ctdb" / TRIXIE / "scriptstatus_ok.txt").read_text()
    replay = Replay(answer(["ctdb", "-t", "2", "scriptstatus"], 0, text))
    assert load_scripts(replay) == parse_scripts(text)
    replay.done()
