#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: interconnect_info
short_description: Measure the network between the nodes of a pool
version_added: 0.1.0
author: "The samba_ha founders (@samba-ha)"
description:
  - Sends small packets to the other nodes, to all of them at once, and says how long they take and how many are lost.
    Then a few that fill the interface's MTU, which a switch or host with a smaller one drops in silence.
  - Takes C(ping) of iputils, and root's rights to send more than five packets a second.
  - What is good and what is not, and why, is in C(docs/interconnect.md) of the collection.
  - Changes nothing, and does not fail because a node is gone.
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  address:
    description: This node's address on the interconnect. Packets are sent from it.
    type: str
    required: true
  peers:
    description: The addresses to measure to. This node's own may be among them, so that one list serves all.
    type: list
    elements: str
    required: true
  count:
    description: How many answers to wait for from each peer, 20 packets in a second.
    type: int
    default: 20
  timeout:
    description: Whole seconds to wait for them. Packets are sent again for lost ones until then.
    type: int
    default: 2
  throughput:
    description:
      - Also measure how much passes to each peer that answers, one after another. That takes an C(iperf3) server on
        every peer and C(iperf3) here, and the bandwidth that clients are using. Measure from one node at a time.
      - The playbook C(samba_ha.cluster.interconnect) does all of that.
    type: dict
    suboptions:
      port:
        description: Where the servers listen.
        type: int
        required: true
      seconds:
        description: How long to send to each peer.
        type: int
        default: 2
      minimum:
        description: Mbit/s. A link that carries less is V(slow).
        type: int
        default: 900
"""

EXAMPLES = r"""
- name: Measure the interconnect to the other nodes
  samba_ha.cluster.interconnect_info:
    address: 192.0.2.11
    peers: [192.0.2.11, 192.0.2.12, 192.0.2.13]
  register: interconnect
"""

RETURN = r"""
address:
  description: The address that packets were sent from.
  returned: always
  type: str
interface:
  description: The interface that has it, null if none has.
  returned: always
  type: str
mtu:
  description: The interface's MTU in bytes, null without an interface.
  returned: always
  type: int
speed_mbit:
  description: The interface's speed in Mbit/s as its driver claims it, null if it claims none.
  returned: always
  type: int
peers:
  description: The peers without this node itself, in the order of O(peers).
  returned: always
  type: list
  elements: dict
  contains:
    address:
      description: The peer's address.
      type: str
    sent:
      description: Packets sent, 0 if ping failed.
      type: int
    received:
      description: Answers.
      type: int
    loss_percent:
      description: Share of the packets without an answer. Null if none was sent.
      type: float
    latency_ms:
      description: Times there and back in milliseconds. Null without an answer.
      type: dict
      contains:
        min:
          description: The shortest.
          type: float
        mean:
          description: The mean.
          type: float
        max:
          description: The longest.
          type: float
        deviation:
          description: The standard deviation.
          type: float
    throughput:
      description: What O(throughput) asked for; null without it, and for a peer that does not answer.
      type: dict
      contains:
        mbit:
          description: What arrived at the peer in Mbit/s, null if it could not be measured.
          type: float
        retransmits:
          description: Packets that were sent again.
          type: int
        error:
          description: Why it could not be measured, else null.
          type: str
    verdict:
      description: V(good), V(slow), V(lossy) or V(unreachable); of several the last one.
      type: str
    fault:
      description: What is wrong in a sentence, null if the verdict is V(good).
      type: str
      sample: no answer to 36 packets within 2 s
"""

import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import run
from ansible_collections.samba_ha.cluster.plugins.module_utils._interconnect import (
    Peer,
    load_interface,
    measure,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._interconnect_throughput import (
    MINIMUM,
    Throughput,
    measure_throughput,
    with_throughput,
)


def result(peer: Peer, throughput: Throughput | None) -> dict[str, t.Any]:
    count = peer.count
    return {
        "address": peer.address,
        "sent": count.sent if count else 0,
        "received": count.received if count else 0,
        "loss_percent": count.loss_percent if count else None,
        "latency_ms": asdict(count.latency) if count and count.latency else None,
        "throughput": asdict(throughput) if throughput else None,
        "verdict": peer.verdict,
        "fault": peer.fault,
    }


def complete(peer: Peer, source: str, wanted: t.Mapping[str, int] | None) -> dict[str, t.Any]:
    """The peer's entry in the result, with the throughput where that is wanted and the peer answers."""
    if not wanted or peer.verdict == "unreachable":
        return result(peer, None)
    throughput = measure_throughput(run, source, peer.address, wanted["port"], wanted["seconds"])
    return result(with_throughput(peer, throughput, wanted["minimum"]), throughput)


def main() -> t.NoReturn:
    module = AnsibleModule(
        argument_spec={
            "address": {"type": "str", "required": True},
            "peers": {"type": "list", "elements": "str", "required": True},
            "count": {"type": "int", "default": 20},
            "timeout": {"type": "int", "default": 2},
            "throughput": {
                "type": "dict",
                "options": {
                    "port": {"type": "int", "required": True},
                    "seconds": {"type": "int", "default": 2},
                    "minimum": {"type": "int", "default": MINIMUM},
                },
            },
        },
        supports_check_mode=True,
    )
    address, count, timeout = (module.params[name] for name in ("address", "count", "timeout"))
    if min(count, timeout) < 1:
        module.fail_json(msg="count and timeout must be 1 or more.")
    for option in (address, *module.params["peers"]):
        if option.startswith("-"):
            module.fail_json(msg=f"{option!r} is no address.")
    interface = load_interface(run, address)
    mtu = interface.mtu if interface else None
    others = list(dict.fromkeys(peer for peer in module.params["peers"] if peer != address))
    with ThreadPoolExecutor(max_workers=max(len(others), 1)) as pool:
        measured = list(
            pool.map(lambda peer: measure(run, address, peer, count=count, timeout=timeout, mtu=mtu), others)
        )
    module.exit_json(
        changed=False,
        address=address,
        interface=interface.name if interface else None,
        mtu=mtu,
        speed_mbit=interface.speed if interface else None,
        peers=[complete(peer, address, module.params["throughput"]) for peer in measured],
    )


if __name__ == "__main__":
    main()
