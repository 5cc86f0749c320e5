# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool whose files are on NFS, or on what is mounted already: no bricks are asked for."""

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
    flag,
    healthy_data,
    put,
    site,
    told,
)

PATH = "/srv/samba_ha/data"


def data_without_gluster() -> State:
    data = healthy_data()
    data["volumes"] = {"skipped": True}
    for host in POOL:
        state = data[STATES][host]
        state["gluster"] = {"skipped": True}
        state["mounts"]["mounts"] = [
            {
                **state["mounts"]["mounts"][0],
                "source": "nas1:/files",
                "type": "nfs4",
                "size_total": 1000,
                "size_free": 500,
            }
        ]
        state["markers"]["mounts"] = state["markers"]["mounts"][:1]
    return data


def on(backend: str, *breaks: Break) -> Site:
    data = data_without_gluster()
    for each in breaks:
        each(data)
    return dataclasses.replace(site(data), backend=backend)


def judged(backend: str, *breaks: Break) -> Report:
    return judge(on(backend, *breaks))


def of_mount(host: str, **values: t.Any) -> Break:
    return lambda data: data[STATES][host]["mounts"]["mounts"][0].update(values)


@pytest.mark.parametrize("backend", ["nfs", "mounted"])
def test_a_healthy_service_has_no_findings(backend: str) -> None:
    report = judged(backend)
    assert (told(report), report.verdict, report.volumes) == ([], "healthy", ())
    assert {layer.name: layer.summary for layer in report.layers}[
        "backend"
    ] == "nas1:/files (nfs4): mounted on 3 of 3 nodes"
    # The third node alone is no majority.
    assert {each.of: each.may_fail for each in report.redundancy} == {"pool nodes": 1, "front ends": 1}


def test_a_node_that_does_not_serve_leaves_none_to_lose() -> None:
    redundancy = judged("nfs", flag(1, "banned")).redundancy
    assert {each.of: each.may_fail for each in redundancy}["pool nodes"] == 0


@pytest.mark.parametrize(("backend", "command"), [("nfs", f"mount {PATH}"), ("mounted", None)])
def test_only_what_is_the_service_s_own_is_mounted(backend: str, command: str | None) -> None:
    report = judged(backend, of_mount("pool2", mounted=False, source=None, type=None, size_total=None))
    where = "pool2" if command else None
    assert ("pool2", f"{PATH} is not mounted.", where, command) in told(report)
    assert "mounted on 2 of 3 nodes" in {layer.name: layer.summary for layer in report.layers}["backend"]


RESTART = "systemctl restart samba-ha-shared-fs.service"


@pytest.mark.parametrize(("backend", "command"), [("nfs", RESTART), ("mounted", None)])
def test_only_what_is_the_service_s_own_is_mounted_anew(backend: str, command: str | None) -> None:
    report = judged(backend, of_mount("pool2", responds=False, error="no answer within 4 s (stat)"))
    (finding,) = report.findings
    assert (finding.host, finding.command) == ("pool2", command)
    assert finding.sentence == f"{PATH} does not answer: no answer within 4 s (stat)."


def test_a_marker_that_another_node_does_not_see_is_told() -> None:
    unseen = put(False, STATES, "pool3", "markers", "mounts", 0, "markers", 0, "seen")
    assert told(judged("mounted", unseen)) == [
        ("pool3", f"What pool1 just wrote to {PATH} is not seen here.", None, None)
    ]


def test_little_room_is_told_once() -> None:
    report = judged("nfs", *(of_mount(host, size_free=99) for host in POOL))
    sentence = f"{PATH} has 9.9 % free, less than 10%. Delete files through a share, or make it larger."
    assert told(report) == [(None, sentence, None, None)]
    assert report.verdict == "degraded"


def test_the_picture_has_no_bricks() -> None:
    drawn = picture(on("nfs"))
    titles = {box["title"] for box in drawn["boxes"]}
    assert titles == {"files", "fe1", "fe2", *POOL}
    assert len(drawn["lines"]) == 2 + 6
    with_bricks = picture(site(healthy_data()))
    assert drawn["height"] < with_bricks["height"]
    assert all(box["y"] + drawn["box_height"] < drawn["height"] for box in drawn["boxes"])
