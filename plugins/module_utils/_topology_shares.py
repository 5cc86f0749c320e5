# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of users and shares."""

from __future__ import annotations

import posixpath
import re
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    UID_COUNT,
    UID_FIRST,
    truth,
    user_uid,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import kind_of, line, unknown_keys

# What useradd of Debian takes without being forced, less the trailing "$" of machine accounts; 32 is its limit.
USER_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
# What [MS-FSCC] 2.1.6 rules out in a share's name (80 characters at most), and "%", which smb.conf substitutes.
SHARE_NAME = re.compile(r'[^\x00-\x1f"/\\\[\]:|<>+=;,*?%]{1,80}')
RESERVED_SHARES = ("global", "homes", "printers", "print$", "ipc$", "admin$")
USER_KEYS = ("name", "password", "uid")
SHARE_KEYS = ("name", "path", "comment", "read_only", "users", "nfs", "parameters")
# smb.conf parameters (and their synonyms) that a share's own keys set.
OWN_KEYS = {
    "path": "path",
    "directory": "path",
    "comment": "comment",
    "read only": "read_only",
    "writable": "read_only",
    "writeable": "read_only",
    "write ok": "read_only",
    "valid users": "users",
}
# What a directory needs that NFS clients change as well: no caches at SMB clients, locks that reach the file system.
NFS_SAFE = {"oplocks": False, "level2 oplocks": False, "posix locking": True}


def share_path(path: str) -> str:
    """A share's path without needless slashes and dots: `a//b/` and `./a/b` are `a/b`."""
    return posixpath.normpath(path)


def parameter_name(name: object) -> str:
    """The spelling that smb.conf compares: without case, one blank between words."""
    return " ".join(str(name).lower().split())


def parameter_value(value: object) -> str:
    """The spelling of smb.conf: YAML's booleans are yes and no there."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def parameters_of(share: Mapping[str, t.Any]) -> dict[str, str]:
    """A share's raw smb.conf parameters in smb.conf's own spelling."""
    return {parameter_name(key): parameter_value(value) for key, value in (share.get("parameters") or {}).items()}


def user_faults(users: object) -> Iterator[str]:
    """Faults of samba_ha_users."""
    seen: set[str] = set()
    uids: dict[int, str] = {}
    for label, user in (yield from _entries("samba_ha_users", users)):
        yield from unknown_keys(label, user, USER_KEYS)
        name = user.get("name")
        if not isinstance(name, str) or not USER_NAME.fullmatch(name):
            yield line(
                label,
                "a name of 1 to 32 lower-case letters, digits, '-' and '_' that begins with a letter or '_'",
                repr(name),
                "Choose a name that Unix takes.",
            )
            continue
        if name in seen:
            yield line(label, "each user once", "the name a second time", "Remove one of the two.")
            continue
        seen.add(name)
        try:
            uid = user_uid(user)
        except (TypeError, ValueError):
            uid = -1
        # Debian policy 9.2.2: below 1000 and 60000-65535 belong to the system; the last two of 32 bits mean "none".
        if not (1000 <= uid <= 59999 or 65536 <= uid <= 4294967293):
            wanted = "a uid from 1000 to 59999 or from 65536 to 4294967293"
            yield line(label, wanted, repr(user.get("uid")), "Choose one that Debian leaves to local accounts.")
        elif uid in uids:
            yield line(
                f"users {uids[uid]} and {name}",
                "a uid for each",
                f"{uid} for both",
                f"Set `uid` for one of them that has no files yet, for example {_free_uid(uid, uids)}.",
            )
        else:
            uids[uid] = name


def share_faults(shares: object, users: object, variable: str = "samba_ha_shares") -> Iterator[str]:
    """Faults of samba_ha_shares, or of another list of shares, also against samba_ha_users."""
    known = [user.get("name") for user in users if isinstance(user, Mapping)] if isinstance(users, list) else []
    seen: dict[str, str] = {}
    readable: list[tuple[str, Mapping[str, t.Any], str | None]] = []
    for label, share in (yield from _entries(variable, shares)):
        yield from unknown_keys(label, share, SHARE_KEYS)
        name = share.get("name")
        if not isinstance(name, str) or not SHARE_NAME.fullmatch(name) or name.lower() in RESERVED_SHARES:
            yield line(
                label,
                'a share name of 1 to 80 characters, none of " / \\ [ ] : | < > + = ; , * ? %, not reserved',
                repr(name),
                "Choose another name.",
            )
        elif name.lower() in seen:
            yield line(
                label,
                "each share once",
                f"the name of share {seen[name.lower()]} again (case does not count)",
                "Rename or remove one of the two.",
            )
        else:
            seen[name.lower()] = name
        yield from _user_list_faults(label, share, known)
        for key in ("read_only", "nfs"):
            if truth(share.get(key, False)) is None:
                yield line(f"{label}: {key}", "true or false", repr(share[key]), "Write one of them.")
        if share.get("comment") is not None and not isinstance(share["comment"], str):
            yield line(f"{label}: comment", "text", repr(share["comment"]), "Write it as text.")
        # The generators return whether path and parameters can be read.
        path_is_sound = yield from _path_faults(label, share)
        parameters_are_sound = yield from _parameter_faults(label, share)
        if parameters_are_sound:
            readable.append((label, share, share_path(share["path"]) if path_is_sound else None))
    yield from _nfs_faults(readable)


def share_model(share: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A share without faults, all filled in (see `topology_model`)."""
    allowed = share.get("users")
    return {
        "name": share["name"],
        "path": share_path(share["path"]),
        "comment": share.get("comment") or "",
        "read_only": bool(truth(share.get("read_only", False))),
        "users": None if allowed is None else list(allowed),
        "parameters": parameters_of(share),
        "nfs": bool(truth(share.get("nfs", False))),
    }


def _entries(variable: str, value: object) -> t.Generator[str, None, list[tuple[str, Mapping[str, t.Any]]]]:
    """Yield a fault for each entry that is no mapping; return (label, entry) of the others."""
    kind = "user" if variable == "samba_ha_users" else "share"
    if value is None:
        return []
    if not isinstance(value, list):
        # The value itself is not shown: it may hold passwords.
        yield line(
            variable, f"a list of {kind}s", f"a {kind_of(value)}", "Write a list whose entries each have a `name`."
        )
        return []
    entries: list[tuple[str, Mapping[str, t.Any]]] = []
    for number, entry in enumerate(value, start=1):
        if isinstance(entry, Mapping):
            name = entry.get("name")
            entries.append((f"{kind} {name}" if name else f"{variable}, entry {number}", entry))
        else:
            yield line(
                f"{variable}, entry {number}", f"a {kind} with a `name`", f"a {kind_of(entry)}", "Write a mapping."
            )
    return entries


def _free_uid(start: int, taken: Mapping[int, str]) -> int:
    window = (UID_FIRST + (start + step) % UID_COUNT for step in range(UID_COUNT))
    return next((uid for uid in window if uid not in taken), 1000)


def _user_list_faults(label: str, share: Mapping[str, t.Any], known: list[t.Any]) -> Iterator[str]:
    allowed = share.get("users")
    if allowed is None:
        return
    if not isinstance(allowed, list) or not allowed:
        # smb.conf takes an empty `valid users` for "everyone", the opposite of what an empty list says.
        yield line(
            f"{label}: users", "a list with at least one user", repr(allowed), "Leave `users` out to let all in."
        )
        return
    for name in allowed:
        if name not in known:
            yield line(
                f"{label}: users", "users of samba_ha_users", repr(name), "Add the user there, or remove it here."
            )


def _path_faults(label: str, share: Mapping[str, t.Any]) -> t.Generator[str, None, bool]:
    path = share.get("path")
    wanted = "a path below the data volume's root, such as `data` or `teams/sales`"
    if path is None or path == "":
        yield line(f"{label}: path", wanted, "none", "Give the share a `path`.")
        return False
    if not isinstance(path, str) or re.search(r"[\x00-\x1f%]", path):
        yield line(f"{label}: path", wanted, repr(path), "Use text without control characters and without '%'.")
        return False
    if path.startswith("/"):
        yield line(f"{label}: path", wanted, repr(path), "Leave out the leading '/': paths are relative to the volume.")
        return False
    if ".." in path.split("/") or share_path(path) == ".":
        yield line(f"{label}: path", wanted, repr(path), "Name a directory inside the volume, without '..'.")
        return False
    return True


def _parameter_faults(label: str, share: Mapping[str, t.Any]) -> t.Generator[str, None, bool]:
    parameters = share.get("parameters")
    if parameters is None:
        return True
    if not isinstance(parameters, Mapping):
        wanted = "a mapping of smb.conf parameters to values"
        yield line(f"{label}: parameters", wanted, f"a {kind_of(parameters)}", "Write `name: value` pairs.")
        return False
    seen: set[str] = set()
    for key, value in parameters.items():
        name = parameter_name(key)
        where = f"{label}: parameters: {key}"
        if name in seen:
            yield line(where, "each parameter once", "another spelling of the same", "Remove one of the two.")
        seen.add(name)
        if name in OWN_KEYS:
            yield line(
                where, "a parameter that no key of the share sets", "one", f"Use the share's `{OWN_KEYS[name]}`."
            )
        if not isinstance(value, (str, int, float)) or "\n" in str(value):
            yield line(
                where, "one line of text, a number or a boolean", f"a {kind_of(value)}", "Write it as in smb.conf."
            )
    return True


def _nfs_faults(shares: list[tuple[str, Mapping[str, t.Any], str | None]]) -> Iterator[str]:
    """Whatever reaches a directory that NFS exports too must not let clients cache it, nor keep locks to Samba.

    Of each share: label, entry, and the path where it can be read.
    """
    exported = [(label, path) for label, share, path in shares if truth(share.get("nfs", False))]
    for label, share, path in shares:
        itself = truth(share.get("nfs", False))
        by = label if itself else next((other for other, root in exported if overlap(path, root)), None)
        if by is None:
            continue
        parameters = parameters_of(share)
        missing = [
            f"`{name}: {'yes' if value else 'no'}`"
            for name, value in NFS_SAFE.items()
            if truth(parameters.get(name, "")) is not value
        ]
        if missing:
            reason = "it has nfs: true" if itself else f"its path overlaps that of {by}, which has nfs: true"
            yield line(
                label,
                f"SMB clients that neither cache nor lock past NFS clients ({reason})",
                "oplocks or leases on, or POSIX locking off",
                f"Set in its parameters: {', '.join(missing)}. Kernel oplocks, which would tell Samba of NFS access, "
                "are not available on a file system of several hosts.",
            )


def overlap(one: str | None, other: str | None) -> bool:
    """Whether one of two paths below the volume's top is the other, or inside it; not where one cannot be read."""
    if one is None or other is None:
        return False
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
