#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ctdb_node
short_description: Let a CTDB node serve, or take it out of service
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Enables, disables or stops a node of the cluster that the host belongs to, and waits until the cluster has done so.
  - A restart of ctdbd ends these states. They are for maintenance and no lasting setting.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
attributes:
  check_mode:
    details:
      - Fails as a run would where no ctdbd answers, for a node that is not connected and for a ban that is not to be
        cleared. Does not wait.
  diff_mode:
    details:
      - Shows the flags that commands set and clear, which are C(banned), C(disabled) and C(stopped).
options:
  state:
    description:
      - V(enabled) lets the node serve again. It clears the flags disabled and stopped if they are set, and waits until
        the node has no flag at all. A node that stays unhealthy therefore fails at the deadline.
      - V(disabled) takes the public addresses away from the node. It keeps its place in the databases, and its smbd
        goes on; a front end that heeds the flag sends no more clients to it. A node that is stopped stays so.
      - V(stopped) takes the node out of the databases as well, and its smbd cannot serve. A node that is disabled
        stays so. A node that leads the cluster hands that over first, so that the others need not find out. After a
        recovery CTDB rests for RerecoveryTimeout seconds, which is waited for, since the others need one to go on.
    type: str
    choices: [enabled, disabled, stopped]
    required: true
  node:
    description: The node's number. By default the host's own.
    type: int
  clear_ban:
    description:
      - With O(state=enabled), also ends a ban.
      - CTDB bans a node for RecoveryBanPeriod seconds, by default 300, when recoveries fail because of it or when it
        cannot take the cluster lock. Without a remedy for the cause it bans it again.
    type: bool
    default: false
  timeout:
    description: Seconds to wait at most. Then the module fails and shows the last state seen.
    type: float
    default: 60
"""

EXAMPLES = r"""
- name: Take the host's node out of service before maintenance
  samba_ha.cluster.ctdb_node:
    state: disabled

- name: Let it serve again, and wait until it does
  samba_ha.cluster.ctdb_node:
    state: enabled
    timeout: 120

- name: Stop another node
  samba_ha.cluster.ctdb_node:
    node: 2
    state: stopped
"""

RETURN = r"""
pnn:
  description: The node's number.
  returned: success
  type: int
  sample: 1
flags:
  description:
    - All flags that are set on the node after the run (in check mode as they are now).
    - M(samba_ha.cluster.ctdb_info) lists them.
  returned: success
  type: list
  elements: str
  sample: [disabled]
"""

import contextlib
import time
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandTimeout, Runner, run, words
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb import Cluster, Node, load_cluster
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_node import (
    after,
    managed,
    observe,
    plan,
    reached,
    rest,
    resting,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

_WANTED = {
    "enabled": "no flag on it and no recovery",
    "disabled": "the flag disabled on it and no recovery",
    "stopped": "the flag stopped on it and the others recovered",
}
_REMEDY = (
    "On that node: ctdb scriptstatus, and journalctl -b -u ctdb. If it was banned meanwhile, remove the cause, then "
    "set clear_ban."
)


def find(cluster: Cluster, pnn: int | None) -> Node:
    """The node to act on, which must be one that a command can reach."""
    node = cluster.find(cluster.pnn if pnn is None else pnn)
    if not cluster.running or node is None:
        raise StateError(
            "CTDB on this host" if pnn is None else f"CTDB node {pnn}",
            wanted="a node of a running cluster",
            found=cluster.describe(),
            remedy="Correct the number." if cluster.running else "Start ctdb.service; restart it if it hangs.",
        )
    if "disconnected" in node.flags:
        raise StateError(
            f"CTDB node {node.pnn}",
            wanted="a node that can be reached",
            found=cluster.describe(),
            remedy="Start ctdb.service there and look at the interconnect, port 4379.",
        )
    return node


def refuse_ban(node: Node) -> t.NoReturn:
    raise StateError(
        f"CTDB node {node.pnn}",
        wanted="a node that may serve",
        found="it is banned, by CTDB itself after failed recoveries or without the cluster lock, or by ctdb ban",
        remedy="Read journalctl -b -u ctdb on that node. When the cause is gone, set clear_ban, or wait: a ban by CTDB "
        "ends after RecoveryBanPeriod seconds.",
    )


def act(runner: Runner, pnn: int, verbs: t.Iterable[str], deadline: float) -> list[str]:
    """Give the commands; returns what ctdb said of failures.

    ctdb waits for the addresses to be moved and can fail in that after it has set the flag: the state seen afterwards
    decides, not its exit status.
    """
    said: list[str] = []
    for verb in verbs:
        try:
            done = runner(["ctdb", "-n", str(pnn), verb], ok=range(256), timeout=max(1.0, deadline - time.monotonic()))
        except CommandTimeout:
            said.append(f"ctdb {verb} did not end")
            continue
        if done.rc != 0:
            said.append(f"ctdb {verb}: {words(done.stderr, done.stdout) or f'exit status {done.rc}'}")
    return said


@contextlib.contextmanager
def another_leader(runner: Runner, pnn: int, deadline: float) -> t.Iterator[None]:
    """Have another node lead the cluster, and let this one lead again afterwards, should it be elected.

    A leader that stops is missed only when it has been silent for a while, and until then clients of all nodes wait.
    """
    runner(["ctdb", "-n", str(pnn), "setleaderrole", "off"])
    try:
        wait_for(
            lambda: load_cluster(runner),
            lambda seen: seen.leader not in (None, pnn) and seen.recovery_mode == "normal",
            subject=f"CTDB node {pnn}",
            wanted="another leader before it stops",
            describe=Cluster.describe,
            remedy="On the other nodes: journalctl -b -u ctdb. It may be that none of them gets the cluster lock.",
            timeout=max(0.0, deadline - time.monotonic()),
        )
        yield
    finally:
        runner(["ctdb", "-n", str(pnn), "setleaderrole", "on"])


@contextlib.contextmanager
def relieved(runner: Runner, cluster: Cluster, pnn: int, deadline: float) -> t.Iterator[None]:
    """Let a node be stopped when the others miss it at once, and can take over its part of the databases at once."""
    if not any(node.active for node in cluster.nodes if node.pnn != pnn):
        yield
        return
    with another_leader(runner, pnn, deadline) if cluster.leader == pnn else contextlib.nullcontext():
        after_recovery = rest(runner)
        wait_for(
            lambda: resting(runner, pnn, after_recovery),
            lambda seconds: not seconds,
            subject=f"CTDB node {pnn}",
            wanted="a cluster that may recover at once before it stops",
            describe=lambda seconds: f"recoveries, the last one of which it rests from for another {seconds} s",
            remedy="On the leader: journalctl -b -u ctdb tells why it recovers.",
            timeout=max(0.0, deadline - time.monotonic()),
        )
        yield


def apply(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    """Read, compare, act; returns the module's result."""
    state, deadline = params["state"], time.monotonic() + params["timeout"]
    cluster = load_cluster(runner)
    node = find(cluster, params["node"])
    if state == "enabled" and "banned" in node.flags and not params["clear_ban"]:
        refuse_ban(node)
    pnn, before = node.pnn, node.flags
    verbs = plan(before, state, clear_ban=params["clear_ban"])
    expected = after(before, verbs)
    if not check_mode:
        with relieved(runner, cluster, pnn, deadline) if "stop" in verbs else contextlib.nullcontext():
            said = act(runner, pnn, verbs, deadline)
        cluster = wait_for(
            lambda: observe(runner, pnn),
            lambda seen: reached(seen, pnn, state),
            subject=f"CTDB node {pnn}",
            wanted=_WANTED[state],
            describe=lambda seen: "; ".join([seen.describe(), *said]),
            remedy=_REMEDY,
            timeout=max(0.0, deadline - time.monotonic()),
        )
        node = cluster.find(pnn) or node
        expected = sorted(managed(node.flags))
    return {
        "changed": bool(verbs),
        "diff": {"before": {"flags": sorted(managed(before))}, "after": {"flags": expected}},
        "pnn": pnn,
        "flags": list(node.flags),
        "warnings": [f"ctdb status: not understood: {line}" for line in cluster.warnings],
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "state": {"type": "str", "choices": ["enabled", "disabled", "stopped"], "required": True},
            "node": {"type": "int"},
            "clear_ban": {"type": "bool", "default": False},
            "timeout": {"type": "float", "default": 60},
        },
        supports_check_mode=True,
    )
    finish(module, lambda: apply(module.params, run, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
