# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clients of the whole pool hold at the moment, by ``smbstatus``, as typed records."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_status_node import Unreadable, ask, reason

NO_CLUSTER = 0xFFFFFFFF
"""The ``vnn`` that Samba gives a server outside of a cluster (NONCLUSTER_VNN)."""

_LOCK_TYPES = {"R": "read", "W": "write"}


@dataclass(frozen=True)
class Server:
    """The smbd process that holds something: its node's number (None without a cluster) and its process id."""

    node: int | None
    pid: int


@dataclass(frozen=True)
class Protection:
    """Encryption or signing: its ``degree`` (none, partial, full, ...) and cipher, None where there is none."""

    degree: str
    cipher: str | None


@dataclass(frozen=True)
class Session:
    server: Server
    session_id: str
    username: str
    groupname: str
    uid: int
    remote_machine: str
    address: str
    dialect: str
    encryption: Protection
    signing: Protection


@dataclass(frozen=True)
class TreeConnect:
    """A client's use of a share; ``connected_at`` is a time by ISO 8601."""

    server: Server
    share: str
    session_id: str
    machine: str
    connected_at: str


@dataclass(frozen=True)
class Open:
    """One handle of a file. ``sharemode``, ``access`` and ``caching`` are letters; a time by ISO 8601."""

    server: Server
    uid: int
    username: str | None
    access: str
    sharemode: str
    caching: str
    oplock: str | None
    lease: str | None
    opened_at: str


@dataclass(frozen=True)
class OpenFile:
    share_path: str
    path: str
    opens: tuple[Open, ...]


@dataclass(frozen=True)
class Lock:
    """A byte-range lock; ``start`` and ``size`` in bytes, ``kind`` read or write."""

    server: Server
    share_path: str
    path: str
    kind: str
    flavour: str
    start: int
    size: int


@dataclass(frozen=True)
class Usage:
    """What all clients of all nodes hold at the moment."""

    sessions: tuple[Session, ...]
    tree_connects: tuple[TreeConnect, ...]
    open_files: tuple[OpenFile, ...]
    locks: tuple[Lock, ...]


def _server(entry: t.Mapping[str, t.Any]) -> Server:
    ids = entry["server_id"]
    node = int(ids["vnn"])
    return Server(None if node == NO_CLUSTER else node, int(ids["pid"]))


def _protection(entry: t.Mapping[str, t.Any]) -> Protection:
    return Protection(entry["degree"], None if entry["cipher"] in ("", "-") else entry["cipher"])


def _session(entry: t.Mapping[str, t.Any]) -> Session:
    # The host name is "ipv4:ADDRESS:PORT", or a name where smbd looks names up.
    address = re.fullmatch(r"ipv[46]:(.+):\d+", entry["hostname"])
    return Session(
        server=_server(entry),
        session_id=entry["session_id"],
        username=entry["username"],
        groupname=entry["groupname"],
        uid=int(entry["uid"]),
        remote_machine=entry["remote_machine"],
        address=address.group(1) if address else entry["hostname"],
        dialect=entry["session_dialect"],
        encryption=_protection(entry["encryption"]),
        signing=_protection(entry["signing"]),
    )


def _tree_connect(entry: t.Mapping[str, t.Any]) -> TreeConnect:
    return TreeConnect(_server(entry), entry["service"], entry["session_id"], entry["machine"], entry["connected_at"])


def _open(entry: t.Mapping[str, t.Any], users: t.Mapping[tuple[Server, int], str]) -> Open:
    server, uid = _server(entry), int(entry["uid"])
    return Open(
        server=server,
        uid=uid,
        username=users.get((server, uid)),
        access=entry["access_mask"]["text"],
        sharemode=entry["sharemode"]["text"],
        caching=entry["caching"]["text"],
        # A lease is told under both names.
        oplock=None if entry["lease"] else entry["oplock"].get("text"),
        lease=entry["lease"].get("text"),
        opened_at=entry["opened_at"],
    )


def _open_file(entry: t.Mapping[str, t.Any], users: t.Mapping[tuple[Server, int], str]) -> OpenFile:
    opens = (_open(handle, users) for handle in entry["opens"].values())
    ordered = sorted(opens, key=lambda handle: (handle.opened_at, str(handle.server)))
    return OpenFile(entry["service_path"], entry["filename"], tuple(ordered))


def _locks(entry: t.Mapping[str, t.Any]) -> tuple[Lock, ...]:
    return tuple(
        Lock(
            server=_server(lock),
            share_path=entry["share_path"],
            path=entry["file_name"],
            kind=_LOCK_TYPES.get(lock["type"], lock["type"]),
            flavour=lock["flavour"],
            start=int(lock["start"]),
            size=int(lock["size"]),
        )
        for lock in entry["locks"]
    )


T = t.TypeVar("T")


def _each(entries: t.Mapping[str, t.Any], build: t.Callable[[t.Mapping[str, t.Any]], T], unknown: list[str]) -> list[T]:
    """Build a record of each entry; one that is not understood goes to ``unknown`` and not into the result."""
    built = []
    for entry in entries.values():
        try:
            built.append(build(entry))
        except (KeyError, TypeError, ValueError, AttributeError):
            unknown.append(json.dumps(entry))
    return built


def parse_usage(text: str) -> tuple[Usage | None, tuple[str, ...]]:
    """Parse ``smbstatus --json --byterange``: what is used, and the lines and entries that were not understood.

    Without a JSON object, or with one that lacks a list, nothing is known: then the first value is None.
    """
    found: t.Any = None
    unknown: list[str] = []
    for line in text.splitlines():
        try:
            parsed = json.loads(line)
        except ValueError:
            parsed = None
        if found is None and isinstance(parsed, dict):
            found = parsed
        elif line.strip():
            unknown.append(line)
    if found is None:
        return None, tuple(unknown)
    lists = [found.get(name) for name in ("sessions", "tcons", "open_files", "byte_range_locks")]
    if not all(isinstance(entries, dict) for entries in lists):
        return None, (*unknown, json.dumps(found))
    sessions = _each(lists[0], _session, unknown)
    users = {(session.server, session.uid): session.username for session in sessions}
    usage = Usage(
        # Each list in an order of its own: smbstatus changes it from one call to the next.
        sessions=tuple(sorted(sessions, key=lambda session: (str(session.server), session.session_id))),
        tree_connects=tuple(sorted(_each(lists[1], _tree_connect, unknown), key=lambda tree: tree.connected_at)),
        open_files=tuple(
            sorted(
                _each(lists[2], lambda entry: _open_file(entry, users), unknown),
                key=lambda file: (file.share_path, file.path),
            )
        ),
        locks=tuple(
            sorted(
                (lock for locks in _each(lists[3], _locks, unknown) for lock in locks),
                key=lambda lock: (lock.share_path, lock.path, lock.start),
            )
        ),
    )
    return usage, tuple(unknown)


def load_usage(runner: Runner, config: str | None = None) -> tuple[Usage, tuple[str, ...]]:
    """Ask for everything that clients hold in the whole pool. Any node with a ctdbd knows it, also without an smbd.

    :param config: the file of an instance of its own; None: Debian's.
    :returns: that, and what was not understood.
    :raises Unreadable: smbstatus is missing, hangs, or says something else.
    """
    result = ask(runner, ["smbstatus", "--json", "--byterange", *([f"--configfile={config}"] if config else [])])
    usage, unknown = parse_usage(result.stdout)
    if usage is None:
        raise Unreadable(f"smbstatus: {reason(result)}")
    return usage, unknown
