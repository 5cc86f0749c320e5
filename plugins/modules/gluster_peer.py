#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gluster_peer
short_description: Hosts that belong to a GlusterFS pool
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Adds hosts to the pool of the host it runs on, or detaches them, and waits until the pool agrees.
  - Run it on one host that belongs to the pool, not on all of them at once.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.full
attributes:
  check_mode:
    details:
      - Where glusterd is not installed or does not run yet, it predicts that every peer would be added.
options:
  peers:
    description:
      - Interconnect addresses of the hosts.
      - With O(state=present) the local host's own address may be among them, so that one list serves all.
    type: list
    elements: str
    required: true
  own_address:
    description: Interconnect address of the host the module runs on. A host neither adds nor detaches itself.
    type: str
    required: true
  state:
    description:
      - V(present) adds the hosts named and waits until each is connected and in the state C(Peer in Cluster). Others
        are left alone.
      - V(absent) detaches the hosts named. glusterd refuses that for a host that carries bricks or is down.
    type: str
    choices: [present, absent]
    default: present
  timeout:
    description:
      - Seconds to wait for glusterd to answer, for the pool's lock, and for the peers to reach the wanted state; each.
    type: int
    default: 30
"""

EXAMPLES = r"""
- name: Join the hosts into a pool
  samba_ha.cluster.gluster_peer:
    peers: [192.0.2.11, 192.0.2.12, 192.0.2.13]
    own_address: 192.0.2.11
  run_once: true

- name: Detach a host that carries no bricks any more
  samba_ha.cluster.gluster_peer:
    peers: [192.0.2.13]
    own_address: 192.0.2.11
    state: absent
  run_once: true
"""

RETURN = r"""
peers:
  description: The other hosts of the pool after the run (in check mode as they are now), sorted by address.
  returned: success
  type: list
  elements: dict
  contains:
    address:
      description: The address under which the pool knows the host.
      type: str
      sample: 192.0.2.12
    uuid:
      description: The identity of its glusterd.
      type: str
      sample: a1162edb-34f5-415c-9d29-a2ba651ca422
    state:
      description: The state of the handshake, in glusterd's words.
      type: str
      sample: Peer in Cluster
    connected:
      description: Whether its glusterd can be reached from this host.
      type: bool
  sample:
    - address: 192.0.2.12
      uuid: a1162edb-34f5-415c-9d29-a2ba651ca422
      state: Peer in Cluster
      connected: true
"""

import typing as t
from functools import partial

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing, Runner, run
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._finish import finish
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import (
    GlusterdDown,
    Peer,
    change,
    load_own_uuid,
    load_peers,
    when_up,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

_LOCALHOST = 1
"""``opErrno`` of a probe (which "succeeds") of an address that is the local host's own."""


def find(peers: t.Iterable[Peer], address: str) -> Peer | None:
    """The peer the pool knows by this address, which need not be the first one it lists."""
    return next((peer for peer in peers if address in peer.names), None)


def describe(peers: t.Sequence[Peer], addresses: t.Iterable[str]) -> str:
    """The state of each address in words, for messages."""
    told = []
    for address in addresses:
        peer = find(peers, address)
        if peer is None:
            told.append(f"{address}: not in the pool")
        else:
            told.append(f"{address}: {peer.state_text}, {'connected' if peer.connected else 'not connected'}")
    return "; ".join(told)


def read(runner: Runner, *, check_mode: bool, state: str, timeout: int) -> tuple[Peer, ...]:
    """The pool as it is. In check mode a pool without glusterd is one without peers yet."""
    if not (check_mode and state == "present"):
        return when_up(lambda: load_peers(runner), timeout)
    try:
        return load_peers(runner)
    except (GlusterdDown, CommandMissing):
        return ()


def probe(runner: Runner, addresses: t.Iterable[str], own_address: str, timeout: int) -> None:
    for address in addresses:
        reply = change(
            runner,
            *("peer", "probe", address),
            timeout=timeout,
            remedy=f"Check that glusterd runs on {address}, that its port 24007 is open to this host, and that it is "
            "not in another pool.",
        )
        if reply.op_errno == _LOCALHOST:
            raise StateError(
                f"peer {address}",
                wanted="the address of another host",
                found=f"an address of this host, and own_address is {own_address}",
                remedy="Correct own_address.",
            )


def detach(runner: Runner, addresses: t.Iterable[str], timeout: int) -> None:
    for address in addresses:
        change(
            runner,
            *("peer", "detach", address),
            timeout=timeout,
            remedy="Move or remove the bricks on it first; a host must be up to be detached.",
        )


def settle_joined(runner: Runner, wanted: t.Sequence[str], timeout: int) -> tuple[Peer, ...]:
    """Wait until the local host and all ``wanted`` are ready to each other; returns the pool as the local host sees it.

    glusterd refuses a request of the whole pool while any two hosts do not know each other yet, and ``volume create``
    then leaves marks on the bricks that make it refuse the next attempt as well.
    """
    own_uuid = load_own_uuid(runner) if wanted else ""

    def read() -> tuple[tuple[Peer, ...], str]:
        """The pool, and what is not yet as it should be."""
        peers = load_peers(runner)
        members = [peer for peer in map(partial(find, peers), wanted) if peer is not None and peer.ready]
        if len(members) < len(wanted):
            return peers, describe(peers, wanted)
        missing = []
        for host, member in zip(wanted, members, strict=True):
            try:
                ready = {peer.uuid for peer in load_peers(runner, host) if peer.ready}
            except GlusterdDown:
                missing.append(f"{host}: its glusterd does not answer")
                continue
            others = {other.uuid: address for address, other in zip(wanted, members, strict=True) if other != member}
            others[own_uuid] = "this host"
            missing += [f"{host}: not ready to {address}" for uuid, address in others.items() if uuid not in ready]
        return peers, "; ".join(missing)

    found = wait_for(
        read,
        lambda state: not state[1],
        subject="gluster pool",
        wanted="each host connected to all others, and in the state Peer in Cluster",
        describe=lambda state: state[1],
        remedy="Look at glusterd (systemctl status glusterd) and its port 24007 on the hosts named.",
        timeout=timeout,
    )
    return found[0]


def settle_gone(runner: Runner, unwanted: t.Sequence[str], timeout: int) -> tuple[Peer, ...]:
    """Wait until none of ``unwanted`` is in the pool; returns the pool then."""
    return wait_for(
        lambda: load_peers(runner),
        lambda peers: all(find(peers, address) is None for address in unwanted),
        subject="gluster pool",
        wanted="none of them in the pool",
        describe=lambda peers: describe(peers, unwanted),
        remedy="Look at glusterd (systemctl status glusterd) on this host.",
        timeout=timeout,
    )


def apply(params: dict[str, t.Any], runner: Runner, *, check_mode: bool) -> dict[str, t.Any]:
    """Read, compare, act; returns the module's result."""
    present, timeout, own_address = params["state"] == "present", params["timeout"], params["own_address"]
    wanted = list(dict.fromkeys(address for address in params["peers"] if address != own_address))
    if not present and own_address in params["peers"]:
        raise StateError(
            f"peer {own_address}",
            wanted="hosts other than the one that detaches them",
            found="the local host's own address",
            remedy="Run this on a host that stays in the pool.",
        )
    peers = read(runner, check_mode=check_mode, state=params["state"], timeout=timeout)
    todo = [address for address in wanted if (find(peers, address) is None) == present]
    before = sorted(peer.address for peer in peers)
    if present:
        after = sorted([*before, *todo])
    else:
        gone = {find(peers, address) for address in todo}
        after = sorted(peer.address for peer in peers if peer not in gone)
    if not check_mode:
        if present:
            probe(runner, todo, own_address, timeout)
            peers = settle_joined(runner, wanted, timeout)
        else:
            detach(runner, todo, timeout)
            peers = settle_gone(runner, wanted, timeout)
    return {
        "changed": bool(todo),
        "diff": {"before": {"peers": before}, "after": {"peers": after}},
        "peers": [
            {"address": peer.address, "uuid": peer.uuid, "state": peer.state_text, "connected": peer.connected}
            for peer in sorted(peers, key=lambda peer: peer.address)
        ],
    }


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "peers": {"type": "list", "elements": "str", "required": True},
            "own_address": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "timeout": {"type": "int", "default": 30},
        },
        supports_check_mode=True,
    )
    finish(module, lambda: apply(module.params, run, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
