# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs as real clusters answered, by release."""

from __future__ import annotations

import copy
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import CRM_MON
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_wanted import SPEC
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, answer

PACEMAKER = {"bookworm": "bookworm-2.1.5", "trixie": "trixie-3.0.0"}
COROSYNC = {"bookworm": "bookworm-3.1.7", "trixie": "trixie-3.1.9"}
RELEASES = pytest.mark.parametrize("release", list(PACEMAKER))

NOT_QUORATE, NO_DAEMON, NO_QDEVICE = 2, 1, 3
"""Exit statuses of corosync's tools."""


def pacemaker(name: str, release: str = "trixie") -> str:
    return (FIXTURES / "pacemaker" / PACEMAKER[release] / name).read_text()


def corosync(name: str, release: str = "trixie") -> str:
    path = FIXTURES / "corosync" / COROSYNC[release] / name
    return path.read_text() if path.is_file() else ""


def crm_mon(scenario: str, release: str = "trixie") -> Answer:
    down = scenario == "pacemaker_stopped"
    return answer(CRM_MON, 102 if down else 0, pacemaker(f"crm_mon/{scenario}.xml", release))


def corosync_says(scenario: str, release: str = "trixie") -> list[Answer]:
    """What corosync's tools say in turn. They end where the first finds no daemon."""

    def tool(argv: str, name: str, rc: int = 0) -> Answer:
        path = f"{scenario}/{name}"
        return answer(argv.split(), rc, corosync(f"{path}.txt", release), corosync(f"{path}.stderr.txt", release))

    asked = "corosync-cmapctl -b nodelist quorum"
    if scenario == "stopped":
        return [tool(asked, "cmap", NO_DAEMON)]
    no_qdevice = Path(FIXTURES / "corosync" / COROSYNC[release] / scenario / "qdevice.stderr.txt").is_file()
    return [
        answer(asked.split(), 0, corosync("cmap.txt", release)),
        tool("corosync-quorumtool -s", "quorum", NOT_QUORATE if scenario == "no_quorum" else 0),
        tool("corosync-cfgtool -s", "status"),
        tool("corosync-qdevice-tool -s", "qdevice", NO_QDEVICE if no_qdevice else 0),
    ]


OPTIONS: dict[str, t.Any] = {
    "properties": {"stonith-enabled": True, "no-quorum-policy": "stop", "cluster-recheck-interval": "60s"},
    "resource_defaults": {"resource-stickiness": 200},
    "resources": [
        {
            "id": "files-storage",
            "agent": "ocf:pacemaker:Dummy",
            "options": {"state": "/run/o.state"},
            "operations": [{"name": "monitor", "interval": "10s", "timeout": "20s", "on_fail": "restart"}],
        },
        {
            "id": "files-ip",
            "agent": "ocf:heartbeat:IPaddr2",
            "options": {"ip": "10.216.0.100", "cidr_netmask": 24},
            "operations": [{"name": "monitor", "interval": "5s", "timeout": "20s"}],
        },
        {
            "id": "files-samba",
            "agent": "ocf:pacemaker:Dummy",
            "options": {"fake": "x"},
            "operations": [{"name": "monitor", "interval": "5s", "timeout": "20s"}],
            "meta": {"migration-threshold": 3},
        },
    ],
    "groups": [{"id": "files", "members": ["files-storage", "files-ip", "files-samba"]}],
    "fence_devices": [
        {
            "id": f"fence-file{number}",
            "agent": "stonith:fence_dummy",
            "hosts": [f"file{number}"],
            "options": {"ip": f"192.0.2.{number}"},
            "secrets": {"password": "opensesame"},
        }
        for number in (1, 2)
    ],
    "locations": [
        {"resource": f"fence-file{number}", "node": f"file{number}", "score": "-INFINITY"} for number in (1, 2)
    ],
}
"""The options of pair_cib that made the clusters of cibadmin/query.xml; the address is another one in bookworm."""

_ADDRESS = {"bookworm": "10.216.0.101", "trixie": "10.216.0.100"}


def options(release: str = "trixie") -> dict[str, t.Any]:
    """A copy of them, to be changed."""
    made = copy.deepcopy(OPTIONS)
    made["resources"][1]["options"]["ip"] = _ADDRESS[release]
    return made


def promoted() -> dict[str, t.Any]:
    """What made the cluster of cibadmin/promoted.xml: a disk that is promoted where a group runs."""
    monitors: list[dict[str, t.Any]] = [
        {"name": "monitor", "interval": "9s", "role": "Promoted"},
        {"name": "monitor", "interval": "11s", "role": "Unpromoted"},
    ]
    return {
        "resources": [
            {"id": "projects-disk", "agent": "ocf:pacemaker:Stateful", "operations": monitors},
            {"id": "projects-storage", "agent": "ocf:pacemaker:Dummy"},
            {"id": "projects-samba", "agent": "ocf:pacemaker:Dummy"},
        ],
        "groups": [{"id": "projects", "members": ["projects-storage", "projects-samba"]}],
        "clones": [{"id": "projects-disks", "resource": "projects-disk", "meta": {"promotable": True, "notify": True}}],
        "colocations": [{"resource": "projects", "beside": "projects-disks", "role": "Promoted"}],
        "orders": [{"first": "projects-disks", "then": "projects", "action": "promote"}],
    }


def completed(given: dict[str, t.Any]) -> dict[str, t.Any]:
    """Options with the defaults that Ansible adds."""

    def fill(values: dict[str, t.Any], spec: dict[str, t.Any]) -> dict[str, t.Any]:
        filled = {}
        for name, option in spec.items():
            value = values.get(name, copy.deepcopy(option.get("default")))
            if "options" in option:
                value = [fill(each, option["options"]) for each in value]
            filled[name] = value
        return filled

    return fill(given, SPEC)


def simulate(scenario: str, release: str = "trixie", source: str = "--live-check") -> Answer:
    argv = ["crm_simulate", "--simulate", "--output-as=xml", source]
    return answer(argv, 0, pacemaker(f"crm_simulate/{scenario}.xml", release))


def cibadmin(name: str = "query", release: str = "trixie") -> Answer:
    return answer(["cibadmin", "--query"], 0, pacemaker(f"cibadmin/{name}.xml", release))
