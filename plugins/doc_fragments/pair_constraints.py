# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Where resources run, and in which order they start."""

    DOCUMENTATION = r"""
options:
  locations:
    description: How much a node is wanted for a resource, a group or a fence device.
    type: list
    elements: dict
    default: []
    suboptions:
      resource: {description: The id., type: str, required: true}
      node: {description: The node's name., type: str, required: true}
      score:
        description: A number, V(INFINITY) or V(-INFINITY).
        type: str
        required: true
  colocations:
    description: What runs where something else does.
    type: list
    elements: dict
    default: []
    suboptions:
      resource: {description: The id., type: str, required: true}
      beside: {description: The other one's id., type: str, required: true}
      role:
        description: Only where the other one has this role, such as V(Promoted).
        type: str
      score:
        description: As O(locations[].score).
        type: str
        default: INFINITY
  orders:
    description: What starts after something else, and stops before it.
    type: list
    elements: dict
    default: []
    suboptions:
      first: {description: The id., type: str, required: true}
      then: {description: The other one's id., type: str, required: true}
      action:
        description: What has to be done to the first one before, such as V(promote).
        type: str
        default: start
      optional:
        description: >-
          Whether the order only holds where both are to be started. If not, the other one does not run without the
          first.
        type: bool
        default: false
"""
