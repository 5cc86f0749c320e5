# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventories to copy: each can be deployed on hosts with an address in both of its networks."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.samba_ha.cluster.plugins.filter.topology import FilterModule

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "inventories/examples").glob("*.yml"))
DEFAULTS = ROOT / "roles/topology/defaults/main.yml"


def load(path: Path) -> dict[str, t.Any]:
    loaded: dict[str, t.Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def facts(number: int) -> dict[str, t.Any]:
    """A Debian host with an address in each of the examples' networks."""
    return {
        "distribution": "Debian",
        "distribution_major_version": "13",
        "distribution_release": "trixie",
        "interfaces": ["eth0", "eth1", "eth2"],
        "eth0": {"ipv4": {"address": f"192.0.2.{number}", "prefix": "24"}},
        "eth1": {"ipv4": {"address": f"10.0.0.{number}", "prefix": "24"}},
        "eth2": {"ipv4": {"address": f"10.0.1.{number}", "prefix": "24"}},
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_no_faults(path: Path) -> None:
    inventory = load(path)["all"]
    groups = {name: (group or {}).get("hosts") or {} for name, group in inventory["children"].items()}
    pool, frontend = groups["samba_ha_pool"], groups.get("samba_ha_frontend", {})
    others = {name: list(groups.get(f"samba_ha_{name}", {})) for name in ("pair", "quorum", "nfs_server")}
    rest = [*frontend, *(name for names in others.values() for name in names)]
    numbers = {name: first + index for first, names in ((11, pool), (101, rest)) for index, name in enumerate(names)}
    own = {name: values for hosts in groups.values() for name, values in hosts.items()}
    hostvars = {
        name: {**inventory["vars"], **(own[name] or {}), "ansible_facts": facts(number)}
        for name, number in numbers.items()
    }
    service = {**load(DEFAULTS), **inventory["vars"]}
    assert FilterModule().filters()["topology_faults"](hostvars, list(pool), list(frontend), service, **others) == []
