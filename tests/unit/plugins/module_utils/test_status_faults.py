# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault alone: one finding, its sentence and its command."""

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_text import page
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_cases import (
    PATHS,
    POOL,
    STATES,
    VIP,
    Break,
    flag,
    judged,
    put,
    single,
)

SERVER = (STATES, "fe1", "frontend", "servers", 2)
DOWN, BY_AGENT = put("down", *SERVER, "state"), put("DOWN (agent)", *SERVER, "status")
FAULTS: dict[str, tuple[tuple[Break, ...], str | None, str, str | None, str | None]] = {
    "host gone": ((put(None, STATES, "fe2"),), "fe2", "It cannot be reached. ", None, None),
    "task failed": (
        (put({"failed": True, "msg": "no Python"}, STATES, "pool2", "smb"),),
        "pool2",
        "Its state could not be read: no Python",
        None,
        None,
    ),
    "clock": (
        (put(-7.2, STATES, "pool3", "clock", "offset"),),
        "pool3",
        "Its clock is 7 s behind the other hosts' (at most 2 s).",
        "pool3",
        "timedatectl set-ntp true || apt-get install --yes systemd-timesyncd",
    ),
    "disabled": ((flag(1, "disabled"),), "pool2", "The node was disabled by hand", "pool2", "ctdb enable"),
    "stopped": ((flag(1, "stopped", "inactive"),), "pool2", "The node was stopped by hand", "pool2", "ctdb continue"),
    "banned": ((flag(1, "banned", "inactive"),), "pool2", "The node is banned", "pool2", "ctdb unban"),
    "unhealthy": (
        (
            flag(0, "unhealthy"),
            put(
                [{"name": "40.shared_fs", "status": "error", "seconds": 0.1, "output": "ERROR: /x is not mounted"}],
                *(STATES, "pool1", "ctdb", "scripts"),
            ),
        ),
        "pool1",
        "The node is unhealthy: 40.shared_fs: ERROR: /x is not mounted.",
        None,
        None,
    ),
    "recovery": (
        tuple(put("recovery", STATES, host, "ctdb", "recovery_mode") for host in POOL),
        None,
        "The cluster is recovering (leader 0, recovery mode recovery).",
        None,
        None,
    ),
    "ctdbd dead": (
        (
            flag(2, "disconnected"),
            put({"running": False, "error": "no answer", "nodes": []}, STATES, "pool3", "ctdb"),
        ),
        "pool3",
        "ctdbd does not answer (no answer).",
        "pool3",
        "systemctl restart ctdb.service",
    ),
    "smbd stopped": (
        (put(False, STATES, "pool1", "smb", "running"), put("refused", STATES, "pool1", "probe", "error")),
        "pool1",
        "No smbd runs.",
        "pool1",
        "systemctl restart smbd.service",
    ),
    "smbd hung": (
        (put("no answer within 3 s", STATES, "pool1", "probe", "error"),),
        "pool1",
        "smbd runs, but does not answer a client: no answer within 3 s.",
        "pool1",
        "systemctl kill --signal=KILL smbd.service && systemctl restart smbd.service",
    ),
    "share missing": (
        (put([], STATES, "pool2", "smb", "shares"),),
        "pool2",
        "data is a share of the inventory, but not of this node's configuration.",
        "controller",
        "ansible-playbook samba_ha.cluster.site",
    ),
    "glusterd dead": (
        (put({"running": False, "error": "Connection failed", "peers": []}, STATES, "pool2", "gluster"),),
        "pool2",
        "glusterd does not answer (Connection failed).",
        "pool2",
        "systemctl restart glusterd.service",
    ),
    "volume stopped": (
        (put("Stopped", "volumes", "volumes", 0, "status"),),
        None,
        "The volume data is not started.",
        "pool1",
        "gluster volume start data",
    ),
    "brick down": (
        (put(False, "volumes", "volumes", 0, "bricks", 1, "online"),),
        "pool2",
        "The brick /srv/gluster/data/brick of the volume data is not running.",
        "pool2",
        "gluster volume start data force",
    ),
    "brick full": (
        (put(99, "volumes", "volumes", 0, "bricks", 2, "size_free"),),
        "pool3",
        "The disk of the brick /srv/gluster/data/brick (data) has 9.9 % free, less than 10%.",
        None,
        None,
    ),
    "self-heal daemon down": (
        tuple(put(False, "volumes", "volumes", number, "self_heal_daemons", 0, "online") for number in (0, 1)),
        "pool1",
        "The self-heal daemon is not running.",
        "pool1",
        "gluster volume start data force",
    ),
    "heal pending": (
        (put(2, "volumes", "volumes", 0, "heal", "pending"),),
        None,
        "2 changes of the volume data not healed yet on a brick that was away.",
        "pool1",
        "gluster volume heal data",
    ),
    "split brain": (
        (put({"pending": 0, "split_brain": 1, "split_brain_files": ["/a b"]}, "volumes", "volumes", 0, "heal"),),
        None,
        "1 file of the volume data in split brain: /a b. Look at the copies",
        "pool1",
        "gluster volume heal data split-brain latest-mtime '/a b'",
    ),
    "not mounted": (
        (put(False, STATES, "pool2", "mounts", "mounts", 1, "mounted"),),
        "pool2",
        f"{PATHS[1]} is not mounted.",
        "pool2",
        f"mount {PATHS[1]}",
    ),
    "mount stuck": (
        (
            put(False, STATES, "pool2", "mounts", "mounts", 0, "responds"),
            put("no answer within 4 s", STATES, "pool2", "mounts", "mounts", 0, "error"),
        ),
        "pool2",
        f"{PATHS[0]} does not answer: no answer within 4 s.",
        "pool2",
        "systemctl restart samba-ha-shared-fs.service",
    ),
    "marker unseen": (
        (put(False, STATES, "pool2", "markers", "mounts", 0, "markers", 2, "seen"),),
        "pool2",
        f"What pool3 just wrote to {PATHS[0]} is not seen here.",
        None,
        None,
    ),
    "slow link": (
        (
            put("slow", STATES, "pool1", "interconnect", "peers", 0, "verdict"),
            put("4 ms", STATES, "pool1", "interconnect", "peers", 0, "fault"),
        ),
        None,
        "Between pool1 and pool2: 4 ms",
        None,
        None,
    ),
    "HAProxy dead": (
        (put({"running": False, "error": "refused"}, STATES, "fe2", "frontend"),),
        "fe2",
        "HAProxy does not answer (refused).",
        "fe2",
        "systemctl restart haproxy.service",
    ),
    "drained": (
        (put("drain", STATES, "fe1", "frontend", "servers", 2, "admin_state"),),
        "fe1",
        "pool3 was taken out of the rotation by hand (drain).",
        "controller",
        "ansible fe1 --become -m samba_ha.cluster.frontend_server -a 'server=pool3 state=ready'",
    ),
    "server not reached": (
        (
            DOWN,
            put("L4CON", *SERVER, "check", "status"),
            put("Layer4 connection problem", *SERVER, "check", "description"),
        ),
        "fe1",
        "HAProxy does not use pool3, which serves: Layer4 connection problem.",
        None,
        None,
    ),
    "server spoken ill of": (
        (DOWN, BY_AGENT, put("via agent : down (unhealthy)", *SERVER, "agent", "said")),
        "fe1",
        "HAProxy does not use pool3, which serves: via agent : down (unhealthy).",
        None,
        None,
    ),
    "server spoken ill of, whose agent is asked again": (
        (DOWN, BY_AGENT, put(None, *SERVER, "agent", "said")),
        *("fe1", "HAProxy does not use pool3, which serves: its agent says so.", None, None),
    ),
    "server on its way back": (
        (DOWN, put("DOWN 1/2", *SERVER, "status")),
        *("fe1", "HAProxy does not use pool3, which serves: it answers again, but not for long", None, None),
    ),
    "a virtual server's only host not reached": (
        (single("scan1", "down"),),
        "fe1",
        "HAProxy does not reach scan1, all that answers to a virtual server: Layer4 timeout. Look at Samba there.",
        None,
        None,
    ),
    "agent dead": (
        (put("L4CON", STATES, "fe2", "frontend", "servers", 1, "agent", "status"),),
        "pool2",
        "Its health agent does not answer HAProxy (L4CON), which then cannot know all.",
        "pool2",
        "systemctl restart samba-ha-agent.service",
    ),
    "a guard dead": (
        (put("failed", STATES, "pool2", "units", "units", 2, "active_state"),),
        "pool2",
        "samba-ha-peer-watch.service does not run: it would take long to notice that another node is cut off.",
        "pool2",
        "systemctl restart samba-ha-peer-watch.service",
    ),
    "ports open": (
        (put("inactive", STATES, "fe1", "units", "units", 0, "active_state"),),
        "fe1",
        "samba-ha-firewall.service does not run: whoever reaches the host reaches all of its ports.",
        "fe1",
        "systemctl restart samba-ha-firewall.service",
    ),
    "not enabled": (
        (put(False, STATES, "fe2", "units", "units", 1, "enabled"),),
        "fe2",
        "haproxy.service would not start with the host.",
        "fe2",
        "systemctl enable haproxy.service",
    ),
    "keepalived dead": (
        (put(False, STATES, "fe2", "vrrp", "running"),),
        "fe2",
        "keepalived does not answer (None).",
        "fe2",
        "systemctl restart keepalived.service",
    ),
    "a check of keepalived's that fails": (
        (put(50, STATES, "fe2", "vrrp", "instances", 0, "priority"),),
        "fe2",
        (
            "It would not take an address from another front end: keepalived's check fails there."
            " The command of its vrrp_script in /etc/keepalived/keepalived.conf says why."
        ),
        None,
        None,
    ),
    "address left behind": (
        (put([VIP], STATES, "fe2", "vrrp", "held_addresses"),),
        "fe2",
        f"It holds {VIP} although fe1 is the master: clients reach one or the other by chance.",
        "fe2",
        f"ip address delete {VIP}/32 dev eth0",
    ),
    "address not answering from one": (
        (put("refused", STATES, "fe2", "probes", "results", 0, "error"),),
        "fe2",
        f"{VIP} does not answer from here: refused.",
        None,
        None,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_sentence_and_leaves_the_service_degraded(name: str) -> None:
    breaks, host, sentence, where, command = FAULTS[name]
    report = judged(*breaks)
    (finding,) = report.findings
    assert (finding.host, finding.where, finding.command) == (host, where, command)
    assert finding.sentence.startswith(sentence), finding.sentence
    assert report.verdict == "degraded"
    assert [layer.name for layer in report.layers if layer.state != "ok"] == [finding.layer]
    assert f"{host or finding.layer}: " in page(report)
    assert command is None or f"    {where}# {command}" in page(report).splitlines()
