#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ctdb_tunable
short_description: Set CTDB's tunables on a running node
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Sets tunables of the ctdbd on the host it runs on, at once and without a restart.
  - ctdbd forgets them when it ends. What is to last also belongs into C(/etc/ctdb/ctdb.tunables), which this module
    leaves alone; the role P(samba_ha.cluster.ctdb#role) writes it.
  - Tunables belong to one node each. Most must be the same on all of them, so run it on every node.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
attributes:
  check_mode:
    details:
      - Fails as a run would where no ctdbd answers.
  diff_mode:
    details:
      - Shows the tunables named only.
options:
  tunables:
    description:
      - The values by name; see C(ctdb-tunables(7\)). Others are left alone.
      - A name that this CTDB does not know is refused, and then nothing is set.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Declare a silent node dead after 3 seconds
  samba_ha.cluster.ctdb_tunable:
    tunables:
      KeepaliveInterval: 1
      KeepaliveLimit: 3
"""

RETURN = r"""
tunables:
  description: The values of the tunables named after the run (in check mode as they are now).
  returned: success
  type: dict
  sample: {KeepaliveInterval: 1, KeepaliveLimit: 3}
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_tunables import load_tunables, wanted_tunables
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish


def apply(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    """Read, compare, act; returns the module's result."""
    known, unknown = load_tunables(runner)
    wanted = wanted_tunables(params["tunables"], known)
    before = {name: known[name] for name in wanted}
    todo = {name: value for name, value in wanted.items() if value != before[name]}
    now = before
    if todo and not check_mode:
        for name, value in todo.items():
            runner(["ctdb", "setvar", name, str(value)])
        known, unknown = load_tunables(runner)
        now = {name: known[name] for name in wanted if name in known}
        if now != wanted:
            raise StateError(
                "CTDB's tunables",
                wanted=str(wanted),
                found=f"{now} after they were set",
                remedy="Look for what sets them as well, and at journalctl -b -u ctdb.",
            )
    return {
        "changed": bool(todo),
        "diff": {"before": before, "after": wanted},
        "tunables": now,
        "warnings": [f"ctdb listvars: not understood: {line}" for line in unknown],
    }


def main() -> t.NoReturn:
    module = AnsibleModule(argument_spec={"tunables": {"type": "dict", "required": True}}, supports_check_mode=True)
    finish(module, lambda: apply(module.params, run, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
