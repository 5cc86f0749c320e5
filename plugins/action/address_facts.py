# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a host's addresses from the controller. Nothing is sent to the host but one command, so that it costs little."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase
from ansible_collections.samba_ha.cluster.plugins.module_utils._ip_addresses import address_facts

COMMAND = "ip -json address show"


class ActionModule(ActionBase):
    """The action of the module address_facts."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Ask for the addresses and return them as facts."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        self.validate_argument_spec({})
        # Who is not root may not have these folders.
        answer = self._low_level_execute_command(f'PATH="$PATH:/usr/sbin:/sbin" {COMMAND}', sudoable=False)
        printed = answer["stdout"].strip()
        try:
            # One line; what a login script prints stands before it.
            facts = address_facts(printed.rpartition("\n")[2])
        except ValueError:
            words = (answer.get("stderr") or printed).strip() or "no output"
            return {**result, "failed": True, "msg": f"{COMMAND}: wanted a list of interfaces, found {words}"}
        return {**result, "changed": False, "ansible_facts": facts}
