# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two nodes on one folder of a local disk, which is as coherent as can be, and on two folders."""

from __future__ import annotations

import os
import time
import typing as t
from pathlib import Path

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs import (
    FOLDER,
    Health,
    Marker,
    Mount,
    Order,
    examine,
)

NODES = ("node1", "node2")


def on(folder: Path, **order: t.Any) -> Health:
    """What is found where the folder is mounted, with the programs of this machine."""
    path = str(folder)
    return examine(run, path, {path: Mount(path, "disk", "ext4", ("rw",))}, Order(10, **order))


def seen(health: Health) -> list[bool]:
    return [marker.seen for marker in health.markers]


def test_nodes_of_one_folder_know_a_file_by_the_same_numbers(tmp_path: Path) -> None:
    for node in NODES:
        assert on(tmp_path, node=node, token="1", traits=True).writable
    expected = []
    for node in NODES:
        numbers = (tmp_path / FOLDER / node).stat()
        expected.append(Marker(node, True, numbers.st_ino, numbers.st_dev, numbers.st_uid))
    assert on(tmp_path, token="1", expect=NODES, traits=True).markers == tuple(expected)


def test_nodes_of_two_folders_do_not_see_each_other(tmp_path: Path) -> None:
    for node in NODES:
        (tmp_path / node).mkdir()
        on(tmp_path / node, node=node, token="1")
    assert seen(on(tmp_path / "node1", token="1", expect=NODES)) == [True, False]


def test_a_marker_that_comes_late_is_waited_for_and_one_that_does_not_is_not(tmp_path: Path) -> None:
    on(tmp_path, node="node1", token="1")
    begun = time.monotonic()
    assert seen(on(tmp_path, token="1", expect=NODES, within=0.3)) == [True, False]
    assert 0.3 <= time.monotonic() - begun < 5


def test_a_renamed_marker_is_seen_by_its_new_name_alone(tmp_path: Path) -> None:
    for node in NODES:
        on(tmp_path, node=node, token="1")
    assert seen(on(tmp_path, token="1", expect=NODES, renamed=True)) == [False, False]
    assert on(tmp_path, node="node1", token="1", renamed=True).writable
    assert seen(on(tmp_path, token="1", expect=NODES, renamed=True)) == [True, False]
    # What a cache of names would show: both.
    on(tmp_path, node="node1", token="1")
    assert seen(on(tmp_path, token="1", expect=NODES, renamed=True)) == [False, False]


def test_a_marker_that_is_not_there_cannot_be_renamed(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    found = on(tmp_path, node="node1", token="1", renamed=True)
    assert found.writable is False
    assert found.error is not None and "No such file or directory" in found.error


def test_whether_extended_attributes_can_be_stored_is_told_if_asked(tmp_path: Path) -> None:
    stored = True
    try:
        os.setxattr(tmp_path, "user.test", b"1")
    except OSError:
        stored = False
    assert on(tmp_path, node="node1", token="1").user_xattrs is None
    assert on(tmp_path, node="node1", token="1", traits=True).user_xattrs is stored
