# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_copy import MARKER
from ansible_collections.samba_ha.cluster.plugins.modules import smb_copy
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.copy_cases import Memory

Call = t.Callable[..., dict[str, t.Any]]
MARKED = (b"old\\s\n", 0)


class World:
    """Two servers, and what is in their shares."""

    def __init__(self) -> None:
        self.old = Memory({"a": None, r"a\x": (b"abc", 1)}, "link")
        self.new = Memory()

    def connect(self, place: Unc, params: t.Mapping[str, t.Any]) -> Memory:
        assert (place.share, params["password"]) == ("s", "secret")
        return {"old": self.old, "new": self.new}[place.server.lower()]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(smb_copy, "connect", made.connect)
    return made


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def caller(*, check_mode: bool = False, **arguments: object) -> dict[str, t.Any]:
        own = {"source": r"\\Old\s", "copy": "//new/s", "username": "alice", "password": "secret"}
        with patch_module_args({**own, **arguments, "_ansible_check_mode": check_mode}), pytest.raises(SystemExit):
            smb_copy.main()
        result: dict[str, t.Any] = json.loads(capsys.readouterr().out)
        result.pop("invocation", None)
        assert "secret" not in json.dumps(result)
        return result

    return caller


def test_check_mode_foretells_what_is_then_done_and_not_done_again(world: World, call: Call) -> None:
    foretold = call(check_mode=True)
    assert world.new.files == {}
    assert foretold == {
        "changed": True,
        "copied": [r"a\x"],
        "removed": [],
        "passed": ["link"],
        "bytes": 3,
        "diff": {"before": "", "after": "a\na\\x\n"},
    }
    assert call() == foretold
    assert world.new.files == {**world.old.files, MARKER: MARKED}
    again = call(state="same")
    assert (again["changed"], again["copied"]) == (False, [])


def test_what_clients_did_meanwhile_is_copied_as_well(world: World, call: Call) -> None:
    call()
    world.old.files = {"b": (b"b", 2)}
    result = call(state="same")
    assert (result["copied"], result["removed"]) == (["b"], [r"a\x", "a"])
    assert world.new.files == {"b": (b"b", 2), MARKER: MARKED}


def test_the_marker_is_removed_at_last(world: World, call: Call) -> None:
    call()
    assert call(state="finished", check_mode=True)["changed"] is True
    assert MARKER in world.new.files
    assert call(state="finished")["changed"] is True
    assert world.new.files == world.old.files
    assert call(state="finished")["changed"] is False
    assert "wanted an empty folder" in call()["msg"]


@pytest.mark.parametrize("files", [{"theirs": (b"", 1)}, {MARKER: (b"other\\s\n", 1)}])
def test_what_is_no_copy_is_never_written_to(world: World, call: Call, files: dict[str, t.Any]) -> None:
    world.new.files = dict(files)
    result = call()
    assert result["failed"] is True and f"1 entries, {next(iter(files))} among them" in result["msg"]
    assert (world.new.files, world.new.done) == (files, [])


def test_contents_that_differ_are_told(world: World, call: Call) -> None:
    world.new.files = {"a": None, r"a\x": (b"abd", 1), MARKER: MARKED}
    result = call(state="same")
    assert result["failed"] is True and r"1 that differ, a\x among them" in result["msg"]
    assert "failed" not in call()


def test_a_source_that_changes_under_it_is_told(world: World, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    write = world.new.write

    def meanwhile(*what: t.Any) -> None:
        write(*what)
        world.old.files["late"] = (b"", 1)

    monkeypatch.setattr(world.new, "write", meanwhile)
    assert "late among them" in call(state="same")["msg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"timeout": 0}, "timeout of more than 0"), ({"copy": "new"}, "has no share"), ({"source": 7}, "has no share")],
)
def test_options_that_make_no_sense_fail(world: World, call: Call, arguments: dict[str, t.Any], words: str) -> None:
    assert words in call(**arguments)["msg"]


def test_a_server_that_does_not_answer(world: World, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_place: Unc, _params: object) -> t.NoReturn:
        raise StateError("x", wanted="an answer", found="none", remedy="Look.")

    monkeypatch.setattr(smb_copy, "connect", fail)
    assert "wanted an answer; found none" in call()["msg"]


def test_the_library_is_asked_for(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smb_copy, "SMBPROTOCOL_ERROR", "no such module")
    assert "smbprotocol" in call()["msg"]
