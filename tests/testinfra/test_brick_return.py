# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A brick that was away comes back for the clients of all nodes at once, and no renamed file gets two names."""

from __future__ import annotations

import re
import subprocess
import time
import typing as t
import uuid
from datetime import datetime

import pytest
from acts import end_silence, kill_bricks, silence
from lab import Lab, LabHost, eventually
from observe import settle, stdout

UNIT = "samba-ha-brick-return@data.service"
# Renames its files to and fro without a pause, in threads of its own for each.
STORM = """
import os, sys, threading, time
end = time.time() + float(sys.argv[2])
def rename(name):
    here, there = name + "-a", name + "-b"
    open(here, "w").close()
    while time.time() < end:
        os.rename(here, there)
        here, there = there, here
threads = [threading.Thread(target=rename, args=(f"{sys.argv[1]}-{number}",)) for number in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.fixture
def node(lab: Lab) -> t.Iterator[LabHost]:
    settle(lab, "what came before")
    yield lab.pool[2]
    lab.pool[0].run("gluster volume start data force")
    settle(lab, "a brick that was away", timeout=180)


def state(node: LabHost) -> str:
    """The state of the brick's process, a letter of ps(1)."""
    return stdout(node, "ps -o state= -p $(pgrep -f '[g]lusterfsd .*/srv/gluster/data/brick')")


def came_together(node: LabHost, since: float, count: int) -> None:
    """Whether so many mounts and healers found the node's brick in a moment. By themselves they take up to 3 s."""

    def found() -> list[float]:
        lines = stdout(node, "grep 'accepted client' /var/log/glusterfs/bricks/srv-gluster-data-brick.log")
        # Who has come for the first time is none of them, but somebody who asks what is to be healed.
        moments = re.findall(r"^\[(\S+ \S+) \+0000\] .*-RECON_NO:-[1-9]", lines, re.MULTILINE)
        seconds = [datetime.fromisoformat(f"{moment}+00:00").timestamp() for moment in moments]
        return sorted(moment for moment in seconds if moment > since)

    seen = eventually(found, lambda seen: len(seen) >= count, timeout=30, what=f"{count} clients of the brick")
    assert seen[-1] - seen[0] < 1, seen


def test_a_node_that_was_alone_is_found_by_all_at_once_and_files_keep_one_name(lab: Lab, node: LabHost) -> None:
    folder = f"{lab.data}/{uuid.uuid4().hex}"
    lab.pool[0].run(f"mkdir {folder}")
    storms = [
        subprocess.Popen(["podman", "exec", host.container, "python3", "-c", STORM, f"{folder}/{host.name}", "22"])
        for host in lab.pool[:2]
    ]
    time.sleep(2)
    silence(node, str(node.interconnect))
    try:
        eventually(lambda: state(node), lambda seen: seen == "T", timeout=10, what="the brick held back")
        time.sleep(2)
    finally:
        since = time.time()
        end_silence(node)
    # Two of each other node. The node's own may not have lost it.
    came_together(node, since, 4)
    assert [storm.wait(60) for storm in storms] == [0, 0]
    settle(lab, "a cut", timeout=180)
    for host in lab.pool:
        names = stdout(host, f"ls {folder}").split()
        assert len(names) == len({name.rsplit("-", 1)[0] for name in names}) == 12, (host.name, names)
    lab.pool[0].run(f"rm -r {folder}")


def test_a_new_process_of_the_brick_waits_for_the_others_too(lab: Lab, node: LabHost) -> None:
    kill_bricks("data", 2)(lab)
    since = time.time()
    lab.pool[0].run("gluster volume start data force")
    # Those of the node itself as well.
    came_together(node, since, 6)
    assert "of their clients have come" in stdout(node, f"journalctl --quiet --unit {UNIT} --since @{since:.0f}")
    eventually(lambda: state(node), lambda seen: seen in {"S", "R"}, timeout=10, what="the brick at work")


def test_whoever_stops_the_unit_has_the_brick_go_on(lab: Lab, node: LabHost) -> None:
    silence(node, str(node.interconnect))
    try:
        eventually(lambda: state(node), lambda seen: seen == "T", timeout=10, what="the brick held back")
        node.run(f"systemctl stop {UNIT}")
        assert state(node) in {"S", "R"}
    finally:
        end_silence(node)
