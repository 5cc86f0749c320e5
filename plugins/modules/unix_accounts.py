#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: unix_accounts
short_description: Give Samba's users the same Unix accounts on every node
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Creates the users' group and their Unix accounts with the numbers that are given, without a home directory, a shell
    or a password. The numbers must be the same on all nodes, because the shared file system stores them.
  - An account that is there with the right numbers is left as it is, whatever name service it comes from.
  - An account that is in the way is never taken over or changed. All that are in the way are told at once, before
    anything is changed.
  - Accounts are never removed.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
options:
  group:
    description: The primary group of all users.
    type: dict
    required: true
    suboptions:
      name:
        description: The group's name.
        type: str
        required: true
      gid:
        description: Its number.
        type: int
        required: true
  users:
    description: The users.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The account's name.
        type: str
        required: true
      uid:
        description: Its number.
        type: int
        required: true
"""

EXAMPLES = r"""
- name: Make the users' accounts
  samba_ha.cluster.unix_accounts:
    group:
      name: samba_ha
      gid: 69999
    users:
      - name: alice
        uid: 90207
      - name: bob
        uid: 88650
"""

RETURN = r"""
created:
  description: What was created, in check mode what would be, in order.
  returned: success
  type: list
  elements: str
  sample: [group samba_ha, user alice]
"""

import grp
import pwd
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._unix_accounts import Group, User, ensure


class SystemNames:
    """The name service of this host, with all its sources (files, LDAP and so on)."""

    def group_named(self, name: str) -> Group | None:
        """The group of that name."""
        return _group(lambda: grp.getgrnam(name))

    def group_numbered(self, gid: int) -> Group | None:
        """The group of that number."""
        return _group(lambda: grp.getgrgid(gid))

    def user_named(self, name: str) -> User | None:
        """The user of that name."""
        return _user(lambda: pwd.getpwnam(name))

    def user_numbered(self, uid: int) -> User | None:
        """The user of that number."""
        return _user(lambda: pwd.getpwuid(uid))


def _group(find: t.Callable[[], grp.struct_group]) -> Group | None:
    try:
        found = find()
    except KeyError:
        return None
    return Group(found.gr_name, found.gr_gid)


def _user(find: t.Callable[[], pwd.struct_passwd]) -> User | None:
    try:
        found = find()
    except KeyError:
        return None
    return User(found.pw_name, found.pw_uid, found.pw_gid)


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "group": {
                "type": "dict",
                "required": True,
                "options": {"name": {"type": "str", "required": True}, "gid": {"type": "int", "required": True}},
            },
            "users": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {"name": {"type": "str", "required": True}, "uid": {"type": "int", "required": True}},
            },
        },
        supports_check_mode=True,
    )
    group = Group(module.params["group"]["name"], module.params["group"]["gid"])
    users = [User(user["name"], user["uid"], group.gid) for user in module.params["users"]]
    try:
        created = ensure(run, SystemNames(), group, users, check_mode=module.check_mode)
    except StateError as exc:
        module.fail_json(msg=str(exc))
    module.exit_json(
        changed=bool(created),
        created=[item.title for item in created],
        diff={"before": {}, "after": {item.title: item.numbers for item in created}},
    )


if __name__ == "__main__":
    main()
