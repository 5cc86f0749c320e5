# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.modules.gluster_volume import apply_absent, apply_present
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import NOT_INSTALLED, gluster

BRICKS = [f"10.221.0.1{n}:/srv/gluster/v1" for n in "123"]
OPTIONS = {"network.ping-timeout": 5, "cluster.quorum-type": "auto"}
CREATE = f"volume create v1 replica 3 {' '.join(BRICKS)}"
SET = "volume set v1 network.ping-timeout 5 cluster.quorum-type auto"
INFO = "volume info v1"


def params(**changes: t.Any) -> dict[str, t.Any]:
    return {
        "name": "v1",
        "state": "present",
        "bricks": BRICKS,
        "replica": 3,
        "arbiter": 0,
        "options": OPTIONS,
        "force": False,
        "confirm_delete": None,
        "timeout": 0,
        **changes,
    }


def test_options_are_set_between_creation_and_start() -> None:
    replay = gluster(
        (INFO, "volume_info_missing.xml"),
        (CREATE, "volume_create_done.xml"),
        (INFO, "volume_info_created.xml"),
        (SET, "volume_set_done.xml"),
        (INFO, "volume_info_stopped.xml"),
        ("volume start v1", "volume_start_done.xml"),
        ("volume status v1", "volume_status_started.xml"),
        (INFO, "volume_info_started.xml"),
    )
    result = apply_present(params(), replay, check_mode=False)
    replay.done()
    assert result["changed"]
    assert result["diff"]["before"] == {}
    assert result["diff"]["after"]["options"] == {"network.ping-timeout": "5", "cluster.quorum-type": "auto"}
    assert (result["volume"]["status"], result["volume"]["bricks"]) == ("Started", BRICKS)


def test_check_mode_predicts_the_diff_of_the_run() -> None:
    result = apply_present(params(), gluster((INFO, "volume_info_missing.xml")), check_mode=True)
    assert result["changed"] and result["diff"]["before"] == {}
    assert result["diff"]["after"] == {
        "replica": 3,
        "arbiter": 0,
        "bricks": BRICKS,
        "status": "Started",
        "options": {"network.ping-timeout": "5", "cluster.quorum-type": "auto"},
    }


@pytest.mark.parametrize("answer", [NOT_INSTALLED, "connection_failed.txt"])
def test_check_mode_without_glusterd_predicts_creation(answer: str) -> None:
    assert apply_present(params(), gluster((INFO, answer)), check_mode=True)["changed"]
    with pytest.raises(StateError):
        apply_present(params(), gluster((INFO, answer)), check_mode=False)


def test_a_second_run_changes_nothing() -> None:
    result = apply_present(params(), gluster((INFO, "volume_info_started.xml")), check_mode=False)
    assert not result["changed"] and result["diff"]["before"] == result["diff"]["after"]


def test_the_returned_volume_is_a_fixed_point() -> None:
    volume = apply_present(params(), gluster((INFO, "volume_info_started.xml")), check_mode=True)["volume"]
    del volume["status"]
    assert not apply_present(params(**volume), gluster((INFO, "volume_info_started.xml")), check_mode=False)["changed"]


def test_only_what_differs_is_set_in_one_request_and_null_is_reset() -> None:
    wanted = {
        "network.ping-timeout": 7,
        "cluster.quorum-type": "auto",
        "features.shard": True,
        "nfs.disable": "enable",
        "storage.fips-mode-rchecksum": None,
        "performance.client-io-threads": None,
        "performance.cache-size": None,
        "performance.write-behind": False,
    }
    replay = gluster(
        (INFO, "volume_info_started.xml"),
        ("volume set v1 network.ping-timeout 7 performance.write-behind off", "volume_set_done.xml"),
        ("volume reset v1 performance.client-io-threads", "volume_reset_done.xml"),
        (INFO, "volume_info_started.xml"),
    )
    with pytest.raises(StateError, match="keeps another value"):
        apply_present(params(options=wanted), replay, check_mode=False)
    replay.done()


@pytest.mark.parametrize("recorded", ["volume_info_created.xml", "volume_info_stopped.xml"])
def test_a_volume_that_is_not_started_is_started(recorded: str) -> None:
    replay = gluster(
        (INFO, recorded),
        ("volume start v1", "volume_start_started.xml"),
        ("volume status v1", "volume_status_started.xml"),
        (INFO, "volume_info_started.xml"),
    )
    assert apply_present(params(options={}), replay, check_mode=False)["changed"]
    replay.done()


def test_a_brick_that_stays_offline_is_named() -> None:
    replay = gluster(
        (INFO, "volume_info_stopped.xml"),
        ("volume start v1", "volume_start_done.xml"),
        ("volume status v1", "volume_status_stopped.xml"),
    )
    with pytest.raises(StateError, match=r"not online: 10.221.0.11:/srv/gluster/v1 .* \(Volume c1 is not started"):
        apply_present(params(), replay, check_mode=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"bricks": list(reversed(BRICKS))},
        {"bricks": [*BRICKS, *(brick + "b" for brick in BRICKS)]},
        {"replica": 1},
        {"arbiter": 1},
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_another_layout_is_refused(changes: dict[str, t.Any], check_mode: bool) -> None:
    with pytest.raises(StateError, match=r"found Replicate, replica 3, arbiter 0, bricks .*Nothing was changed"):
        apply_present(params(**changes), gluster((INFO, "volume_info_started.xml")), check_mode=check_mode)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bricks": BRICKS[:2]}, "2 bricks cannot be shared out to replica 3"),
        ({"bricks": [BRICKS[0]] * 3}, "named twice"),
        ({"bricks": ["relative"], "replica": 1}, "'relative' is not ADDRESS:/PATH"),
        ({"replica": 1, "arbiter": 1}, "an arbiter with replica 1"),
        ({"options": {"group": "samba"}}, "a full option name"),
        ({"options": {"a.b": ["c"]}}, "text, a number, a boolean or null"),
    ],
)
def test_contradictory_options_are_refused_before_anything_is_read(changes: dict[str, t.Any], words: str) -> None:
    with pytest.raises(StateError, match=words):
        apply_present(params(**changes), gluster(), check_mode=True)


@pytest.mark.parametrize("refusal", ["volume_create_root_disk.xml", "volume_create_mount_point.xml"])
def test_force_is_used_where_it_was_consented_to(refusal: str) -> None:
    script = [
        (INFO, "volume_info_missing.xml"),
        (CREATE, refusal),
        (f"{CREATE} force", "volume_create_done.xml"),
        (INFO, "volume_info_started.xml"),
    ]
    replay = gluster(*script)
    assert apply_present(params(force=True), replay, check_mode=False)["changed"]
    replay.done()
    with pytest.raises(StateError, match="force"):
        apply_present(params(), gluster(*script[:2]), check_mode=False)


def test_force_does_not_take_over_another_volumes_brick() -> None:
    replay = gluster((INFO, "volume_info_missing.xml"), (CREATE, "volume_create_part_of_volume.xml"))
    with pytest.raises(StateError, match="is already part of a volume"):
        apply_present(params(force=True), replay, check_mode=False)


def test_a_creation_that_was_still_under_way_is_taken_up() -> None:
    replay = gluster(
        ("volume info zz", "volume_info_missing.xml"),
        ("volume create zz 10.221.0.11:/srv/gluster/zz", "volume_create_exists.xml"),
        ("volume info zz", "volume_info_distribute.xml"),
    )
    wanted = params(name="zz", bricks=["10.221.0.11:/srv/gluster/zz"], replica=1, options={})
    assert apply_present(wanted, replay, check_mode=False)["changed"]
    replay.done()


def test_deletion_stops_first() -> None:
    replay = gluster(
        (INFO, "volume_info_started.xml"),
        ("volume stop v1", "volume_stop_done.xml"),
        ("volume delete v1", "volume_delete_done.xml"),
    )
    result = apply_absent(params(state="absent", confirm_delete="v1"), replay, check_mode=False)
    replay.done()
    assert result["changed"] and result["volume"] is None
    assert result["diff"]["after"] == {} and result["diff"]["before"]["status"] == "Started"


def test_a_stopped_volume_is_deleted() -> None:
    replay = gluster((INFO, "volume_info_stopped.xml"), ("volume delete v1", "volume_delete_done.xml"))
    assert apply_absent(params(confirm_delete="v1"), replay, check_mode=False)["changed"]
    replay.done()


@pytest.mark.parametrize("confirm", [None, "", "v2"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_nothing_is_deleted_without_its_name(confirm: str | None, check_mode: bool) -> None:
    with pytest.raises(StateError, match="Nothing was deleted"):
        apply_absent(params(confirm_delete=confirm), gluster((INFO, "volume_info_started.xml")), check_mode=check_mode)


def test_a_volume_that_is_gone_needs_no_confirmation() -> None:
    assert not apply_absent(params(), gluster((INFO, "volume_info_missing.xml")), check_mode=False)["changed"]
