# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_records import Operation, Wanted
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_wanted import read_wanted
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import completed, options


def wanted(**changes: t.Any) -> Wanted:
    return read_wanted(completed({**options(), **changes}))


def fault(**changes: t.Any) -> str:
    with pytest.raises(StateError) as caught:
        wanted(**changes)
    return caught.value.found


def test_values_become_text() -> None:
    made = wanted(properties={"stonith-enabled": True, "batch-limit": 3, "no-quorum-policy": None})
    assert made.properties == {"stonith-enabled": "true", "batch-limit": "3", "no-quorum-policy": None}
    storage, _ip, samba, fence, _other = made.primitives
    assert samba.meta == {"migration-threshold": "3"}
    assert storage.operations == (Operation("monitor", "10s", {"timeout": "20s", "on-fail": "restart"}, {}),)
    assert fence.options == {"pcmk_host_list": "file1", "ip": "192.0.2.1", "password": "opensesame"}
    assert fence.secrets == {"password"} and fence.operations == (Operation("monitor", "60s", {}, {}),)


def test_a_delay_and_several_hosts() -> None:
    (device,) = options()["fence_devices"][:1]
    both = {**device, "hosts": ["file1", "file2"], "delay": 5}
    made = wanted(fence_devices=[both], locations=[]).primitives[-1]
    assert made.options["pcmk_host_list"] == "file1 file2" and made.options["pcmk_delay_base"] == "5s"


def test_an_option_without_a_value_is_not_given() -> None:
    resources = options()["resources"]
    resources[2]["options"] = {"fake": None}
    assert wanted(resources=resources).primitives[2].options == {}


@pytest.mark.parametrize(("interval", "same"), [("10", True), ("10000ms", True), ("1m", False), ("11s", False)])
def test_intervals_are_compared_by_their_length(interval: str, same: bool) -> None:
    assert (Operation("monitor", "10s", {}, {}).key == Operation("monitor", interval, {}, {}).key) is same


def test_all_faults_are_told_at_once() -> None:
    resources = options()["resources"]
    resources[0]["id"] = "1st"
    resources[1]["agent"] = "IPaddr2"
    resources[2]["operations"] *= 2
    resources[2]["operations"].append({"name": "start", "interval": "often"})
    told = fault(
        properties={"dc-version": "1"},
        resources=resources,
        groups=[{"id": "files", "members": ["files-ip", "files-ip", "nosuch"]}, {"id": "empty", "members": []}],
        locations=[
            {"resource": "nosuch", "node": "file1", "score": "much"},
            *({"resource": "files", "node": "file1", "score": "5"} for _twice in range(2)),
        ],
        fence_levels=[
            {"node": "file1", "level": 1, "devices": ["files-ip"]},
            {"node": "file1", "level": 1, "devices": []},
        ],
    )
    assert told.split("; ") == [
        "'1st' is no id",
        "dc-version is Pacemaker's own",
        "files-ip: 'IPaddr2' is no agent for it",
        "files-samba: 'often' is no interval",
        "files-samba: monitor twice with one interval",
        "empty has no members",
        "nosuch is in no list of resources",
        "files-ip is a member twice",
        "a constraint for nosuch, which is not named",
        "nosuch: 'much' is no score",
        "files has two locations on file1",
        "files-ip is in no list of fence devices",
        "level 1 of file1 has no devices",
        "file1 has level 1 twice",
    ]


def test_what_is_given_twice_is_told() -> None:
    devices = options()["fence_devices"]
    devices[0]["options"] |= {"pcmk_host_list": "file2", "password": "x"}
    devices[1]["id"] = "files-ip"
    assert fault(fence_devices=devices, locations=[]).split("; ")[0] == "files-ip twice"
    assert "fence-file1: password among its options; fence-file1: pcmk_host_list among its options" in fault(
        fence_devices=devices
    )


def test_a_fence_device_needs_an_agent_that_fences() -> None:
    devices = options()["fence_devices"]
    devices[0]["agent"] = "ocf:heartbeat:IPaddr2"
    assert "fence-file1: 'ocf:heartbeat:IPaddr2' is no agent" in fault(fence_devices=devices)


def test_faults_of_clones_and_of_what_goes_with_them() -> None:
    assert fault(
        clones=[{"id": "files", "resource": "files-ip"}],
        colocations=[{"resource": "files", "beside": "nosuch", "score": "much"}],
        orders=[{"first": "nobody", "then": "files"}],
    ).split("; ") == [
        "files twice",
        "files-ip is a member twice",
        "a constraint for nosuch, which is not named",
        "a constraint for nobody, which is not named",
        "files: 'much' is no score",
    ]
