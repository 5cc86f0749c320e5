#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: smb_probe
short_description: Ask an SMB server as a client would
version_added: 0.1.0
author:
  - The samba_ha founders (@samba-ha)
description:
  - Connects to an SMB server and goes as far as O(level) says, with a deadline for the whole.
  - A frozen server still accepts connections. It does not answer the first packet, which every level sends.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
attributes:
  check_mode:
    support: partial
    details:
      - With O(level=write) check mode stops at V(tree), because it must not write.
  diff_mode:
    support: N/A
    details:
      - This module leaves everything as it was.
  idempotent:
    support: full
    details:
      - The file of O(level=write) is deleted by the server, even if the probe is cut off.
options:
  server:
    description:
      - Address or name to connect to.
    type: str
    required: true
  port:
    description:
      - TCP port.
    type: int
    default: 445
  server_name:
    description:
      - Name of the server as a client would dial it. It is sent to the server and to front ends.
      - Defaults to O(server).
    type: str
  level:
    description:
      - How far to go. Each level includes those before it.
      - V(negotiate) sends an SMB 3.1.1 NEGOTIATE and reads the answer. It needs no account and no library.
      - V(session) logs on.
      - V(tree) connects to O(share).
      - V(write) writes a file with a random name through to the disk, reads it back, deletes it and checks that it is
        gone.
    type: str
    choices:
      - negotiate
      - session
      - tree
      - write
    default: negotiate
  share:
    description:
      - Share to connect to. Required for V(tree) and V(write).
    type: str
  username:
    description:
      - Account to log on with. Required for all levels but V(negotiate).
    type: str
  password:
    description:
      - Its password.
    type: str
  timeout:
    description:
      - Seconds for the whole probe, name resolution included.
    type: float
    default: 5.0
  fail:
    description:
      - Whether a probe that does not reach O(level) fails the task. If not, RV(error) tells why.
    type: bool
    default: true
requirements:
  - smbprotocol (for O(level=session), O(level=tree) and O(level=write)), where the module runs
notes:
  - Pool nodes with the same C(netbios name) have the same RV(server_guid). It does not tell them apart.
"""

EXAMPLES = r"""
- name: Wait until the virtual server takes writes
  samba_ha.cluster.smb_probe:
    server: 192.0.2.10
    server_name: files.example.com
    level: write
    share: projects
    username: probe
    password: "{{ vault_probe_password }}"
  register: probe
  until: probe is success
  retries: 10
  delay: 1
  delegate_to: localhost

- name: See whether each node answers
  samba_ha.cluster.smb_probe:
    server: "{{ item }}"
    timeout: 2
    fail: false
  loop:
    - 192.0.2.11
    - 192.0.2.12
"""

RETURN = r"""
reachable:
  description: Whether the server accepted the TCP connection.
  returned: always
  type: bool
  sample: true
level:
  description: Highest level that was reached, V(null) if none was.
  returned: always
  type: str
  sample: write
dialect:
  description: SMB version that the server chose.
  returned: always
  type: str
  sample: 3.1.1
server_guid:
  description: GUID by which the server identifies itself.
  returned: always
  type: str
  sample: 00317368-0000-0000-0000-000000000000
signing_required:
  description: Whether the server insists on signed packets.
  returned: always
  type: bool
  sample: false
steps:
  description: What was done, in order. The last one is not C(ok) when the probe failed.
  returned: always
  type: list
  elements: dict
  contains:
    step:
      description: >-
        One of C(connect), C(negotiate), C(session), C(tree), C(create), C(write), C(read), C(delete), C(gone).
      type: str
    seconds:
      description: Time it took.
      type: float
    ok:
      description: Whether it went well.
      type: bool
  sample:
    - step: connect
      seconds: 0.000412
      ok: true
error:
  description: Why the wanted level was not reached, V(null) if it was.
  returned: always
  type: str
  sample: no answer within 5 s, in step negotiate
msg:
  description: What check mode left out, or the failure in full.
  returned: in check mode with O(level=write), and on failure
  type: str
"""

import dataclasses
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.samba_ha.cluster.plugins.module_utils import _smb_probe
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

_REMEDIES = {
    "connect": "Check the address, the port, the firewall, and that smbd runs.",
    "negotiate": "Check that smbd answers: a frozen one, or another program, accepts connections too.",
    "session": "Check account and password, and that the account is enabled.",
    "tree": "Check the share's name and its valid users.",
}


def failure(target: _smb_probe.Target, outcome: _smb_probe.Outcome) -> StateError:
    """Tell a failed probe in full."""
    step = outcome.steps[-1]["step"] if outcome.steps else "connect"
    return StateError(
        f"SMB server {target.server} port {target.port} as {target.server_name}",
        wanted=f"level {target.level}",
        found=f"{outcome.error} (step {step}, level reached: {outcome.level or 'none'})",
        remedy=_REMEDIES.get(
            step, f"Check that {target.username} may write to the share, and that its storage answers."
        ),
    )


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "server": {"type": "str", "required": True},
            "port": {"type": "int", "default": 445},
            "server_name": {"type": "str"},
            "level": {"type": "str", "choices": list(_smb_probe.LEVELS), "default": "negotiate"},
            "share": {"type": "str"},
            "username": {"type": "str"},
            "password": {"type": "str", "no_log": True},
            "timeout": {"type": "float", "default": 5.0},
            "fail": {"type": "bool", "default": True},
        },
        required_if=[
            ("level", "session", ["username", "password"]),
            ("level", "tree", ["username", "password", "share"]),
            ("level", "write", ["username", "password", "share"]),
        ],
        supports_check_mode=True,
    )
    params = module.params
    if params["timeout"] <= 0:
        module.fail_json(msg=f"timeout must be more than 0 seconds, not {params['timeout']:g}")
    if params["level"] != "negotiate" and not _smb_probe.HAS_SMBPROTOCOL:
        module.fail_json(msg=missing_required_lib("smbprotocol"), exception=_smb_probe.SMBPROTOCOL_ERROR)
    no_write = module.check_mode and params["level"] == "write"
    target = _smb_probe.Target(
        server=params["server"],
        port=params["port"],
        server_name=params["server_name"] or params["server"],
        level="tree" if no_write else params["level"],
        share=params["share"],
        username=params["username"],
        password=params["password"],
        timeout=params["timeout"],
    )
    outcome = _smb_probe.probe(target)
    result = dataclasses.asdict(outcome)
    if outcome.error is not None and params["fail"]:
        module.fail_json(msg=str(failure(target, outcome)), **result)
    if no_write:
        result["msg"] = "Check mode: nothing was written, the probe stopped at level tree."
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
