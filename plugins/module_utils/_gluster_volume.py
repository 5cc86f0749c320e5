# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps in the life of a GlusterFS volume; each can be repeated after an interruption."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import (
    GlusterError,
    Volume,
    ask,
    change,
    load_volume,
    parse_online_bricks,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

_BRICK = re.compile(r"[^\s:/]+:/\S*[^\s/]|\[[0-9A-Fa-f:]+\]:/\S*[^\s/]")

_ON = frozenset({"on", "yes", "true", "enable"})
_OFF = frozenset({"off", "no", "false", "disable"})

_SET_BY_GLUSTERD = {
    "cluster.granular-entry-heal": "on",
    "nfs.disable": "on",
    "storage.fips-mode-rchecksum": "on",
    "transport.address-family": "inet",
}
"""Options that glusterd 10.3 and 11.1 set on every volume, and again after a reset: these values are the defaults."""

_CONSENTED = ("is being created in the root partition", "is a mount point")
"""Refusals of ``volume create`` that ``force`` is there to overrule."""


@dataclass(frozen=True)
class Layout:
    """What of a volume is decided at its creation. ``type`` is glusterd's word for it."""

    type: str
    replica: int
    arbiter: int
    bricks: tuple[str, ...]

    @classmethod
    def wanted(cls, name: str, bricks: t.Sequence[str], replica: int, arbiter: int) -> Layout:
        """The layout that the module's options ask for.

        :raises StateError: they contradict each other; glusterd would say so too late or not at all.
        """
        faults = [f"{brick!r} is not ADDRESS:/PATH" for brick in bricks if not _BRICK.fullmatch(brick)]
        if not bricks or replica < 1 or len(bricks) % replica:
            faults.append(f"{len(bricks)} bricks cannot be shared out to replica {replica}")
        if len(set(bricks)) != len(bricks):
            faults.append("a brick is named twice")
        if arbiter and replica != 3:
            faults.append(f"an arbiter with replica {replica}")
        if faults:
            raise StateError(
                f"volume {name}",
                wanted="bricks as ADDRESS:/PATH, as many as replica or a multiple; an arbiter with replica 3 only",
                found="; ".join(faults),
                remedy="Correct bricks, replica and arbiter.",
            )
        kind = "Distribute" if replica == 1 else "Replicate" if len(bricks) == replica else "Distributed-Replicate"
        return cls(kind, replica, arbiter, tuple(bricks))

    @classmethod
    def of(cls, volume: Volume) -> Layout:
        return cls(volume.type, volume.replica, volume.arbiter, tuple(brick.name for brick in volume.bricks))

    def as_options(self) -> dict[str, t.Any]:
        """In the form of the module's options."""
        return {"replica": self.replica, "arbiter": self.arbiter, "bricks": list(self.bricks)}

    def __str__(self) -> str:
        return f"{self.type}, replica {self.replica}, arbiter {self.arbiter}, bricks {' '.join(self.bricks)}"


def check_layout(volume: Volume, wanted: Layout) -> None:
    """:raises StateError: the volume has another layout."""
    found = Layout.of(volume)
    if found != wanted:
        raise StateError(
            f"volume {volume.name}",
            wanted=str(wanted),
            found=str(found),
            remedy="Nothing was changed: the layout of an existing volume is not altered here, nor bricks added to it. "
            "Name the layout found, or change the volume by hand first (gluster volume add-brick, remove-brick, "
            "replace-brick).",
        )


def option_text(name: str, value: object) -> str | None:
    """An option's value as glusterd keeps it; None stands for "reset".

    :raises StateError: no full option name, or no plain value.
    """
    if "." not in name or name.split() != [name]:
        # "group NAME" and short names are stored under other names, so that they could never be compared.
        raise StateError(
            f"option {name!r}",
            wanted="a full option name, such as network.ping-timeout",
            found=repr(name),
            remedy="Name each option in full; see gluster volume set help.",
        )
    if value is None:
        return None
    if isinstance(value, bool):
        return "on" if value else "off"
    text = str(value).strip()
    if isinstance(value, (dict, list)) or not text:
        raise StateError(
            f"option {name}", wanted="text, a number, a boolean or null", found=repr(value), remedy="Correct the value."
        )
    return text


def differing(wanted: t.Mapping[str, str | None], found: t.Mapping[str, str]) -> dict[str, str | None]:
    """The part of ``wanted`` that ``found`` does not fulfil."""
    pending: dict[str, str | None] = {}
    for name, value in wanted.items():
        if name in found:
            default = value is None and _SET_BY_GLUSTERD.get(name) == found[name]
            same = default or (value is not None and _normal(value) == _normal(found[name]))
        else:
            same = value is None
        if not same:
            pending[name] = value
    return pending


def _normal(value: str) -> str:
    word = value.lower()
    return "on" if word in _ON else "off" if word in _OFF else value


def create(runner: Runner, name: str, layout: Layout, *, force: bool, timeout: int) -> Volume:
    """Create the volume and return it.

    ``force`` would silence every objection of glusterd, also that a brick holds another volume's data: so it is asked
    without first, and again with force only if the objection is one of those consented to.
    """
    shape = ["replica", str(layout.replica)] if layout.replica > 1 else []
    shape += ["arbiter", str(layout.arbiter)] if layout.arbiter else []
    args = ["volume", "create", name, *shape, *layout.bricks]
    accept = f"Volume {name} already exists"
    remedy = (
        "Prepare the bricks with gluster_brick on the hosts that carry them, all of which must be in the pool and up."
    )
    try:
        change(runner, *args, timeout=timeout, remedy=remedy, accept=accept)
    except GlusterError as exc:
        if not (force and any(reason in exc.found for reason in _CONSENTED)):
            raise
        change(runner, *args, "force", timeout=timeout, remedy=remedy, accept=accept)
    volume = reload(runner, name)
    check_layout(volume, layout)
    return volume


def set_options(runner: Runner, volume: Volume, wanted: t.Mapping[str, str | None], *, timeout: int) -> Volume:
    """Set what differs in one request, reset what is to be reset, and return the volume as it is then.

    :raises StateError: glusterd took an option and does not show it.
    """
    pending = differing(wanted, volume.options)
    if not pending:
        return volume
    pairs = [word for name, value in pending.items() if value is not None for word in (name, value)]
    remedy = f"Correct the options of volume {volume.name}; see gluster volume set help."
    if pairs:
        change(runner, "volume", "set", volume.name, *pairs, timeout=timeout, remedy=remedy)
    for name in [name for name, value in pending.items() if value is None]:
        change(runner, "volume", "reset", volume.name, name, timeout=timeout, remedy=remedy)
    volume = reload(runner, volume.name)
    left = differing(wanted, volume.options)
    if left:
        raise StateError(
            f"volume {volume.name}",
            wanted=f"options {left}",
            found=str({name: volume.options.get(name) for name in left}),
            remedy="glusterd accepted them but keeps another value. Name them as gluster volume info shows them.",
        )
    return volume


def start(runner: Runner, volume: Volume, *, timeout: int) -> Volume:
    """Start the volume and wait until all its bricks are online."""
    remedy = "See /var/log/glusterfs/glusterd.log on the host named."
    change(runner, "volume", "start", volume.name, timeout=timeout, remedy=remedy, accept="already started")
    bricks = frozenset(brick.name for brick in volume.bricks)

    def read() -> tuple[frozenset[str], str]:
        # The status request takes the pool's lock and may be refused for a moment: that is a state to wait out, too.
        reply = ask(runner, "volume", "status", volume.name)
        return (parse_online_bricks(reply.root) if reply.op_ret == 0 else frozenset()), reply.error

    def describe(state: tuple[frozenset[str], str]) -> str:
        online, error = state
        return f"not online: {' '.join(sorted(bricks - online))}" + (f" ({error})" if error else "")

    wait_for(
        read,
        lambda state: bricks <= state[0],
        subject=f"volume {volume.name}",
        wanted="all bricks online",
        describe=describe,
        remedy="See the brick's log in /var/log/glusterfs/bricks on the host that carries it.",
        timeout=timeout,
        interval=0.5,
    )
    return reload(runner, volume.name)


def delete(runner: Runner, volume: Volume, *, timeout: int) -> None:
    """Stop and delete the volume; its data stays in the brick directories."""
    remedy = "See that all hosts that carry its bricks are up, and that no heal or rebalance is under way."
    if volume.status == "Started":
        accept = "is not in the started state"
        change(runner, "volume", "stop", volume.name, timeout=timeout, remedy=remedy, accept=accept)
    change(runner, "volume", "delete", volume.name, timeout=timeout, remedy=remedy, accept="does not exist")


def reload(runner: Runner, name: str) -> Volume:
    """:raises StateError: there is no such volume, though it was there a moment ago."""
    volume = load_volume(runner, name)
    if volume is None:
        raise StateError(
            f"volume {name}",
            wanted="the volume that was just changed",
            found="no such volume",
            remedy="Run this again.",
        )
    return volume
