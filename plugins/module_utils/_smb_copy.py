# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make one folder like another: files, folders and the times of files. Paths are relative, with backslashes."""

from __future__ import annotations

import hashlib
import typing as t
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

FILE, FOLDER, OTHER = "file", "folder", "other"
MARKER = ".samba_ha-copy"
"""The file at the top of a copy that says of what it is one. What it does not stand in is never written to."""


@dataclass(frozen=True)
class Entry:
    """What is there: ``size`` in bytes and ``changed`` in microseconds since 1970, both of files only."""

    kind: str
    size: int = 0
    changed: int = 0


Listing = Mapping[str, Entry]


class Side(t.Protocol):
    """A folder on a server. Every method raises :class:`StateError`."""

    def entries(self, folder: str) -> dict[str, Entry]:
        """What is in a folder, by name."""

    def read(self, path: str) -> Iterator[bytes]:
        """A file, piece by piece, also while others write to it."""

    def write(self, path: str, pieces: Iterable[bytes], changed: int | None = None) -> None:
        """Write a file, and set its time, so that one that was cut short never looks like the whole one."""

    def make_folder(self, path: str) -> None:
        """Make a folder."""

    def remove(self, path: str, kind: str) -> None:
        """Remove a file or an empty folder."""


@dataclass(frozen=True)
class Plan:
    """What has to be done, each in the order in which it can be done. ``passed`` are no files, and are not copied."""

    remove: tuple[str, ...]
    folders: tuple[str, ...]
    files: tuple[str, ...]
    passed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.remove or self.folders or self.files)


def list_all(side: Side) -> dict[str, Entry]:
    """All that is below the top, without the marker."""
    found: dict[str, Entry] = {}
    waiting = [""]
    while waiting:
        above = waiting.pop()
        for name, entry in side.entries(above.rstrip("\\")).items():
            path = f"{above}{name}"
            if path != MARKER:
                found[path] = entry
                waiting += [f"{path}\\"] if entry.kind == FOLDER else []
    return found


def plan(source: Listing, copy: Listing) -> Plan:
    """Compare by kinds, sizes and times."""
    gone = [path for path, entry in copy.items() if path not in source or source[path].kind != entry.kind]
    wanted = {path: entry for path, entry in source.items() if path not in copy or copy[path] != entry}
    return Plan(
        # What is in a folder before the folder.
        remove=tuple(sorted(gone, reverse=True)),
        folders=tuple(sorted(path for path, entry in wanted.items() if entry.kind == FOLDER)),
        files=tuple(sorted(path for path, entry in wanted.items() if entry.kind == FILE)),
        passed=tuple(sorted(path for path, entry in source.items() if entry.kind == OTHER)),
    )


def carry_out(source: Side, copy: Side, todo: Plan, before: Listing, wanted: Listing) -> None:
    """Do it."""
    for path in todo.remove:
        copy.remove(path, before[path].kind)
    for path in todo.folders:
        copy.make_folder(path)
    for path in todo.files:
        copy.write(path, source.read(path), wanted[path].changed)


def differing(source: Side, copy: Side, listing: Listing) -> list[str]:
    """The files whose contents differ."""
    files = (path for path, entry in sorted(listing.items()) if entry.kind == FILE)
    return [path for path in files if _digest(source, path) != _digest(copy, path)]


def _digest(side: Side, path: str) -> bytes:
    digest = hashlib.sha256()
    for piece in side.read(path):
        digest.update(piece)
    return digest.digest()
