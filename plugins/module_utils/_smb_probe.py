# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask an SMB server as a client would, step by step, and never longer than a deadline."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import struct
import threading
import time
import traceback
import typing as t
import uuid
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_negotiate import (
    DIALECTS,
    SALT_SIZE,
    TRANSPORT_HEADER_SIZE,
    build_negotiate,
    message_length,
    parse_negotiate_response,
)

try:
    from smbprotocol.connection import Connection, SecurityMode
    from smbprotocol.exceptions import ObjectNameNotFound
    from smbprotocol.file_info import FileAttributes
    from smbprotocol.open import (
        CreateDisposition,
        CreateOptions,
        FilePipePrinterAccessMask,
        ImpersonationLevel,
        Open,
        ShareAccess,
    )
    from smbprotocol.session import Session
    from smbprotocol.tree import TreeConnect
except ImportError:
    HAS_SMBPROTOCOL = False
    SMBPROTOCOL_ERROR: str | None = traceback.format_exc()
else:
    HAS_SMBPROTOCOL = True
    SMBPROTOCOL_ERROR = None
    # What goes wrong is told as the probe's result, not on stderr.
    logging.getLogger("smbprotocol").addHandler(logging.NullHandler())

LEVELS = ("negotiate", "session", "tree", "write")
"""How far a probe goes, each level including those before it."""

PAYLOAD_SIZE = 4096
"""Bytes that the write level writes and reads back: one block of a usual file system."""


@dataclass(frozen=True)
class Target:
    """Whom to ask, and for what. ``timeout`` is in seconds and holds for the whole probe."""

    server: str
    port: int
    server_name: str
    level: str
    share: str | None
    username: str | None
    password: str | None
    timeout: float


@dataclass
class Outcome:
    """What is known so far; the probing thread fills it."""

    reachable: bool = False
    level: str | None = None
    dialect: str | None = None
    server_guid: str | None = None
    signing_required: bool | None = None
    steps: list[dict[str, t.Any]] = field(default_factory=list)
    error: str | None = None


class ProbeFailed(Exception):
    """A step did not do what it should; the text says what came instead."""


class _Step:
    """Record how long a step took and whether it went well."""

    def __init__(self, outcome: Outcome, name: str) -> None:
        self._record: dict[str, t.Any] = {"step": name, "seconds": 0.0, "ok": False}
        outcome.steps.append(self._record)

    def __enter__(self) -> None:
        self._begin = time.monotonic()

    def __exit__(self, kind: object, *_rest: object) -> None:
        self._record["seconds"] = round(time.monotonic() - self._begin, 6)
        self._record["ok"] = kind is None


def probe(target: Target) -> Outcome:
    """Ask ``target`` and return what came of it, after ``target.timeout`` seconds at the latest.

    The questions are asked in a thread of their own: name resolution and the SMB library know no common deadline.
    A thread that is still stuck at the deadline is left behind and ends with the program.
    """
    outcome = Outcome()
    begin = time.monotonic()
    deadline = begin + target.timeout
    errors: list[str] = []
    worker = threading.Thread(target=_ask, args=(target, deadline, outcome, errors), daemon=True)
    worker.start()
    worker.join(target.timeout)
    # A copy, for the thread may still be writing.
    result = Outcome(**{**vars(outcome), "steps": [dict(step) for step in outcome.steps]})
    if worker.is_alive() or time.monotonic() >= deadline:
        step: dict[str, t.Any] = result.steps[-1] if result.steps else {"step": "start"}
        passed = sum(entry["seconds"] for entry in result.steps[:-1])
        step.update(seconds=round(time.monotonic() - begin - passed, 6), ok=False)
        result.error = f"no answer within {target.timeout:g} s, in step {step['step']}"
    elif errors:
        result.error = errors[0]
    return result


def _ask(target: Target, deadline: float, outcome: Outcome, errors: list[str]) -> None:
    try:
        with _Step(outcome, "connect"):
            sock = socket.create_connection((target.server, target.port), timeout=_left(deadline))
        outcome.reachable = True
        with sock:
            if target.level == "negotiate":
                _negotiate(sock, target, deadline, outcome)
            else:
                _use(sock, target, deadline, outcome)
    except StateError as exc:
        errors.append(exc.found)
    except Exception as exc:  # noqa: BLE001  whatever the SMB library raises on hostile bytes is an answer, too
        errors.append(" ".join(str(exc).split()) or type(exc).__name__)


def _left(deadline: float) -> float:
    """Return the seconds left; an expired deadline still gives a socket the least time there is."""
    return max(deadline - time.monotonic(), 0.001)


def _negotiate(sock: socket.socket, target: Target, deadline: float, outcome: Outcome) -> None:
    """Negotiate with the standard library alone."""
    with _Step(outcome, "negotiate"):
        sock.settimeout(_left(deadline))
        # A fresh GUID: smbd with multichannel hands connections of one GUID to one process.
        sock.sendall(build_negotiate(target.server_name, uuid.uuid4().bytes, os.urandom(SALT_SIZE)))
        head = _receive(sock, TRANSPORT_HEADER_SIZE, deadline)
        answer = parse_negotiate_response(head + _receive(sock, message_length(head), deadline))
    outcome.level = "negotiate"
    outcome.dialect = answer.dialect
    outcome.server_guid = answer.server_guid
    outcome.signing_required = answer.signing_required


def _receive(sock: socket.socket, size: int, deadline: float) -> bytes:
    data = b""
    while len(data) < size:
        sock.settimeout(_left(deadline))
        part = sock.recv(size - len(data))
        if not part:
            raise ProbeFailed(f"connection closed by the server after {len(data)} of {size} bytes")
        data += part
    return data


class _Transport:
    """The SMB library's transport, with a deadline on every call and a limit on what a peer may announce."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.connected = True
        self._sock = sock
        self._deadline = deadline

    def connect(self) -> None:
        """Do nothing: the socket is connected already."""

    def send(self, message: bytes) -> None:
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(struct.pack(">I", len(message)) + message)

    def recv(self, _timeout: float) -> bytes:
        """Return the next message, nothing when this side has closed.

        :raises ProbeFailed: at the deadline, and when the peer closes or sends what is not SMB.
        """
        try:
            head = _receive(self._sock, TRANSPORT_HEADER_SIZE, self._deadline)
            return _receive(self._sock, message_length(head), self._deadline)
        except (OSError, ProbeFailed, StateError) as exc:
            if not self.connected:
                return b""
            # The library would take a TimeoutError for an idle connection, and go on.
            raise ProbeFailed(exc.found if isinstance(exc, StateError) else str(exc)) from exc

    def close(self) -> None:
        if self.connected:
            self.connected = False
            with contextlib.suppress(OSError):  # the peer may have closed first
                self._sock.shutdown(socket.SHUT_RDWR)


def _use(sock: socket.socket, target: Target, deadline: float, outcome: Outcome) -> None:
    """Go on to a session, a share and a file, with the SMB library."""

    class OverSocket(Connection):  # type: ignore[misc]
        """The library dials the name that it sends to the server, and knows no deadline. Here it gets a transport."""

        @property
        def transport(self) -> _Transport | None:
            return self._transport

        @transport.setter
        def transport(self, transport: object) -> None:
            self._transport = None if transport is None else _Transport(sock, deadline)

    connection: t.Any = OverSocket(uuid.uuid4(), target.server_name, target.port)
    try:
        with _Step(outcome, "negotiate"):
            connection.connect()
        outcome.level = "negotiate"
        outcome.dialect = DIALECTS.get(connection.dialect, hex(connection.dialect))
        # The library reads the GUID as if it were big-endian; [MS-DTYP] 2.3.4.2 says little-endian.
        outcome.server_guid = str(uuid.UUID(bytes_le=connection.server_guid.bytes))
        outcome.signing_required = bool(connection.server_security_mode & SecurityMode.SMB2_NEGOTIATE_SIGNING_REQUIRED)
        with _Step(outcome, "session"):
            session = Session(connection, target.username, target.password, require_encryption=False)
            session.connect()
        outcome.level = "session"
        if target.level in ("tree", "write"):
            with _Step(outcome, "tree"):
                tree = TreeConnect(session, f"\\\\{target.server_name}\\{target.share}")
                tree.connect()
            outcome.level = "tree"
            if target.level == "write":
                _write(tree, outcome)
                outcome.level = "write"
    finally:
        if connection.transport is not None:
            # The answer is known; how the good-bye goes does not change it.
            with contextlib.suppress(Exception):
                connection.disconnect()


def _write(tree: t.Any, outcome: Outcome) -> None:
    """Write a file of random bytes through to the disk, read it back, delete it, look whether it is gone."""
    name = f".samba_ha_probe-{uuid.uuid4().hex}"
    payload = os.urandom(PAYLOAD_SIZE)
    handle = Open(tree, name)
    with _Step(outcome, "create"):
        # Delete-on-close from the beginning: nothing stays behind, even if this client dies half-way.
        _open(handle, CreateDisposition.FILE_CREATE, CreateOptions.FILE_DELETE_ON_CLOSE)
    with _Step(outcome, "write"):
        written = handle.write(payload, write_through=True)
        if written != len(payload):
            raise ProbeFailed(f"{written} of {len(payload)} bytes written to {name}")
    with _Step(outcome, "read"):
        if handle.read(0, len(payload)) != payload:
            raise ProbeFailed(f"other bytes read from {name} than were written")
    with _Step(outcome, "delete"):
        handle.close()
    with _Step(outcome, "gone"):
        again = Open(tree, name)
        try:
            _open(again, CreateDisposition.FILE_OPEN, 0)
        except ObjectNameNotFound:
            return
        again.close()
        raise ProbeFailed(f"{name} is still there after it was deleted")


def _open(handle: t.Any, disposition: int, options: int) -> None:
    writing = disposition == CreateDisposition.FILE_CREATE
    access = FilePipePrinterAccessMask.FILE_READ_DATA
    if writing:
        access |= FilePipePrinterAccessMask.FILE_WRITE_DATA | FilePipePrinterAccessMask.DELETE
        options |= CreateOptions.FILE_WRITE_THROUGH
    handle.create(
        ImpersonationLevel.Impersonation,
        access,
        FileAttributes.FILE_ATTRIBUTE_NORMAL,
        ShareAccess.FILE_SHARE_READ | ShareAccess.FILE_SHARE_WRITE | ShareAccess.FILE_SHARE_DELETE,
        disposition,
        CreateOptions.FILE_NON_DIRECTORY_FILE | options,
    )
