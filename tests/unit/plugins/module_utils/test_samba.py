# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandFailed
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba import (
    Share,
    build_share,
    check_name,
    load_accounts,
    load_shares,
    parse_accounts,
    parse_shares,
    raise_all,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, answer

FIXTURES = Path(__file__).parents[2] / "fixtures"
RELEASES = ["bookworm-4.17.12", "trixie-4.22.11"]

PROJECTS = Share(
    "projects",
    {
        "path": "/srv/a",
        "read only": "no",
        "comment": "a = b, [c]",
        "vfs objects": "acl_xattr streams_xattr",
        "full_audit:prefix": "%u|%I",
        "hosts allow": "",
    },
)


def net(release: str, name: str) -> str:
    return (FIXTURES / "net" / release / f"{name}.txt").read_text()


def pdbedit(release: str, name: str) -> str:
    return (FIXTURES / "pdbedit" / release / f"{name}.txt").read_text()


@pytest.mark.parametrize("release", RELEASES)
def test_shares_are_read(release: str) -> None:
    assert parse_shares(net(release, "conf-showshare")) == (PROJECTS,)
    read_me = Share("Read Me", {"path": "/srv/ro", "guest ok": "yes"})
    assert parse_shares(net(release, "conf-list")) == (PROJECTS, read_me)


@pytest.mark.parametrize("release", RELEASES)
def test_an_empty_registry_has_no_shares(release: str) -> None:
    assert parse_shares(net(release, "conf-list-empty")) == ()


@pytest.mark.parametrize("text", ["path = /srv\n", "[a]\n\tpath\n", "WARNING: odd\n"])
def test_a_line_that_is_not_understood_is_told(text: str) -> None:
    with pytest.raises(StateError, match="the line"):
        parse_shares(text)


def test_a_share_is_written_path_first_and_read_back() -> None:
    text = PROJECTS.as_text()
    assert text.splitlines()[:2] == ["[projects]", "\tpath = /srv/a"]
    assert parse_shares(text) == (PROJECTS,)


@pytest.mark.parametrize("release", RELEASES)
def test_accounts_are_read(release: str) -> None:
    alice, bob, carol = sorted(parse_accounts(pdbedit(release, "list")), key=lambda account: account.name)
    assert (alice.name, alice.nt_hash, alice.enabled) == ("alice", "0F00BA66F096CF3319E2680230EA7D0B", True)
    assert (bob.name, bob.enabled) == ("bob", False)
    assert (carol.name, carol.nt_hash, carol.flags) == ("carol", None, frozenset("NDU"))
    assert parse_accounts(pdbedit(release, "list-empty")) == ()


@pytest.mark.parametrize("text", ["alice:1000:SECRET\n", "alice:1000:X:0F00BA66F096CF3319E2680230EA7D0B:U:LCT-0:\n"])
def test_a_line_of_another_form_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(StateError, match="line 1") as caught:
        parse_accounts(text)
    assert "SECRET" not in str(caught.value)
    assert "0F00BA66" not in str(caught.value)


def test_all_entries_are_read_in_one_call() -> None:
    shares = load_shares(Replay(answer(["net", "conf", "list"], 0, net(RELEASES[1], "conf-list"))))
    assert [share.name for share in shares] == ["projects", "Read Me"]
    other = answer(["net", "-s", "/x/smb.conf", "conf", "list"], 0, net(RELEASES[1], "conf-list-empty"))
    assert load_shares(Replay(other), config="/x/smb.conf") == ()
    accounts = load_accounts(Replay(answer(["pdbedit", "-L", "-w"], 0, pdbedit(RELEASES[1], "list"))))
    assert {account.name for account in accounts} == {"alice", "bob", "carol"}


def test_a_database_out_of_reach_is_no_empty_one() -> None:
    lost = "Unable to initialize messaging context!"
    with pytest.raises(CommandFailed, match=r"messaging context.*ctdb status"):
        load_shares(Replay(answer(["net", "conf", "list"], 1, "", lost)))
    with pytest.raises(CommandFailed, match=r"User Search failed.*ctdb status"):
        load_accounts(Replay(answer(["pdbedit", "-L", "-w"], 1, "", "User Search failed!")))


def test_all_faults_are_told_in_one_error() -> None:
    one = StateError("a", wanted="b", found="c", remedy="Do d.")
    two = StateError("e", wanted="f", found="g", remedy="Do h.")
    raise_all([])
    with pytest.raises(StateError) as caught:
        raise_all([one])
    assert caught.value is one
    with pytest.raises(StateError, match=r"2 faults.*a: wanted b; found c. Do d.*e: wanted f; found g. Do h"):
        raise_all([one, two])


def test_values_are_written_as_smb_conf_has_them() -> None:
    share = build_share("data", "/srv/d", {"Read  Only": False, "max connections": 7, "comment": "  two   blanks "})
    assert share.parameters == {"path": "/srv/d", "read only": "no", "max connections": "7", "comment": "two blanks"}


@pytest.mark.parametrize(
    "parameters",
    [
        {"path": "/x"},
        {"Directory": "/x"},
        {"valid users": "@staff \\"},
        {"comment": "a\n[global]"},
        {"a = b": "c"},
        {"[x]": "c"},
        {"; x": "c"},
        {"": "c"},
        {"read only": "no", "Read  Only": "yes"},
        {"hosts allow": ["a", "b"]},
        {"comment": None},
    ],
)
def test_what_smb_conf_cannot_carry_is_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(StateError, match="share data, parameter"):
        build_share("data", "/srv/d", parameters)


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(StateError, match="absolute path"):
        build_share("data", "srv/d", {})


@pytest.mark.parametrize(
    "name",
    [
        "global",
        "Homes",
        "PRINTERS",
        "",
        "x" * 81,
        " a",
        "-x",
        "a  b",
        "a\tb",
        *(f"a{char}b" for char in '\\/:|<>+=;,?*"[]'),
    ],
)
def test_names_that_are_not_a_plain_share_are_refused(name: str) -> None:
    with pytest.raises(StateError, match="Choose another name"):
        check_name(name)


@pytest.mark.parametrize("name", ["projects", "Read Me", "archive$", "x" * 80, "größe"])
def test_usual_names_are_taken(name: str) -> None:
    check_name(name)
