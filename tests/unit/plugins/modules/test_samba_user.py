# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.modules import samba_user
from ansible_collections.samba_ha.cluster.plugins.modules.samba_user import Outcome, ensure_absent, ensure_present
from ansible_collections.samba_ha.cluster.tests.unit.plugins.smb_replay import Answer, Replay, answer, missing

PDBEDIT = Path(__file__).parents[2] / "fixtures" / "pdbedit" / "trixie-4.22.11"
PASSWORD = "Lab-1 pass"
"""The one behind list-alice.txt."""
HASHES = {PASSWORD: "0F00BA66F096CF3319E2680230EA7D0B", "other": "0" * 32}
LIST = ["pdbedit", "-L", "-w", "-u", "alice"]
SET = answer(["smbpasswd", "-s", "-a", "alice"])
DISABLE = answer(["smbpasswd", "-d", "alice"])
ENABLE = answer(["smbpasswd", "-e", "alice"])
ALICE = answer(LIST, 0, (PDBEDIT / "list-alice.txt").read_text())
DISABLED = answer(LIST, 0, ALICE.stdout.replace("[U ", "[DU"))
NOBODY = answer(LIST, 255, "", (PDBEDIT / "list-missing.txt").read_text())


def present(
    run: Replay, password: str | None = PASSWORD, enabled: bool = True, check_mode: bool = False, unix: bool = True
) -> Outcome:
    outcome = ensure_present(
        run, "alice", password, enabled, check_mode=check_mode, hasher=HASHES.__getitem__, exists=lambda _name: unix
    )
    run.done()
    return outcome


def test_the_same_password_is_not_set_again() -> None:
    assert present(Replay(ALICE)) == Outcome(False, True, True)


def test_a_new_account_gets_its_password_on_standard_input_only() -> None:
    run = Replay(NOBODY, SET, ALICE)
    assert present(run) == Outcome(True, None, True, password_set=True)
    assert run.stdin == [None, f"{PASSWORD}\n{PASSWORD}\n", None]


def test_another_password_is_set_and_a_disabled_account_disabled_again() -> None:
    before = answer(LIST, 0, DISABLED.stdout.replace(HASHES[PASSWORD], HASHES["other"]))
    assert present(Replay(before, SET, ALICE, DISABLE), enabled=False) == Outcome(True, False, False, password_set=True)


@pytest.mark.parametrize(
    ("live", "enabled", "commands"),
    [
        (ALICE, True, []),
        (ALICE, False, [DISABLE]),
        (DISABLED, True, [ENABLE]),
        (DISABLED, False, []),
    ],
)
def test_accounts_are_enabled_and_disabled_without_their_password(
    live: Answer, enabled: bool, commands: list[Answer]
) -> None:
    outcome = present(Replay(live, *commands), password=None, enabled=enabled)
    assert outcome.changed is bool(commands)
    assert outcome.password_set is False


@pytest.mark.parametrize("live", [NOBODY, missing(LIST), answer(LIST, 0, ALICE.stdout.replace("0F00", "0F01"))])
def test_check_mode_predicts_and_sets_nothing(live: Answer) -> None:
    outcome = present(Replay(live), check_mode=True)
    assert outcome.changed and outcome.password_set and outcome.after_enabled


def test_check_mode_tells_that_the_unix_account_is_missing() -> None:
    assert present(Replay(NOBODY), check_mode=True, unix=False).unix_missing is True


def test_without_a_unix_account_nothing_is_created() -> None:
    with pytest.raises(StateError, match="Unix account"):
        present(Replay(NOBODY), unix=False)


def test_a_new_account_needs_a_password() -> None:
    with pytest.raises(StateError, match="Give a password"):
        present(Replay(NOBODY), password=None)


@pytest.mark.parametrize("password", ["", "two\nlines", "a\0b"])
def test_a_password_that_standard_input_cannot_carry_is_refused(password: str) -> None:
    with pytest.raises(StateError, match="of one line") as caught:
        ensure_present(
            Replay(NOBODY),
            "alice",
            password,
            True,
            check_mode=False,
            hasher=lambda _p: "0" * 32,
            exists=lambda _n: True,
        )
    assert "two" not in str(caught.value)


@pytest.mark.parametrize("after", [NOBODY, answer(LIST, 0, ALICE.stdout.replace("0F00", "0F01"))])
def test_a_password_that_did_not_take_is_told(after: Answer) -> None:
    with pytest.raises(StateError, match="the new password") as caught:
        present(Replay(NOBODY, SET, after))
    assert "0F01" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "-x", "a b", "a:b", "a/b", "a\nb"])
def test_names_that_no_account_has_are_refused(name: str) -> None:
    with pytest.raises(StateError, match="name of a Unix account"):
        ensure_present(Replay(), name, PASSWORD, True, check_mode=False)


def test_an_account_is_removed() -> None:
    run = Replay(ALICE, answer(["pdbedit", "-x", "-u", "alice"]))
    assert ensure_absent(run, "alice", check_mode=False) == Outcome(True, True, None)
    run.done()


def test_check_mode_removes_nothing() -> None:
    assert ensure_absent(Replay(ALICE), "alice", check_mode=True) == Outcome(True, True, None)
    assert ensure_absent(Replay(missing(LIST)), "alice", check_mode=True) == Outcome(False, None, None)


def test_an_account_that_is_not_there_needs_no_removal() -> None:
    assert ensure_absent(Replay(NOBODY), "alice", check_mode=False).changed is False
    with pytest.raises(CommandMissing):
        ensure_absent(Replay(missing(LIST)), "alice", check_mode=False)


def test_without_samba_s_python_bindings_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samba_user, "HAS_SAMBA", False)
    with pytest.raises(StateError, match="python3-samba"):
        samba_user.nt_hash("x")
