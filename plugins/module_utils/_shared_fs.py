# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mounted file system as it is: mounted, answering, writable, and the same on all nodes.

A stuck FUSE or NFS mount blocks every system call on it for ever, so nothing here touches a path by itself. Programs
do, each with a time limit, and after the first one that is stuck no further one is sent after it.
"""

from __future__ import annotations

import os
import re
import sys
import time
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    CommandMissing,
    CommandTimeout,
    Result,
    Runner,
    words,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs_ping_pong import (
    PROGRAM,
    PingPong,
    parse_ping_pong,
)

MOUNT_TABLE = "/proc/self/mountinfo"
FOLDER = ".samba_ha-check"
"""What is written lies in this directory at the top of the file system, next to the shares and not in one."""

RENAMED = ".renamed"
"""What a marker's second name ends in."""

_LOOK_AGAIN = 0.2
"""Seconds between two looks for markers."""

_SET_ATTRIBUTE = "import os, sys; os.setxattr(sys.argv[1], 'user.samba_ha', b'1')"
"""A program in Python: no tool for it is on every host."""


@dataclass(frozen=True)
class Mount:
    """A line of the mount table. ``options`` are those of the mount and then those of the file system."""

    path: str
    source: str
    type: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Marker:
    """Whether a node's marker holds the token that was asked for, and by which numbers its file is known, if asked."""

    node: str
    seen: bool
    inode: int | None = None
    device: int | None = None
    owner: int | None = None


@dataclass(frozen=True)
class Health:
    """What was found on one path; sizes in bytes, ``error`` in the words of the tool that failed first."""

    path: str
    mount: Mount | None = None
    responds: bool = False
    writable: bool | None = None
    error: str | None = None
    size_total: int | None = None
    size_free: int | None = None
    markers: tuple[Marker, ...] = ()
    user_xattrs: bool | None = None
    ping_pong: PingPong | None = None


@dataclass(frozen=True)
class Order:
    """What to do on a path besides looking at it. ``timeout`` in seconds, for each operation.

    :param node: whose marker to write, if any.
    :param token: what markers hold.
    :param expect: nodes whose markers to read.
    :param within: seconds in which all of them have to be seen.
    :param renamed: whether the marker is given its second name instead, and whether those are read.
    :param traits: whether to tell the numbers of markers, and of extended attributes.
    :param ping_pong: how long to run it in seconds, on how many nodes it runs at the same time, and whether by mmap.
    """

    timeout: float
    node: str | None = None
    token: str | None = None
    expect: tuple[str, ...] = ()
    within: float = 0
    renamed: bool = False
    traits: bool = False
    ping_pong: tuple[int, int, bool] | None = None


class Trouble(Exception):
    """An operation failed; the text is the tool's own."""


class Stuck(Trouble):
    """An operation did not end in time, and the next one would not either."""


def _unescape(text: str) -> str:
    """Blanks and the like are octal numbers in the mount table (``\\040``)."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), text)


def parse_mounts(text: str) -> dict[str, Mount]:
    """Parse ``/proc/self/mountinfo`` (proc(5)): by path, of several mounts on one path the topmost.

    What autofs has put there is a promise and no file system yet, so it does not count.
    """
    mounts: dict[str, Mount] = {}
    for line in text.splitlines():
        first, dash, second = line.partition(" - ")
        own, rest = first.split(" "), second.split(" ")
        if not dash or len(own) < 6 or len(rest) < 3:
            continue
        path = _unescape(own[4])
        if rest[0] == "autofs":
            mounts.pop(path, None)
            continue
        options = own[5].split(",")
        # Both parts begin with rw or ro; the mount is read-only if either is, as in /proc/mounts.
        of_both = [option for option in rest[2].split(",") if option not in {"rw", *options}]
        if "ro" in of_both:
            options = ["ro" if option == "rw" else option for option in options]
            of_both.remove("ro")
        mounts[path] = Mount(path, _unescape(rest[1]), rest[0], (*options, *of_both))
    return mounts


def _operate(runner: Runner, argv: t.Sequence[str], *, timeout: float, stdin: str | None = None) -> Result:
    try:
        return runner(argv, stdin=stdin, ok=range(256), timeout=timeout)
    except CommandTimeout as exc:
        raise Stuck(f"no answer within {timeout:g} s ({argv[0]})") from exc
    except CommandMissing as exc:
        raise Trouble(f"{argv[0]} is not installed") from exc
    except StateError as exc:
        # Ended by a signal.
        raise Trouble(f"{argv[0]}: {exc.found}") from exc


def _reason(result: Result) -> str:
    return words(result.stderr) or f"{result.argv[0]}: exit status {result.rc} without a word"


def _require(runner: Runner, argv: t.Sequence[str], *, timeout: float, stdin: str | None = None) -> str:
    result = _operate(runner, argv, timeout=timeout, stdin=stdin)
    if result.rc != 0:
        raise Trouble(_reason(result))
    return result.stdout


def _sizes(runner: Runner, path: str, timeout: float) -> tuple[int, int]:
    """All bytes of the file system, and those that an ordinary user may still use."""
    told = _require(runner, ["stat", "--file-system", "--format=%S %b %a", path], timeout=timeout)
    numbers = re.fullmatch(r"(\d+) (\d+) (\d+)\s*", told)
    if numbers is None:
        raise Trouble(f"stat: not understood: {told.strip()!r}")
    block, total, free = (int(number) for number in numbers.groups())
    return block * total, block * free


def _write(runner: Runner, folder: str, name: str, token: str, timeout: float) -> None:
    _require(runner, ["mkdir", "--parents", "--mode=0700", folder], timeout=timeout)
    _require(runner, ["tee", os.path.join(folder, name)], stdin=token, timeout=timeout)


def _rename(runner: Runner, folder: str, name: str, timeout: float) -> None:
    path = os.path.join(folder, name)
    _require(runner, ["mv", "--force", "--no-target-directory", path, path + RENAMED], timeout=timeout)


def _stores_xattrs(runner: Runner, path: str, timeout: float) -> bool:
    """Whether an ordinary user's extended attributes can be stored."""
    return _operate(runner, [sys.executable, "-c", _SET_ATTRIBUTE, path], timeout=timeout).rc == 0


def _read_markers(runner: Runner, folder: str, order: Order) -> tuple[Marker, ...]:
    """A marker that is not there, or cannot be read, is not seen; only a stuck reading ends it."""
    deadline = time.monotonic() + order.within
    while True:
        markers = tuple(_read_marker(runner, os.path.join(folder, node), node, order) for node in order.expect)
        if all(marker.seen for marker in markers) or time.monotonic() >= deadline:
            return markers
        time.sleep(_LOOK_AGAIN)


def _read_marker(runner: Runner, path: str, node: str, order: Order) -> Marker:
    first = _operate(runner, ["cat", path], timeout=order.timeout)
    told = first
    if order.renamed:
        told = _operate(runner, ["cat", path + RENAMED], timeout=order.timeout)
    seen = told.rc == 0 and told.stdout == order.token and not (order.renamed and first.rc == 0)
    if not (seen and order.traits):
        return Marker(node, seen)
    argv = ["stat", "--format=%i %d %u", path + RENAMED if order.renamed else path]
    numbers = _operate(runner, argv, timeout=order.timeout).stdout.split()
    return Marker(node, seen, *(int(number) for number in numbers))


def _run_ping_pong(runner: Runner, mount: Mount, asked: tuple[int, int, bool], timeout: float) -> PingPong:
    seconds, nodes, mmap = asked
    folder = os.path.join(mount.path, FOLDER)
    _require(runner, ["mkdir", "--parents", "--mode=0700", folder], timeout=timeout)
    # As smbd does, which the role direct_io has pass the cache by.
    how = "mmap" if mmap else "direct" if mount.type == "nfs4" else "plain"
    files = [os.path.join(folder, name) for name in ("ping_pong.locks", "ping_pong.data")]
    argv = [sys.executable, "-c", PROGRAM, *files, str(nodes + 1), str(seconds), how]
    return parse_ping_pong(_require(runner, argv, timeout=seconds + timeout), nodes)


def examine(runner: Runner, path: str, mounts: t.Mapping[str, Mount], order: Order) -> Health:
    """Look at one path, and do there what the order says until something fails."""
    mount = mounts.get(path)
    health = Health(path, mount)
    if mount is None:
        # Whatever is there belongs to the disk below, and nothing must be written to it.
        return replace(health, error="not mounted")
    folder = os.path.join(path, FOLDER)
    try:
        total, free = _sizes(runner, path, order.timeout)
        health = replace(health, responds=True, size_total=total, size_free=free)
        if order.node is not None and order.token is not None:
            health = replace(health, writable=False)
            if order.renamed:
                _rename(runner, folder, order.node, order.timeout)
            else:
                _write(runner, folder, order.node, order.token, order.timeout)
            health = replace(health, writable=True)
            if order.traits:
                health = replace(health, user_xattrs=_stores_xattrs(runner, folder, order.timeout))
        if order.expect:
            health = replace(health, markers=_read_markers(runner, folder, order))
        if order.ping_pong is not None:
            health = replace(health, ping_pong=_run_ping_pong(runner, mount, order.ping_pong, order.timeout))
    except Stuck as exc:
        return replace(health, responds=False, error=str(exc))
    except Trouble as exc:
        return replace(health, error=str(exc))
    return health


def load_mounts() -> dict[str, Mount]:
    """The mount table. The kernel has it at hand: reading it asks no file system."""
    with open(MOUNT_TABLE, encoding="utf-8", errors="surrogateescape") as stream:
        return parse_mounts(stream.read())
