# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair on a mirror: make test-pair STORAGE=drbd."""

from __future__ import annotations

import time
import typing as t
from pathlib import Path

import pytest
from acts import podman
from lab import Lab, eventually, playbook
from observe import stdout
from pairing import Done, Eyes, PairWorkload, active, fenced, judge, limit, lose_disk, settle, wait_for_takeover


@pytest.fixture(autouse=True)
def whole_pair(lab: Lab, request: pytest.FixtureRequest) -> t.Iterator[None]:
    if lab.storage != "drbd":
        pytest.skip("needs a lab whose pair has a mirror: STORAGE=drbd")
    settle(lab, "what came before")
    yield
    settle(lab, request.node.name, timeout=240)


def test_the_active_host_loses_its_disk(lab: Lab, tmp_path: Path) -> None:
    """It goes on with the other host's, to which the service moves; with the next start it has a disk again."""
    most = limit(lab, "pair_storage_lost")
    with PairWorkload(lab, tmp_path) as workload:
        holder, other = active(lab)
        began = time.time()
        lose_disk(holder, f"mirror{holder.name[-1]}")
        wait_for_takeover(lab, other, most)
        judge(workload, [Done("disk lost", most, began)])
    assert fenced(lab, holder, began) == []
    eventually(lambda: stdout(other, "cat /proc/drbd"), lambda told: "/Diskless" in told, timeout=30, what="the loss")
    page = playbook("playbooks/status.yml")
    assert page.returncode != 0
    assert "Its own copy is lost (Diskless)" in " ".join(page.stdout.split()), page.stdout
    podman("restart", holder)
    settle(lab, f"the return of {holder.name}", timeout=240)
    assert Eyes(lab).holders() == [other], "clients were moved a second time"
