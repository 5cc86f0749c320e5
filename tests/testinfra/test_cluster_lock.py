# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CTDB's cluster lock: a node that can no longer open it leaves, and its holder keeps it on every brick."""

from __future__ import annotations

import re
import typing as t

import pytest
from acts import kill_bricks
from lab import Lab, SmbClient, eventually
from observe import ctdb_flags, settle, stdout

LOCK = "/srv/samba_ha/lock"
# In brackets, so that the pattern does not match the words of the command that looks for it.
MOUNT = f"[g]lusterfs .*{LOCK}"


@pytest.fixture(autouse=True)
def settled_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "a lost mount")


def test_the_others_go_on_when_the_leader_loses_its_mount_of_the_lock(lab: Lab) -> None:
    leader = lab.pool[int(lab.pool[0].run("ctdb leader"))]
    other = next(node for node in lab.pool if node is not leader)
    try:
        leader.run("pkill -KILL -f %s", MOUNT)
        assert "Transport endpoint is not connected" in leader.shell.run("stat %s", LOCK).stderr
        eventually(
            lambda: ctdb_flags(other)[str(leader.interconnect)],
            lambda flags: "Banned" in flags,
            timeout=30,
            what=f"{leader.name}'s flags",
        )
        eventually(
            lambda: stdout(other, "ctdb status"),
            lambda status: "Recovery mode:NORMAL" in status,
            timeout=10,
            what=f"{other.name}'s CTDB",
        )
        with SmbClient(lab, lab.vip) as client:
            client.write("without-a-lock", b"served")
            assert client.read("without-a-lock") == b"served"
            client.delete("without-a-lock")
    finally:
        # As the playbook status says.
        leader.run("systemctl restart samba-ha-shared-fs.service")


def bricks_with_a_lock(lab: Lab) -> list[str]:
    """The nodes whose bricks say that somebody holds the cluster lock."""
    dumps = "/var/run/gluster/srv-gluster-lock-brick.*.dump.*"
    lab.pool[0].run("gluster volume statedump lock")
    told = {node.name: stdout(node, f"cat {dumps}; rm -f {dumps}") for node in lab.pool}
    return [name for name, text in told.items() if re.search(r"path=/ctdb\.lock\n[^[]*posixlk\[0\]\(ACTIVE\)", text)]


def test_a_brick_that_was_away_has_the_leader_s_lock_again(lab: Lab) -> None:
    """Else nobody but the leader's own brick would keep a node that returns from being leader as well."""
    everywhere = [node.name for node in lab.pool]
    leader = int(lab.pool[0].run("ctdb leader"))
    lost = next(number for number in range(len(lab.pool)) if number != leader)
    assert bricks_with_a_lock(lab) == everywhere
    kill_bricks("lock", lost)(lab)
    try:
        assert bricks_with_a_lock(lab) == [name for name in everywhere if name != lab.pool[lost].name]
    finally:
        lab.pool[0].run("gluster volume start lock force")
    eventually(
        lambda: bricks_with_a_lock(lab), lambda names: names == everywhere, timeout=30, what="the lock on all bricks"
    )
    assert int(lab.pool[0].run("ctdb leader")) == leader
