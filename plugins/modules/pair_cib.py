#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pair_cib
short_description: Configure the resources of a pair
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Brings cluster properties, resources, constraints and fence devices in Pacemaker's CIB to the wanted state.
  - The wanted configuration is built whole and compared with the live one. It is checked with C(crm_verify), the
    difference is pushed in one change, and Pacemaker is given time to do what follows from it.
  - Run it on one node. Pacemaker replicates the CIB.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
  - samba_ha.cluster.pair_constraints
attributes:
  check_mode:
    details:
      - C(crm_verify) judges the configuration in check mode too, and C(crm_simulate) tells the restarts.
      - A host on which Pacemaker does not run yet counts as one with an empty configuration.
      - Restarts without O(allow_restart) are a warning, where a run would fail.
  diff_mode:
    details:
      - Values of O(fence_devices[].secrets) are not shown, only that they change. Neither are values of options that
        the module's own options do not give, since nobody knows whether they are secret.
  idempotent:
    details:
      - What exists keeps its ids, whatever tool chose them.
options:
  properties:
    description:
      - Cluster properties, such as C(no-quorum-policy). Those that are not named are left alone.
      - One whose value is null is removed, so that Pacemaker's default holds.
      - Those that Pacemaker writes itself (C(cluster-name), C(dc-version), C(have-watchdog) and the like) are refused.
    type: dict
    default: {}
  resource_defaults:
    description: Meta attributes that hold for all resources, such as C(resource-stickiness). As O(properties).
    type: dict
    default: {}
  resources:
    description: The resources, each whole. Options, operations and meta attributes that are not given are removed.
    type: list
    elements: dict
    default: []
    suboptions:
      id: {description: Its id., type: str, required: true}
      agent:
        description: Such as V(ocf:heartbeat:IPaddr2) or V(lsb:samba-ha-pair).
        type: str
        required: true
      options:
        description: The agent's options. One whose value is null is as if it were not given.
        type: dict
        default: {}
      operations:
        description: What is done to it other than by the agent's defaults.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description: V(monitor), V(start), V(stop) and so on.
            type: str
            required: true
          interval:
            description: How often, such as V(10s). V(0s) stands for an operation that is not repeated.
            type: str
            default: 0s
          timeout:
            description: How long it may take, such as V(20s).
            type: str
          on_fail:
            description: What Pacemaker does when it fails, such as V(fence).
            type: str
          role:
            description: In which role of a promotable resource, such as V(Promoted).
            type: str
          options:
            description: Options of this operation only, such as C(OCF_CHECK_LEVEL).
            type: dict
            default: {}
      meta:
        description:
          - Meta attributes, such as C(migration-threshold).
          - C(target-role), C(is-managed) and C(maintenance) are left alone unless they are named. With them an
            administrator takes a resource out of service for a while.
        type: dict
        default: {}
  groups:
    description: Resources that run together on one node, start in order and stop in the reverse order.
    type: list
    elements: dict
    default: []
    suboptions:
      id: {description: Its id., type: str, required: true}
      members:
        description: Ids of O(resources), in order. What else is in the live group follows them, unless purged.
        type: list
        elements: str
        required: true
      meta:
        description: As O(resources[].meta).
        type: dict
        default: {}
  clones:
    description: Resources that run on several nodes at a time.
    type: list
    elements: dict
    default: []
    suboptions:
      id: {description: Its id., type: str, required: true}
      resource: {description: The id of one of O(resources) that is in no group., type: str, required: true}
      meta:
        description: As O(resources[].meta). With C(promotable) one of them can be promoted.
        type: dict
        default: {}
  fence_devices:
    description: The fence devices, each whole.
    type: list
    elements: dict
    default: []
    suboptions:
      id: {description: Its id., type: str, required: true}
      agent:
        description: Such as V(stonith:fence_ipmilan).
        type: str
        required: true
      hosts:
        description: The nodes that it fences.
        type: list
        elements: str
        required: true
      delay:
        description:
          - Seconds that it waits before it acts. Give one device of a pair some, so that two nodes that have lost each
            other do not fence each other at once.
        type: int
      options:
        description: The agent's options, and Pacemaker's own that begin with C(pcmk_).
        type: dict
        default: {}
      secrets:
        description: Those of its options that are not to be shown.
        type: dict
        default: {}
      interval:
        description: How often Pacemaker asks the device whether it answers.
        type: str
        default: 60s
      timeout:
        description: How long that may take, such as V(20s).
        type: str
  fence_levels:
    description: In which order devices are tried. Not needed where each node has one device.
    type: list
    elements: dict
    default: []
    suboptions:
      node:
        description: The node that is fenced.
        type: str
        required: true
      level:
        description: The lowest is tried first.
        type: int
        required: true
      devices:
        description: Ids of O(fence_devices), all of which must succeed.
        type: list
        elements: str
        required: true
  purge:
    description:
      - Whether to remove resources, constraints, fence devices and fence levels that are not named. Pacemaker stops
        what it runs of them, for which O(allow_restart) is needed as well.
      - Bundles, clones of groups and constraints with rules stay, as do those that C(crm_resource --ban) or C(--move)
        made for what stays.
    type: bool
    default: false
  allow_restart:
    description:
      - Whether running resources may be restarted or stopped because of the change. If not, it fails before anything
        is changed and names them. Fence devices do not count.
    type: bool
    default: false
  timeout:
    description:
      - Seconds that Pacemaker has to do what follows, at most. Then the module fails and shows the last state seen.
        It also waits where nothing changed, and fails where a named resource does not run that should.
    type: float
    default: 120
notes:
  - It must run as root.
  - It uses C(cibadmin), C(crm_diff), C(crm_verify) and C(crm_simulate), which come with Pacemaker and are the same in
    Debian 12 and 13. C(pcs) and C(crmsh) are not. Their options and output change from release to release, both want
    to own the cluster's configuration files as well, and neither can tell beforehand what will be restarted. A fence
    device's password would be among their arguments, which every user of the host can read.
  - The difference is applied to the CIB as it is at that moment, so what others change meanwhile is kept.
  - Pacemaker keeps secrets in the CIB and writes what changes there to C(/var/log/pacemaker). C(root) and the group
    C(haclient) can read both. Where an agent takes a C(password_script) instead, neither holds the password.
"""

EXAMPLES = r"""
- name: A pair that serves files
  samba_ha.cluster.pair_cib:
    properties:
      stonith-enabled: true
      no-quorum-policy: stop
    resource_defaults:
      resource-stickiness: 100
    resources:
      - id: files-storage
        agent: ocf:heartbeat:Filesystem
        options: {device: "gluster1:/files", directory: /srv/files, fstype: glusterfs}
        operations:
          - {name: monitor, interval: 10s, timeout: 20s, on_fail: fence, options: {OCF_CHECK_LEVEL: 20}}
      - id: files-address
        agent: ocf:heartbeat:IPaddr2
        options: {ip: 192.0.2.10, cidr_netmask: 24}
      - id: files-samba
        agent: lsb:samba-ha-pair
    groups:
      - id: files
        members: [files-storage, files-address, files-samba]
    fence_devices:
      - id: fence-file1
        agent: stonith:fence_ipmilan
        hosts: [file1]
        delay: 5
        options: {ip: 198.51.100.11, username: fence}
        secrets: {password: "{{ vault_ipmi_password }}"}
      - id: fence-file2
        agent: stonith:fence_ipmilan
        hosts: [file2]
        options: {ip: 198.51.100.12, username: fence}
        secrets: {password: "{{ vault_ipmi_password }}"}
    locations:
      - {resource: fence-file1, node: file1, score: -INFINITY}
      - {resource: fence-file2, node: file2, score: -INFINITY}
    purge: true
  run_once: true
"""

RETURN = r"""
restarts:
  description:
    - Ids of the resources that ran and that Pacemaker restarts or stops because of the change, in check mode would.
  returned: success
  type: list
  elements: str
  sample: [files-address, files-samba]
removed:
  description: Ids of the resources, groups and fence devices that are removed.
  returned: success
  type: list
  elements: str
"""

import tempfile
import time
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_push import bring_about
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_wanted import SPEC, read_wanted


def run_module(module: AnsibleModule) -> dict[str, t.Any]:
    params, deadline = module.params, time.monotonic() + module.params["timeout"]
    with tempfile.TemporaryDirectory(dir=module.tmpdir) as directory:
        return bring_about(
            run,
            read_wanted(params),
            directory,
            purge=params["purge"],
            allow_restart=params["allow_restart"],
            deadline=deadline,
            check_mode=module.check_mode,
        )


def main() -> t.NoReturn:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    finish(module, lambda: run_module(module))


if __name__ == "__main__":
    main()
