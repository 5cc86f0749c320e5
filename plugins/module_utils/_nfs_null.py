# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask an NFS server whether it is there: the procedure NULL of NFS 4, by ONC RPC over TCP (RFC 5531, RFC 8881).

It needs no account, no export and no state at the server. A server that is stuck takes the connection, since its kernel
does, and leaves the question without an answer.
"""

from __future__ import annotations

import socket
import struct
import time

NFS_PROGRAM, NFS_VERSION = 100003, 4
_RPC_VERSION, _CALL, _REPLY = 2, 0, 1
_ACCEPTED, _SUCCESS = 0, 0
_LAST_FRAGMENT = 0x80000000
# An answer to NULL has 24 bytes; whoever announces much more is something else.
_LONGEST = 4096
_REFUSED = {
    1: "it serves no NFS",
    2: "it serves no NFS 4",
    3: "it has no procedure NULL",
    4: "it could not read the question",
    5: "it is short of memory",
}


class NoAnswer(Exception):
    """What came in place of the answer, in words."""


def build_null(xid: int) -> bytes:
    """The question, with its length in front. ``xid`` is any number of 32 bits, by which the answer is known."""
    # Credentials and verifier: none, of no length.
    call = struct.pack(">10I", xid, _CALL, _RPC_VERSION, NFS_PROGRAM, NFS_VERSION, 0, 0, 0, 0, 0)
    return struct.pack(">I", _LAST_FRAGMENT | len(call)) + call


def reply_length(head: bytes) -> int:
    """The length of the answer in bytes, from the four before it.

    :raises NoAnswer: these are none of an answer that fits the question.
    """
    (word,) = struct.unpack(">I", head)
    length: int = word & ~_LAST_FRAGMENT
    if not word & _LAST_FRAGMENT or not 12 <= length <= _LONGEST:
        raise NoAnswer("it speaks another protocol")
    return length


def judge_reply(xid: int, reply: bytes) -> None:
    """See that the answer is the one to the question of this number.

    :raises NoAnswer: it is not, or says no.
    """
    try:
        number, kind, status = struct.unpack_from(">3I", reply)
        if (number, kind) != (xid, _REPLY):
            raise NoAnswer("it speaks another protocol")
        if status != _ACCEPTED:
            raise NoAnswer("it refused the question")
        (verifier,) = struct.unpack_from(">I", reply, 16)
        (result,) = struct.unpack_from(">I", reply, 20 + verifier)
    except struct.error as exc:
        raise NoAnswer("its answer ends too soon") from exc
    if result != _SUCCESS:
        raise NoAnswer(_REFUSED.get(result, f"it refused the question with number {result}"))


def ask(server: str, port: int, timeout: float) -> str | None:
    """Ask an address once. Return None, or after ``timeout`` seconds at the latest why there was no answer."""
    deadline = time.monotonic() + timeout
    xid = time.monotonic_ns() & 0xFFFFFFFF
    try:
        with socket.create_connection((server, port), timeout=timeout) as sock:
            sock.sendall(build_null(xid))
            judge_reply(xid, _receive(sock, reply_length(_receive(sock, 4, deadline)), deadline))
    except NoAnswer as exc:
        return str(exc)
    except TimeoutError:
        return "no answer in time"
    except OSError as exc:
        return exc.strerror or str(exc)
    return None


def _receive(sock: socket.socket, size: int, deadline: float) -> bytes:
    data = b""
    while len(data) < size:
        # An expired deadline still gives the socket the least time that there is: 0 would not wait at all.
        sock.settimeout(max(deadline - time.monotonic(), 0.001))
        part = sock.recv(size - len(data))
        if not part:
            raise NoAnswer("it closed the connection without an answer")
        data += part
    return data
