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
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair import judge_pairs
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair_view import (
    fit_hosts,
    lines_of,
    links_may_fail,
    links_of,
    may_fail,
    running,
    view_of,
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
    Pair,
    Site,
    State,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_units import judge_units
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import DIRECT, PROXY
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import GLUSTER

HEALTHY, DEGRADED, DOWN = "healthy", "degraded", "down"

_GROUND = (judge_interconnect, judge_backend, judge_ctdb, judge_smbd)
_JUDGES_OF_POOL = {
    PROXY: (*_GROUND, judge_frontends, judge_addresses),
    DIRECT: (*_GROUND, judge_public_addresses),
}


@dataclass(frozen=True)
class Redundancy:
    """How many more of a kind may fail, one after another, before the service stops; None where it is not known."""

    of: str
    may_fail: int | None


@dataclass(frozen=True)
class Host:
    """A host and whether clients may be sent to it; of a pair, whether it may run what clients use.

    ``part`` is pool, frontend, pair, quorum or nfs_server, ``flags`` are those of CTDB, ``pair`` is the name of its
    pair.
    """

    name: str
    part: str
    reached: bool
    serves: bool
    flags: tuple[str, ...] = ()
    pair: str | None = None


@dataclass(frozen=True)
class Volume:
    """A volume of the backend: how many bricks may fail, and changes to be healed; None where it is not known."""

    name: str
    may_fail: int | None
    pending: int | None


@dataclass(frozen=True)
class Service:
    """What clients dial, and how it fares: the virtual server, or a pair."""

    name: str
    addresses: tuple[str, ...]
    verdict: str

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.addresses)})"


@dataclass(frozen=True)
class PairState:
    """A pair as its cluster tells of it.

    ``lines`` are the same for people, a name and what it is like. ``cluster`` is what pair_info returned on the host
    that sees most, None where no cluster answers; ``links`` and ``qdevices`` are those of each host.
    """

    name: str
    address: str
    active: str | None
    lines: tuple[tuple[str, str], ...]
    cluster: t.Mapping[str, t.Any] | None
    links: t.Mapping[str, t.Sequence[t.Mapping[str, t.Any]]]
    qdevices: t.Mapping[str, t.Mapping[str, t.Any]]


@dataclass(frozen=True)
class Report:
    """The verdict (healthy, degraded, down) with its reasons; the findings stand in the order of the layers.

    ``title`` has all that clients dial. The verdict is that of the service that fares worst. ``access`` is proxy or
    direct, and ``addresses`` are those that clients of the virtual server use.
    """

    title: str
    virtual_name: str
    access: str
    addresses: tuple[str, ...]
    verdict: str
    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...]
    redundancy: tuple[Redundancy, ...]
    hosts: tuple[Host, ...]
    volumes: tuple[Volume, ...]
    services: tuple[Service, ...]
    pairs: tuple[PairState, ...]

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


def judge(site: Site) -> Report:
    """Judge all layers of a site."""
    notes = Notes()
    judge_hosts(site, notes)
    for judge_layer in _JUDGES_OF_POOL[site.access] if site.pool else ():
        judge_layer(site, notes)
    judge_pairs(site, notes)
    judge_units(site, notes)
    findings = sorted(notes.findings, key=lambda finding: (not finding.critical, site.layers.index(finding.layer)))
    volumes = tuple(_volume(volume) for volume in volumes_of(site))
    services = _services(site, findings)
    return Report(
        title=", ".join(str(service) for service in services),
        virtual_name=site.virtual_name,
        access=site.access,
        addresses=site.addresses,
        verdict=_verdict(findings),
        layers=notes.layers(site.layers),
        findings=tuple(findings),
        redundancy=_redundancy(site, volumes),
        hosts=_hosts(site),
        volumes=volumes,
        services=services,
        pairs=tuple(_pair(site, pair) for pair in site.pairs),
    )


def _verdict(findings: t.Sequence[Finding]) -> str:
    if not findings:
        return HEALTHY
    return DOWN if any(finding.critical for finding in findings) else DEGRADED


def _services(site: Site, findings: t.Sequence[Finding]) -> tuple[Service, ...]:
    """What clients dial. A finding is about all that its layer or its host belongs to, the quorum host to each pair."""

    def about(finding: Finding) -> t.Collection[str | None]:
        for pair in site.pairs:
            if finding.layer == pair.layer:
                return (pair.name,)
        if finding.host in site.quorum:
            return [pair.name for pair in site.pairs]
        owner = site.pair_of(finding.host)
        return (owner.name if owner else None,)

    def verdict(name: str | None) -> str:
        return _verdict([finding for finding in findings if name in about(finding)])

    pool = [Service(site.virtual_name, site.addresses, verdict(None))] if site.pool else []
    return (*pool, *(Service(pair.name, (pair.address,), verdict(pair.name)) for pair in site.pairs))


def _pair(site: Site, pair: Pair) -> PairState:
    view = view_of(site, pair)
    return PairState(
        name=pair.name,
        address=pair.address,
        active=view["active"] if view else None,
        lines=lines_of(site, pair),
        cluster=view,
        links=links_of(site, pair),
        qdevices={host: own["corosync"]["qdevice"] for host, own in running(site, pair).items()},
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
        *(
            Host(name, "pair", name in reached, name in fit_hosts(site, pair), pair=pair.name)
            for pair in site.pairs
            for name in pair.hosts
        ),
        *(Host(name, "quorum", name in reached, serves=False) for name in site.quorum),
        *(Host(name, "nfs_server", name in reached, serves=False) for name in site.nfs_server),
    )


def _redundancy(site: Site, volumes: tuple[Volume, ...]) -> tuple[Redundancy, ...]:
    """What may still fail."""
    pairs = [
        each
        for pair in site.pairs
        for each in (
            Redundancy(f"hosts of {pair.name}", may_fail(site, pair)),
            Redundancy(f"heartbeat links of {pair.name}", links_may_fail(site, pair)),
        )
    ]
    return (*(_redundancy_of_pool(site, volumes) if site.pool else ()), *pairs)


def _redundancy_of_pool(site: Site, volumes: tuple[Volume, ...]) -> tuple[Redundancy, ...]:
    """A pool node takes its bricks along, so the volumes limit the nodes. Without any, CTDB needs a majority alone."""
    spare = [(volume.name, volume.may_fail) for volume in volumes if volume.may_fail is not None]
    needed = 1 if site.backend == GLUSTER else len(site.pool) // 2 + 1
    nodes = min([len(serving_nodes(site)) - needed, *(number for _name, number in spare)])
    frontends = Redundancy("front ends", max(0, len(ready_frontends(site)) - 1))
    return (
        Redundancy("pool nodes", max(0, nodes) if spare or site.backend != GLUSTER else None),
        *(Redundancy(f"bricks of {name}", number) for name, number in spare),
        *(Redundancy("NFS servers", 0) for _host in site.nfs_server),
        *([frontends] if site.access == PROXY else []),
    )
