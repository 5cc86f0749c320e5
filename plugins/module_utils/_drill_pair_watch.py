# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pair makes of a drill's fault, and whether it is whole, from what pair_info says. Controller side, pure."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

Pair = Mapping[str, t.Any]

_UNFIT = ("standby", "maintenance", "pending", "unclean", "shutdown")


def proof(now: Pair, before: Pair, host: str, expected: str) -> str:
    """What proves that the pair did what it should; empty as long as it has not.

    :param now: the pair as the host sees it that was not hit.
    :param before: the same before the fault.
    :param host: the one that was hit, which served.
    :param expected: takeover (it is fenced, and then the other one serves), restart (what was killed runs there again),
        alone (it serves on with a link less), or nobody (it could not be fenced, so the other one must not serve).
    """
    if not now["running"]:
        return ""
    return _PROOFS[expected](now, before, host)


def _takeover(now: Pair, before: Pair, host: str) -> str:
    if now["active"] in (None, host) or not _fenced(now, before, host, "success"):
        return ""
    return f"{host} was fenced, then {now['active']} served"


def _restart(now: Pair, before: Pair, host: str) -> str:
    known = [(each["resource"], each["at"]) for each in before["failures"]]
    new = [each["resource"] for each in now["failures"] if (each["resource"], each["at"]) not in known]
    if not new or not _all_on(now, host):
        return ""
    return f"{', '.join(dict.fromkeys(new))} failed and was started again on {host}"


def _alone(now: Pair, before: Pair, host: str) -> str:
    cut = [str(link["link"]) for link in now["corosync"]["links"].get(host, ()) if not link["connected"]]
    if not cut or not _all_on(now, host) or _fenced(now, before, host, "success"):
        return ""
    return f"link {', '.join(cut)} down, {host} serves on"


def _nobody(now: Pair, before: Pair, host: str) -> str:
    others = {node for each in _serving(now) for node in each["active_on"]} - {host}
    if others or not now["nodes"][host]["unclean"] or not _fenced(now, before, host, "failed"):
        return ""
    return f"{host} could not be fenced, and nobody took over"


_PROOFS: dict[str, Callable[[Pair, Pair, str], str]] = {
    "takeover": _takeover,
    "restart": _restart,
    "alone": _alone,
    "nobody": _nobody,
}


def _fenced(now: Pair, before: Pair, host: str, status: str) -> bool:
    """Whether the host was fenced since, or was tried to be."""
    since = max((event["completed"] for event in before["fence_history"] if event["completed"]), default=0)
    return any(
        event["target"] == host and event["status"] == status and event["completed"] and event["completed"] > since
        for event in now["fence_history"]
    )


def _all_on(pair: Pair, host: str) -> bool:
    return bool(pair["resources"]) and all(list(each["active_on"]) == [host] for each in _serving(pair))


def _serving(pair: Pair) -> list[Pair]:
    """The resources without those that stand by on the other host."""
    return [each for each in pair["resources"] if each["role"] != "Unpromoted"]


def lacks(pair: Pair) -> list[str]:
    """What a pair lacks that is whole, in words; nothing if it is."""
    if not pair["running"]:
        return [f"{name}: {why}" for name, why in pair["missing"].items()]
    corosync = pair["corosync"]
    words = [] if corosync["quorate"] else ["no quorum"]
    words += [
        f"link {link['link']} to {peer}"
        for peer, links in corosync["links"].items()
        for link in links
        if not link["connected"]
    ]
    qdevice = corosync["qdevice"]
    words += ["the quorum device"] if qdevice["configured"] and not qdevice["connected"] else []
    words += [
        f"host {name}" for name, node in pair["nodes"].items() if not node["online"] or any(node[w] for w in _UNFIT)
    ]
    words += [each["id"] for each in pair["resources"] if len(each["active_on"]) != 1]
    words += [pair["error"]] if pair["error"] else []
    words += [each["id"] for each in pair["fence_devices"] if each["failed"] or not each["running_on"]]
    words += [f"{each['resource']} failed on {each['node']}" for each in pair["failures"]]
    return words
