# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pair is like, from what its hosts said; nothing is judged here."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair_fencing import fences
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair_mirror import (
    lines_of_copies,
    usable,
    whole,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import (
    Pair,
    Site,
    State,
    count,
    names,
)

_WORDS = ("standby", "maintenance", "pending", "unclean", "shutdown")


def running(site: Site, pair: Pair) -> dict[str, State]:
    """What pair_info said on those hosts whose cluster answers."""
    told = {host: (site.read(host, "pair") or {}).get("pair") or {} for host in pair.hosts}
    return {host: own for host, own in told.items() if own.get("running")}


def view_of(site: Site, pair: Pair) -> State | None:
    """The cluster as the host sees it that has quorum and sees the most votes; None where no cluster answers."""

    def reach(own: State) -> tuple[bool, int]:
        return own["corosync"]["quorate"], own["corosync"]["total_votes"]

    return max(running(site, pair).values(), key=reach, default=None)


def disks_of(site: Site, pair: Pair) -> dict[str, list[State]]:
    """The disks of SBD as each host sees them, where the pair has such."""
    return {host: list(told["disks"]) for host in pair.hosts if (told := site.read(host, "sbd"))}


def answers_of(site: Site, pair: Pair) -> dict[str, str | None]:
    """By the host that asked at the pair's address, by SMB or NFS, why it had no answer; None where it had one."""
    asked = {host: site.read(host, "probe") or site.read(host, "nfs") for host in pair.hosts}
    return {host: told["error"] for host, told in asked.items() if told}


def links_of(site: Site, pair: Pair) -> dict[str, list[State]]:
    """The heartbeat links as each host sees them, with ``peer``, the host at the other end."""
    return {
        host: [{"peer": peer, **link} for peer, links in own["corosync"]["links"].items() for link in links]
        for host, own in running(site, pair).items()
    }


def fit_hosts(site: Site, pair: Pair) -> list[str]:
    """The hosts that run what the pair serves, or could take it over."""
    view = view_of(site, pair)
    if view is None or view["maintenance"] or not view["corosync"]["quorate"]:
        return []
    nodes = view["nodes"]
    return [
        host
        for host in pair.hosts
        if host in nodes
        and nodes[host]["online"]
        and not any(nodes[host][word] for word in _WORDS)
        and (host == view["active"] or usable(site, pair, host))
    ]


def may_fail(site: Site, pair: Pair) -> int:
    """How many hosts may fail: one, if the other is fit, has quorum alone, and can fence the one that is lost."""
    view = view_of(site, pair)
    fit = fit_hosts(site, pair)
    if view is None or len(fit) < len(pair.hosts) or not whole(site, pair):
        return 0
    corosync = view["corosync"]
    # Without a quorum device corosync gives two nodes a rule of their own: one is enough.
    needed = corosync["expected_votes"] // 2 + 1 if corosync["qdevice"]["configured"] else 1
    lost = {host for device in view["fence_devices"] if device["failed"] for host in fences(device, pair)}
    fenced = not pair.fenced or (view["fencing"] and view["fence_devices"] and view["active"] not in lost)
    return int(corosync["total_votes"] - 1 >= needed and bool(fenced))


def links_may_fail(site: Site, pair: Pair) -> int | None:
    """How many heartbeat links may fail; None where no host tells of any."""
    told = list(links_of(site, pair).values())
    numbers = {link["link"] for links in told for link in links}
    cut = {link["link"] for links in told for link in links if not link["connected"]}
    return max(0, len(numbers - cut) - 1) if numbers else None


def words_of(node: t.Mapping[str, t.Any] | None) -> str:
    """A node's state in Pacemaker's words."""
    if node is None:
        return "unknown"
    return ", ".join(["online" if node["online"] else "offline", *(word for word in _WORDS if node[word])])


def lines_of(site: Site, pair: Pair) -> tuple[tuple[str, str], ...]:
    """The pair's state for people: what is told of, and what it is like. Nothing where no cluster answers."""
    view = view_of(site, pair)
    if view is None:
        return ()
    corosync = view["corosync"]
    enough = "enough" if corosync["quorate"] else "too few"
    devices = {host: own["corosync"]["qdevice"] for host, own in running(site, pair).items()}
    return (
        ("active", view["active"] or "nowhere"),
        *((each["id"], _resource(each)) for each in view["resources"]),
        *lines_of_copies(site, pair),
        *((host, words_of(view["nodes"].get(host))) for host in pair.hosts),
        *((f"heartbeat of {host}", _heartbeat(links)) for host, links in links_of(site, pair).items()),
        ("quorum", f"{corosync['total_votes']} of {corosync['expected_votes']} votes, {enough}"),
        *((f"quorum device of {host}", _qdevice(device)) for host, device in devices.items()),
        *((each["id"], _device(each)) for each in view["fence_devices"]),
        *((f"SBD of {host}", _sbd(disks)) for host, disks in disks_of(site, pair).items()),
        *([] if view["fencing"] else [("fencing", "off")]),
        *(
            (f"fencing of {event['target']}", f"under way ({event['action']})")
            for event in view["fence_history"]
            if event["status"] == "pending"
        ),
        *((f"failed on {each['node']}", f"{each['resource']}: {each['operation']}") for each in view["failures"]),
    )


def _resource(resource: State) -> str:
    where = f"on {names(resource['active_on'])}" if resource["active_on"] else "stopped"
    told = [resource["role"].lower()] if resource["role"] in {"Promoted", "Unpromoted"} else []
    told += ["failed"] if resource["failed"] else []
    told += ["blocked"] if resource["blocked"] else []
    told += [] if resource["managed"] else ["unmanaged"]
    return ", ".join([where, *told])


def _device(device: State) -> str:
    where = f"watched by {device['running_on']}" if device["running_on"] else "watched by nobody"
    return f"{where}, failed" if device["failed"] else where


def _sbd(disks: t.Sequence[State]) -> str:
    return f"reads {sum(bool(disk['header']) for disk in disks)} of {count(len(disks), 'disk')}"


def _heartbeat(links: t.Sequence[State]) -> str:
    told = [f"link {link['link']} {'connected' if link['connected'] else 'DOWN'}" for link in links]
    return ", ".join(told) or "no links"


def _qdevice(device: State) -> str:
    return (device["state"] or "not running") if device["configured"] else "none"
