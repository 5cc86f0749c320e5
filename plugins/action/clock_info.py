# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a host's clock from the controller. Nothing is sent to the host but one command, so that the error is small."""

from __future__ import annotations

import time
import typing as t

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """The action of the module clock_info."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Ask for the time between two looks at the controller's own clock."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        self.validate_argument_spec({})
        before = time.time()
        # Not a module: sending and starting one takes longer than what is to be measured.
        answer = self._low_level_execute_command("date +%s.%N", sudoable=False)
        after = time.time()
        try:
            epoch = float(answer["stdout"].split()[-1])
        except (IndexError, ValueError):
            words = (answer.get("stderr") or answer["stdout"]).strip() or "no output"
            return {**result, "failed": True, "msg": f"date +%s.%N: wanted seconds, found {words}"}
        middle, uncertainty = (before + after) / 2, (after - before) / 2
        return {**result, "changed": False, "epoch": epoch, "offset": epoch - middle, "uncertainty": uncertainty}
