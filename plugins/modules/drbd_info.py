#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drbd_info
short_description: Read the state of mirrored disks
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Asks DRBD on this host for its resources, their connections and both copies of each. It needs no configuration file.
  - A host on which no resource is up is an answer, not a failure.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  timeout:
    description: Seconds that C(drbdsetup) may take.
    type: float
    default: 8
notes:
  - It must run as root.
  - It reads what DRBD 8.4 says, which is in Linux. Of DRBD 9 it understands resources with one peer.
"""

EXAMPLES = r"""
- name: Read the state of mirrored disks
  samba_ha.cluster.drbd_info:
  register: drbd

- name: Insist on two copies
  ansible.builtin.assert:
    that: drbd.resources | map(attribute='volumes') | flatten | rejectattr('whole') | length == 0
"""

RETURN = r"""
resources:
  description: The resources that are up on this host.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The resource's name.
      type: str
    role:
      description: V(Primary), where the device can be used, or V(Secondary).
      type: str
    suspended:
      description: Why writes are held back, such as V(fencing). V(no) where they are not.
      type: str
    connection:
      description: >-
        V(Connected), V(Connecting) while the other host is looked for, V(StandAlone) where it is not even looked for,
        or a state between these.
      type: str
    peer_role:
      description: The other host's role. V(Unknown) without a connection.
      type: str
    volumes:
      description: The resource's devices.
      type: list
      elements: dict
      contains:
        number:
          description: The number of the volume, mostly 0.
          type: int
        minor:
          description: The number of the device.
          type: int
        disk:
          description: >-
            What this host's copy is, such as V(UpToDate), V(Inconsistent) while it is being filled, V(Outdated),
            V(Diskless).
          type: str
        peer_disk:
          description: What the other copy is, as far as this host knows. V(DUnknown) where it does not.
          type: str
        replication:
          description: V(Established), V(Off), or which way a resynchronisation goes, such as V(SyncTarget).
          type: str
        out_of_sync:
          description: How much of the two copies differs, in bytes. Null where this host has none.
          type: int
        whole:
          description: Whether both copies are V(UpToDate).
          type: bool
"""

import typing as t
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._drbd import Resource, load_resources
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish


def as_told(resource: Resource) -> dict[str, t.Any]:
    volumes = [{**asdict(each), "whole": each.whole} for each in resource.volumes]
    return {**asdict(resource), "volumes": volumes}


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={"timeout": {"type": "float", "default": 8}},
        supports_check_mode=True,
    )

    def read() -> dict[str, t.Any]:
        resources = load_resources(run, module.params["timeout"])
        return {"changed": False, "resources": [as_told(each) for each in resources]}

    finish(module, read)


if __name__ == "__main__":
    main()
