#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vrrp_info
short_description: Read the state of keepalived's VRRP instances
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Asks the host's keepalived for its VRRP instances, reads their history from the journal, and looks which addresses
    the host holds.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  addresses:
    description:
      - Addresses to look for on all interfaces of this host, for RV(held_addresses). Which addresses keepalived wants
        is known only while it runs; this way one that a dead keepalived left behind is found, too.
    type: list
    elements: str
    default: []
notes:
  - It must run as root.
  - keepalived has no socket. It is sent the signal for JSON, writes its state to a file, C(/tmp/keepalived.json), and
    the file is removed when it was read. Several who ask at once take turns. A keepalived that hangs and goes on
    later writes the file then; the next run removes it.
  - keepalived 2.2 writes a line to its log each time.
"""

EXAMPLES = r"""
- name: Find out who holds the virtual server's address
  samba_ha.cluster.vrrp_info:
    addresses: [192.0.2.10]
  register: vrrp

- name: Fail where the address is held although keepalived does not run
  ansible.builtin.assert:
    that: vrrp.running or not vrrp.held_addresses
"""

RETURN = r"""
running:
  description: Whether keepalived answers. If not, the list of instances is empty.
  returned: always
  type: bool
error:
  description: Why it does not answer. Null if it does.
  returned: always
  type: str
instances:
  description: The VRRP instances. A value that keepalived does not tell is null.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The instance's name.
      type: str
    state:
      description: >-
        V(master), V(backup), V(fault) (what it tracks is not well, or its interface is down) or V(init) (it has just
        started). Null, with a warning, if keepalived's number for it is not known to this module.
      type: str
    since:
      description: When it entered that state, in seconds of the epoch. Null before its first state.
      type: float
    priority:
      description: Its priority now, with what is tracked counted in.
      type: int
    base_priority:
      description: Its priority as configured.
      type: int
    interface:
      description: The interface that its adverts go out by.
      type: str
    router_id:
      description: The virtual router id.
      type: int
    addresses:
      description: Its virtual addresses.
      type: list
      elements: str
    held:
      description: >-
        Those of its addresses that are on their interface now, whatever the state says. Null, with a warning, if the
        interfaces cannot be read.
      type: list
      elements: str
    counters:
      description: What happened since keepalived started.
      type: dict
      contains:
        become_master:
          description: How often it became master.
          type: int
        release_master:
          description: How often it ceased to be master.
          type: int
        advertisements_received:
          description: Adverts received.
          type: int
        advertisements_sent:
          description: Adverts sent.
          type: int
        priority_zero_received:
          description: Adverts received by which a master gave up.
          type: int
        priority_zero_sent:
          description: Adverts sent by which this one gave up as master.
          type: int
        interval_errors:
          description: Adverts whose interval is not the configured one.
          type: int
        address_list_errors:
          description: Adverts whose addresses are not the configured ones.
          type: int
        ttl_errors:
          description: Adverts that came over a router.
          type: int
        length_errors:
          description: Adverts of a wrong length.
          type: int
    transitions:
      description: >-
        The last states that it entered, ten at most, the oldest first, as far back as the journal goes. Those of the
        service's earlier runs are among them.
      type: list
      elements: dict
      contains:
        time:
          description: When, in seconds of the epoch.
          type: float
        state:
          description: V(master), V(backup) or V(fault).
          type: str
held_addresses:
  description: >-
    Those of O(addresses) that are on any interface of this host now, whether keepalived runs or not. Null, with a
    warning, if the interfaces cannot be read.
  returned: always
  type: list
  elements: str
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp import Holders, Instance, Transition, canonical
from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp_dump import (
    TRANSITIONS,
    Dump,
    VrrpDown,
    dump,
    held_addresses,
    load_holders,
    load_vrrp,
)


def told(instance: Instance, transitions: t.Iterable[Transition], holders: Holders | None) -> dict[str, t.Any]:
    """An instance as the module returns it."""
    own = [{"time": item.time, "state": item.state} for item in transitions if item.name == instance.name]
    return {
        "name": instance.name,
        "state": instance.state,
        "since": instance.since,
        "priority": instance.priority,
        "base_priority": instance.base_priority,
        "interface": instance.interface,
        "router_id": instance.router_id,
        "addresses": [item.address for item in instance.addresses],
        "held": None if holders is None else instance.held(holders),
        "counters": dict(instance.counters),
        "transitions": own[-TRANSITIONS:],
    }


def read(addresses: t.Sequence[str], runner: Runner, ask: Dump) -> tuple[dict[str, t.Any], tuple[str, ...]]:
    """The module's result and its warnings."""
    holders, warnings = load_holders(runner)
    result: dict[str, t.Any] = {"changed": False, "running": False, "error": None, "instances": []}
    result["held_addresses"] = None if holders is None else held_addresses(addresses, holders)
    try:
        vrrp = load_vrrp(runner, ask)
    except StateError as exc:
        return {**result, "error": exc.found if isinstance(exc, VrrpDown) else str(exc)}, warnings
    result["running"] = True
    result["instances"] = [told(instance, vrrp.transitions, holders) for instance in vrrp.instances]
    return result, (*warnings, *vrrp.warnings)


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={"addresses": {"type": "list", "elements": "str", "default": []}},
        supports_check_mode=True,
    )
    addresses = module.params["addresses"]
    try:
        for address in addresses:
            canonical(address)
    except ValueError as exc:
        module.fail_json(msg=f"addresses: {exc}")
    result, warnings = read(addresses, run, dump)
    for line in warnings:
        module.warn(line)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
