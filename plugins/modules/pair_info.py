#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pair_info
short_description: Read the state of a pair
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Asks corosync and Pacemaker on this host for votes and links, nodes and resources, what failed and what was fenced.
  - A host on which they do not run is an answer, not a failure; see RV(pair.missing).
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  timeout:
    description: Seconds that each of their tools may take. What has not answered then counts as not running.
    type: float
    default: 8
notes:
  - It must run as root.
"""

EXAMPLES = r"""
- name: Read the state of the pair
  samba_ha.cluster.pair_info:
  register: pair

- name: Insist on a pair that can fail over
  ansible.builtin.assert:
    that:
      - pair.pair.running
      - pair.pair.corosync.quorate
      - pair.pair.fencing
      - pair.pair.nodes.values() | selectattr('online') | rejectattr('standby') | length == 2
      - pair.pair.fence_devices | selectattr('failed') | length == 0
"""

RETURN = r"""
pair:
  description: The pair as the cluster on this host sees it.
  returned: success
  type: dict
  contains:
    running:
      description: Whether corosync and Pacemaker both answer.
      type: bool
    missing:
      description: Why V(corosync), V(pacemaker) or both do not answer, in their tools' own words. Empty if both do.
      type: dict
      sample: {pacemaker: "crm_mon: Connection to cluster failed: Connection refused"}
    corosync:
      description: Membership and links. Null while corosync does not run. All else is null while Pacemaker does not.
      type: dict
      contains:
        quorate:
          description: Whether this node's partition may act.
          type: bool
        expected_votes:
          description: All votes there are, with that of the quorum device.
          type: int
        total_votes:
          description: The votes that this node's partition has.
          type: int
        nodes:
          description: The nodes of corosync.conf.
          type: list
          elements: dict
          contains:
            name:
              description: The node's name.
              type: str
            id:
              description: Its number.
              type: int
            votes:
              description: Its votes. Null while it is not in this node's partition.
              type: int
        qdevice:
          description: The quorum device as this host's corosync-qdevice sees it.
          type: dict
          contains:
            configured:
              description: Whether corosync.conf names one.
              type: bool
            connected:
              description: Whether this host reaches the quorum server.
              type: bool
            state:
              description: In the words of corosync-qdevice, such as V(Connected). Null while it does not run.
              type: str
            algorithm:
              description: In its words as well, such as V(Fifty-Fifty split).
              type: str
        links:
          description: The heartbeat links to each other node, by its name.
          type: dict
          sample:
            file2:
              - {link: 0, address: 192.0.2.12, connected: true}
              - {link: 1, address: 198.51.100.12, connected: false}
    dc:
      description: The node that decides, Pacemaker's designated controller. Null while none is elected.
      type: str
    maintenance:
      description: Whether the whole cluster is in maintenance. Pacemaker then starts, stops and watches nothing.
      type: bool
    fencing:
      description: Whether Pacemaker may fence (C(stonith-enabled)).
      type: bool
    nodes:
      description: The nodes by their names.
      type: dict
      sample:
        file1: {online: true, standby: false, maintenance: false, pending: false, unclean: false, shutdown: false}
    resources:
      description: The resources, without fence devices.
      type: list
      elements: dict
      contains:
        id:
          description: Its id.
          type: str
        group:
          description: The group that it is in. Null without one.
          type: str
        agent:
          description: Such as C(ocf:heartbeat:IPaddr2).
          type: str
        managed:
          description: Whether Pacemaker starts and stops it.
          type: bool
        failed:
          description: Whether it is in a failed state now.
          type: bool
        blocked:
          description: Whether Pacemaker can do nothing for it, because it could not be stopped for example.
          type: bool
        target_role:
          description: What an administrator set. V(Stopped) keeps it stopped. Null where nothing is set.
          type: str
        role:
          description: >-
            V(Started) or V(Stopped); of a promotable resource V(Promoted) or V(Unpromoted). A cloned resource is there
            once for each node.
          type: str
        active_on:
          description: >-
            The nodes on which it runs, as far as is known. It stays on a node that was lost until that was fenced.
          type: list
          elements: str
    failures:
      description: What failed and was not forgotten since (see M(samba_ha.cluster.pair_node) for that).
      type: list
      elements: dict
      contains:
        node:
          description: Where.
          type: str
        resource:
          description: The resource or fence device.
          type: str
        operation:
          description: Such as V(start) or V(monitor).
          type: str
        exit:
          description: The agent's exit status in Pacemaker's words.
          type: str
        reason:
          description: What the agent said. Empty if it said nothing.
          type: str
        at:
          description: When, in seconds of the epoch.
          type: float
    fence_devices:
      description: The fence devices.
      type: list
      elements: dict
      contains:
        id:
          description: Its id.
          type: str
        agent:
          description: Such as C(stonith:fence_ipmilan).
          type: str
        running_on:
          description: The node that watches it. Null if none does. Any node can use it all the same.
          type: str
        failed:
          description: Whether it does not answer the node that watches it.
          type: bool
    fence_history:
      description: What was fenced, or was to be, the newest first.
      type: list
      elements: dict
      contains:
        target:
          description: The node.
          type: str
        action:
          description: V(reboot), V(off) or V(on).
          type: str
        origin:
          description: The node that asked for it.
          type: str
        delegate:
          description: The node that carried it out. Null where none did yet.
          type: str
        status:
          description: V(success), V(failed) or V(pending).
          type: str
        completed:
          description: When, in seconds of the epoch. Null while it is under way.
          type: float
        reason:
          description: Why it failed. Empty if Pacemaker does not tell.
          type: str
    active:
      description: The node on which the resources run. Null if they run nowhere or on two nodes.
      type: str
    error:
      description: What runs where, if resources run on two nodes. Null otherwise.
      type: str
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import load_pair


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={"timeout": {"type": "float", "default": 8}},
        supports_check_mode=True,
    )
    finish(module, lambda: {"changed": False, "pair": load_pair(run, module.params["timeout"])})


if __name__ == "__main__":
    main()
