# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder on a server, as the library shows it."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import typing as t
import uuid
from types import SimpleNamespace

import pytest
import smbclient
from ansible_collections.samba_ha.cluster.plugins.module_utils import _smb_tree
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_copy import FILE, FOLDER, OTHER, Entry
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_tree import SmbSide

TARGET = Target("192.0.2.10", "Files", "data", "alice", "secret", timeout=5)
LIBRARY = ("mkdir", "remove", "rmdir", "utime")
ATTRIBUTES = {FILE: 0x80, FOLDER: 0x10, OTHER: 0x410}


class Library:
    """Stands in for the library's functions, and notes how they were called."""

    def __init__(self) -> None:
        self.calls: list[tuple[t.Any, ...]] = []
        self.written = io.BytesIO()

    def note(self, name: str) -> t.Callable[..., None]:
        def function(*what: t.Any, **options: t.Any) -> None:
            assert options.pop("username") == "alice" and options.pop("password") == "secret"
            assert list(options.pop("connection_cache")) == ["files:445"]
            self.calls.append((name, *what, *options.values()))

        return function


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library()

    def dial(target: Target, _guid: uuid.UUID, _previous: int) -> SimpleNamespace:
        assert target == TARGET
        return SimpleNamespace(connect=lambda: made.calls.append(("connect",)))

    monkeypatch.setattr(_smb_tree, "dial", dial)
    for name in LIBRARY:
        monkeypatch.setattr(smbclient, name, made.note(name))
    return made


@pytest.fixture
def side(library: Library) -> SmbSide:
    made = SmbSide(Unc("Files", "data", "sales"), TARGET)
    assert library.calls.pop() == ("connect",)
    return made


def test_what_is_in_a_folder(side: SmbSide, monkeypatch: pytest.MonkeyPatch) -> None:
    time = dt.datetime(1970, 1, 1, 0, 0, 1, 5)  # noqa: DTZ001 - as the library has it
    entries = [
        SimpleNamespace(name=name, smb_info=SimpleNamespace(file_attributes=bits, end_of_file=3, last_write_time=time))
        for name, bits in ATTRIBUTES.items()
    ]

    def scandir(path: str, **_options: object) -> contextlib.nullcontext[t.Any]:
        assert path == r"\\Files\data\sales\a"
        return contextlib.nullcontext(entries)

    monkeypatch.setattr(smbclient, "scandir", scandir)
    assert side.entries("a") == {FILE: Entry(FILE, 3, 1000005), FOLDER: Entry(FOLDER), OTHER: Entry(OTHER)}


def test_files_are_read_and_written(side: SmbSide, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_file(path: str, *, mode: str, share_access: str | None = None, **_options: object) -> t.Any:
        assert path == r"\\Files\data\sales\x"
        # Clients may go on working.
        assert (mode, share_access) in {("rb", "rwd"), ("wb", None)}
        return contextlib.nullcontext(io.BytesIO(b"abc") if mode == "rb" else library.written)

    monkeypatch.setattr(smbclient, "open_file", open_file)
    side.write("x", side.read("x"), 1000005)
    assert library.written.getvalue() == b"abc"
    assert library.calls == [("utime", r"\\Files\data\sales\x", (1000005000, 1000005000))]


def test_folders_are_made_and_all_is_removed(side: SmbSide, library: Library) -> None:
    side.make_folder("a")
    side.remove("a", FOLDER)
    side.remove("x", FILE)
    place = r"\\Files\data\sales"
    assert library.calls == [("mkdir", rf"{place}\a"), ("rmdir", rf"{place}\a"), ("remove", rf"{place}\x")]


def test_what_a_server_refuses_is_told(side: SmbSide, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_what: object, **_options: object) -> t.NoReturn:
        raise OSError("[NtStatus 0xc0000022] Permission denied")

    monkeypatch.setattr(smbclient, "mkdir", refuse)
    with pytest.raises(StateError) as caught:
        side.make_folder("a")
    assert r"\\Files\data\sales\a: wanted a new folder; found [NtStatus 0xc0000022]" in str(caught.value)


def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_what: object) -> t.NoReturn:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(_smb_tree, "dial", refuse)
    with pytest.raises(StateError, match="wanted an answer; found"):
        SmbSide(Unc("files", "data"), TARGET)
