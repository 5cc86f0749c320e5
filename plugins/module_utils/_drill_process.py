# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that a drill kills or freezes: which they are, and the proof that it happened."""

from __future__ import annotations

import re
import time
import typing as t
from dataclasses import dataclass
from pathlib import PurePosixPath

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

PS = ("ps", "-ww", "-e", "-o", "pid=,stat=,exe:100=,args=")
"""A column for the file that is wide enough: ps cuts it off."""

SERVING = ("ss", "--no-header", "--tcp", "--numeric", "--processes", "state", "established", "sport = :445")

_TIMEOUT = 10.0
"""Seconds. A signal acts within milliseconds, unless the process is stuck in the kernel."""

_POLL = 0.02


@dataclass(frozen=True)
class Process:
    """A process that lives. ``state`` is ps' letter: T is stopped. ``program`` is the name of its file on disk.

    Not its title: smbd gives each of its processes another one.
    """

    pid: int
    state: str
    program: str
    args: tuple[str, ...]


Victims = t.Callable[[Process], bool]


def parse_processes(text: str) -> tuple[Process, ...]:
    """Parse what :data:`PS` prints.

    Threads of the kernel and processes that have ended have no program, and are left out.
    """
    found = []
    for line in text.splitlines():
        pid, state, path, *args = line.split()
        if path != "-" and state[0] not in "ZX":
            found.append(Process(int(pid), state[0], PurePosixPath(path).name, tuple(args)))
    return tuple(found)


def parse_serving(text: str) -> frozenset[int]:
    """The numbers of the processes in what :data:`SERVING` prints."""
    return frozenset(int(pid) for pid in re.findall(r"\bpid=(\d+)", text))


def nobody(_process: Process) -> bool:
    """No process at all."""
    return False


def running(*programs: str) -> Victims:
    """All processes of these programs."""
    return lambda process: process.program in programs


def node_programs(process: Process) -> bool:
    """All that makes a host a node of the pool: CTDB, Samba and GlusterFS, with their helpers.

    GlusterFS is one program with several names.
    """
    return process.program == "glusterfsd" or process.program.startswith(("ctdb", "smbd", "samba-dcerpcd", "rpcd_"))


def pair_programs(process: Process) -> bool:
    """All that makes a host one of a pair: Corosync, Pacemaker, Samba and the storage, with their helpers."""
    return node_programs(process) or process.program.startswith(("corosync", "pacemaker"))


def mount_of(volume: str) -> Victims:
    """The processes of the mounts of a volume on this host."""

    def victim(process: Process) -> bool:
        volfiles = (f"--volfile-id={volume}", f"--volfile-id=/{volume}")
        return process.program == "glusterfsd" and any(volfile in process.args for volfile in volfiles)

    return victim


def brick_of(volume: str) -> Victims:
    """The processes of a volume's bricks. A brick's volfile is named ``VOLUME.ADDRESS.PATH``."""

    def victim(process: Process) -> bool:
        options = dict(zip(process.args, process.args[1:], strict=False))
        return process.program == "glusterfsd" and options.get("--volfile-id", "").startswith(f"{volume}.")

    # A client of the volume has its bare name, and --process-name besides.
    return victim


def seen(runner: Runner, victims: Victims) -> tuple[Process, ...]:
    """Those that there are now."""
    return tuple(process for process in parse_processes(runner(PS).stdout) if victims(process))


def find(runner: Runner, victims: Victims, subject: str) -> tuple[Process, ...]:
    """Return those that there are.

    :raises StateError: there is none.
    """
    found = seen(runner, victims)
    if not found:
        raise StateError(
            subject,
            wanted="processes to hit",
            found="none",
            remedy="Make the service healthy before it is drilled; the playbook status says how.",
        )
    return found


def _signal(runner: Runner, name: str, processes: t.Iterable[Process]) -> None:
    # 1: some have ended by themselves in the meantime.
    runner(["kill", f"-{name}", *(str(process.pid) for process in processes)], ok=(0, 1))


def kill(runner: Runner, found: tuple[Process, ...]) -> tuple[float, str]:
    """Kill processes at once, and see that they are gone.

    :returns: when, in seconds of the epoch, and what proves it.
    :raises StateError: some are still there.
    """
    pids = {process.pid for process in found}
    at = time.time()
    _signal(runner, "KILL", found)
    wait_for(
        lambda: seen(runner, lambda process: process.pid in pids),
        lambda left: not left,
        subject="processes killed",
        wanted="none left",
        describe=told,
        remedy="Look whether they are stuck in the kernel, in a file system for example.",
        timeout=_TIMEOUT,
        interval=_POLL,
    )
    return at, f"{told(found)} gone"


def freeze(runner: Runner, victims: Victims, found: tuple[Process, ...]) -> tuple[float, str]:
    """Stop processes, again until none moves: one may be born while the others are being stopped.

    :param found: those to stop first.
    :returns: as :func:`kill`.
    :raises StateError: some still move.
    """

    def look() -> tuple[Process, ...]:
        there = seen(runner, victims)
        if moving := [process for process in there if process.state != "T"]:
            _signal(runner, "STOP", moving)
        return there

    at = time.time()
    _signal(runner, "STOP", found)
    frozen = wait_for(
        look,
        lambda there: bool(there) and all(process.state == "T" for process in there),
        subject="processes stopped",
        wanted="all in state T",
        describe=told,
        remedy="Look whether something lets them go on, or ends them.",
        timeout=_TIMEOUT,
        interval=_POLL,
    )
    return at, f"{told(frozen)} in state T"


def thaw(runner: Runner, victims: Victims) -> str:
    """Let those go on that are stopped."""
    frozen = tuple(process for process in seen(runner, victims) if process.state == "T")
    _signal(runner, "CONT", frozen)
    return f"{told(frozen)} go on"


def told(processes: t.Iterable[Process]) -> str:
    """Programs with the numbers of their processes: `smbd 812 815, ctdbd 700`."""
    pids: dict[str, list[str]] = {}
    for process in processes:
        pids.setdefault(process.program, []).append(str(process.pid))
    return ", ".join(f"{program} {' '.join(each)}" for program, each in pids.items()) or "none"
