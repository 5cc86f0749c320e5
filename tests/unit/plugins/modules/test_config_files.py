# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import os
import stat
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandFailed, CommandMissing, Result
from ansible_collections.samba_ha.cluster.plugins.modules import config_files
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay

OURS = "# written by samba_ha.cluster\n"


class Tool:
    """Stands in for ``run``: a tool that reads the file it is given and refuses one with the word bad."""

    def __init__(self, *, installed: bool = True) -> None:
        self.installed = installed
        self.asked: list[list[str]] = []
        self.seen: list[str] = []
        self.files: list[str] = []
        self.modes: list[int] = []

    def __call__(self, argv: t.Sequence[str], **_options: t.Any) -> Result:
        if not self.installed:
            raise CommandMissing(argv[0], wanted="the program", found="no such program", remedy="Install it.")
        path = argv[-1]
        self.asked.append(list(argv[:-1]))
        self.files.append(path)
        self.seen.append(Path(path).read_text())
        self.modes.append(stat.S_IMODE(Path(path).stat().st_mode))
        if "bad" in self.seen[-1]:
            raise CommandFailed(argv[0], wanted="success", found="exit status 1: line 1: bad", remedy="See above.")
        return Result(tuple(argv), 0, "", "")


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(config_files, tmp_path, monkeypatch, capsys)


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir()
    return folder


def file(path: Path, content: str = OURS, **more: t.Any) -> dict[str, t.Any]:
    return {"path": str(path), "content": content, **more}


def tree(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Every name in the folder with its text or target, mode and inode."""
    seen = {}
    for path in folder.iterdir():
        info = path.lstat()
        text = f"-> {os.readlink(path)}" if path.is_symlink() else path.read_bytes().decode()
        seen[path.name] = (text, stat.S_IMODE(info.st_mode), info.st_ino)
    return seen


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_files_are_written_with_their_modes(call: Call, etc: Path) -> None:
    plain, script = etc / "a.conf", etc / "a.script"
    wanted = {"files": [file(plain, "täxt\n"), file(script, "#!/bin/sh\n", mode="0755")]}
    result = call(Replay(), wanted)
    assert (plain.read_text(), mode(plain)) == ("täxt\n", 0o644)
    assert (script.read_text(), mode(script)) == ("#!/bin/sh\n", 0o755)
    assert (result["changed"], result["written"], result["backups"]) == (True, [str(plain), str(script)], [])
    assert sorted(tree(etc)) == ["a.conf", "a.script"]


def test_the_second_run_touches_nothing(call: Call, etc: Path) -> None:
    wanted = {"files": [file(etc / "a.conf", mode="0600"), file(etc / "b.conf")]}
    assert call(Replay(), wanted)["changed"]
    before = tree(etc)
    result = call(Replay(), wanted)
    assert (result["changed"], result["written"], result["diff"]) == (False, [], [])
    assert tree(etc) == before


def test_only_what_differs_is_written(call: Call, etc: Path) -> None:
    same, other = etc / "same", etc / "other"
    wanted = {"files": [file(same), file(other)]}
    call(Replay(), wanted)
    inode = same.stat().st_ino
    other.write_text(OURS + "edited\n")
    assert call(Replay(), wanted)["written"] == [str(other)]
    assert same.stat().st_ino == inode
    assert other.read_text() == OURS


def test_a_wrong_mode_alone_is_put_right_and_shown(call: Call, etc: Path) -> None:
    path = etc / "a"
    path.write_text("somebody else's\n")
    path.chmod(0o666)
    result = call(Replay(), {"files": [file(path, "somebody else's\n", mode="0640")]})
    assert mode(path) == 0o640
    assert result["backups"] == []
    assert result["diff"] == [
        {
            "before_header": f"{path} (mode 0666)",
            "after_header": f"{path} (mode 0640)",
            "before": "somebody else's\n",
            "after": "somebody else's\n",
        }
    ]


def test_line_ends_are_part_of_the_content(call: Call, etc: Path) -> None:
    path = etc / "a"
    path.write_bytes(OURS.encode().replace(b"\n", b"\r\n"))
    path.chmod(0o644)
    assert call(Replay(), {"files": [file(path)]})["changed"]
    assert path.read_bytes() == OURS.encode()
    wanted = {"files": [file(path, "one\r\ntwo\r\n")]}
    assert call(Replay(), wanted)["changed"]
    assert not call(Replay(), wanted)["changed"]


def test_a_file_is_replaced_in_one_step(call: Call, etc: Path) -> None:
    path = etc / "a"
    path.write_text(OURS + "old\n")
    with path.open() as reader:
        call(Replay(), {"files": [file(path)]})
        assert reader.read() == OURS + "old\n"


def test_a_file_takes_the_place_of_a_link_and_not_of_its_target(call: Call, etc: Path) -> None:
    target, link = etc / "target", etc / "link"
    target.write_text("somebody else's\n")
    link.symlink_to(target)
    result = call(Replay(), {"files": [file(link)]})
    assert not link.is_symlink() and link.read_text() == OURS
    assert target.read_text() == "somebody else's\n"
    assert result["backups"] == []
    [diff] = result["diff"]
    assert diff["before"] == f"link to {target}\n"


def test_a_file_of_somebody_elses_is_kept(call: Call, etc: Path) -> None:
    path = etc / "smb.conf"
    path.write_text("[global]\n")
    path.chmod(0o600)
    [backup] = call(Replay(), {"files": [file(path)]})["backups"]
    assert Path(backup).parent == etc and Path(backup).name.startswith("smb.conf.")
    assert (Path(backup).read_text(), mode(Path(backup))) == ("[global]\n", 0o600)


def test_an_own_file_is_not_kept(call: Call, etc: Path) -> None:
    path = etc / "a"
    path.write_text(OURS + "old\n")
    assert call(Replay(), {"files": [file(path)]})["backups"] == []
    path.write_text("# mine\n")
    assert call(Replay(), {"files": [file(path)], "owned_by": "mine"})["backups"] == []
    assert list(tree(etc)) == ["a"]


def test_the_tool_sees_the_new_content_before_anything_is_written(call: Call, etc: Path) -> None:
    path, tool = etc / "haproxy.cfg", Tool()
    assert call(tool, {"files": [file(path, validate=["haproxy", "-c", "-f", "%s"])]})["changed"]
    assert (tool.asked, tool.seen, tool.modes) == ([["haproxy", "-c", "-f"]], [OURS], [0o600])
    assert Path(tool.files[0]).parent != etc
    assert not Path(tool.files[0]).exists()


class Follower(Tool):
    """A tool that reads the file that its own one leads to."""

    def __call__(self, argv: t.Sequence[str], **options: t.Any) -> Result:
        result = super().__call__(argv, **options)
        self.seen.append(Path(self.seen[-1].split()[1]).read_text())
        return result


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_tool_sees_the_new_contents_of_the_others_in_the_set(call: Call, etc: Path, check_mode: bool) -> None:
    names, tool = etc / "names", Follower()
    names.write_text("old\n")
    files = [file(etc / "cfg", f"load {names}\n", validate=["tool", "%s"]), file(names, "new\n")]
    call(tool, {"files": files}, check_mode=check_mode)
    assert tool.seen[1] == "new\n"
    assert names.read_text() == ("old\n" if check_mode else "new\n")


def test_the_tool_is_not_asked_about_what_does_not_change(call: Call, etc: Path) -> None:
    wanted = {"files": [file(etc / "a", validate=["tool", "%s"])]}
    call(Tool(), wanted)
    again = Tool()
    assert not call(again, wanted)["changed"]
    assert again.asked == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_one_file_that_is_refused_leaves_all_untouched(call: Call, etc: Path, check_mode: bool) -> None:
    first, second = etc / "first", etc / "second"
    first.write_text("[global]\n")
    before = tree(etc)
    wanted = [file(first, validate=["good", "%s"]), file(second, "bad\n", validate=["tool", "-c", "%s"])]
    result = call(Tool(), {"files": wanted}, check_mode=check_mode)
    assert result["failed"]
    assert f"{second}: wanted a configuration that tool accepts; found exit status 1: line 1: bad." in result["msg"]
    assert "Nothing was written." in result["msg"]
    assert tree(etc) == before


def test_a_folder_that_is_not_there_leaves_all_untouched(call: Call, etc: Path) -> None:
    result = call(Replay(), {"files": [file(etc / "a"), file(etc / "no" / "b")]})
    assert result["failed"]
    assert f"{etc}/no/b: wanted a folder {etc}/no; found none." in result["msg"]
    assert tree(etc) == {}


def test_check_mode_predicts_and_writes_nothing(call: Call, etc: Path) -> None:
    foreign, new = etc / "foreign", etc / "new"
    foreign.write_text("[global]\n")
    before = tree(etc)
    files = [file(foreign, validate=["tool", "%s"]), file(new, mode="0755")]
    predicted = call(Tool(), {"files": files}, check_mode=True)
    assert tree(etc) == before
    done = call(Tool(), {"files": files})
    assert predicted["changed"] and predicted["written"] == done["written"] == [str(foreign), str(new)]
    assert predicted["diff"] == done["diff"]
    assert predicted["backups"] == []


def test_check_mode_on_a_bare_host_predicts_that_all_is_created(call: Call, etc: Path) -> None:
    wanted = {"files": [file(etc / "no" / "a", validate=["tool", "%s"])]}
    result = call(Tool(installed=False), wanted, check_mode=True)
    assert (result["changed"], result["written"]) == (True, [str(etc / "no" / "a")])


def test_a_run_without_the_tool_fails(call: Call, etc: Path) -> None:
    result = call(Tool(installed=False), {"files": [file(etc / "a", validate=["tool", "%s"])]})
    assert result["failed"] and "wanted the program" in result["msg"]
    assert tree(etc) == {}


def test_the_diff_of_contents(call: Call, etc: Path) -> None:
    path = etc / "a"
    path.write_text(OURS + "old\n")
    path.chmod(0o644)
    assert call(Replay(), {"files": [file(path), file(etc / "b")]})["diff"] == [
        {
            "before_header": f"{path} (mode 0644)",
            "after_header": f"{path} (mode 0644)",
            "before": OURS + "old\n",
            "after": OURS,
        },
        {"before_header": f"{etc}/b", "after_header": f"{etc}/b (mode 0644)", "before": "", "after": OURS},
    ]


def test_contents_are_nowhere_but_in_the_diff(call: Call, etc: Path) -> None:
    (etc / "a").write_text("hunter1\n")
    result = call(Tool(), {"files": [file(etc / "a", "hunter2\n", validate=["tool", "%s"])]})
    # Ansible itself adds the arguments, and shows them only to the most curious.
    del result["diff"], result["invocation"]
    assert "hunter" not in str(result)
    refused = call(Tool(), {"files": [file(etc / "a", "hunter3 bad\n", validate=["tool", "%s"])]})
    assert "hunter" not in refused["msg"]


def test_a_content_is_needed(call: Call, etc: Path) -> None:
    result = call(Replay(), {"files": [{"path": str(etc / "a")}]})
    assert result["failed"] and "content" in result["msg"]
    assert tree(etc) == {}


def test_a_secret_is_written_byte_by_byte_and_shown_nowhere(call: Call, etc: Path) -> None:
    path, key = etc / "key", bytes(range(256))
    wanted = {"files": [{"path": str(path), "secret": base64.b64encode(key).decode(), "mode": "0400"}]}
    for before, after in (("", "(hidden)\n"), ("(hidden)\n", "(hidden, another one)\n")):
        result = call(Replay(), wanted)
        assert (path.read_bytes(), mode(path)) == (key, 0o400)
        assert (result["diff"][0]["before"], result["diff"][0]["after"]) == (before, after)
        assert call(Replay(), wanted)["changed"] is False
        path.chmod(0o600)
        path.write_bytes(b"another")
