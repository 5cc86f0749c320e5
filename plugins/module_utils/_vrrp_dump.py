# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask a running keepalived for its state. It has no socket: told by a signal, it writes its state to a file."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import signal
import stat
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp import (
    Holders,
    Instance,
    Transition,
    canonical,
    parse_addresses,
    parse_dump,
    parse_journal,
)

UNIT = "keepalived.service"
PROGRAM = "keepalived"

DUMP_TIMEOUT = 3.0
"""Seconds. keepalived writes its state within milliseconds."""

_COMMAND_TIMEOUT = 3.0
_JOURNAL_TIMEOUT = 5.0
"""Seconds. A large journal on a slow disk takes its time; it only tells the history."""

_POLL = 0.02

TRANSITIONS = 10
"""How many of its last transitions are told of an instance."""

_PROPERTIES = "LoadState,ActiveState,SubState,MainPID"


class VrrpDown(StateError):
    """keepalived does not run, or does not answer."""

    def __init__(self, found: str) -> None:
        super().__init__(
            PROGRAM,
            wanted="its state",
            found=found,
            remedy="Look at systemctl status keepalived and journalctl -u keepalived.",
        )


class Dump(t.Protocol):
    """Signature of :func:`dump`; loaders take it as an argument so that tests can replay real dumps."""

    def __call__(self, pid: int, number: int, timeout: float = DUMP_TIMEOUT) -> str: ...


@dataclass(frozen=True)
class Vrrp:
    """The instances, their last transitions, and what was not understood."""

    instances: tuple[Instance, ...]
    transitions: tuple[Transition, ...]
    warnings: tuple[str, ...]


def dump(pid: int, number: int, timeout: float = DUMP_TIMEOUT) -> str:
    """Have the process write its state, and return it. No file is left.

    Those who ask at once take turns, by a lock on the program's file, which is the same for all who ask this process.

    :param number: the signal for JSON.
    :param timeout: seconds, also for the turn.
    :raises VrrpDown: if the process is not keepalived or does not answer.
    """
    deadline = time.monotonic() + timeout
    process = f"/proc/{pid}"
    try:
        # Holds on to the process: a signal of this number would kill a stranger that came by the same id.
        with _open(os.pidfd_open(pid)) as handle, _open(os.open(f"{process}/exe", os.O_RDONLY)) as lock:
            if os.path.basename(os.readlink(f"{process}/exe")).removesuffix(" (deleted)") != PROGRAM:
                raise VrrpDown(f"process {pid} of {UNIT} is not {PROGRAM}")
            _take_turn(lock, deadline, timeout)
            path = _dump_path(process)
            # Left from a signal by hand; what is there afterwards is new.
            _remove(path)
            try:
                signal.pidfd_send_signal(handle, number)
                return _await(path, os.stat(process).st_uid, deadline, timeout)
            finally:
                _remove(path)
    except (FileNotFoundError, ProcessLookupError) as exc:
        raise VrrpDown(f"process {pid} of {UNIT} has ended") from exc
    except OSError as exc:
        raise VrrpDown(f"asking process {pid} of {UNIT}: {exc.strerror or exc}") from exc


@contextlib.contextmanager
def _open(descriptor: int) -> t.Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _take_turn(lock: int, deadline: float, timeout: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise VrrpDown(f"others that ask {PROGRAM} left no turn within {timeout:g} s") from None
            time.sleep(_POLL)
        else:
            return


def _dump_path(process: str) -> str:
    """The file as seen from this process, also if keepalived has a /tmp of its own."""
    with open(f"{process}/environ", "rb") as handle:
        environment = dict(item.split(b"=", 1) for item in handle.read().split(b"\0") if b"=" in item)
    directory = os.fsdecode(environment.get(b"TMPDIR", b""))
    # As keepalived does it: a path that is not absolute does not count.
    return f"{process}/root{directory if directory.startswith('/') else '/tmp'}/keepalived.json"  # noqa: S108


def _await(path: str, owner: int, deadline: float, timeout: float) -> str:
    """Wait until the file is complete: keepalived gives it its name before it has written it."""
    while True:
        text = _read(path, owner)
        if text is not None:
            with contextlib.suppress(ValueError):
                parse_dump(text)
                return text
        if time.monotonic() >= deadline:
            raise VrrpDown(f"no answer within {timeout:g} s")
        time.sleep(_POLL)


def _read(path: str, owner: int) -> str | None:
    """The text of the file; None if there is none, or not of keepalived's own: the directory is anyone's to write."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as exc:
        # A link that someone put there gives way to keepalived's file.
        if exc.errno in (errno.ENOENT, errno.ELOOP):
            return None
        raise
    with open(descriptor, encoding="utf-8", errors="replace") as handle:
        seen = os.fstat(descriptor)
        return handle.read() if stat.S_ISREG(seen.st_mode) and seen.st_uid == owner else None


def _remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def load_vrrp(runner: Runner, ask: Dump) -> Vrrp:
    """Ask keepalived for its instances, and the journal for their history.

    :raises VrrpDown: and other kinds of StateError, if keepalived cannot be asked.
    """
    shown = runner(["systemctl", "show", f"--property={_PROPERTIES}", "--", UNIT], timeout=_COMMAND_TIMEOUT).stdout
    unit = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    if unit.get("LoadState") != "loaded":
        raise VrrpDown("not installed" if unit.get("LoadState") == "not-found" else f"unit {unit.get('LoadState')}")
    # Before it is active it has not set its signals up, and the signal would kill it.
    pid = int(unit.get("MainPID") or 0)
    if unit.get("ActiveState") not in ("active", "reloading") or not pid:
        raise VrrpDown(f"{UNIT} is {unit.get('ActiveState')} ({unit.get('SubState')})")
    number = runner([PROGRAM, "--signum=JSON"], timeout=_COMMAND_TIMEOUT).stdout.strip()
    if not re.fullmatch(r"\d+", number):
        raise VrrpDown(f"no number for the signal JSON: {number}")
    instances, warnings = parse_dump(ask(pid, int(number)))
    transitions, more = _load_transitions(runner, TRANSITIONS * len(instances))
    return Vrrp(instances, transitions, (*warnings, *more))


def _load_transitions(runner: Runner, count: int) -> tuple[tuple[Transition, ...], tuple[str, ...]]:
    argv = ["journalctl", "--quiet", "--no-pager", f"--unit={UNIT}", "--output=json", "--output-fields=MESSAGE"]
    argv += ["--grep=Entering (MASTER|BACKUP|FAULT) STATE", f"--lines={count}"]
    try:
        # 1: nothing found.
        return parse_journal(runner(argv, ok=(0, 1), timeout=_JOURNAL_TIMEOUT).stdout)
    except StateError as exc:
        return (), (f"no transitions: {exc}",)


def load_holders(runner: Runner) -> tuple[Holders | None, tuple[str, ...]]:
    """The addresses on this host's interfaces; None and a warning if they cannot be read."""
    try:
        return parse_addresses(runner(["ip", "-json", "address", "show"], timeout=_COMMAND_TIMEOUT).stdout), ()
    except (StateError, ValueError) as exc:
        return None, (f"ip address show: {exc}",)


def held_addresses(wanted: t.Iterable[str], holders: Holders) -> list[str]:
    """Those of the addresses, as they were given, that are on any interface."""
    held = frozenset[str]().union(*holders.values())
    return [address for address in wanted if canonical(address) in held]
