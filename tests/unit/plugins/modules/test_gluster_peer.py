# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.modules.gluster_peer import apply
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import NOT_INSTALLED, gluster

OWN, TWO, THREE = "10.221.0.11", "10.221.0.12", "10.221.0.13"


def params(*peers: str, state: str = "present", own: str = OWN) -> dict[str, t.Any]:
    return {"peers": list(peers), "own_address": own, "state": state, "timeout": 0}


def test_missing_hosts_are_probed_and_the_own_one_is_not() -> None:
    replay = gluster(
        ("peer status", "peer_status_none.xml"),
        (f"peer probe {TWO}", "peer_probe_known.xml"),
        (f"peer probe {THREE}", "peer_probe_known.xml"),
        ("peer status", "peer_status_three.xml"),
    )
    result = apply(params(OWN, TWO, THREE), replay, check_mode=False)
    replay.done()
    assert result["changed"]
    assert result["diff"] == {"before": {"peers": []}, "after": {"peers": [TWO, THREE]}}
    assert [(peer["address"], peer["connected"]) for peer in result["peers"]] == [(TWO, True), (THREE, True)]


def test_a_complete_pool_is_left_alone() -> None:
    replay = gluster(("peer status", "peer_status_three.xml"), ("peer status", "peer_status_three.xml"))
    result = apply(params(OWN, TWO, THREE), replay, check_mode=False)
    replay.done()
    assert not result["changed"]


@pytest.mark.parametrize("answer", [NOT_INSTALLED, "connection_failed.txt"])
def test_check_mode_without_glusterd_predicts_all(answer: str) -> None:
    result = apply(params(OWN, TWO), gluster(("peer status", answer)), check_mode=True)
    assert result["changed"] and result["diff"]["after"] == {"peers": [TWO]}


@pytest.mark.parametrize("answer", [NOT_INSTALLED, "connection_failed.txt"])
def test_a_run_without_glusterd_fails(answer: str) -> None:
    with pytest.raises(StateError):
        apply(params(OWN, TWO), gluster(("peer status", answer)), check_mode=False)


def test_a_peer_that_is_down_fails_with_its_state() -> None:
    replay = gluster(("peer status", "peer_status_down.xml"), ("peer status", "peer_status_down.xml"))
    with pytest.raises(StateError, match=f"{THREE}: Peer in Cluster, not connected"):
        apply(params(OWN, TWO, THREE), replay, check_mode=False)


def test_a_wrong_own_address_is_found_out() -> None:
    replay = gluster(("peer status", "peer_status_none.xml"), (f"peer probe {OWN}", "peer_probe_localhost.xml"))
    with pytest.raises(StateError, match="Correct own_address"):
        apply(params(OWN, own="10.221.0.99"), replay, check_mode=False)


def test_only_hosts_of_the_pool_are_detached() -> None:
    replay = gluster(
        ("peer status", "peer_status_three.xml"),
        (f"peer detach {THREE}", "peer_probe_known.xml"),
        ("peer status", "peer_status_none.xml"),
    )
    result = apply(params(THREE, "10.221.0.55", state="absent"), replay, check_mode=False)
    replay.done()
    assert result["changed"] and result["diff"]["after"] == {"peers": [TWO]}


def test_a_host_with_bricks_is_not_detached() -> None:
    replay = gluster(("peer status", "peer_status_three.xml"), (f"peer detach {THREE}", "peer_detach_bricks.xml"))
    with pytest.raises(StateError, match="hosts one or more bricks"):
        apply(params(THREE, state="absent"), replay, check_mode=False)


def test_a_host_does_not_detach_itself() -> None:
    with pytest.raises(StateError, match="a host that stays"):
        apply(params(OWN, state="absent"), gluster(), check_mode=True)
