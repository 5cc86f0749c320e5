#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: smb_workload
short_description: Use a share as many clients would while something fails
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Connects to a share several times, each connection a client of its own, and works on files of its own for a while.
    A client whose connection breaks reconnects at once, then in short growing intervals, until O(seconds) are over.
  - Writers write numbered records through to the disk, and go on only when one was acknowledged. Lockers take turns in
    adding one to a counter under a byte-range lock. One more client keeps a handle open, one lists the folder, and one
    renames a file to and fro.
  - What each of them saw, with times, is in the file O(dest). M(samba_ha.cluster.smb_readback) judges it.
  - It is meant to run in the background, with C(async), while something is made to fail.
  - Outages shorter than two or three O(interval)s are not seen.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.smb_account
attributes:
  check_mode:
    support: none
    details:
      - There would be nothing to tell.
  diff_mode:
    support: N/A
    details:
      - All it writes is new.
  idempotent:
    support: none
    details:
      - Every run makes a folder of its own.
options:
  server:
    description:
      - Addresses of the virtual server, several where its name has several in the DNS.
      - As clients do then, each begins with another one, and where it cannot connect it tries the next.
    type: list
    elements: str
    required: true
  server_name:
    description:
      - Name of the server as a client would dial it. It is sent to the server and to front ends.
      - Defaults to the first O(server).
    type: str
  share:
    description:
      - Share to work on. A folder RV(folder) is made at its top, and stays.
    type: str
    required: true
  seconds:
    description:
      - How long to work. It takes longer by a few O(timeout)s if the server does not answer at the end.
    type: float
    required: true
  until:
    description:
      - File on the host that the module runs on, which must not be there yet. When it appears, the run ends before
        O(seconds) are over, as soon as each client has worked once more, so that no outage is cut short.
    type: path
  dest:
    description:
      - File for the history, on the host that the module runs on. Its folder must be there.
      - "One object of JSON in each line: first the run, then what happened, each with its C(kind)."
    type: path
    required: true
  sources:
    description:
      - Addresses of the host that the module runs on, which the clients come from in turn. Front ends lead all clients
        of one address to the same node, and so these stand for clients on several machines.
      - Without any, all come from the address that the system chooses.
    type: list
    elements: str
    default: []
  writers:
    description:
      - How many clients write records. At least one, whose gaps are measured.
    type: int
    default: 2
  lockers:
    description:
      - How many clients take turns with the lock.
    type: int
    default: 2
  others:
    description:
      - Whether one client each keeps a handle open, lists the folder and renames a file.
    type: bool
    default: true
  interval:
    description:
      - Seconds that a writer or locker pauses between two operations. The other clients pause five times as long.
    type: float
    default: 0.02
  timeout:
    description:
      - Seconds to wait for the answer to a request, before the connection is given up as broken.
      - Like real clients', it is longer than the outages that the service promises. A shorter one would measure the
        client instead.
    type: float
    default: 10.0
notes:
  - Do not let the host that it runs on be short of processor time. What its clients wait for then counts as a gap.
"""

EXAMPLES = r"""
- name: Use the share for two minutes, in the background
  samba_ha.cluster.smb_workload:
    server: 192.0.2.10
    server_name: files.example.com
    share: projects
    username: drill
    password: "{{ vault_drill_password }}"
    seconds: 120
    dest: /var/tmp/drill.jsonl
  async: 240
  poll: 0
  register: workload
"""

RETURN = r"""
history:
  description: File that the history is in, which is O(dest).
  returned: success
  type: str
  sample: /var/tmp/drill.jsonl
run:
  description: Name of this run.
  returned: success
  type: str
  sample: 5f0c1d2e3a4b
folder:
  description: Folder in the share that holds the files.
  returned: success
  type: str
  sample: .samba_ha_workload-5f0c1d2e3a4b
operations:
  description:
    - "How many operations succeeded: records acknowledged (C(writer)), increments (C(locker)), reads through the handle
      that is kept open (C(opener)), listings (C(lister)), renames (C(renamer))."
    - A kind without any was not tried at all.
  returned: success
  type: dict
  sample: {writer: 4200, locker: 1800, opener: 1000, lister: 900, renamer: 800}
errors:
  description: How many errors applications would have seen.
  returned: success
  type: int
  sample: 7
reconnects:
  description: How many times a client's connection broke.
  returned: success
  type: int
  sample: 7
handles_kept:
  description: How many times the open handle was there again after a disturbance.
  returned: success
  type: int
  sample: 0
handles_lost:
  description: How many times it was not.
  returned: success
  type: int
  sample: 1
gap:
  description: The longest time in which a writer got no acknowledgement.
  returned: success
  type: dict
  contains:
    worker:
      description: Which one.
      type: str
    start:
      description: When it began, in seconds since the epoch by the clock of the host that the module ran on.
      type: float
    seconds:
      description: How long it lasted.
      type: float
    ended:
      description: Whether another acknowledgement came before the end.
      type: bool
  sample: {worker: writer-0, start: 1767225600.25, seconds: 0.412, ended: true}
"""

import os
import tempfile
import typing as t
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.samba_ha.cluster.plugins.module_utils import _workload
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import dump
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_outage import summary
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import SMBPROTOCOL_ERROR
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target


def refusal(params: dict[str, t.Any]) -> str | None:
    """Say what cannot work, before the minutes of a drill are spent on it."""
    if not params["server"]:
        return "server must be one address or more"
    too_small = [name for name in ("seconds", "interval", "timeout") if params[name] <= 0]
    if too_small:
        return f"{' and '.join(too_small)} must be more than 0 seconds"
    if params["writers"] < 1 or params["lockers"] < 0:
        return (
            f"there must be 1 or more writers, and 0 or more lockers, not {params['writers']} and {params['lockers']}"
        )
    folder = os.path.dirname(params["dest"]) or "."
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        return f"dest cannot be written: {folder} is no folder, or not writable"
    if params["until"] and os.path.exists(params["until"]):
        return f"until is there already, and would end the run at once: remove {params['until']}"
    return None


def save(module: AnsibleModule, text: str) -> None:
    """Put the whole history in its place at once."""
    handle, path = tempfile.mkstemp(dir=module.tmpdir)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    module.atomic_move(path, module.params["dest"])


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "server": {"type": "list", "elements": "str", "required": True},
            "server_name": {"type": "str"},
            "share": {"type": "str", "required": True},
            "username": {"type": "str", "required": True},
            "password": {"type": "str", "required": True, "no_log": True},
            "seconds": {"type": "float", "required": True},
            "until": {"type": "path"},
            "dest": {"type": "path", "required": True},
            "sources": {"type": "list", "elements": "str", "default": []},
            "writers": {"type": "int", "default": 2},
            "lockers": {"type": "int", "default": 2},
            "others": {"type": "bool", "default": True},
            "interval": {"type": "float", "default": 0.02},
            "timeout": {"type": "float", "default": 10.0},
        },
    )
    params = module.params
    refused = refusal(params)
    if refused is not None:
        module.fail_json(msg=refused)
    if SMBPROTOCOL_ERROR is not None:
        module.fail_json(msg=missing_required_lib("smbprotocol"), exception=SMBPROTOCOL_ERROR)
    plan = _workload.Plan(
        target=Target(
            server=params["server"][0],
            server_name=params["server_name"] or params["server"][0],
            share=params["share"],
            username=params["username"],
            password=params["password"],
            timeout=params["timeout"],
        ),
        seconds=params["seconds"],
        interval=params["interval"],
        writers=params["writers"],
        lockers=params["lockers"],
        others=params["others"],
        sources=tuple(params["sources"]),
        servers=tuple(params["server"]),
        until=Path(params["until"]) if params["until"] else None,
    )
    try:
        history = _workload.run(plan)
    except StateError as exc:
        module.fail_json(msg=str(exc))
    save(module, dump(history))
    about = history.run
    module.exit_json(changed=True, history=params["dest"], run=about.run, folder=about.folder, **summary(history))


if __name__ == "__main__":
    main()
