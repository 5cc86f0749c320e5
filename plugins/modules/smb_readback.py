#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: smb_readback
short_description: Judge whether a share kept its promises to a workload
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Reads what M(samba_ha.cluster.smb_workload) left on a share, through every node, and holds it against the history
    of what the service had acknowledged.
  - "Finds these violations: a record that was acknowledged and is lost; one that is torn, in the wrong place, or that
    nobody wrote; a lock granted to two at the same time; an increment that was lost; a file that was listed, renamed or
    opened and has vanished, doubled or changed; contents that differ between nodes."
  - Does not fail because of them, but when it cannot judge, since a node does not answer.
  - Deletes the folder if it found none. If it did, the files stay as evidence.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.smb_account
attributes:
  check_mode:
    support: full
    details:
      - In check mode the folder stays.
  diff_mode:
    support: none
    details:
      - It deletes all or nothing.
  idempotent:
    support: none
    details:
      - When the folder is gone, there is nothing to judge, and it fails.
options:
  history:
    description:
      - File that the workload's history is in, on the host that the module runs on.
    type: path
    required: true
  servers:
    description:
      - Addresses of the nodes to read through, each one by itself.
    type: list
    elements: str
    required: true
  faults:
    description:
      - When something was made to fail, in seconds since the epoch by the clock of the host that the workload ran on.
      - RV(outages) tells what the clients saw of each.
    type: list
    elements: float
    default: []
  timeout:
    description:
      - Seconds to wait for the answer to a request.
    type: float
    default: 10.0
notes:
  - Where a firewall lets only the front ends reach the nodes, run it on a host that may.
  - Read when all nodes serve the share again.
"""

EXAMPLES = r"""
- name: Judge what the nodes have kept
  samba_ha.cluster.smb_readback:
    history: /var/tmp/drill.jsonl
    servers: [192.0.2.11, 192.0.2.12, 192.0.2.13]
    username: drill
    password: "{{ vault_drill_password }}"
    faults: ["{{ killed_at }}"]
  register: verdict
  failed_when: verdict is failed or verdict.violations | length > 0
"""

RETURN = r"""
violations:
  description: "Promises that were not kept, a sentence each: what it is about, what was wanted, and what was found."
  returned: success
  type: list
  elements: str
  sample:
    - "file writer-0, record 17: wanted the record acknowledged at 12:00:00.250000Z; found the end of the file"
outages:
  description: What the clients saw of each of O(faults), up to the next one, in order of time.
  returned: success
  type: list
  elements: dict
  contains:
    at:
      description: When the fault was, as in O(faults).
      type: float
    gap:
      description: The longest time in which a writer got no acknowledgement, with the part that lies before the fault.
      type: dict
      contains:
        worker:
          description: Which one.
          type: str
        start:
          description: When it began, in seconds since the epoch.
          type: float
        seconds:
          description: How long it lasted.
          type: float
        ended:
          description: Whether it ended before the workload did.
          type: bool
    errors:
      description: How many errors applications would have seen.
      type: int
    reconnects:
      description: How many connections broke.
      type: int
    noticed:
      description: Seconds from the fault to the first error or broken connection of any client, V(null) without one.
      type: float
    up:
      description: >-
        The longest that a client whose connection broke had to wait until it had the share again, in seconds, from the
        fault or, if that was later, from its request that found the connection broken. V(null) if none broke, or one
        did not get it again.
      type: float
    recovered:
      description: The longest that one of them had to wait likewise until its first success, V(null) likewise.
      type: float
"""

import dataclasses
import typing as t
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.samba_ha.cluster.plugins.module_utils import _readback
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import History, load
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_check import check
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_outage import describe_outage, outages
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import SMBPROTOCOL_ERROR
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target


def judge(history: History, params: dict[str, t.Any], *, keep: bool) -> dict[str, t.Any]:
    """Return the module's results.

    :raises StateError: it cannot be judged.
    """
    run = history.run
    seen = [describe_outage(outage) for outage in outages(history, params["faults"])]
    target = Target(
        server=run.server,
        server_name=run.server_name,
        share=run.share,
        username=params["username"],
        password=params["password"],
        timeout=params["timeout"],
    )
    violations = check(history, _readback.read_copies(run, params["servers"], target))
    if not violations and not keep:
        _readback.clear_away(run, dataclasses.replace(target, server=params["servers"][0]))
    return {"changed": not violations, "violations": violations, "outages": seen}


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "history": {"type": "path", "required": True},
            "servers": {"type": "list", "elements": "str", "required": True},
            "username": {"type": "str", "required": True},
            "password": {"type": "str", "required": True, "no_log": True},
            "faults": {"type": "list", "elements": "float", "default": []},
            "timeout": {"type": "float", "default": 10.0},
        },
        supports_check_mode=True,
    )
    params = module.params
    if not params["servers"] or params["timeout"] <= 0:
        module.fail_json(msg="there must be one server or more, and a timeout of more than 0 seconds")
    if SMBPROTOCOL_ERROR is not None:
        module.fail_json(msg=missing_required_lib("smbprotocol"), exception=SMBPROTOCOL_ERROR)
    try:
        text = Path(params["history"]).read_text(encoding="utf-8")
        result = judge(load(text, params["history"]), params, keep=module.check_mode)
    except OSError as exc:
        module.fail_json(msg=f"history {params['history']}: {exc.strerror}")
    except StateError as exc:
        module.fail_json(msg=str(exc))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
