# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Call a whole module, from its arguments to the JSON that it prints."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path
from types import ModuleType

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner

Call = t.Callable[..., dict[str, t.Any]]


def caller(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """A function that calls ``module`` with a runner, its arguments and perhaps check mode."""
    remote = tmp_path / "remote"
    remote.mkdir()

    def call(runner: Runner, arguments: dict[str, t.Any], *, check_mode: bool = False) -> dict[str, t.Any]:
        warnings: list[str] = []
        monkeypatch.setattr(module, "run", runner)
        # Where the controller's code is loaded as well, Ansible shows warnings instead of returning them.
        monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text, **_more: warnings.append(text))
        settings = {"_ansible_check_mode": check_mode, "_ansible_remote_tmp": str(remote)}
        with patch_module_args({**arguments, **settings}), pytest.raises(SystemExit):
            module.main()
        result: dict[str, t.Any] = json.loads(capsys.readouterr().out)
        return {**result, "warnings": warnings}

    return call
