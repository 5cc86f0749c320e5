# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service's topology: from inventory and facts to one normalised model.

Controller side only: the filters topology_faults and topology_model call it, no module does.

Shape of the input (`Input`), built by `build_input` or by hand in tests::

    hosts:            {name: host}
      host:           roles: ["pool"] and/or ["frontend"]
                      facts: ansible_facts of the host ({} when none were gathered)
                      variables: names of all variables of the host, never their values
                      settings: {ansible_host, samba_ha_client_address, samba_ha_interconnect_address, gluster_replica},
                                each only where the inventory sets it
    service:          {samba_ha_virtual_name: ..., samba_ha_vip: ..., ...}
    known_variables:  every variable name that a role of the collection documents
    prefixes:         every prefix that belongs to the collection, without the underscore
"""

from __future__ import annotations

import hashlib
import posixpath
import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

try:
    import netaddr

    NETADDR_ERROR: ImportError | None = None
except ImportError as exc:
    # The filters refuse to work without it, with a message; the file itself must stay importable.
    NETADDR_ERROR = exc

Input = Mapping[str, t.Any]

# Above all that Debian policy 9.2.2 allocates or reserves (0-65535), below the subordinate uids of /etc/subuid (100000
# and up).
UID_FIRST = 70000
UID_COUNT = 30000

HOST_SETTINGS = ("ansible_host", "gluster_replica", "samba_ha_client_address", "samba_ha_interconnect_address")


@dataclass(frozen=True)
class HostAddress:
    """One IPv4 address of a host and the device that has it."""

    interface: str
    address: str
    prefix: int


@dataclass(frozen=True)
class Vip:
    """The virtual server's address; `network` in CIDR form is the client network."""

    address: str
    prefix: int
    network: str


@dataclass(frozen=True)
class Network:
    """One of the two networks that every host is in, and the variable that overrides the choice of an address."""

    label: str
    cidr: str
    override: str


def build_input(
    hostvars: Mapping[str, t.Any],
    pool: Iterable[str],
    frontend: Iterable[str],
    service: Mapping[str, t.Any],
    known: tuple[Iterable[str], Iterable[str]],
) -> dict[str, t.Any]:
    """Collect the `Input`: of a host only facts, `HOST_SETTINGS` and the names of variables, so no secret is rendered.

    `known` is (known variable names, prefixes).
    """
    hosts: dict[str, dict[str, t.Any]] = {}
    for role, names in (("pool", pool), ("frontend", frontend)):
        for name in names:
            if name not in hosts:
                # Ansible's hostvars give an undefined value, not a KeyError, for a host that they do not know.
                variables: Mapping[str, t.Any] = {}
                if name in hostvars:
                    variables = hostvars[name]
                hosts[name] = {
                    "roles": [],
                    "facts": variables.get("ansible_facts", {}),
                    "variables": list(variables),
                    "settings": {key: variables[key] for key in HOST_SETTINGS if key in variables},
                }
            hosts[name]["roles"].append(role)
    return {"hosts": hosts, "service": service, "known_variables": sorted(known[0]), "prefixes": sorted(known[1])}


def parse_cidr(value: object) -> netaddr.IPNetwork:
    """Read `a.b.c.d/prefix` (IPv4). Raises ValueError for anything else, an address without a prefix among it."""
    if not isinstance(value, str) or "/" not in value:
        raise ValueError("not an IPv4 address with a prefix")
    try:
        return netaddr.IPNetwork(value, version=4)
    except (netaddr.AddrFormatError, ValueError) as exc:
        raise ValueError("not an IPv4 address with a prefix") from exc


def parse_vip(value: object) -> Vip:
    """Read samba_ha_vip. Raises ValueError where it is no IPv4 address with a prefix."""
    cidr = parse_cidr(value)
    return Vip(str(cidr.ip), cidr.prefixlen, str(cidr.cidr))


def networks(vip: Vip, interconnect: str) -> tuple[Network, Network]:
    """The client network and the interconnect."""
    return (
        Network("client network", vip.network, "samba_ha_client_address"),
        Network("interconnect", interconnect, "samba_ha_interconnect_address"),
    )


def host_addresses(facts: Mapping[str, t.Any]) -> list[HostAddress]:
    """All IPv4 addresses of a host, each once, from `ansible_facts`; loopback left out."""
    found: dict[str, HostAddress] = {}
    for interface in facts.get("interfaces") or []:
        # Fact names have underscores where device names have hyphens; the list of interfaces keeps the hyphens.
        details = facts.get(interface.replace("-", "_")) or facts.get(interface) or {}
        primary = details.get("ipv4")
        for entry in [*([primary] if primary else []), *(details.get("ipv4_secondaries") or [])]:
            prefix = entry.get("prefix") or netaddr.IPAddress(entry["netmask"]).netmask_bits()
            # "eth0:1" is a label of an address of the device eth0.
            device = interface.split(":", 1)[0]
            if device != "lo":
                found.setdefault(str(entry["address"]), HostAddress(device, str(entry["address"]), int(prefix)))
    return list(found.values())


def candidates(host: Mapping[str, t.Any], network: Network, vip: Vip) -> list[HostAddress]:
    """The addresses of a host in a network. The VIP moves between hosts, so it never stands for one of them."""
    cidr = netaddr.IPNetwork(network.cidr)
    return [
        item
        for item in host_addresses(host["facts"])
        if item.address != vip.address and netaddr.IPAddress(item.address) in cidr
    ]


def choose(host: Mapping[str, t.Any], network: Network, vip: Vip) -> HostAddress | None:
    """The one address of a host in a network: the override, or the only one there is; None where it is undecided."""
    options = candidates(host, network, vip)
    wanted = host["settings"].get(network.override)
    if wanted is not None:
        options = [item for item in options if item.address == wanted]
    return options[0] if len(options) == 1 else None


def derived_uid(name: str) -> int:
    """The uid of a user to whom the inventory gives none.

    It depends on the name alone, so all nodes and all later runs agree, whatever the order of the list and whoever was
    added or removed. SHA-256 because Python's own hash() is salted anew in each process.
    """
    return UID_FIRST + int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % UID_COUNT


def user_uid(user: Mapping[str, t.Any]) -> int:
    """The uid of a user: given, or derived from the name. Raises ValueError/TypeError if `uid` is no whole number."""
    given = user.get("uid")
    if isinstance(given, (bool, float)):
        raise TypeError("not a whole number")
    return derived_uid(str(user["name"])) if given is None else int(given)


def share_path(path: str) -> str:
    """A share's path without needless slashes and dots: `a//b/` and `./a/b` are `a/b`."""
    return posixpath.normpath(path)


def parameter_name(name: object) -> str:
    """The spelling that smb.conf compares: without case, one blank between words."""
    return " ".join(str(name).lower().split())


def parameter_value(value: object) -> str:
    """The spelling of smb.conf: YAML's booleans are yes and no there."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def parameters_of(share: Mapping[str, t.Any]) -> dict[str, str]:
    """A share's raw smb.conf parameters in smb.conf's own spelling."""
    return {parameter_name(key): parameter_value(value) for key, value in (share.get("parameters") or {}).items()}


def truth(value: object) -> bool | None:
    """A boolean as YAML, Ansible or smb.conf write it; None for anything else."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    return True if text in ("yes", "true", "on", "1") else False if text in ("no", "false", "off", "0") else None


def known_addresses(data: Input) -> dict[str, dict[str, str | None]]:
    """`client` and `interconnect`: each host's address in both networks, None where it is undecided or has no facts.

    For playbooks that must work while hosts are down. Raises ValueError where the inventory's networks are malformed.
    """
    service = data["service"]
    vip = parse_vip(service["samba_ha_vip"])
    client, interconnect = networks(vip, str(service["samba_ha_interconnect"]))
    return {
        name: {
            key: found.address if (found := choose(host, network, vip)) else None
            for key, network in (("client", client), ("interconnect", interconnect))
        }
        for name, host in data["hosts"].items()
    }


def topology_model(data: Input) -> dict[str, t.Any]:
    """The normalised model of an input in which `topology_faults` finds nothing; it carries no passwords.

    Shape::

        virtual_name:          str
        vip:                   {address, prefix (int), network (CIDR)}
        client_network, interconnect_network: CIDR
        pool, frontend:        [record], in the order of the inventory
          record:              {name, client_address, client_interface, interconnect_address, interconnect_interface}
        hosts:                 {name: record + role (pool | frontend)}
        users:                 [{name, uid}]
        shares:                [{name, path, comment, read_only, users, parameters, nfs}], all filled in: path without
                               needless slashes, users None where all may use it, parameters in smb.conf's spelling
                               with their values as text
        vfs:                   glusterfs | glusterfs_fuse
    """
    service = data["service"]
    vip = parse_vip(service["samba_ha_vip"])
    client, interconnect = networks(vip, str(service["samba_ha_interconnect"]))
    hosts: dict[str, dict[str, t.Any]] = {}
    for name, host in data["hosts"].items():
        at_clients, at_peers = choose(host, client, vip), choose(host, interconnect, vip)
        if at_clients is None or at_peers is None:
            raise ValueError(f"{name}: topology_model needs an input in which topology_faults finds nothing")
        hosts[name] = {
            "name": name,
            "client_address": at_clients.address,
            "client_interface": at_clients.interface,
            "interconnect_address": at_peers.address,
            "interconnect_interface": at_peers.interface,
            "role": host["roles"][0],
        }

    def having(role: str) -> list[dict[str, t.Any]]:
        return [
            {key: value for key, value in record.items() if key != "role"}
            for record in hosts.values()
            if record["role"] == role
        ]

    users = [{"name": user["name"], "uid": user_uid(user)} for user in service.get("samba_ha_users") or []]
    return {
        "virtual_name": service["samba_ha_virtual_name"],
        "vip": {"address": vip.address, "prefix": vip.prefix, "network": vip.network},
        "client_network": client.cidr,
        "interconnect_network": str(parse_cidr(interconnect.cidr).cidr),
        "pool": having("pool"),
        "frontend": having("frontend"),
        "hosts": hosts,
        "users": users,
        "shares": [_share(share) for share in service.get("samba_ha_shares") or []],
        "vfs": service["samba_ha_vfs"],
        "profile": service["samba_ha_profile"],
    }


def _share(share: Mapping[str, t.Any]) -> dict[str, t.Any]:
    allowed = share.get("users")
    return {
        "name": share["name"],
        "path": share_path(share["path"]),
        "comment": share.get("comment") or "",
        "read_only": bool(truth(share.get("read_only", False))),
        "users": None if allowed is None else list(allowed),
        "parameters": parameters_of(share),
        "nfs": bool(truth(share.get("nfs", False))),
    }
