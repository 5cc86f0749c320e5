# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder on a server, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_copy import FILE, FOLDER, Entry


class Memory:
    """Files by path, each its contents and time; None is a folder. ``others`` are what is neither."""

    def __init__(self, files: dict[str, tuple[bytes, int] | None] | None = None, *others: str) -> None:
        self.files = dict(files or {})
        self.others = others
        self.done: list[str] = []

    def entries(self, folder: str) -> dict[str, Entry]:
        prefix = f"{folder}\\" if folder else ""
        found = {
            path: Entry(FOLDER) if file is None else Entry(FILE, len(file[0]), file[1])
            for path, file in self.files.items()
        }
        found |= dict.fromkeys(self.others, Entry("other"))
        names = {path.removeprefix(prefix): entry for path, entry in found.items() if path.startswith(prefix)}
        return {name: entry for name, entry in names.items() if "\\" not in name}

    def read(self, path: str) -> Iterator[bytes]:
        file = self.files[path]
        assert file is not None
        # In two pieces.
        yield file[0][:1]
        yield file[0][1:]

    def write(self, path: str, pieces: Iterable[bytes], changed: int | None = None) -> None:
        self.done.append(f"write {path}")
        assert path.rpartition("\\")[0] in {"", *(folder for folder, file in self.files.items() if file is None)}
        self.files[path] = b"".join(pieces), changed or 0

    def make_folder(self, path: str) -> None:
        self.done.append(f"make {path}")
        assert path not in self.files
        self.files[path] = None

    def remove(self, path: str, kind: str) -> None:
        self.done.append(f"remove {path}")
        assert not self.entries(path) and (self.files[path] is None) == (kind == FOLDER)
        del self.files[path]
