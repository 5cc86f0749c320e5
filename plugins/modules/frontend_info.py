#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: frontend_info
short_description: Read the state of HAProxy's frontends and servers
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Asks the host's HAProxy at its stats socket for its frontends, and for the servers behind them as it sees them.
  - Each front end of the service has an HAProxy of its own, which sees its own sessions and makes its own checks.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
  - samba_ha.cluster.haproxy_sockets
options:
  timeout:
    description: Seconds to wait at most for all answers together.
    type: float
    default: 3
seealso:
  - module: samba_ha.cluster.frontend_server
"""

EXAMPLES = r"""
- name: Read the state of the front end
  samba_ha.cluster.frontend_info:
  register: front_end

- name: Show the servers that get no clients
  ansible.builtin.debug:
    msg: "{{ front_end.servers | rejectattr('state', 'eq', 'up') | map(attribute='name') }}"
"""

RETURN = r"""
running:
  description: Whether HAProxy answers. If not, the lists are empty and the other values null.
  returned: always
  type: bool
error:
  description: Why it does not answer. Null if it does.
  returned: always
  type: str
version:
  description: HAProxy's version.
  returned: always
  type: str
  sample: 3.0.11-1+deb13u5
uptime:
  description: Seconds since HAProxy's start or last reload.
  returned: always
  type: int
frontends:
  description: What takes the clients' connections. A number that HAProxy does not tell is null.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The frontend's name.
      type: str
    status:
      description: Its state in HAProxy's words, such as C(OPEN).
      type: str
    sessions:
      description: Sessions that it has now.
      type: int
    session_limit:
      description: Sessions that it may have at once.
      type: int
    total_sessions:
      description: Sessions since HAProxy's start or last reload.
      type: int
    bytes_in:
      description: Bytes from clients in that time. Those of a session are counted when it ends.
      type: int
    bytes_out:
      description: Bytes to clients in that time.
      type: int
servers:
  description: The servers of all backends. A value that HAProxy does not tell is null.
  returned: always
  type: list
  elements: dict
  contains:
    backend:
      description: The name of its backend.
      type: str
    name:
      description: The server's name.
      type: str
    number:
      description: HAProxy's number for it in its backend, as in the tables of stickiness.
      type: int
    address:
      description: Its address and port.
      type: str
    state:
      description:
        - V(up) if new clients are sent to it. So they are while a first check has failed (C(UP 1/2)), and if the server
          has no check.
        - V(down) if its checks fail, also while some have succeeded again (C(DOWN 1/2)), and whatever was set by hand.
        - V(drain) if it gets no new clients but keeps those that it has.
        - V(maintenance) if it gets no clients and is not checked.
        - Null, with a warning, if HAProxy's word for it is not known to this module.
      type: str
    status:
      description: The state in HAProxy's words, such as C(UP), C(UP 1/2) or C(MAINT).
      type: str
    admin_state:
      description:
        - What was set by hand, as in O(samba_ha.cluster.frontend_server#module:state), V(ready), V(drain) or
          V(maintenance). A server that is down may be set to drain as well, and is in that state when it comes up.
      type: str
    sessions:
      description: Sessions that the worker now in charge has with it. Those of older workers are in RV(old_workers).
      type: int
    queue:
      description: Clients that wait for it.
      type: int
    total_sessions:
      description: Sessions since HAProxy's start or last reload.
      type: int
    weight:
      description: Its weight among the servers.
      type: int
    seconds_in_state:
      description: Seconds since it last went up or down.
      type: int
    downtime:
      description: Seconds that it was down since HAProxy's start or last reload.
      type: int
    connection_errors:
      description: Clients' connections to it that failed, in that time.
      type: int
    check:
      description: The last health check. All is null in maintenance, but for the counts, and for a server without one.
      type: dict
      contains:
        status:
          description: The result in HAProxy's short words, such as C(L7OK), C(L4CON) or C(L7TOUT).
          type: str
        description:
          description: What that means.
          type: str
        output:
          description: What the check saw.
          type: str
        duration_ms:
          description: Milliseconds that it took. Null if it did not get as far.
          type: int
        rise:
          description: Good checks in a row after which a server is up.
          type: int
        fall:
          description: Failed checks in a row after which a server is down.
          type: int
        health:
          description: >-
            Where it stands between them, from 0 to RV(servers[].check.rise) + RV(servers[].check.fall) - 1. It is up
            from RV(servers[].check.rise) on.
          type: int
        failed:
          description: Failed checks since HAProxy's start or last reload.
          type: int
        went_down:
          description: How often it went down in that time.
          type: int
    agent:
      description: The server's health agent (role health_agent). All is null without one.
      type: dict
      contains:
        status:
          description: How asking it went, such as C(L7OK), C(L7STS) (it said no) or C(L4CON) (it does not answer).
          type: str
        said:
          description: What it said.
          type: str
old_workers:
  description:
    - HAProxy's processes from before a reload that still have sessions. Null if HAProxy does not answer, and, with a
      warning, if only its master process does not.
    - They check no server any more, so their sessions are not closed when a server fails.
  returned: always
  type: list
  elements: dict
  contains:
    pid:
      description: The process.
      type: int
    sessions:
      description: The number of its sessions by server, C(backend/name), where there are any.
      type: dict
      sample: {pool/node1: 2}
"""

import time
import typing as t
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy import load_status
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_socket import (
    MASTER_SOCKET,
    WORKER_SOCKET,
    Ask,
    HaproxyDown,
    socket_ask,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_workers import load_old_workers


def old_workers(master: Ask) -> tuple[list[dict[str, t.Any]] | None, tuple[str, ...]]:
    try:
        workers = load_old_workers(master)
    except StateError as exc:
        return None, (f"old workers: {exc}",)
    return [
        {"pid": worker.pid, "sessions": {server.title: server.sessions for server in worker.servers if server.sessions}}
        for worker in workers
    ], ()


def read(worker: Ask, master: Ask) -> tuple[dict[str, t.Any], tuple[str, ...]]:
    """The module's result and its warnings."""
    result: dict[str, t.Any] = {"changed": False, "running": False, "error": None, "version": None, "uptime": None}
    result |= {"frontends": [], "servers": [], "old_workers": None}
    try:
        status = load_status(worker)
    except StateError as exc:
        return {**result, "error": exc.found if isinstance(exc, HaproxyDown) else str(exc)}, ()
    workers, warnings = old_workers(master)
    result |= {
        "running": True,
        "version": status.version,
        "uptime": status.uptime,
        "frontends": [asdict(frontend) for frontend in status.frontends],
        "servers": [asdict(server) for server in status.servers],
        "old_workers": workers,
    }
    return result, (*status.warnings, *warnings)


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "socket": {"type": "path", "default": WORKER_SOCKET},
            "master_socket": {"type": "path", "default": MASTER_SOCKET},
            "timeout": {"type": "float", "default": 3},
        },
        supports_check_mode=True,
    )
    timeout, since = module.params["timeout"], time.monotonic()
    worker = socket_ask(module.params["socket"], timeout, since)
    master = socket_ask(module.params["master_socket"], timeout, since)
    result, warnings = read(worker, master)
    for line in warnings:
        module.warn(line)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
