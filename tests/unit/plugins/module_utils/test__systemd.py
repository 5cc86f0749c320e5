# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._systemd import (
    PROPERTIES,
    Unit,
    load_unit,
    newer_files,
    parse_show,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer

BOOKWORM, TRIXIE = "bookworm-252.39", "trixie-257.13"
RELEASES = [BOOKWORM, TRIXIE]


def show(release: str, name: str) -> Unit:
    return parse_show("a.service", (FIXTURES / "systemctl" / release / f"{name}.txt").read_text())


def unit(since: float | None = 1000.0, active_state: str = "active", reload_failed: bool = False) -> Unit:
    return Unit("a.service", True, active_state, "running", "enabled", False, since, reload_failed)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "loaded", "active_state", "sub_state", "file_state"),
    [
        ("running", True, "active", "running", "enabled"),
        ("disabled", True, "active", "running", "disabled"),
        ("need_daemon_reload", True, "active", "running", "enabled"),
        ("reload_failed", True, "active", "running", "enabled"),
        ("stopped", True, "inactive", "dead", "enabled"),
        ("failed", True, "failed", "failed", "static"),
        ("never_started", True, "inactive", "dead", "static"),
        ("masked", False, "inactive", "dead", "masked"),
        ("missing", False, "inactive", "dead", ""),
    ],
)
def test_states(release: str, name: str, loaded: bool, active_state: str, sub_state: str, file_state: str) -> None:
    seen = show(release, name)
    assert (seen.name, seen.loaded) == ("a.service", loaded)
    assert (seen.active_state, seen.sub_state, seen.file_state) == (active_state, sub_state, file_state)
    assert seen.active == (active_state == "active")
    assert seen.enabled == (file_state in ("enabled", "static"))
    assert seen.need_daemon_reload == (name == "need_daemon_reload")
    assert seen.reload_failed == (name == "reload_failed")
    assert (seen.since is None) == (name in ("never_started", "masked", "missing"))


@pytest.mark.parametrize(
    ("release", "moment"),
    [
        (BOOKWORM, datetime(2026, 11, 22, 16, 46, 10, 350426, UTC)),
        (TRIXIE, datetime(2026, 11, 22, 16, 46, 5, 884527, UTC)),
    ],
)
def test_the_time_is_in_seconds_of_the_epoch_whatever_the_zone(
    release: str, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC-9")
    time.tzset()
    try:
        assert show(release, "running").since == moment.timestamp()
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_unit_that_reloads_is_active() -> None:
    assert unit(active_state="reloading").active
    assert not unit(active_state="activating").active


def test_a_unit_that_is_no_service_has_no_failed_reload() -> None:
    assert not parse_show("a.mount", "LoadState=loaded\nActiveState=active\n").reload_failed


def test_systemd_is_asked_once_for_just_the_properties_that_are_read() -> None:
    text = (FIXTURES / "systemctl" / TRIXIE / "running.txt").read_text()
    assert sorted(line.split("=")[0] for line in text.splitlines()) == sorted(PROPERTIES)
    argv = ["systemctl", "show", "--timestamp=us+utc", f"--property={','.join(PROPERTIES)}", "--", "a.service"]
    replay = Replay(answer(argv, stdout=text))
    assert load_unit(replay, "a.service") == show(TRIXIE, "running")
    replay.done()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Files that were written a microsecond before, at, and a microsecond after second 1000."""
    paths = {}
    for name, shift in (("older", -1000), ("same", 0), ("newer", 1000)):
        path = tmp_path / name
        path.write_text(name)
        os.utime(path, ns=(0, 1000 * 10**9 + shift))
        paths[name] = str(path)
    paths["missing"] = str(tmp_path / "missing")
    return paths


def test_only_what_was_written_after_the_start_is_newer(files: dict[str, str]) -> None:
    assert newer_files(unit(), files.values()) == [files["newer"]]
    assert newer_files(unit(since=999.0), files.values()) == [files["older"], files["same"], files["newer"]]


@pytest.mark.parametrize("state", ["inactive", "failed", "activating"])
def test_a_unit_that_does_not_run_reads_its_files_when_it_starts(files: dict[str, str], state: str) -> None:
    assert newer_files(unit(active_state=state), files.values()) == []


def test_a_unit_without_a_time_has_no_newer_files(files: dict[str, str]) -> None:
    assert newer_files(unit(since=None), files.values()) == []


def test_after_a_failed_reload_no_file_counts_as_read(files: dict[str, str]) -> None:
    found = newer_files(unit(since=5000.0, reload_failed=True), files.values())
    assert found == [files["older"], files["same"], files["newer"]]


def test_a_link_is_as_new_as_the_newer_of_itself_and_its_target(files: dict[str, str], tmp_path: Path) -> None:
    link = tmp_path / "link"
    for target, stamp, expected in (("older", 2000, True), ("newer", 500, True), ("older", 500, False)):
        link.unlink(missing_ok=True)
        link.symlink_to(files[target])
        os.utime(link, (stamp, stamp), follow_symlinks=False)
        assert newer_files(unit(), [str(link)]) == ([str(link)] if expected else [])


def test_a_dangling_link_is_skipped(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    assert newer_files(unit(), [str(link)]) == []
