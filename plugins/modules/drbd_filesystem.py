#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drbd_filesystem
short_description: Begin a mirrored disk with a file system
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Declares two copies that never held data the same, and makes a file system on them. Run it on one of the two hosts,
    after M(samba_ha.cluster.drbd_disk) on both.
  - A copy that has a file system is never touched. One that is filled from the other host is not either.
  - DRBD itself accepts that two copies are declared the same only as long as neither of them ever held data.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
options:
  resource:
    description: The resource's name in DRBD's configuration.
    type: str
    required: true
  fstype:
    description: The file system.
    type: str
    choices: [btrfs, ext4, xfs]
    required: true
  timeout:
    description: Seconds that the two hosts have to find each other, at most. To make the file system may take longer.
    type: float
    default: 60
notes:
  - It must run as root.
  - What a file system never wrote differs between the two disks, and C(drbdadm verify) counts it. Nobody reads it.
seealso:
  - module: samba_ha.cluster.drbd_info
"""

EXAMPLES = r"""
- name: Begin with an empty file system
  samba_ha.cluster.drbd_filesystem:
    resource: projects
    fstype: xfs
  when: inventory_hostname == 'file1'
"""

RETURN = r"""
made:
  description: Whether a file system was made, or would be.
  returned: success
  type: bool
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._drbd import Resource, load_resources
from ansible_collections.samba_ha.cluster.plugins.module_utils._drbd_copy import configured, content_of, load_copy
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

# The disks are blank: nothing is to be discarded, which takes minutes where it means to write zeros.
_MAKERS = {
    "btrfs": ("mkfs.btrfs", "--quiet", "--nodiscard"),
    "ext4": ("mkfs.ext4", "-q", "-E", "nodiscard"),
    "xfs": ("mkfs.xfs", "-q", "-K"),
}

_ANSWER = 8.0
"""Seconds that DRBD may take for an answer."""

_MAKING = 600.0
"""Seconds that it may take to make a file system."""


# What two copies are that have found each other: both without data, this one filled from the other, or the same.
NEW = "new"
FILLED = "filled"
WHOLE = "whole"


def stage(resource: Resource | None) -> str | None:
    """None while they have not found each other, or wait for the other copy to be filled."""
    if resource is None or resource.connection != "Connected":
        return None
    (volume,) = resource.volumes
    if volume.disk == "Inconsistent":
        return NEW if volume.peer_disk == "Inconsistent" else FILLED
    return WHOLE if volume.whole else None


def bring_about(runner: Runner, params: t.Mapping[str, t.Any], *, check_mode: bool) -> dict[str, t.Any]:
    name, fstype = params["resource"], params["fstype"]
    copy = load_copy(runner, name)
    if copy.file_system not in (None, fstype):
        raise StateError(
            copy.disk,
            wanted=fstype,
            found=f"{copy.file_system}",
            remedy="Nothing was changed. Name the file system that is there: it is never made anew.",
        )

    def read() -> Resource | None:
        return next((each for each in load_resources(runner, _ANSWER) if each.name == name), None)

    def wait(*stages: str) -> str | None:
        return stage(
            wait_for(
                read,
                lambda resource: stage(resource) in stages,
                subject=f"DRBD resource {name}",
                wanted="two copies that have found each other, and are both new or the same",
                describe=lambda resource: str(resource) if resource else "none that is up",
                remedy="Prepare both hosts' copies; see `journalctl -k -g drbd` on both, and whether the firewall lets"
                " them reach each other.",
                timeout=params["timeout"],
            )
        )

    made = copy.file_system is None and (stage(read()) if check_mode else wait(NEW, FILLED, WHOLE)) != FILLED
    if made and not check_mode:
        if stage(read()) == NEW:
            runner(("drbdadm", "new-current-uuid", "--clear-bitmap", f"{name}/0"))
            wait(WHOLE)
        _make(runner, name, fstype)
    after = fstype if made else copy.file_system
    diff = {"before": {"file_system": copy.file_system}, "after": {"file_system": after}}
    return {"changed": made, "made": made, "diff": diff}


def _make(runner: Runner, name: str, fstype: str) -> None:
    """Make it while this host may use the device, and no longer."""
    device = configured(runner, name, "sh-dev")
    runner(("drbdadm", "primary", name))
    try:
        if (found := content_of(runner, device)) is not None:
            raise StateError(
                device,
                wanted="a blank device",
                found=found,
                remedy="Nothing was changed. What is needed of it has to be moved away first.",
            )
        runner((*_MAKERS[fstype], device), timeout=_MAKING)
    finally:
        runner(("drbdadm", "secondary", name))


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "resource": {"type": "str", "required": True},
            "fstype": {"type": "str", "choices": [*_MAKERS], "required": True},
            "timeout": {"type": "float", "default": 60},
        },
        supports_check_mode=True,
    )
    finish(module, lambda: bring_about(run, module.params, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
