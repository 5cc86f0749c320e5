#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: samba_user
short_description: Manage an account in Samba's password database
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Creates, changes or removes one account in Samba's own password database (tdbsam).
  - The password is set only when it is another one. To know, the NT hash of the wanted password is computed on the host
    and compared there. It leaves the host neither in results nor in messages.
  - In a pool, run it on one node. CTDB replicates the password database to all.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.actiongroup_samba_ha
attributes:
  check_mode:
    support: full
    details:
      - Where the Unix account is missing, check mode warns instead of failing, because an earlier task may create it.
  diff_mode:
    support: full
    details:
      - Tells that a password changes, and nothing of the password.
  idempotent:
    support: full
options:
  name:
    description:
      - Name of the account. A Unix account of the same name must exist on every node.
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
      - The password. Required when the account has to be created. Without it, the password of an existing account stays.
    type: str
  enabled:
    description:
      - Whether the account may log on.
      - Samba's tools enable an account when they set its password. For an account that is to be disabled, this module
        disables it right after.
    type: bool
    default: true
requirements:
  - python3-samba on the host, for Ansible's Python interpreter there (Debian's system Python)
"""

EXAMPLES = r"""
- name: Give an account to Alice
  samba_ha.cluster.samba_user:
    name: alice
    password: "{{ vault_alice_password }}"

- name: Lock Bob out
  samba_ha.cluster.samba_user:
    name: bob
    enabled: false

- name: Remove an account and keep the Unix one
  samba_ha.cluster.samba_user:
    name: carol
    state: absent
"""

RETURN = r"""
user:
  description: The account as it is now, in check mode as it would be. Empty when there is none.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the account.
      type: str
    enabled:
      description: Whether it may log on.
      type: bool
  sample:
    name: alice
    enabled: true
"""

import pwd
import typing as t
from dataclasses import dataclass

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing, Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba import Account, load_account

try:
    from samba.credentials import Credentials
except ImportError:
    HAS_SAMBA = False
else:
    HAS_SAMBA = True


@dataclass(frozen=True)
class Outcome:
    """What a run found and left behind; ``*_enabled`` is None where there is no account."""

    changed: bool
    before_enabled: bool | None
    after_enabled: bool | None
    password_set: bool = False
    unix_missing: bool = False


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


def _check_name(name: str) -> None:
    # A leading dash would be read as an option.
    if not name or not name.isprintable() or name.startswith("-") or set(name) & set(':"/\\[]|<>+=;,?* '):
        raise StateError(
            f"Samba account {name!r}",
            wanted="the name of a Unix account",
            found="an empty name, a leading dash, or characters that no account name may have",
            remedy="Correct the task's options.",
        )


def _set_password(runner: Runner, name: str, password: str, hasher: t.Callable[[str], str]) -> Account:
    if not password or any(char in password for char in "\n\r\0"):
        raise StateError(
            f"Samba account {name}",
            wanted="a password of one line",
            found="an empty one, or one with a line break in it",
            remedy="Choose another password.",
        )
    wanted = hasher(password)
    runner(["smbpasswd", "-s", "-a", name], stdin=f"{password}\n{password}\n")
    account = load_account(runner, name)
    if account is None or account.nt_hash != wanted:
        raise StateError(
            f"Samba account {name}",
            wanted="the new password in the password database",
            found="another one" if account else "no account",
            remedy="See whether something else on the pool sets it too, and whether the password is over-long.",
        )
    return account


def ensure_present(
    runner: Runner,
    name: str,
    password: str | None,
    enabled: bool,
    *,
    check_mode: bool,
    hasher: t.Callable[[str], str] = nt_hash,
    exists: t.Callable[[str], bool] = unix_account_exists,
) -> Outcome:
    """Create the account, set its password, enable or disable it: whatever of these is not so yet.

    :raises StateError: no Unix account, no password for a new account, or a tool's failure.
    """
    _check_name(name)
    try:
        account = load_account(runner, name)
    except CommandMissing:
        if not check_mode:
            raise
        account = None
    before = None if account is None else account.enabled
    if account is None and password is None:
        raise StateError(
            f"Samba account {name}", wanted="a password for a new account", found="none", remedy="Give a password."
        )
    unix_missing = account is None and not exists(name)
    if unix_missing and not check_mode:
        raise StateError(
            f"Samba account {name}",
            wanted="a Unix account of this name",
            found="none",
            remedy="Create it first, with the same uid on every node of the pool.",
        )
    password_set = password is not None and (account is None or hasher(password) != account.nt_hash)
    changed = password_set or before != enabled
    if changed and not check_mode:
        if password is not None and password_set:
            account = _set_password(runner, name, password, hasher)
        if account is not None and account.enabled != enabled:
            runner(["smbpasswd", "-e" if enabled else "-d", name])
    return Outcome(changed, before, enabled, password_set, unix_missing)


def ensure_absent(runner: Runner, name: str, *, check_mode: bool) -> Outcome:
    """Remove the Samba account and leave the Unix account alone."""
    _check_name(name)
    try:
        account = load_account(runner, name)
    except CommandMissing:
        if not check_mode:
            raise
        account = None
    if account is None:
        return Outcome(False, None, None)
    if not check_mode:
        runner(["pdbedit", "-x", "-u", name])
    return Outcome(True, account.enabled, None)


def _as_result(name: str, enabled: bool | None) -> dict[str, object]:
    return {} if enabled is None else {"name": name, "enabled": enabled}


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "password": {"type": "str", "no_log": True},
            "enabled": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    params = module.params
    name = params["name"]
    try:
        if params["state"] == "present":
            outcome = ensure_present(run, name, params["password"], params["enabled"], check_mode=module.check_mode)
        else:
            outcome = ensure_absent(run, name, check_mode=module.check_mode)
    except StateError as exc:
        module.fail_json(msg=str(exc))
    if outcome.unix_missing:
        module.warn(f"No Unix account {name} yet: a real run fails unless something creates it first.")
    before = _as_result(name, outcome.before_enabled)
    after = _as_result(name, outcome.after_enabled)
    shown = {**after, "password": "(changed)"} if outcome.password_set else after
    module.exit_json(changed=outcome.changed, user=after, diff={"before": before, "after": shown})


if __name__ == "__main__":
    main()
