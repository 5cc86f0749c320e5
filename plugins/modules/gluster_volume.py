#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gluster_volume
short_description: A GlusterFS volume, its layout and its options
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Creates a volume, sets its options before its first start, and starts it; or stops and deletes it.
  - Run it on one host of the pool. Prepare the bricks with M(samba_ha.cluster.gluster_brick) first, since C(gluster)
    itself takes over directories that are not empty.
  - The layout of an existing volume (type, replica count, bricks and their order) is never changed. Another is refused.
  - A run that was interrupted is completed by the next.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
attributes:
  check_mode:
    details:
      - Where glusterd is not installed or does not run yet, it predicts that the volume would be created.
      - Whether glusterd accepts the names and values of options shows only in a real run.
  diff_mode:
    details:
      - Shows those options only that are named in O(options).
options:
  name:
    description: Name of the volume.
    type: str
    required: true
  state:
    description:
      - V(present) means created and started.
      - V(absent) means stopped and deleted. The data stays in the brick directories.
    type: str
    choices: [present, absent]
    default: present
  bricks:
    description:
      - The bricks as C(ADDRESS:/PATH). Their order matters, since each O(replica) bricks in a row hold the same files.
      - Required with O(state=present).
    type: list
    elements: str
  replica:
    description: On how many bricks each file lies, the arbiter included. Required with O(state=present).
    type: int
  arbiter:
    description: With V(1), each third brick holds names and attributes only, and no data. Needs O(replica=3).
    type: int
    choices: [0, 1]
    default: 0
  options:
    description:
      - Volume options by their full names. Options that are not named are left alone.
      - Booleans and words for them (V(true), V(yes), V(enable)) are the same as V(on) or V(off). Other values are
        compared as text.
      - An option whose value is null is reset to its default.
    type: dict
    default: {}
  force:
    description:
      - Consent to bricks on the root disk or directly on a mount point, where glusterd would refuse them.
      - Refusals for other reasons stand.
    type: bool
    default: false
  confirm_delete:
    description: Must repeat O(name) with O(state=absent) where the volume exists, so that none is deleted by mistake.
    type: str
  timeout:
    description: Seconds to wait for glusterd to answer, for the pool's lock, and for the bricks to come online; each.
    type: int
    default: 60
"""

EXAMPLES = r"""
- name: A volume on three hosts
  samba_ha.cluster.gluster_volume:
    name: data
    replica: 3
    bricks:
      - 192.0.2.11:/srv/gluster/data
      - 192.0.2.12:/srv/gluster/data
      - 192.0.2.13:/srv/gluster/data
    options:
      network.ping-timeout: 5
      cluster.quorum-type: auto
      performance.write-behind: false
      performance.cache-size: null
  run_once: true

- name: Delete a volume, leaving its data in the brick directories
  samba_ha.cluster.gluster_volume:
    name: scratch
    state: absent
    confirm_delete: scratch
  run_once: true
"""

RETURN = r"""
volume:
  description:
    - The volume after the run (in check mode as it is now), in the form of this module's options. Null without one.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the volume.
      type: str
    status:
      description: V(Created), V(Started) or V(Stopped).
      type: str
    replica:
      description: On how many bricks each file lies.
      type: int
    arbiter:
      description: How many of these hold no data.
      type: int
    bricks:
      description: The bricks in their order.
      type: list
      elements: str
    options:
      description: All options that are set, also those that glusterd sets by itself.
      type: dict
  sample:
    name: data
    status: Started
    replica: 3
    arbiter: 0
    bricks: ["192.0.2.11:/srv/gluster/data", "192.0.2.12:/srv/gluster/data", "192.0.2.13:/srv/gluster/data"]
    options:
      network.ping-timeout: "5"
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing, Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import (
    GlusterdDown,
    Volume,
    load_volume,
    when_up,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_volume import (
    Layout,
    check_layout,
    create,
    delete,
    differing,
    option_text,
    set_options,
    start,
)


def wanted_options(raw: dict[str, t.Any]) -> dict[str, str | None]:
    return {name: option_text(name, value) for name, value in raw.items()}


def read(runner: Runner, params: dict[str, t.Any], *, check_mode: bool) -> Volume | None:
    """The volume as it is. In check mode a host without glusterd has none yet."""
    if not (check_mode and params["state"] == "present"):
        return when_up(lambda: load_volume(runner, params["name"]), params["timeout"])
    try:
        return load_volume(runner, params["name"])
    except (GlusterdDown, CommandMissing):
        return None


def state_of(volume: Volume | None, managed: t.Iterable[str]) -> dict[str, t.Any]:
    """One side of the diff, with the managed options only; empty where there is no volume."""
    if volume is None:
        return {}
    options = {name: volume.options[name] for name in managed if name in volume.options}
    return {**Layout.of(volume).as_options(), "status": volume.status, "options": options}


def apply_present(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    name, timeout = params["name"], params["timeout"]
    layout = Layout.wanted(name, params["bricks"], params["replica"], params["arbiter"])
    options = wanted_options(params["options"])
    volume = read(runner, params, check_mode=check_mode)
    if volume is not None:
        check_layout(volume, layout)
    before = state_of(volume, options)
    pending = differing(options, volume.options if volume else {})
    kept = {key: value for key, value in before.get("options", {}).items() if key not in pending}
    planned = {**kept, **{key: value for key, value in pending.items() if value is not None}}
    after = {**layout.as_options(), "status": "Started", "options": planned}
    changed = volume is None or bool(pending) or volume.status != "Started"
    if changed and not check_mode:
        if volume is None:
            volume = create(runner, name, layout, force=params["force"], timeout=timeout)
        volume = set_options(runner, volume, options, timeout=timeout)
        if volume.status != "Started":
            volume = start(runner, volume, timeout=timeout)
        after = state_of(volume, options)
    return {"changed": changed, "diff": {"before": before, "after": after}, "volume": as_result(volume)}


def apply_absent(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    volume = read(runner, params, check_mode=check_mode)
    before = state_of(volume, volume.options if volume else ())
    if volume is not None and params["confirm_delete"] != volume.name:
        raise StateError(
            f"volume {volume.name}",
            wanted=f"confirm_delete to name the volume that is to be deleted, {volume.name}",
            found=repr(params["confirm_delete"]),
            remedy="Nothing was deleted. Set confirm_delete if you mean it.",
        )
    after = before
    if volume is not None:
        after = {}
        if not check_mode:
            delete(runner, volume, timeout=params["timeout"])
    left = volume if check_mode else None
    return {"changed": volume is not None, "diff": {"before": before, "after": after}, "volume": as_result(left)}


def as_result(volume: Volume | None) -> dict[str, t.Any] | None:
    if volume is None:
        return None
    return {"name": volume.name, **state_of(volume, volume.options)}


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "bricks": {"type": "list", "elements": "str"},
            "replica": {"type": "int"},
            "arbiter": {"type": "int", "choices": [0, 1], "default": 0},
            "options": {"type": "dict", "default": {}},
            "force": {"type": "bool", "default": False},
            "confirm_delete": {"type": "str"},
            "timeout": {"type": "int", "default": 60},
        },
        required_if=[("state", "present", ("bricks", "replica"))],
        supports_check_mode=True,
    )
    act = apply_present if module.params["state"] == "present" else apply_absent
    finish(module, lambda: act(module.params, run, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
