# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate that holds CTDB back: what it mounts, and what it waits for."""

from __future__ import annotations

import os
import subprocess
import threading
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES

GATE = ROLES / "shared_fs/files/shared_fs_gate"

# A path is mounted when there is a file of its name beside it; mounting makes that file.
PROGRAMS = {
    "mountpoint": '[ -e "$2.mounted" ]',
    "mount": 'echo "mount $1" >> "$LOG"; : > "$1.mounted"',
    "umount": 'echo "umount $*" >> "$LOG"; rm -f "$2.mounted" "$2.dead"',
    "stat": '[ ! -e "$2.dead" ]',
    "sleep": ': > "$LOG.asleep"; exec /bin/sleep 0.02',
}


class Host:
    """A folder with programs in place of the host's, and what they were called for."""

    def __init__(self, folder: Path) -> None:
        self.log, self.folder = folder / "log", folder
        self.log.touch()
        programs = folder / "bin"
        programs.mkdir()
        for name, text in PROGRAMS.items():
            (programs / name).write_text(f"#!/bin/sh\n{text}\n")
            (programs / name).chmod(0o755)
        self.env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "LOG": str(self.log)}

    def path(self, name: str, *states: str) -> Path:
        """A mount point, perhaps ``mounted`` or ``dead``."""
        made = self.folder / name
        made.mkdir()
        for state in states:
            made.with_suffix(f".{state}").touch()
        return made

    def run(self, *words: str | Path) -> str:
        argv = ["sh", str(GATE), *map(str, words)]
        return subprocess.run(argv, env=self.env, check=True, capture_output=True, text=True, timeout=30).stdout

    @property
    def called(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_what_is_not_mounted_is_mounted(host: Host) -> None:
    data, lock = host.path("data"), host.path("lock", "mounted")
    said = host.run(data, lock)
    assert host.called == [f"mount {data}"]
    assert said.splitlines() == [f"{path} is mounted and can be written" for path in (data, lock)]
    assert list(data.iterdir()) == []


def test_what_is_dead_is_mounted_anew(host: Host) -> None:
    data = host.path("data", "mounted", "dead")
    host.run(data)
    assert host.called == [f"umount -l {data}", f"mount {data}"]


def later(act: t.Callable[[], None], when: Path) -> threading.Thread:
    """Act as soon as there is a file, in half a minute at the latest."""
    deadline = time.monotonic() + 30

    def wait() -> None:
        while not when.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        act()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def test_what_is_somebody_else_s_is_only_waited_for(host: Host) -> None:
    other = host.path("gfs2", "dead")
    thread = later(other.with_suffix(".mounted").touch, Path(f"{host.log}.asleep"))
    said = host.run("--wait", other)
    assert host.called == []
    thread.join()
    assert said.splitlines() == [
        f"waiting for {other}: not usable yet",
        f"{other} is mounted and can be written",
    ]
