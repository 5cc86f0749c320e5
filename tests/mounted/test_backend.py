# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool whose files are not on Gluster: one file system through all nodes, and nothing lost with one of them."""

from __future__ import annotations

import os
import time
import typing as t
import uuid
from pathlib import Path

import pytest
from acts import podman
from lab import Lab, SmbClient, playbook
from observe import settle
from test_access import lock_is_refused_through
from workload import Workload

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


def test_the_page_calls_it_healthy(lab: Lab) -> None:
    done = playbook("playbooks/status.yml")
    assert done.returncode == 0, done.stdout
    assert "HEALTHY" in done.stdout


def test_a_node_without_power_takes_nothing_along(lab: Lab, tmp_path: Path) -> None:
    with Workload(lab, tmp_path, LIMIT + 30) as workload:
        sessions = workload.sessions()
        node, other = sorted(lab.pool, key=lambda each: sessions[each.name], reverse=True)[:2]
        began = time.time()
        podman("kill", node)
        workload.wait_for_writers(other, lab.data, time.time() + 1)
        podman("start", node)
        workload.finish()
        result = workload.judge([began])
    assert result["violations"] == []
    (outage,) = result["outages"]
    assert outage["reconnects"] > 0, "no client felt it"
    assert outage["gap"]["ended"] and max(outage["gap"]["seconds"], outage["up"] or 0) < LIMIT
