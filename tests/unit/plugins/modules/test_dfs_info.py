# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_follow import Unreachable
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_referral import Referral, parse_response
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc
from ansible_collections.samba_ha.cluster.plugins.modules import dfs_info
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.dfs_cases import response

Call = t.Callable[..., dict[str, t.Any]]


class World:
    r"""One link, ``\\files\dfs\a`` to ``\\nas\s`` and ``\\gone\s``."""

    def __init__(self, params: t.Mapping[str, t.Any]) -> None:
        assert params["password"] == "secret"

    def referral(self, place: Unc) -> Referral | None:
        if place.share != "dfs":
            return None
        return parse_response(response(r"\files\dfs\a", r"\nas\s", r"\gone\s", version=4, header=6))

    def look(self, place: Unc) -> None:
        if place.server == "gone":
            raise Unreachable("does not answer: refused")


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr(dfs_info, "servers", World)

    def caller(**arguments: object) -> dict[str, t.Any]:
        own = {"paths": ["//files/dfs/a/x"], "username": "alice", "password": "secret"}
        with patch_module_args({**own, **arguments}), pytest.raises(SystemExit):
            dfs_info.main()
        result: dict[str, t.Any] = json.loads(capsys.readouterr().out)
        result.pop("invocation", None)
        assert "secret" not in json.dumps(result)
        return result

    return caller


def test_the_way_is_told(call: Call) -> None:
    fault = r"\\files\dfs\a\x leads to \\gone\s\x, which does not answer: refused"
    assert call() == {
        "changed": False,
        "paths": [
            {
                "path": r"files\dfs\a\x",
                "reached": r"nas\s\x",
                "faults": [fault],
                "referrals": [
                    {
                        "path": r"files\dfs\a\x",
                        "version": 4,
                        "root": False,
                        "failback": True,
                        "ttl": 600,
                        "targets": [r"nas\s", r"gone\s"],
                        "rest": "x",
                    }
                ],
            }
        ],
        "faults": [fault],
    }


def test_what_is_not_there_is_no_failure(call: Call) -> None:
    result = call(paths=[r"\\nas\s", r"\\gone\s"])
    assert "failed" not in result
    assert [way["reached"] for way in result["paths"]] == [r"nas\s", None]
    assert result["faults"] == [r"\\gone\s does not answer: refused"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"timeout": 0}, "timeout of more than 0"),
        ({"limit": 0}, "limit of 1 or more"),
        ({"paths": ["files"]}, "has no share"),
        ({"level": 2}, "level"),
    ],
)
def test_options_that_make_no_sense_fail(call: Call, arguments: dict[str, object], words: str) -> None:
    result = call(**arguments)
    assert result["failed"] is True and words in result["msg"]


def test_the_library_is_asked_for(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dfs_info, "SMBPROTOCOL_ERROR", "no such module")
    assert "smbprotocol" in call()["msg"]


def test_servers_are_known_by_their_names_in_any_case() -> None:
    params = {"addresses": {"NAS": "192.0.2.9"}, "username": "a", "password": "b", "level": 4, "timeout": 1.0}
    known: t.Any = dfs_info.servers(params)
    assert (known.addresses, known.level, known.timeout) == ({"nas": "192.0.2.9"}, 4, 1.0)
