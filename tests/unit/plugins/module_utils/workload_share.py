# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A share in memory that breaks connections and promises on demand, with the clients that the workload sees."""

from __future__ import annotations

import fnmatch
import threading
import typing as t
import uuid
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Broken, Client, File, Refused, Ticket
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target

NOT_FOUND = 0xC0000034
FILE_CLOSED = 0xC0000128

TARGET = Target("192.0.2.10", "files", "data", "alice", "secret", timeout=0.5)


@dataclass
class Share:
    """What the server has. The hooks see each request, and may raise what its client then gets.

    Nobody can connect to addresses that are ``away``.
    """

    before: t.Callable[[str, ShareClient], None] = lambda _request, _client: None
    after: t.Callable[[str, ShareClient], None] = lambda _request, _client: None
    exclusive: bool = True
    durable: bool = False
    files: dict[str, bytearray] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    owner: ShareFile | None = None
    clients: list[ShareClient] = field(default_factory=list)
    sources: list[str | None] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    mutex: threading.RLock = field(default_factory=threading.RLock)

    def dial(self, target: Target, _guid: uuid.UUID, previous_session: int) -> Client:
        client = ShareClient(self)
        self.sources.append(target.source)
        self.servers.append(target.server)
        if target.server in self.away:
            raise Broken("no route to host")
        with client.request("connect"):
            for former in self.clients:
                if former.session_id == previous_session:
                    former.cut()
            self.clients.append(client)
            client.session_id = len(self.clients)
        return client

    def copies(self, *nodes: str) -> dict[str, dict[str, bytes]]:
        files = {path.rpartition("\\")[2]: bytes(data) for path, data in self.files.items()}
        return {node: dict(files) for node in nodes}


class ShareClient(Client):
    """A client of it."""

    def __init__(self, share: Share) -> None:
        self.share = share
        self.session_id = 0
        self.alive = True

    @property
    def up(self) -> bool:
        return self.alive

    def cut(self) -> None:
        with self.share.mutex:
            self.alive = False
            if self.share.owner is not None and self.share.owner.client is self:
                self.share.owner = None

    def request(self, name: str) -> Request:
        return Request(self, name)

    def open(self, path: str, *, create: bool = False) -> File:
        with self.request("open"):
            if create:
                self.share.files[path] = bytearray()
            return ShareFile(self, path)

    def open_durable(self, path: str, ticket: Ticket | None = None) -> File:
        with self.request("open_durable"):
            if ticket is not None and not self.share.durable:
                raise Refused(NOT_FOUND)
            return ShareFile(self, path, Ticket(uuid.uuid4(), b""))

    def make_folder(self, path: str) -> None:
        with self.request("make_folder"):
            self.share.folders.add(path)

    def names(self, path: str, pattern: str = "*") -> set[str]:
        with self.request("names"):
            return {name for name in self.share.copies("x")["x"] if fnmatch.fnmatch(name, pattern)}

    def rename(self, path: str, new_path: str) -> None:
        with self.request("rename"):
            if path not in self.share.files:
                raise Refused(NOT_FOUND)
            self.share.files[new_path] = self.share.files.pop(path)

    def remove(self, path: str, *, folder: bool = False) -> None:
        with self.request("remove"):
            if folder:
                self.share.folders.remove(path)
            else:
                del self.share.files[path]


class Request:
    """One request at a time, and none on a connection that is gone."""

    def __init__(self, client: ShareClient, name: str) -> None:
        self.client = client
        self.name = name

    def __enter__(self) -> None:
        self.client.share.mutex.acquire()
        try:
            if not self.client.alive:
                raise Broken("closed by the server")
            self.client.share.before(self.name, self.client)
        except BaseException:
            self.client.share.mutex.release()
            raise

    def __exit__(self, kind: object, *_rest: object) -> None:
        try:
            if kind is None:
                self.client.share.after(self.name, self.client)
        finally:
            self.client.share.mutex.release()


class ShareFile(File):
    """A handle on one of its files."""

    def __init__(self, client: ShareClient, path: str, ticket: Ticket | None = None) -> None:
        if path not in client.share.files:
            raise Refused(NOT_FOUND)
        self.client = client
        self.path = path
        self.ticket = ticket
        self.open = True

    @property
    def _data(self) -> bytearray:
        if not self.open:
            raise Refused(FILE_CLOSED)
        return self.client.share.files[self.path]

    def read(self, offset: int, length: int) -> bytes:
        with self.client.request("read"):
            return bytes(self._data[offset : offset + length])

    def read_all(self) -> bytes:
        with self.client.request("read"):
            return bytes(self._data)

    def write(self, data: bytes, offset: int) -> None:
        with self.client.request("write"):
            self._data[offset : offset + len(data)] = data

    def lock(self, length: int) -> bool:
        with self.client.request("lock"):
            share = self.client.share
            if share.exclusive and share.owner is not None:
                return False
            share.owner = self
            return True

    def unlock(self, length: int) -> None:
        with self.client.request("unlock"):
            self.client.share.owner = None

    def close(self) -> None:
        if self.client.alive:
            with self.client.request("close"):
                self.open = False
                if self.client.share.owner is self:
                    self.client.share.owner = None
