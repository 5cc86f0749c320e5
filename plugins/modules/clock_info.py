#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: clock_info
short_description: Read how far a host's clock is from the controller's
version_added: 0.1.0
description:
  - Asks the host for its time and compares it with the controller's clock in the middle of the question.
  - Compare the offsets of several hosts with each other; the error of the controller's clock is then the same in all.
author:
  - The samba_ha founders (@samba-ha)
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
"""

EXAMPLES = r"""
- name: Read the clocks
  samba_ha.cluster.clock_info:
  register: clock
"""

RETURN = r"""
epoch:
  description: The host's time in seconds since 1970.
  returned: success
  type: float
offset:
  description: Seconds by which the host's clock is ahead of the controller's.
  returned: success
  type: float
uncertainty:
  description: Seconds by which RV(offset) may be wrong, half of the time that the question took.
  returned: success
  type: float
"""
