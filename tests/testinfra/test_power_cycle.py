# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service comes back by itself: one host, a front end, or all of them without power. Last, since it costs most."""

from __future__ import annotations

import os
import subprocess

from lab import Lab, LabHost, SmbClient, eventually

PATIENCE = 150  # seconds: a guard, not a promise


def podman(action: str, *hosts: LabHost) -> None:
    words = ["podman", action] + (["--signal", "KILL"] if action == "kill" else [])
    subprocess.run([*words, *(host.container for host in hosts)], check=True, stdout=subprocess.DEVNULL)


def started(host: LabHost) -> str:
    return subprocess.run(
        ["podman", "inspect", "-f", "{{.State.StartedAt}}", host.container], capture_output=True, text=True, check=True
    ).stdout


def healthy(lab: Lab) -> bool:
    rows = [line.strip("|").split("|") for line in lab.pool[0].run("ctdb -X status").splitlines()[1:]]
    return len(rows) == len(lab.pool) and all(set(row[2:-1]) == {"0"} for row in rows)


def read_through(lab: Lab, address: str, name: str) -> bytes:
    with SmbClient(lab, address) as client:
        return client.read(name)


def test_a_pool_node_that_reboots_comes_back(lab: Lab) -> None:
    node = lab.pool[1]
    before = started(node)
    podman("restart", node)
    assert started(node) != before
    eventually(lambda: healthy(lab), lambda good: good, timeout=PATIENCE, what=f"CTDB with {node.name} again")


def test_after_power_is_lost_everywhere_the_service_is_back_with_its_files(lab: Lab) -> None:
    name, data = "kept-over-the-power-cut", os.urandom(100_000)
    with SmbClient(lab, lab.vip) as client:
        client.write(name, data)
    service = [*lab.pool, *lab.frontends]
    before = [started(host) for host in service]
    # Without a shutdown: what power does.
    podman("kill", *service)
    podman("start", *service)
    assert all(now != then for now, then in zip([started(host) for host in service], before, strict=True))
    seen = eventually(lambda: read_through(lab, lab.vip, name), lambda got: got == data, timeout=PATIENCE, what="file")
    assert seen == data
    eventually(lambda: healthy(lab), lambda good: good, timeout=PATIENCE, what="CTDB")
    for node in lab.pool:
        assert read_through(lab, node.address, name) == data, node.name
    with SmbClient(lab, lab.vip) as client:
        client.delete(name)


def test_after_an_orderly_stop_of_all_the_service_is_back_too(lab: Lab) -> None:
    name = "kept-over-the-weekend"
    with SmbClient(lab, lab.vip) as client:
        client.write(name, b"kept")
    service = [*lab.pool, *lab.frontends]
    podman("stop", *service)
    podman("start", *service)
    eventually(lambda: read_through(lab, lab.vip, name), lambda got: got == b"kept", timeout=PATIENCE, what="file")
    eventually(lambda: healthy(lab), lambda good: good, timeout=PATIENCE, what="CTDB")
