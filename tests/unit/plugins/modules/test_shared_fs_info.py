# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _shared_fs
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs_ping_pong import PROGRAM
from ansible_collections.samba_ha.cluster.plugins.modules import shared_fs_info
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer

DATA = "/srv/samba_ha/data"
FOLDER = f"{DATA}/.samba_ha-check"
STAT = answer(
    ["stat", "--file-system", "--format=%S %b %a", DATA],
    stdout=(FIXTURES / "coreutils" / "trixie-9.7" / "stat.txt").read_text(),
)
MKDIR = answer(["mkdir", "--parents", "--mode=0700", FOLDER])
ALL = {"node": "pool1", "marker": "token", "expect": ["pool1", "pool2"], "ping_pong": {"seconds": 3, "nodes": 1}}
EMPTY: dict[str, object] = {
    "responds": False,
    "writable": None,
    "error": "not mounted",
    "size_total": None,
    "size_free": None,
    "markers": [],
    "user_xattrs": None,
    "ping_pong": None,
}


def ping_pong(places: str, how: str) -> list[str]:
    files = [f"{FOLDER}/ping_pong.locks", f"{FOLDER}/ping_pong.data"]
    return [sys.executable, "-c", PROGRAM, *files, places, "3", how]


def marker(node: str, *, seen: bool) -> dict[str, object]:
    """A marker whose numbers were not asked for."""
    return {"node": node, "seen": seen, "inode": None, "device": None, "owner": None}


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr(_shared_fs, "MOUNT_TABLE", str(FIXTURES / "mountinfo" / "trixie-11.1" / "pool.txt"))
    return caller(shared_fs_info, tmp_path, monkeypatch, capsys)


def test_a_healthy_file_system_in_full(call: Call) -> None:
    replay = Replay(
        STAT,
        MKDIR,
        answer(["tee", f"{FOLDER}/pool1"], stdout="token"),
        answer(["cat", f"{FOLDER}/pool1"], stdout="token"),
        answer(["cat", f"{FOLDER}/pool2"], 1),
        MKDIR,
        answer(ping_pong("2", "plain"), 0, '{"rates": [9, 7, 8], "increments": [1]}'),
    )
    result = call(replay, {"paths": [f"{DATA}/"], **ALL})
    replay.done()
    assert (result["changed"], result["warnings"]) == (False, [])
    assert result["mounts"] == [
        {
            "path": DATA,
            "mounted": True,
            "source": "10.213.2.13:/data",
            "type": "fuse.glusterfs",
            "options": ["rw", "relatime", "user_id=0", "group_id=0", "allow_other", "max_read=131072"],
            "responds": True,
            "writable": True,
            "error": None,
            "size_total": 66053021 * 4096,
            "size_free": int(STAT.stdout.split()[2]) * 4096,
            "markers": [marker("pool1", seen=True), marker("pool2", seen=False)],
            "user_xattrs": None,
            "ping_pong": {"locks_per_second": 8, "increments": [1], "coherent": True, "nodes": 1},
        }
    ]


def test_check_mode_writes_nothing_and_looks_for_nothing(call: Call) -> None:
    replay = Replay(STAT)
    mount = call(replay, {"paths": [DATA], **ALL}, check_mode=True)["mounts"][0]
    replay.done()
    assert mount["responds"]
    assert (mount["writable"], mount["markers"], mount["ping_pong"], mount["error"]) == (None, [], None, None)


def test_paths_are_told_in_their_order(call: Call) -> None:
    mounts = call(Replay(STAT), {"paths": ["/srv/samba_ha", DATA, "/nowhere"]})["mounts"]
    assert [(mount["path"], mount["mounted"]) for mount in mounts] == [
        ("/srv/samba_ha", False),
        (DATA, True),
        ("/nowhere", False),
    ]
    unmounted = {"path": "/nowhere", "mounted": False, "source": None, "type": None, "options": [], **EMPTY}
    assert mounts[2] == unmounted


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"expect": ["pool1"]}, "expect needs marker"),
        ({"node": "pool1"}, "missing parameter(s) required by 'node': marker"),
        ({"node": "../../etc/passwd", "marker": "x"}, "'../../etc/passwd' cannot be the name"),
        ({"expect": [".."], "marker": "x"}, "'..' cannot be the name"),
        ({"ping_pong": {"seconds": 0, "nodes": 3}}, "at least one second"),
    ],
)
def test_options_that_make_no_sense_are_refused(call: Call, options: dict[str, object], message: str) -> None:
    result = call(Replay(), {"paths": [DATA], **options})
    assert result["failed"] and message in result["msg"]


def test_a_marker_without_a_node_writes_nothing(call: Call) -> None:
    answers: list[Answer] = [STAT, answer(["cat", f"{FOLDER}/pool1"], stdout="token")]
    replay = Replay(*answers)
    mount = call(replay, {"paths": [DATA], "marker": "token", "expect": ["pool1"]})["mounts"][0]
    replay.done()
    assert (mount["writable"], mount["markers"]) == (None, [marker("pool1", seen=True)])


def test_the_numbers_of_markers_are_told_if_asked(call: Call) -> None:
    numbers = answer(["stat", "--format=%i %d %u", f"{FOLDER}/pool1"], stdout="2253937 65024 0\n")
    replay = Replay(STAT, answer(["cat", f"{FOLDER}/pool1"], stdout="token"), numbers)
    mount = call(replay, {"paths": [DATA], "marker": "token", "expect": ["pool1"], "traits": True})["mounts"][0]
    replay.done()
    assert mount["markers"] == [{"node": "pool1", "seen": True, "inode": 2253937, "device": 65024, "owner": 0}]


def test_ping_pong_may_map_its_file(call: Call) -> None:
    replay = Replay(STAT, MKDIR, answer(ping_pong("4", "mmap"), 0, '{"rates": [1, 1, 1], "increments": [3]}'))
    arguments = {"paths": [DATA], "ping_pong": {"seconds": 3, "nodes": 3, "mmap": True}}
    assert call(replay, arguments)["mounts"][0]["ping_pong"]["coherent"]
    replay.done()


def test_ping_pong_passes_the_cache_of_nfs_by(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(f"90 28 0:61 / {DATA} rw,relatime shared:1 - nfs4 nas1:/files rw,vers=4.2\n")
    monkeypatch.setattr(_shared_fs, "MOUNT_TABLE", str(table))
    replay = Replay(STAT, MKDIR, answer(ping_pong("4", "direct"), 0, '{"rates": [1, 1, 1], "increments": [3]}'))
    call(replay, {"paths": [DATA], "ping_pong": {"seconds": 3, "nodes": 3}})
    replay.done()
