# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How modules end."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> t.Callable[..., dict[str, t.Any]]:
    """A function that has a module do its work, and returns what it said."""

    def call(work: t.Callable[[], dict[str, t.Any]]) -> dict[str, t.Any]:
        told: list[str] = []
        monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: told.append(text))
        with patch_module_args({}), pytest.raises(SystemExit) as status:
            finish(AnsibleModule(argument_spec={}), work)
        return {**json.loads(capsys.readouterr().out), "status": status.value.code, "told": told}

    return call


def test_the_result_is_what_the_work_returned(ended: t.Callable[..., dict[str, t.Any]]) -> None:
    result = ended(lambda: {"changed": True, "node": "file1"})
    assert (result["changed"], result["node"], result["status"], result["told"]) == (True, "file1", 0, [])


def test_warnings_are_shown_and_no_part_of_it(ended: t.Callable[..., dict[str, t.Any]]) -> None:
    result = ended(lambda: {"changed": False, "warnings": ["not understood: a", "not understood: b"]})
    assert result["told"] == ["not understood: a", "not understood: b"] and "warnings" not in result


def test_a_state_that_cannot_be_is_a_failed_task(ended: t.Callable[..., dict[str, t.Any]]) -> None:
    def work() -> dict[str, t.Any]:
        raise StateError("node 1", wanted="it up", found="it down", remedy="Start it.")

    result = ended(work)
    assert result["failed"] and result["status"] == 1 and "node 1: wanted it up; found it down" in result["msg"]
