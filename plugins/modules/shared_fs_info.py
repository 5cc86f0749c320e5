#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: shared_fs_info
short_description: Read whether a shared file system is mounted, answers, can be written and is the same on all nodes
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Looks at mount points of a pool's file systems. A mount that is stuck, broken or missing is an answer and no
    failure, and the module does not hang on it.
  - Can write a marker for each node and read those of the others, which shows that all nodes see one file system.
  - Can see whether the nodes know a file by the same numbers, and hear at once that it has another name.
  - Can measure how fast locks pass between the nodes, and whether data is coherent under them, as C(ping_pong) of
    the package C(ctdb) does. Locks are tried until they are had, as CTDB and smbd do, and not waited for.
  - What it writes lies in the directory C(.samba_ha-check) at the top of the file system. Nothing is written where
    nothing is mounted, so never to the disk below the mount point.
  - Paths are looked at all at once. On one path nothing further is tried after a first operation that is stuck.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
attributes:
  check_mode:
    support: partial
    details:
      - In check mode nothing is written. So RV(mounts[].writable) and RV(mounts[].ping_pong) are null, and no marker
        is looked for.
  diff_mode:
    support: N/A
    details:
      - Its own marker files are all that it writes.
  idempotent:
    support: full
    details:
      - A marker is written anew at each run, in the same file, and is renamed onto the one of the last run.
options:
  paths:
    description: The mount points.
    type: list
    elements: path
    required: true
  marker:
    description:
      - A token that markers hold. Take a new one each time, the same for all nodes, so that old markers do not count.
    type: str
  node:
    description: Write the marker of this node. Without it nothing is written. Needs O(marker).
    type: str
  expect:
    description:
      - The nodes whose markers should hold O(marker). Look for them in a task of its own, after the one that has
        written them on all nodes.
    type: list
    elements: str
    default: []
  within:
    description: Seconds in which all of O(expect) have to be seen. Until then they are looked for again.
    type: float
    default: 0
  renamed:
    description:
      - With O(node), give its marker, which an earlier task has written, a second name in place of the first.
      - With O(expect), look for the markers by their second names. One that is there by its first name as well is not
        seen.
    type: bool
    default: false
  traits:
    description: Tell the numbers of markers as well, and with O(node) whether extended attributes can be stored.
    type: bool
    default: false
  timeout:
    description: Seconds that each operation on a path may take. On a healthy file system each takes milliseconds.
    type: float
    default: 4
  ping_pong:
    description:
      - Pass locks round in a file that all nodes share, and count in another one. Run it on all nodes at the same time
        (O(ping_pong.nodes) of them, with enough forks); otherwise its result means nothing.
      - On NFS the kernel's cache is passed by, as the role P(samba_ha.cluster.direct_io#role) has smbd do.
      - Not a check for every day. It loads the file system, and waits for locks of other nodes.
    type: dict
    suboptions:
      seconds:
        description:
          - How long to run. Each byte has to go round all nodes twice, whose starts may differ by a second or two.
        type: int
        required: true
      nodes:
        description: On how many nodes it runs.
        type: int
        required: true
      mmap:
        description: Read and write by mmap. Samba does not do so on a shared file system.
        type: bool
        default: false
"""

EXAMPLES = r"""
- name: See on every node whether all of them have the same file system
  hosts: pool
  gather_facts: false
  tasks:
    - name: Choose a token, the same for all nodes
      ansible.builtin.set_fact:
        token: "{{ now(utc=true).isoformat() }}"
      run_once: true

    - name: Write this node's marker
      samba_ha.cluster.shared_fs_info:
        paths: [/srv/samba_ha/data]
        marker: "{{ token }}"
        node: "{{ inventory_hostname }}"

    - name: Read the markers of all nodes
      samba_ha.cluster.shared_fs_info:
        paths: [/srv/samba_ha/data]
        marker: "{{ token }}"
        expect: "{{ ansible_play_hosts_all }}"
      register: read

    - name: Measure locks between the nodes
      samba_ha.cluster.shared_fs_info:
        paths: [/srv/samba_ha/data]
        ping_pong: {seconds: 15, nodes: 3}
"""

RETURN = r"""
mounts:
  description: What was found, in the order of O(paths).
  returned: always
  type: list
  elements: dict
  contains:
    path:
      description: The path.
      type: str
    mounted:
      description: Whether a file system is mounted right there. If not, nothing else was tried.
      type: bool
    source:
      description: What is mounted, null without a mount.
      type: str
      sample: 192.0.2.11:/data
    type:
      description: The file system's type, null without a mount.
      type: str
      sample: fuse.glusterfs
    options:
      description: The mount's options, and then the file system's.
      type: list
      elements: str
    responds:
      description: Whether it answered all that it was asked. A refusal is an answer; that the client is dead is not.
      type: bool
    writable:
      description: Whether the marker was written. Null if that was not tried.
      type: bool
    error:
      description: The words of the tool that failed first, null if none did.
      type: str
      sample: "tee: /srv/samba_ha/data/.samba_ha-check/pool1: Read-only file system"
    size_total:
      description: Bytes of the whole file system, null if it did not say.
      type: int
    size_free:
      description: Bytes that an ordinary user can still use, null if it did not say.
      type: int
    markers:
      description: The nodes of O(expect), in that order. Empty if they were not looked for.
      type: list
      elements: dict
      contains:
        node:
          description: The node.
          type: str
        seen:
          description: Whether its marker is there and holds O(marker).
          type: bool
        inode:
          description: The number of its file. Null without O(traits), or if it was not seen.
          type: int
        device:
          description: The number of the file system, as stat(1) tells it. Null as RV(mounts[].markers[].inode).
          type: int
        owner:
          description: The user that the file belongs to. Null as RV(mounts[].markers[].inode).
          type: int
    user_xattrs:
      description: Whether extended attributes of users can be stored. Null without O(traits) and O(node).
      type: bool
    ping_pong:
      description: What O(ping_pong) showed, null if it did not run.
      type: dict
      contains:
        locks_per_second:
          description: Locks that this node took, the median of the run's seconds.
          type: int
        increments:
          description: By how much bytes grew between two visits of this node, each number once.
          type: list
          elements: int
        coherent:
          description: >-
            V(true) if a byte grew by one for each node and never by more. V(false) if it grew by more, or if it never
            grew by that much though the locks passed round often in every second. Null if the run was too slow to tell.
          type: bool
        nodes:
          description: On how many nodes it was said to run.
          type: int
"""

import os
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs import (
    Health,
    Order,
    examine,
    load_mounts,
)


def result(health: Health) -> dict[str, t.Any]:
    values = asdict(health)
    mount = values.pop("mount") or {"source": None, "type": None, "options": ()}
    return {
        **values,
        "mounted": health.mount is not None,
        "source": mount["source"],
        "type": mount["type"],
        "options": mount["options"],
    }


def order_of(params: dict[str, t.Any], *, check_mode: bool) -> Order:
    """The options as an order. In check mode nothing is written, so there is nothing to look for either."""
    if check_mode:
        return Order(params["timeout"])
    ping_pong = params["ping_pong"]
    return Order(
        timeout=params["timeout"],
        node=params["node"],
        token=params["marker"],
        expect=tuple(params["expect"]),
        within=params["within"],
        renamed=params["renamed"],
        traits=params["traits"],
        ping_pong=(ping_pong["seconds"], ping_pong["nodes"], ping_pong["mmap"]) if ping_pong else None,
    )


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "paths": {"type": "list", "elements": "path", "required": True},
            "marker": {"type": "str", "no_log": False},
            "node": {"type": "str"},
            "expect": {"type": "list", "elements": "str", "default": []},
            "within": {"type": "float", "default": 0},
            "renamed": {"type": "bool", "default": False},
            "traits": {"type": "bool", "default": False},
            "timeout": {"type": "float", "default": 4},
            "ping_pong": {
                "type": "dict",
                "options": {
                    "seconds": {"type": "int", "required": True},
                    "nodes": {"type": "int", "required": True},
                    "mmap": {"type": "bool", "default": False},
                },
            },
        },
        required_by={"node": "marker"},
        supports_check_mode=True,
    )
    params = module.params
    if params["expect"] and params["marker"] is None:
        module.fail_json(msg="expect needs marker: the token that the markers should hold.")
    for name in [*params["expect"], *([params["node"]] if params["node"] is not None else [])]:
        if name in ("", ".", "..") or "/" in name or "\0" in name:
            module.fail_json(msg=f"{name!r} cannot be the name of a node's marker: it must be a plain file name.")
    ping_pong = params["ping_pong"]
    if ping_pong and min(ping_pong["seconds"], ping_pong["nodes"]) < 1:
        module.fail_json(msg="ping_pong needs at least one second and one node.")
    order = order_of(params, check_mode=module.check_mode)
    mounts = load_mounts()
    paths = [os.path.normpath(path) for path in params["paths"]]
    with ThreadPoolExecutor(max_workers=max(len(paths), 1)) as pool:
        found = list(pool.map(lambda path: examine(run, path, mounts, order), paths))
    module.exit_json(changed=False, mounts=[result(health) for health in found])


if __name__ == "__main__":
    main()
