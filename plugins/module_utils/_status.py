# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict over a whole service: what is wrong, what each layer is like, and what may still fail."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_addresses import judge_public_addresses
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_backend import judge_backend, volumes_of
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_frontend import (
    judge_addresses,
    judge_frontends,
    ready_frontends,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pool import (
    judge_ctdb,
    judge_hosts,
    judge_interconnect,
    judge_smbd,
    serving_nodes,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import (
    Finding,
    Layer,
    Notes,
    Site,
    State,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_units import judge_units
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import DIRECT, PROXY

HEALTHY, DEGRADED, DOWN = "healthy", "degraded", "down"

_GROUND = (judge_hosts, judge_interconnect, judge_backend, judge_ctdb, judge_smbd)
_JUDGES = {
    PROXY: (*_GROUND, judge_frontends, judge_addresses, judge_units),
    DIRECT: (*_GROUND, judge_public_addresses, judge_units),
}


@dataclass(frozen=True)
class Redundancy:
    """How many more of a kind may fail, one after another, before the service stops; None where it is not known."""

    of: str
    may_fail: int | None


@dataclass(frozen=True)
class Host:
    """A host and whether clients may be sent to it. ``part`` is pool or frontend, ``flags`` are those of CTDB."""

    name: str
    part: str
    reached: bool
    serves: bool
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Volume:
    """A volume of the backend: how many bricks may fail, and changes to be healed; None where it is not known."""

    name: str
    may_fail: int | None
    pending: int | None


@dataclass(frozen=True)
class Report:
    """The verdict (healthy, degraded, down) with its reasons; the findings stand in the order of the layers.

    ``access`` is proxy or direct, and ``addresses`` are those that clients use.
    """

    virtual_name: str
    access: str
    addresses: tuple[str, ...]
    verdict: str
    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...]
    redundancy: tuple[Redundancy, ...]
    hosts: tuple[Host, ...]
    volumes: tuple[Volume, ...]

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


def judge(site: Site) -> Report:
    """Judge all layers of a site."""
    notes = Notes()
    for judge_layer in _JUDGES[site.access]:
        judge_layer(site, notes)
    findings = sorted(notes.findings, key=lambda finding: (not finding.critical, site.layers.index(finding.layer)))
    verdict = HEALTHY
    if findings:
        verdict = DOWN if any(finding.critical for finding in findings) else DEGRADED
    volumes = tuple(_volume(volume) for volume in volumes_of(site))
    return Report(
        virtual_name=site.virtual_name,
        access=site.access,
        addresses=site.addresses,
        verdict=verdict,
        layers=notes.layers(site.layers),
        findings=tuple(findings),
        redundancy=_redundancy(site, volumes),
        hosts=_hosts(site),
        volumes=volumes,
    )


def _volume(volume: State) -> Volume:
    quorum, heal = volume["quorum"], volume["heal"]
    spare = max(0, quorum["online"] - quorum["needed"]) if quorum else None
    return Volume(volume["name"], spare, heal["pending"] if heal else None)


def _hosts(site: Site) -> tuple[Host, ...]:
    serving, ready, flags = serving_nodes(site), ready_frontends(site), site.flags()
    reached = site.reached(site.hosts)
    return (
        *(Host(name, "pool", name in reached, name in serving, tuple(flags[name])) for name in site.pool),
        *(Host(name, "frontend", name in reached, name in ready) for name in site.frontend),
    )


def _redundancy(site: Site, volumes: tuple[Volume, ...]) -> tuple[Redundancy, ...]:
    """What may still fail. A pool node takes its bricks along, so the volumes limit the nodes, too."""
    spare = [(volume.name, volume.may_fail) for volume in volumes if volume.may_fail is not None]
    nodes = min([len(serving_nodes(site)) - 1, *(number for _name, number in spare)])
    frontends = Redundancy("front ends", max(0, len(ready_frontends(site)) - 1))
    return (
        Redundancy("pool nodes", max(0, nodes) if spare else None),
        *(Redundancy(f"bricks of {name}", number) for name, number in spare),
        *([frontends] if site.access == PROXY else []),
    )
