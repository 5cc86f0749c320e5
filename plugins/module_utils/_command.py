# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that runs programs: fixed locale, a time limit on every call, typed results."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

DEFAULT_TIMEOUT = 30.0
"""Seconds. Every tool used here answers in well under a second on a healthy host."""

_KILL_GRACE = 0.5
"""Seconds in which a killed program is gone, unless it is stuck."""

_SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class CommandMissing(StateError):
    """The program is not installed on this host."""


class CommandTimeout(StateError):
    """The program did not end within its time limit."""


class CommandFailed(StateError):
    """The program ended with an exit status that the caller does not accept."""


@dataclass(frozen=True)
class Result:
    """What a program left behind: its argument list, exit status and both outputs as text."""

    argv: tuple[str, ...]
    rc: int
    stdout: str
    stderr: str


class Runner(t.Protocol):
    """Signature of :func:`run`; loaders take it as an argument so that tests can replay real output."""

    def __call__(
        self,
        argv: t.Sequence[str],
        *,
        stdin: str | None = None,
        ok: t.Container[int] = (0,),
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Result: ...


def words(*outputs: str) -> str:
    """What a program said, on one line: the first of its outputs that is not blank, each line of it once; or empty."""
    for output in outputs:
        lines = dict.fromkeys(line.strip() for line in output.splitlines())
        if told := "; ".join(filter(None, lines)):
            return told
    return ""


def run(
    argv: t.Sequence[str],
    *,
    stdin: str | None = None,
    ok: t.Container[int] = (0,),
    timeout: float = DEFAULT_TIMEOUT,
) -> Result:
    """Run ``argv`` without a shell and return what it left behind.

    :param stdin: text for standard input; secrets go here, never into argv.
    :param ok: exit statuses that are an answer and not a failure.
    :param timeout: seconds; then the whole process group is killed.
    :raises CommandMissing, CommandTimeout, CommandFailed: a :class:`StateError` each.
    """
    env = {"LC_ALL": "C", "LANGUAGE": "C", "PATH": _SEARCH_PATH, "HOME": os.environ.get("HOME", "/root")}
    shown = shlex.join(argv)
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            start_new_session=True,
        )
    except FileNotFoundError as exc:
        raise CommandMissing(
            shown, wanted=f"the program {argv[0]}", found="no such program", remedy="Install the package it comes in."
        ) from exc
    try:
        out, err = process.communicate(stdin.encode() if stdin is not None else None, timeout=timeout)
    except subprocess.TimeoutExpired as exc:
        os.killpg(process.pid, signal.SIGKILL)
        # A process stuck in the kernel (a dead FUSE mount) ignores SIGKILL: do not wait long for it.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_KILL_GRACE)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        raise CommandTimeout(
            shown,
            wanted=f"an answer within {timeout:g} s",
            found="none",
            remedy="Look for a hung daemon or a stuck mount on this host.",
        ) from exc
    result = Result(
        tuple(argv), process.returncode, out.decode(errors="surrogateescape"), err.decode(errors="surrogateescape")
    )
    if result.rc not in ok:
        said = words(result.stderr, result.stdout) or "no output"
        raise CommandFailed(
            shown, wanted="success", found=f"exit status {result.rc}: {said}", remedy="See the tool's own words above."
        )
    return result
