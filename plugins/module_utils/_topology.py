# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service's topology: from inventory and facts to one normalised model.

Controller side only: the filters topology_faults and topology_model call it, no module does.

Shape of the input (`Input`), built by `build_input` or by hand in tests::

    hosts:            {name: host}
      host:           roles: some of `ROLES`
                      facts: ansible_facts of the host ({} when none were gathered)
                      variables: names of all variables of the host, never their values
                      settings: those of `HOST_SETTINGS` that the inventory sets
    targets:          {name: host without roles} of other hosts that virtual servers name as their targets
    service:          {samba_ha_virtual_name: ..., samba_ha_access: ..., ...}
    known_variables:  every variable name that a role of the collection documents
    prefixes:         every prefix that belongs to the collection, without the underscore
"""

from __future__ import annotations

import hashlib
import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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

HOST_SETTINGS = (
    "ansible_host",
    "gluster_replica",
    "nfs_server_path",
    "pair_root",
    "samba_ha_client_address",
    "samba_ha_heartbeat_address",
    "samba_ha_interconnect_address",
    "smbd_globals",
    "smbd_witness",
)

NFS_SERVER = "nfs_server"
ROLES = ("pool", "frontend", "pair", "quorum", NFS_SERVER)
"""What a host may be."""

PROXY, DIRECT = "proxy", "direct"
"""The ways in, samba_ha_access: through front ends, or to the pool's nodes themselves."""


@dataclass(frozen=True)
class HostAddress:
    """One IPv4 address of a host and the device that has it; ``secondary`` where the device had another one before."""

    interface: str
    address: str
    prefix: int
    secondary: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Entry:
    """Where clients come in: the VIPs, or if `direct` the public addresses, and the addresses of pairs.

    `network` is theirs, in CIDR form. `inner` are addresses of pairs in the interconnect. All these addresses move
    between hosts, so none of them ever stands for a host.
    """

    addresses: tuple[str, ...]
    prefix: int
    network: str
    direct: bool = False
    pairs: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()

    @property
    def moving(self) -> tuple[str, ...]:
        """All that move."""
        return (*self.addresses, *self.pairs, *self.inner)


@dataclass(frozen=True)
class Network:
    """A network, the variable that overrides the choice of a host's address in it, and which hosts have to be in it."""

    label: str
    cidr: str
    override: str
    roles: tuple[str, ...] = ROLES
    without: tuple[str, ...] = ()


def build_input(
    hostvars: Mapping[str, t.Any],
    pool: Iterable[str],
    frontend: Iterable[str],
    service: Mapping[str, t.Any],
    known: tuple[Iterable[str], Iterable[str]],
    **others: Iterable[str],
) -> dict[str, t.Any]:
    """Collect the `Input`: of a host only facts, `HOST_SETTINGS` and the names of variables, so no secret is rendered.

    `known` is (known variable names, prefixes), `others` the hosts of the other `ROLES`.
    """
    hosts: dict[str, dict[str, t.Any]] = {}
    named_by_role = {"pool": pool, "frontend": frontend, **others}
    for role in ROLES:
        for name in named_by_role.get(role, ()):
            if name not in hosts:
                hosts[name] = {"roles": [], **_host(hostvars, name)}
            hosts[name]["roles"].append(role)
    servers = service.get("samba_ha_virtual_servers")
    entries = [entry for entry in servers if isinstance(entry, Mapping)] if isinstance(servers, list) else []
    named = {str(entry.get("target")) for entry in entries}
    return {
        "hosts": hosts,
        "targets": {name: _host(hostvars, name) for name in named - set(hosts) if name in hostvars},
        "service": service,
        "known_variables": sorted(known[0]),
        "prefixes": sorted(known[1]),
    }


def _host(hostvars: Mapping[str, t.Any], name: str) -> dict[str, t.Any]:
    # Ansible's hostvars give an undefined value, not a KeyError, for a host that they do not know.
    variables: Mapping[str, t.Any] = {}
    if name in hostvars:
        variables = hostvars[name]
    return {
        "facts": variables.get("ansible_facts", {}),
        "variables": list(variables),
        "settings": {key: variables[key] for key in HOST_SETTINGS if key in variables},
    }


def parse_cidr(value: object) -> netaddr.IPNetwork:
    """Read `a.b.c.d/prefix` (IPv4). Raises ValueError for anything else, an address without a prefix among it."""
    if not isinstance(value, str) or "/" not in value:
        raise ValueError("not an IPv4 address with a prefix")
    try:
        return netaddr.IPNetwork(value, version=4)
    except (netaddr.AddrFormatError, ValueError) as exc:
        raise ValueError("not an IPv4 address with a prefix") from exc


def is_direct(service: Mapping[str, t.Any]) -> bool:
    """Whether clients reach the nodes without front ends."""
    return bool(service.get("samba_ha_access", PROXY) == DIRECT)


def is_transparent(service: Mapping[str, t.Any]) -> bool:
    """Whether front ends connect in their clients' names."""
    return bool(truth(service.get("samba_ha_transparent", False)))


def parse_entry(values: object, *, direct: bool = False) -> Entry:
    """Read addresses with the prefix of the client network, which the first one decides.

    Raises ValueError where there are none, or one is no IPv4 address with a prefix.
    """
    if not isinstance(values, list) or not values:
        raise ValueError("no list of IPv4 addresses with a prefix")
    cidrs = [parse_cidr(value) for value in values]
    return Entry(tuple(str(cidr.ip) for cidr in cidrs), cidrs[0].prefixlen, str(cidrs[0].cidr), direct)


def networks(entry: Entry, interconnect: str, inner_hosts: Iterable[str] = ()) -> tuple[Network, Network]:
    """The client network, in which an NFS server and `inner_hosts` have no business, and the interconnect."""
    at_clients = tuple(role for role in ROLES if role != NFS_SERVER)
    return (
        Network("client network", entry.network, "samba_ha_client_address", at_clients, tuple(inner_hosts)),
        Network("interconnect", interconnect, "samba_ha_interconnect_address"),
    )


def heartbeat_network(cidr: str) -> Network:
    """The second network in which the hosts of a pair watch each other."""
    return Network("heartbeat network", cidr, "samba_ha_heartbeat_address", ("pair",))


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
                known = HostAddress(device, str(entry["address"]), int(prefix), entry is not primary)
                found.setdefault(known.address, known)
    return list(found.values())


def is_in(name: str, host: Mapping[str, t.Any], network: Network) -> bool:
    """Whether a host is to have an address in a network."""
    return name not in network.without and not set(network.roles).isdisjoint(host["roles"])


def candidates(host: Mapping[str, t.Any], network: Network, entry: Entry) -> list[HostAddress]:
    """The addresses of a host in a network that are its own."""
    cidr = netaddr.IPNetwork(network.cidr)
    return [
        item
        for item in host_addresses(host["facts"])
        if item.address not in entry.moving and netaddr.IPAddress(item.address) in cidr
    ]


def without_override(host: Mapping[str, t.Any], network: Network, entry: Entry) -> list[HostAddress]:
    """Those of the candidates among which only an override could choose, where there is more than one."""
    options = candidates(host, network, entry)
    if (entry.direct or "pair" in host.get("roles", ())) and network.cidr == entry.network:
        # CTDB's from a longer list, or a pair's from before it got another one, are still there beside the first one.
        return [item for item in options if not item.secondary] or options
    return options


def choose(host: Mapping[str, t.Any], network: Network, entry: Entry) -> HostAddress | None:
    """The one address of a host in a network: the override, or the only one there is; None where it is undecided."""
    wanted = host["settings"].get(network.override)
    if wanted is None:
        options = without_override(host, network, entry)
    else:
        options = [item for item in candidates(host, network, entry) if item.address == wanted]
    return options[0] if len(options) == 1 else None


def target_address(data: Input, name: str, entry: Entry) -> str | None:
    """The address of a host in the client network, one outside the service among them; None where nothing tells it."""
    host = data["hosts"].get(name) or data["targets"][name]
    client, _interconnect = networks(entry, "")
    chosen = choose(host, client, entry)
    told = [host["settings"].get(key) for key in ("samba_ha_client_address", "ansible_host")]
    addresses = [chosen.address if chosen else None, *(value for value in told if netaddr.valid_ipv4(str(value)))]
    return next((str(address) for address in addresses if address), None)


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


def truth(value: object) -> bool | None:
    """A boolean as YAML, Ansible or smb.conf write it; None for anything else."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    return True if text in ("yes", "true", "on", "1") else False if text in ("no", "false", "off", "0") else None


def known_addresses(
    hosts: Mapping[str, Mapping[str, t.Any]], entries: object, interconnect: str, heartbeat: str | None = None
) -> dict[str, dict[str, str | None]]:
    """`client`, `interconnect` and perhaps `heartbeat`: each host's address there, None where nothing decides it.

    For playbooks that must work while hosts are down. `entries` are the addresses that clients use, with the prefix of
    their network. Raises ValueError where the inventory's networks are malformed.
    """
    entry = parse_entry(entries)
    client, peers = networks(entry, interconnect)
    wanted = {"client": client, "interconnect": peers}
    if heartbeat is not None:
        wanted["heartbeat"] = heartbeat_network(heartbeat)
    return {
        name: {
            key: found.address if (found := choose(host, network, entry)) else None for key, network in wanted.items()
        }
        for name, host in hosts.items()
    }
