#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drbd_disk
short_description: Prepare this host's copy of a mirrored disk
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Writes DRBD's metadata to the disk that the resource's configuration names for this host, if that disk is blank.
  - A disk on which anything else is found is refused, and what is on it told. One that has DRBD's metadata is left as
    it is, whatever data it has.
  - A copy without data is brought up, so that it is filled from the other one, or both can begin together (see
    M(samba_ha.cluster.drbd_filesystem)). To bring up others is the cluster manager's part.
  - Where the resource is up, changed settings are applied to it. Another disk or address is not, since that would
    interrupt it.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
options:
  resource:
    description: The resource's name in DRBD's configuration.
    type: str
    required: true
notes:
  - It must run as root, and DRBD's configuration has to be there.
  - Blank is a disk on which blkid(8) finds nothing and whose first MiB is zero.
seealso:
  - module: samba_ha.cluster.drbd_info
"""

EXAMPLES = r"""
- name: Prepare this host's copy
  samba_ha.cluster.drbd_disk:
    resource: projects
"""

RETURN = r"""
disk:
  description: The disk.
  returned: success
  type: str
  sample: /dev/disk/by-id/wwn-0x5000c500a1b2c3d4
up:
  description: Whether the resource is up on this host, or would be.
  returned: success
  type: bool
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._drbd import load_resources
from ansible_collections.samba_ha.cluster.plugins.module_utils._drbd_copy import (
    METADATA,
    Copy,
    is_new,
    load_copy,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish

_LIMIT = 120.0
"""Seconds for what writes to the disk. The metadata of 1 TiB are 32 MiB."""


def has_metadata(copy: Copy) -> bool:
    """Whether the disk has DRBD's metadata; if not, it is blank.

    :raises StateError: there is something else on it.
    """
    if copy.content == METADATA:
        return True
    if copy.content is None and copy.zeros:
        return False
    raise StateError(
        copy.disk,
        wanted="a blank disk, or one with DRBD's metadata",
        found=copy.content or "data that are not recognised in its first MiB",
        remedy="Nothing was changed. Name another disk, or if nothing on it is needed: wipefs --all DISK, and then"
        " dd if=/dev/zero of=DISK bs=1M count=1.",
    )


def changed_settings(runner: Runner, name: str) -> list[str]:
    """Which kinds of settings a resource that is up has otherwise than its configuration says.

    :raises StateError: its disk or addresses are others.
    """
    # Each line is a command that would be run. `attach` or `connect` alone stand for what was lost, and not changed.
    lines = runner(("drbdadm", "--dry-run", "adjust", name)).stdout.splitlines()
    commands = [line.split()[1] for line in lines if line.split()[1:]]
    if {"detach", "disconnect", "del-minor"} & {*commands}:
        raise StateError(
            f"DRBD resource {name}",
            wanted="a resource that is up with the disk and the addresses of its configuration",
            found=f"one that needs {', '.join(commands)}",
            remedy="Take the host out of service and return it with the playbook failover; one host after the other.",
        )
    return [command for command in commands if command.endswith("-options")]


def bring_about(runner: Runner, name: str, *, check_mode: bool) -> dict[str, t.Any]:
    copy = load_copy(runner, name)
    up = any(each.name == name for each in load_resources(runner, _LIMIT))
    prepared = has_metadata(copy)
    steps = []
    if not prepared:
        steps.append(("create-md", name))
    elif up:
        steps += [(kind, name) for kind in changed_settings(runner, name)]
    if up and not prepared:
        # The disk was replaced.
        steps.append(("attach", name))
    elif not up and (not prepared or copy.file_system is None or is_new(runner, name)):
        steps.append(("up", name))
    if not check_mode:
        for step in steps:
            runner(("drbdadm", *step), timeout=_LIMIT)
    before = {"content": copy.content or "none", "up": up, "settings": "as they were"}
    after = {"content": METADATA, "up": up or ("up", name) in steps, "settings": before["settings"]}
    if options := [command for command, _name in steps if command.endswith("-options")]:
        after["settings"] = f"as configured ({', '.join(options)})"
    return {
        "changed": bool(steps),
        "disk": copy.disk,
        "up": after["up"],
        "diff": {"before": before, "after": after},
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={"resource": {"type": "str", "required": True}},
        supports_check_mode=True,
    )
    finish(module, lambda: bring_about(run, module.params["resource"], check_mode=module.check_mode))


if __name__ == "__main__":
    main()
