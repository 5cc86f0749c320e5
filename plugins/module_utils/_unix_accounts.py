# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unix accounts of the service's users: what is wanted, what is in its way, and the commands that create it."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

# What useradd and groupadd of Debian take without being forced, less the trailing "$" of machine accounts.
_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
# 0 is root's; the last two of 32 bits mean "none" or wrap round in tools that count with a sign.
_NUMBERS = range(1, 2**32 - 2)
_MAX_UID = 2**32 - 1


@dataclass(frozen=True)
class Group:
    """A group and its number."""

    name: str
    gid: int

    @property
    def title(self) -> str:
        """What it is, and its name."""
        return f"group {self.name}"

    @property
    def numbers(self) -> dict[str, int]:
        """Its numbers by what they are called."""
        return {"gid": self.gid}


@dataclass(frozen=True)
class User:
    """A user, its number and that of its primary group."""

    name: str
    uid: int
    gid: int

    @property
    def title(self) -> str:
        """What it is, and its name."""
        return f"user {self.name}"

    @property
    def numbers(self) -> dict[str, int]:
        """Its numbers by what they are called."""
        return {"uid": self.uid, "gid": self.gid}


class Names(t.Protocol):
    """The name service of a host. Each lookup returns None when there is no such entry."""

    def group_named(self, name: str) -> Group | None: ...

    def group_numbered(self, gid: int) -> Group | None: ...

    def user_named(self, name: str) -> User | None: ...

    def user_numbered(self, uid: int) -> User | None: ...


def ensure(
    runner: Runner, names: Names, group: Group, users: t.Sequence[User], *, check_mode: bool
) -> list[Group | User]:
    """Create what is missing, and return it; in check mode return what would be created.

    :raises StateError: all that is in the way at once, before anything is changed; or a tool's failure.
    """
    faults = list(_option_faults(group, users))
    if faults:
        raise StateError(
            "Unix accounts",
            wanted="names and numbers that Unix takes, each once",
            found="; ".join(faults),
            remedy="Correct the task's options. Nothing was changed.",
        )
    conflicts = [*_group_conflicts(names, group)]
    for user in users:
        conflicts += _user_conflicts(names, user)
    if conflicts:
        raise StateError(
            "Unix accounts",
            wanted="; ".join(dict.fromkeys(wanted for wanted, found in conflicts)),
            found="; ".join(found for wanted, found in conflicts),
            remedy="Nothing was changed. Set `uid` of that user in samba_ha_users, to a number free on all nodes, or "
            "rename or remove the account that is in the way. If it is this service's own, correct it with usermod "
            "or groupmod.",
        )
    created: list[Group | User] = []
    if names.group_named(group.name) is None:
        created.append(group)
        if not check_mode:
            runner(["groupadd", "--gid", str(group.gid), group.name])
    for user in users:
        if names.user_named(user.name) is None:
            created.append(user)
            if not check_mode:
                runner(useradd(user))
    return created


def useradd(user: User) -> list[str]:
    """Return the command that creates the account. Without a password given, useradd locks it.

    As a system account it gets no subordinate uids and no password that ages; the raised limit keeps useradd from
    warning of a number above those of system accounts.
    """
    return [
        "useradd",
        *["--system", "--key", f"SYS_UID_MAX={_MAX_UID}"],
        *["--uid", str(user.uid), "--gid", str(user.gid)],
        *["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", "--no-log-init"],
        user.name,
    ]


def _option_faults(group: Group, users: t.Sequence[User]) -> t.Iterator[str]:
    names: set[str] = set()
    uids: dict[int, str] = {}
    items: list[Group | User] = [group, *users]
    for item in items:
        number = item.gid if isinstance(item, Group) else item.uid
        if not _NAME.fullmatch(item.name):
            yield f"the name {item.name!r}"
        if number not in _NUMBERS:
            yield f"{item.title} with number {number}"
    for user in users:
        if user.name in names:
            yield f"{user.title} twice"
        elif user.uid in uids:
            yield f"uid {user.uid} for both {uids[user.uid]} and {user.name}"
        names.add(user.name)
        uids.setdefault(user.uid, user.name)


def _group_conflicts(names: Names, group: Group) -> t.Iterator[tuple[str, str]]:
    """Yield what was wanted and what was found for a group whose name or number is in use otherwise."""
    wanted = f"group {group.name} with gid {group.gid}"
    named = names.group_named(group.name)
    if named is not None and named.gid != group.gid:
        yield wanted, f"group {named.name} with gid {named.gid}"
    numbered = names.group_numbered(group.gid)
    if numbered is not None and numbered.name != group.name:
        yield wanted, f"gid {group.gid} in use by group {numbered.name}"


def _user_conflicts(names: Names, user: User) -> t.Iterator[tuple[str, str]]:
    """Yield what was wanted and what was found for a user whose name or number is in use otherwise."""
    wanted = f"user {user.name} with uid {user.uid} and primary gid {user.gid}"
    named = names.user_named(user.name)
    if named is not None and (named.uid, named.gid) != (user.uid, user.gid):
        yield wanted, f"user {named.name} with uid {named.uid} and primary gid {named.gid}"
    numbered = names.user_numbered(user.uid)
    if numbered is not None and numbered.name != user.name:
        yield wanted, f"uid {user.uid} in use by user {numbered.name}"
