# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Linux's own SMB client, which mounts a share by the address of the service, and programs that write there."""

from __future__ import annotations

import contextlib
import typing as t

from lab import Lab, LabHost, eventually
from observe import ask_haproxy, stdout

WRITER = """
import os, sys, time
path, enough, number, file = sys.argv[1], sys.argv[2], 0, None
over = False
while not over:
    # Once more after it was told to end.
    over = os.path.exists(enough)
    try:
        if file is None:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(file, b"%d\\n" % number)
        os.fsync(file)
        print("acknowledged", number, flush=True)
        number += 1
        time.sleep(0.1)
    except OSError as exc:
        print("error", exc, flush=True)
        over, file = False, None
        time.sleep(0.5)
print("end", flush=True)
"""
"""Writes a line at a time and asks for the disk; after an error it opens the file anew, as a program that is made for
networks would. `acknowledged` is what it was told is written."""

ENOUGH = "/run/enough"


class MountedWriters:
    """One writes to a mount that waits for the server without end, and one to a mount that gives up.

    Each mount has a connection of its own.
    """

    def __init__(self, lab: Lab, client: LabHost) -> None:
        self.lab, self.client = lab, client
        self.paths = {kind: f"/mnt/{kind}" for kind in ("hard", "soft")}

    def start(self) -> None:
        """Mount, and return when both have written."""
        who = f"username={self.lab.username}\\npassword={self.lab.password}\\n"
        self.client.run("sh -c %s", f"umask 077; printf '{who}' > /run/who; rm -f {ENOUGH}")
        for kind, path in self.paths.items():
            self.client.run("mkdir -p %s", path)
            options = f"credentials=/run/who,vers=3.1.1,nosharesock,cache=strict,{kind}"
            self.client.run("mount -t cifs -o %s %s %s", options, f"//{self.lab.vip}/{self.lab.share}", path)
            writer = f"exec python3 -c '{WRITER}' {path}/kernel-{kind} {ENOUGH} > /run/{kind}.log"
            self.client.run(f"systemd-run --quiet --collect --unit writer-{kind} sh -c %s", writer)
        for kind in self.paths:
            self._wait(kind, "acknowledged 9")

    def stop(self) -> None:
        self.client.run("touch %s", ENOUGH)
        for kind, path in self.paths.items():
            stdout(self.client, f"systemctl stop writer-{kind}; rm -f {path}/kernel-{kind}; umount {path}")

    def node(self) -> LabHost:
        """Where the front ends lead the client."""
        table = "\n".join(ask_haproxy(host, "show table pool") for host in self.lab.frontends)
        lines = [line for line in table.splitlines() if f"key={self.client.address} " in line]
        return next(node for node in self.lab.pool if any(f"server_key={node.name}" in line for line in lines))

    def _promised(self) -> dict[str, list[str]]:
        """What each was told is written."""
        return {kind: [line.split()[1] for line in self._told(kind) if line[:3] == "ack"] for kind in self.paths}

    def finish(self) -> None:
        """Have each write once more. All that it was told is written is there."""
        self.client.run("touch %s", ENOUGH)
        for kind in self.paths:
            self._wait(kind, "end")
        for kind, numbers in self._promised().items():
            there = set(stdout(self.client, f"cat {self.paths[kind]}/kernel-{kind}").splitlines())
            assert [number for number in numbers if number not in there] == [], f"{kind}: lost"

    def _told(self, kind: str) -> list[str]:
        return stdout(self.client, f"cat /run/{kind}.log").splitlines()

    def _wait(self, kind: str, line: str) -> None:
        eventually(lambda: self._told(kind), lambda told: line in told, timeout=90, what=f"{kind}: {line}")


@contextlib.contextmanager
def mounted_writers(lab: Lab) -> t.Iterator[MountedWriters | None]:
    """Both at work, if the lab has a client that can mount a share (PARTS=pool,kernel_client)."""
    clients = [host for host in lab.having("client") if host.kind == "guest"]
    if not clients:
        yield None
        return
    writers = MountedWriters(lab, clients[0])
    writers.start()
    try:
        yield writers
    finally:
        writers.stop()
