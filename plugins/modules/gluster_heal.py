#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gluster_heal
short_description: Heal a replicated GlusterFS volume
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Starts a heal if a volume's bricks noted down entries to be healed, and waits until nothing is pending.
  - Ends the split brain of files that are named, and of no others. All copies of such a file but one are lost.
  - Where a brick or a self-heal daemon is down nothing could be healed, and this is refused.
  - Run it on one host of the pool.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
attributes:
  check_mode:
    support: full
    details:
      - Whether a policy can choose among a file's copies shows only in a real run.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(full=true) each run goes over the whole volume and reports a change.
options:
  volume:
    description: Name of the volume, which must be replicated and started.
    type: str
    required: true
  full:
    description:
      - Go over the whole volume and not only over the entries that the bricks noted down, and wait for the end of that.
        For a brick that came back empty.
      - Files that were deleted on a brick behind Gluster's back may stay unnoticed all the same.
    type: bool
    default: false
  split_brain:
    description: Which files' split brain to end, and how. Files that are not in split brain are left alone.
    type: dict
    suboptions:
      files:
        description:
          - The files by their paths on the volume, or as C(gfid:...).
          - Name them as M(samba_ha.cluster.gluster_info) lists them. A path is not recognised while Gluster lists the
            file by its gfid alone.
        type: list
        elements: str
        required: true
      policy:
        description: Which copy of each file is kept.
        type: str
        choices: [latest-mtime, bigger-file, source-brick]
        required: true
      source_brick:
        description: The brick whose copies are kept, as C(ADDRESS:/PATH). Required with the policy V(source-brick).
        type: str
  timeout:
    description: Seconds to wait for glusterd to answer, for the volume's lock, and for the end of the heal; each.
    type: float
    default: 300
"""

EXAMPLES = r"""
- name: Heal what is pending
  samba_ha.cluster.gluster_heal:
    volume: data
  run_once: true

- name: Keep the later copy of one file, and lose the others
  samba_ha.cluster.gluster_heal:
    volume: data
    split_brain:
      files: [/projects/plan.ods]
      policy: latest-mtime
  run_once: true
"""

RETURN = r"""
bricks:
  description: The bricks' counts after the run, in check mode as they are now.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The brick as C(ADDRESS:/PATH).
      type: str
    pending:
      description: How many entries it noted down that can be healed. Null for a brick that cannot be read.
      type: int
    split_brain:
      description: How many entries it noted down that are in split brain. Null where they were only counted.
      type: int
  sample:
    - name: 192.0.2.11:/srv/gluster/data
      pending: 0
      split_brain: 0
resolved:
  description: Those of O(split_brain.files) that were in split brain and are not any more (in check mode would be).
  returned: success
  type: list
  elements: str
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import Volume, load_volume, when_up
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_heal import (
    Heal,
    SplitFile,
    launch,
    resolve,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_heal_wait import (
    State,
    check_able,
    check_files,
    check_volume,
    load_state,
    wait_crawled,
    wait_healed,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_status import Silent, silent


def diff(heal: Heal, split: t.Iterable[SplitFile]) -> dict[str, t.Any]:
    return {
        "pending": {brick.name: brick.pending for brick in heal.bricks},
        "split_brain": [file.name for file in split],
    }


def settled(heal: Heal) -> dict[str, t.Any]:
    """The state that a run waits for."""
    return {"pending": {brick.name: 0 for brick in heal.bricks}, "split_brain": []}


def act(volume: Volume, state: State, params: dict[str, t.Any], runner: Runner) -> State:
    """Heal, and return the state after it."""
    name, timeout, choice = volume.name, params["timeout"], params["split_brain"]
    for file in state.named:
        policy = [choice["policy"], *([choice["source_brick"]] if choice["policy"] == "source-brick" else [])]
        resolve(runner, name, file.name, policy, timeout=timeout)
    if params["full"]:
        wait_crawled(runner, name, timeout=timeout)
    else:
        launch(runner, name, full=False, timeout=timeout)
    return wait_healed(runner, name, choice["files"] if choice else (), timeout=timeout)


def left_alone(volume: Volume, state: State) -> list[str]:
    """A warning of what stays in split brain, since nobody named it."""
    count = len(state.unnamed) or (0 if state.named else state.heal.split_brain(volume.replica) or 0)
    if not count:
        return []
    return [f"volume {volume.name}: {count} in split brain are left alone; samba_ha.cluster.gluster_info names them"]


def apply(params: dict[str, t.Any], runner: Runner, silent: Silent, *, check_mode: bool) -> dict[str, t.Any]:
    """Read, compare, act; returns the module's result and its warnings."""
    name, timeout, choice = params["volume"], params["timeout"], params["split_brain"]
    volume = check_volume(name, when_up(lambda: load_volume(runner, name), timeout))
    if choice:
        check_files(volume, **choice)
    state = load_state(runner, name, choice["files"] if choice else (), timeout=timeout)
    before = diff(state.heal, state.named)
    resolved = [file.name for file in state.named]
    todo = params["full"] or not state.settled
    if todo:
        check_able(runner, volume, silent, timeout=timeout)
        if not check_mode:
            state = act(volume, state, params, runner)
    return {
        "changed": todo,
        "diff": {"before": before, "after": settled(state.heal) if todo else before},
        "bricks": [vars(brick) for brick in state.heal.bricks],
        "resolved": resolved,
        "warnings": left_alone(volume, state),
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "volume": {"type": "str", "required": True},
            "full": {"type": "bool", "default": False},
            "split_brain": {
                "type": "dict",
                "options": {
                    "files": {"type": "list", "elements": "str", "required": True},
                    "policy": {
                        "type": "str",
                        "choices": ["latest-mtime", "bigger-file", "source-brick"],
                        "required": True,
                    },
                    "source_brick": {"type": "str"},
                },
                "required_if": [("policy", "source-brick", ("source_brick",))],
            },
            "timeout": {"type": "float", "default": 300},
        },
        supports_check_mode=True,
    )
    finish(module, lambda: apply(module.params, run, silent, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
