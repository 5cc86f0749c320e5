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
author:
  - The samba_ha founders (@samba-ha)
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
  - samba_ha.cluster.attributes.actiongroup_samba_ha
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
"""

EXAMPLES = r"""
- name: Wait until every node of the cluster is healthy
  samba_ha.cluster.ctdb_info:
    wait: healthy
    timeout: 120

- name: Read the state
  samba_ha.cluster.ctdb_info:
  register: cluster
"""

RETURN = r"""
running:
  description: Whether a ctdbd answers on this host. If not, the lists are empty and the other values null.
  returned: always
  type: bool
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
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb import Cluster, load_cluster
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for


def result(cluster: Cluster) -> dict[str, t.Any]:
    return {
        "changed": False,
        "running": cluster.running,
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
    module.exit_json(**result(cluster))


if __name__ == "__main__":
    main()
