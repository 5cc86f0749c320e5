# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import signal
import subprocess
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    CommandFailed,
    CommandMissing,
    CommandTimeout,
    run,
    words,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError


def runs(pid: int) -> bool:
    """Whether there is such a process that is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def read_pid(path: Path) -> int:
    return int(path.read_text())


def gone(pid: int) -> bool:
    """Whether the process ends within a moment; SIGKILL takes effect when the kernel gets round to it."""
    deadline = time.monotonic() + 5
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not runs(pid)


def test_all_that_a_program_leaves_behind_comes_back() -> None:
    result = run(["sh", "-c", "echo out; echo err >&2; exit 3"], ok=(0, 3))
    assert (result.rc, result.stdout, result.stderr) == (3, "out\n", "err\n")
    assert result.argv == ("sh", "-c", "echo out; echo err >&2; exit 3")


def test_no_shell_stands_between() -> None:
    assert run(["printf", "%s|", "$HOME; a b", "*"]).stdout == "$HOME; a b|*|"


def test_bytes_that_are_no_text_survive() -> None:
    result = run(["printf", r"\377"])
    assert result.stdout.encode(errors="surrogateescape") == b"\xff"


def test_locale_and_search_path_are_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.setenv(name, "de_DE.UTF-8")
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("CTDB_SOCKET", "/elsewhere")
    lines = set(run(["env"]).stdout.splitlines())
    assert {"LC_ALL=C", "LANGUAGE=C"} <= lines
    assert {line.split("=")[0] for line in lines} == {"LC_ALL", "LANGUAGE", "PATH", "HOME"}


def test_standard_input_is_empty_unless_given() -> None:
    assert run(["cat"]).stdout == ""
    assert run(["cat"], stdin="täxt").stdout == "täxt"


def test_a_program_that_does_not_read_its_input_is_no_failure() -> None:
    assert run(["true"], stdin="x" * 1_000_000).rc == 0


def test_a_secret_on_standard_input_is_in_no_argument_list_and_in_no_error() -> None:
    shown = run(["sh", "-c", "tr '\\0' ' ' </proc/$$/cmdline; cat >/dev/null"], stdin="hunter2")
    assert "tr" in shown.stdout and "hunter2" not in shown.stdout
    for program, timeout in (("exit 1", 30), ("sleep 30", 0.2)):
        with pytest.raises(StateError) as caught:
            run(["sh", "-c", f"cat >/dev/null; {program}"], stdin="hunter2", timeout=timeout)
        assert program in str(caught.value)
        assert "hunter2" not in str(caught.value)


def test_a_program_that_is_not_installed_is_named() -> None:
    with pytest.raises(CommandMissing, match="wanted the program no-such-tool; found no such program"):
        run(["no-such-tool", "--help"])


def test_a_status_that_is_not_accepted_fails_with_the_tools_words() -> None:
    with pytest.raises(CommandFailed, match=r"sh -c .*found exit status 4: one; two\. "):
        run(["sh", "-c", "echo one >&2; echo two >&2; echo other; exit 4"], ok=(0, 3))
    with pytest.raises(CommandFailed, match="exit status 4: other"):
        run(["sh", "-c", "echo other; exit 4"])
    with pytest.raises(CommandFailed, match="exit status 1: no output"):
        run(["false"])


def test_words_are_those_of_the_first_output_that_has_any() -> None:
    assert words("one\n two \n", "out\n") == "one; two"
    assert words(" \n", "No such tunable X\n") == "No such tunable X"
    assert words("", "") == words() == ""


def test_words_are_on_one_line_and_none_is_said_twice() -> None:
    assert words("retry\n\n  why\r\nretry\n") == "retry; why"


def test_zero_is_a_failure_where_it_is_not_accepted() -> None:
    with pytest.raises(CommandFailed, match="exit status 0"):
        run(["true"], ok=(1,))


def test_a_program_that_was_killed_is_a_failure() -> None:
    with pytest.raises(CommandFailed, match="exit status -15"):
        run(["sh", "-c", "kill -TERM $$"], ok=range(256))


def test_at_the_time_limit_the_whole_process_group_is_killed(tmp_path: Path) -> None:
    script = f"trap '' TERM; echo $$ >{tmp_path}/parent; sleep 60 & echo $! >{tmp_path}/child; wait"
    with pytest.raises(CommandTimeout, match=r"wanted an answer within 0\.5 s; found none"):
        run(["sh", "-c", script], timeout=0.5)
    assert gone(read_pid(tmp_path / "parent"))
    assert gone(read_pid(tmp_path / "child"))


def test_a_process_outside_the_group_that_holds_the_pipe_is_not_waited_for(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(CommandTimeout):
        run(["setsid", "--fork", "sh", "-c", f"echo $$ >{tmp_path}/pid; exec sleep 60"], timeout=0.5)
    assert time.monotonic() - start < 10
    pid = read_pid(tmp_path / "pid")
    assert runs(pid)
    os.kill(pid, signal.SIGKILL)


def test_a_process_that_no_signal_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    kills: list[tuple[int, int]] = []
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start_process(*args: t.Any, **kwargs: t.Any) -> subprocess.Popen[bytes]:
        started.append(popen(*args, **kwargs))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", start_process)
    monkeypatch.setattr(os, "killpg", lambda group, number: kills.append((group, number)))
    start = time.monotonic()
    with pytest.raises(CommandTimeout, match="hung daemon or a stuck mount"):
        run(["sleep", "60"], timeout=0.5)
    assert time.monotonic() - start < 10
    [process] = started
    assert kills == [(process.pid, signal.SIGKILL)]
    assert runs(process.pid)
    process.kill()
    process.wait()
