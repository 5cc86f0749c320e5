# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import uuid

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._readback import clear_away, read_copies
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Client, Refused
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload import Plan, run
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.history_cases import RUN
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.workload_share import (
    TARGET,
    Share,
    ShareClient,
)

PLAN = Plan(TARGET, seconds=0.1, interval=0.01, writers=1, lockers=0, others=False)


def test_each_node_is_read_by_itself() -> None:
    nodes = {"192.0.2.11": Share(), "192.0.2.12": Share()}
    for number, share in enumerate(nodes.values()):
        share.files = {rf"{RUN.folder}\writer-0": bytearray(b"x" * number)}

    def dial(target: Target, guid: uuid.UUID, session: int) -> Client:
        assert (target.share, target.username) == ("data", "alice")
        return nodes[target.server].dial(target, guid, session)

    assert read_copies(RUN, list(nodes), TARGET, dial) == {
        "192.0.2.11": {"writer-0": b""},
        "192.0.2.12": {"writer-0": b"x"},
    }


def test_nothing_is_left_on_the_share() -> None:
    share = Share()
    history = run(PLAN, share.dial)
    assert share.files and share.folders
    clear_away(history.run, TARGET, share.dial)
    assert (share.files, share.folders) == ({}, set())
    assert not any(client.alive for client in share.clients)


def test_a_node_that_cannot_be_read_is_no_verdict() -> None:
    def hook(request: str, client: ShareClient) -> None:
        if request == "names":
            raise Refused(0xC0000034)

    with pytest.raises(StateError) as caught:
        read_copies(RUN, ["192.0.2.12"], TARGET, Share(before=hook).dial)
    assert "folder .samba_ha_workload-r1 of share data through 192.0.2.12" in str(caught.value)
    assert "STATUS_OBJECT_NAME_NOT_FOUND" in str(caught.value)
