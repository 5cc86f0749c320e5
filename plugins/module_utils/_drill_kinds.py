# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fault of a drill is, and where it is made."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils import _drill_process
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner


@dataclass(frozen=True)
class Where:
    """The place of a fault. What it does not need may be missing.

    ``gluster`` is whether a node of the pool serves bricks.
    ``links`` are the host's own addresses in the heartbeat networks, ``units`` those that make it a host of a pair.
    """

    volume: str | None = None
    virtual_addresses: tuple[str, ...] = ()
    interconnect_address: str | None = None
    ssh_port: int = 22
    public_addresses: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    fence_agent: str | None = None
    gluster: bool = True


@dataclass(frozen=True)
class Fault:
    """A fault on one host. What is empty does not belong to it.

    :param switch: the command that ends it if nobody comes to undo it, where it does not end by itself.
    :param victims: which processes are killed, or if ``frozen`` stopped. ``held`` are units that systemd must not start
        again meanwhile, and ``mend`` the commands that bring back what was killed, in their order. If only those are
        killed that are ``serving`` clients, the others go on, and there is nothing to bring back.
    :param dropped: addresses of which the host loses those that it has, one at least.
    :param cut: what the rules of the cut take; ``alone`` tells that CTDB may ban the node because of it.
    :param broken: a program that fails whenever it is run.
    """

    name: str
    switch: tuple[str, ...]
    victims: _drill_process.Victims = _drill_process.nobody
    frozen: bool = False
    serving: bool = False
    held: tuple[str, ...] = ()
    mend: tuple[tuple[str, ...], ...] = ()
    dropped: tuple[str, ...] = ()
    cut: t.Callable[[Runner], str] | None = None
    alone: bool = False
    broken: str | None = None


def release(held: t.Sequence[str]) -> tuple[str, ...]:
    """The command that lets systemd start units again."""
    return ("systemctl", "unmask", "--runtime", *held)
