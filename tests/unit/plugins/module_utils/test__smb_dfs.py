# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers say to who asks for referrals, in words."""

from __future__ import annotations

import contextlib
import typing as t
import uuid
from types import SimpleNamespace

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_follow import Unreachable
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Broken, Refused
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_dfs import DfsClient, Servers
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.dfs_cases import response
from smbprotocol.ioctl import CtlCode, SMB2IOCTLResponse
from smbprotocol.structure import BytesField

PLACE = Unc("Files.example.com", "dfs", "Sales")


class Fake:
    """Stands in for the client: raises or returns what it was told to."""

    def __init__(self, answer: bytes | Exception = b"", *, dial: Exception | None = None) -> None:
        self.answer, self._dial = answer, dial
        self.target: Target | None = None
        self.asked: tuple[t.Any, ...] = ()
        self.ended = False

    def dial(self, target: Target, _guid: uuid.UUID) -> DfsClient:
        self.target = target
        if self._dial:
            raise self._dial
        return t.cast(DfsClient, self)

    def referral(self, *asked: t.Any) -> bytes:
        self.asked = asked
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    look = referral

    def cut(self) -> None:
        self.ended = True


def servers(fake: Fake, **addresses: str) -> Servers:
    return Servers(addresses, "alice", "secret", level=3, timeout=5, dial=fake.dial)


def test_a_referral_is_asked_for_by_the_name_and_at_its_address() -> None:
    fake = Fake(response(f"\\{PLACE}", r"\b\s"))
    found = servers(fake, files="192.0.2.10").referral(PLACE)
    assert found is not None and found.targets == (r"b\s",)
    assert fake.target == Target("192.0.2.10", "Files.example.com", "IPC$", "alice", "secret", timeout=5)
    assert fake.asked == (r"\Files.example.com\dfs\Sales", 3)
    assert fake.ended
    assert "secret" not in repr(servers(fake))


def test_a_name_that_nobody_gave_an_address_is_left_to_the_dns() -> None:
    fake = Fake()
    servers(fake, files="192.0.2.10").look(Unc("nas.files", "s"))
    assert fake.target is not None and (fake.target.server, fake.target.share) == ("nas.files", "s")


# STATUS_NOT_FOUND, STATUS_FS_DRIVER_REQUIRED.
@pytest.mark.parametrize("status", [0xC0000225, 0xC000019C])
def test_a_server_that_refers_nobody(status: int) -> None:
    fake = Fake(Refused(status))
    assert servers(fake).referral(PLACE) is None
    assert fake.ended


def test_an_answer_that_is_no_referral() -> None:
    with pytest.raises(Unreachable, match="answers with a referral that is 1 bytes, too few"):
        servers(Fake(b"x")).referral(PLACE)


@pytest.mark.parametrize(
    ("fake", "told"),
    [
        (Fake(dial=Broken("no connection: refused")), "does not answer: no connection: refused"),
        (Fake(dial=Refused(0xC00000CC)), "answers, but has no share dfs"),
        (Fake(dial=Refused(0xC000006D)), "refuses alice: STATUS_LOGON_FAILURE"),
        (Fake(Broken("closed")), "does not answer: closed"),
        (Fake(Refused(0xC0000034)), "has the share, but nothing at that path"),
        (Fake(Refused(0xC000003A)), "has the share, but nothing at that path"),
        (Fake(Refused(0xC0000257)), "is a link, but smbd refuses to refer on who dials it by that name"),
        (Fake(Refused(0xC0000022)), "cannot be opened: STATUS_ACCESS_DENIED"),
    ],
)
def test_a_place_that_is_not_there(fake: Fake, told: str) -> None:
    with pytest.raises(Unreachable) as caught:
        servers(fake).look(PLACE)
    assert str(caught.value) == told


class Wire:
    """Stands in for the library's connection; answers every request with a referral."""

    def __init__(self) -> None:
        self.sent: list[t.Any] = []

    def send(self, request: t.Any, session: int, tree: int) -> t.Any:
        self.sent.append((request, session, tree))

    def receive(self, _request: object) -> dict[str, t.Any]:
        answer = SMB2IOCTLResponse()
        answer["ctl_code"] = CtlCode.FSCTL_DFS_GET_REFERRALS
        answer["file_id"] = b"\xff" * 16
        answer["output_count"] = 3
        answer["buffer"] = b"abc"
        data = BytesField()
        data.set_value(answer.pack())
        return {"data": data}


def test_the_request_on_the_wire() -> None:
    wire, client = Wire(), DfsClient.__new__(DfsClient)
    client._connection = wire
    client._tree = SimpleNamespace(session=SimpleNamespace(session_id=1), tree_connect_id=2)
    assert client.referral(r"\files\dfs", 4) == b"abc"
    ((request, session, tree),) = wire.sent
    assert (session, tree) == (1, 2)
    # [MS-SMB2] 2.2.31: FSCTL_DFS_GET_REFERRALS, no file, and the path behind the fixed part.
    assert request.pack()[4:24] == bytes.fromhex("94010600") + b"\xff" * 16
    assert request.pack().endswith(b"\x04\0" + r"\files\dfs".encode("utf-16-le") + b"\0\0")


@pytest.mark.parametrize(("in_dfs", "path"), [(True, r"Files.example.com\dfs\Sales"), (False, "Sales")])
def test_what_is_in_dfs_is_opened_by_its_whole_path(in_dfs: bool, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[t.Any, ...]] = []
    client = DfsClient.__new__(DfsClient)
    client._tree = SimpleNamespace(is_dfs_share=in_dfs)

    def note(*asked: t.Any) -> contextlib.nullcontext[None]:
        opened.append(asked)
        return contextlib.nullcontext()

    monkeypatch.setattr(client, "_opened", note)
    client.look(PLACE)
    assert [asked[0] for asked in opened] == [path]
