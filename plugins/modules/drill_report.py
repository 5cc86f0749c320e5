#!/usr/bin/python
# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drill_report
short_description: Put the runs of a drill together
version_added: 0.1.0
description:
  - Makes figures of what clients saw in each run of a fault, holds them against the target, and prints them as a table.
  - Runs on the controller. The playbook C(samba_ha.cluster.drill) calls it.
author:
  - The samba_ha founders (@samba-ha)
extends_documentation_fragment:
  - samba_ha.cluster.attributes
  - samba_ha.cluster.attributes.info
options:
  fault:
    description: The fault's name.
    type: str
    required: true
  target:
    description: How long a client may be without an acknowledged write, in seconds.
    type: float
    required: true
  runs:
    description:
      - The runs, each with C(host) (whom it hit), C(proof) (of the fault), C(history) (the workload's file, on the
        controller), C(workload) and C(readback) (the results of M(samba_ha.cluster.smb_workload) and
        M(samba_ha.cluster.smb_readback), the latter with one fault).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what a run showed
  samba_ha.cluster.drill_report:
    fault: smbd_killed
    target: 0.5
    runs:
      - host: node1
        proof: "{{ fault.proof }}"
        history: /var/tmp/drill.jsonl
        workload: "{{ workload }}"
        readback: "{{ readback }}"
"""

RETURN = r"""
report:
  description: The figures.
  returned: success
  type: dict
  contains:
    fault:
      description: As in O(fault).
      type: str
    target:
      description: As in O(target).
      type: float
    met:
      description: >-
        Whether 99 % of the outages were no longer than that, and in 99 % of the runs all clients had the share again in
        that time. Null without a run.
      type: bool
    figures:
      description:
        - Over all runs, each with C(n), C(min), C(median), C(p99) and C(max), or null without a value.
        - C(outage) is the longest time in seconds without an acknowledged write.
        - Seconds after the fault is C(noticed), the first error or broken connection.
        - Seconds that a client waited are C(up), until it had the share again, and C(recovered), until it had a success
          again, from the fault or, if that was later, from its request that found its connection broken.
        - C(errors) is how many applications saw.
      type: dict
    acknowledged:
      description: How many records were acknowledged.
      type: int
    violations:
      description: The promises that were not kept, a sentence each.
      type: list
      elements: str
    handles_kept:
      description: How many times an open handle was there again after a disturbance.
      type: int
    handles_lost:
      description: How many times it was not.
      type: int
    runs:
      description:
        - The runs, each with C(host), C(at), C(proof), C(ended), C(acknowledged), C(handles_kept), C(handles_lost),
          C(violations), C(history) and its value of each of the figures.
      type: list
      elements: dict
verdict:
  description: What became of the target, in words.
  returned: success
  type: str
  sample: met
rows:
  description: The figures as the rows of a table, the header first.
  returned: success
  type: list
  elements: list
page:
  description: The table as it was printed.
  returned: success
  type: str
pictures:
  description: >-
    A time line for each run as shapes, with C(width), C(height), C(bottom), C(rows), C(gap), C(fault) and C(marks).
  returned: success
  type: list
  elements: dict
"""
