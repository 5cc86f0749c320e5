# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the front ends: HAProxy's view of the pool, and the virtual addresses."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pool import serving_nodes
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Notes, Site, State, count, names

_SILENT = ("L4TOUT", "L4CON", "L7TOUT", "SOCKERR")
"""HAProxy's words for a check that got no answer."""

_BY_AGENT = "DOWN (agent)"
"""HAProxy's word for a server that its agent took out of service. On the way back it is `DOWN 1/2` and the like."""

_LAYER = "virtual address"

_POOL = "pool"
"""The backend with all nodes; each other one has a single server."""

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
            if server["backend"] != _POOL:
                _judge_single(site, notes, host, server)
            elif server["admin_state"] in ("drain", "maintenance"):
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


def _judge_single(site: Site, notes: Notes, host: str, server: State) -> None:
    """A virtual server with a host of its own. A node of the pool is judged there."""
    if server["state"] == "down" and server["name"] not in site.pool:
        notes.add(
            "front end",
            host,
            f"HAProxy does not reach {server['name']}, all that answers to a virtual server: {_reason(server)}. Look at"
            " Samba there.",
        )


def _reason(server: State) -> str:
    """Why HAProxy takes a server for down. It forgets an agent's words while it asks again."""
    check, agent = server["check"], server["agent"]
    if check["status"] != "L7OK":
        return str(check["description"] or check["status"])
    if server["status"] == _BY_AGENT:
        return str(agent["said"] or "its agent says so")
    return "it answers again, but not for long enough yet"


def _judge_agents(site: Site, notes: Notes, serving: t.Collection[str]) -> None:
    """Nodes that serve, and whose agents a front end could not ask."""
    silent = {
        server["name"]: server["agent"]["status"]
        for host in ready_frontends(site)
        for server in (site.read(host, "frontend") or {"servers": []})["servers"]
        if server["backend"] == _POOL and server["agent"]["status"] in _SILENT and server["name"] in serving
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


def judge_addresses(site: Site, notes: Notes) -> None:
    """The virtual addresses: each held once, by the one that VRRP made its master, and answering."""
    held = holders(site)
    for host in site.reached(site.frontend):
        vrrp = site.read(host, "vrrp")
        if vrrp and not vrrp["running"]:
            notes.add(
                _LAYER, host, f"keepalived does not answer ({vrrp['error']}).", "systemctl restart keepalived.service"
            )
        elif host in ready_frontends(site) and any(map(_holds_back, _instances(site, host))):
            notes.add(
                _LAYER,
                host,
                "It would not take an address from another front end: keepalived's check fails there."
                " The command of its vrrp_script in /etc/keepalived/keepalived.conf says why.",
            )
    for address, hosts in held.items():
        if not hosts:
            # Names have all addresses in the DNS, so clients of one try the next.
            notes.add(_LAYER, None, f"No front end holds {address}.", critical=not any(held.values()))
        elif len(hosts) > 1:
            _judge_holders(site, notes, address, hosts)
    _judge_answers(site, notes, held)
    told = [f"{address} on {names(hosts) if hosts else 'no front end'}" for address, hosts in held.items()]
    notes.summaries[_LAYER] = ", ".join(told)


def _holds_back(instance: State) -> bool:
    """Whether what keepalived tracks has lowered the priority."""
    now, configured = instance.get("priority"), instance.get("base_priority")
    return now is not None and configured is not None and now < configured


def _judge_holders(site: Site, notes: Notes, address: str, hosts: list[str]) -> None:
    own = {host: _instance_of(site, host, address) for host in hosts}
    masters = [host for host, instance in own.items() if instance.get("state") == "master"]
    for host, instance in own.items():
        if host not in masters and masters:
            notes.add(
                _LAYER,
                host,
                f"It holds {address} although {masters[0]} is the master: clients reach one or the other by chance.",
                f"ip address delete {address}/32 dev {instance.get('interface', 'DEVICE')}",
            )
    if len(masters) != 1:
        notes.add(
            _LAYER,
            None,
            f"{names(hosts)} hold {address} at the same time: they do not hear each other's VRRP adverts. Look at"
            " the clients' network and the firewall between them.",
        )


def _judge_answers(site: Site, notes: Notes, held: t.Mapping[str, list[str]]) -> None:
    """Addresses that are held, and do not answer where a front end asks them."""
    asked = {
        (host, probe["item"]): probe["error"]
        for host in site.frontend
        for probe in (site.read(host, "probes") or {"results": []})["results"]
    }
    failed = {place: error for place, error in asked.items() if error}
    for (host, address), error in failed.items():
        if held[address] and serving_nodes(site):
            sentence = f"{address} does not answer from here: {error}."
            notes.add(_LAYER, host, sentence, critical=len(failed) == len(asked))


def _instances(site: Site, host: str) -> list[State]:
    return (site.read(host, "vrrp") or {}).get("instances") or []


def _instance_of(site: Site, host: str, address: str) -> State:
    """The host's VRRP instance of an address, empty where there is none."""
    return next((each for each in _instances(site, host) if address in each["addresses"]), {})


def holders(site: Site) -> dict[str, list[str]]:
    """The front ends that have each virtual address, one if all is well."""
    held = {host: (site.read(host, "vrrp") or {}).get("held_addresses") or [] for host in site.frontend}
    return {address: [host for host in site.frontend if address in held[host]] for address in site.addresses}


def ready_frontends(site: Site) -> list[str]:
    """The front ends that could carry the service alone: HAProxy with a node that is up, and keepalived."""
    return [
        host
        for host in site.frontend
        if (frontend := site.read(host, "frontend"))
        and (vrrp := site.read(host, "vrrp"))
        and vrrp["running"]
        and frontend["running"]
        and any(server["state"] == "up" and server["backend"] == _POOL for server in frontend["servers"])
    ]
