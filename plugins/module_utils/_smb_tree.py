# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder on a server, as it is copied from and to, over SMB."""

from __future__ import annotations

import contextlib
import datetime as dt
import typing as t
import uuid
from collections.abc import Iterable, Iterator

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_copy import FILE, FOLDER, OTHER, Entry
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target, dial

with contextlib.suppress(ImportError):  # _smb_client keeps the error
    import smbclient
    from smbprotocol.exceptions import SMBException
    from smbprotocol.file_info import FileAttributes

PIECE = 65536
"""Bytes that are read at a time. Of more the library would ask for as much at once as the server offers."""
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class SmbSide:
    """One folder. All its methods raise :class:`StateError`."""

    def __init__(self, place: Unc, target: Target) -> None:
        """Connect to the server; the share is connected to when it is needed."""
        self._top = f"\\\\{place}"
        cache: dict[str, t.Any] = {}
        self._options = {"username": target.username, "password": target.password, "connection_cache": cache}
        with self._told("", "an answer"):
            connection = dial(target, uuid.uuid4(), 0)
            connection.connect()
            # Where the library looks for a connection before it makes one by the name.
            cache[f"{target.server_name.lower()}:{target.port}"] = connection

    def entries(self, folder: str) -> dict[str, Entry]:
        """What is in a folder, by name."""
        with self._told(folder, "a folder"), smbclient.scandir(self._path(folder), **self._options) as found:
            return {entry.name: _entry(entry.smb_info) for entry in found}

    def read(self, path: str) -> Iterator[bytes]:
        """A file, piece by piece, also while others write to it."""
        with self._told(path, "a file that can be read"):
            opened = smbclient.open_file(self._path(path), mode="rb", share_access="rwd", **self._options)
            with opened as file:
                while piece := file.read(PIECE):
                    yield piece

    def write(self, path: str, pieces: Iterable[bytes], changed: int | None = None) -> None:
        """Write a file, and set its time."""
        with self._told(path, "a file that can be written"):
            with smbclient.open_file(self._path(path), mode="wb", **self._options) as file:
                for piece in pieces:
                    file.write(piece)
            if changed is not None:
                smbclient.utime(self._path(path), ns=(changed * 1000, changed * 1000), **self._options)

    def make_folder(self, path: str) -> None:
        """Make a folder."""
        with self._told(path, "a new folder"):
            smbclient.mkdir(self._path(path), **self._options)

    def remove(self, path: str, kind: str) -> None:
        """Remove a file or an empty folder."""
        with self._told(path, "it removed"):
            (smbclient.rmdir if kind == FOLDER else smbclient.remove)(self._path(path), **self._options)

    def _path(self, path: str) -> str:
        return f"{self._top}\\{path}" if path else self._top

    @contextlib.contextmanager
    def _told(self, path: str, wanted: str) -> Iterator[None]:
        try:
            yield
        except (OSError, SMBException, ValueError) as exc:
            found = " ".join(str(exc).split())
            remedy = "Look whether the server answers, and whether the account may do this."
            raise StateError(self._path(path), wanted=wanted, found=found, remedy=remedy) from exc


def _entry(info: t.Any) -> Entry:
    if info.file_attributes & FileAttributes.FILE_ATTRIBUTE_REPARSE_POINT:
        return Entry(OTHER)
    if info.file_attributes & FileAttributes.FILE_ATTRIBUTE_DIRECTORY:
        return Entry(FOLDER)
    since = info.last_write_time.replace(tzinfo=dt.UTC) - _EPOCH
    return Entry(FILE, info.end_of_file, since // dt.timedelta(microseconds=1))
