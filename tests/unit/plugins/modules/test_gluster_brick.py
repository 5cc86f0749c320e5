# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_brick import Found
from ansible_collections.samba_ha.cluster.plugins.modules import gluster_brick
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import NOT_INSTALLED, gluster

V1 = "580ef1cb-7774-4643-b0db-79a65bc25742"
"""Not in volume_info_all.xml, where v1 was created anew: an earlier volume."""
PATH = "/srv/gluster/new"
NEW = Found(PATH, False, False, (), False, None, False, None, False, False)
EMPTY = replace(NEW, exists=True, is_directory=True, ready=True)
STAMPED = replace(EMPTY, stamped=True, volume_id=V1)


class Disk:
    """Takes the place of the file system; keeps what was done to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *found: Found) -> None:
        self.found = {one.path: one for one in found}
        self.done: list[tuple[str, str]] = []
        monkeypatch.setattr(gluster_brick, "examine", self.found.__getitem__)
        monkeypatch.setattr(gluster_brick, "clear", lambda path: self.done.append(("clear", path)))
        monkeypatch.setattr(gluster_brick, "make", lambda path: self.done.append(("make", path)))


def run(
    volume: str = "new", *, paths: t.Sequence[str] = (PATH,), up: bool = True, check: bool = False, root: bool = False
) -> tuple[dict[str, t.Any], list[str]]:
    params = {"bricks": [{"path": path, "volume": volume} for path in paths], "allow_root_disk": root}
    script = [("volume info all", "volume_info_all.xml"), ("system:: uuid get", "uuid_get.xml")]
    replay = gluster(*(script if up else [("volume info all", NOT_INSTALLED)]))
    result = gluster_brick.apply(params, replay, check_mode=check)
    replay.done()
    return result, result.pop("warnings")


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("up", [True, False])
def test_an_absent_directory_is_made(monkeypatch: pytest.MonkeyPatch, check: bool, up: bool) -> None:
    disk = Disk(monkeypatch, NEW)
    result, warnings = run(check=check, up=up)
    assert result["changed"] and not warnings
    assert result["diff"] == {"before": {PATH: "absent"}, "after": {PATH: "ready"}}
    assert disk.done == ([] if check else [("make", PATH)])


def test_an_empty_directory_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch, EMPTY)
    assert not run()[0]["changed"] and disk.done == []


def test_an_empty_directory_with_another_mode_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch, replace(EMPTY, ready=False))
    assert run()[0]["changed"] and disk.done == [("make", PATH)]


def test_leftovers_without_data_are_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch, STAMPED)
    assert run()[0]["changed"] and disk.done == [("clear", PATH), ("make", PATH)]


def test_a_brick_of_an_existing_volume_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = gluster_brick.load_pool(
        gluster(("volume info all", "volume_info_all.xml"), ("system:: uuid get", "uuid_get.xml"))
    )
    assert pool is not None
    v1 = next(volume for volume in pool.volumes if volume.name == "v1")
    in_use = replace(STAMPED, path="/srv/gluster/v1", volume_id=v1.id, entries=("file",), on_root_disk=True)
    disk = Disk(monkeypatch, in_use)
    result, _warnings = run("v1", paths=[in_use.path])
    assert not result["changed"] and result["bricks"][0]["state"] == "in use" and disk.done == []
    with pytest.raises(StateError, match="wanted a brick of volume other, found a brick of volume v1"):
        run("other", paths=[in_use.path])


def test_a_stamped_directory_is_left_alone_with_a_warning_while_glusterd_is_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = Disk(monkeypatch, STAMPED)
    result, warnings = run(up=False)
    assert not result["changed"] and disk.done == [] and PATH in warnings[0]


def test_a_lost_brick_is_not_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    Disk(monkeypatch, replace(NEW, path="/srv/gluster/v1"))
    with pytest.raises(StateError, match="the brick that volume v1 has here, found no such directory"):
        run("v1", paths=["/srv/gluster/v1"])


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (replace(STAMPED, entries=("f",)), rf"data of an earlier volume with id {V1}: 1 entry \(f\)"),
        (replace(STAMPED, data=True), "files under .glusterfs"),
        (replace(EMPTY, entries=("a", "b", "c", "d")), r"found 4 entries \(a, b, c, \.\.\.\)"),
        (replace(NEW, exists=True), "wanted a directory, found something else"),
        (replace(NEW, stamped_above="/srv/gluster"), "the brick /srv/gluster above it"),
        (replace(NEW, on_root_disk=True), "gluster_allow_root_disk"),
    ],
)
def test_faults(monkeypatch: pytest.MonkeyPatch, found: Found, words: str) -> None:
    disk = Disk(monkeypatch, found)
    with pytest.raises(StateError, match=words):
        run()
    assert disk.done == []


def test_the_root_disk_with_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch, replace(NEW, on_root_disk=True))
    assert run(root=True)[0]["changed"] and disk.done == [("make", PATH)]


def test_all_faults_are_told_at_once_and_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch, NEW, replace(EMPTY, path="/full", entries=("a",)))
    with pytest.raises(StateError) as caught:
        run(paths=[PATH, "/full", PATH, "relative", "/"])
    told = str(caught.value)
    assert all(words in told for words in ("[1] /full", f"[2] {PATH}", "named twice", "[3] relative", "[4] / "))
    assert disk.done == []
