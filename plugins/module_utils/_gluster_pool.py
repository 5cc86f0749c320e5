# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host's view of its GlusterFS pool, gathered within short time limits; whatever is out of order is part of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandTimeout, Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import (
    Peer,
    Volume,
    load_own_uuid,
    load_peers,
    load_volumes,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_heal import (
    Heal,
    SplitFile,
    load_count,
    load_heal,
    load_split_files,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_status import (
    REPLICATED,
    BrickStatus,
    Quorum,
    Silent,
    VolumeStatus,
    client_quorum,
    cut_off,
    key,
    load_status,
    place,
    within,
)

PATIENT = 12.0
"""Seconds for a heal with a brick whose host does not answer: Gluster's client waits 10 s for it each time."""

HURRIED = 2.0
"""Seconds for each further volume's heal after one ran out of time: 0.1 s are enough unless it has the same fault."""


@dataclass(frozen=True)
class Daemon:
    """A self-heal daemon. ``online`` is None where no glusterd answers on its host."""

    address: str
    online: bool | None


@dataclass(frozen=True)
class VolumeView:
    """A volume. ``status`` and ``heal`` are None where they were not asked for, or there was no answer.

    ``split_files`` is None where the entries in split brain are not known.
    """

    volume: Volume
    status: VolumeStatus | None = None
    daemons: tuple[Daemon, ...] | None = None
    quorum: Quorum | None = None
    heal: Heal | None = None
    split_files: tuple[SplitFile, ...] | None = None

    @property
    def pending(self) -> int | None:
        return self.heal.pending(self.volume.replica) if self.heal else None

    @property
    def split_brain(self) -> int | None:
        if self.split_files:
            return len(self.split_files)
        return self.heal.split_brain(self.volume.replica) if self.heal else None


@dataclass(frozen=True)
class Pool:
    """``running`` is whether glusterd answers here; if not, all else is empty. ``volumes`` is None if not gathered."""

    running: bool
    errors: tuple[str, ...] = ()
    uuid: str | None = None
    peers: tuple[Peer, ...] = ()
    volumes: tuple[VolumeView, ...] | None = None


def load_pool(runner: Runner, silent: Silent, gather: Collection[str], *, timeout: float) -> Pool:
    """Gather what is asked for (see the module gluster_info), giving each request ``timeout`` seconds."""
    try:
        peers = load_peers(within(runner, timeout))
        uuid = load_own_uuid(within(runner, timeout))
    except StateError as exc:
        return Pool(running=False, errors=(str(exc),))
    if not gather:
        return Pool(running=True, uuid=uuid, peers=peers)
    try:
        views = tuple(VolumeView(volume) for volume in load_volumes(within(runner, timeout)))
    except StateError as exc:
        return Pool(running=True, errors=(str(exc),), uuid=uuid, peers=peers)
    errors: list[StateError] = []
    mute = silent([peer.address for peer in peers]) if {"bricks", "heal"} & set(gather) else frozenset()
    lost = cut_off(peers, mute)
    if lost:
        errors.append(lost)
    if "bricks" in gather:
        views, more = _with_status(runner, views, addresses(uuid, peers, views), ask=lost is None, timeout=timeout)
        errors += more
    if "heal" in gather:
        views, more = _with_heal(
            runner, views, {peer.uuid for peer in peers if peer.address in mute}, count=lost is None, timeout=timeout
        )
        errors += more
    return Pool(running=True, errors=tuple(map(str, errors)), uuid=uuid, peers=peers, volumes=views)


def addresses(uuid: str, peers: tuple[Peer, ...], views: tuple[VolumeView, ...]) -> dict[str, str]:
    """The address of each host by its uuid: that of its bricks, since the local host is no peer and has no other."""
    known = {brick.host_uuid: place(brick)[0] for view in views for brick in view.volume.bricks}
    return {uuid: "localhost", **known, **{peer.uuid: peer.address for peer in peers}}


def _with_status(
    runner: Runner, views: tuple[VolumeView, ...], hosts: dict[str, str], *, ask: bool, timeout: float
) -> tuple[tuple[VolumeView, ...], list[StateError]]:
    names = [view.volume.name for view in views if view.volume.status == "Started"]
    errors: list[StateError] = []
    plain: dict[str, VolumeStatus] = {}
    detail: dict[str, VolumeStatus] = {}
    if ask:
        plain, error = load_status(runner, names, timeout=timeout)
        if error is None:
            detail, error = load_status(runner, names, "detail", timeout=timeout)
        if error is not None:
            # What stopped the first request would stop the second as well.
            errors.append(error)
    return tuple(
        _judge(view, plain.get(view.volume.name), detail.get(view.volume.name), hosts) for view in views
    ), errors


def _judge(
    view: VolumeView, plain: VolumeStatus | None, detail: VolumeStatus | None, hosts: dict[str, str]
) -> VolumeView:
    volume = view.volume
    daemons = plain.daemons if plain else {}
    expected = {brick.host_uuid for brick in volume.bricks} if volume.type in REPLICATED else set()
    if volume.status != "Started":
        expected = set()
    bricks = {**(plain.bricks if plain else {}), **(detail.bricks if detail else {})}
    status = VolumeStatus(
        {
            key(brick): replace(bricks.get(key(brick), BrickStatus()), online=online)
            for brick, online in zip(volume.bricks, VolumeStatus(bricks).online(volume), strict=True)
        },
        daemons,
    )
    return replace(
        view,
        status=status,
        daemons=tuple(
            sorted(
                (Daemon(hosts.get(host, host), daemons.get(host)) for host in expected | set(daemons)),
                key=lambda daemon: daemon.address,
            )
        ),
        quorum=client_quorum(volume, status.online(volume)),
    )


def _with_heal(
    runner: Runner, views: tuple[VolumeView, ...], mute: Collection[str], *, count: bool, timeout: float
) -> tuple[tuple[VolumeView, ...], list[StateError]]:
    """:param mute: the hosts that do not answer, by their uuid.
    :param count: whether requests that all hosts must answer are allowed.
    """
    errors: list[StateError] = []
    done = []
    limit = timeout
    for view in views:
        name = view.volume.name
        if view.volume.type not in REPLICATED or view.volume.status != "Started":
            done.append(view)
            continue
        heal, split_files = None, None
        try:
            if limit < PATIENT and any(brick.host_uuid in mute for brick in view.volume.bricks):
                errors.append(_only_counted(name))
                heal = load_count(runner, name, timeout=limit) if count else None
            else:
                heal, error = load_heal(runner, name, timeout=limit, count=count)
                errors += [] if error is None else [error]
            if heal is not None and (split := heal.split_brain(view.volume.replica)) is not None:
                split_files = load_split_files(runner, name, timeout=limit) if split else ()
        except StateError as exc:
            errors.append(exc)
        if errors and isinstance(errors[-1], CommandTimeout):
            limit = min(limit, HURRIED)
        done.append(replace(view, heal=heal, split_files=split_files))
    return tuple(done), errors


def _only_counted(name: str) -> StateError:
    return StateError(
        f"volume {name}",
        wanted="a look at each entry that is to be healed",
        found="a brick on a host that does not answer, for which that takes 10 s",
        remedy=f"Entries were counted at most. Give it {PATIENT:g} s for each volume to learn of split brain.",
    )
