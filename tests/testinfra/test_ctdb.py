# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pool from the inside: healthy, with a lock, and smbd under CTDB's care."""

from __future__ import annotations

from lab import Lab, eventually
from observe import ctdb_flags


def test_every_node_sees_every_node_healthy(lab: Lab) -> None:
    for node in lab.pool:
        flags = ctdb_flags(node)
        assert list(flags) == [peer.interconnect for peer in lab.pool]
        assert not any(flags.values()), f"{node.name} sees {flags}"


def test_the_leader_holds_the_cluster_lock_on_the_shared_file_system(lab: Lab) -> None:
    for node in lab.pool:
        assert node.run("ctdb getreclock").strip() == "/srv/samba_ha/lock/ctdb.lock"
        assert node.run("findmnt -n -o FSTYPE /srv/samba_ha/lock").strip() == "fuse.glusterfs"
    leaders = {node.run("ctdb leader").strip() for node in lab.pool}
    assert len(leaders) == 1, leaders


def test_ctdb_starts_smbd_and_systemd_does_not(lab: Lab) -> None:
    for node in lab.pool:
        assert node.shell.service("ctdb").is_enabled
        for unit in ("smbd", "nmbd", "winbind"):
            assert not node.shell.service(unit).is_enabled, f"{node.name}: {unit}"
        assert node.shell.service("smbd").is_running


def test_three_copies_of_each_file_are_on_three_bricks(lab: Lab) -> None:
    name = "/srv/samba_ha/data/data/.three-copies"
    lab.pool[0].run("sh -c %s", f"echo copied > {name}")
    try:
        for node in lab.pool:
            assert node.run("cat /srv/gluster/data/brick/data/.three-copies") == "copied"
    finally:
        lab.pool[0].run(f"rm {name}")


def test_locks_and_data_are_coherent_between_nodes(lab: Lab) -> None:
    """ping_pong's counter test: where locks and data are coherent, a process sees the increments of two."""
    path, log = "/srv/samba_ha/data/.ping_pong", "/run/ping_pong.log"
    nodes = lab.pool[:2]
    for node in nodes:
        node.run("systemd-run --collect --unit ping_pong sh -c %s", f"exec timeout 8 ping_pong -rw {path} 3 > {log}")
    eventually(
        lambda: {node.shell.run("systemctl is-active ping_pong").stdout.strip() for node in nodes},
        lambda states: "active" not in states,
        timeout=30,
        what="the end of ping_pong",
    )
    seen = [node.run(f"cat {log}") for node in nodes]
    nodes[0].run(f"rm {path}")
    assert any("data increment = 2" in text for text in seen), seen
