#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: samba_user
short_description: Manage accounts in Samba's password database
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Creates, changes or removes accounts in Samba's own password database (tdbsam). Accounts that are not named stay as
    they are.
  - The database is read once for all users, and only what differs is changed.
  - A password is set only when it is another one. To know, the NT hash of the wanted password is computed on the host
    and compared there. It leaves the host neither in results nor in messages.
  - In a pool, run it on one node. CTDB replicates the password database to all.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
attributes:
  check_mode:
    details:
      - A missing Unix account is no fault in check mode, because an earlier task may be about to create it.
  diff_mode:
    details:
      - Tells that a password changes, and nothing of the password.
options:
  users:
    description:
      - The accounts.
      - All faults that can be seen before anything is changed are told at once, for all users.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name of the account. A Unix account of the same name must exist on every node.
          - Case does not matter to find an account.
        type: str
        required: true
      state:
        description:
          - Whether the Samba account should exist.
          - V(absent) leaves the Unix account alone.
        type: str
        choices:
          - present
          - absent
        default: present
      password:
        description:
          - The password. Required when the account has to be created. Without it, the password of an existing account
            stays.
        type: str
      enabled:
        description:
          - Whether the account may log on.
          - Samba's tools enable an account when they set its password. For an account that is to be disabled, this
            module disables it right after.
        type: bool
        default: true
requirements:
  - python3-samba on the host, for Ansible's Python interpreter there (Debian's system Python)
"""

EXAMPLES = r"""
- name: Give an account to Alice, lock Bob out, and remove Carol's account but not her Unix one
  samba_ha.cluster.samba_user:
    users:
      - name: alice
        password: "{{ vault_alice_password }}"
      - name: bob
        enabled: false
      - name: carol
        state: absent
"""

RETURN = r"""
users:
  description: Those of the named accounts that exist now, in check mode those that would.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the account.
      type: str
    enabled:
      description: Whether it may log on.
      type: bool
  sample:
    - name: alice
      enabled: true
"""

import pwd
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba_users import User, diff_of, ensure

try:
    from samba.credentials import Credentials
except ImportError:
    HAS_SAMBA = False
else:
    HAS_SAMBA = True


def nt_hash(password: str) -> str:
    """Return the NT hash of a password, as 32 upper-case hexadecimal digits.

    :raises StateError: Samba's Python bindings are not there.
    """
    if not HAS_SAMBA:
        raise StateError(
            "NT hash of a password",
            wanted="Samba's Python bindings",
            found="no module samba.credentials for Ansible's Python interpreter",
            remedy="Install the package python3-samba, and let Ansible use the system's Python on this host.",
        )
    credentials = Credentials()
    credentials.set_password(password)
    return bytes(credentials.get_nt_hash()).hex().upper()


def unix_account_exists(name: str) -> bool:
    """Whether the name service of this host knows the account."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "users": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                    "password": {"type": "str", "no_log": True},
                    "enabled": {"type": "bool", "default": True},
                },
            },
        },
        supports_check_mode=True,
    )
    users = [
        User(user["name"], user["state"] == "present", user["password"], user["enabled"])
        for user in module.params["users"]
    ]
    try:
        changes = ensure(run, users, check_mode=module.check_mode, hasher=nt_hash, exists=unix_account_exists)
    except StateError as exc:
        module.fail_json(msg=str(exc))
    module.exit_json(
        changed=any(change.needed for change in changes),
        users=[{"name": change.name, "enabled": change.after} for change in changes if change.after is not None],
        diff=diff_of(changes),
    )


if __name__ == "__main__":
    main()
