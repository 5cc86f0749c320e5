# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One good inventory that the tests of the topology spoil, each in one place."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults


def interface(address: str, prefix: int = 24, secondaries: tuple[tuple[str, int], ...] = ()) -> dict[str, t.Any]:
    """The facts of one interface, in the shape of ansible_facts."""
    return {
        "ipv4": {"address": address, "prefix": str(prefix)},
        "ipv4_secondaries": [{"address": other, "prefix": str(length)} for other, length in secondaries],
    }


def host(role: str, number: int) -> dict[str, t.Any]:
    """A Debian host with one interface in each network; its addresses end in `number`."""
    return {
        "roles": [role],
        "facts": {
            "distribution": "Debian",
            "distribution_major_version": "13",
            "distribution_release": "trixie",
            "interfaces": ["lo", "eth0", "br-peers"],
            "lo": interface("127.0.0.1", 8),
            "eth0": interface(f"192.0.2.{number}"),
            "br_peers": interface(f"10.0.0.{number}"),
        },
        "variables": ["inventory_hostname", "samba_ha_vip", "samba_ha_topology", "__ctdb_private"],
        "settings": {},
    }


def good() -> dict[str, t.Any]:
    """An input without faults: three pool hosts, two front ends, two users, one share."""
    return {
        "hosts": {
            "node1": host("pool", 11),
            "node2": host("pool", 12),
            "node3": host("pool", 13),
            "fe1": host("frontend", 21),
            "fe2": host("frontend", 22),
        },
        "targets": {},
        "service": {
            "samba_ha_virtual_name": "files",
            "samba_ha_access": "proxy",
            "samba_ha_vip": "192.0.2.10/24",
            "samba_ha_public_addresses": [],
            "samba_ha_transparent": False,
            "samba_ha_interconnect": "10.0.0.0/24",
            "samba_ha_users": [{"name": "alice", "password": "s3cret"}, {"name": "bob", "password": "s3cret"}],
            "samba_ha_shares": [{"name": "data", "path": "data"}],
            "samba_ha_dfs_roots": [],
            "samba_ha_dns_domains": [],
            "samba_ha_vfs": "glusterfs_fuse",
            "samba_ha_profile": "balanced",
            "samba_ha_foreign_variables": [],
        },
        "known_variables": ["gluster_replica", "samba_ha_topology", "samba_ha_vip"],
        "prefixes": ["ctdb", "gluster", "samba_ha"],
    }


def direct() -> dict[str, t.Any]:
    """The same without front ends: clients reach the nodes themselves."""
    data = good()
    without("fe1", "fe2")(data)
    service(access="direct", vip=None, public_addresses=["192.0.2.31/24", "192.0.2.32/24", "192.0.2.33/24"])(data)
    return data


Data = dict[str, t.Any]
SAFE = {"oplocks": False, "level2 oplocks": "no", "posix locking": True}


def service(**values: t.Any) -> Callable[[Data], None]:
    """Set variables of the service, named without samba_ha_."""
    return lambda data: data["service"].update({f"samba_ha_{key}": value for key, value in values.items()})


def shares(*entries: t.Any) -> Callable[[Data], None]:
    return service(shares=list(entries))


def share(**values: t.Any) -> Callable[[Data], None]:
    return shares({"name": "data", "path": "data", **values})


def users(*entries: t.Any) -> Callable[[Data], None]:
    return service(users=list(entries))


def settings(name: str, **values: t.Any) -> Callable[[Data], None]:
    return lambda data: data["hosts"][name]["settings"].update(values)


def facts(name: str, **values: t.Any) -> Callable[[Data], None]:
    return lambda data: data["hosts"][name]["facts"].update(values)


def variables(name: str, *names: str) -> Callable[[Data], None]:
    return lambda data: data["hosts"][name]["variables"].extend(names)


def without(*names: str) -> Callable[[Data], None]:
    def spoil(data: Data) -> None:
        for name in names:
            del data["hosts"][name]

    return spoil


def add_node(data: Data) -> None:
    data["hosts"]["node4"] = host("pool", 14)


def pool_settings(**values: t.Any) -> Callable[[Data], None]:
    """The same settings for all pool hosts."""

    def spoil(data: Data) -> None:
        for details in data["hosts"].values():
            if details["roles"] == ["pool"]:
                details["settings"].update(values)

    return spoil


def both_roles(data: Data) -> None:
    data["hosts"]["node1"]["roles"].append("frontend")


def no_facts(data: Data) -> None:
    data["hosts"]["node2"]["facts"] = {}


def misspelt_on_two_hosts(data: Data) -> None:
    for name in ("node1", "fe1"):
        variables(name, "samba_ha_vipp")(data)


def insist_on_one_fault(data: dict[str, t.Any], parts: tuple[str, ...]) -> None:
    """That the input has one fault, told in one line: it begins with the first part, and has the others in it."""
    (fault,) = topology_faults(data)
    assert fault.startswith(parts[0]), fault
    assert all(part in fault for part in (*parts, ": wanted ", "; found ")), fault
    assert "\n" not in fault
    assert "s3cret" not in fault
