# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the front ends: HAProxy's view of the pool, and the virtual address."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pool import serving_nodes
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Notes, Site, State, count, names

_SILENT = ("L4TOUT", "L4CON", "L7TOUT", "SOCKERR")
"""HAProxy's words for a check that got no answer."""

_READY = "ansible {host} --become -m samba_ha.cluster.frontend_server -a 'server={server} state=ready'"


def judge_frontends(site: Site, notes: Notes) -> None:
    """Front ends without HAProxy, and servers that HAProxy does not use although they would serve."""
    serving = serving_nodes(site)
    for host in site.reached(site.frontend):
        frontend = site.read(host, "frontend")
        if frontend is None:
            continue
        if not frontend["running"]:
            notes.add(
                "front end",
                host,
                f"HAProxy does not answer ({frontend['error']}).",
                "systemctl restart haproxy.service",
            )
            continue
        for server in frontend["servers"]:
            if server["admin_state"] in ("drain", "maintenance"):
                notes.add(
                    "front end",
                    host,
                    f"{server['name']} was taken out of the rotation by hand ({server['admin_state']}).",
                    _READY.format(host=host, server=server["name"]),
                    where="controller",
                )
            elif server["state"] == "down" and server["name"] in serving:
                notes.add("front end", host, f"HAProxy does not use {server['name']}, which serves: {_reason(server)}.")
    _judge_agents(site, notes, serving)
    ready = ready_frontends(site)
    sessions = sum(_sessions(site, host) for host in ready)
    notes.summaries["front end"] = f"{len(ready)} of {len(site.frontend)} ready, {count(sessions, 'session')}"


def _reason(server: State) -> str:
    """Why HAProxy takes a server for down."""
    check, agent = server["check"], server["agent"]
    return str(agent["said"] if check["status"] == "L7OK" else check["description"] or check["status"])


def _judge_agents(site: Site, notes: Notes, serving: t.Collection[str]) -> None:
    """Nodes that serve, and whose agents a front end could not ask."""
    silent = {
        server["name"]: server["agent"]["status"]
        for host in ready_frontends(site)
        for server in (site.read(host, "frontend") or {"servers": []})["servers"]
        if server["agent"]["status"] in _SILENT and server["name"] in serving
    }
    for node, status in silent.items():
        notes.add(
            "front end",
            node,
            f"Its health agent does not answer HAProxy ({status}), which then cannot know all.",
            "systemctl restart samba-ha-agent.service",
        )


def _sessions(site: Site, host: str) -> int:
    """The sessions of a front end, those that a reload left with an old worker of HAProxy among them."""
    frontend = site.read(host, "frontend") or {}
    current = sum(server["sessions"] or 0 for server in frontend["servers"])
    return current + sum(sum(worker["sessions"].values()) for worker in frontend["old_workers"] or [])


def judge_address(site: Site, notes: Notes) -> None:
    """The virtual address: held once, by the one that VRRP made master, and answering."""
    layer = "virtual address"
    holders = holders_of_address(site)
    for host in site.reached(site.frontend):
        vrrp = site.read(host, "vrrp")
        if vrrp and not vrrp["running"]:
            notes.add(
                layer, host, f"keepalived does not answer ({vrrp['error']}).", "systemctl restart keepalived.service"
            )
    if not holders:
        notes.add(layer, None, f"No front end holds {site.vip}.", critical=True)
    if len(holders) > 1:
        _judge_holders(site, notes, holders)
    probes = {host: probe for host in site.frontend if (probe := site.read(host, "probe"))}
    failed = {host: probe["error"] for host, probe in probes.items() if probe["error"]}
    for host, error in failed.items():
        if holders and serving_nodes(site):
            notes.add(
                layer, host, f"{site.vip} does not answer from here: {error}.", critical=len(failed) == len(probes)
            )
    notes.summaries[layer] = f"{site.vip} on {names(holders)}" if holders else f"{site.vip} on no front end"


def _judge_holders(site: Site, notes: Notes, holders: list[str]) -> None:
    masters = [host for host in holders if _instance(site, host).get("state") == "master"]
    for host in holders:
        if host not in masters and masters:
            notes.add(
                "virtual address",
                host,
                f"It holds {site.vip} although {masters[0]} is the master: clients reach one or the other by chance.",
                f"ip address delete {site.vip}/32 dev {_instance(site, host).get('interface', 'DEVICE')}",
            )
    if len(masters) != 1:
        notes.add(
            "virtual address",
            None,
            f"{names(holders)} hold {site.vip} at the same time: they do not hear each other's VRRP adverts. Look at"
            " the clients' network and the firewall between them.",
        )


def _instance(site: Site, host: str) -> State:
    """The host's first VRRP instance, empty where there is none."""
    instances = (site.read(host, "vrrp") or {}).get("instances") or [{}]
    return t.cast(State, instances[0])


def holders_of_address(site: Site) -> list[str]:
    """The front ends that have the virtual address, one if all is well."""
    return [host for host in site.frontend if site.vip in ((site.read(host, "vrrp") or {}).get("held_addresses") or [])]


def ready_frontends(site: Site) -> list[str]:
    """The front ends that could carry the service alone: HAProxy with a server that is up, and keepalived."""
    return [
        host
        for host in site.frontend
        if (frontend := site.read(host, "frontend"))
        and (vrrp := site.read(host, "vrrp"))
        and vrrp["running"]
        and frontend["running"]
        and any(server["state"] == "up" for server in frontend["servers"])
    ]
