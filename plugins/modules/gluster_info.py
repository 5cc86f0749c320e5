#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gluster_info
short_description: Read the state of a GlusterFS pool and its volumes
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Asks the host's glusterd for its peers and, if wanted, for volumes, bricks and what is to be healed.
  - A pool that is not well is an answer, not a failure. What could not be learnt is null, and RV(error) says why.
  - While a peer does not answer in which glusterd still believes (up to half a minute after it was cut off), only those
    requests are sent that the other hosts need not answer. The others would block for minutes with the volume locked.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  gather:
    description:
      - What to read beside the peers. What is not gathered is null.
      - V(volumes) reads the volumes and their options. The others include it.
      - V(bricks) reads which bricks and self-heal daemons run, and the bricks' sizes. It takes each volume's lock for a
        moment.
      - V(heal) reads which entries are to be healed. It costs 0.1 s for each volume where nothing is, some 2 s for 1000
        entries, 10 s while these are being healed, and 10 s with a brick on a host that is cut off.
    type: list
    elements: str
    choices: [volumes, bricks, heal]
    default: []
  timeout:
    description:
      - Seconds that each request may take, with its repetitions while another transaction holds a volume.
      - An RV(volumes[].heal) that takes longer is only counted, and the next volumes get no more than 2 s for theirs.
    type: float
    default: 8
"""

EXAMPLES = r"""
- name: Read all there is
  samba_ha.cluster.gluster_info:
    gather: [bricks, heal]
  register: pool

- name: Insist on a pool that is whole
  ansible.builtin.assert:
    that:
      - pool.running
      - pool.error is none
      - pool.peers | rejectattr('connected') | length == 0
      - pool.volumes | map(attribute='heal.pending') | sum == 0
"""

RETURN = r"""
running:
  description: Whether glusterd answers on this host. If not, the peers are empty and all else is null.
  returned: always
  type: bool
error:
  description: Why something is missing below, in full sentences. Null if nothing is.
  returned: always
  type: str
uuid:
  description: The identity of the local glusterd.
  returned: always
  type: str
peers:
  description: The other hosts of the pool, never the local one.
  returned: always
  type: list
  elements: dict
  contains:
    uuid:
      description: The identity of its glusterd.
      type: str
    address:
      description: The address under which the pool knows the host.
      type: str
    names:
      description: All addresses under which the pool knows it.
      type: list
      elements: str
    connected:
      description: Whether the local glusterd believes that it can reach it.
      type: bool
    state:
      description: The state of the handshake in glusterd's words. Normal is C(Peer in Cluster).
      type: str
volumes:
  description: The volumes. Null if not gathered.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the volume.
      type: str
    id:
      description: Its identity.
      type: str
    status:
      description: V(Created), V(Started) or V(Stopped).
      type: str
    type:
      description: Its type in glusterd's words, such as V(Replicate) or V(Distributed-Replicate).
      type: str
    replica:
      description: On how many bricks each file lies.
      type: int
    arbiter:
      description: How many of these hold no data.
      type: int
    options:
      description: >-
        All options that are set, also those that glusterd sets by itself, as
        O(samba_ha.cluster.gluster_volume#module:options) takes them.
      type: dict
    bricks:
      description: The bricks in their order; each RV(volumes[].replica) in a row hold the same files.
      type: list
      elements: dict
      contains:
        name:
          description: The brick as C(ADDRESS:/PATH).
          type: str
        address:
          description: The address of its host.
          type: str
        path:
          description: Its directory.
          type: str
        host_uuid:
          description: The identity of its host's glusterd.
          type: str
        online:
          description: >-
            Whether its process runs, as its host's glusterd says. Null where that cannot be asked; the brick may
            run all the same.
          type: bool
        pid:
          description: The number of its process, null without one.
          type: int
        size_total:
          description: Bytes of the file system that holds the brick.
          type: int
        size_free:
          description: Bytes of it that are free.
          type: int
        inodes_total:
          description: Inodes of that file system.
          type: int
        inodes_free:
          description: Inodes of it that are free.
          type: int
    self_heal_daemons:
      description: >-
        The self-heal daemons, sorted by address. Null if bricks were not gathered; empty for volumes that are not
        replicated or not started.
      type: list
      elements: dict
      contains:
        address:
          description: The address of the host.
          type: str
        online:
          description: Whether it runs. Null where its host's glusterd cannot be asked.
          type: bool
    quorum:
      description: >-
        Whether clients may write, by the option C(cluster.quorum-type). Null if bricks were not gathered, and for types
        of volumes that are neither replicated nor distributed.
      type: dict
      contains:
        type:
          description: V(auto) (the default from three copies on), V(fixed) or V(none).
          type: str
        needed:
          description: >-
            How many bricks of each replica set must be online. With V(auto) and an even number, half of them are enough
            if the first is among them.
          type: int
        online:
          description: How many are, in the replica set that has the fewest.
          type: int
        met:
          description: Whether that holds for all replica sets. Null where it depends on bricks that are not known.
          type: bool
    heal:
      description: >-
        What is to be healed. Null if not gathered or not known, and for volumes that are not replicated or not started.
      type: dict
      contains:
        pending:
          description: >-
            How many entries wait to be healed, at least. Those in split brain are among them only where
            RV(volumes[].heal.split_brain) is null.
          type: int
        split_brain:
          description: How many entries are in split brain. Null where the entries could only be counted.
          type: int
        split_brain_files:
          description: >-
            Their paths on the volume, or C(gfid:...) where the path is not known. Null where they are not known.
          type: list
          elements: str
        unreadable_bricks:
          description: The bricks that this host's client could not read, as C(ADDRESS:/PATH).
          type: list
          elements: str
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import Brick, Peer
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_pool import Pool, VolumeView, load_pool
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_status import BrickStatus, key, place, silent


def result(pool: Pool) -> dict[str, t.Any]:
    return {
        "changed": False,
        "running": pool.running,
        "error": "; ".join(pool.errors) or None,
        "uuid": pool.uuid,
        "peers": [peer_result(peer) for peer in pool.peers],
        "volumes": None if pool.volumes is None else [volume_result(view) for view in pool.volumes],
    }


def peer_result(peer: Peer) -> dict[str, t.Any]:
    return {
        "uuid": peer.uuid,
        "address": peer.address,
        "names": sorted(peer.names),
        "connected": peer.connected,
        "state": peer.state_text,
    }


def volume_result(view: VolumeView) -> dict[str, t.Any]:
    volume = view.volume
    return {
        **{name: getattr(volume, name) for name in ("name", "id", "status", "type", "replica", "arbiter", "options")},
        "bricks": [brick_result(brick, view) for brick in volume.bricks],
        "self_heal_daemons": None if view.daemons is None else [vars(daemon) for daemon in view.daemons],
        "quorum": None if view.quorum is None else vars(view.quorum),
        "heal": heal_result(view),
    }


def brick_result(brick: Brick, view: VolumeView) -> dict[str, t.Any]:
    status = view.status.bricks[key(brick)] if view.status else BrickStatus()
    address, path = place(brick)
    return {"name": brick.name, "address": address, "path": path, "host_uuid": brick.host_uuid, **vars(status)}


def heal_result(view: VolumeView) -> dict[str, t.Any] | None:
    if view.heal is None:
        return None
    return {
        "pending": view.pending,
        "split_brain": view.split_brain,
        "split_brain_files": None if view.split_files is None else [file.name for file in view.split_files],
        "unreadable_bricks": list(view.heal.unreadable),
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "gather": {"type": "list", "elements": "str", "choices": ["volumes", "bricks", "heal"], "default": []},
            "timeout": {"type": "float", "default": 8},
        },
        supports_check_mode=True,
    )
    module.exit_json(**result(load_pool(run, silent, module.params["gather"], timeout=module.params["timeout"])))


if __name__ == "__main__":
    main()
