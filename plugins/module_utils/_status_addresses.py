# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the public addresses, where clients reach the nodes without front ends."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pool import serving_nodes
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import PUBLIC, Notes, Site, names
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import HostAddress, host_addresses


def held_by(site: Site, host: str) -> dict[str, HostAddress]:
    """The IPv4 addresses that a host said it has; nothing where it was not asked."""
    told = (site.read(host, "held") or {}).get("ansible_facts") or {}
    facts = {name.removeprefix("ansible_"): fact for name, fact in told.items()}
    return {each.address: each for each in host_addresses(facts)}


def assigned(site: Site) -> dict[str, str | None]:
    """The host to which CTDB has given each address that it knows, None where it is on no node."""
    view = (site.widest_view() or {}).get("public_addresses") or []
    of_node = dict(enumerate(site.pool))
    return {each["address"]: of_node.get(each["pnn"]) for each in view}


def holders(site: Site) -> dict[str, list[str]]:
    """The hosts that have each public address. Where one could not be asked, CTDB's word counts."""
    given = assigned(site)
    asked = {host: held_by(site, host) for host in site.pool if site.read(host, "held")}
    return {
        address: [
            host for host in site.pool if (address in asked[host] if host in asked else given.get(address) == host)
        ]
        for address in site.addresses
    }


def judge_public_addresses(site: Site, notes: Notes) -> None:
    """Every public address is on one node, which serves."""
    held = holders(site)
    serving = serving_nodes(site)
    if not any(held.values()):
        notes.add(PUBLIC, None, "No node has any public address: clients reach nobody.", critical=True)
    else:
        for address, hosts in held.items():
            if not hosts:
                _judge_missing(site, notes, address)
            elif len(hosts) > 1:
                _judge_doubled(site, notes, address, hosts)
            elif hosts[0] not in serving and serving:
                notes.add(
                    PUBLIC,
                    hosts[0],
                    f"It has {address}, and does not serve: clients that come by this address have to try another.",
                )
    told = [f"{address} on {names(hosts) if hosts else 'no node'}" for address, hosts in held.items()]
    notes.summaries[PUBLIC] = ", ".join(told)


def _judge_missing(site: Site, notes: Notes, address: str) -> None:
    if address in assigned(site) or (site.widest_view() or {}).get("public_addresses") is None:
        notes.add(PUBLIC, None, f"No node has {address}. CTDB gives it to one as soon as one is healthy that may.")
    else:
        notes.add(
            PUBLIC,
            None,
            f"No node has {address}, and CTDB does not know it.",
            "ansible-playbook samba_ha.cluster.site",
            where="controller",
        )


def _judge_doubled(site: Site, notes: Notes, address: str, hosts: list[str]) -> None:
    """The one to which CTDB gave it is right; without its word nobody can tell."""
    right = assigned(site).get(address)
    sentence = f"{names(hosts)} have {address} at the same time: clients reach one or the other by chance."
    wrong = [host for host in hosts if host != right]
    if right not in hosts:
        notes.add(PUBLIC, None, f"{sentence} CTDB has given it to {right or 'no node'}; look at its log there.")
        return
    for host in wrong:
        place = held_by(site, host).get(address)
        command = f"ip address delete {address}/{place.prefix} dev {place.interface}" if place else None
        notes.add(PUBLIC, host, f"{sentence} CTDB has given it to {right}.", command)
