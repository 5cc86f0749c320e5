# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What DRBD says of the resources of a host: a pure parser and a loader that only reads.

Linux has DRBD 8.4, whose drbdsetup has no JSON; its events are made for programs, too. A resource has one peer there.
Seen with drbd-utils 9.22.0 and DRBD 8.4.11.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

EVENTS = ("drbdsetup", "events2", "--now", "--statistics")
"""The state as it is now, in one line for each object."""

Fields = dict[str, str]


@dataclass(frozen=True)
class Volume:
    """A device of a resource. ``disk`` and ``peer_disk`` are the states of the two copies, and ``replication`` is what
    goes between them, in DRBD's words. ``out_of_sync`` is in bytes, None while this host has no copy to compare.
    """

    number: int
    minor: int
    disk: str
    peer_disk: str
    replication: str
    out_of_sync: int | None

    @property
    def whole(self) -> bool:
        """Whether both copies are the same."""
        return self.disk == self.peer_disk == "UpToDate"


@dataclass(frozen=True)
class Resource:
    """A resource that is up. ``suspended`` is why writes are held back, ``no`` where they are not."""

    name: str
    role: str
    suspended: str
    connection: str
    peer_role: str
    volumes: tuple[Volume, ...]

    def __str__(self) -> str:
        disks = ", ".join(f"{each.disk} here and {each.peer_disk} there" for each in self.volumes) or "no disk"
        return f"{self.role}, {self.connection}, {disks}"


def parse_events(text: str) -> tuple[Resource, ...]:
    """Read what `drbdsetup events2 --now --statistics` prints.

    :raises StateError: if there is something else than this can read.
    """
    objects: dict[str, list[Fields]] = {"resource": [], "connection": [], "device": [], "peer-device": []}
    for line in text.splitlines():
        what, *fields = line.removeprefix("exists ").split()
        if what in objects:
            objects[what].append(dict(field.partition(":")[::2] for field in fields))
    try:
        return tuple(_resource(fields, objects) for fields in objects["resource"])
    except (KeyError, ValueError) as exc:
        raise StateError(
            " ".join(EVENTS),
            wanted="resources with one peer each, as DRBD 8.4 tells of them",
            found=f"{exc!r} in: {'; '.join(text.splitlines())}",
            remedy="Report this as a bug.",
        ) from exc


def load_resources(runner: Runner, timeout: float) -> tuple[Resource, ...]:
    """Ask the kernel for the resources that are up on this host.

    :param timeout: seconds.
    :raises StateError: drbdsetup is missing, fails, does not end, or says what is not understood.
    """
    return parse_events(runner(EVENTS, timeout=timeout).stdout)


def _resource(fields: Fields, objects: t.Mapping[str, list[Fields]]) -> Resource:
    name = fields["name"]
    connections, devices, peers = (
        [each for each in objects[kind] if each["name"] == name] for kind in ("connection", "device", "peer-device")
    )
    # It is there also while nothing is connected.
    (connection,) = connections
    return Resource(
        name=name,
        role=fields["role"],
        suspended=fields["suspended"],
        connection=connection["connection"],
        peer_role=connection["role"],
        volumes=tuple(_volume(*each) for each in zip(devices, peers, strict=True)),
    )


def _volume(device: Fields, peer: Fields) -> Volume:
    if device["volume"] != peer["volume"]:
        raise ValueError(f"volume {peer['volume']} in place of {device['volume']}")
    return Volume(
        number=int(device["volume"]),
        minor=int(device["minor"]),
        disk=device["disk"],
        peer_disk=peer["peer-disk"],
        replication=peer["replication"],
        # Told in KiB.
        out_of_sync=None if device["disk"] == "Diskless" else int(peer["out-of-sync"]) * 1024,
    )
