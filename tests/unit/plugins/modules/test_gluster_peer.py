# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.modules.gluster_peer import apply
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import NOT_INSTALLED, gluster

OWN, TWO, THREE = "10.213.2.11", "10.213.2.12", "10.213.2.13"
BESIDE, LOST = "10.221.0.12", "10.221.0.13"
"""The other hosts of the pool in the fixtures not named ``full``."""


def params(*peers: str, state: str = "present", own: str = OWN) -> dict[str, t.Any]:
    return {"peers": list(peers), "own_address": own, "state": state, "timeout": 0}


def whole_pool(seen_by_three: str = "peer_status_full_3.xml") -> list[tuple[str, str]]:
    """What is asked, and answered, when the pool is joined: its state as each of its hosts sees it."""
    return [
        ("system:: uuid get", "uuid_get_full_1.xml"),
        ("peer status", "peer_status_full_1.xml"),
        (f"--remote-host={TWO} peer status", "peer_status_full_2.xml"),
        (f"--remote-host={THREE} peer status", seen_by_three),
    ]


def test_missing_hosts_are_probed_and_the_own_one_is_not() -> None:
    replay = gluster(
        ("peer status", "peer_status_none.xml"),
        (f"peer probe {TWO}", "peer_probe_known.xml"),
        (f"peer probe {THREE}", "peer_probe_known.xml"),
        *whole_pool(),
    )
    result = apply(params(OWN, TWO, THREE), replay, check_mode=False)
    replay.done()
    assert result["changed"]
    assert result["diff"] == {"before": {"peers": []}, "after": {"peers": [TWO, THREE]}}
    assert [(peer["address"], peer["connected"]) for peer in result["peers"]] == [(TWO, True), (THREE, True)]


def test_a_complete_pool_is_left_alone() -> None:
    replay = gluster(("peer status", "peer_status_full_1.xml"), *whole_pool())
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
    replay = gluster(
        ("peer status", "peer_status_down.xml"),
        ("system:: uuid get", "uuid_get.xml"),
        ("peer status", "peer_status_down.xml"),
    )
    with pytest.raises(StateError, match=f"{LOST}: Peer in Cluster, not connected"):
        apply(params(OWN, BESIDE, LOST), replay, check_mode=False)


@pytest.mark.parametrize(
    ("seen_by_three", "told"),
    [
        ("peer_status_none.xml", f"{THREE}: not ready to {TWO}; {THREE}: not ready to this host"),
        ("connection_failed.txt", f"{THREE}: its glusterd does not answer"),
    ],
)
def test_a_pool_whose_other_hosts_do_not_know_each_other_yet_is_not_whole(seen_by_three: str, told: str) -> None:
    replay = gluster(("peer status", "peer_status_full_1.xml"), *whole_pool(seen_by_three))
    with pytest.raises(StateError, match=f"found {told}\\."):
        apply(params(OWN, TWO, THREE), replay, check_mode=False)


def test_a_wrong_own_address_is_found_out() -> None:
    replay = gluster(("peer status", "peer_status_none.xml"), (f"peer probe {OWN}", "peer_probe_localhost.xml"))
    with pytest.raises(StateError, match="Correct own_address"):
        apply(params(OWN, own="10.221.0.99"), replay, check_mode=False)


def test_only_hosts_of_the_pool_are_detached() -> None:
    replay = gluster(
        ("peer status", "peer_status_three.xml"),
        (f"peer detach {LOST}", "peer_probe_known.xml"),
        ("peer status", "peer_status_none.xml"),
    )
    result = apply(params(LOST, "10.221.0.55", state="absent"), replay, check_mode=False)
    replay.done()
    assert result["changed"] and result["diff"]["after"] == {"peers": [BESIDE]}


def test_a_host_with_bricks_is_not_detached() -> None:
    replay = gluster(("peer status", "peer_status_three.xml"), (f"peer detach {LOST}", "peer_detach_bricks.xml"))
    with pytest.raises(StateError, match="hosts one or more bricks"):
        apply(params(LOST, state="absent"), replay, check_mode=False)


def test_a_host_does_not_detach_itself() -> None:
    with pytest.raises(StateError, match="a host that stays"):
        apply(params(OWN, state="absent"), gluster(), check_mode=True)
