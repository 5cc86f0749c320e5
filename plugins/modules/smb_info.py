#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: smb_info
short_description: Read who uses the SMB service, and which shares a node serves
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Reads the sessions, open files and locks of the whole pool (C(smbstatus)), and the shares that the configuration of
    the host it runs on gives (C(testparm)).
  - Each of the two is given 6 seconds. While a node is cut off and CTDB has not declared it dead yet (with CTDB's
    defaults up to 30 seconds), and on a node that is cut off itself, both wait for CTDB. Then RV(error) says so, and
    what could not be read is null.
  - Changes nothing, and does not fail because Samba is missing, down or hung.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  gather:
    description:
      - What to read. V(usage) is the same on every node of a pool, so one node is enough. V(shares) is the
        node's own.
    type: list
    elements: str
    choices: [usage, shares]
    default: [usage, shares]
  config:
    description: The C(smb.conf) of an instance of Samba that has its own, such as that of a pair. By default Debian's.
    type: path
"""

EXAMPLES = r"""
- name: Read who uses the service
  samba_ha.cluster.smb_info:
    gather: [usage]
  run_once: true
  register: service

- name: Read the shares that each node serves
  samba_ha.cluster.smb_info:
    gather: [shares]
  register: node
"""

RETURN = r"""
running:
  description: Whether an smbd main process runs on this host. A frozen one counts; M(samba_ha.cluster.smb_probe) tells.
  returned: always
  type: bool
error:
  description: What could not be read, and why; also that no smbd runs. Null if there is nothing to say.
  returned: always
  type: str
  sample: smbstatus gave no answer within 6 s; it may wait for CTDB (see ctdb status)
usage:
  description:
    - What all clients of all nodes hold at the moment. Null if it was not asked for or could not be read.
    - Nodes are told by their CTDB number, null for an smbd outside of a cluster. The process ids are those of the node.
  returned: always
  type: dict
  contains:
    sessions:
      description: The sessions.
      type: list
      elements: dict
      contains:
        session_id:
          description: Its number, unique in the pool.
          type: str
        username:
          description: Who logged on.
          type: str
        groupname:
          description: The user's primary group.
          type: str
        uid:
          description: The user's number.
          type: int
        remote_machine:
          description: The client as smbd sees it. Behind a front end this is the front end.
          type: str
        address:
          description: The client's address without its port, under the same reserve.
          type: str
        dialect:
          description: The version of SMB.
          type: str
          sample: SMB3_11
        encryption:
          description: >-
            A dict of C(degree) (V(none), V(anonymous), V(partial) or V(full), as smbstatus says it) and C(cipher)
            (null if there is none).
          type: dict
        signing:
          description: The same for signatures.
          type: dict
        node:
          description: The node that serves it.
          type: int
        pid:
          description: The process that serves it.
          type: int
    tree_connects:
      description: The uses of shares.
      type: list
      elements: dict
      contains:
        share:
          description: The share's name.
          type: str
        session_id:
          description: The session that it belongs to.
          type: str
        machine:
          description: The client as smbd sees it.
          type: str
        connected_at:
          description: Since when, by ISO 8601.
          type: str
        node:
          description: The node that serves it.
          type: int
        pid:
          description: The process that serves it.
          type: int
    open_files:
      description: The files and directories that are open, each once.
      type: list
      elements: dict
      contains:
        share_path:
          description: The share's directory.
          type: str
        path:
          description: The file, relative to it.
          type: str
        opens:
          description: The handles, the oldest first.
          type: list
          elements: dict
          contains:
            node:
              description: The node that holds it.
              type: int
            pid:
              description: The process that holds it.
              type: int
            uid:
              description: The user's number.
              type: int
            username:
              description: The user's name, by the session of the same process and number. Null if there is none.
              type: str
            access:
              description: What the handle may do, of the letters C(R) and C(W). Empty for one that only looks.
              type: str
            sharemode:
              description: What others may do at the same time, of the letters C(R), C(W) and C(D) (delete).
              type: str
            caching:
              description: What the client may cache, of the letters C(R), C(W) and C(H) (handle).
              type: str
            oplock:
              description: The oplock in smbstatus' words, null if there is none.
              type: str
            lease:
              description: The lease in letters as for C(caching), null if there is none.
              type: str
            opened_at:
              description: Since when, by ISO 8601.
              type: str
    locks:
      description: >-
        The byte-range locks. Samba 4.17 and 4.22 tell the same: who holds which bytes, but not since when, and not who
        waits for them.
      type: list
      elements: dict
      contains:
        share_path:
          description: The share's directory.
          type: str
        path:
          description: The file, relative to it.
          type: str
        node:
          description: The node that holds it.
          type: int
        pid:
          description: The process that holds it.
          type: int
        type:
          description: V(read) or V(write).
          type: str
        flavour:
          description: V(Windows) or V(POSIX).
          type: str
        start:
          description: The first byte.
          type: int
        size:
          description: The number of bytes.
          type: int
shares:
  description:
    - >-
      The shares that smbd on this node would serve, those of the registry included if the configuration says so. The
      sections C(global), C(homes), C(printers) and C(ipc$) are no shares.
    - Null if they were not asked for or could not be read.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The share's name.
      type: str
    path:
      description: Its directory as configured, null if there is none.
      type: str
    available:
      description: Whether clients can use it. Samba makes a share without a path unavailable.
      type: bool
"""

import typing as t
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_status import Usage, load_usage
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_status_node import (
    Unreadable,
    load_shares,
    smbd_runs,
)

PARTS = ("usage", "shares")


def flat(record: t.Any) -> dict[str, t.Any]:
    """A record as a dict, with the node and process in the place of the server."""
    values = asdict(record)
    return {**values.pop("server"), **values}


def result(usage: Usage) -> dict[str, t.Any]:
    return {
        "sessions": [flat(session) for session in usage.sessions],
        "tree_connects": [flat(tree) for tree in usage.tree_connects],
        "open_files": [
            {"share_path": file.share_path, "path": file.path, "opens": [flat(handle) for handle in file.opens]}
            for file in usage.open_files
        ],
        "locks": [
            {("type" if name == "kind" else name): value for name, value in flat(lock).items()} for lock in usage.locks
        ],
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "gather": {"type": "list", "elements": "str", "choices": [*PARTS], "default": [*PARTS]},
            "config": {"type": "path"},
        },
        supports_check_mode=True,
    )
    running = smbd_runs()
    errors = [] if running else ["no smbd runs on this host"]
    usage: dict[str, t.Any] | None = None
    shares: list[dict[str, t.Any]] | None = None
    if "usage" in module.params["gather"]:
        try:
            used, unknown = load_usage(run, module.params["config"])
        except Unreadable as exc:
            errors.append(str(exc))
        else:
            usage = result(used)
            for text in unknown:
                module.warn(f"smbstatus: not understood: {text}")
    if "shares" in module.params["gather"]:
        try:
            served, unknown = load_shares(run, module.params["config"])
        except Unreadable as exc:
            errors.append(str(exc))
        else:
            shares = [asdict(share) for share in served]
            for text in unknown:
                module.warn(f"testparm: not understood: {text}")
    module.exit_json(changed=False, running=running, error="; ".join(errors) or None, usage=usage, shares=shares)


if __name__ == "__main__":
    main()
