# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on the loopback that says what a test has it say."""

from __future__ import annotations

import contextlib
import socket
import threading
import typing as t

Handler = t.Callable[[socket.socket], None]


@contextlib.contextmanager
def server(handler: Handler) -> t.Iterator[int]:
    """Serve one connection with ``handler``, then keep it open until the test ends."""
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _address = listener.accept()
            with connection:
                handler(connection)
                over.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
