# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the runs of a drill together, and show the page."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_picture import picture
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_report import (
    page,
    read_run,
    report,
    rows,
    verdict,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import load


class ActionModule(ActionBase):
    """The action of the module drill_report. It runs on the controller and connects to no host."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Read the histories; print the page; return the report."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, wanted = self.validate_argument_spec(
            {
                "fault": {"type": "str", "required": True},
                "target": {"type": "float", "required": True},
                "runs": {"type": "list", "elements": "dict", "required": True},
            }
        )
        runs = [read_run(told) for told in wanted["runs"]]
        made = report(wanted["fault"], wanted["target"], runs)
        try:
            pictures = [picture(load(Path(run.history).read_text(encoding="utf-8"), run.history), run) for run in runs]
        except OSError as exc:
            return {**result, "failed": True, "msg": f"history {exc.filename}: {exc.strerror}"}
        except StateError as exc:
            return {**result, "failed": True, "msg": str(exc)}
        text = page(made)
        Display().display(f"\n{text}\n")
        told = {"verdict": verdict(made), "rows": rows(made), "pictures": pictures, "page": text}
        return {**result, "changed": False, "report": made.as_dict(), **told}
