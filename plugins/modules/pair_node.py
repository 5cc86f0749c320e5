#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pair_node
short_description: Take a node of a pair out of service, or let it serve again
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Puts a node in standby or ends that, and waits until Pacemaker has done what follows.
  - A node in standby stays so when it is restarted.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
attributes:
  check_mode:
    details:
      - Fails as a run would where Pacemaker does not run and where nobody could take over. Does not wait.
options:
  state:
    description:
      - V(standby) moves all that runs on the node to the other one, and waits until it runs there. Before that
        C(crm_simulate) tells whether it would; if not, nothing is changed, and the module fails. It does not know
        whether the other node's copy of a mirror is whole (see M(samba_ha.cluster.drbd_info)); the playbook C(failover)
        looks at that first.
      - V(online) lets the node run resources again, and waits until it may. Where they run then is up to their
        stickiness.
      - V(cleaned) forgets what failed on the node, so that Pacemaker tries again there, and fails if it fails again.
    type: str
    choices: [standby, online, cleaned]
    required: true
  node:
    description: The node's name in the cluster. By default the host's own.
    type: str
  accept_outage:
    description: With O(state=standby), also stops what the other node cannot take over. Nobody serves it then.
    type: bool
    default: false
  timeout:
    description: Seconds to wait at most. Then the module fails and shows the last state seen.
    type: float
    default: 120
notes:
  - It must run as root, on any node of the pair on which Pacemaker runs.
"""

EXAMPLES = r"""
- name: Move everything to the other node before maintenance
  samba_ha.cluster.pair_node:
    state: standby

- name: Let the node serve again
  samba_ha.cluster.pair_node:
    state: online

- name: Forget what failed on another node while its storage was away
  samba_ha.cluster.pair_node:
    node: file2
    state: cleaned
"""

RETURN = r"""
node:
  description: The node's name.
  returned: success
  type: str
  sample: file1
active:
  description:
    - The node on which the resources run after the run, in check mode now. Null if they run nowhere or on two nodes.
  returned: success
  type: str
  sample: file2
"""

import time
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import active, load_status
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_crm import Status
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_node import (
    clean,
    failures_on,
    find,
    set_online,
    set_standby,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_plan import TOOL_TIMEOUT


def sides(status: Status, name: str, state: str) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """What the state is about, before and after."""
    if state == "cleaned":
        return {"failures": failures_on(status, name)}, {"failures": []}
    return {"standby": find(status, name).standby}, {"standby": state == "standby"}


def apply(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    """Read, compare, act; returns the module's result."""
    deadline, do = time.monotonic() + params["timeout"], not check_mode
    status = load_status(runner, TOOL_TIMEOUT)
    name = params["node"] or runner(["crm_node", "--name"], timeout=TOOL_TIMEOUT).stdout.strip()
    before, after = sides(status, name, params["state"])
    if params["state"] == "standby":
        outage = params["accept_outage"]
        seen = set_standby(runner, status, name, accept_outage=outage, deadline=deadline, do=do)
    elif params["state"] == "online":
        seen = set_online(runner, status, name, deadline=deadline, do=do)
    else:
        seen = clean(runner, status, name, deadline=deadline, do=do)
    where = active((seen.status if seen else status).resources)
    return {
        "changed": before != after,
        "diff": {"before": before, "after": after},
        "node": name,
        "active": where[0] if len(where) == 1 else None,
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "state": {"type": "str", "choices": ["standby", "online", "cleaned"], "required": True},
            "node": {"type": "str"},
            "accept_outage": {"type": "bool", "default": False},
            "timeout": {"type": "float", "default": 120},
        },
        supports_check_mode=True,
    )
    finish(module, lambda: apply(module.params, run, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
