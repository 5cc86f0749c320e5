# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool whose files a pair exports: whichever of the two has them, nothing is lost, and CTDB keeps its lock.

make lab BACKEND=nfs PARTS=pool,pair STORAGE=drbd
"""

from __future__ import annotations

import time
import typing as t
from pathlib import Path

import observe
import pairing
import pytest
from acts import podman
from lab import Lab
from test_failover import done, fail_over
from workload import Workload


@pytest.fixture(autouse=True)
def whole_service(lab: Lab) -> t.Iterator[None]:
    if not lab.exporting_address:
        pytest.skip("no pair exports the files of this pool")
    settle(lab, "what came before")
    yield
    settle(lab, "what was done")


def settle(lab: Lab, after: str) -> None:
    pairing.settle(lab, after, timeout=240)
    observe.settle(lab, after, timeout=240)


def test_a_planned_move_and_back(lab: Lab, tmp_path: Path) -> None:
    known = observe.generation(lab.pool[0])
    with Workload(lab, tmp_path, **pairing.AT_EASE) as workload:
        holder, other = pairing.active(lab)
        moved = time.time()
        done(fail_over(holder.name, "drain", "-e", "accept=no_redundancy"))
        assert pairing.Eyes(lab).holders() == [other]
        returned = time.time()
        done(fail_over(holder.name, "return"))
        settle(lab, "the return")
        assert pairing.Eyes(lab).holders() == [other], "the export was moved a second time"
        workload.finish()
        felt, _back = workload.outages([moved, returned], pairing.ON_GUESTS)
    assert felt["gap"]["seconds"] > 1, "no client felt it"
    assert observe.generation(lab.pool[0]) == known


def test_the_host_that_exports_has_no_power(lab: Lab, tmp_path: Path) -> None:
    known = observe.generation(lab.pool[0])
    with Workload(lab, tmp_path, **pairing.AT_EASE) as workload:
        holder, other = pairing.active(lab)
        began = time.time()
        podman("kill", holder)
        pairing.wait_for_takeover(lab, other, pairing.ON_GUESTS)
        assert pairing.fenced(lab, holder, began) != []
        podman("start", holder)
        settle(lab, f"the return of {holder.name}")
        workload.finish()
        (felt,) = workload.outages([began], pairing.ON_GUESTS)
    assert felt["gap"]["seconds"] > 1, "no client felt it"
    assert observe.generation(lab.pool[0]) == known
