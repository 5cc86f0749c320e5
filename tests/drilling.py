# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the drill, made one at a time without its playbook, so that many fit into one run of a workload."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass

import yaml
from lab import ROOT, Lab, LabHost, on_controller
from workload import MACHINE_READABLE, result_of


@dataclass(frozen=True)
class Made:
    """When a fault was made, in seconds of the epoch by the lab's one clock, and what proves it."""

    at: float
    proof: str


def _specs() -> dict[str, dict[str, t.Any]]:
    specs: dict[str, dict[str, t.Any]] = yaml.safe_load((ROOT / "playbooks/vars/drill.yml").read_text())["drill_faults"]
    return specs


def known_faults() -> dict[str, dict[str, t.Any]]:
    """The faults that the module makes on a pool and its front ends, by name, as vars/drill.yml describes them."""
    return {name: spec for name, spec in _specs().items() if "planned" not in spec and spec["part"] != "pair"}


def target(lab: Lab, name: str) -> float:
    """How long clients may be without an acknowledged write, in seconds, by the way in that the lab has."""
    spec = _specs()[name]
    return float(spec.get("direct", spec["target"]) if lab.direct else spec["target"])


def make_fault(lab: Lab, host: LabHost, name: str) -> Made:
    """Make a fault. It fails if the fault did not come about."""
    result = _drill_fault(lab, host, name, "present")
    return Made(result["at"], result["proof"])


def undo_fault(lab: Lab, host: LabHost, name: str) -> None:
    """End a fault. It fails if the fault does not end."""
    _drill_fault(lab, host, name, "absent")


def _drill_fault(lab: Lab, host: LabHost, name: str, state: str) -> dict[str, t.Any]:
    options = {
        "name": name,
        "state": state,
        "volume": "data",
        "virtual_addresses": lab.addresses,
        "public_addresses": lab.addresses if lab.direct else [],
        "interconnect_address": host.interconnect,
    }
    words = ["ansible", host.name, "--become", "-m", "samba_ha.cluster.drill_fault", "-a", json.dumps(options)]
    done = on_controller(words, env=MACHINE_READABLE)
    assert done.returncode == 0, done.stdout
    return result_of(done.stdout)
