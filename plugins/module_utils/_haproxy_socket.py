# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask HAProxy through its sockets: that of the worker that takes connections, and that of the master above it."""

from __future__ import annotations

import socket
import time
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

WORKER_SOCKET = "/run/haproxy/admin.sock"
"""Where the role frontend has HAProxy listen."""

MASTER_SOCKET = "/run/haproxy-master.sock"
"""Where Debian's unit has the master listen."""

ASK_TIMEOUT = 3.0
"""Seconds for one answer. HAProxy answers in milliseconds, from its own memory."""

_CHUNK = 65536


class HaproxyDown(StateError):
    """HAProxy does not answer."""

    def __init__(self, path: str, found: str) -> None:
        super().__init__(
            f"HAProxy's socket {path}",
            wanted="an answer",
            found=found,
            remedy="Look at systemctl status haproxy and journalctl -u haproxy.",
        )


class Ask(t.Protocol):
    """Signature of a question to HAProxy; loaders take it as an argument so that tests can replay real answers."""

    def __call__(self, command: str) -> str: ...


def socket_ask(path: str, timeout: float, since: float | None = None) -> Ask:
    """Return a function that asks at the socket ``path``.

    :param timeout: seconds for each question, or for all of them from ``since`` (of time.monotonic) on.
    """

    def ask(command: str) -> str:
        deadline = timeout + (time.monotonic() if since is None else since)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                link.settimeout(_left(deadline))
                link.connect(path)
                # The master keeps the line open after some answers, unless it is told to quit.
                link.sendall(f"{command}\nquit\n".encode())
                link.shutdown(socket.SHUT_WR)
                return _receive(link, deadline)
        except FileNotFoundError as exc:
            raise HaproxyDown(path, "no such socket: HAProxy does not run, or is not installed") from exc
        except TimeoutError as exc:
            raise HaproxyDown(path, f"no answer within {timeout:g} s") from exc
        except OSError as exc:
            raise HaproxyDown(path, exc.strerror or str(exc)) from exc

    return ask


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _receive(link: socket.socket, deadline: float) -> str:
    """Read to the end; a trickle does not stretch the time limit."""
    chunks: list[bytes] = []
    while True:
        link.settimeout(_left(deadline))
        chunk = link.recv(_CHUNK)
        if not chunk:
            return b"".join(chunks).decode(errors="replace")
        chunks.append(chunk)
