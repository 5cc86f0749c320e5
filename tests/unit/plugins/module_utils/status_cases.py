# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A healthy service as the modules tell it, for tests to break in one place each."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._status import Report, judge
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Site

POOL, FRONTEND, VIP = ("pool1", "pool2", "pool3"), ("fe1", "fe2"), "192.0.2.10"
ADDRESSES = ("10.0.0.11", "10.0.0.12", "10.0.0.13")
PATHS = ("/srv/samba_ha/data", "/srv/samba_ha/lock")

STATES = "states"

State = dict[str, t.Any]
Break = t.Callable[[State], None]


def _pool_state(pnn: int) -> State:
    others = [address for number, address in enumerate(ADDRESSES) if number != pnn]
    return {
        "clock": {"epoch": 1e9 + 0.1, "offset": 0.1, "uncertainty": 0.05},
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


def _frontend_state(host: str) -> State:
    first = host == FRONTEND[0]
    return {
        "clock": {"epoch": 1e9 + 0.1, "offset": 0.1, "uncertainty": 0.05},
        "vrrp": {
            "running": True,
            "error": None,
            "held_addresses": [VIP] if first else [],
            "instances": [{"state": "master" if first else "backup", "interface": "eth0"}],
        },
        "frontend": {
            "running": True,
            "error": None,
            "old_workers": [],
            "servers": [
                {
                    "backend": "pool",
                    "name": node,
                    "state": "up",
                    "admin_state": "ready",
                    "sessions": 1,
                    "check": {"status": "L7OK", "description": "Layer7 check passed"},
                    "agent": {"status": "L7OK", "said": "via agent : up"},
                }
                for node in POOL
            ],
        },
        "probe": {"reachable": True, "error": None},
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
    return Site("files", VIP, POOL, FRONTEND, ("data",), data["states"], data["volumes"])


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


def flag(host: int, *flags: str) -> Break:
    """A node's flags as all nodes see them."""

    def act(data: State) -> None:
        for name in POOL:
            data["states"][name]["ctdb"]["nodes"][host]["flags"] = list(flags)

    return act
