# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the two copies of a pair's storage, where DRBD mirrors it. As each host tells of its own."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Notes, Pair, Site, State

_MIB = 2**20


def copies_of(site: Site, pair: Pair) -> dict[str, State]:
    """What each host tells of the pair's resource; a host on which it is not up is missing."""
    told = {host: (site.read(host, "mirror") or {}).get("resources") or [] for host in pair.hosts}
    return {host: each for host, resources in told.items() for each in resources if each["name"] == pair.name}


def mirrored(site: Site, pair: Pair) -> bool:
    """Whether the pair's storage is mirrored, as far as a host could be asked."""
    return any(site.read(host, "mirror") for host in pair.hosts)


def whole(site: Site, pair: Pair) -> bool:
    """Whether each copy can stand in for the other one; so too where there are none, since nothing is mirrored."""
    copies = copies_of(site, pair)
    sound = [each for each in copies.values() if all(volume["whole"] for volume in each["volumes"])]
    return not mirrored(site, pair) or len(sound) == len(pair.hosts)


def usable(site: Site, pair: Pair, host: str) -> bool:
    """Whether a host could serve from its own copy; so too where nothing is known of one."""
    copy = copies_of(site, pair).get(host)
    return copy is None or all(volume["disk"] == "UpToDate" for volume in copy["volumes"])


def lines_of_copies(site: Site, pair: Pair) -> list[tuple[str, str]]:
    """The copies for people: a name and what it is like."""
    return [(f"copy of {host}", words_of_copy(copy)) for host, copy in copies_of(site, pair).items()]


def words_of_copy(copy: State) -> str:
    """What a host's copy is like, in DRBD's words."""
    disks = [volume["disk"] for volume in copy["volumes"]]
    return ", ".join([copy["role"], copy["connection"], *disks])


def judge_mirror(site: Site, notes: Notes, pair: Pair) -> None:
    """Copies that are apart, lost, old or incomplete, and writes that stand still."""
    copies = copies_of(site, pair)
    _judge_connection(notes, pair, copies)
    for host, copy in copies.items():
        if copy["suspended"] != "no":
            notes.add(
                pair.layer,
                host,
                "Writes stand still until it is known what became of the other host. Only when that is off for sure,"
                " the command lets them go on.",
                f"drbdadm resume-io {pair.name}",
                critical=True,
            )
        for volume in copy["volumes"]:
            _judge_disk(notes, pair, host, volume)


def _judge_connection(notes: Notes, pair: Pair, copies: dict[str, State]) -> None:
    """Why the hosts do not mirror, where both could. Where one does not run DRBD, Pacemaker's state says so."""
    if len(copies) < len(pair.hosts):
        return
    alone = [host for host, copy in copies.items() if copy["connection"] == "StandAlone"]
    if len(alone) == len(copies):
        winner = next((host for host in pair.hosts if copies[host]["role"] == "Primary"), pair.hosts[0])
        loser = next(host for host in pair.hosts if host != winner)
        notes.add(
            pair.layer,
            loser,
            "The two copies do not mirror each other: each was written without the other one (split brain), or both"
            f" were disconnected by hand. To go on with that of {winner}, run the command, and then on {winner}:"
            f" drbdadm connect {pair.name}. What was written to the copy of {loser} alone is lost with it. Save that"
            " first, or exchange the two names to keep it.",
            f"drbdadm connect --discard-my-data {pair.name}",
        )
    elif alone:
        sentence = "It does not look for the other copy (StandAlone): it was disconnected by hand, or refused by DRBD."
        notes.add(pair.layer, alone[0], f"{sentence} The kernel's log says which.", f"drbdadm connect {pair.name}")
    elif all(copy["connection"] != "Connected" for copy in copies.values()):
        notes.add(
            pair.layer,
            None,
            "The two copies do not reach each other, although both hosts answer: what is written is on one of them."
            " Look at the interconnect and at the firewall.",
        )


def _judge_disk(notes: Notes, pair: Pair, host: str, volume: State) -> None:
    """A copy that cannot be used. That of a lost host is told by the other one's connection."""
    disk = volume["disk"]
    if disk == "Diskless":
        notes.add(
            pair.layer,
            host,
            "Its own copy is lost (Diskless): if it serves, it does so from the other host's disk. If the disk is well"
            " again, the command takes it back; for a new one, run the playbook site in its place.",
            f"drbdadm attach {pair.name}",
        )
    elif disk == "Inconsistent":
        left = f"{volume['out_of_sync'] / _MIB:.0f} MiB are left" if volume["out_of_sync"] is not None else "in part"
        filled = volume["replication"] in {"SyncTarget", "PausedSyncT"}
        how = f"is being filled from the other one ({left})" if filled else f"is incomplete ({left}), and is not filled"
        notes.add(pair.layer, host, f"Its copy {how}: until it is whole, it takes nothing over.")
    elif disk != "UpToDate":
        sentence = f"Its copy is not the newest ({disk}), and takes nothing over until it has found the other one."
        notes.add(pair.layer, host, sentence)
