#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ctdb_info
short_description: Read the state of a CTDB cluster
version_added: 0.1.0
description:
  - Asks the host's ctdbd for the cluster's nodes, leader and recovery mode.
  - Can wait until the cluster is healthy, that is, no node has a flag set, there is a leader and no recovery runs.
  - Never fails because CTDB is not installed, down or hung, unless it was told to wait; see RV(error).
author:
  - The samba_ha founders (@samba-ha)
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  wait:
    description: What to wait for. V(nothing) reads the state once.
    type: str
    choices: [nothing, healthy]
    default: nothing
  timeout:
    description: Seconds to wait at most. Then the module fails and shows the last state seen.
    type: float
    default: 60
  gather:
    description:
      - What to read as well. Each returned value of the same name tells what it holds.
      - What cannot be read within a few seconds, because another node hangs for example, is null and told in a warning.
    type: list
    elements: str
    choices: [public_addresses, scripts, tunables, databases]
    default: []
"""

EXAMPLES = r"""
- name: Wait until every node of the cluster is healthy
  samba_ha.cluster.ctdb_info:
    wait: healthy
    timeout: 120

- name: Read the state
  samba_ha.cluster.ctdb_info:
  register: cluster

- name: Read all that a status page shows
  samba_ha.cluster.ctdb_info:
    gather: [public_addresses, scripts, tunables, databases]
  register: cluster
"""

RETURN = r"""
running:
  description: Whether a ctdbd answers on this host. If not, the list of nodes is empty and the other values null.
  returned: always
  type: bool
error:
  description: Why RV(running) is false. Null if it is true.
  returned: always
  type: str
  sample: connect() failed, errno=2; Failed to connect to CTDB daemon (/run/ctdb/ctdbd.socket)
healthy:
  description: Whether all nodes are healthy, a leader is known and no recovery runs.
  returned: always
  type: bool
nodes:
  description: The nodes, in the order of their numbers, as this host sees them.
  returned: always
  type: list
  elements: dict
  contains:
    pnn:
      description: The node's number.
      type: int
    address:
      description: The node's address.
      type: str
    flags:
      description: >-
        Those of C(disconnected), C(unknown), C(banned), C(disabled), C(unhealthy), C(stopped), C(inactive) and
        C(partially_online) that are set. None on a healthy node.
      type: list
      elements: str
    this_node:
      description: Whether it is the node that was asked.
      type: bool
pnn:
  description: The number of the node that was asked.
  returned: always
  type: int
leader:
  description: The number of the leader (formerly recovery master), null while there is none.
  returned: always
  type: int
generation:
  description: The number of the databases' generation; each recovery makes a new one. Null while there is none.
  returned: always
  type: int
recovery_mode:
  description: V(normal) or V(recovery).
  returned: always
  type: str
public_addresses:
  description: The public addresses of all active nodes. Null if O(gather) does not ask for it.
  returned: always
  type: list
  elements: dict
  contains:
    address:
      description: The address.
      type: str
    pnn:
      description: The number of the node that holds it, null while none does.
      type: int
  sample: [{address: 192.0.2.77, pnn: 1}]
scripts:
  description:
    - The event scripts of this host's last monitor event, in the order in which they ran. The event ends with the first
      that fails, so later ones are not listed then. Null if O(gather) does not ask for it.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The script's name without its suffix.
      type: str
    status:
      description: V(ok), V(error), V(timedout), V(disabled) or V(cannot_run).
      type: str
    seconds:
      description: How long it ran. Null if it did not run to its end.
      type: float
    output:
      description: What a script that failed said, or why it cannot run. Null if it said nothing, and for all others.
      type: str
  sample: [{name: 50.samba, status: ok, seconds: 0.085, output: null}]
tunables:
  description: The tunables in force on this node, by name. Null if O(gather) does not ask for it.
  returned: always
  type: dict
  sample: {MonitorInterval: 15, RecoveryBanPeriod: 300}
databases:
  description: The attached databases by name. Null if O(gather) does not ask for it.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The database's name.
      type: str
    id:
      description: CTDB's number for it, in hexadecimal form.
      type: str
    persistent:
      description: Whether it is kept on disk on every node and outlives a stop of the cluster.
      type: bool
    replicated:
      description: Whether every node has all of it, but in memory only.
      type: bool
    unhealthy:
      description: Whether this node's copy is damaged.
      type: bool
    readonly:
      description: Whether nodes may hold read-only copies of records.
      type: bool
    sticky:
      description: Whether records that wander much are held back on a node for a while.
      type: bool
    statistics:
      description:
        - Counted by this node since its ctdbd started. C(lock_calls), C(locks_scheduled), C(locks_queued) and
          C(locks_failed) are numbers of locks; C(lock_latency_average), C(lock_latency_max), C(vacuum_latency_average)
          and C(vacuum_latency_max) are seconds; C(readonly_delegations) and C(readonly_revokes) are numbers of records.
        - Null if this node did not give them in time.
      type: dict
    hot_keys:
      description: The records that wandered most between the nodes, at most ten, the hottest first.
      type: list
      elements: dict
      contains:
        key:
          description: The record's key as hexadecimal digits.
          type: str
        count:
          description: The most times that it came to this node within one second.
          type: int
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb import Cluster, load_cluster
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_gather import PARTS, gather
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for


def result(cluster: Cluster) -> dict[str, t.Any]:
    return {
        "changed": False,
        "running": cluster.running,
        "error": cluster.error,
        "healthy": cluster.healthy,
        "nodes": [
            {"pnn": node.pnn, "address": node.address, "flags": list(node.flags), "this_node": node.this_node}
            for node in cluster.nodes
        ],
        "pnn": cluster.pnn,
        "leader": cluster.leader,
        "generation": cluster.generation,
        "recovery_mode": cluster.recovery_mode,
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "wait": {"type": "str", "choices": ["nothing", "healthy"], "default": "nothing"},
            "timeout": {"type": "float", "default": 60},
            "gather": {"type": "list", "elements": "str", "choices": list(PARTS), "default": []},
        },
        supports_check_mode=True,
    )
    try:
        if module.params["wait"] == "healthy":
            cluster = wait_for(
                lambda: load_cluster(run),
                lambda seen: seen.healthy,
                subject="CTDB cluster",
                wanted="every node healthy, a leader and no recovery",
                describe=lambda seen: seen.describe(),
                remedy="On the node that is not: ctdb scriptstatus, and journalctl -b -u ctdb.",
                timeout=module.params["timeout"],
            )
        else:
            cluster = load_cluster(run)
    except StateError as exc:
        module.fail_json(msg=str(exc))
    for line in cluster.warnings:
        module.warn(f"ctdb status: not understood: {line}")
    parts, warnings = gather(run, module.params["gather"] if cluster.running else ())
    for text in warnings:
        module.warn(text)
    module.exit_json(**result(cluster), **parts)


if __name__ == "__main__":
    main()
