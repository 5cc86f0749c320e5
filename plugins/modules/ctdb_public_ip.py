#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ctdb_public_ip
short_description: Make CTDB read its public addresses anew, or move one
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Makes the ctdbd of the host it runs on take over what its file C(/etc/ctdb/public_addresses) says, without a
    restart, or moves a public address to another node.
  - CTDB keeps addresses off an interface on which it finds no link. It asks C(ethtool), which must be installed.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
attributes:
  check_mode:
    details:
      - Fails as a run would where no ctdbd answers, or for an address that the node cannot hold.
  idempotent:
    details:
      - CTDB may move an address again whenever it distributes them anew, for example when a node fails. It leaves more
        of them where they are if the tunable NoIPFailback is 1.
options:
  state:
    description:
      - V(reloaded) compares the host's file with what its ctdbd has, and makes ctdbd read the file if they differ. Each
        node has its own file, so run it on every node whose file may have changed; this node's alone is read.
      - To take the last addresses away from a node, leave the file without a line. The module refuses to reload where
        the file is gone and ctdbd still has addresses, because CTDB's script C(10.interface) does nothing without the
        file. The addresses would stay on the interface, and CTDB would ban the node again and again.
      - CTDB does not take over another interface or other C(/bits) for an address that it has. The module fails on
        another interface; other C(/bits) it cannot see, because CTDB does not show them.
      - V(moved) moves O(address) to O(node) if it is not there.
    type: str
    choices: [reloaded, moved]
    required: true
  address:
    description: The public address, without C(/bits). Needed with O(state=moved).
    type: str
  node:
    description: The number of the node that is to hold it. Needed with O(state=moved).
    type: int
  timeout:
    description: Seconds to wait at most. Then the module fails and shows the last state seen.
    type: float
    default: 60
"""

EXAMPLES = r"""
- name: Let CTDB have the addresses of the file that was just written
  samba_ha.cluster.ctdb_public_ip:
    state: reloaded

- name: Move an address to the second node
  samba_ha.cluster.ctdb_public_ip:
    state: moved
    address: 192.0.2.77
    node: 1
"""

RETURN = r"""
public_addresses:
  description: The public addresses of all active nodes after the run (in check mode as they are now).
  returned: success
  type: list
  elements: dict
  contains:
    address:
      description: The address.
      type: str
    pnn:
      description: The number of the node that holds it, null while none does.
      type: int
  sample: [{address: 192.0.2.77, pnn: 1}]
"""

import time
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandTimeout, Runner, run, words
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb import Cluster, load_cluster
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_addresses import (
    FILE,
    OwnAddress,
    PublicAddress,
    as_dicts,
    load_addresses,
    load_file,
    load_own_addresses,
    normal,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for


def names(addresses: t.Iterable[OwnAddress]) -> list[str]:
    return sorted(item.address for item in addresses)


def load_active(runner: Runner, pnn: int | None) -> Cluster:
    """The cluster, in which the node (by default the own one) must take part for its addresses to change."""
    cluster = load_cluster(runner)
    node = cluster.find(cluster.pnn if pnn is None else pnn)
    if node is None or not node.active:
        raise StateError(
            "CTDB on this host" if pnn is None else f"CTDB node {pnn}",
            wanted="an active node of a running cluster",
            found=cluster.describe(),
            remedy="Start ctdb.service there, or enable the node (module ctdb_node).",
        )
    return cluster


def wanted_addresses(current: t.Collection[OwnAddress]) -> tuple[OwnAddress, ...]:
    """What the file says, unless a reload would do harm or silently leave something as it is."""
    wanted = load_file(FILE)
    if wanted is None and current:
        raise StateError(
            str(FILE),
            wanted="a file",
            found=f"none, and CTDB has {', '.join(names(current))}",
            remedy="Write the file, without a line if no address is to stay: CTDB releases none without it.",
        )
    wanted = wanted or ()
    known = {item.address: item.interfaces for item in current}
    for item in wanted:
        if known.get(item.address, item.interfaces) != item.interfaces:
            raise StateError(
                f"public address {item.address}",
                wanted=f"the interface {','.join(sorted(item.interfaces))} as in {FILE}",
                found=f"{','.join(sorted(known[item.address]))}, and CTDB changes no address that it has",
                remedy="Restart ctdb.service on this node, or take the line out, reload, and put it back.",
            )
    return wanted


def attempt(runner: Runner, argv: list[str], deadline: float, said: list[str]) -> None:
    """Run a command whose outcome is read afterwards; ``said`` holds its last words."""
    try:
        done = runner(argv, ok=range(256), timeout=max(1.0, deadline - time.monotonic()))
    except CommandTimeout:
        said[:] = [f"{' '.join(argv[:2])} did not end"]
    else:
        told = words(done.stderr, done.stdout)
        said[:] = [told] if told else []


def not_understood(*lines: str) -> list[str]:
    return [f"ctdb ip: not understood: {line}" for line in lines]


def reload_file(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    deadline = time.monotonic() + params["timeout"]
    load_active(runner, None)
    current, told = load_own_addresses(runner)
    wanted = wanted_addresses(current)
    changed = names(wanted) != names(current)
    if changed and not check_mode:
        said: list[str] = []

        def again() -> tuple[OwnAddress, ...]:
            # While another node reloads, ctdb refuses: it says so, and with exit status 0.
            attempt(runner, ["ctdb", "reloadips"], deadline, said)
            return load_own_addresses(runner)[0]

        wait_for(
            again,
            lambda seen: names(seen) == names(wanted),
            subject="CTDB's public addresses on this node",
            wanted=", ".join(names(wanted)) or "none",
            describe=lambda seen: "; ".join([", ".join(names(seen)) or "none", *said]),
            remedy="See journalctl -b -u ctdb on this node.",
            timeout=params["timeout"],
            interval=1,
        )
    addresses, unknown = load_addresses(runner)
    return {
        "changed": changed,
        "diff": {"before": {"addresses": names(current)}, "after": {"addresses": names(wanted)}},
        "public_addresses": as_dicts(addresses),
        "warnings": not_understood(*told, *unknown),
    }


def check_holder(runner: Runner, address: str, node: int) -> None:
    """Refuse a node that cannot hold the address: ctdb would try it for 15 seconds."""
    own = {item.address: item for item in load_own_addresses(runner, node)[0]}
    if address not in own or not own[address].linked:
        raise StateError(
            f"public address {address}",
            wanted=f"one that node {node} can hold",
            found="not one of its addresses" if address not in own else "no link on its interface there",
            remedy=f"Put it into {FILE} there and reload it."
            if address not in own
            else "Look at the interface, and whether ethtool is installed, by which CTDB finds the link.",
        )


def move(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    address, node, deadline = params["address"], params["node"], time.monotonic() + params["timeout"]
    load_active(runner, node)
    addresses, told = load_addresses(runner)

    def holder(seen: tuple[PublicAddress, ...]) -> int | None:
        return next((item.pnn for item in seen if item.address == address), None)

    before = holder(addresses)
    if before != node:
        check_holder(runner, address, node)
        if not check_mode:
            said: list[str] = []
            attempt(runner, ["ctdb", "moveip", address, str(node)], deadline, said)
            addresses, told = wait_for(
                lambda: load_addresses(runner),
                lambda seen: holder(seen[0]) == node,
                subject=f"public address {address}",
                wanted=f"it on node {node}",
                describe=lambda seen: "; ".join([*(item.describe() for item in seen[0]), *said]),
                remedy="See journalctl -b -u ctdb on that node.",
                timeout=max(0.0, deadline - time.monotonic()),
            )
    return {
        "changed": before != node,
        "diff": {"before": {address: before}, "after": {address: node}},
        "public_addresses": as_dicts(addresses),
        "warnings": not_understood(*told),
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "state": {"type": "str", "choices": ["reloaded", "moved"], "required": True},
            "address": {"type": "str"},
            "node": {"type": "int"},
            "timeout": {"type": "float", "default": 60},
        },
        required_if=[("state", "moved", ("address", "node"))],
        supports_check_mode=True,
    )
    params = module.params
    if params["state"] == "moved":
        try:
            params["address"] = normal(params["address"])
        except ValueError:
            module.fail_json(msg=f"address: {params['address']!r} is not an IP address")
    act = move if params["state"] == "moved" else reload_file
    finish(module, lambda: act(params, run, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
