# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Linux's own SMB client, which mounts a share by the address of the service and outlives the loss of a node."""

from __future__ import annotations

import typing as t
from functools import partial

import pytest
from acts import podman
from lab import Lab, LabHost, eventually
from observe import ask_haproxy, settle, stdout

SECONDS = 50
"""How long it writes: the loss of a node, and some time after it."""

WRITER = """
import os, sys, time
path, end, number, file = sys.argv[1], time.time() + float(sys.argv[2]), 0, None
while time.time() < end:
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
        file = None
        time.sleep(0.5)
print("end", flush=True)
"""
"""Writes a line at a time and asks for the disk; after an error it opens the file anew, as a program that is made for
networks would. `acknowledged` is what it was told is written."""


@pytest.fixture
def client(lab: Lab) -> LabHost:
    hosts = [host for host in lab.having("client") if host.kind == "guest"]
    if not hosts:
        pytest.skip("the lab has no client that can mount a share (PARTS=pool,kernel_client)")
    return hosts[0]


@pytest.fixture
def mounts(lab: Lab, client: LabHost) -> t.Iterator[dict[str, str]]:
    """A mount that waits for the server without end, and one that gives up, each with a connection of its own."""
    settle(lab, "what came before")
    client.run("sh -c %s", f"umask 077; printf 'username={lab.username}\\npassword={lab.password}\\n' > /run/who")
    paths = {kind: f"/mnt/{kind}" for kind in ("hard", "soft")}
    for kind, path in paths.items():
        client.run("mkdir -p %s", path)
        options = f"credentials=/run/who,vers=3.1.1,nosharesock,cache=strict,{kind}"
        client.run("mount -t cifs -o %s %s %s", options, f"//{lab.vip}/{lab.share}", path)
    yield paths
    for kind, path in paths.items():
        stdout(client, f"rm -f {path}/kernel-{kind}; umount {path}")
    settle(lab, "what was done", timeout=240)


def node_of(lab: Lab, client: LabHost) -> LabHost:
    """Where the front ends lead the client."""
    table = "\n".join(ask_haproxy(host, "show table pool") for host in lab.frontends)
    lines = [line for line in table.splitlines() if f"key={client.address} " in line]
    return next(node for node in lab.pool if any(f"server_key={node.name}" in line for line in lines))


def test_a_mounted_share_outlives_its_node(lab: Lab, client: LabHost, mounts: dict[str, str]) -> None:
    for kind, path in mounts.items():
        writer = f"exec python3 -c '{WRITER}' {path}/kernel-{kind} {SECONDS} > /run/{kind}.log"
        client.run(f"systemd-run --quiet --collect --unit writer-{kind} sh -c %s", writer)
    logs = {kind: partial(stdout, client, f"cat /run/{kind}.log") for kind in mounts}
    for kind, log in logs.items():
        eventually(log, lambda text: "acknowledged 9" in text.splitlines(), timeout=30, what=f"{kind}: some lines")
    node = node_of(lab, client)
    podman("kill", node)
    for kind, log in logs.items():
        eventually(log, lambda text: "end" in text.splitlines(), timeout=SECONDS + 90, what=f"{kind}: the end")
    podman("start", node)
    for kind, path in mounts.items():
        told = logs[kind]().splitlines()
        promised = [line.split()[1] for line in told if line.startswith("acknowledged")]
        assert int(promised[-1]) > 100, f"{kind}: it did not go on: {told[-3:]}"
        there = set(stdout(client, f"cat {path}/kernel-{kind}").splitlines())
        assert [number for number in promised if number not in there] == [], f"{kind}: lost"
