# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module ends: with what its work returned, or as a failed task."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError


def finish(module: AnsibleModule, work: t.Callable[[], dict[str, t.Any]]) -> t.NoReturn:
    """Do the work and exit with its result, of which ``warnings``, sentences, are shown as such."""
    try:
        result = work()
    except StateError as exc:
        module.fail_json(msg=str(exc))
    for line in result.pop("warnings", ()):
        module.warn(line)
    module.exit_json(**result)
