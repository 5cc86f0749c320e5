# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba_users import Change, User, diff_of, ensure
from ansible_collections.samba_ha.cluster.plugins.modules import samba_user
from ansible_collections.samba_ha.cluster.tests.unit.replay import Answer, Replay, answer, missing

PDBEDIT = Path(__file__).parents[2] / "fixtures" / "pdbedit" / "trixie-4.22.11"
PASSWORD = "Lab-1 pass"
"""Alice's in list.txt."""
HASH = "0F00BA66F096CF3319E2680230EA7D0B"
HASHES = {PASSWORD: HASH, "other": "0" * 32, "dave's": "1" * 32}
LIVE = (PDBEDIT / "list.txt").read_text()
"""Alice enabled, Bob disabled, Carol disabled and without a password."""
ALICE = User("alice", password=PASSWORD)
DAVE = User("dave", password="dave's")


def listing(text: str) -> Answer:
    return answer(["pdbedit", "-L", "-w"], 0, text)


def line(name: str, nt_hash: str, flags: str = "U") -> str:
    return f"{name}:2000:{'X' * 32}:{nt_hash}:[{flags:11}]:LCT-6B030BEE:\n"


def smbpasswd(*arguments: str) -> Answer:
    return answer(["smbpasswd", *arguments])


def ensured(run: Replay, *users: User, check_mode: bool = False, unix: tuple[str, ...] = ("dave",)) -> list[Change]:
    changes = ensure(run, users, check_mode=check_mode, hasher=HASHES.__getitem__, exists=unix.__contains__)
    run.done()
    return changes


def test_when_nothing_differs_all_users_cost_one_command() -> None:
    users = [ALICE, User("bob", enabled=False), User("nobody", present=False)]
    changes = ensured(Replay(listing(LIVE)), *users)
    assert not any(change.needed for change in changes)
    assert diff_of(changes) == {"before": {}, "after": {}}


def test_a_new_account_gets_its_password_on_standard_input_only() -> None:
    run = Replay(listing(LIVE), smbpasswd("-s", "-a", "dave"), listing(LIVE + line("dave", "1" * 32)))
    changes = ensured(run, ALICE, DAVE)
    assert run.stdin == [None, "dave's\ndave's\n", None]
    assert diff_of(changes) == {"before": {}, "after": {"dave": {"enabled": True, "password": "(changed)"}}}


def test_everything_that_differs_is_changed_and_read_back_once() -> None:
    users = [
        User("alice", password="other", enabled=False),
        User("bob", enabled=True),
        User("carol", present=False),
        DAVE,
    ]
    after = line("alice", "0" * 32, "DU") + line("bob", "A" * 32) + line("dave", "1" * 32)
    run = Replay(
        listing(LIVE),
        smbpasswd("-s", "-a", "alice"),
        smbpasswd("-d", "alice"),
        smbpasswd("-e", "bob"),
        answer(["pdbedit", "-x", "-u", "carol"]),
        smbpasswd("-s", "-a", "dave"),
        listing(after),
    )
    assert diff_of(ensured(run, *users)) == {
        "before": {"alice": {"enabled": True}, "bob": {"enabled": False}, "carol": {"enabled": False}},
        "after": {
            "alice": {"enabled": False, "password": "(changed)"},
            "bob": {"enabled": True},
            "dave": {"enabled": True, "password": "(changed)"},
        },
    }


def test_a_password_enables_an_account_and_needs_no_second_command_for_that() -> None:
    after = LIVE.replace(next(row for row in LIVE.splitlines(True) if row.startswith("bob")), line("bob", "0" * 32))
    run = Replay(listing(LIVE), smbpasswd("-s", "-a", "bob"), listing(after))
    assert ensured(run, User("bob", password="other")) == [Change("bob", False, True, "other")]


def test_an_account_without_a_password_gets_one() -> None:
    run = Replay(listing(LIVE), smbpasswd("-s", "-a", "carol"), listing(line("carol", "0" * 32)))
    assert ensured(run, User("carol", password="other"))[0].needed


@pytest.mark.parametrize("live", [listing(LIVE), missing(["pdbedit", "-L", "-w"])])
def test_check_mode_predicts_and_sets_nothing(live: Answer) -> None:
    changes = ensured(Replay(live), User("alice", password="other"), DAVE, check_mode=True, unix=())
    assert [(change.after, change.password) for change in changes] == [(True, "other"), (True, "dave's")]


def test_check_mode_without_samba_asks_for_no_hash() -> None:
    def no_samba(_password: str) -> str:
        raise AssertionError

    run = Replay(missing(["pdbedit", "-L", "-w"]))
    changes = ensure(run, [ALICE, User("bob", present=False)], check_mode=True, hasher=no_samba, exists=lambda _n: True)
    assert [change.needed for change in changes] == [True, False]


def test_without_samba_a_real_run_fails() -> None:
    with pytest.raises(CommandMissing):
        ensured(Replay(missing(["pdbedit", "-L", "-w"])), ALICE)


def test_missing_unix_accounts_are_all_named_at_once() -> None:
    users = [ALICE, DAVE, User("erin", password="x"), User("frank", password="y"), User("gone", present=False)]
    with pytest.raises(StateError, match="accounts erin, frank: wanted a Unix account"):
        ensured(Replay(listing(LIVE)), *users)


def test_all_faults_are_told_before_anything_is_changed() -> None:
    users = [User("alice", password="other"), User("dave"), User("a b"), User("ALICE"), User("bob", password="")]
    with pytest.raises(StateError) as caught:
        ensured(Replay(listing(LIVE)), *users)
    for told in ["dave: wanted a password for a new", "'a b': wanted the name", "ALICE: wanted each user once", "bob:"]:
        assert told in str(caught.value)


@pytest.mark.parametrize("password", ["", "two\nlines", "two\rlines", "two\0"])
def test_a_password_that_standard_input_cannot_carry_is_refused(password: str) -> None:
    with pytest.raises(StateError, match="of one line") as caught:
        ensured(Replay(listing(LIVE)), User("dave", password=password))
    assert "two" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "-x", "a b", "a:b", "a/b", "a\nb"])
def test_names_that_no_account_has_are_refused(name: str) -> None:
    with pytest.raises(StateError, match="name of a Unix account"):
        ensured(Replay(listing(LIVE)), User(name, present=False), check_mode=True)


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (LIVE, "wanted the new password in the password database; found no account"),
        (LIVE + line("dave", "2" * 32), "wanted the new password in the password database; found another one"),
        (LIVE + line("dave", "1" * 32, "DU"), "wanted an enabled account; found a disabled account"),
    ],
)
def test_a_change_that_did_not_take_is_told_without_its_hash(after: str, told: str) -> None:
    with pytest.raises(StateError) as caught:
        ensured(Replay(listing(LIVE), smbpasswd("-s", "-a", "dave"), listing(after)), DAVE)
    assert told in str(caught.value)
    assert not re.search("[0-9A-F]{32}", str(caught.value))


def test_a_removal_that_did_not_take_is_told() -> None:
    run = Replay(listing(LIVE), answer(["pdbedit", "-x", "-u", "alice"]), listing(LIVE))
    with pytest.raises(StateError, match="wanted no account; found an enabled account"):
        ensured(run, User("alice", present=False))


def test_check_mode_removes_nothing() -> None:
    assert ensured(Replay(listing(LIVE)), User("alice", present=False), check_mode=True) == [
        Change("alice", True, None)
    ]


@pytest.mark.parametrize("live", [listing(LIVE), answer(["pdbedit", "-L", "-w"], 1, "", "User Search failed!")])
def test_no_result_shows_a_password_or_a_hash(
    live: Answer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(samba_user, "run", Replay(live))
    monkeypatch.setattr(samba_user, "nt_hash", lambda _password: "0" * 32)
    arguments = {"users": [{"name": "alice", "password": PASSWORD}], "_ansible_check_mode": True}
    with patch_module_args(arguments), pytest.raises(SystemExit):
        samba_user.main()
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert result["invocation"]["module_args"]["users"][0]["password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert result.get("users", [{"name": "alice", "enabled": True}]) == [{"name": "alice", "enabled": True}]
    assert not any(secret in out + err for secret in (PASSWORD, HASH, "0" * 32))


def test_records_do_not_show_a_password() -> None:
    assert PASSWORD not in repr(ALICE) + repr(Change("alice", None, True, PASSWORD))


def test_without_samba_s_python_bindings_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samba_user, "HAS_SAMBA", False)
    with pytest.raises(StateError, match="python3-samba"):
        samba_user.nt_hash("x")
