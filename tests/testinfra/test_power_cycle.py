# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service comes back by itself after all its hosts were off. Single hosts are taken away in test_failover."""

from __future__ import annotations

import os
import re
import subprocess

from acts import podman
from lab import Lab, LabHost, SmbClient, eventually, playbook
from observe import ctdb_healthy

PATIENCE = 150  # seconds: a guard, not a promise


def started(host: LabHost) -> str:
    return subprocess.run(
        ["podman", "inspect", "-f", "{{.State.StartedAt}}", host.container], capture_output=True, text=True, check=True
    ).stdout


def read_through(lab: Lab, address: str, name: str) -> bytes:
    with SmbClient(lab, address) as client:
        return client.read(name)


def test_after_power_is_lost_everywhere_the_service_is_back_with_its_files(lab: Lab) -> None:
    name, data = "kept-over-the-power-cut", os.urandom(100_000)
    with SmbClient(lab, lab.vip) as client:
        client.write(name, data)
    service = [*lab.pool, *lab.frontends]
    before = [started(host) for host in service]
    # Without a shutdown: what power does.
    podman("kill", *service)
    told = playbook("playbooks/status.yml")
    podman("start", *service)
    assert told.returncode != 0
    assert f"{lab.virtual_name} ({lab.vip}): DOWN" in told.stdout, told.stdout
    for host in service:
        assert re.search(rf"^.*{host.name}: It cannot be reached", told.stdout, re.MULTILINE), told.stdout
    assert all(now != then for now, then in zip([started(host) for host in service], before, strict=True))
    seen = eventually(lambda: read_through(lab, lab.vip, name), lambda got: got == data, timeout=PATIENCE, what="file")
    assert seen == data
    eventually(lambda: ctdb_healthy(lab), bool, timeout=PATIENCE, what="CTDB")
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
    eventually(lambda: ctdb_healthy(lab), bool, timeout=PATIENCE, what="CTDB")
