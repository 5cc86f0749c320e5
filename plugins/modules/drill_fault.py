#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drill_fault
short_description: Break a host of the service on purpose, and mend it
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Makes one fault on the host that it runs on, proves that it came about, and fails if it did not.
  - With O(state=absent) it ends the fault. What needs time then, such as a heal, goes on afterwards.
  - "A dead man's switch, the transient timer C(samba-ha-drill.timer), is set before the fault is made. After O(limit)
    seconds it removes the rules of a cut, lets frozen processes go on, starts a killed smbd or brick, and lets systemd
    start the units of a killed host again. A restart of the host ends every fault, too."
  - The playbook C(samba_ha.cluster.drill) calls it under a workload.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
attributes:
  check_mode:
    support: full
    details:
      - RV(proof) then says what would be done.
  diff_mode:
    support: N/A
    details:
      - There is no state to compare but whether there is a fault.
  idempotent:
    support: partial
    details:
      - Each run with O(state=present) makes a fault, and fails while the last one was not undone.
      - With O(state=absent) a second run changes nothing.
options:
  name:
    description:
      - V(smbd_killed) kills every smbd of the node that serves a client. The others accept new ones.
      - V(smbd_all_killed) kills every smbd of the node. None is left that could clean up after them.
      - V(smbd_hung) stops every smbd (SIGSTOP). They keep their connections, and answer nothing.
      - V(node_killed) kills all that makes the host a node, which is CTDB, Samba and GlusterFS, at once. The kernel
        closes their connections. It also hits other volumes of Gluster on this host.
      - V(node_cut_off) silently drops all packets but those of ssh. CTDB bans a node that is alone; when
        the fault is ended, so is the ban.
      - V(interconnect_cut) does so on the interface to the interconnect only.
      - V(brick_killed) kills the host's bricks of O(volume).
      - V(frontend_killed) kills HAProxy and keepalived and takes away those of the virtual addresses that the host has,
        so that it does not answer for them, as a dead one would not. It must have one.
      - V(frontend_cut_off) silently drops all packets but those of ssh. The host does not answer ARP for the virtual
        addresses either.
      - V(pair_killed) kills all that makes the host one of a pair, which is Corosync, Pacemaker, Samba and GlusterFS,
        at once, and takes the pair's address away, which it must have. The other host of the pair then fences it.
      - V(pair_hung) stops all of that (SIGSTOP). The other host then fences it.
      - V(pair_link_cut) silently drops all packets but those of ssh on the interface of the last of the O(links).
      - V(pair_cut_off) does so on the interfaces of all of them. The other host then fences it.
      - V(pair_smbd_killed) kills every smbd. Pacemaker starts it again.
      - V(pair_storage_lost) kills the host's mount of O(volume). Pacemaker then fences it.
      - V(pair_fence_failing) has the program O(fence_agent) fail whenever it is run on this host.
    type: str
    choices:
      - brick_killed
      - frontend_cut_off
      - frontend_killed
      - interconnect_cut
      - node_cut_off
      - node_killed
      - pair_cut_off
      - pair_fence_failing
      - pair_hung
      - pair_killed
      - pair_link_cut
      - pair_smbd_killed
      - pair_storage_lost
      - smbd_all_killed
      - smbd_hung
      - smbd_killed
    required: true
  state:
    description: Whether to make the fault or to end it.
    type: str
    choices: [present, absent]
    default: present
  volume:
    description: >-
      The Gluster volume whose brick or mount is killed. Required for V(brick_killed) and V(pair_storage_lost).
    type: str
  virtual_addresses:
    description: >-
      The virtual server's addresses, or the pair's. Required for V(frontend_killed), V(frontend_cut_off) and
      V(pair_killed).
    type: list
    elements: str
  public_addresses:
    description:
      - The addresses that CTDB moves between the nodes, where clients reach these without front ends.
      - V(node_killed) takes those away that the host has, and with V(node_cut_off) it does not answer ARP for them, as
        a host that is gone would not. The host must have one.
    type: list
    elements: str
    default: []
  interconnect_address:
    description: The host's own address in the interconnect. Required for V(interconnect_cut).
    type: str
  links:
    description: >-
      The host's own addresses in its pair's heartbeat networks. Required for V(pair_link_cut) and V(pair_cut_off).
    type: list
    elements: str
  units:
    description: >-
      The units that make the host one of a pair, without its Samba. Required for V(pair_killed), which keeps systemd
      from starting them again, and for V(pair_hung).
    type: list
    elements: str
  fence_agent:
    description: A program in C(/usr/sbin). Required for V(pair_fence_failing).
    type: str
  gluster:
    description: Whether the pool's files are on Gluster, whose daemon is a part of the node then.
    type: bool
    default: true
  ssh_port:
    description: The port of sshd, which a cut spares.
    type: int
    default: 22
  limit:
    description: Seconds after which the fault ends by itself.
    type: float
    default: 300
"""

EXAMPLES = r"""
- name: Freeze smbd, for a minute at most
  samba_ha.cluster.drill_fault:
    name: smbd_hung
    limit: 60
  register: fault

- name: Let it go on
  samba_ha.cluster.drill_fault:
    name: smbd_hung
    state: absent
"""

RETURN = r"""
at:
  description: When the fault was made, in seconds of the epoch by this host's clock. Null if none was.
  returned: success
  type: float
  sample: 1767225600.25
proof:
  description: How it is known that the fault came about, or that it was one. Null if there is nothing to tell.
  returned: success
  type: str
  sample: smbd 812 815 gone
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_fault import (
    NAMES,
    NEEDS,
    faults,
    foretell,
    make,
    there,
    undo,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_kinds import Where
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish


def apply(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    """The module's result.

    :raises StateError: the fault did not come about, or does not end.
    """
    where = Where(
        params["volume"],
        tuple(params["virtual_addresses"] or ()),
        params["interconnect_address"],
        params["ssh_port"],
        tuple(params["public_addresses"]),
        tuple(params["links"] or ()),
        tuple(params["units"] or ()),
        params["fence_agent"],
        params["gluster"],
    )
    asked = faults(where)[params["name"]]
    if params["state"] == "absent":
        if check_mode:
            return {"changed": there(runner, asked), "at": None, "proof": None}
        done = undo(runner, asked)
        return {"changed": bool(done), "at": None, "proof": "; ".join(done) or None}
    if check_mode:
        return {"changed": True, "at": None, "proof": foretell(runner, asked)}
    at, proof = make(runner, asked, params["limit"])
    return {"changed": True, "at": at, "proof": proof}


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "choices": list(NAMES), "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "volume": {"type": "str"},
            "virtual_addresses": {"type": "list", "elements": "str"},
            "public_addresses": {"type": "list", "elements": "str", "default": []},
            "interconnect_address": {"type": "str"},
            "links": {"type": "list", "elements": "str"},
            "units": {"type": "list", "elements": "str"},
            "fence_agent": {"type": "str"},
            "gluster": {"type": "bool", "default": True},
            "ssh_port": {"type": "int", "default": 22},
            "limit": {"type": "float", "default": 300},
        },
        required_if=[("name", name, list(needed)) for name, needed in NEEDS.items()],
        supports_check_mode=True,
    )
    if module.params["limit"] <= 0:
        module.fail_json(msg="limit must be more than 0 seconds")
    finish(module, lambda: apply(module.params, run, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
