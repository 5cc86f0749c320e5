# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `status` works on: the site, the states that were read, and the findings and layers that come of them.

Controller side only: the action plugin status_report calls it, no module does.

A host's state holds the results of the collection's modules as they came, by these keys, or null where a task did not
run::

    clock         clock_info
    held          address_facts                       pool
    units         systemd_unit, in check mode
    pair          pair_info                           pair
    sbd           sbd_info                            pair, with fence_sbd
    mirror        drbd_info                           pair, with DRBD
    ctdb          ctdb_info with scripts, and with direct access public_addresses   pool
    gluster       gluster_info                        pool, with Gluster
    mounts        shared_fs_info that writes markers  pool
    markers       shared_fs_info that reads them      pool
    smb           smb_info with shares                pool
    interconnect  interconnect_info                   pool
    export        shared_fs_info of what is exported  NFS server
    nfs           nfs_info                            NFS server, pair that is one (of its address)
    vrrp          vrrp_info                           front end
    frontend      frontend_info                       front end
    probe         smb_probe of the node itself, or of the pair's address   pool, pair
    probes        smb_probe of each virtual address, the results of a loop   front end
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import DIRECT, PROXY
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import GLUSTER

State = Mapping[str, t.Any]

PUBLIC = "public addresses"

HOSTS = "hosts"
_POOL_LAYERS = ("interconnect", "backend", "CTDB", "smbd")
_LAYERS_OF_ACCESS = {PROXY: ("front end", "virtual address"), DIRECT: (PUBLIC,)}

CONTROLLER = "controller"
"""Where a command is to be run that is not for one of the hosts."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, in one sentence, and what mends it.

    ``command`` is a command line for the host ``where`` (or the :data:`CONTROLLER`); None where no command can mend it,
    and then ``sentence`` says what to do. A ``critical`` finding alone means that the service is down.
    """

    layer: str
    host: str | None
    sentence: str
    command: str | None = None
    where: str | None = None
    critical: bool = False


@dataclass(frozen=True)
class Layer:
    """A layer's state (ok, degraded, down) and what it is like, in a few words."""

    name: str
    state: str
    summary: str


@dataclass(frozen=True)
class Pair:
    """A failover pair as the inventory has it; ``address`` is without a prefix, ``fenced`` whether it is to fence."""

    name: str
    address: str
    hosts: tuple[str, ...]
    fenced: bool

    @property
    def layer(self) -> str:
        return f"pair {self.name}"


NO_RESULT = ("failed", "skipped", "unreachable")
"""What Ansible says of a task that has no result of the module's own."""


@dataclass(frozen=True)
class Site:
    """What is wanted, and what was read. A site has a pool, or pairs, or both.

    ``addresses`` are those that clients use, without prefixes: the virtual ones, or with direct ``access`` the public
    ones. ``states`` has an entry for each host, None where it could not be reached. ``backend`` is what the pool's
    files are on. ``volumes`` is the result of gluster_info with bricks and heal, from the host that sees most; None
    where no host could be asked, or the backend is another one. ``quorum`` is the host with the pairs' third vote, and
    ``nfs_server`` the one that exports the pool's files, if there are such.
    """

    virtual_name: str
    access: str
    addresses: tuple[str, ...]
    pool: tuple[str, ...]
    frontend: tuple[str, ...]
    shares: tuple[str, ...]
    states: Mapping[str, State | None]
    volumes: State | None = None
    pairs: tuple[Pair, ...] = ()
    quorum: tuple[str, ...] = ()
    nfs_server: tuple[str, ...] = ()
    backend: str = GLUSTER

    @property
    def layers(self) -> tuple[str, ...]:
        """From the ground up, as the page shows them."""
        pool = _POOL_LAYERS + _LAYERS_OF_ACCESS[self.access] if self.pool else ()
        return (HOSTS, *pool, *(pair.layer for pair in self.pairs))

    def state(self, host: str) -> State | None:
        return self.states.get(host)

    def read(self, host: str, key: str) -> State | None:
        """The result of a module on a host, or None where it was not reached, did not run or failed."""
        result = (self.states.get(host) or {}).get(key)
        return None if not result or any(result.get(word) for word in NO_RESULT) else result

    def reached(self, hosts: Sequence[str]) -> list[str]:
        return [host for host in hosts if self.states.get(host) is not None]

    @property
    def hosts(self) -> tuple[str, ...]:
        of_pairs = (host for pair in self.pairs for host in pair.hosts)
        return (*self.pool, *self.frontend, *of_pairs, *self.quorum, *self.nfs_server)

    def pair_of(self, host: str | None) -> Pair | None:
        return next((pair for pair in self.pairs if host in pair.hosts), None)

    @property
    def interconnect(self) -> dict[str, str]:
        """Names of the pool's hosts by their addresses in the interconnect, as CTDB numbers them."""
        nodes = (self.widest_view() or {}).get("nodes") or []
        return {node["address"]: self.pool[node["pnn"]] for node in nodes if node["pnn"] < len(self.pool)}

    def widest_view(self) -> State | None:
        """What CTDB says on the node that is cut off from the fewest others, or None where no ctdbd answers."""

        def reach(result: State) -> int:
            return sum("disconnected" not in node["flags"] for node in result["nodes"])

        results = [result for host in self.pool if (result := self.read(host, "ctdb")) and result["running"]]
        return max(results, key=reach, default=None)

    def linked(self, host: str) -> bool:
        """Whether the node reaches any other one; without a measurement there is no reason to doubt it."""
        peers = (self.read(host, "interconnect") or {}).get("peers")
        return not peers or any(peer["verdict"] != "unreachable" for peer in peers)

    def flags(self) -> dict[str, list[str]]:
        """The flags of each pool node in the widest view; without any view every node is unknown."""
        nodes = {node["pnn"]: node["flags"] for node in (self.widest_view() or {}).get("nodes") or []}
        return {host: nodes.get(pnn, ["unknown"]) for pnn, host in enumerate(self.pool)}


@dataclass
class Notes:
    """Collects the findings and the layers' summaries while the layers are judged."""

    findings: list[Finding] = field(default_factory=list)
    summaries: dict[str, str] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)

    def add(
        self,
        layer: str,
        host: str | None,
        sentence: str,
        command: str | None = None,
        *,
        where: str | None = None,
        critical: bool = False,
    ) -> None:
        """Add a finding; a command is for the finding's own host unless ``where`` says otherwise."""
        place = (where or host or CONTROLLER) if command else None
        self.findings.append(Finding(layer, host, sentence, command, place, critical))

    def layers(self, known: Sequence[str]) -> tuple[Layer, ...]:
        worst = dict.fromkeys(known, "ok")
        for finding in self.findings:
            if finding.critical:
                worst[finding.layer] = "down"
            elif worst[finding.layer] == "ok":
                worst[finding.layer] = "degraded"
        return tuple(Layer(name, worst[name], self.summaries.get(name, "")) for name in known)


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 brick`, `2 bricks`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def names(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
