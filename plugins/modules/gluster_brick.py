#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gluster_brick
short_description: Directories for the bricks of GlusterFS volumes
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Makes the directories that are to become bricks, on the host that carries them, and tells whether they can.
  - A brick in use is left alone. Otherwise the directory must be absent or empty, since C(gluster volume create) itself
    takes over directories that hold files.
  - What an interrupted creation or a deleted volume left in a directory without any data of users (GlusterFS's own
    directories and extended attributes) is removed, since C(gluster volume create) refuses such a directory. Data of
    users is never removed.
  - All faults of all bricks are told in one message, and nothing is changed then.
  - To be run after the host was added to the pool, so that its volumes are known.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
options:
  bricks:
    description: The bricks on this host.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Absolute path of the directory.
        type: str
        required: true
      volume:
        description: Name of the volume that it belongs to, or will belong to.
        type: str
        required: true
  allow_root_disk:
    description: Whether new bricks may lie on the same disk as C(/).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Brick directories of this host
  samba_ha.cluster.gluster_brick:
    bricks:
      - path: /srv/gluster/data
        volume: data
      - path: /srv/gluster/ctdb
        volume: ctdb
"""

RETURN = r"""
bricks:
  description: The bricks as they are after the run, or would be.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Absolute path of the directory.
      type: str
    volume:
      description: Name of the volume.
      type: str
    state:
      description:
        - V(in use) for a brick of the volume, V(ready) for an empty directory.
        - V(unknown) for one that is marked as a brick while glusterd does not answer; nothing is done to it then.
      type: str
  sample:
    - path: /srv/gluster/data
      volume: data
      state: in use
"""

import os
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing, Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import (
    GlusterdDown,
    Volume,
    load_own_uuid,
    load_volumes,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_brick import (
    Found,
    clear,
    examine,
    first_names,
    make,
)

IN_USE = "in use"
READY = "ready"
UNKNOWN = "unknown"


class Fault(Exception):
    """What is wrong with one brick: told together with those of the others."""

    def __init__(self, wanted: str, found: str, remedy: str) -> None:
        super().__init__(f"wanted {wanted}, found {found}; {remedy}")


class Pool(t.NamedTuple):
    """What glusterd knows: all volumes, and the uuid that marks this host's bricks."""

    volumes: tuple[Volume, ...]
    own_uuid: str


def load_pool(runner: Runner) -> Pool | None:
    """None where no glusterd answers."""
    try:
        return Pool(load_volumes(runner), load_own_uuid(runner))
    except (GlusterdDown, CommandMissing):
        return None


def judge(found: Found, volume: str, pool: Pool | None, *, allow_root_disk: bool) -> str:
    """What the brick is (IN_USE, UNKNOWN) or is to become (READY).

    :raises Fault: it can be neither.
    """
    if found.exists and not found.is_directory:
        raise Fault("a directory", "something else", "move it away or name another path")
    if found.stamped_above is not None:
        raise Fault(
            "a directory outside of other bricks", f"the brick {found.stamped_above} above it", "name another path"
        )
    if found.stamped and pool is None:
        return UNKNOWN
    owners = [v for v in pool.volumes if v.id == found.volume_id] if pool and found.volume_id else []
    if owners:
        if owners[0].name != volume:
            raise Fault(f"a brick of volume {volume}", f"a brick of volume {owners[0].name}", "name another path")
        return IN_USE
    expected = _volume_with_brick(pool, found.path) if pool else None
    if expected is not None:
        raise Fault(
            f"the brick that volume {expected} has here",
            "a directory without that volume's mark" if found.exists else "no such directory",
            "mount the disk it is on, or replace the lost brick (gluster volume reset-brick)",
        )
    if found.stamped and (found.entries or found.data):
        held = first_names(found.entries) if found.entries else "files under .glusterfs"
        raise Fault(
            "an unused directory",
            f"data of an earlier volume with id {found.volume_id or 'unknown'}: {held}",
            "save what you need and empty it yourself, or name another path",
        )
    if found.entries:
        raise Fault("an empty directory", first_names(found.entries), "empty it yourself or name another path")
    if found.on_root_disk and not allow_root_disk:
        raise Fault(
            "a directory on a disk of its own",
            "the root disk",
            "mount a disk above it, or set gluster_allow_root_disk to true where a full root disk is no danger",
        )
    return READY


def _volume_with_brick(pool: Pool, path: str) -> str | None:
    return next(
        (v.name for v in pool.volumes for b in v.bricks if b.path == path and b.host_uuid == pool.own_uuid), None
    )


def inspect(path: str) -> Found:
    if not os.path.isabs(path) or os.path.normpath(path) != path or path == "/":
        raise Fault("an absolute path in its shortest form", path, "correct the path")
    try:
        return examine(path)
    except OSError as exc:
        raise Fault("a readable directory", str(exc), "mend the file system or name another path") from exc


def judge_all(
    wanted: t.Sequence[dict[str, str]], pool: Pool | None, *, allow_root_disk: bool
) -> list[tuple[Found, str]]:
    """Each brick as it is and what it is to be.

    :raises StateError: with the faults of all bricks.
    """
    judged: list[tuple[Found, str]] = []
    faults: list[str] = []
    seen: set[str] = set()
    for brick in wanted:
        path, volume = brick["path"], brick["volume"]
        try:
            if path in seen:
                raise Fault("one volume for each path", "the path named twice", "name another path")
            seen.add(path)
            found = inspect(path)
            judged.append((found, judge(found, volume, pool, allow_root_disk=allow_root_disk)))
        except Fault as exc:
            faults.append(f"{path} (volume {volume}): {exc}")
    if faults:
        raise StateError(
            "bricks",
            wanted="directories that are in use by their volume, empty or absent",
            found="; ".join(f"[{number}] {fault}" for number, fault in enumerate(faults, 1)),
            remedy="Nothing was changed.",
        )
    return judged


def state_before(found: Found, verdict: str) -> str:
    if verdict != READY:
        return verdict
    if found.stamped:
        return "left over from an earlier volume, without data"
    if not found.exists:
        return "absent"
    return READY if found.ready else "empty, with another owner or mode"


def apply(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    """Read, compare, act; returns the module's result."""
    judged = judge_all(params["bricks"], load_pool(runner), allow_root_disk=params["allow_root_disk"])
    before = {found.path: state_before(found, verdict) for found, verdict in judged}
    after = {found.path: verdict for found, verdict in judged}
    if not check_mode:
        for found, verdict in judged:
            if before[found.path] != verdict:
                if found.stamped:
                    clear(found.path)
                make(found.path)
    warnings = [
        f"{path} is marked as a brick, but no glusterd answers that could tell of which volume: left as it is."
        for path, verdict in after.items()
        if verdict == UNKNOWN
    ]
    bricks = [{**brick, "state": after[brick["path"]]} for brick in params["bricks"]]
    return {
        "changed": before != after,
        "diff": {"before": before, "after": after},
        "bricks": bricks,
        "warnings": warnings,
    }


def main() -> t.NoReturn:
    brick = {"path": {"type": "str", "required": True}, "volume": {"type": "str", "required": True}}
    module = AnsibleModule(
        argument_spec={
            "bricks": {"type": "list", "elements": "dict", "required": True, "options": brick},
            "allow_root_disk": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    finish(module, lambda: apply(module.params, run, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
