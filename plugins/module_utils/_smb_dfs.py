# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask servers for DFS referrals, and open what they lead to, over SMB."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_follow import Unreachable
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_referral import (
    Referral,
    build_request,
    parse_response,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Broken, Client, Refused
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target

with contextlib.suppress(ImportError):  # _smb_client keeps the error
    from smbprotocol.ioctl import CtlCode, IOCTLFlags, SMB2IOCTLRequest, SMB2IOCTLResponse
    from smbprotocol.open import FilePipePrinterAccessMask

_MOST = 65536
"""Bytes of an answer, room for smbd's 256 targets. A server cuts off what is longer."""

BAD_NETWORK_NAME, PATH_NOT_COVERED = 0xC00000CC, 0xC0000257
"""[MS-ERREF] 2.3.1: there is no such share; a DFS link is on the way."""
NO_SUCH_PLACE = (0xC0000034, 0xC000003A, 0xC0000103)
"""STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_NOT_A_DIRECTORY."""


class DfsClient(Client):
    """A client that asks for referrals. Every method raises :class:`Broken` or :class:`Refused`."""

    def referral(self, path: str, level: int) -> bytes:
        """The server's answer for a path; the client's share must be ``IPC$``."""
        request = SMB2IOCTLRequest()
        request["ctl_code"] = CtlCode.FSCTL_DFS_GET_REFERRALS
        # [MS-SMB2] 3.2.4.20.3: no file is meant.
        request["file_id"] = b"\xff" * 16
        request["max_output_response"] = _MOST
        request["flags"] = IOCTLFlags.SMB2_0_IOCTL_IS_FSCTL
        request["buffer"] = build_request(path, level)
        with self.answer():
            session, tree = self._tree.session.session_id, self._tree.tree_connect_id
            answer = self._connection.receive(self._connection.send(request, session, tree))
            response = SMB2IOCTLResponse()
            response.unpack(answer["data"].get_value())
            return bytes(response["buffer"].get_value())

    def look(self, place: Unc) -> None:
        """Open a file or a folder, and close it."""
        # [MS-SMB2] 3.2.4.3: on a share that is in DFS the whole path, without the backslashes before it.
        path = str(place) if self._tree.is_dfs_share else place.path
        with self._opened(path, FilePipePrinterAccessMask.FILE_READ_ATTRIBUTES, 0):
            pass


@dataclass(frozen=True)
class Servers:
    """All servers that names lead to.

    :param addresses: by name in lower case, of those that the DNS does not know; a name without a dot stands for all
        that begin with it and a dot.
    :param level: the version of referrals to ask for.
    :param timeout: seconds for each request.
    """

    addresses: Mapping[str, str]
    username: str
    password: str = field(repr=False)
    level: int
    timeout: float
    dial: Callable[[Target, uuid.UUID], DfsClient] = DfsClient

    def referral(self, place: Unc) -> Referral | None:
        """Where a server sends its clients from a place, None if nowhere else; raises :class:`Unreachable`."""
        with self._connected(place.server, "IPC$") as client:
            try:
                answer = client.referral(f"\\{place}", self.level)
            except Refused:
                # A server that knows no DFS, a share that is not in it, a path without a link: each has its own words.
                return None
        try:
            return parse_response(answer)
        except ValueError as exc:
            raise Unreachable(f"answers with a referral that is {exc}") from exc

    def look(self, place: Unc) -> None:
        """Open a place; raises :class:`Unreachable`."""
        with self._connected(place.server, place.share) as client:
            try:
                client.look(place)
            except Refused as exc:
                if exc.status in NO_SUCH_PLACE:
                    raise Unreachable("has the share, but nothing at that path") from exc
                if exc.status == PATH_NOT_COVERED:
                    raise Unreachable("is a link, but smbd refuses to refer on who dials it by that name") from exc
                raise Unreachable(f"cannot be opened: {exc}") from exc

    @contextlib.contextmanager
    def _connected(self, name: str, share: str) -> Iterator[DfsClient]:
        known = name.lower()
        server = self.addresses.get(known) or self.addresses.get(known.split(".", 1)[0]) or name
        target = Target(server, name, share, self.username, self.password, timeout=self.timeout)
        try:
            client = self.dial(target, uuid.uuid4())
        except Refused as exc:
            if exc.status == BAD_NETWORK_NAME:
                raise Unreachable(f"answers, but has no share {share}") from exc
            raise Unreachable(f"refuses {self.username}: {exc}") from exc
        except Broken as exc:
            raise Unreachable(f"does not answer: {exc}") from exc
        try:
            yield client
        except Broken as exc:
            raise Unreachable(f"does not answer: {exc}") from exc
        finally:
            client.cut()
