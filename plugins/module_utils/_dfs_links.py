# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders and DFS links below one root: read, compared with the wanted ones, and changed.

Paths are relative to the root, with slashes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import typing as t
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import (
    Unc,
    check_name,
    decode,
    encode,
    parse_target,
)

FOLDER, LINK, OTHER = "a folder", "a DFS link", "something else"
FOLDER_MODE = 0o2750
"""For the owner to change and the group to read. The group is the root's, which hands it down (setgid)."""

Wanted = Mapping[str, tuple[Unc, ...]]


@dataclass(frozen=True)
class Tree:
    """What is below a root: `kinds` of everything, and the text of what is a link."""

    kinds: Mapping[str, str]
    links: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """What has to be done, in this order; each in the order in which it can be done."""

    remove: tuple[str, ...]
    folders: tuple[str, ...]
    write: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.remove or self.folders or self.write)


def read_options(links: Sequence[Mapping[str, t.Any]]) -> tuple[dict[str, tuple[Unc, ...]], set[str]]:
    """Return the links that should exist, and the paths of those that should not.

    :raises StateError: all that is wrong with them.
    """
    wanted: dict[str, tuple[Unc, ...]] = {}
    absent: set[str] = set()
    faults: list[str] = []
    seen: dict[str, str] = {}
    for link in links:
        path = link["path"]
        try:
            for name in path.split("/"):
                check_name(name)
            if link["state"] == "present":
                wanted[path] = tuple(parse_target(target) for target in link["targets"])
                encode(wanted[path])
            else:
                absent.add(path)
        except ValueError as exc:
            faults.append(f"{path!r}, which {exc}")
        if path.lower() in seen:
            faults.append(f"{path!r}, which is there a second time (case does not count)")
        seen[path.lower()] = path
    for path in wanted:
        above = (seen.get(folder.lower()) for folder in _folders_above(path))
        faults += [f"{path!r}, which is below the link {link!r}" for link in above if link in wanted]
    if faults:
        raise StateError(
            "links", wanted="links that SMB clients can follow", found="; ".join(faults), remedy="Correct them."
        )
    return wanted, absent


def _folders_above(path: str) -> Iterator[str]:
    names = path.split("/")
    return ("/".join(names[:end]) for end in range(1, len(names)))


def read_tree(root: str, *, may_lack: bool = False) -> Tree:
    """Read what is below a root; it follows no symlink.

    :param may_lack: whether a root that is not there is an empty one.
    :raises StateError: the root is not there, or cannot be read.
    """
    kinds: dict[str, str] = {}
    links: dict[str, str] = {}
    waiting = [""]
    try:
        while waiting:
            above = waiting.pop()
            with os.scandir(os.path.join(root, above)) as entries:
                for entry in entries:
                    path = f"{above}{entry.name}"
                    kinds[path] = OTHER
                    if entry.is_symlink():
                        text = os.readlink(entry.path)
                        if decode(text) is not None:
                            kinds[path], links[path] = LINK, text
                    elif entry.is_dir(follow_symlinks=False):
                        kinds[path] = FOLDER
                        waiting.append(f"{path}/")
    except OSError as exc:
        if may_lack and exc.errno == errno.ENOENT:
            return Tree({}, {})
        raise _failure(root, "the folder of a DFS root", exc) from exc
    return Tree(kinds, links)


def plan(root: str, tree: Tree, wanted: Wanted, absent: set[str], *, purge: bool) -> Plan:
    """Compare what is there with what should be.

    :raises StateError: everything that is in the way. Only links are ever removed.
    """
    leaving = {path for path in tree.links if path in absent or (purge and path not in wanted)}
    staying = {path: kind for path, kind in tree.kinds.items() if path not in leaving}
    twins = {path.lower(): path for path in staying}
    folders: dict[str, None] = {}
    faults = [f"{path}: {tree.kinds[path]}, which is no DFS link" for path in absent if path in staying]

    def claim(path: str, kind: str) -> bool:
        """Whether the path is free for something of that kind that is not there yet."""
        found = staying.get(path)
        if found is None and path.lower() in twins:
            faults.append(f"{path}: {twins[path.lower()]} beside it, which clients cannot tell from it")
        elif found not in (None, kind):
            faults.append(f"{path}: {found}")
        return found is None

    for path in wanted:
        folders.update(dict.fromkeys(folder for folder in _folders_above(path) if claim(folder, FOLDER)))
        claim(path, LINK)
    if faults:
        raise StateError(
            f"DFS root {root}",
            wanted="room for links and for the folders above them",
            found="; ".join(dict.fromkeys(faults)),
            remedy="Move away by hand what is no DFS link: nothing else is ever removed.",
        )
    texts = {path: encode(targets) for path, targets in wanted.items()}
    write = {path: text for path, text in texts.items() if decode(tree.links.get(path, "")) != decode(text)}
    return Plan(tuple(sorted(leaving)), tuple(folders), write)


def outcome(tree: Tree, todo: Plan) -> Tree:
    """What is there when the plan is done."""
    links = {path: text for path, text in tree.links.items() if path not in todo.remove} | dict(todo.write)
    kinds = {path: kind for path, kind in tree.kinds.items() if path not in todo.remove}
    kinds |= dict.fromkeys(todo.folders, FOLDER) | dict.fromkeys(links, LINK)
    return Tree(kinds, links)


def as_lines(tree: Tree) -> str:
    """Folders and links as text for a diff."""
    lines = [f"{path}/" for path, kind in tree.kinds.items() if kind == FOLDER]
    lines += [f"{path} -> {', '.join(decode(text) or ())}" for path, text in tree.links.items()]
    return "".join(f"{line}\n" for line in sorted(lines))


def carry_out(root: str, todo: Plan) -> None:
    """Do it. Clients see the old link or the new one, never none.

    :raises StateError: something cannot be done.
    """
    for path in todo.remove:
        with _told(root, path, "the link removed"):
            os.unlink(os.path.join(root, path))
    for path in todo.folders:
        with _told(root, path, "a folder"):
            os.mkdir(os.path.join(root, path))
            # Whatever the umask is.
            os.chmod(os.path.join(root, path), FOLDER_MODE)
    for path, text in todo.write.items():
        place = os.path.join(root, path)
        # A link as well, so that the next purge removes what a run that died has left.
        draft = os.path.join(os.path.dirname(place), f".dfs_link-{uuid.uuid4().hex}")
        with _told(root, path, f"the link {text}"):
            os.symlink(text, draft)
            os.replace(draft, place)


@contextlib.contextmanager
def _told(root: str, path: str, wanted: str) -> Iterator[None]:
    """Turn an error of the system into one of the module."""
    try:
        yield
    except OSError as exc:
        raise _failure(os.path.join(root, path), wanted, exc) from exc


def _failure(path: str, wanted: str, error: OSError) -> StateError:
    remedy = "Look whether the volume is mounted and can be written."
    if error.errno == errno.ENAMETOOLONG:
        remedy = "Name fewer or shorter targets: XFS stores 1023 bytes in a symlink."
    return StateError(path, wanted=wanted, found=error.strerror or str(error), remedy=remedy)
