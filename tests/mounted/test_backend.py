# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool whose files are not on Gluster: one file system through all nodes, and nothing lost with one of them."""

from __future__ import annotations

import os
import re
import time
import typing as t
import uuid
from contextlib import ExitStack
from pathlib import Path

import pytest
from acts import podman
from lab import Lab, LabHost, SmbClient, eventually, playbook
from mounting import mounted_writers
from observe import settle
from test_access import lock_is_refused_through
from test_firewall import SMB, open_from_here
from workload import Result, Workload

LIMIT = 60
"""Seconds for which clients may be without the service: a guard against waiting for ever, no promise. The docs have
what was measured."""


@pytest.fixture(autouse=True)
def whole_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "what was done", timeout=240)


def test_a_file_written_through_one_node_reads_the_same_through_all(lab: Lab) -> None:
    name, data = f"same-{uuid.uuid4().hex}", os.urandom(300_000)
    first, *others = lab.pool
    with SmbClient(lab, first.address) as writer:
        writer.write(name, data)
        for node in others:
            with SmbClient(lab, node.address) as client:
                assert client.read(name) == data, f"{node.name} serves other bytes"
        writer.delete(name)


def test_a_lock_taken_through_one_node_is_refused_through_the_others(lab: Lab) -> None:
    first, *others = (node.address for node in lab.pool)
    lock_is_refused_through(lab, first, others)


def test_a_file_that_is_open_through_all_nodes_is_one_file(lab: Lab) -> None:
    """What one client writes the others read at once, while all of them have the file open for writing."""
    with ExitStack() as stack:
        clients = [stack.enter_context(SmbClient(lab, node.address)) for node in lab.pool]
        name = f"open-{uuid.uuid4().hex}"
        handles = [client.open(name, create=True) for client in clients]
        for number in range(4 * len(handles)):
            data = b"%08d" % number
            handles[number % len(handles)].write(data, 0, write_through=True)
            assert [handle.read(0, len(data)) for handle in handles] == [data] * len(handles)
        for handle in handles:
            handle.close()
        clients[0].delete(name)


def test_smbd_does_not_serve_without_the_library_that_passes_the_cache_by(lab: Lab) -> None:
    if lab.backend != "nfs":
        pytest.skip("smbd has it where files are on NFS")
    node = lab.pool[-1]
    library = node.run("sh -c %s", "echo /usr/local/lib/samba_ha-direct-io-*.so")
    assert open_from_here(node.address, SMB)
    node.run("systemctl stop smbd.service")
    # The loader would take it for a complaint that it cannot load this one.
    node.run("sh -c %s", f"mv {library} /run/kept && touch {library}")
    try:
        assert node.shell.run("systemctl start smbd.service").rc != 0
        assert not open_from_here(node.address, SMB)
    finally:
        node.run(f"mv /run/kept {library}")
    eventually(
        lambda: node.run("systemctl is-active smbd.service"),
        lambda told: told == "active",
        timeout=60,
        what="smbd again",
    )


def test_the_page_knows_its_state(lab: Lab) -> None:
    done = playbook("playbooks/status.yml")
    # Between guests an answer may take longer than the page lets pass, so the layer interconnect may be degraded.
    for layer in ("hosts", "backend", "CTDB", "smbd", "front end"):
        assert re.search(rf"^{layer} +ok ", done.stdout, re.MULTILINE), done.stdout


def outage_of(lab: Lab, tmp_path: Path, host: LabHost) -> Result:
    """What clients that write feel when a host loses its power and gets it back. Nothing may be lost."""
    with Workload(lab, tmp_path) as workload:
        began = time.time()
        podman("kill", host)
        if host.role == "pool":
            # It comes back when its clients are elsewhere.
            other = next(node for node in lab.pool if node is not host)
            workload.wait_for_writers(other, lab.data, time.time() + 1)
        podman("start", host)
        settle(lab, f"the loss of {host.name}", timeout=240)
        workload.finish()
        (outage,) = workload.outages([began], LIMIT)
    return outage


def test_a_node_without_power_takes_nothing_along(lab: Lab, tmp_path: Path) -> None:
    with mounted_writers(lab) as writers:
        outage = outage_of(lab, tmp_path, writers.node() if writers else lab.pool[0])
        assert outage["reconnects"] > 0, "no client felt it"
        if writers:
            # A mounted share outlives the node as well.
            writers.finish()


def test_a_server_that_starts_anew_takes_nothing_along(lab: Lab, tmp_path: Path) -> None:
    servers = lab.having("nfs_server")
    if not servers:
        pytest.skip("no NFS server is under this pool")
    outage = outage_of(lab, tmp_path, servers[0])
    assert outage["gap"]["seconds"] > 1, "no client felt it"
