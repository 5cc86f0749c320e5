# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the disks by which the hosts of a pair are fenced with SBD; also where no cluster answers, maybe for them."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair_view import disks_of, running
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Notes, Pair, Site, State, names

CLEAR = "clear"
_FENCING = ("reset", "off")
"""The messages after which fence_sbd counts a host as off. With others than these and `clear` it fences nobody."""

_RESTART = "systemctl restart corosync.service"
"""What starts SBD, which can be started by nothing else."""


def judge_sbd(site: Site, notes: Notes, pair: Pair) -> None:
    """Disks that cannot be read, and messages that a host has not taken note of."""
    disks = disks_of(site, pair)
    silent = [host for host in disks if host in running(site, pair) and not _runs(site, host)]
    for host in silent:
        sentence = (
            "The cluster runs without SBD here: the other host would take this one for off while it still writes."
        )
        notes.add(pair.layer, host, sentence, _RESTART)
    for host, seen in disks.items():
        _judge_disks(notes, pair, host, seen)
    for host in pair.hosts:
        lacking = sorted({disk["device"] for seen in disks.values() for disk in seen if _has_no_place(disk, host)})
        if lacking:
            sentence = f"It has no place on {names(lacking)}: it cannot be fenced by that until SBD has started there."
            notes.add(pair.layer, host, sentence)
        if host not in silent:
            _judge_messages(site, notes, pair, host)


def _runs(site: Site, host: str) -> bool:
    units = (site.read(host, "units") or {"units": []})["units"]
    return all(unit["active_state"] in ("active", "activating") for unit in units if unit["name"] == "sbd.service")


def _judge_disks(notes: Notes, pair: Pair, host: str, disks: t.Sequence[State]) -> None:
    lost = [disk for disk in disks if not disk["header"]]
    rest = "cannot fence the other one" if 2 * len(lost) > len(disks) else "can still fence the other one by the rest"
    for disk in lost:
        notes.add(
            pair.layer,
            host,
            f"It cannot read SBD's disk {disk['device']} ({disk['error'].rstrip('.')}), and {rest}. Look at the way to"
            " the disk and at the kernel's log. `sbd create` is no remedy: it destroys what is there.",
        )


def _has_no_place(disk: State, host: str) -> bool:
    return bool(disk["header"]) and host not in {slot["host"] for slot in disk["slots"]}


def _judge_messages(site: Site, notes: Notes, pair: Pair, host: str) -> None:
    """A message that lies on the disks. SBD takes note of one within a second, and clears it when it starts."""
    found = [
        (reader, disk["device"], slot)
        for reader, disks in disks_of(site, pair).items()
        for disk in disks
        for slot in disk["slots"]
        if slot["host"] == host and slot["message"] != CLEAR
    ]
    for message in dict.fromkeys(slot["message"] for _reader, _device, slot in found):
        told = [each for each in found if each[2]["message"] == message]
        reader, _device, slot = told[0]
        sentence = f"SBD's disks hold the message `{message}` for it, {_sender(slot)}"
        if host in running(site, pair):
            sentence += ", which SBD does not read here. Move what it serves to the other host first."
            notes.add(pair.layer, host, sentence, _RESTART)
        elif message in _FENCING:
            sentence += ". It was fenced, and SBD has not started there since. Look why it does not come back."
            notes.add(pair.layer, host, sentence)
        else:
            devices = [word for device in dict.fromkeys(each[1] for each in told) for word in ("-d", device)]
            sentence += ". While it is there, the other host cannot fence this one. The command takes it away."
            command = " ".join(["sbd", *devices, "message", host, CLEAR])
            notes.add(pair.layer, host, sentence, command, where=reader)


def _sender(slot: State) -> str:
    return f"sent by {slot['sender']}" if slot["sender"] else "by nobody"
