#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: frontend_server
short_description: Take a server out of HAProxy's service, or back into it
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Sets whether the host's HAProxy sends clients to a server, and waits until that is so, that is, until the server's
    sessions are gone, or it is up.
  - Each front end of the service has an HAProxy of its own. Run it on all of them.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.haproxy_sockets
attributes:
  check_mode:
    support: partial
    details:
      - It does not wait, and so does not predict that a wait fails. Which sessions end by themselves before
        O(timeout) cannot be known either; it predicts that none is closed.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  backend:
    description: The backend that the server belongs to.
    type: str
    default: pool
  server:
    description: The server's name.
    type: str
    required: true
  state:
    description:
      - V(ready) has clients sent to it whenever its checks say that it is up, and waits until they do.
      - V(drain) has no new clients sent to it, lets those that it has go on, and waits until their sessions are gone.
        It is still checked; when it goes down, its sessions are closed as usual.
      - V(maintenance) does the same, and then also ends the checks. HAProxy by itself would close the sessions at once
        where its configuration says C(on-marked-down shutdown-sessions), as the collection's role has it.
    type: str
    choices: [ready, drain, maintenance]
    required: true
  timeout:
    description: Seconds to wait at most. Then the module fails and shows the last state seen.
    type: float
    default: 60
  shutdown_sessions:
    description:
      - Close the sessions that are left when O(timeout) has passed, instead of failing. Their clients reconnect to
        another server and may lose what they had open.
      - Without effect with O(state=ready).
    type: bool
    default: false
notes:
  - The stats socket must be of level admin.
  - HAProxy forgets the state when it is restarted or reloaded (nothing in its configuration keeps it), and the server
    is V(ready) again. Do not deploy the front ends while a server is to stay out.
  - Sessions go on in the old worker after a reload of HAProxy. They are waited for, and closed, like the others.
  - When it fails for sessions that are left, the server stays in the state V(drain).
  - It does not look whether other servers are left to take the clients.
seealso:
  - module: samba_ha.cluster.frontend_info
"""

EXAMPLES = r"""
- name: Have no clients on node3, giving them ten minutes to go
  samba_ha.cluster.frontend_server:
    server: node3
    state: maintenance
    timeout: 600
    shutdown_sessions: true

- name: Send clients to node3 again
  samba_ha.cluster.frontend_server:
    server: node3
    state: ready
"""

RETURN = r"""
server:
  description: The server, C(backend/name).
  returned: success
  type: str
  sample: pool/node3
state_before:
  description: What was set before, V(ready), V(drain) or V(maintenance).
  returned: success
  type: str
state_after:
  description: What is set now; in check mode what would be.
  returned: success
  type: str
status:
  description: The server's state in HAProxy's words, such as C(UP) or C(DRAIN), after the run (in check mode now).
  returned: success
  type: str
sessions_left:
  description: Sessions that clients have with it by this front end after the run (in check mode now).
  returned: success
  type: int
sessions_closed:
  description: Sessions that were left at the end of O(timeout) and were closed.
  returned: success
  type: int
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_server import Haproxy, empty
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_socket import (
    ASK_TIMEOUT,
    MASTER_SOCKET,
    WORKER_SOCKET,
    Ask,
    socket_ask,
)


def apply(params: dict[str, t.Any], worker: Ask, master: Ask, *, check_mode: bool) -> dict[str, t.Any]:
    """Read, compare, act; returns the module's result."""
    haproxy = Haproxy(worker, master, params["backend"], params["server"])
    wanted, timeout = params["state"], params["timeout"]
    view = haproxy.look()
    before, closed = view.server.admin_state, 0
    if not check_mode:
        if wanted == "ready":
            haproxy.set(view, "ready")
            view = haproxy.wait_up(timeout)
        else:
            # Maintenance would close the sessions at once, so first it drains.
            if before == "ready" or wanted == "drain":
                haproxy.set(view, "drain")
            view, closed = empty(haproxy, timeout, shutdown_sessions=params["shutdown_sessions"])
            haproxy.set(view, wanted)
            view = haproxy.look()
    return {
        "changed": before != wanted or bool(closed),
        "diff": {"before": {"state": before}, "after": {"state": wanted}},
        "server": view.server.title,
        "state_before": before,
        "state_after": wanted,
        "status": view.server.status,
        "sessions_left": view.sessions,
        "sessions_closed": closed,
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "backend": {"type": "str", "default": "pool"},
            "server": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["ready", "drain", "maintenance"], "required": True},
            "timeout": {"type": "float", "default": 60},
            "shutdown_sessions": {"type": "bool", "default": False},
            "socket": {"type": "path", "default": WORKER_SOCKET},
            "master_socket": {"type": "path", "default": MASTER_SOCKET},
        },
        supports_check_mode=True,
    )
    worker = socket_ask(module.params["socket"], ASK_TIMEOUT)
    master = socket_ask(module.params["master_socket"], ASK_TIMEOUT)
    finish(module, lambda: apply(module.params, worker, master, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
