# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_status_node import (
    Share,
    Unreadable,
    load_shares,
    parse_shares,
    smbd_runs,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer, hangs, missing

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"
ARGV = ["testparm", "-s", "--suppress-prompt"]
EACH_RELEASE = pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])
REGISTRY = (
    Share("data", "/srv/samba_ha/data/data", available=True),
    Share("private", "/srv/samba_ha/data/private", available=True),
)


def fixture(release: str, name: str) -> str:
    return (FIXTURES / "testparm" / release / name).read_text(encoding="utf-8")


def load(release: str, name: str) -> tuple[Share, ...]:
    replay = Replay(answer(ARGV, stdout=fixture(release, name)))
    shares, unknown = load_shares(replay)
    replay.done()
    assert unknown == ()
    return shares


@EACH_RELEASE
def test_shares_of_the_registry_count(release: str) -> None:
    assert load(release, "registry.txt") == REGISTRY


@EACH_RELEASE
def test_without_registry_shares_there_are_none(release: str) -> None:
    assert load(release, "no_registry.txt") == ()


@EACH_RELEASE
def test_sections_that_are_no_shares_and_shares_that_are_not_available(release: str) -> None:
    assert load(release, "sections.txt") == (
        Share("nopath", None, available=False),
        Share("off share", "/srv/x", available=False),
        Share("bad", "/srv/y", available=True),
        *REGISTRY,
    )


@EACH_RELEASE
def test_a_registry_that_cannot_be_read_is_not_an_empty_one(release: str) -> None:
    replay = Replay(answer(ARGV, 1, "", fixture(release, "ctdb_down.stderr.txt")))
    with pytest.raises(Unreadable) as caught:
        load_shares(replay)
    told = str(caught.value)
    assert told.startswith("testparm: db_open: ctdb socket does /run/ctdb/ctdbd.socket not exist")
    assert told.endswith("; Error loading services.")
    assert told.count("db_open") == 1 and "Load smb config files" not in told


def test_without_the_program_nothing_is_known() -> None:
    with pytest.raises(Unreadable, match=r"^testparm is not installed$"):
        load_shares(Replay(missing(ARGV)))


def test_a_program_that_hangs_is_told_with_its_time_limit() -> None:
    replay = Replay(hangs(ARGV))
    with pytest.raises(Unreadable, match=r"^testparm gave no answer within 6 s; it may wait for CTDB"):
        load_shares(replay)
    assert replay.timeouts == [6.0]


def test_lines_that_are_not_understood_are_told() -> None:
    shares, unknown = parse_shares("\tstray = 1\n" + fixture(TRIXIE, "registry.txt") + "something new\n\tno value\n")
    assert shares == REGISTRY
    assert unknown == ("\tstray = 1", "something new", "\tno value")


def process(proc: Path, pid: int, name: str, parent: int, state: str = "S") -> None:
    (proc / str(pid)).mkdir()
    (proc / str(pid) / "stat").write_text(f"{pid} ({name}) {state} {parent} {pid} {pid} 0 -1 4194560 1 0\n")


def test_a_main_process_counts_with_its_children(tmp_path: Path) -> None:
    process(tmp_path, 1, "systemd", 0)
    process(tmp_path, 1134, "smbd", 1)
    process(tmp_path, 1138, "smbd-notifyd", 1134)
    process(tmp_path, 1140, "smbd", 1134)
    (tmp_path / "uptime").write_text("1 1\n")
    assert smbd_runs(str(tmp_path))


@pytest.mark.parametrize(("name", "state"), [("smbd-notifyd", "S"), ("smbd", "Z"), ("nmbd", "S"), ("a (smbd) b", "S")])
def test_other_processes_and_dead_ones_do_not(tmp_path: Path, name: str, state: str) -> None:
    process(tmp_path, 1, "systemd", 0)
    process(tmp_path, 1138, name, 1, state)
    assert not smbd_runs(str(tmp_path))


def test_a_process_that_ends_while_it_is_looked_at_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "77").mkdir()
    assert not smbd_runs(str(tmp_path))
    process(tmp_path, 78, "smbd", 1)
    assert smbd_runs(str(tmp_path))
