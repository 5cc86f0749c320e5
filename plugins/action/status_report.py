# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge the states that were read from all hosts, and show the page."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.samba_ha.cluster.plugins.module_utils._status import judge
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_picture import picture
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Pair, Site
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_text import page
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_backend import BACKENDS
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import GLUSTER

_PAIR = {
    "name": {"type": "str", "required": True},
    "address": {"type": "str", "required": True},
    "hosts": {"type": "list", "elements": "str", "required": True},
    "fenced": {"type": "bool", "required": True},
}


class ActionModule(ActionBase):
    """The action of the module status_report. It runs on the controller and connects to no host."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Build the site from the arguments; print the page; return the report."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, wanted = self.validate_argument_spec(
            {
                "virtual_name": {"type": "str", "default": ""},
                "access": {"type": "str", "choices": ["proxy", "direct"], "default": "proxy"},
                "backend": {"type": "str", "choices": list(BACKENDS), "default": GLUSTER},
                "addresses": {"type": "list", "elements": "str", "required": True},
                "pool": {"type": "list", "elements": "str", "required": True},
                "frontend": {"type": "list", "elements": "str", "required": True},
                "shares": {"type": "list", "elements": "str", "required": True},
                "states": {"type": "dict", "required": True},
                "volumes": {"type": "dict"},
                "pairs": {"type": "list", "elements": "dict", "default": [], "options": _PAIR},
                "quorum": {"type": "list", "elements": "str", "default": []},
                "nfs_server": {"type": "list", "elements": "str", "default": []},
                "show": {"type": "bool", "default": True},
            }
        )
        site = Site(
            virtual_name=wanted["virtual_name"],
            access=wanted["access"],
            backend=wanted["backend"],
            # Without the prefixes: they are compared with addresses as the tools print them.
            addresses=tuple(address.partition("/")[0] for address in wanted["addresses"]),
            pool=tuple(wanted["pool"]),
            frontend=tuple(wanted["frontend"]),
            shares=tuple(wanted["shares"]),
            states={host: state or None for host, state in wanted["states"].items()},
            volumes=wanted["volumes"],
            pairs=tuple(
                Pair(each["name"], each["address"].partition("/")[0], tuple(each["hosts"]), each["fenced"])
                for each in wanted["pairs"]
            ),
            quorum=tuple(wanted["quorum"]),
            nfs_server=tuple(wanted["nfs_server"]),
        )
        report = judge(site)
        text = page(report)
        if wanted["show"]:
            Display().display(f"\n{text}\n")
        return {**result, "changed": False, "report": report.as_dict(), "picture": picture(site), "page": text}
