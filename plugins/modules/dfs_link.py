#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dfs_link
short_description: Manage the DFS links of a root that smbd serves
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Creates, changes or removes the symlinks C(msdfs:server\share) that smbd shows to clients as DFS links, and creates
    the folders above them.
  - All links are read at once and compared; only those that differ are written. Clients see the old link or the new
    one, never none.
  - Nothing but such links is ever removed or replaced. All that is in the way is told at once, before anything is
    changed.
  - In a pool, run it on one node. All nodes serve the same files.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
attributes:
  check_mode:
    details:
      - A root that is not there yet counts as an empty one.
  idempotent:
    details:
      - Links that smbd reads in the same way are the same, whatever slashes they were written with.
options:
  root:
    description:
      - Absolute path of the folder that the root's share serves, where the shared file system is mounted.
    type: path
    required: true
  links:
    description:
      - The links.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description:
          - Path of the link below the root, with slashes. Case does not matter to find a link, but is kept.
        type: str
        required: true
      targets:
        description:
          - Where it leads, in the order in which clients try. Each is C(server\share) or C(server\share\folder), with
            slashes of either kind and with or without two before it. smbd reads 256 of them.
          - A comma cannot be in one, since nothing escapes it.
          - Required when O(links[].state=present).
        type: list
        elements: str
      state:
        description:
          - Whether the link should exist.
        type: str
        choices:
          - present
          - absent
        default: present
  purge:
    description:
      - Whether to remove the links below the root that O(links) does not name. Folders and all else stay.
    type: bool
    default: false
notes:
  - The share needs C(msdfs root = yes), and smbd C(host msdfs = yes), which is its default.
  - Clients keep a referral for the time that smbd tells them, 600 s. A link that has changed reaches them after that.
"""

EXAMPLES = r"""
- name: Lead to the sales department's files and to an archive that two servers hold
  samba_ha.cluster.dfs_link:
    root: /srv/samba_ha/data/dfs/dfs
    links:
      - path: Departments/Sales
        targets: ['files\data\sales']
      - path: Archive
        targets: ['nas1\archive', 'nas2\archive']
    purge: true
"""

RETURN = r"""
links:
  description: All links below the root as they are now, in check mode as they would be, in the order of their paths.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Path below the root, with slashes.
      type: str
    targets:
      description: Where it leads, in order, with backslashes.
      type: list
      elements: str
  sample:
    - path: Departments/Sales
      targets: ['files\data\sales']
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_links import (
    as_lines,
    carry_out,
    outcome,
    plan,
    read_options,
    read_tree,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import decode


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "links": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "path": {"type": "str", "required": True},
                    "targets": {"type": "list", "elements": "str"},
                    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                },
                "required_if": [("state", "present", ["targets"])],
            },
            "purge": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    root = module.params["root"]
    try:
        wanted, absent = read_options(module.params["links"])
        before = read_tree(root, may_lack=module.check_mode)
        todo = plan(root, before, wanted, absent, purge=module.params["purge"])
        if not module.check_mode:
            carry_out(root, todo)
    except StateError as exc:
        module.fail_json(msg=str(exc))
    after = outcome(before, todo)
    module.exit_json(
        changed=bool(todo),
        links=[{"path": path, "targets": decode(text)} for path, text in sorted(after.links.items())],
        diff={"before": as_lines(before), "after": as_lines(after), "before_header": root, "after_header": root},
    )


if __name__ == "__main__":
    main()
