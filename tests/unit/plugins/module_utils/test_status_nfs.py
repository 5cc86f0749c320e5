# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool whose files are on an NFS server of the service: what ails that one host is the end of all."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._status import Report, judge
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_picture import picture
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Site
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_cases import (
    POOL,
    STATES,
    Break,
    State,
    healthy_data,
    put,
    site,
    told,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.test_status_other_backends import (
    data_without_gluster,
    of_mount,
)

SERVER = "store1"
RESTART = "systemctl restart samba-ha-nfs.service"


def server_state() -> State:
    unit = {"loaded": True, "active_state": "active", "sub_state": "running", "enabled": True}
    names = ("samba-ha-firewall.service", "samba-ha-nfs.service")
    return {
        "clock": healthy_data()[STATES]["pool1"]["clock"],
        "units": {"units": [{"name": name, **unit} for name in names]},
        "export": {"mounts": [{"path": "/srv/export", "mounted": True, "responds": True, "error": None}]},
        "nfs": {"answers": True, "error": None},
    }


def stored(*breaks: Break) -> Site:
    data = data_without_gluster()
    data[STATES][SERVER] = server_state()
    for each in breaks:
        each(data)
    return dataclasses.replace(site(data), backend="nfs", nfs_server=(SERVER,))


def judged(*breaks: Break) -> Report:
    return judge(stored(*breaks))


def export(**values: t.Any) -> Break:
    return lambda data: data[STATES][SERVER]["export"]["mounts"][0].update(values)


SILENT = put({"answers": False, "error": "no answer in time"}, STATES, SERVER, "nfs")
GONE = put(None, STATES, SERVER)
HANGING = [of_mount(host, responds=False, error="no answer within 4 s (stat)") for host in POOL]


def of_server(report: Report) -> list[tuple[str | None, str, str | None, bool]]:
    return [(x.layer, x.sentence, x.command, x.critical) for x in report.findings if x.host == SERVER]


def test_a_healthy_service_has_no_findings_and_one_host_too_few() -> None:
    report = judged()
    assert (told(report), report.verdict) == ([], "healthy")
    redundancy = {each.of: each.may_fail for each in report.redundancy}
    assert redundancy == {"pool nodes": 1, "NFS servers": 0, "front ends": 1}
    assert [(host.part, host.serves) for host in report.hosts if host.name == SERVER] == [("nfs_server", False)]
    assert {layer.name: layer.summary for layer in report.layers}["hosts"] == "6 of 6 answer"


def test_a_server_that_does_not_answer_is_started_anew() -> None:
    report = judged(SILENT, *HANGING)
    sentence = "Its NFS server does not answer (no answer in time): nobody reaches a file."
    assert of_server(report) == [("backend", sentence, RESTART, True)]
    assert report.verdict == "down"


@pytest.mark.parametrize("more", [(), (SILENT,)])
def test_nothing_to_export_comes_before_that_it_does_not_answer(more: tuple[Break, ...]) -> None:
    report = judged(export(mounted=False), *more)
    sentence = "Nothing is mounted at /srv/export, which it exports."
    assert of_server(report) == [("backend", sentence, f"mount /srv/export && {RESTART}", True)]


def test_disks_that_hang_are_no_matter_of_the_server() -> None:
    report = judged(export(responds=False, error="no answer within 4 s (stat)"), SILENT, *HANGING)
    sentence = "/srv/export, which it exports, does not answer (no answer within 4 s (stat)). Look at its disks."
    assert of_server(report) == [("backend", sentence, None, True)]


def test_a_host_that_only_the_controller_does_not_reach_stops_nothing() -> None:
    report = judged(GONE)
    ((layer, sentence, _command, critical),) = of_server(report)
    assert (layer, sentence.startswith("It cannot be reached."), critical) == ("hosts", True, False)
    assert report.verdict == "degraded"


def test_a_host_that_nobody_reaches_does() -> None:
    report = judged(GONE, *HANGING)
    assert ("backend", "No node reaches the files that it exports.", None, True) in of_server(report)
    assert report.verdict == "down"


def test_what_no_node_could_tell_is_not_said_of_the_host() -> None:
    away = [put(None, STATES, host) for host in POOL]
    assert of_server(judged(*away)) == []
    assert [layer for layer, *_rest in of_server(judged(GONE, *away))] == ["hosts"]


def test_what_only_the_nodes_do_not_reach_is_a_matter_of_the_network() -> None:
    report = judged(*HANGING)
    ((_layer, sentence, command, critical),) = of_server(report)
    assert sentence.startswith("It answers itself, and no node reaches what it exports.")
    assert (command, critical) == ("nft list table inet samba_ha", True)
    assert of_server(judged(*HANGING[:2])) == []


def test_a_unit_that_would_not_start_with_the_host_is_told() -> None:
    report = judged(put(False, STATES, SERVER, "units", "units", 1, "enabled"))
    sentence = "samba-ha-nfs.service would not start with the host."
    assert of_server(report) == [("hosts", sentence, "systemctl enable samba-ha-nfs.service", False)]


@pytest.mark.parametrize("key", ["nfs", "export"])
def test_what_could_not_be_read_is_told(key: str) -> None:
    report = judged(put({"failed": True, "msg": "no Python"}, STATES, SERVER, key))
    assert of_server(report) == [("backend", "Its state could not be read: no Python", None, False)]


@pytest.mark.parametrize(
    ("breaks", "note", "state"),
    [
        ((), "exports the files", "ok"),
        ((SILENT,), "does not serve", "down"),
        ((export(mounted=False),), "does not serve", "down"),
        ((GONE,), "not reached", "down"),
    ],
)
def test_the_picture_has_the_host_below_all_nodes(breaks: tuple[Break, ...], note: str, state: str) -> None:
    drawn = picture(stored(*breaks))
    (box,) = (box for box in drawn["boxes"] if box["title"] == SERVER)
    assert (box["note"], box["state"]) == (note, state)
    assert all(other["y"] < box["y"] for other in drawn["boxes"] if other is not box)
    below = [line for line in drawn["lines"] if line["y2"] == box["y"]]
    assert [line["state"] for line in below] == [state] * len(POOL)
    assert all(each["y"] + drawn["box_height"] < drawn["height"] for each in drawn["boxes"])
