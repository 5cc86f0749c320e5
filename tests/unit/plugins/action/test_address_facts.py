# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from types import SimpleNamespace

import pytest
from ansible_collections.samba_ha.cluster.plugins.action.address_facts import ActionModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._ip_addresses import address_facts
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES

ADDRESSES = (FIXTURES / "ip" / "trixie-6.15.0" / "address.json").read_text(encoding="utf-8")


def call(answer: dict[str, t.Any], monkeypatch: pytest.MonkeyPatch, **arguments: t.Any) -> dict[str, t.Any]:
    """The result of the action in check mode, on a host that gives the answer."""

    def execute(_self: ActionModule, command: str, *, sudoable: bool) -> dict[str, t.Any]:
        assert (command, sudoable) == ('PATH="$PATH:/usr/sbin:/sbin" ip -json address show', False)
        return answer

    monkeypatch.setattr(ActionModule, "_low_level_execute_command", execute)
    task: t.Any = SimpleNamespace(action="address_facts", args=arguments, async_val=0, check_mode=True)
    connection: t.Any = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    nothing: t.Any = None
    return ActionModule(task, connection, nothing, nothing, nothing, nothing).run()


@pytest.mark.parametrize("banner", ["", "Welcome!\n"])
def test_addresses_become_facts(banner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"rc": 0, "stdout": banner + ADDRESSES, "stderr": ""}
    assert call(answer, monkeypatch) == {"changed": False, "ansible_facts": address_facts(ADDRESSES)}


@pytest.mark.parametrize(
    ("stdout", "stderr", "found"),
    [
        ("", "/bin/sh: 1: ip: not found\n", "/bin/sh: 1: ip: not found"),
        ("1: lo: <LOOPBACK,UP>\n    inet 127.0.0.1/8\n", "", "1: lo: <LOOPBACK,UP>\n    inet 127.0.0.1/8"),
        ("{}\n", "", "{}"),
        ("", "", "no output"),
    ],
)
def test_anything_else_is_told(stdout: str, stderr: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call({"rc": 1, "stdout": stdout, "stderr": stderr}, monkeypatch) == {
        "failed": True,
        "msg": f"ip -json address show: wanted a list of interfaces, found {found}",
    }


def test_a_connection_may_know_no_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    # It joins both.
    assert call({"rc": 127, "stdout": "sh: ip: not found\r\n"}, monkeypatch)["msg"].endswith("found sh: ip: not found")
