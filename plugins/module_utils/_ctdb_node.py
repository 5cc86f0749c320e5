# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CTDB node's administrative state: what to do for the wanted one, and when it is reached."""

from __future__ import annotations

import re

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb import Cluster, load_cluster
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_ask import ask
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_tunables import load_tunables

_UNDO = {"banned": "unban", "stopped": "continue", "disabled": "enable"}
"""ctdb's command against each flag that an administrator can take away, in the order in which they are taken away."""

_SET = {"disabled": "disable", "stopped": "stop"}


def managed(flags: tuple[str, ...]) -> list[str]:
    """Those of the flags that commands set and clear; the others CTDB finds by itself."""
    return [flag for flag in flags if flag in _UNDO]


def plan(flags: tuple[str, ...], state: str, *, clear_ban: bool) -> list[str]:
    """The ctdb commands that bring a node with these flags to the state, in order."""
    if state == "enabled":
        return [verb for flag, verb in _UNDO.items() if flag in flags and (clear_ban or flag != "banned")]
    return [] if state in flags else [_SET[state]]


def after(flags: tuple[str, ...], verbs: list[str]) -> list[str]:
    """Those of the managed flags that are set after the commands."""
    left = [flag for flag in managed(flags) if _UNDO[flag] not in verbs]
    return sorted(left + [flag for flag, verb in _SET.items() if verb in verbs])


def observe(runner: Runner, pnn: int) -> Cluster:
    """The cluster as the node itself sees it, or if it takes no part in it, as a node that does.

    A node that takes no part is in recovery mode for as long, and so tells nothing of recoveries.
    """
    own = load_cluster(runner)
    active = [node.pnn for node in own.nodes if node.active]
    asked = next((one for one in (pnn, own.pnn, *active) if one in active), own.pnn)
    return own if asked == own.pnn else load_cluster(runner, node=asked)


def reached(seen: Cluster, pnn: int, state: str) -> bool:
    """Whether the node is in the state, and the cluster has done with the recovery that it may have caused.

    A node that was just continued has no flag, but no generation either until the recovery has taken it in. A node
    that was just stopped is still among the lmasters until the recovery has taken it out.
    """
    node = seen.find(pnn)
    if node is None:
        return False
    if state != "enabled" and state in node.flags and not any(other.active for other in seen.nodes):
        # Nobody is left who could run a recovery.
        return True
    if seen.recovery_mode != "normal" or seen.leader is None or seen.generation is None:
        return False
    if state == "enabled":
        return node.healthy
    return state in node.flags and (state != "stopped" or pnn not in seen.lmasters)


def parse_uptime(text: str) -> int:
    """How many seconds ago the last recovery was, by ``ctdb uptime``, which tells whole ones.

    :raises ValueError: it does not tell.
    """
    found = re.search(r"^Time of last recovery/failover: \((\d+) (\d+):(\d+):(\d+)\)", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"no time of the last recovery in {text!r}")
    days, hours, minutes, seconds = map(int, found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def rest(runner: Runner) -> int:
    """For how many seconds after a recovery CTDB begins no other one (RerecoveryTimeout)."""
    tunables, _unknown = load_tunables(runner)
    return tunables["RerecoveryTimeout"]


def resting(runner: Runner, pnn: int, seconds: int) -> int:
    """For how many seconds at most a cluster still rests that does so for these after the last recovery of a node."""
    # Both of the times that its age is the difference of are cut to whole seconds.
    return max(0, seconds + 1 - parse_uptime(ask(runner, "uptime", node=pnn).stdout))
