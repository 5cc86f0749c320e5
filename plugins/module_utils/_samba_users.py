# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of Samba's password database: what is wanted, what differs, and the commands that change it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing, Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba import Account, load_accounts, raise_all


@dataclass(frozen=True)
class User:
    """An account as it is wanted. Without a password, that of an existing account stays."""

    name: str
    present: bool = True
    password: str | None = field(default=None, repr=False)
    enabled: bool = True


@dataclass(frozen=True)
class Change:
    """What a user has and gets. ``before`` and ``after`` say whether the account is enabled, None that there is none.

    ``password`` is None unless it has to be set.
    """

    name: str
    before: bool | None
    after: bool | None
    password: str | None = field(default=None, repr=False)

    @property
    def needed(self) -> bool:
        """Whether anything differs."""
        return self.before != self.after or self.password is not None


def _faults(users: t.Sequence[User], accounts: t.Mapping[str, Account]) -> t.Iterator[StateError]:
    seen: set[str] = set()
    for user in users:
        key = user.name.lower()
        # A leading dash would be read as an option.
        if not key or not key.isprintable() or key.startswith("-") or set(key) & set(':"/\\[]|<>+=;,?* '):
            yield StateError(
                f"Samba account {user.name!r}",
                wanted="the name of a Unix account",
                found="an empty name, a leading dash, or characters that no account name may have",
                remedy="Correct the task's options.",
            )
        elif key in seen:
            yield StateError(
                f"Samba account {user.name}",
                wanted="each user once",
                found="the name a second time (case does not count)",
                remedy="Remove one of the two.",
            )
        elif user.present and user.password is None and key not in accounts:
            yield StateError(
                f"Samba account {user.name}",
                wanted="a password for a new account",
                found="none",
                remedy="Give a password.",
            )
        elif user.password is not None and (not user.password or any(char in user.password for char in "\n\r\0")):
            yield StateError(
                f"Samba account {user.name}",
                wanted="a password of one line",
                found="an empty one, or one with a line break in it",
                remedy="Choose another password.",
            )
        seen.add(key)


def _no_unix_account(names: t.Sequence[str]) -> StateError:
    return StateError(
        f"Samba accounts {', '.join(names)}",
        wanted="a Unix account of each name",
        found="none",
        remedy="Create them first, with the same uids on every node of the pool.",
    )


def _plan(user: User, account: Account | None, hasher: t.Callable[[str], str]) -> Change:
    before = None if account is None else account.enabled
    if not user.present:
        return Change(user.name, before, None)
    password = user.password
    # Without an account nothing is hashed: in check mode Samba and its bindings may be missing yet.
    if password is not None and account is not None and account.nt_hash == hasher(password):
        password = None
    return Change(user.name, before, user.enabled, password)


def _apply(runner: Runner, change: Change) -> None:
    if change.after is None:
        runner(["pdbedit", "-x", "-u", change.name])
        return
    enabled = change.before
    if change.password is not None:
        runner(["smbpasswd", "-s", "-a", change.name], stdin=f"{change.password}\n{change.password}\n")
        enabled = True
    if enabled != change.after:
        runner(["smbpasswd", "-e" if change.after else "-d", change.name])


def _not_taken(change: Change, account: Account | None, hasher: t.Callable[[str], str]) -> t.Iterator[StateError]:
    """Tell what of a change the password database does not show afterwards."""
    wanted = found = None
    if change.password is not None and (account is None or account.nt_hash != hasher(change.password)):
        wanted, found = "the new password in the password database", "another one" if account else "no account"
    elif (account and account.enabled) != change.after:
        words = {None: "no account", True: "an enabled account", False: "a disabled account"}
        wanted, found = words[change.after], words[account.enabled if account else None]
    if wanted is not None and found is not None:
        yield StateError(
            f"Samba account {change.name}",
            wanted=wanted,
            found=found,
            remedy="See whether something else on the pool sets it too, and whether the password is over-long.",
        )


def ensure(
    runner: Runner,
    users: t.Sequence[User],
    *,
    check_mode: bool,
    hasher: t.Callable[[str], str],
    exists: t.Callable[[str], bool],
) -> list[Change]:
    """Create, change and remove what is not as wanted. Return for each user what was and is (would be).

    :param hasher: returns the NT hash of a password as 32 upper-case hexadecimal digits.
    :param exists: whether there is a Unix account of a name. Not asked in check mode.
    :raises StateError: faults of all users at once, before anything is changed; a tool's failure; a change that did
        not take.
    """
    try:
        accounts = _by_name(load_accounts(runner))
    except CommandMissing:
        if not check_mode:
            raise
        accounts = {}
    faults = list(_faults(users, accounts))
    new = [user.name for user in users if user.present and user.name.lower() not in accounts]
    if not check_mode and (homeless := [name for name in new if not exists(name)]):
        faults.append(_no_unix_account(homeless))
    raise_all(faults)
    changes = [_plan(user, accounts.get(user.name.lower()), hasher) for user in users]
    needed = [change for change in changes if change.needed]
    if needed and not check_mode:
        for change in needed:
            _apply(runner, change)
        now = _by_name(load_accounts(runner))
        raise_all([fault for change in needed for fault in _not_taken(change, now.get(change.name.lower()), hasher)])
    return changes


def _by_name(accounts: t.Iterable[Account]) -> dict[str, Account]:
    return {account.name.lower(): account for account in accounts}


def diff_of(changes: t.Iterable[Change]) -> dict[str, dict[str, dict[str, object]]]:
    """Return what differs, keyed by user. Of a password only that it changes."""
    note = "(changed)"
    before: dict[str, dict[str, object]] = {}
    after: dict[str, dict[str, object]] = {}
    for change in changes:
        if change.before is not None and change.needed:
            before[change.name] = {"enabled": change.before}
        if change.after is not None and change.needed:
            after[change.name] = {"enabled": change.after}
            if change.password is not None:
                after[change.name]["password"] = note
    return {"before": before, "after": after}
