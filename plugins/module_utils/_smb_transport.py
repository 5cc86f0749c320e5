# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SMB library's connection over a socket of one's own, which waits for no answer longer than it was told to."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
import typing as t
import uuid
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_negotiate import (
    TRANSPORT_HEADER_SIZE,
    message_length,
)

with contextlib.suppress(ImportError):  # _smb_client keeps the error
    from smbprotocol.connection import Connection
    from smbprotocol.header import NtStatus
    from smbprotocol.session import SMB2SessionSetupRequest

CONNECT_TIMEOUT = 0.5
"""Seconds for a TCP connection. A lost SYN is sent again only after 1 s (RFC 6298), so a new attempt is sooner."""


MAX_MESSAGE = 131072
"""Bytes of a message: a bound on what a peer may announce. The library asks for up to 64 KiB, and there is a header."""


@dataclass(frozen=True)
class Target:
    """Whom to ask. ``timeout`` is in seconds and holds for each request; ``source`` is the address to come from."""

    server: str
    server_name: str
    share: str
    username: str
    password: str = field(repr=False)
    timeout: float
    port: int = 445
    source: str | None = None


class Transport:
    """The library's transport over a connected socket. ``fault`` says why it is connected no more."""

    def __init__(self, sock: socket.socket) -> None:
        self.connected = True
        self.fault: str | None = None
        self._sock = sock
        self._reader = 0

    def connect(self) -> None:
        """Do nothing: the socket is connected already."""

    def send(self, message: bytes) -> None:
        # One small request at a time: it always fits into the socket's buffer.
        self._sock.sendall(struct.pack(">I", len(message)) + message)

    def recv(self, _timeout: float) -> bytes:
        """Return the next message, nothing when the connection has ended. The library's own thread waits here."""
        self._reader = threading.get_ident()
        try:
            return self._exactly(message_length(self._exactly(TRANSPORT_HEADER_SIZE), MAX_MESSAGE))
        except (OSError, StateError) as exc:
            if self.connected:
                self.fault = exc.found if isinstance(exc, StateError) else (exc.strerror or str(exc))
                self.connected = False
            self._sock.close()
            return b""

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._sock.recv(size - len(data))
            if not part:
                raise ConnectionError("closed by the server")
            data += part
        return data

    def close(self, fault: str = "closed by this client") -> None:
        """End the connection. The thread in :meth:`recv` wakes and closes the socket.

        No other may: while that one is about to read, the descriptor could become a new connection's.
        """
        if self.connected:
            self.fault = fault
            self.connected = False
            with contextlib.suppress(OSError):  # the peer may have closed first
                self._sock.shutdown(socket.SHUT_RDWR)
            if threading.get_ident() == self._reader:
                self._sock.close()


def dial(target: Target, client_guid: uuid.UUID, previous_session: int) -> t.Any:
    """Connect to the target by TCP and return the library's connection, changed in three places.

    :param previous_session: sent with the log-on: [MS-SMB2] 3.2.4.2.3, a client that reconnects names its former
        session, so that the server ends it, and its locks with it. The library does not.
    :raises OSError: no connection.
    """
    source = (target.source, 0) if target.source else None
    sock = socket.create_connection((target.server, target.port), min(CONNECT_TIMEOUT, target.timeout), source)
    sock.settimeout(None)

    class OverSocket(Connection):  # type: ignore[misc]
        """The library dials the name that it sends to the server. Here it gets a transport."""

        @property
        def transport(self) -> t.Any:
            return self._transport

        @transport.setter
        def transport(self, transport: object) -> None:
            self._transport: t.Any = None if transport is None else Transport(sock)

        def send(self, message: t.Any, *args: t.Any, **more: t.Any) -> t.Any:
            if previous_session and isinstance(message, SMB2SessionSetupRequest):
                message["previous_session_id"] = previous_session
            return super().send(message, *args, **more)

        def receive(self, request: t.Any, *args: t.Any, **more: t.Any) -> t.Any:
            # The library waits for ever, or for whole seconds.
            deadline = time.monotonic() + target.timeout
            while request.response_event.wait(max(deadline - time.monotonic(), 0)):
                with request.response_event_lock:
                    answer = request.response
                    if answer is None or answer["status"].get_value() != NtStatus.STATUS_PENDING:
                        break
                    request.response_event.clear()
                    if not self._transport.connected:
                        break
            else:
                self._transport.close(f"no answer within {target.timeout:g} s")
            return super().receive(request, *args, **more)

    return OverSocket(client_guid, target.server_name, target.port)
