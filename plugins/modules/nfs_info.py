#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nfs_info
short_description: Ask whether an NFS server answers
version_added: 0.1.0
description:
  - Sends an NFS 4 server the question that every one answers (C(NULL)), and waits for the answer. One that is stuck
    still takes connections, but answers nothing.
  - Says nothing of exports, and of who may mount them. M(samba_ha.cluster.shared_fs_info) tells of a mount.
author:
  - The samba_ha founders (@samba-ha)
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  server:
    description: IP address or name of the server.
    type: str
    required: true
  port:
    description: TCP port.
    type: int
    default: 2049
  timeout:
    description: Seconds in which it has to answer. Until then it is asked again.
    type: float
    default: 4
  fail:
    description: Whether a server that does not answer fails the task. If not, RV(error) tells why.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Wait until the NFS server answers
  samba_ha.cluster.nfs_info:
    server: 10.0.0.50
    timeout: 30
"""

RETURN = r"""
answers:
  description: Whether it answered.
  returned: always
  type: bool
error:
  description: Why the last question had no answer, null if it had one.
  returned: always
  type: str
  sample: Connection refused
"""

import time
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._nfs_null import ask
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import WaitTimeout, wait_for


def run_module(module: AnsibleModule) -> dict[str, t.Any]:
    server, port, timeout = (module.params[name] for name in ("server", "port", "timeout"))
    deadline = time.monotonic() + timeout
    error: str | None = None
    try:
        wait_for(
            # At least a moment, for the last of several questions.
            lambda: ask(server, port, max(deadline - time.monotonic(), 0.1)),
            lambda found: found is None,
            subject=f"NFS server {server} port {port}",
            wanted="an answer",
            describe=str,
            remedy="See that it runs, and that its firewall and the network let this host reach it.",
            timeout=timeout,
        )
    except WaitTimeout as exc:
        error = exc.found
        if module.params["fail"]:
            module.fail_json(msg=str(exc), answers=False, error=error)
    return {"changed": False, "answers": error is None, "error": error}


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "server": {"type": "str", "required": True},
            "port": {"type": "int", "default": 2049},
            "timeout": {"type": "float", "default": 4},
            "fail": {"type": "bool", "default": True},
        },
        supports_check_mode=True,
    )
    if module.params["timeout"] <= 0:
        module.fail_json(msg=f"timeout must be more than 0 seconds, not {module.params['timeout']:g}")
    module.exit_json(**run_module(module))


if __name__ == "__main__":
    main()
