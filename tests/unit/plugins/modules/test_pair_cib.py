# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import pair_cib
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import (
    RELEASES,
    cibadmin,
    crm_mon,
    options,
    pacemaker,
    simulate,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Answer, Replay, answer, missing

CHECK = pytest.mark.parametrize("check_mode", [False, True])
VERIFY = ["crm_verify", "-V", "--xml-pipe"]
PATCH = ["cibadmin", "--patch", "--xml-pipe"]
GROUP = ["files-ip", "files-samba", "files-storage"]


class AnyFolder(Replay):
    """Takes the names of the files that crm_diff compares as before.xml and after.xml, and keeps what they held."""

    files: t.ClassVar[dict[str, str]] = {}

    def __call__(self, argv: t.Sequence[str], **more: t.Any) -> t.Any:
        if argv[0] == "crm_diff":
            self.files.update({Path(argv[n]).name: Path(argv[n]).read_text() for n in (3, 5)})
            assert {Path(argv[n]).stat().st_mode & 0o777 for n in (3, 5)} == {0o600}
        return super().__call__([Path(word).name if word.endswith(".xml") else word for word in argv], **more)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return caller(pair_cib, tmp_path, monkeypatch, capsys)


def differ(release: str = "trixie") -> Answer:
    argv = ["crm_diff", "--no-version", "--original", "before.xml", "--new", "after.xml"]
    return answer(argv, 1, pacemaker("crm_diff.xml", release))


def another(release: str = "trixie", **more: t.Any) -> dict[str, t.Any]:
    """Options that restart what runs: those of the fixtures' change."""
    given = {**options(release), "purge": True, **more}
    given["resources"][0]["options"]["state"] = "/run/other.state"
    return given


def judged(release: str = "trixie", plan: str = "restart") -> list[Answer]:
    """How a change is judged before it is pushed."""
    piped = "--xml-pipe"
    return [
        cibadmin(release=release),
        answer(VERIFY),
        simulate(plan, release, piped),
        simulate("idle", release, piped),
    ]


@RELEASES
@CHECK
def test_what_is_so_stays_so(call: Call, release: str, check_mode: bool) -> None:
    settled = [] if check_mode else [crm_mon("healthy", release), simulate("idle", release)]
    replay = Replay(cibadmin(release=release), *settled)
    result = call(replay, {**options(release), "purge": True}, check_mode=check_mode)
    replay.done()
    assert (result["changed"], result["restarts"], result["removed"]) == (False, [], [])
    assert result["diff"] == {"before": {}, "after": {}}


@RELEASES
def test_a_change_that_restarts(call: Call, release: str) -> None:
    replay = AnyFolder(
        *judged(release),
        differ(release),
        answer(PATCH),
        crm_mon("healthy", release),
        simulate("restart", release),
        crm_mon("healthy", release),
        simulate("idle", release),
    )
    result = call(replay, another(release, allow_restart=True))
    replay.done()
    assert result["changed"] and result["restarts"] == GROUP and result["warnings"] == []
    wanted = replay.files["after.xml"]
    assert "/run/other.state" in wanted and "/run/other.state" not in replay.files["before.xml"]
    assert replay.stdin[1] == wanted == replay.stdin[2]
    assert replay.stdin[5] == pacemaker("crm_diff.xml", release)
    assert "sesame" not in str(result["diff"])


@RELEASES
def test_a_restart_is_not_done_untold(call: Call, release: str) -> None:
    replay = Replay(*judged(release))
    result = call(replay, another(release))
    replay.done()
    assert result["failed"] and "found the change does it to files-ip, files-samba, files-storage" in result["msg"]
    assert "allow_restart" in result["msg"]


def test_check_mode_tells_a_restart(call: Call) -> None:
    replay = Replay(*judged())
    result = call(replay, another(), check_mode=True)
    replay.done()
    assert result["changed"] and result["restarts"] == GROUP
    assert result["warnings"] == [f"A run would refuse to restart or stop {', '.join(GROUP)} without allow_restart."]


def test_what_is_stopped_anyway_is_no_restart(call: Call) -> None:
    *first, _live = judged()
    replay = Replay(*first, simulate("restart", source="--xml-pipe"))
    assert call(replay, another(), check_mode=True)["restarts"] == []


@pytest.mark.parametrize("release", ["bookworm", "trixie"])
@CHECK
def test_what_pacemaker_refuses(call: Call, release: str, check_mode: bool) -> None:
    said = pacemaker("crm_verify/bad.stderr.txt", release)
    replay = Replay(cibadmin(release=release), answer(VERIFY, 78, "", said))
    result = call(replay, another(release, allow_restart=True), check_mode=check_mode)
    replay.done()
    assert result["failed"] and 'IDREF attribute rsc references an unknown ID "nosuch"' in result["msg"]
    assert "Nothing was changed" in result["msg"]


def test_warnings_are_no_refusal(call: Call) -> None:
    live, _verify, *plans = judged("bookworm")
    said = pacemaker("crm_verify/warnings.stderr.txt", "bookworm")
    assert call(Replay(live, answer(VERIFY, 78, "", said), *plans), another("bookworm"), check_mode=True)["changed"]


def test_a_push_that_is_refused(call: Call) -> None:
    said = "Call failed: No quorum\n"
    result = call(AnyFolder(*judged(), differ(), answer(PATCH, 111, "", said)), another(allow_restart=True))
    assert result["failed"] and "the CIB: wanted the change accepted; found Call failed: No quorum" in result["msg"]


@RELEASES
def test_a_resource_that_starts_nowhere_is_told(call: Call, release: str) -> None:
    replay = Replay(cibadmin(release=release), crm_mon("resource_failed", release), simulate("idle", release))
    result = call(replay, options(release))
    assert result["failed"] and "files-storage runs nowhere; files-ip runs nowhere" in result["msg"]
    assert "files-storage: start failed on file1" in result["msg"] and "crm_resource --cleanup" in result["msg"]


@pytest.mark.parametrize("scenario", ["resource_disabled", "maintenance", "fenced", "standby"])
def test_what_need_not_run_is_no_fault(call: Call, scenario: str) -> None:
    replay = Replay(cibadmin(), crm_mon(scenario), simulate("idle"))
    assert call(replay, options())["changed"] is False


def test_a_fence_device_that_does_not_answer_is_told(call: Call) -> None:
    result = call(Replay(cibadmin(), crm_mon("fence_device_failed"), simulate("idle")), options())
    assert result["failed"] and "found fence-file2 runs nowhere (" in result["msg"]


def test_a_cluster_that_does_not_come_to_rest(call: Call) -> None:
    result = call(Replay(cibadmin(), crm_mon("healthy"), simulate("restart")), {**options(), "timeout": 0})
    assert result["failed"] and "the cluster: wanted nothing left to do within 0 s" in result["msg"]
    assert "still to do: files_stop_0, stop files-samba on file1" in result["msg"]


@RELEASES
def test_without_pacemaker(call: Call, release: str) -> None:
    query = cibadmin().argv
    for nobody in (answer(query, 102, "", pacemaker("cibadmin/stopped.stderr.txt", release)), missing(query)):
        result = call(Replay(nobody), options(release), check_mode=True)
        assert result["changed"] and result["diff"]["before"] == {}
        assert list(result["diff"]["after"]["resources"]) == [
            "fence-file1",
            "fence-file2",
            "files",
            "files-storage",
            "files-ip",
            "files-samba",
        ]
        assert call(Replay(nobody), options(release))["failed"]


def test_what_is_no_cib_is_not_shown(call: Call) -> None:
    for said in ("<cib>sesame</cib>", "sesame"):
        result = call(Replay(answer(cibadmin().argv, 0, said)), options())
        assert result["failed"] and "cibadmin --query: wanted the CIB" in result["msg"]
        assert "sesame" not in result["msg"]


def test_what_is_removed_is_told(call: Call) -> None:
    given = another()
    given["groups"][0]["members"].remove("files-ip")
    del given["resources"][1]
    result = call(Replay(*judged()), given, check_mode=True)
    assert result["removed"] == ["files-ip"]
    assert call(Replay(*judged()), {**given, "purge": False}, check_mode=True)["removed"] == []


def test_faults_of_the_options_are_told_before_anything_is_asked(call: Call) -> None:
    result = call(Replay(), {**options(), "properties": {"dc-version": "1"}})
    assert result["failed"] and "dc-version is Pacemaker's own" in result["msg"]


def test_no_secret_in_what_is_returned(call: Call) -> None:
    given = options()
    given["fence_devices"][0]["secrets"]["password"] = "closedsesame"
    replay = Replay(*judged(plan="idle"))
    result = call(replay, given, check_mode=True)
    assert result["changed"] and "sesame" not in str(result)
