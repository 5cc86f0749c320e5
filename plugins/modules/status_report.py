#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: status_report
short_description: Judge the state of a whole service
version_added: 0.1.0
description:
  - Takes what the C(_info) modules said on all hosts, says what is wrong in one sentence each with the command that
    mends it, and prints it as a page.
  - Runs on the controller. The playbook C(samba_ha.cluster.status) calls it.
author:
  - The samba_ha founders (@samba-ha)
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  virtual_name:
    description: The virtual server's name. A site of pairs alone has none.
    type: str
    default: ""
  access:
    description: How clients get in, V(proxy) by front ends, V(direct) by public addresses of the nodes.
    type: str
    choices: [proxy, direct]
    default: proxy
  backend:
    description: What the pool's files are on, as C(samba_ha_backend). Without Gluster there are no volumes to judge.
    type: str
    choices: [gluster, nfs, mounted]
    default: gluster
  addresses:
    description: >-
      The addresses that clients use, with or without a prefix. With O(access=proxy) it is one, the virtual address.
    type: list
    elements: str
    required: true
  pool:
    description: The pool's hosts, in the order of CTDB's node numbers.
    type: list
    elements: str
    required: true
  frontend:
    description: The front ends.
    type: list
    elements: str
    required: true
  shares:
    description: The names of the shares that there should be.
    type: list
    elements: str
    required: true
  states:
    description:
      - The results of the modules by host, and then by the keys C(clock), C(units), C(held), C(pair), C(sbd),
        C(ctdb), C(gluster), C(export), C(nfs), C(mounts), C(markers), C(smb), C(interconnect), C(vrrp), C(frontend)
        and C(probe).
      - Null or empty for a host that could not be reached.
    type: dict
    required: true
  pairs:
    description: The failover pairs that there should be.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name that clients dial.
        type: str
        required: true
      address:
        description: The pair's address, with or without a prefix.
        type: str
        required: true
      hosts:
        description: Its two hosts.
        type: list
        elements: str
        required: true
      fenced:
        description: Whether it is to fence.
        type: bool
        required: true
  quorum:
    description: The host with the pairs' third vote, if there is one.
    type: list
    elements: str
    default: []
  nfs_server:
    description: The host that exports the pool's files by NFS, if it is one of the service.
    type: list
    elements: str
    default: []
  show:
    description: Print the page.
    type: bool
    default: true
  volumes:
    description: >-
      The result of M(samba_ha.cluster.gluster_info) with bricks and heal, from the host that sees most of the pool.
    type: dict
"""

EXAMPLES = r"""
- name: Judge what was read
  samba_ha.cluster.status_report:
    virtual_name: files
    addresses: [192.0.2.10/24]
    pool: [node1, node2, node3]
    frontend: [fe1, fe2]
    shares: [data]
    states:
      node1:
        ctdb: "{{ ctdb_of_node1 }}"
"""

RETURN = r"""
report:
  description: The verdict and its reasons.
  returned: success
  type: dict
  contains:
    title:
      description: All that clients dial, with the addresses.
      type: str
      sample: files (192.0.2.10)
    virtual_name:
      description: The virtual server's name.
      type: str
    access:
      description: V(proxy) or V(direct).
      type: str
    addresses:
      description: The addresses that clients use.
      type: list
      elements: str
    verdict:
      description: >-
        V(healthy), V(degraded) (it serves, but something is wrong) or V(down). With several services it is that of the
        one that fares worst.
      type: str
    services:
      description: >-
        What clients dial, the virtual server and the pairs, each with C(name), C(addresses) and its own C(verdict).
      type: list
      elements: dict
    pairs:
      description: >-
        The pairs, each with C(name), C(address), C(active) (the host that serves, null for none), C(lines) (its parts
        in words), C(cluster) (what M(samba_ha.cluster.pair_info) told on the host that sees most, null where no cluster
        answers), and C(links) and C(qdevices) as each host sees them.
      type: list
      elements: dict
    layers:
      description: The layers from the ground up, each with C(name), C(state) (ok, degraded, down) and C(summary).
      type: list
      elements: dict
    findings:
      description: >-
        What is wrong, each with C(layer), C(host) (null where it is no single host's), C(sentence), C(command) (null
        where no command mends it), C(where) (the host to run it on, or V(controller)) and C(critical).
      type: list
      elements: dict
    redundancy:
      description: >-
        What may still fail before the service stops, each with C(of) and C(may_fail), a number, or null where it is
        not known.
      type: list
      elements: dict
    hosts:
      description: >-
        The hosts, each with C(name), C(part) (pool, frontend, pair or quorum), C(reached), C(serves) (whether clients
        may be sent to it; of a pair, whether it may run what they use), C(flags), those of CTDB, and C(pair), the name
        of its pair or null.
      type: list
      elements: dict
    volumes:
      description: >-
        The backend's volumes, each with C(name), C(may_fail), the bricks that it can still spare, and C(pending), the
        changes to be healed; null where it is not known.
      type: list
      elements: dict
page:
  description: The page as it was printed.
  returned: success
  type: str
picture:
  description: >-
    The topology as shapes, with C(width), C(height), C(box_width), C(box_height), C(boxes) and C(lines).
  returned: success
  type: dict
"""
