# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
from pathlib import Path

from ansible_collections.samba_ha.cluster.plugins.module_utils._history import Reconnect
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_check import check
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_outage import summary
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Broken
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload import Plan, run
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.workload_share import (
    TARGET,
    Share,
    ShareClient,
)


def test_an_order_ends_it_when_each_client_has_worked_once_more(tmp_path: Path) -> None:
    order = tmp_path / "enough"
    plan = Plan(TARGET, seconds=60, interval=0.001, writers=2, lockers=2, others=True, until=order)
    share = Share()
    back = threading.Event()

    def lose(request: str, client: ShareClient) -> None:
        """The order comes in the midst of an outage of all, which lasts for 0.5 s more."""
        begun = len(share.clients) > len(plan.workers())
        if begun and request == "write" and not order.exists():
            order.touch()
            threading.Timer(0.5, back.set).start()
        if order.exists() and not back.is_set():
            client.cut()
            raise Broken("closed by the server")

    share.before = lose
    history = run(plan, share.dial)
    assert check(history, share.copies("192.0.2.11", "192.0.2.12")) == []
    assert 0.5 < history.run.end.mono - history.run.begin.mono < 10
    assert summary(history)["gap"]["ended"]
    assert all(entry.first is not None for entry in history.of(Reconnect))
    assert {entry.worker for entry in history.of(Reconnect)} == set(plan.workers())
