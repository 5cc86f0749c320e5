# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An SMB client on one share, as its workload needs it: it tells a broken connection from an error of the server."""

from __future__ import annotations

import contextlib
import logging
import traceback
import typing as t
import uuid
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target, dial

try:
    from smbprotocol.create_contexts import (
        SMB2CreateDurableHandleReconnectV2,
        SMB2CreateDurableHandleRequestV2,
        SMB2CreateDurableHandleResponseV2,
    )
    from smbprotocol.exceptions import NoMoreFiles, NoSuchFile, SMBResponseException
    from smbprotocol.file_info import FileInformationClass, FileRenameInformation, InfoType
    from smbprotocol.header import NtStatus
    from smbprotocol.open import (
        CreateDisposition,
        CreateOptions,
        FilePipePrinterAccessMask,
        ImpersonationLevel,
        LockFlags,
        Open,
        RequestedOplockLevel,
        ShareAccess,
        SMB2LockElement,
        SMB2SetInfoRequest,
    )
    from smbprotocol.session import Session
    from smbprotocol.tree import TreeConnect
except ImportError:
    SMBPROTOCOL_ERROR: str | None = traceback.format_exc()
else:
    SMBPROTOCOL_ERROR = None
    # What goes wrong is told as an exception, not on stderr.
    logging.getLogger("smbprotocol").addHandler(logging.NullHandler())

LOCK_NOT_GRANTED = 0xC0000055
"""[MS-ERREF] 2.3.1: what a lock that another handle holds is answered with. The library has no name for it."""

_SESSION_GONE = (0xC0000203, 0xC00000C9, 0xC000035C)
"""[MS-ERREF] 2.3.1: STATUS_USER_SESSION_DELETED, STATUS_NETWORK_NAME_DELETED, STATUS_NETWORK_SESSION_EXPIRED."""

_CHUNK = 32768
"""Bytes in one read: within what one credit pays for ([MS-SMB2] 3.1.5.2), and a bound on what a peer may announce."""


class Broken(Exception):
    """The connection is of no more use; the text says why."""


class Refused(Exception):
    """The server answered with an error, and the connection stays. The text is the name of its NT status."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status_name(status))


@dataclass(frozen=True)
class Ticket:
    """What a client shows to get its durable handle back: [MS-SMB2] 2.2.13.2.12."""

    create_guid: uuid.UUID
    file_id: bytes


def status_name(status: int) -> str:
    """Return the name of an NT status, or its number."""
    if status == LOCK_NOT_GRANTED:
        return "STATUS_LOCK_NOT_GRANTED"
    names = (name for name, value in vars(NtStatus).items() if value == status)
    return next(names, f"0x{status:08X}")


def _read_write() -> int:
    return int(FilePipePrinterAccessMask.GENERIC_READ | FilePipePrinterAccessMask.GENERIC_WRITE)


class File:
    """A handle. Every method raises :class:`Broken` or :class:`Refused`."""

    def __init__(self, client: Client, handle: t.Any, ticket: Ticket | None) -> None:
        self.ticket = ticket
        self._client = client
        self._handle = handle

    def read(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` bytes, fewer only at the end of the file."""
        data = b""
        while len(data) < length:
            try:
                with self._client.answer():
                    part = self._handle.read(offset + len(data), min(length - len(data), _CHUNK))
            except Refused as exc:
                if exc.status != NtStatus.STATUS_END_OF_FILE:
                    raise
                break
            data += part
        return data

    def read_all(self) -> bytes:
        """Return all that was in the file when it was opened."""
        return self.read(0, self._handle.end_of_file)

    def write(self, data: bytes, offset: int) -> None:
        """Return when the server says that all of it is on the disk."""
        with self._client.answer():
            count = self._handle.write(data, offset, write_through=True)
        if count != len(data):
            raise Refused(NtStatus.STATUS_DISK_FULL)

    def lock(self, length: int) -> bool:
        """Lock the file's first bytes for this handle alone. Return whether it got them; it does not wait."""
        try:
            self._lock(length, LockFlags.SMB2_LOCKFLAG_EXCLUSIVE_LOCK | LockFlags.SMB2_LOCKFLAG_FAIL_IMMEDIATELY)
        except Refused as exc:
            if exc.status != LOCK_NOT_GRANTED:
                raise
            return False
        return True

    def unlock(self, length: int) -> None:
        self._lock(length, LockFlags.SMB2_LOCKFLAG_UNLOCK)

    def _lock(self, length: int, flags: int) -> None:
        element = SMB2LockElement()
        element["length"] = length
        element["flags"] = flags
        with self._client.answer():
            self._handle.lock([element])

    def close(self) -> None:
        """Close it. A handle of a connection that has ended is closed already."""
        if self._client.up:
            with self._client.answer():
                self._handle.close()


class Client:
    """A session on one share. Paths are relative to it, with backslashes. One request at a time.

    Every method raises :class:`Broken` or :class:`Refused`.
    """

    def __init__(self, target: Target, client_guid: uuid.UUID, previous_session: int = 0) -> None:
        """Connect, log on, and connect to the share.

        :param client_guid: the same for all connections of a client, [MS-SMB2] 3.2.1.1.
        :param previous_session: :attr:`session_id` of the connection whose place this one takes, or 0.
        """
        try:
            self._connection = dial(target, client_guid, previous_session)
        except OSError as exc:
            raise Broken(f"no connection: {exc.strerror or exc}") from exc
        try:
            with self.answer():
                self._connection.connect()
                session = Session(self._connection, target.username, target.password, require_encryption=False)
                session.connect()
                self.session_id: int = session.session_id
                self._tree = TreeConnect(session, rf"\\{target.server_name}\{target.share}")
                self._tree.connect()
        except Refused:
            self.cut()
            raise

    @property
    def up(self) -> bool:
        """Whether nobody has seen the connection end."""
        transport = self._connection.transport
        return bool(transport and transport.connected)

    def cut(self) -> None:
        """End the connection without a word: good-byes are answered late or never where something has failed."""
        if self._connection.transport:
            self._connection.transport.close()

    @contextlib.contextmanager
    def answer(self) -> t.Iterator[None]:
        """Turn whatever the library raises into this module's exceptions."""
        try:
            yield
        except SMBResponseException as exc:
            if exc.status not in _SESSION_GONE:
                raise Refused(exc.status) from exc
            self.cut()
            raise Broken(status_name(exc.status)) from exc
        except Exception as exc:
            # Not only what the library defines: half a packet makes it raise anything.
            fault = self._connection.transport.fault if self._connection.transport else None
            self.cut()
            raise Broken(fault or " ".join(str(exc).split()) or type(exc).__name__) from exc

    def open(self, path: str, *, create: bool = False) -> File:
        """Open a file that is there, or make one that is not."""
        handle = Open(self._tree, path)
        disposition = CreateDisposition.FILE_CREATE if create else CreateDisposition.FILE_OPEN
        self._create(handle, _read_write(), CreateOptions.FILE_NON_DIRECTORY_FILE, disposition)
        return File(self, handle, None)

    def open_durable(self, path: str, ticket: Ticket | None = None) -> File:
        """Open a file so that the handle outlives the connection, or take such a handle back with its ticket.

        A server need not grant it; then the file has no ticket. The handle has a batch oplock, without which there is
        none ([MS-SMB2] 3.3.5.9.10). The library ends the connection when one is broken: nobody else may open the file.
        """
        handle = Open(self._tree, path)
        context: t.Any
        if ticket is None:
            guid = uuid.uuid4()
            context = SMB2CreateDurableHandleRequestV2()
        else:
            guid = ticket.create_guid
            context = SMB2CreateDurableHandleReconnectV2()
            context["file_id"] = ticket.file_id
        context["create_guid"] = guid
        answers = self._create(
            handle,
            _read_write(),
            CreateOptions.FILE_NON_DIRECTORY_FILE,
            CreateDisposition.FILE_OPEN,
            [context],
            RequestedOplockLevel.SMB2_OPLOCK_LEVEL_BATCH,
        )
        granted = ticket is not None or any(isinstance(entry, SMB2CreateDurableHandleResponseV2) for entry in answers)
        return File(self, handle, Ticket(guid, handle.file_id) if granted else None)

    def make_folder(self, path: str) -> None:
        """Make a folder that is not there."""
        access = FilePipePrinterAccessMask.GENERIC_READ
        with self._opened(path, access, CreateOptions.FILE_DIRECTORY_FILE, CreateDisposition.FILE_CREATE):
            pass

    def names(self, path: str, pattern: str = "*") -> set[str]:
        """Return the names in a folder that match."""
        found: set[str] = set()
        # Not to delete it, too: while such a handle is open, nothing in the folder can be renamed.
        opened = self._opened(path, FilePipePrinterAccessMask.GENERIC_READ, CreateOptions.FILE_DIRECTORY_FILE)
        with opened as handle, self.answer(), contextlib.suppress(NoMoreFiles, NoSuchFile):
            while True:
                entries = handle.query_directory(pattern, FileInformationClass.FILE_NAMES_INFORMATION)
                found.update(entry["file_name"].get_value().decode("utf-16-le") for entry in entries)
        return found - {".", ".."}

    def rename(self, path: str, new_path: str) -> None:
        """Rename a file; the new name must be free."""
        information = FileRenameInformation()
        information["file_name"] = new_path
        request = SMB2SetInfoRequest()
        request["info_type"] = InfoType.SMB2_0_INFO_FILE
        request["file_info_class"] = FileInformationClass.FILE_RENAME_INFORMATION
        request["buffer"] = information.pack()
        access = FilePipePrinterAccessMask.DELETE
        with self._opened(path, access, CreateOptions.FILE_NON_DIRECTORY_FILE) as handle:
            request["file_id"] = handle.file_id
            with self.answer():
                session, tree = self._tree.session.session_id, self._tree.tree_connect_id
                self._connection.receive(self._connection.send(request, session, tree))

    def remove(self, path: str, *, folder: bool = False) -> None:
        """Delete a file or an empty folder."""
        kind = CreateOptions.FILE_DIRECTORY_FILE if folder else CreateOptions.FILE_NON_DIRECTORY_FILE
        with self._opened(path, FilePipePrinterAccessMask.DELETE, kind | CreateOptions.FILE_DELETE_ON_CLOSE):
            pass

    @contextlib.contextmanager
    def _opened(self, path: str, access: int, options: int, disposition: int | None = None) -> t.Iterator[t.Any]:
        handle = Open(self._tree, path)
        self._create(handle, access, options, CreateDisposition.FILE_OPEN if disposition is None else disposition)
        try:
            yield handle
        finally:
            File(self, handle, None).close()

    def _create(self, handle: t.Any, access: int, options: int, disposition: int, *more: t.Any) -> list[t.Any]:
        """Open ``handle``, shared with everyone. Return what the server answers to the contexts in ``more``."""
        share = ShareAccess.FILE_SHARE_READ | ShareAccess.FILE_SHARE_WRITE | ShareAccess.FILE_SHARE_DELETE
        level = ImpersonationLevel.Impersonation
        with self.answer():
            answers: list[t.Any] | None = handle.create(level, access, 0, share, disposition, options, *more)
        return answers or []
