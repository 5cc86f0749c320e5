# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandFailed, CommandMissing
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba import Share, build_share
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba_shares import (
    Shares,
    diff_of,
    ensure,
    read_options,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Answer, Replay, answer, missing

NET = Path(__file__).parents[2] / "fixtures" / "net" / "trixie-4.22.11"
LIST = ["net", "conf", "list"]
LIVE = (NET / "conf-list.txt").read_text()
"""The shares projects and Read Me."""
PROJECTS = build_share(
    "projects",
    "/srv/a",
    {
        "read only": False,
        "comment": "a = b, [c]",
        "vfs objects": "acl_xattr streams_xattr",
        "full_audit:prefix": "%u|%I",
        "hosts allow": "",
    },
)
READ_ME = build_share("Read Me", "/srv/ro", {"guest ok": True})
NEW = build_share("new", "/srv/new", {"public": True})
STORED = build_share("new", "/srv/new", {"guest ok": True})
"""NEW as Samba stores it."""


def listing(text: str = LIVE) -> Answer:
    return answer(LIST, 0, text)


def text(*shares: Share) -> str:
    return "\n".join(share.as_text() for share in shares)


def scratch(directory: Path, *stored: Share) -> list[Answer]:
    """The two commands that let Samba name the parameters its own way, in a registry that is thrown away."""
    net = ["net", "-s", f"{directory}/smb.conf", "conf"]
    return [answer([*net, "import", f"{directory}/shares.conf"]), answer([*net, "list"], 0, text(*stored))]


def push(directory: Path, name: str) -> Answer:
    return answer(["net", "conf", "import", f"{directory}/shares.conf", name])


def delete(name: str) -> Answer:
    return answer(["net", "conf", "delshare", name])


def ensured(
    directory: Path,
    answers: list[Answer],
    *present: Share,
    absent: tuple[str, ...] = (),
    purge: bool = False,
    check_mode: bool = False,
) -> tuple[Shares, Shares]:
    run = Replay(*answers)
    outcome = ensure(run, present, absent, str(directory), purge=purge, check_mode=check_mode)
    run.done()
    return outcome


def test_equal_shares_cost_one_command(tmp_path: Path) -> None:
    before, after = ensured(tmp_path, [listing()], READ_ME, PROJECTS, absent=("other",), purge=True)
    assert before == after == {"projects": PROJECTS, "read me": READ_ME}
    assert list(tmp_path.iterdir()) == []
    assert (diff_of(before, after)["before"], diff_of(before, after)["after"]) == ("", "")


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_inverse_synonym_is_no_change(tmp_path: Path, check_mode: bool) -> None:
    wanted = build_share("Read Me", "/srv/ro", {"public": True})
    before, after = ensured(tmp_path, [listing(), *scratch(tmp_path, READ_ME)], wanted, check_mode=check_mode)
    assert before == after


def test_only_what_differs_is_pushed_each_share_in_one_go_and_read_back_once(tmp_path: Path) -> None:
    less = build_share("projects", "/srv/b", {})
    answers = [
        listing(),
        *scratch(tmp_path, less, STORED),
        push(tmp_path, "projects"),
        push(tmp_path, "new"),
        listing(text(less, READ_ME, STORED)),
    ]
    before, after = ensured(tmp_path, answers, less, READ_ME, NEW)
    assert after == {"projects": less, "read me": READ_ME, "new": STORED}
    source = tmp_path / "shares.conf"
    assert source.read_text() == text(less, STORED)
    assert stat.S_IMODE(source.stat().st_mode) == 0o600
    diff = diff_of(before, after)
    assert (diff["before"], diff["after"]) == (PROJECTS.as_text(), text(STORED, less))


def test_a_share_that_differs_only_in_spelling_is_not_pushed_with_the_others(tmp_path: Path) -> None:
    spelt = build_share("Read Me", "/srv/ro", {"public": True})
    answers = [
        listing(),
        *scratch(tmp_path, READ_ME, STORED),
        push(tmp_path, "new"),
        listing(text(PROJECTS, READ_ME, STORED)),
    ]
    ensured(tmp_path, answers, spelt, NEW)


def test_the_scratch_registry_is_apart_from_the_pool(tmp_path: Path) -> None:
    ensured(tmp_path, [listing(), *scratch(tmp_path, STORED)], NEW, check_mode=True)
    config = (tmp_path / "smb.conf").read_text()
    assert "clustering = no" in config
    assert f"state directory = {tmp_path}/registry" in config
    assert (tmp_path / "shares.conf").read_text() == NEW.as_text()


def test_check_mode_predicts_all_and_pushes_nothing(tmp_path: Path) -> None:
    answers = [listing(), *scratch(tmp_path, STORED)]
    before, after = ensured(tmp_path, answers, NEW, absent=("READ ME",), check_mode=True)
    assert before == {"projects": PROJECTS, "read me": READ_ME}
    assert after == {"projects": PROJECTS, "new": STORED}


def test_another_case_of_the_name_is_a_change(tmp_path: Path) -> None:
    renamed = Share("Projects", PROJECTS.parameters)
    answers = [listing(), *scratch(tmp_path, renamed), push(tmp_path, "Projects"), listing(text(renamed, READ_ME))]
    before, after = ensured(tmp_path, answers, renamed)
    assert (before["projects"].name, after["projects"].name) == ("projects", "Projects")
    assert before != after


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_unknown_parameter_is_refused_before_the_live_registry_is_touched(tmp_path: Path, check_mode: bool) -> None:
    out, err = ((NET / f"conf-import-unknown{end}.txt").read_text() for end in ("", ".stderr"))
    refused = answer(scratch(tmp_path)[0].argv, 255, out, err)
    with pytest.raises(StateError, match=r'service x: SBC_ERR_INVALID_PARAM.*"bogus thing"'):
        ensured(tmp_path, [listing(), refused], NEW, check_mode=check_mode)


def test_a_share_that_somebody_else_overwrites_is_told(tmp_path: Path) -> None:
    answers = [listing(), *scratch(tmp_path, STORED), push(tmp_path, "new"), listing()]
    with pytest.raises(StateError, match=r"shares new: .* others in the registry"):
        ensured(tmp_path, answers, NEW)


def test_a_push_that_fails_names_its_share(tmp_path: Path) -> None:
    failed = answer(push(tmp_path, "new").argv, 255, "", "SBC_ERR_IO_FAILURE")
    with pytest.raises(CommandFailed, match=r"share new: .*SBC_ERR_IO_FAILURE.*ctdb status"):
        ensured(tmp_path, [listing(), *scratch(tmp_path, STORED), failed], NEW)


def test_a_share_is_removed_by_its_live_name_and_others_stay(tmp_path: Path) -> None:
    answers = [listing(), delete("Read Me"), listing(text(PROJECTS))]
    before, after = ensured(tmp_path, answers, absent=("read ME", "not there"))
    assert before.keys() - after.keys() == {"read me"}


def test_a_removal_that_did_not_take_is_told(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="read me"):
        ensured(tmp_path, [listing(), delete("Read Me"), listing()], absent=("Read Me",))


SPECIAL = "[global]\n\tworkgroup = X\n\n[homes]\n\tread only = no\n\n"


@pytest.mark.parametrize("check_mode", [True, False])
def test_purge_removes_what_is_not_named_except_special_sections(tmp_path: Path, check_mode: bool) -> None:
    acts = [] if check_mode else [delete("Read Me"), listing(SPECIAL + text(PROJECTS))]
    before, after = ensured(tmp_path, [listing(SPECIAL + LIVE), *acts], PROJECTS, purge=True, check_mode=check_mode)
    assert before.keys() == {"homes", "projects", "read me"}
    assert after.keys() == {"homes", "projects"}


def test_without_samba_check_mode_predicts_that_the_shares_are_created(tmp_path: Path) -> None:
    gone = [missing(LIST)]
    assert ensured(tmp_path, gone, NEW, absent=("x",), purge=True, check_mode=True) == ({}, {"new": NEW})
    with pytest.raises(CommandMissing):
        ensured(tmp_path, gone, NEW)


def option(name: str, state: str = "present", **more: object) -> dict[str, object]:
    return {"name": name, "state": state, "path": "/srv/new", "parameters": more}


def test_options_become_shares_and_names() -> None:
    assert read_options([option("new", public=True), option("old", "absent")]) == ([NEW], ["old"])


def test_all_faults_of_the_options_are_told_at_once() -> None:
    shares = [option("global", "absent"), option("a", x=None), option("b"), option("B", "absent")]
    with pytest.raises(StateError, match=r"'global': .*share a, parameter 'x'.*share B: wanted each share once"):
        read_options(shares)
