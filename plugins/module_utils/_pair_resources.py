# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pair is made of in Pacemaker, from the variables of the role pair to the options of pair_cib. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import DRBD, GLUSTER, NFS
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_sbd import sbd_devices

Values = dict[str, t.Any]

DELAY = "5s"
"""How long a host waits before it fences the active one where no quorum host decides between the two."""

STICKINESS = 10
"""How much a resource is worth where it runs. What a host with a mirror is worth has to weigh more.

Of that DRBD's agent takes all but 10 from a host that has lost its disk; the other one's is 10000, or 1000 while the
two do not see each other. Pacemaker adds twice what all members of a group are worth (crm_simulate -sL).
"""

_PRIORITY = 10
"""Of the resources, so that Pacemaker knows the active host by them. Any number above that of no resources, 0."""

SBD_SLACK = 20
"""Seconds beyond msgwait that fence_sbd gives `sbd message`. With the 10 s of `sbd create` it is the agent's own 30 s.

sbd returns when msgwait is over, and an agent that ends it sooner says that the host was not fenced.
"""

STONITH_SLACK = 50
"""Seconds beyond msgwait that Pacemaker gives the agent, which asks the disks before it sends the message.

With the 10 s of `sbd create` it is Pacemaker's own 60 s. A fifth of msgwait is what vendors ask for at the least.
"""

_WRITES = 20
"""Depth of the storage's monitor at which it writes, and does not only look whether something is mounted."""


def build(pair: t.Mapping[str, t.Any]) -> Values:
    """The options of pair_cib.

    :param pair: ``name``, ``address``, ``prefix``, ``nodes`` (each with ``name`` and ``links``), ``functions``,
        ``storage``, ``fence`` (empty: none), ``mount`` (path), ``quorum`` (whether there is a quorum host),
        ``storage_timeout`` (seconds) and ``msgwait`` (seconds, of SBD's disks where the fence has such).
    """
    name, fenced = pair["name"], bool(pair["fence"])
    beside = _BESIDE.get(pair["storage"]["type"], _nothing)(name)
    members = [
        _storage(pair, fenced=fenced),
        *_services(pair),
        # Last, so that nobody finds an address without a server: that is an error to clients, where one that does not
        # answer yet is tried again.
        _address(pair),
        _tickle(pair),
    ]
    return {
        **beside,
        "properties": {
            "stonith-enabled": fenced,
            "no-quorum-policy": "stop",
            "priority-fencing-delay": None if pair["quorum"] or not fenced else DELAY,
            **(_sbd_properties(pair) if sbd_devices(pair["fence"]) else {}),
        },
        "resource_defaults": {
            # It stays where it is when the other host comes back.
            "resource-stickiness": STICKINESS,
            # Started again where it was, at the third failure elsewhere; a failure counts for a minute. Storage that
            # was away from both hosts is so tried again without an administrator.
            "migration-threshold": 3,
            "failure-timeout": "60s",
        },
        "resources": [*beside["resources"], *members],
        "groups": [
            {"id": name, "members": [each["id"] for each in members], "meta": {"priority": _PRIORITY}},
        ],
        "fence_devices": _fence_devices(pair),
        # A host does not fence itself.
        "locations": [
            {"resource": f"fence-{host}", "node": host, "score": "-INFINITY"} for host in _switched_hosts(pair)
        ],
    }


def _copy(name: str) -> Values:
    """A host's copy of a mirrored disk. Times are those that the agent itself advises."""
    return {
        "id": f"{name}-drbd",
        "agent": "ocf:linbit:drbd",
        "options": {"drbd_resource": name},
        "operations": [
            {"name": "start", "timeout": "240s"},
            {"name": "promote", "timeout": "90s"},
            {"name": "demote", "timeout": "90s"},
            {"name": "notify", "timeout": "90s"},
            {"name": "stop", "timeout": "100s"},
            # Pacemaker tells two monitors from each other by their intervals.
            {"name": "monitor", "role": "Promoted", "interval": "10s", "timeout": "20s"},
            {"name": "monitor", "role": "Unpromoted", "interval": "11s", "timeout": "20s"},
        ],
    }


def _mirror(name: str) -> Values:
    """Both copies run, and all else where one of them is promoted, after it was."""
    mirror = f"{name}-mirror"
    return {
        "resources": [_copy(name)],
        "clones": [{"id": mirror, "resource": f"{name}-drbd", "meta": {"promotable": True, "notify": True}}],
        "colocations": [{"resource": name, "beside": mirror, "role": "Promoted"}],
        "orders": [{"first": mirror, "then": name, "action": "promote"}],
    }


def _neighbours(name: str) -> Values:
    """The host forgets where its neighbours were before it mounts, and finds out whether they are there.

    GlusterFS waits until all hosts of a volume have taken or refused a connection, or for 10 s (afr-common.c). To one
    that has lost its power the kernel goes on to send for up to 50 s.
    """
    neighbours = f"{name}-neighbours"
    return {
        "resources": [_service(neighbours, "samba-ha-neighbours", interval="60s")],
        "colocations": [{"resource": neighbours, "beside": name}],
        # What runs is not stopped for it.
        "orders": [{"first": neighbours, "then": name, "optional": True}],
    }


def _nothing(_name: str) -> Values:
    return {"resources": []}


_BESIDE: dict[str, t.Callable[[str], Values]] = {DRBD: _mirror, GLUSTER: _neighbours}
"""What runs beside the group, by the storage's type."""


def _storage(pair: t.Mapping[str, t.Any], *, fenced: bool) -> Values:
    seconds = pair["storage_timeout"]
    return {
        "id": f"{pair['name']}-storage",
        "agent": "ocf:heartbeat:Filesystem",
        "options": {**_mount(pair), "directory": pair["mount"]},
        "operations": [
            {"name": "start", "timeout": "60s"},
            {"name": "stop", "timeout": "60s"},
            {
                "name": "monitor",
                "interval": "5s",
                "timeout": f"{seconds}s",
                # A host that cannot reach its storage cannot unmount it either.
                "on_fail": "fence" if fenced else None,
                "options": {"OCF_CHECK_LEVEL": _WRITES},
            },
        ],
    }


def _mount(pair: t.Mapping[str, t.Any]) -> Values:
    """What is mounted, and how."""
    storage = pair["storage"]
    options = storage.get("options") or None
    if storage["type"] != "gluster":
        fstype = "nfs" if storage["type"] == "nfs" else storage["fstype"]
        return {"device": storage["source"], "fstype": fstype, "options": options}
    # The host's own daemon is asked for the volume: it is the one that is surely up when the host is.
    servers = ":".join(node["links"][0] for node in pair["nodes"])
    words = ["acl", f"backup-volfile-servers={servers}", *([options] if options else [])]
    return {"device": f"localhost:/{pair['name']}", "fstype": "glusterfs", "options": ",".join(words)}


def _services(pair: t.Mapping[str, t.Any]) -> list[Values]:
    """What clients use, or the pool's nodes."""
    name, functions = pair["name"], pair["functions"]
    if NFS in functions:
        return [_service(f"{name}-nfs", "samba-ha-nfs", interval="2s")]
    printers = [_service(f"{name}-cups", "samba-ha-cups", interval="10s")] if "print" in functions else []
    return [*printers, _service(f"{name}-samba", "samba-ha-pair", interval="2s")]


def _service(name: str, unit: str, *, interval: str) -> Values:
    """A unit of systemd, by the role's script, which waits for systemd.

    Up to its version 3.0.0 Pacemaker itself looks whether a start or stop of systemd's is done no sooner than after a
    tenth of its timeout, or two seconds if that is less (execd_commands.c): four times in a move of two units.
    """
    return {
        "id": name,
        "agent": f"lsb:{unit}",
        "operations": [
            {"name": "start", "timeout": "20s"},
            {"name": "stop", "timeout": "20s"},
            {"name": "monitor", "interval": interval, "timeout": "10s"},
        ],
    }


def _address(pair: t.Mapping[str, t.Any]) -> Values:
    # Without an interface: that which has the network may have another name on each host.
    return {
        "id": f"{pair['name']}-address",
        "agent": "ocf:heartbeat:IPaddr2",
        "options": {"ip": pair["address"], "cidr_netmask": pair["prefix"]},
        "operations": [{"name": "monitor", "interval": "5s", "timeout": "20s"}],
    }


def _tickle(pair: t.Mapping[str, t.Any]) -> Values:
    """Remembers the clients' connections on the storage, and tells clients after a takeover that they are gone."""
    port, folder = (2049, ".nfs") if NFS in pair["functions"] else (445, ".samba")
    return {
        "id": f"{pair['name']}-tickle",
        "agent": "ocf:heartbeat:portblock",
        "options": {
            "action": "unblock",
            "protocol": "tcp",
            "portno": port,
            "ip": pair["address"],
            "tickle_dir": f"{pair['mount']}/{folder}/tickle",
        },
        "operations": [{"name": "monitor", "interval": "5s", "timeout": "20s"}],
    }


def _switched_hosts(pair: t.Mapping[str, t.Any]) -> list[str]:
    """The hosts that have a fence device each."""
    fence = pair["fence"]
    return [node["name"] for node in pair["nodes"]] if fence and not sbd_devices(fence) else []


def _fence_devices(pair: t.Mapping[str, t.Any]) -> list[Values]:
    fence = pair["fence"]
    if sbd_devices(fence):
        return [_sbd_device(pair)]
    return [
        {
            "id": f"fence-{host}",
            "agent": f"stonith:{fence['agent']}",
            "hosts": [host],
            "options": {**(fence.get("options") or {}), **fence["hosts"][host]},
            "secrets": fence.get("secrets") or {},
            "timeout": "40s",
        }
        for host in _switched_hosts(pair)
    ]


def _sbd_device(pair: t.Mapping[str, t.Any]) -> Values:
    """One for both hosts: each has a place on the disks by its own name, and the one that is left sends the message."""
    fence = pair["fence"]
    return {
        "id": "fence-sbd",
        "agent": f"stonith:{fence['agent']}",
        "hosts": [node["name"] for node in pair["nodes"]],
        "options": {
            **fence["options"],
            "devices": ",".join(sbd_devices(fence)),
            "power_timeout": pair["msgwait"] + SBD_SLACK,
        },
        "secrets": fence.get("secrets") or {},
        "timeout": "40s",
    }


def _sbd_properties(pair: t.Mapping[str, t.Any]) -> Values:
    return {
        "stonith-timeout": f"{pair['msgwait'] + STONITH_SLACK}s",
        # For SBD without disks. With it Pacemaker takes a host for off without having sent it a message.
        "stonith-watchdog-timeout": None,
    }


def mount_unit(path: str) -> str:
    """The name that systemd gives to the mount at an absolute path, as ``systemd-escape --path`` tells it."""
    plain = path.strip("/")
    escaped = (
        "-" if char == "/" else char if char.isascii() and (char.isalnum() or char in ":_.") else _hex(char)
        for char in plain
    )
    return f"{''.join(escaped)}.mount"


def _hex(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode())
