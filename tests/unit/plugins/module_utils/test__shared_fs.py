# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _shared_fs
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs import (
    Health,
    Marker,
    Mount,
    Order,
    examine,
    load_mounts,
    parse_mounts,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs_ping_pong import PROGRAM, PingPong
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer, hangs, missing

DATA = "/srv/samba_ha/data"
FOLDER = f"{DATA}/.samba_ha-check"
RELEASES = {"bookworm": ("10.3", "9.1", "10.214.2.13"), "trixie": ("11.1", "9.7", "10.213.2.13")}
EACH_RELEASE = pytest.mark.parametrize("release", sorted(RELEASES))
LOOK = Order(4)
BOTH = Order(4, "pool1", "token", ("pool1", "pool2"))


def table(release: str) -> dict[str, Mount]:
    return parse_mounts((FIXTURES / "mountinfo" / f"{release}-{RELEASES[release][0]}" / "pool.txt").read_text())


def coreutils(release: str, name: str) -> str:
    return (FIXTURES / "coreutils" / f"{release}-{RELEASES[release][1]}" / f"{name}.txt").read_text()


def stat(path: str) -> list[str]:
    return ["stat", "--file-system", "--format=%S %b %a", path]


def healthy(release: str, path: str = DATA) -> Answer:
    return answer(stat(path), stdout=coreutils(release, "stat"))


def mkdir(folder: str = FOLDER, rc: int = 0, stderr: str = "") -> Answer:
    return answer(["mkdir", "--parents", "--mode=0700", folder], rc, "", stderr)


def tee(folder: str = FOLDER, rc: int = 0, stderr: str = "") -> Answer:
    return answer(["tee", f"{folder}/pool1"], rc, "token", stderr)


def marker(node: str, rc: int = 0, stdout: str = "token", stderr: str = "") -> Answer:
    return answer(["cat", f"{FOLDER}/{node}"], rc, stdout, stderr)


def found(release: str, path: str, order: Order, *answers: Answer) -> Health:
    replay = Replay(*answers)
    health = examine(replay, path, table(release), order)
    replay.done()
    return health


@EACH_RELEASE
def test_the_mount_table_tells_source_type_and_options(release: str) -> None:
    assert table(release)[DATA] == Mount(
        DATA,
        f"{RELEASES[release][2]}:/data",
        "fuse.glusterfs",
        ("rw", "relatime", "user_id=0", "group_id=0", "allow_other", "max_read=131072"),
    )


@EACH_RELEASE
def test_of_two_mounts_on_a_path_the_upper_one_counts(release: str) -> None:
    assert table(release)["/proc/sys/fs/binfmt_misc"].type == "binfmt_misc"


@EACH_RELEASE
def test_a_read_only_mount_says_so(release: str) -> None:
    mount = table(release)["/mnt/read_only"]
    assert mount.options[:2] == ("ro", "relatime") and "rw" not in mount.options


def test_a_file_system_that_turned_read_only_under_its_mount_says_so() -> None:
    mounts = parse_mounts("36 35 98:0 / /mnt/a rw,noatime master:1 - ext4 /dev/sda ro,errors=continue\n")
    assert mounts["/mnt/a"].options == ("ro", "noatime", "errors=continue")


def test_what_is_only_promised_by_autofs_is_not_mounted() -> None:
    assert parse_mounts("36 35 0:9 / /mnt/a rw - autofs systemd-1 rw,fd=35\n") == {}


def test_blanks_in_the_mount_table_are_read() -> None:
    mounts = parse_mounts("36 35 98:0 / /mnt/a\\040b\\134c rw - nfs4 host:/x\\040y rw\nodd\n")
    assert {path: mount.source for path, mount in mounts.items()} == {"/mnt/a b\\c": "host:/x y"}


def test_the_kernels_own_table_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    path = FIXTURES / "mountinfo" / "trixie-11.1" / "pool.txt"
    monkeypatch.setattr(_shared_fs, "MOUNT_TABLE", str(path))
    assert load_mounts() == table("trixie")


@EACH_RELEASE
def test_looking_only_asks_for_the_sizes(release: str) -> None:
    health = found(release, DATA, LOOK, healthy(release))
    free = int(coreutils(release, "stat").split()[2]) * 4096
    assert health == Health(DATA, table(release)[DATA], True, None, None, 66053021 * 4096, free)


@EACH_RELEASE
def test_the_marker_is_written_and_the_others_are_read(release: str) -> None:
    replay = Replay(healthy(release), mkdir(), tee(), marker("pool1"), marker("pool2"))
    health = examine(replay, DATA, table(release), BOTH)
    replay.done()
    assert replay.stdin == [None, None, "token", None, None]
    assert (health.responds, health.writable, health.error) == (True, True, None)
    assert health.markers == (Marker("pool1", True), Marker("pool2", True))


@EACH_RELEASE
def test_markers_that_are_missing_or_old_are_not_seen(release: str) -> None:
    order = Order(4, None, "token", ("pool1", "pool2", "pool3"))
    lost = marker("pool3", 1, "", coreutils(release, "cat_missing.stderr"))
    health = found(
        release, DATA, order, healthy(release), marker("pool1"), marker("pool2", stdout="token before"), lost
    )
    assert [seen.seen for seen in health.markers] == [True, False, False]
    assert (health.responds, health.writable, health.error) == (True, None, None)


@EACH_RELEASE
def test_where_nothing_is_mounted_nothing_is_run(release: str) -> None:
    assert found(release, "/srv/samba_ha", BOTH) == Health("/srv/samba_ha", error="not mounted")


@EACH_RELEASE
def test_a_dead_client_is_told_in_its_words(release: str) -> None:
    words = coreutils(release, "stat_not_connected.stderr")
    health = found(release, "/mnt/dead", BOTH, answer(stat("/mnt/dead"), 1, "", words))
    assert (health.responds, health.writable) == (False, None)
    assert health.error is not None and health.error.endswith("'/mnt/dead': Transport endpoint is not connected")


@EACH_RELEASE
@pytest.mark.parametrize("operation", ["mkdir", "tee"])
def test_a_file_system_that_refuses_to_be_written_answers(release: str, operation: str) -> None:
    path, folder = "/mnt/read_only", "/mnt/read_only/.samba_ha-check"
    words = coreutils(release, f"{operation}_read_only.stderr")
    steps = {"mkdir": [mkdir(folder, 1, words)], "tee": [mkdir(folder), tee(folder, 1, words)]}[operation]
    health = found(release, path, BOTH, healthy(release, path), *steps)
    assert (health.responds, health.writable, health.error) == (True, False, words.strip())
    assert words.strip().endswith(": Read-only file system")
    assert health.size_total == 66053021 * 4096 and health.markers == ()


@EACH_RELEASE
@pytest.mark.parametrize("operation", ["mkdir", "tee"])
def test_without_quorum_sizes_are_told_but_writing_fails(release: str, operation: str) -> None:
    words = coreutils(release, f"{operation}_quorum_lost.stderr")
    steps = {"mkdir": [mkdir(rc=1, stderr=words)], "tee": [mkdir(), tee(rc=1, stderr=words)]}[operation]
    health = found(release, DATA, BOTH, healthy(release), *steps)
    assert (health.responds, health.writable, health.error) == (True, False, words.strip())
    assert words.strip().endswith(": Transport endpoint is not connected")


@pytest.mark.parametrize(
    ("program", "before", "writable"),
    [
        ("stat", 0, None),
        ("mkdir", 1, False),
        ("tee", 2, False),
        ("cat", 3, True),
    ],
)
def test_after_a_stuck_operation_there_is_no_other(program: str, before: int, writable: bool | None) -> None:
    operations = [healthy("trixie"), mkdir(), tee(), marker("pool1")]
    replay = Replay(*operations[:before], hangs(operations[before].argv))
    health = examine(
        replay, DATA, table("trixie"), Order(2.5, "pool1", "token", ("pool1", "pool2"), ping_pong=(5, 3, False))
    )
    replay.done()
    assert set(replay.timeouts) == {2.5}
    assert (health.responds, health.writable) == (False, writable)
    assert health.error == f"no answer within 2.5 s ({program})"
    assert health.markers == () and health.ping_pong is None


def test_a_missing_program_is_told() -> None:
    assert found("trixie", DATA, LOOK, missing(stat(DATA))).error == "stat is not installed"


def test_a_program_that_crashes_is_told() -> None:
    assert found("trixie", DATA, LOOK, answer(stat(DATA), -11, "", "Segmentation fault")).error == (
        "stat: exit status -11: Segmentation fault"
    )


def test_an_answer_that_is_not_understood_is_told() -> None:
    health = found("trixie", DATA, LOOK, answer(stat(DATA), stdout="4096 ? ?\n"))
    assert (health.responds, health.error) == (False, "stat: not understood: '4096 ? ?'")


def ping_pong(rc: int = 0, stdout: str = "", stderr: str = "") -> Answer:
    files = [f"{FOLDER}/ping_pong.locks", f"{FOLDER}/ping_pong.data"]
    return answer([sys.executable, "-c", PROGRAM, *files, "4", "5", "plain"], rc, stdout, stderr)


def test_ping_pong_runs_with_a_lock_more_than_nodes() -> None:
    text = '{"rates": [30, 31, 32, 33, 34], "increments": [1, 3]}'
    order = Order(4, ping_pong=(5, 3, False))
    health = found("trixie", DATA, order, healthy("trixie"), mkdir(), ping_pong(stdout=text))
    assert health.error is None and health.ping_pong == PingPong(32, (1, 3), True, 3)


def test_ping_pong_gets_its_seconds_and_the_time_limit() -> None:
    replay = Replay(healthy("trixie"), mkdir(), hangs(ping_pong().argv))
    health = examine(replay, DATA, table("trixie"), Order(4, ping_pong=(5, 3, False)))
    assert replay.timeouts == [4, 4, 9]
    assert (health.responds, health.ping_pong) == (False, None)


def test_a_ping_pong_that_fails_is_told() -> None:
    words = "PermissionError: [Errno 13] Permission denied"
    order = Order(4, ping_pong=(5, 3, False))
    health = found("trixie", DATA, order, healthy("trixie"), mkdir(), ping_pong(1, "", words))
    assert health.error == words and health.responds
