#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: address_facts
short_description: Read a host's IPv4 addresses as facts
version_added: 0.1.0
description:
  - Asks the host for its addresses with one command, and returns them as M(ansible.builtin.setup) does.
  - Takes the place of M(ansible.builtin.setup) where nothing but addresses is needed, since it is sooner there and
    costs the host next to nothing. It needs no root and no Python on the host.
  - What was known of an interface besides its addresses is not kept.
author:
  - The samba_ha founders (@samba-ha)
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
attributes:
  facts:
    description: Returns an C(ansible_facts) dictionary that updates the facts of the host.
    support: full
seealso:
  - module: ansible.builtin.setup
"""

EXAMPLES = r"""
- name: Read the addresses
  samba_ha.cluster.address_facts:

- name: Show the first one of eth0
  ansible.builtin.debug:
    var: ansible_facts['eth0'].ipv4.address
"""

RETURN = r"""
ansible_facts:
  description: >-
    The facts. Besides those below there is one for each interface, named C(ansible_) and the interface, with
    underscores in place of hyphens. It has C(ipv4), the first IPv4 address, and C(ipv4_secondaries), a list of the
    others; each is a dictionary with C(address) and C(prefix) (the length of it, as text). What an interface has none
    of is left out.
  returned: success
  type: dict
  contains:
    ansible_interfaces:
      description: The names of all interfaces.
      returned: success
      type: list
      elements: str
      sample: [lo, eth0]
"""
