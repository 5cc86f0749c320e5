# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node whose brick was away: nobody reads there what the brick has missed."""

from __future__ import annotations

import threading
import time
import typing as t
import uuid

import pytest
from acts import kill_bricks
from lab import Lab, LabHost, SmbClient, eventually
from observe import column, route, settle, stdout
from smbprotocol.exceptions import SMBException

SIZE = 16
BY_AGENT = "DOWN (agent)"
CONNECTED = "grep -l 'connected = 1' /srv/samba_ha/data/.meta/graphs/active/data-client-*/private | wc -l"


def number(value: int) -> bytes:
    return str(value).encode().rjust(SIZE)


class Stream(threading.Thread):
    """A client that reads and writes a file in turns, as one that counts does. It is alone with its file."""

    def __init__(self, lab: Lab, begin: threading.Event, end: threading.Event) -> None:
        super().__init__(daemon=True)
        self.lab, self.begin, self.end = lab, begin, end
        self.name = f"stream-{uuid.uuid4().hex}"
        self.opened = threading.Event()
        self.came_by: tuple[str, int] | None = None
        self.acknowledged = self.sent = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self.end.is_set():
            # Whatever a client meets whose connection is ended: it comes back.
            try:
                self.work()
            except (SMBException, OSError, ValueError):
                time.sleep(0.05)

    def work(self) -> None:
        with SmbClient(self.lab, self.lab.vip) as client:
            handle = client.open(self.name, create=True)
            if not self.opened.is_set():
                self.came_by = client.end
                handle.write(number(0), 0, write_through=True)
                self.opened.set()
            self.begin.wait()
            while not self.end.is_set():
                seen = bytes(handle.read(0, SIZE))
                # What was sent and not acknowledged may be there or not.
                if seen not in (number(self.acknowledged), number(self.sent)):
                    self.wrong.append(f"read {seen!r} after {self.acknowledged}")
                    return
                self.sent = int(seen) + 1
                handle.write(number(self.sent), 0, write_through=True)
                self.acknowledged = self.sent
            client.delete(self.name)


@pytest.fixture
def node(lab: Lab) -> t.Iterator[LabHost]:
    """The node that this machine's clients are led to."""
    settle(lab, "what came before")
    with SmbClient(lab, lab.vip) as client:
        name = route(lab, client.end)["host"]
    (found,) = (host for host in lab.pool if host.name == name)
    yield found
    lab.pool[0].run("gluster volume start data force")
    settle(lab, "a brick that was away", timeout=180)


def test_nobody_reads_what_a_brick_has_missed(lab: Lab, node: LabHost) -> None:
    begin, end = threading.Event(), threading.Event()
    streams = [Stream(lab, begin, end) for _number in range(6)]
    for stream in streams:
        stream.start()
    assert all(stream.opened.wait(20) for stream in streams)
    assert stream.came_by is not None
    assert route(lab, stream.came_by)["host"] == node.name
    # GlusterFS notes within a second of a write that all bricks have it. Of a brick that is lost after that it notes
    # nothing as long as writes go on and on: the brick's files look whole when it is back.
    time.sleep(2)
    kill_bricks("data", lab.pool.index(node))(lab)
    time.sleep(1.5)
    begin.set()
    time.sleep(4)
    missed = [stream.acknowledged for stream in streams]
    node.run("gluster volume start data force")
    eventually(lambda: stdout(node, CONNECTED), lambda count: count == "3", timeout=20, what="the brick is back")
    time.sleep(4)
    end.set()
    for stream in streams:
        stream.join(20)
    assert all(before < stream.acknowledged for before, stream in zip(missed, streams, strict=True))
    assert min(missed) > 0
    assert [stream.wrong for stream in streams] == [[]] * len(streams)


def test_its_node_serves_nobody_until_it_is_back_for_a_while(lab: Lab, node: LabHost) -> None:
    def said(status: str) -> t.Callable[[list[str]], bool]:
        return lambda seen: seen == [status] * len(lab.frontends)

    def both() -> list[str]:
        return [column(frontend, "status")[node.name] for frontend in lab.frontends]

    kill_bricks("data", lab.pool.index(node))(lab)
    eventually(both, said(BY_AGENT), timeout=5, what=f"{node.name} out of service at both front ends")
    node.run("gluster volume start data force")
    eventually(lambda: stdout(node, CONNECTED), lambda count: count == "3", timeout=20, what="the brick is back")
    back = time.monotonic()
    eventually(both, said("UP"), timeout=30, what=f"{node.name} in service at both front ends")
    # Five seconds, less what it takes to see that it is back.
    assert time.monotonic() - back > 3.5
