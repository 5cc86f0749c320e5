# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the pool: hosts and clocks, interconnect, CTDB and smbd."""

from __future__ import annotations

import statistics
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Notes, Site, count, names

CLOCK_LIMIT = 2.0
"""Seconds by which clocks may differ. Not more than the coarsest time stamp that SMB clients compare (FAT's 2 s)."""

_LAYER_OF_KEY = {
    "clock": "hosts",
    "held": "hosts",
    "pair": "hosts",
    "sbd": "hosts",
    "ctdb": "CTDB",
    "gluster": "backend",
    "export": "backend",
    "nfs": "backend",
    "mounts": "backend",
    "markers": "backend",
    "smb": "smbd",
    "probe": "smbd",
    "interconnect": "interconnect",
    "vrrp": "virtual address",
    "frontend": "front end",
}

_AWAY = {"disconnected", "stopped", "banned", "unknown"}
"""Flags of a node whose smbd cannot serve, whatever it answers: it has no databases."""

_BY_HAND = {
    "banned": ("The node is banned: CTDB found it misbehaving and keeps it out for a while.", "ctdb unban"),
    "stopped": ("The node was stopped by hand (`ctdb stop`).", "ctdb continue"),
    "disabled": ("The node was disabled by hand (`ctdb disable`).", "ctdb enable"),
}


def judge_hosts(site: Site, notes: Notes) -> None:
    """Hosts that cannot be reached, tasks that failed, and clocks that differ."""
    reached = site.reached(site.hosts)
    for host in site.hosts:
        if host not in reached:
            notes.add(
                "hosts", host, "It cannot be reached. Start it, or mend its network; it returns to service by itself."
            )
    for host in reached:
        for key, layer in _LAYER_OF_KEY.items():
            result = (site.state(host) or {}).get(key)
            # A host may also be lost between two tasks.
            if result and (result.get("failed") or result.get("unreachable")):
                pair = site.pair_of(host)
                place = pair.layer if pair and key != "clock" else layer
                notes.add(place, host, f"Its state could not be read: {result.get('msg', 'no reason was given')}")
    _judge_clocks(site, notes)
    notes.summaries["hosts"] = f"{len(reached)} of {len(site.hosts)} answer"


def _judge_clocks(site: Site, notes: Notes) -> None:
    clocks = {host: clock for host in site.hosts if (clock := site.read(host, "clock"))}
    if not clocks:
        return
    # The controller's own clock cancels out: hosts are compared with each other.
    middle = statistics.median(clock["offset"] for clock in clocks.values())
    for host, clock in clocks.items():
        apart = clock["offset"] - middle
        if abs(apart) - clock["uncertainty"] > CLOCK_LIMIT:
            way = "ahead of" if apart > 0 else "behind"
            notes.add(
                "hosts",
                host,
                f"Its clock is {abs(apart):.0f} s {way} the other hosts' (at most {CLOCK_LIMIT:g} s).",
                # Where no service keeps the clock, timedatectl refuses.
                "timedatectl set-ntp true || apt-get install --yes systemd-timesyncd",
            )


def judge_interconnect(site: Site, notes: Notes) -> None:
    """Links between pool nodes that are cut, lossy or slow; a node that nobody reaches is told once."""
    bad: dict[frozenset[str], str] = {}
    latencies: list[float] = []
    name_of = site.interconnect
    for host in site.pool:
        for peer in (site.read(host, "interconnect") or {}).get("peers") or []:
            other = name_of.get(peer["address"], peer["address"])
            if site.states.get(other, {}) is None:
                continue  # told already: the host cannot be reached at all
            if peer["latency_ms"]:
                latencies.append(peer["latency_ms"]["mean"])
            if peer["verdict"] != "good":
                bad.setdefault(frozenset((host, other)), peer["fault"])
    alive = site.reached(site.pool)
    cut_off = [host for host in alive if len(alive) > 2 and sum(host in pair for pair in bad) == len(alive) - 1]
    for host in cut_off:
        device = (site.read(host, "interconnect") or {}).get("interface") or "DEVICE"
        faults = sorted({fault for pair, fault in bad.items() if host in pair})
        notes.add(
            "interconnect",
            host,
            f"No good link to any other node: {faults[0]}",
            f"ip -statistics link show dev {device}",
        )
    for pair, fault in bad.items():
        if not pair & set(cut_off):
            notes.add("interconnect", None, f"Between {names(sorted(pair))}: {fault}")
    said = f", {max(latencies):.2f} ms at most" if latencies else ""
    notes.summaries["interconnect"] = f"{len(alive) - len(cut_off)} of {len(site.pool)} nodes linked{said}"


def judge_ctdb(site: Site, notes: Notes) -> None:
    """Nodes that are not healthy, and a cluster without a leader or in recovery."""
    view, flags = site.widest_view(), site.flags()
    for pnn, host in enumerate(site.pool):
        if host in site.reached(site.pool):
            _judge_node(site, notes, host, pnn)
    if view is None:
        notes.add("CTDB", None, "No node's ctdbd answers; nothing is served.", critical=True)
        notes.summaries["CTDB"] = "not running"
        return
    if view["leader"] is None or view["recovery_mode"] != "normal":
        leader = "no leader" if view["leader"] is None else f"leader {view['leader']}"
        notes.add(
            "CTDB",
            None,
            f"The cluster is recovering ({leader}, recovery mode {view['recovery_mode']}). That takes seconds; if it"
            " does not end, see the log of ctdb on the nodes.",
        )
    for pair in _apart(site):
        notes.add(
            "CTDB",
            None,
            f"The ctdbd of {names(pair)} are connected with the others, but not with each other: clients wait for what"
            " one has to ask the other one for. Mend the network between them, or end ctdb on one of them.",
        )
    healthy = [host for host in site.pool if not flags[host]]
    leader = "none" if view["leader"] is None else site.pool[view["leader"]]
    notes.summaries["CTDB"] = f"{len(healthy)} of {len(site.pool)} nodes healthy, leader {leader}"


def _apart(site: Site) -> list[list[str]]:
    """Pairs of nodes that take part, of which one is disconnected in the other one's view, which CTDB passes over."""
    flags = site.flags()
    found: set[frozenset[str]] = set()
    taking_part = {pnn: host for pnn, host in enumerate(site.pool) if not _AWAY & set(flags[host])}
    for host in taking_part.values():
        nodes = (site.read(host, "ctdb") or {}).get("nodes") or []
        lost = [node["pnn"] for node in nodes if "disconnected" in node["flags"]]
        found |= {frozenset((host, taking_part[pnn])) for pnn in lost if pnn in taking_part}
    return sorted(sorted(pair) for pair in found)


def _judge_node(site: Site, notes: Notes, host: str, pnn: int) -> None:
    own = site.read(host, "ctdb")
    if own is None:
        return
    if not own["running"]:
        # A node that is cut off bans itself, and then tells nothing; a restart would wait for the others.
        command = "systemctl restart ctdb.service" if site.linked(host) else None
        notes.add("CTDB", host, f"ctdbd does not answer ({own['error']}).", command)
        return
    # The node's own flags where the others see it, too; else theirs, which tell that they do not.
    flags = next((node["flags"] for node in own["nodes"] if node["this_node"]), site.flags()[host])
    told = [_BY_HAND[flag] for flag in _BY_HAND if flag in flags]
    for sentence, command in told:
        notes.add("CTDB", host, sentence, command)
    if not told and "unhealthy" in flags:
        failing = [script for script in own.get("scripts") or [] if script["status"] not in ("ok", "disabled")]
        words = "; ".join(f"{script['name']}: {script['output'] or script['status']}" for script in failing)
        notes.add("CTDB", host, f"The node is unhealthy: {words or 'its checks have not passed yet'}.")
    if not told and "disconnected" in site.flags()[host]:
        notes.add("CTDB", host, f"The other nodes do not reach its ctdbd (node {pnn}): see the interconnect.")


def judge_smbd(site: Site, notes: Notes) -> None:
    """Nodes where smbd is missing or hung, and nodes that do not know a share."""
    serving = serving_nodes(site)
    for host in site.reached(site.pool):
        ctdb, smb, probe = (site.read(host, key) for key in ("ctdb", "smb", "probe"))
        if not ctdb or not ctdb["running"] or _AWAY & set(site.flags()[host]) or not smb or not probe:
            continue  # told already
        if not smb["running"]:
            notes.add("smbd", host, "No smbd runs.", "systemctl restart smbd.service")
        elif probe["error"]:
            notes.add(
                "smbd",
                host,
                f"smbd runs, but does not answer a client: {probe['error']}.",
                "systemctl kill --signal=KILL smbd.service && systemctl restart smbd.service",
            )
        known = {share["name"].lower() for share in smb.get("shares") or [] if share["available"]}
        missing = [name for name in site.shares if name.lower() not in known]
        if smb.get("shares") is not None and missing:
            verb = "is a share" if len(missing) == 1 else "are shares"
            notes.add(
                "smbd",
                host,
                f"{names(missing)} {verb} of the inventory, but not of this node's configuration.",
                "ansible-playbook samba_ha.cluster.site",
                where="controller",
            )
    if not serving:
        notes.add("smbd", None, "No node serves clients.", critical=True)
    notes.summaries["smbd"] = f"{len(serving)} of {len(site.pool)} nodes serve{_sessions(site)}"


def serving_nodes(site: Site) -> list[str]:
    """The nodes that are healthy in CTDB and answer a client."""
    flags = site.flags()
    return [
        host for host in site.pool if not flags[host] and (probe := site.read(host, "probe")) and not probe["error"]
    ]


def _sessions(site: Site) -> str:
    """How many sessions the pool has: any node knows those of all."""
    known: list[t.Any] = [
        smb["usage"]["sessions"] for host in site.pool if (smb := site.read(host, "smb")) and smb.get("usage")
    ]
    return f", {count(max(map(len, known)), 'session')}" if known else ""
