#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sbd_info
short_description: Read what disks of SBD hold, and find the watchdog
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Reads the header and the hosts' slots of disks over which SBD sends its messages. It writes to none of them.
  - A disk without a header, or one that cannot be read, is an answer and not a failure; see RV(disks[].error).
  - Tells of the host's watchdog as well, without opening it.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  devices:
    description: The disks, by names that stay the same.
    type: list
    elements: path
    required: true
  timeout:
    description: Seconds that C(sbd) may take for each question. A disk that does not answer then counts as unreadable.
    type: float
    default: 8
notes:
  - It must run as root.
  - C(sbd) says the same of a disk that was never initialised and of one whose reading fails. The system log tells more.
    Look there before C(sbd create), which overwrites a header that is in use.
"""

EXAMPLES = r"""
- name: Read the disk of SBD
  samba_ha.cluster.sbd_info:
    devices:
      - /dev/disk/by-id/wwn-0x600140500000000000000000000000a1
  register: sbd

- name: Insist on a header whose timeouts fit each other
  ansible.builtin.assert:
    that:
      - sbd.disks | rejectattr('header') | length == 0
      - sbd.disks[0].header.msgwait >= 2 * sbd.disks[0].header.watchdog_timeout
"""

RETURN = r"""
disks:
  description: The disks, in the order of O(devices).
  returned: success
  type: list
  elements: dict
  contains:
    device:
      description: The name that was asked for.
      type: str
    path:
      description: Where that name leads. Null where it leads nowhere.
      type: str
    header:
      description: What C(sbd create) wrote. Null where there is none or the disk cannot be read.
      type: dict
      contains:
        uuid:
          description: The header's own name. Hosts that see the same disk read the same one.
          type: str
        watchdog_timeout:
          description: Seconds after which the watchdog resets a host that can no longer read the disk.
          type: int
        msgwait:
          description: Seconds after which a message counts as received, and the host as off.
          type: int
    slots:
      description: The hosts that have a slot, with the last message to each. Empty without a header.
      type: list
      elements: dict
      contains:
        host:
          description: The host.
          type: str
        message:
          description: Such as V(reset). V(clear) is none.
          type: str
        sender:
          description: Who sent it. Null where there is none.
          type: str
    error:
      description: Why there is no header, in the words of C(sbd). Null with one.
      type: str
watchdog:
  description: The host's first watchdog. Null if it has none.
  returned: success
  type: dict
  contains:
    device:
      description: Its device, C(/dev/watchdog).
      type: str
    identity:
      description: How its driver calls it, such as V(Software Watchdog). Null where the kernel does not tell.
      type: str
    in_use:
      description: Whether a program holds it, such as SBD itself. Null where the kernel does not tell.
      type: bool
"""

import typing as t
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._sbd import load_disk, load_watchdog


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "devices": {"type": "list", "elements": "path", "required": True},
            "timeout": {"type": "float", "default": 8},
        },
        supports_check_mode=True,
    )

    def read() -> dict[str, t.Any]:
        disks = [load_disk(run, device, module.params["timeout"]) for device in module.params["devices"]]
        watchdog = load_watchdog()
        return {
            "changed": False,
            "disks": [asdict(disk) for disk in disks],
            "watchdog": asdict(watchdog) if watchdog else None,
        }

    finish(module, read)


if __name__ == "__main__":
    main()
