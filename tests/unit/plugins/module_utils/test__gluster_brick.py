# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import os
import uuid
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_brick import clear, examine, first_names, make

ID = uuid.UUID("580ef1cb-7774-4643-b0db-79a65bc25742")


@pytest.fixture
def stamps(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, bytes]]:
    """Attributes by path, since only root may set real ones of this kind."""
    kept: dict[str, dict[str, bytes]] = {}

    def get(path: str, name: str) -> bytes:
        if name not in kept.get(path, {}):
            raise OSError(errno.ENODATA, "No data available")
        return kept[path][name]

    monkeypatch.setattr("os.getxattr", get)
    monkeypatch.setattr("os.listxattr", lambda path: list(kept.get(path, {})))
    monkeypatch.setattr("os.removexattr", lambda path, name: kept[path].pop(name))
    return kept


def brick(tmp_path: Path, stamps: dict[str, dict[str, bytes]]) -> Path:
    """What GlusterFS leaves of a volume that was started, never written to, and deleted."""
    path = tmp_path / "brick"
    for name in ("00/00", "indices/dirty", "changelogs/htime", "landfill", "unlink"):
        (path / ".glusterfs" / name).mkdir(parents=True)
    (path / ".glusterfs/00/00/00000000-0000-0000-0000-000000000001").symlink_to("../../..")
    (path / ".glusterfs/indices/dirty/dirty-9fc5c74b").touch()
    (path / ".glusterfs/health_check").write_text("2026-11-22", encoding="ascii")
    (path / f".glusterfs-anonymous-inode-{ID}").mkdir()
    stamps[str(path)] = {"trusted.glusterfs.volume-id": ID.bytes, "trusted.gfid": b"\1", "user.kept": b""}
    return path


def test_an_absent_directory(tmp_path: Path, stamps: dict[str, dict[str, bytes]]) -> None:
    found = examine(str(tmp_path / "a/b"))
    assert (found.exists, found.stamped, found.entries, found.stamped_above) == (False, False, (), None)


def test_leftovers_without_data_are_recognised_and_cleared(tmp_path: Path, stamps: dict[str, dict[str, bytes]]) -> None:
    path = brick(tmp_path, stamps)
    found = examine(str(path))
    assert (found.volume_id, found.stamped, found.entries, found.data) == (str(ID), True, (), False)
    clear(str(path))
    assert list(path.iterdir()) == []
    assert stamps[str(path)] == {"user.kept": b""}


@pytest.mark.parametrize("place", ["59/0e/590ef1cb", "unlink/590ef1cb", "landfill/x/y"])
def test_a_regular_file_among_gluster_s_own_is_data(
    tmp_path: Path, stamps: dict[str, dict[str, bytes]], place: str
) -> None:
    path = brick(tmp_path, stamps)
    file = path / ".glusterfs" / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    assert examine(str(path)).data


def test_a_users_entry_is_not_gluster_s_own(tmp_path: Path, stamps: dict[str, dict[str, bytes]]) -> None:
    path = brick(tmp_path, stamps)
    (path / ".shard").mkdir()
    assert examine(str(path)).entries == (".shard",)


def test_gluster_s_names_without_a_stamp_make_a_directory_not_empty(
    tmp_path: Path, stamps: dict[str, dict[str, bytes]]
) -> None:
    path = brick(tmp_path, stamps)
    stamps.clear()
    assert ".glusterfs" in examine(str(path)).entries


def test_a_path_below_a_brick(tmp_path: Path, stamps: dict[str, dict[str, bytes]]) -> None:
    path = brick(tmp_path, stamps)
    assert examine(str(path / "a/b")).stamped_above == str(path)


def test_a_file_on_the_way(tmp_path: Path, stamps: dict[str, dict[str, bytes]]) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        examine(str(tmp_path / "file/sub"))


def test_make_ignores_the_umask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owners = []
    monkeypatch.setattr("os.chown", lambda *args: owners.append(args))
    old = os.umask(0o077)
    try:
        make(str(tmp_path / "a/b"))
    finally:
        os.umask(old)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("a", "a/b")] == [0o755, 0o755]
    assert owners == [(str(tmp_path / "a/b"), 0, 0)]


def test_names_for_messages() -> None:
    assert first_names(["a"]) == "1 entry (a)"
    assert first_names(["a", "b", "c", "d"]) == "4 entries (a, b, c, ...)"
