#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: smb_share
short_description: Manage shares in Samba's registry
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Creates, changes or removes shares in Samba's registry configuration, with C(net conf).
  - All shares are read at once, built whole and compared. Only those that differ are written, each in one transaction.
    smbd never sees one half written or missing, and takes it up by itself. Parameters that are not given are removed.
  - In a pool, run it on one node. CTDB replicates the registry to all.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
attributes:
  check_mode:
    details:
      - The wanted shares are checked by Samba itself, also in check mode, in a registry of their own that is thrown
        away.
      - Where Samba is not installed yet, names and values are shown as given and not as Samba writes them.
  idempotent:
    details:
      - Synonyms and inverse parameters are compared by the names under which Samba stores them.
        V(writeable) is stored as V(read only).
options:
  shares:
    description:
      - The shares.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name of the share, as clients see it.
          - Case does not matter to find a share. One with the same name in other case is renamed.
        type: str
        required: true
      state:
        description:
          - Whether the share should exist.
          - Removing a share leaves its files alone.
        type: str
        choices:
          - present
          - absent
        default: present
      path:
        description:
          - Absolute path of the directory that is shared. Inside the volume, when O(shares[].parameters) use
            C(vfs objects = glusterfs).
          - Required when O(shares[].state=present).
        type: str
      parameters:
        description:
          - Parameters of the share as in smb.conf(5), without C(path).
          - Booleans become C(yes) and C(no). Several blanks in a row count as one, as everywhere in smb.conf.
        type: dict
        default: {}
  purge:
    description:
      - Whether to remove the shares that O(shares) does not name. Their files stay.
      - Sections that are no plain share (C(global), C(homes), C(printers), C(print$)) always stay.
    type: bool
    default: false
notes:
  - Shares are served only if smb.conf says C(include = registry) or C(registry shares = yes).
  - Access rights that were set on a share with C(sharesec) are kept when the share is changed.
"""

EXAMPLES = r"""
- name: Share one directory, and take another share away but keep its files
  samba_ha.cluster.smb_share:
    shares:
      - name: projects
        path: /srv/projects
        parameters:
          read only: false
          valid users: "@staff"
          vfs objects: glusterfs_fuse
      - name: old projects
        state: absent
"""

RETURN = r"""
shares:
  description: All shares of the registry as they are now, in check mode as they would be, in the order of their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the share.
      type: str
    path:
      description: The shared directory. Empty for a section without one.
      type: str
    parameters:
      description: All other parameters, named as Samba stores them.
      type: dict
  sample:
    - name: projects
      path: /srv/projects
      parameters:
        read only: "no"
        valid users: "@staff"
"""

import tempfile
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba import Share
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba_shares import diff_of, ensure, read_options


def _as_result(share: Share) -> dict[str, object]:
    rest = {key: value for key, value in share.parameters.items() if key != "path"}
    return {"name": share.name, "path": share.parameters.get("path", ""), "parameters": rest}


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "shares": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                    "path": {"type": "str"},
                    "parameters": {"type": "dict", "default": {}},
                },
                "required_if": [("state", "present", ["path"])],
            },
            "purge": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    params = module.params
    try:
        present, absent = read_options(params["shares"])
        with tempfile.TemporaryDirectory(dir=module.tmpdir) as directory:
            before, after = ensure(run, present, absent, directory, purge=params["purge"], check_mode=module.check_mode)
    except StateError as exc:
        module.fail_json(msg=str(exc))
    module.exit_json(
        changed=before != after,
        shares=[_as_result(after[key]) for key in sorted(after)],
        diff=diff_of(before, after),
    )


if __name__ == "__main__":
    main()
