# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A healthy service as the modules tell it, for tests to break in one place each."""

from __future__ import annotations

import copy
import dataclasses
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._status import Report, judge
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Site

POOL, FRONTEND, VIP, OTHER_VIP = ("pool1", "pool2", "pool3"), ("fe1", "fe2"), "192.0.2.10", "192.0.2.20"
ADDRESSES = ("10.0.0.11", "10.0.0.12", "10.0.0.13")
PATHS = ("/srv/samba_ha/data", "/srv/samba_ha/lock")

STATES = "states"

State = dict[str, t.Any]
Break = t.Callable[[State], None]


def _units(*names: str) -> State:
    return {
        "units": [
            {
                "name": f"{name}.service",
                "loaded": True,
                "active_state": "active",
                "sub_state": "running",
                "enabled": True,
            }
            for name in names
        ]
    }


def _pool_state(pnn: int) -> State:
    others = [address for number, address in enumerate(ADDRESSES) if number != pnn]
    return {
        "clock": {"epoch": 1e9 + 0.1, "offset": 0.1, "uncertainty": 0.05},
        "units": _units("samba-ha-firewall", "ctdb", "samba-ha-peer-watch", "samba-ha-smbd-watch"),
        "ctdb": {
            "running": True,
            "error": None,
            "leader": 0,
            "recovery_mode": "normal",
            "nodes": [
                {"pnn": number, "address": address, "flags": [], "this_node": number == pnn}
                for number, address in enumerate(ADDRESSES)
            ],
            "scripts": [{"name": "50.samba", "status": "ok", "seconds": 0.1, "output": ""}],
        },
        "gluster": {
            "running": True,
            "error": None,
            "peers": [{"address": address, "connected": True} for address in others],
        },
        "mounts": {
            "mounts": [
                {
                    "path": path,
                    "mounted": True,
                    "source": f"{ADDRESSES[pnn]}:/{path.rpartition('/')[2]}",
                    "responds": True,
                    "writable": True,
                    "error": None,
                }
                for path in PATHS
            ]
        },
        "markers": {
            "mounts": [{"path": path, "markers": [{"node": host, "seen": True} for host in POOL]} for path in PATHS]
        },
        "smb": {
            "running": True,
            "error": None,
            "usage": {"sessions": [{}, {}]},
            "shares": [{"name": "data", "path": "/srv/samba_ha/data/data", "available": True}],
        },
        "probe": {"reachable": True, "error": None},
        "interconnect": {
            "interface": "eth1",
            "peers": [
                {
                    "address": address,
                    "latency_ms": {"min": 0.1, "mean": 0.2, "max": 0.3, "deviation": 0.01},
                    "verdict": "good",
                    "fault": None,
                }
                for address in others
            ],
        },
    }


def instance(state: str, address: str = VIP) -> State:
    """A VRRP instance as vrrp_info tells of it."""
    return {"state": state, "interface": "eth0", "priority": 100, "base_priority": 100, "addresses": [address]}


def _frontend_state(host: str) -> State:
    first = host == FRONTEND[0]
    return {
        "clock": {"epoch": 1e9 + 0.1, "offset": 0.1, "uncertainty": 0.05},
        "units": _units("samba-ha-firewall", "haproxy", "samba-ha-tickle"),
        "vrrp": {
            "running": True,
            "error": None,
            "held_addresses": [VIP] if first else [],
            "instances": [instance("master" if first else "backup")],
        },
        "frontend": {
            "running": True,
            "error": None,
            "old_workers": [],
            "servers": [
                {
                    "backend": "pool",
                    "name": node,
                    "status": "UP",
                    "state": "up",
                    "admin_state": "ready",
                    "sessions": 1,
                    "check": {"status": "L7OK", "description": "Layer7 check passed"},
                    "agent": {"status": "L7OK", "said": "via agent : up"},
                }
                for node in POOL
            ],
        },
        "probes": {"results": [{"item": VIP, "reachable": True, "error": None}]},
    }


def _volume(name: str) -> State:
    return {
        "name": name,
        "status": "Started",
        "bricks": [
            {
                "address": address,
                "path": f"/srv/gluster/{name}/brick",
                "online": True,
                "size_total": 1000,
                "size_free": 500,
            }
            for address in ADDRESSES
        ],
        "self_heal_daemons": [{"address": address, "online": True} for address in ADDRESSES],
        "quorum": {"type": "auto", "needed": 2, "online": 3, "met": True},
        "heal": {"pending": 0, "split_brain": 0, "split_brain_files": []},
    }


def healthy_data() -> State:
    """States by host, and the volumes; a fresh copy each time."""
    states: State = {host: _pool_state(pnn) for pnn, host in enumerate(POOL)}
    states |= {host: _frontend_state(host) for host in FRONTEND}
    return copy.deepcopy(
        {"states": states, "volumes": {"running": True, "volumes": [_volume("data"), _volume("lock")]}}
    )


def site(data: State) -> Site:
    return Site("files", "proxy", (VIP,), POOL, FRONTEND, ("data",), data["states"], data["volumes"])


def two_addresses(data: State) -> Site:
    """The same with a second virtual address, which the other front end has."""
    for host in FRONTEND:
        state = data["states"][host]
        state["vrrp"]["instances"].append(instance("backup" if host == "fe1" else "master", OTHER_VIP))
        state["vrrp"]["held_addresses"] = [VIP if host == "fe1" else OTHER_VIP]
        state["probes"]["results"].append({"item": OTHER_VIP, "reachable": True, "error": None})
    return dataclasses.replace(site(data), addresses=(VIP, OTHER_VIP))


PUBLIC = ("192.0.2.21", "192.0.2.22", "192.0.2.23")


def direct_data() -> State:
    """The same without front ends: each node has one public address beside its own."""
    data = healthy_data()
    for host in FRONTEND:
        del data["states"][host]
    for pnn, host in enumerate(POOL):
        state = data["states"][host]
        state["ctdb"]["public_addresses"] = [{"address": each, "pnn": node} for node, each in enumerate(PUBLIC)]
        state["held"] = {"ansible_facts": _facts(f"192.0.2.{11 + pnn}", PUBLIC[pnn])}
    return data


def _facts(own: str, *others: str) -> State:
    return {
        "ansible_interfaces": ["lo", "br-clients"],
        "ansible_lo": {"ipv4": {"address": "127.0.0.1", "prefix": "8"}},
        "ansible_br_clients": {
            "ipv4": {"address": own, "prefix": "24"},
            "ipv4_secondaries": [{"address": each, "prefix": "24"} for each in others],
        },
    }


def hold(host: str, *addresses: str) -> Break:
    """Which public addresses are on a host's interface."""
    return put(_facts("192.0.2.99", *addresses), STATES, host, "held", "ansible_facts")


def assign(**nodes: int | None) -> Break:
    """To which node CTDB has given addresses, named by their last numbers: ``_21=2``."""

    def act(data: State) -> None:
        for name in POOL:
            for each in data["states"][name]["ctdb"]["public_addresses"]:
                key = f"_{each['address'].rpartition('.')[2]}"
                each["pnn"] = nodes.get(key, each["pnn"])

    return act


def direct_site(data: State) -> Site:
    return Site("files", "direct", PUBLIC, POOL, (), ("data",), data["states"], data["volumes"])


def judged_direct(*breaks: Break) -> Report:
    data = direct_data()
    for each in breaks:
        each(data)
    return judge(direct_site(data))


def judged(*breaks: Break) -> Report:
    data = healthy_data()
    for each in breaks:
        each(data)
    return judge(site(data))


def told(report: Report) -> list[tuple[str | None, str, str | None, str | None]]:
    return [(each.host, each.sentence, each.where, each.command) for each in report.findings]


def put(value: object, *path: str | int) -> Break:
    """Set what stands at a path of the data."""

    def act(data: State) -> None:
        place: t.Any = data
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return act


def single(host: int | str, state: str) -> Break:
    """One more virtual server on fe1, which one host answers to: a node by its number, or one outside by its name."""
    name = POOL[host] if isinstance(host, int) else host

    def act(data: State) -> None:
        server = {
            "backend": f"only-{name}",
            "name": name,
            "state": state,
            "admin_state": "ready",
            "sessions": 1,
            "check": {"status": "L4TOUT" if state == "down" else "L7OK", "description": "Layer4 timeout"},
            "agent": {"status": None, "said": None},
        }
        data["states"]["fe1"]["frontend"]["servers"].append(server)

    return act


def flag(host: int, *flags: str) -> Break:
    """A node's flags as all nodes see them."""

    def act(data: State) -> None:
        for name in POOL:
            data["states"][name]["ctdb"]["nodes"][host]["flags"] = list(flags)

    return act
