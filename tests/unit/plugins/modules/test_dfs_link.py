# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.samba_ha.cluster.plugins.modules import dfs_link

Call = t.Callable[..., dict[str, t.Any]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    def caller(*links: dict[str, t.Any], check_mode: bool = False, **more: object) -> dict[str, t.Any]:
        arguments = {"root": str(tmp_path), "links": list(links), "_ansible_check_mode": check_mode, **more}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            dfs_link.main()
        result: dict[str, t.Any] = json.loads(capsys.readouterr().out)
        result.pop("invocation", None)
        return result

    return caller


SALES = {"path": "Departments/Sales", "targets": ["//files/data/sales", r"fileserver\data\sales"]}
LINKS = [{"path": "Departments/Sales", "targets": [r"files\data\sales", r"fileserver\data\sales"]}]


def test_check_mode_foretells_what_is_then_done_and_not_done_again(call: Call, tmp_path: Path) -> None:
    foretold = call(SALES, check_mode=True)
    assert list(tmp_path.iterdir()) == []
    assert foretold == {
        "changed": True,
        "links": LINKS,
        "diff": {
            "before": "",
            "after": "Departments/\nDepartments/Sales -> files\\data\\sales, fileserver\\data\\sales\n",
            "before_header": str(tmp_path),
            "after_header": str(tmp_path),
        },
    }
    assert call(SALES) == foretold
    assert os.readlink(tmp_path / "Departments/Sales") == r"msdfs:files\data\sales,fileserver\data\sales"
    again = call(SALES)
    assert (again["changed"], again["links"]) == (False, LINKS)


def test_purge_leaves_what_is_no_link(call: Call, tmp_path: Path) -> None:
    call(SALES, {"path": "old", "targets": [r"a\b"]})
    (tmp_path / "Departments" / "file").touch()
    (tmp_path / "elsewhere").symlink_to("/")
    assert call(SALES)["changed"] is False
    assert call(purge=True)["links"] == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["Departments", "elsewhere", "file"]


def test_one_link_is_removed(call: Call, tmp_path: Path) -> None:
    call(SALES)
    assert call({"path": "Departments/Sales", "state": "absent"})["changed"] is True
    assert call({"path": "Departments/Sales", "state": "absent"})["changed"] is False
    assert (tmp_path / "Departments").is_dir()


@pytest.mark.parametrize("check_mode", [True, False])
def test_what_is_in_the_way_fails_and_stays(call: Call, tmp_path: Path, check_mode: bool) -> None:
    (tmp_path / "Departments").touch()
    told = call(SALES, {"path": "a", "targets": [r"a\b"]}, check_mode=check_mode)
    assert told["failed"] is True and "Departments: something else" in told["msg"]
    assert [path.name for path in tmp_path.iterdir()] == ["Departments"]


def test_a_root_that_is_not_there_is_foretold_only(call: Call, tmp_path: Path) -> None:
    assert call(SALES, root=str(tmp_path / "x"), check_mode=True)["links"] == LINKS
    assert "No such file" in call(SALES, root=str(tmp_path / "x"))["msg"]


def test_targets_are_needed(call: Call) -> None:
    assert "targets" in call({"path": "a"})["msg"]
