# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DFS roots as the inventory writes them: a tree in which a mapping is a folder, and anything else is a link."""

from __future__ import annotations

import typing as t
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import (
    XFS_MAX_BYTES,
    Unc,
    check_name,
    encode,
    parse_target,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line, unknown_keys
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import RESERVED_SHARES, SHARE_NAME

KEYS = ("name", "comment", "links", "replicas", "direct")
PLACE = "dfs"
"""The folder of the data volume in which each root has its own."""

T = t.TypeVar("T")
Faults = t.Generator[str, None, T]
"""Yields faults, and returns what could be read in spite of them."""


@dataclass(frozen=True)
class Link:
    """One link: its path below the root, with slashes, and where it leads, in order."""

    path: str
    targets: tuple[Unc, ...]


@dataclass(frozen=True)
class Root:
    """One root. `replicas` are sets of targets that hold the same data, `direct` hosts that may be targets."""

    name: str
    comment: str
    links: tuple[Link, ...]
    replicas: tuple[tuple[Unc, ...], ...]
    direct: tuple[str, ...]

    @property
    def path(self) -> str:
        """Its folder, below the data volume's top."""
        return f"{PLACE}/{self.name}"

    @property
    def label(self) -> str:
        """How faults name it."""
        return f"DFS root {self.name}"


def dfs_roots(value: object) -> list[dict[str, t.Any]]:
    """The roots of an inventory without faults, in the shape of the model (see `topology_model`)."""
    _faults, roots = _drain(read_roots(value))
    return [
        {
            "name": root.name,
            "path": root.path,
            "comment": root.comment,
            "links": [{"path": link.path, "targets": [str(target) for target in link.targets]} for link in root.links],
        }
        for root in roots
    ]


def _drain(reader: Faults[T]) -> tuple[list[str], T]:
    faults: list[str] = []
    while True:
        try:
            faults.append(next(reader))
        except StopIteration as end:
            return faults, end.value


def read_roots(value: object) -> Faults[list[Root]]:
    """Read samba_ha_dfs_roots; yield what is wrong with each by itself."""
    if value is None:
        return []
    if not isinstance(value, list):
        yield line("samba_ha_dfs_roots", "a list of DFS roots", repr(value), "Write it as a list.")
        return []
    roots: list[Root] = []
    seen: dict[str, str] = {}
    for number, entry in enumerate(value, start=1):
        label = f"samba_ha_dfs_roots, entry {number}"
        if not isinstance(entry, Mapping):
            yield line(label, "a mapping with a name and links", repr(entry), "Write a mapping.")
            continue
        name = entry.get("name")
        if not isinstance(name, str) or not SHARE_NAME.fullmatch(name) or name.lower() in (*RESERVED_SHARES, ".", ".."):
            wanted = "the name of a share that clients see the root as"
            yield line(label, wanted, repr(name), "Choose a name of 1 to 80 characters that shares may have.")
            continue
        if name.lower() in seen:
            found = f"the name of root {seen[name.lower()]} again (case does not count)"
            yield line(f"DFS root {name}", "each root once", found, "Rename or remove one of the two.")
            continue
        seen[name.lower()] = name
        roots.append((yield from _root(name, entry)))
    return roots


def _root(name: str, entry: Mapping[str, t.Any]) -> Faults[Root]:
    label = f"DFS root {name}"
    yield from unknown_keys(label, entry, KEYS)
    comment, tree = entry.get("comment"), entry.get("links")
    if comment is not None and not isinstance(comment, str):
        yield line(f"{label}: comment", "text", repr(comment), "Write it as text.")
        comment = ""
    links: list[Link] = []
    if isinstance(tree, Mapping):
        links = yield from _tree(label, "", tree)
    elif tree is not None:
        yield line(f"{label}: links", "a mapping of names to targets or folders", repr(tree), "Write a mapping.")
    replicas = yield from _replicas(f"{label}: replicas", entry.get("replicas"))
    direct = entry.get("direct")
    if direct is not None and not (isinstance(direct, list) and all(isinstance(host, str) for host in direct)):
        yield line(f"{label}: direct", "a list of hosts", repr(direct), "Write it as a list.")
        direct = None
    return Root(name, comment or "", tuple(links), tuple(replicas), tuple(direct or ()))


def _tree(label: str, above: str, folder: Mapping[t.Any, t.Any]) -> Faults[list[Link]]:
    links: list[Link] = []
    seen: dict[str, str] = {}
    for name, value in folder.items():
        where = f"{label}: {above}{name}"
        if not isinstance(name, str):
            yield line(where, "a name", f"the YAML value {name!r}", "Write it in quotes.")
            continue
        try:
            check_name(name)
        except ValueError as exc:
            yield line(where, "a name that SMB clients take", f"{name!r}, which {exc}", "Choose another name.")
            continue
        # As clients compare: without case, and a letter with an accent is one however it was typed.
        same = unicodedata.normalize("NFC", name).lower()
        if same in seen:
            yield line(
                where, "names that clients can tell apart", f"{seen[same]!r} beside it", "Rename one of the two."
            )
            continue
        seen[same] = name
        if isinstance(value, Mapping) and value:
            links += yield from _tree(label, f"{above}{name}/", value)
        elif isinstance(value, Mapping):
            yield line(where, "a folder with something in it", "an empty one", "Give it a link, or remove it.")
        else:
            targets = yield from _targets(where, value)
            yield from _length_faults(where, targets)
            links.append(Link(f"{above}{name}", tuple(targets)))
    return links


def _targets(label: str, value: object) -> Faults[list[Unc]]:
    """The targets that can be read: of a link, or of a set of replicas."""
    entries = value if isinstance(value, list) else [value]
    if not entries:
        yield line(label, "a target at least", "an empty list", "Say where the link leads, or remove it.")
    targets: list[Unc] = []
    for entry in entries:
        try:
            target = parse_target(entry)
        except ValueError as exc:
            wanted = r"a target `server\share` or `server\share\folder`, or a mapping that is a folder"
            yield line(label, wanted, f"{entry!r}, which {exc}", "Correct it.")
            continue
        if str(target).lower() in (str(other).lower() for other in targets):
            yield line(label, "each target once", f"{target} again", "Remove one of the two.")
            continue
        targets.append(target)
    return targets


def _length_faults(label: str, targets: list[Unc]) -> Iterator[str]:
    if not targets:
        return
    try:
        size = len(encode(targets).encode())
    except ValueError as exc:
        yield line(label, "a link that smbd can read", f"one that {exc}", "Name fewer targets, or shorter ones.")
        return
    if size > XFS_MAX_BYTES:
        found = f"{size}, which XFS, Gluster's usual file system, does not store"
        yield line(label, f"targets of {XFS_MAX_BYTES} bytes at most", found, "Name fewer targets, or shorter ones.")


def _replicas(label: str, value: object) -> Faults[list[tuple[Unc, ...]]]:
    if value is None:
        return []
    if not isinstance(value, list):
        yield line(label, "a list of sets of targets", repr(value), "Write a list of lists.")
        return []
    sets: list[tuple[Unc, ...]] = []
    for number, entry in enumerate(value, start=1):
        where = f"{label}, entry {number}"
        if not isinstance(entry, list) or len(entry) < 2:
            yield line(where, "two targets or more that hold the same data", repr(entry), "Write them as a list.")
            continue
        sets.append(tuple((yield from _targets(where, entry))))
    return sets
