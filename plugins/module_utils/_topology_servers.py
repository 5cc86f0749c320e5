# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual servers: the names that clients dial, and who answers to each."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    Input,
    is_direct,
    parse_cidr,
    target_address,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_entry import entry_of
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line, unknown_keys
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import (
    PAIR,
    QUORUM,
    exporting_pairs,
    exports,
    only_pairs,
    pair_label,
    pair_names,
    pairs_of,
)

POOL = "pool"
"""The target that is all pool nodes, and the name of HAProxy's backend with them."""
KEYS = ("name", "aliases", "target", "default")

# A NetBIOS name has 15 characters and a type; it is also a label of a DNS name, so no hyphen at its ends.
NETBIOS_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,13}[A-Za-z0-9])?")
# RFC 1123: labels of 1 to 63 characters; RFC 1035: 253 of them and dots. Digits and dots alone would be an address.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DNS_NAME = re.compile(rf"(?=.{{1,253}}$)(?![0-9.]+$){_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)


def server_faults(data: Input) -> Iterator[str]:
    """Faults of samba_ha_virtual_aliases, samba_ha_virtual_servers, samba_ha_dns_domains, and of the names of pairs."""
    service = data["service"]
    owners: dict[str, str] = {}
    main = service.get("samba_ha_virtual_name")
    if isinstance(main, str):
        owners[main.lower()] = "samba_ha_virtual_name"
    aliases = service.get("samba_ha_virtual_aliases") or []
    if isinstance(aliases, list):
        for alias in aliases:
            yield from _name_faults("samba_ha_virtual_aliases", alias, data, owners, by_samba=True)
    else:
        yield line("samba_ha_virtual_aliases", "a list of names", repr(aliases), "Write it as a list.")

    yield from _domain_faults(service.get("samba_ha_dns_domains"))
    for pair in pairs_of(service):
        yield from _pair_faults(pair, data, owners)

    servers = service.get("samba_ha_virtual_servers") or []
    if not isinstance(servers, list):
        yield line("samba_ha_virtual_servers", "a list of virtual servers", repr(servers), "Write it as a list.")
        return
    defaults = []
    for number, server in enumerate(servers, start=1):
        label = f"samba_ha_virtual_servers, entry {number}"
        if not isinstance(server, Mapping):
            yield line(label, "a mapping with a name and a target", repr(server), "Write a mapping.")
            continue
        yield from _server_faults(label, server, data, owners)
        if server.get("default") is True:
            defaults.append(str(server.get("name")))
    if len(defaults) > 1:
        yield line(
            "samba_ha_virtual_servers",
            "one default at most, for clients that send no name",
            " and ".join(defaults),
            "Take `default` from all but one.",
        )


def _domain_faults(domains: object) -> Iterator[str]:
    if domains is None:
        return
    if not isinstance(domains, list) or not all(isinstance(name, str) and DNS_NAME.fullmatch(name) for name in domains):
        wanted = "a list of DNS domains such as example.com"
        yield line("samba_ha_dns_domains", wanted, repr(domains), "Write it as a list.")


def _server_faults(label: str, server: Mapping[str, t.Any], data: Input, owners: dict[str, str]) -> Iterator[str]:
    name, target, aliases = server.get("name"), server.get("target"), server.get("aliases") or []
    if name:
        label = f"virtual server {name}"
    yield from unknown_keys(label, server, KEYS)
    by_samba = target == POOL or _is_in(POOL, target, data) or _is_pair(target, data)
    yield from _name_faults(label, name, data, owners, by_samba=by_samba)
    if isinstance(aliases, list):
        for alias in aliases:
            yield from _name_faults(f"{label}: aliases", alias, data, owners, by_samba=by_samba)
    else:
        yield line(f"{label}: aliases", "a list of names", repr(aliases), "Write it as a list.")
    if not isinstance(server.get("default", False), bool):
        yield line(f"{label}: default", "true or false", repr(server["default"]), "Write one of them.")
    yield from _target_faults(f"{label}: target", target, data)


def _pair_faults(pair: Mapping[str, t.Any], data: Input, owners: dict[str, str]) -> Iterator[str]:
    """Faults of the names of a pair."""
    name, aliases, label = pair.get("name"), pair.get("aliases") or [], pair_label(pair)
    if not isinstance(name, str) or not NETBIOS_NAME.fullmatch(name) or not name[0].isalpha() or name.lower() == POOL:
        wanted = f"1 to 15 letters, digits and hyphens, a letter first, no hyphen last, and not {POOL!r}"
        remedy = "Choose a name that NetBIOS, DNS and Pacemaker all take."
        yield line(f"{label}: name", wanted, repr(name), remedy)
    else:
        yield from _name_faults(label, name, data, owners, by_samba=True)
    if not isinstance(aliases, list):
        yield line(f"{label}: aliases", "a list of names", repr(aliases), "Write it as a list.")
        return
    for alias in aliases:
        yield from _name_faults(f"{label}: aliases", alias, data, owners, by_samba=True)


def _is_pair(target: object, data: Input) -> bool:
    return target in pair_names(data["service"])


def exported(name: object, data: Input) -> bool:
    """Whether it is the name of a pair that no client dials."""
    return name in [pair.get("name") for pair in exporting_pairs(data["service"])]


def _is_in(role: str, target: object, data: Input) -> bool:
    return isinstance(target, str) and role in data["hosts"].get(target, {"roles": []})["roles"]


def _target_faults(label: str, target: object, data: Input) -> Iterator[str]:
    wanted = f"`{POOL}`, a pair, or a host of the inventory that has Samba"
    if not target:
        yield line(label, wanted, "none", "Say who answers to the name.")
    elif target != POOL and is_direct(data["service"]):
        yield line(
            label,
            f"`{POOL}`, since without front ends nobody leads clients by the name that they dialled",
            repr(target),
            "Remove the virtual server, or give the service front ends (samba_ha_access: proxy).",
        )
    elif _is_in("frontend", target, data):
        yield line(label, wanted, f"{target}, a front end", "Name a server behind the front ends.")
    elif _is_in(PAIR, target, data):
        yield line(label, wanted, f"{target}, a host of a pair", "Name the pair: it serves from either of its hosts.")
    elif _is_in(QUORUM, target, data):
        yield line(label, wanted, f"{target}, the quorum host", "Name a server that has Samba.")
    elif exported(target, data):
        found = f"{target}, a pair that serves the pool by NFS"
        yield line(label, wanted, found, f"Name `{POOL}`, which has the shares, or another.")
    elif target == POOL or _is_in(POOL, target, data) or _is_pair(target, data):
        return
    elif not isinstance(target, str) or target not in data["targets"]:
        yield line(label, wanted, f"{target!r}, which is none", "Correct the name, or add the host to the inventory.")
    elif target_address(data, target, entry_of(data)) is None:
        yield line(
            label,
            f"a host whose address in the client network is known ({wanted})",
            f"{target}, of which the inventory does not tell it",
            f"Set samba_ha_client_address for {target}.",
        )


def _name_faults(label: str, name: object, data: Input, owners: dict[str, str], *, by_samba: bool) -> Iterator[str]:
    """Faults of one name. `by_samba`: the pool's Samba answers to it, which then has it as a NetBIOS name."""
    if not isinstance(name, str) or not DNS_NAME.fullmatch(name):
        yield line(
            label, "a host name: letters, digits, hyphens and dots", repr(name), "Write the name that clients dial."
        )
        return
    if by_samba and "." not in name and not NETBIOS_NAME.fullmatch(name):
        yield line(
            label,
            "at most 15 characters, since the pool has the name as a NetBIOS name",
            f"{name!r}, which has {len(name)}",
            "Shorten it, or give the name with its domain.",
        )
    if name.lower() in owners:
        yield line(label, "each name once", f"{name!r} again, as {owners[name.lower()]}", "Rename one of the two.")
    owners[name.lower()] = label
    yield from clash_faults(label, name, data["hosts"])


def clash_faults(label: str, name: str, hosts: Mapping[str, t.Any]) -> Iterator[str]:
    """A name that a host has already."""
    for host, details in hosts.items():
        facts = details["facts"] if isinstance(details["facts"], Mapping) else {}
        if name.lower() in {host.split(".", 1)[0].lower(), str(facts.get("hostname", "")).lower()}:
            yield line(
                f"{host}: {label}",
                "a name of its own for the virtual server",
                f"{name!r}, which is the name of this host",
                "Rename the virtual server: clients would reach one host by the service's name.",
            )


def served_by(name: str, data: Input) -> str | None:
    """Who answers to a name: `POOL`, also for one of its nodes, a pair, or a host; None where the name is nobody's.

    For inventories with faults as well: whatever cannot be read has no name.
    """
    service = data["service"]
    others = service.get("samba_ha_virtual_servers")
    main = {"name": service.get("samba_ha_virtual_name"), "aliases": service.get("samba_ha_virtual_aliases")}
    served: dict[str, str] = {}
    pairs = [{**pair, "target": pair.get("name")} for pair in pairs_of(service)]
    for server in ({**main, "target": POOL}, *pairs, *(others if isinstance(others, list) else ())):
        if isinstance(server, Mapping):
            aliases, target = server.get("aliases"), server.get("target")
            for own in (server.get("name"), *(aliases if isinstance(aliases, list) else ())):
                served[str(own).lower()] = POOL if _is_in(POOL, target, data) else str(target)
    whole = name.lower()
    return served.get(whole, served.get(whole.split(".", 1)[0]))


def virtual_servers(data: Input) -> dict[str, t.Any]:
    """Who answers to which name, of an input without faults.

    Shape::

        default:   name of the backend for clients that send no name, or an unknown one; None without a pool
        names:     [{name, backend}], in lower case; one without a dot stands for all names that begin with it and a dot
        singles:   [{backend, server, address, pool}], backends with one server, or a pair; pool: whether it is one of
                   the pool's
        aliases:   [str], the names beside the virtual name that the pool's Samba answers to, and all of them in each of
                   the DNS domains: smbd refuses DFS referrals to clients that dial a name that it does not know
    """
    service = data["service"]
    pairs = {pair["name"]: pair for pair in pairs_of(service) if not exports(pair)}
    main = {
        "name": service.get("samba_ha_virtual_name"),
        "aliases": service.get("samba_ha_virtual_aliases"),
        "target": POOL,
    }
    names: list[dict[str, str]] = []
    singles: dict[str, dict[str, t.Any]] = {}
    known: list[str] = []
    default = None if only_pairs(data) else POOL
    first = [] if only_pairs(data) else [main]
    of_pairs = [{**pair, "target": name} for name, pair in pairs.items()]
    for server in (*first, *of_pairs, *(service.get("samba_ha_virtual_servers") or [])):
        target = server["target"]
        backend = POOL if target == POOL else f"pair-{target}" if target in pairs else f"only-{target}"
        in_pool = _is_in(POOL, target, data)
        own = [server["name"], *(server.get("aliases") or [])]
        names += [{"name": name.lower(), "backend": backend} for name in own]
        if target != POOL:
            cidr = pairs[target]["address"] if target in pairs else None
            address = str(parse_cidr(cidr).ip) if cidr else target_address(data, target, entry_of(data))
            singles[backend] = {"backend": backend, "server": target, "address": address, "pool": in_pool}
        if target == POOL or in_pool:
            known += own
        default = backend if server.get("default") else default
    domains = service.get("samba_ha_dns_domains") or []
    whole = [f"{name}.{domain}" for domain in domains for name in known if "." not in name]
    # The first is the virtual name itself.
    aliases = list(dict.fromkeys((*known[1:], *whole)))
    return {"default": default, "names": names, "singles": list(singles.values()), "aliases": aliases}
