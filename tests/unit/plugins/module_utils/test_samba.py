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
    load_account,
    load_share,
    parse_accounts,
    parse_share_names,
    parse_shares,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.smb_replay import Replay, answer

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
    assert parse_share_names(net(release, "conf-listshares")) == ("projects", "Read Me")


@pytest.mark.parametrize("release", RELEASES)
def test_an_empty_registry_has_no_shares(release: str) -> None:
    assert parse_shares(net(release, "conf-list-empty")) == ()
    assert parse_share_names(net(release, "conf-listshares-empty")) == ()


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


@pytest.mark.parametrize("release", RELEASES)
def test_loaders_tell_missing_from_broken(release: str) -> None:
    show = ["net", "conf", "showshare", "nope"]
    assert load_share(Replay(answer(show, 255, net(release, "conf-showshare-missing"))), "nope") is None
    with pytest.raises(CommandFailed, match="SBC_ERR_IO_FAILURE"):
        load_share(Replay(answer(show, 255, "error getting share parameters: SBC_ERR_IO_FAILURE\n")), "nope")
    listing = ["pdbedit", "-L", "-w", "-u", "nope"]
    assert load_account(Replay(answer(listing, 255, "", pdbedit(release, "list-missing"))), "nope") is None
    with pytest.raises(CommandFailed, match="tdb_open"):
        load_account(Replay(answer(listing, 255, "", "tdb_open failed\n")), "nope")


@pytest.mark.parametrize("output", ["", "[a]\n\n[b]\n"])
def test_not_exactly_one_share_is_refused(output: str) -> None:
    with pytest.raises(StateError, match="sections"):
        load_share(Replay(answer(["net", "conf", "showshare", "a"], 0, output)), "a")


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
    ["global", "Homes", "PRINTERS", "", "x" * 81, " a", "a  b", "a\tb", *(f"a{char}b" for char in '\\/:|<>+=;,?*"[]')],
)
def test_names_that_are_not_a_plain_share_are_refused(name: str) -> None:
    with pytest.raises(StateError, match="Choose another name"):
        check_name(name)


@pytest.mark.parametrize("name", ["projects", "Read Me", "archive$", "x" * 80, "größe"])
def test_usual_names_are_taken(name: str) -> None:
    check_name(name)
