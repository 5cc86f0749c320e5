# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host may be taken out of service now, and what is left then. Pure: it works on the report of `status`."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import count, names

ACTIONS = ("drain", "return", "evacuate")

NO_REDUNDANCY, OUTAGE = "no_redundancy", "outage"
"""What a user can accept, the second with the first in it."""

_POOL, _PAIR, _QUORUM, _NFS_SERVER = "pool", "pair", "quorum", "nfs_server"
_KINDS = {_POOL: "node", "frontend": "front end", _PAIR: "host", _QUORUM: "host", _NFS_SERVER: "host"}


@dataclass(frozen=True)
class Plan:
    """What an action means for a host.

    ``part`` is pool, frontend, pair, quorum or nfs_server. ``refusals`` are sentences, empty if the action may go on.
    ``left`` says in a sentence who serves afterwards. ``others`` are the hosts of its part (of its pair) that serve,
    besides it, and ``frontends`` those front ends that can be told. ``pnn`` is the node's number in CTDB, None where
    the others' CTDB cannot give it orders.
    """

    part: str
    refusals: tuple[str, ...]
    left: str
    others: tuple[str, ...]
    frontends: tuple[str, ...]
    pnn: int | None


def plan(report: Mapping[str, t.Any], host: str, action: str, accepted: str) -> Plan:
    """Decide on an action.

    :param report: what status_report returns as ``report``.
    :param accepted: what the user accepts: an empty string, no_redundancy or outage.
    :raises ValueError: there is no such host or action, or nothing of that name to accept.
    """
    hosts = {each["name"]: each for each in report["hosts"]}
    if host not in hosts:
        raise ValueError(f"host={host}: wanted one of {', '.join(hosts)}")
    if action not in ACTIONS:
        raise ValueError(f"action={action}: wanted one of {', '.join(ACTIONS)}")
    if accepted not in ("", NO_REDUNDANCY, OUTAGE):
        raise ValueError(f"accept={accepted}: wanted {NO_REDUNDANCY} or {OUTAGE}")
    own = hosts[host]
    serving = [name for name, each in hosts.items() if _peers(each, own) and each["serves"] and name != host]
    never = _never(own, action)
    refusals = [never or _unfit(own, action)]
    if action != "return" and not never:
        refusals.append(_alone(own, serving, action, accepted))
    if action == "drain" and own["part"] == _POOL and not accepted:
        refusals += [_needed(volume) for volume in report["volumes"]]
    left = sorted([*serving, host] if action == "return" else serving)
    connected = own["part"] == _POOL and not {"disconnected", "unknown"} & set(own["flags"])
    return Plan(
        part=own["part"],
        refusals=tuple(text for text in refusals if text),
        left=f"{count(len(left), _KINDS[own['part']])} left to serve{': ' + names(left) if left else ''}.",
        others=tuple(serving),
        frontends=tuple(name for name, each in hosts.items() if each["part"] == "frontend" and each["reached"]),
        pnn=list(hosts).index(host) if connected else None,
    )


def _peers(one: Mapping[str, t.Any], other: Mapping[str, t.Any]) -> bool:
    """Whether two hosts can stand in for each other."""
    return bool(one["part"] == other["part"] and one.get("pair") == other.get("pair"))


def _never(own: Mapping[str, t.Any], action: str) -> str | None:
    """Why there is no such action for the host's part, whatever is accepted."""
    if own["part"] == _QUORUM:
        return (
            "It serves no clients; it only votes. Switch it off while the playbook status calls all else healthy, and"
            " on again; nothing more may fail meanwhile."
        )
    if own["part"] == _NFS_SERVER:
        return (
            "All files are on it, and no other host can take them over: clients wait while it is away. To switch it off"
            " for longer stop ctdb.service on all nodes first, and start it again afterwards."
        )
    if own["part"] == _PAIR and action == "evacuate":
        return (
            "A pair does that by itself: it fences a host that does not answer, and the other one takes over. Where it"
            " has not, the playbook status says why. To take a host out of service that answers use action=drain."
        )
    return None


def _unfit(own: Mapping[str, t.Any], action: str) -> str | None:
    """Why the action does not fit the state of the host."""
    if action == "evacuate":
        if own["part"] == _POOL and own["serves"]:
            return "It answers and serves. To take it out of service without harm use action=drain."
        if own["part"] != _POOL and own["reached"]:
            return "It can be reached. To take it out of service without harm use action=drain."
        return None
    if not own["reached"]:
        can = action == "drain" and own["part"] != _PAIR
        more = " To take it out of service as it is use action=evacuate." if can else ""
        return f"It cannot be reached.{more}"
    return None


def _alone(own: Mapping[str, t.Any], serving: Sequence[str], action: str, accepted: str) -> str | None:
    """Why the others are too few."""
    if not serving:
        if accepted == OUTAGE:
            return None
        return f"No other host would serve clients. If that is what you want, say -e accept={OUTAGE}."
    # What does not serve takes no redundancy along.
    if len(serving) == 1 and action == "drain" and own["serves"] and not accepted:
        return (
            f"Only {serving[0]} would be left, and nothing more may fail then."
            f" If that is what you want, say -e accept={NO_REDUNDANCY}."
        )
    return None


def _needed(volume: Mapping[str, t.Any]) -> str | None:
    """Why the volume needs the bricks of every host; draining leaves them running, but what comes next may not."""
    ending = f" If the host stays switched on, say -e accept={NO_REDUNDANCY}."
    if volume["may_fail"] == 0:
        return f"The volume {volume['name']} has no brick to spare.{ending}"
    if volume["pending"]:
        changes = count(volume["pending"], "change")
        return f"{changes} of the volume {volume['name']} not healed yet: this host may have the only good one.{ending}"
    return None
