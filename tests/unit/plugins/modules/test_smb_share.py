# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import stat
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba import Share, build_share
from ansible_collections.samba_ha.cluster.plugins.modules.smb_share import ensure_absent, ensure_present
from ansible_collections.samba_ha.cluster.tests.unit.plugins.smb_replay import Answer, Replay, answer, missing

NET = Path(__file__).parents[2] / "fixtures" / "net" / "trixie-4.22.11"
SHOW = ["net", "conf", "showshare", "projects"]
PARAMETERS = {
    "comment": "a = b, [c]",
    "vfs objects": "acl_xattr streams_xattr",
    "full_audit:prefix": "%u|%I",
    "hosts allow": "",
}


def live() -> Answer:
    return answer(SHOW, 0, (NET / "conf-showshare.txt").read_text())


def nothing() -> Answer:
    return answer(SHOW, 255, (NET / "conf-showshare-missing.txt").read_text())


def scratch(directory: Path, show: str) -> list[Answer]:
    """The two commands that let Samba name the parameters its own way, in a registry that is thrown away."""
    net = ["net", "-s", f"{directory}/smb.conf", "conf"]
    return [
        answer([*net, "import", f"{directory}/share.conf", "projects"]),
        answer([*net, "showshare", "projects"], 0, show),
    ]


def push(directory: Path) -> Answer:
    return answer(["net", "conf", "import", f"{directory}/share.conf", "projects"])


def wanted(**more: object) -> Share:
    return build_share("projects", "/srv/a", {**PARAMETERS, **more})


def test_an_equal_share_costs_one_command(tmp_path: Path) -> None:
    run = Replay(live())
    before, after = ensure_present(run, wanted(**{"read only": False}), str(tmp_path), check_mode=False)
    run.done()
    assert before == after
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_inverse_synonym_is_no_change(tmp_path: Path, check_mode: bool) -> None:
    run = Replay(live(), *scratch(tmp_path, live().stdout))
    before, after = ensure_present(run, wanted(writeable=True), str(tmp_path), check_mode=check_mode)
    run.done()
    assert before == after


def test_a_missing_share_is_created_with_canonical_names_and_read_back(tmp_path: Path) -> None:
    run = Replay(nothing(), *scratch(tmp_path, live().stdout), push(tmp_path), live())
    before, after = ensure_present(run, wanted(writeable=True), str(tmp_path), check_mode=False)
    run.done()
    assert before is None
    assert after == wanted(**{"read only": False})
    source = tmp_path / "share.conf"
    assert source.read_text() == after.as_text()
    assert stat.S_IMODE(source.stat().st_mode) == 0o600


def test_the_scratch_registry_is_apart_from_the_pool(tmp_path: Path) -> None:
    run = Replay(nothing(), *scratch(tmp_path, live().stdout))
    ensure_present(run, wanted(writeable=True), str(tmp_path), check_mode=True)
    config = (tmp_path / "smb.conf").read_text()
    assert "clustering = no" in config
    assert f"state directory = {tmp_path}/registry" in config


def test_check_mode_predicts_the_change_and_does_not_push(tmp_path: Path) -> None:
    show = "[projects]\n\tpath = /srv/a\n\tguest ok = yes\n"
    run = Replay(live(), *scratch(tmp_path, show))
    before, after = ensure_present(
        run, build_share("projects", "/srv/a", {"public": True}), str(tmp_path), check_mode=True
    )
    run.done()
    assert before is not None and after is not None
    assert "comment" in before.parameters
    assert after.parameters == {"path": "/srv/a", "guest ok": "yes"}


def test_another_case_of_the_name_is_a_change(tmp_path: Path) -> None:
    name = "Projects"
    net = ["net", "-s", f"{tmp_path}/smb.conf", "conf"]
    show = live().stdout.replace("[projects]", "[Projects]")
    run = Replay(
        answer(["net", "conf", "showshare", name], 0, live().stdout),
        answer([*net, "import", f"{tmp_path}/share.conf", name]),
        answer([*net, "showshare", name], 0, show),
    )
    share = Share(name, wanted(**{"read only": False}).parameters)
    before, after = ensure_present(run, share, str(tmp_path), check_mode=True)
    run.done()
    assert (before and before.name, after and after.name) == ("projects", "Projects")


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_unknown_parameter_is_refused_before_the_live_registry_is_touched(tmp_path: Path, check_mode: bool) -> None:
    words = (NET / "conf-import-unknown.stderr.txt").read_text()
    net = ["net", "-s", f"{tmp_path}/smb.conf", "conf"]
    run = Replay(live(), answer([*net, "import", f"{tmp_path}/share.conf", "projects"], 255, "", words))
    with pytest.raises(StateError, match="bogus thing"):
        ensure_present(run, wanted(**{"bogus thing": True}), str(tmp_path), check_mode=check_mode)
    run.done()


def test_a_share_that_somebody_else_overwrites_is_told(tmp_path: Path) -> None:
    run = Replay(
        nothing(), *scratch(tmp_path, live().stdout), push(tmp_path), answer(SHOW, 0, "[projects]\n\tpath = /x\n")
    )
    with pytest.raises(StateError, match="another one"):
        ensure_present(run, wanted(writeable=True), str(tmp_path), check_mode=False)


def test_without_samba_check_mode_predicts_that_the_share_is_created(tmp_path: Path) -> None:
    share = wanted()
    assert ensure_present(Replay(missing(SHOW)), share, str(tmp_path), check_mode=True) == (None, share)
    with pytest.raises(CommandMissing):
        ensure_present(Replay(missing(SHOW)), share, str(tmp_path), check_mode=False)


@pytest.mark.parametrize(
    ("check_mode", "answers"),
    [(False, [live(), answer(["net", "conf", "delshare", "projects"])]), (True, [live()])],
)
def test_a_share_is_removed(check_mode: bool, answers: t.Sequence[Answer]) -> None:
    run = Replay(*answers)
    before, after = ensure_absent(run, "projects", check_mode=check_mode)
    run.done()
    assert before is not None
    assert after is None


def test_a_share_that_is_not_there_needs_no_removal() -> None:
    run = Replay(nothing())
    assert ensure_absent(run, "projects", check_mode=False) == (None, None)
    run.done()
    assert ensure_absent(Replay(missing(SHOW)), "projects", check_mode=True) == (None, None)
    with pytest.raises(CommandMissing):
        ensure_absent(Replay(missing(SHOW)), "projects", check_mode=False)


def test_reserved_sections_are_never_removed() -> None:
    with pytest.raises(StateError):
        ensure_absent(Replay(), "global", check_mode=False)
