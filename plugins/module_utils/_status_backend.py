# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the backend: Gluster's daemons, volumes and bricks where it is Gluster, and the mounts on the pool nodes."""

from __future__ import annotations

import shlex
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_nfs import judge_nfs_server
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Notes, Site, State, count, names
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_backend import MOUNTED
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import GLUSTER

MIN_FREE = 0.10
"""Share of a brick that should be free, the default of Gluster's own cluster.min-free-disk; of others the same."""

_SHOWN = 3
"""How many files of a list are named."""


def judge_backend(site: Site, notes: Notes) -> None:
    """Judge what is below the mounts, as far as the service has made it, then what the nodes see there."""
    if site.backend == GLUSTER:
        _judge_gluster(site, notes)
    else:
        _judge_space(site, notes)
        judge_nfs_server(site, notes)
    for host in site.reached(site.pool):
        for mount in _mounts(site, host, "mounts"):
            _judge_mount(site, notes, host, mount)
        for mount in _mounts(site, host, "markers"):
            _judge_markers(site, notes, host, mount)


def _judge_gluster(site: Site, notes: Notes) -> None:
    """The daemons, then each volume."""
    _judge_daemons(site, notes)
    volumes = volumes_of(site)
    for volume in volumes:
        _judge_volume(site, notes, volume)
    _judge_healers(site, notes, volumes)
    # With a brick away a look at every entry takes Gluster longer than a page may take; the brick is told of anyway.
    error = (site.volumes or {}).get("error") or (None if volumes else "no node's glusterd could be asked")
    if error and all(brick["online"] for volume in volumes for brick in volume["bricks"]):
        notes.add("backend", None, f"Not all of Gluster's state could be read: {error.rstrip('.')}.")
    notes.summaries["backend"] = "; ".join(
        f"{volume['name']}: {sum(bool(brick['online']) for brick in volume['bricks'])} of "
        f"{count(len(volume['bricks']), 'brick')}"
        for volume in volumes
    )


def _judge_space(site: Site, notes: Notes) -> None:
    """The file system is one: how much of it is free is told once, by the first node that knows."""
    hosts = site.reached(site.pool)
    mounts = [mount for host in hosts for mount in _mounts(site, host, "mounts") if mount["size_total"]]
    for mount in mounts[:1]:
        free = mount["size_free"] / mount["size_total"]
        if free < MIN_FREE:
            sentence = f"{mount['path']} has {100 * free:.1f} % free, less than {MIN_FREE:.0%}."
            notes.add("backend", None, f"{sentence} Delete files through a share, or make it larger.")
    mounted = [mount for host in hosts for mount in _mounts(site, host, "mounts") if mount["mounted"]]
    told = f"{mounted[0]['source']} ({mounted[0]['type']}): " if mounted else ""
    notes.summaries["backend"] = f"{told}mounted on {len(mounted)} of {count(len(site.pool), 'node')}"


def volumes_of(site: Site) -> list[t.Any]:
    return list((site.volumes or {}).get("volumes") or [])


def _judge_daemons(site: Site, notes: Notes) -> None:
    for host in site.reached(site.pool):
        gluster = site.read(host, "gluster")
        if gluster and not gluster["running"]:
            notes.add(
                "backend", host, f"glusterd does not answer ({gluster['error']}).", "systemctl restart glusterd.service"
            )


def _judge_volume(site: Site, notes: Notes, volume: State) -> None:
    name = volume["name"]
    if volume["status"] != "Started":
        notes.add(
            "backend", None, f"The volume {name} is not started.", f"gluster volume start {name}", where=_speaker(site)
        )
        return
    names_of = site.interconnect
    for brick in volume["bricks"]:
        host = names_of.get(brick["address"], brick["address"])
        if brick["online"] is False:
            if _asks_for_itself(site, host):
                sentence = f"The brick {brick['path']} of the volume {name} is not running."
                notes.add("backend", host, sentence, f"gluster volume start {name} force")
        elif (
            brick["size_total"]
            and brick["size_free"] is not None
            and brick["size_free"] < MIN_FREE * brick["size_total"]
        ):
            free = 100 * brick["size_free"] / brick["size_total"]
            notes.add(
                "backend",
                host,
                f"The disk of the brick {brick['path']} ({name}) has {free:.1f} % free, less than {MIN_FREE:.0%}."
                " Delete files through a share, or give it a larger disk.",
            )
    _judge_quorum(notes, volume)
    _judge_heal(site, notes, volume)


def _judge_healers(site: Site, notes: Notes, volumes: list[t.Any]) -> None:
    """A node has one self-heal daemon for all volumes, and glusterd may forget one after a start."""
    online: dict[str, list[bool | None]] = {}
    for volume in volumes:
        for daemon in volume["self_heal_daemons"] or []:
            online.setdefault(site.interconnect.get(daemon["address"], daemon["address"]), []).append(daemon["online"])
    for host, states in online.items():
        if set(states) == {False} and _asks_for_itself(site, host):
            command = f"gluster volume start {volumes[0]['name']} force"
            notes.add("backend", host, "The self-heal daemon is not running.", command)


def _asks_for_itself(site: Site, host: str) -> bool:
    """Whether the loss is the brick's own: its host answers, and so does its glusterd."""
    gluster = site.read(host, "gluster")
    return bool(gluster and gluster["running"] and "disconnected" not in site.flags().get(host, []))


def _judge_quorum(notes: Notes, volume: State) -> None:
    quorum = volume["quorum"]
    if _lost_quorum(volume):
        notes.add(
            "backend",
            None,
            f"The volume {volume['name']} has {count(quorum['online'], 'brick')} of the {quorum['needed']} that it"
            " needs: it cannot be written. Bring bricks back first.",
            critical=True,
        )


def _lost_quorum(volume: State) -> bool:
    """Whether it is known that clients may not write; null means that it depends on bricks that could not be seen."""
    return bool(volume["quorum"]) and volume["quorum"]["met"] is False


def _judge_heal(site: Site, notes: Notes, volume: State) -> None:
    heal, name, where = volume["heal"], volume["name"], _speaker(site)
    if not heal:
        return
    if heal["split_brain"]:
        files = [str(file) for file in heal["split_brain_files"] or []]
        more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
        sentence = (
            f"{count(heal['split_brain'], 'file')} of the volume {name} in split brain: {', '.join(files[:_SHOWN])}"
            f"{more}. Look at the copies on the bricks first; the command keeps the one that was changed last."
        )
        command = "; ".join(
            f"gluster volume heal {name} split-brain latest-mtime {shlex.quote(file)}" for file in files[:_SHOWN]
        )
        notes.add("backend", None, sentence, command or None, where=where)
    if not heal["pending"]:
        return
    changes = f"{count(heal['pending'], 'change')} of the volume {name}"
    if all(brick["online"] for brick in volume["bricks"]):
        sentence = (
            f"{changes} not healed yet on a brick that was away. It goes on by itself; the command starts it now."
        )
        notes.add("backend", None, sentence, f"gluster volume heal {name}", where=where)
    else:
        notes.add("backend", None, f"{changes} to be healed when all bricks are back; that begins by itself.")


def _speaker(site: Site) -> str | None:
    """A host whose glusterd answers, for commands that any of them can take."""
    return next(
        (host for host in site.pool if (gluster := site.read(host, "gluster")) and gluster["running"]),
        None,
    )


def _judge_mount(site: Site, notes: Notes, host: str, mount: State) -> None:
    path = mount["path"]
    ours = site.backend != MOUNTED
    if not mount["mounted"]:
        notes.add("backend", host, f"{path} is not mounted.", f"mount {shlex.quote(path)}" if ours else None)
        return
    if not mount["responds"] or mount["writable"] is False:
        state = "does not answer" if not mount["responds"] else "cannot be written"
        # A restart throws clients out: only where the mount itself is at fault, and not its volume or the network.
        own = site.linked(host) and any(_can_write(site, other, path) for other in site.pool if other != host)
        helps = ours and own and not _without_quorum(site, mount)
        command = "systemctl restart samba-ha-shared-fs.service" if helps else None
        notes.add("backend", host, f"{path} {state}: {mount['error']}.", command)


def _judge_markers(site: Site, notes: Notes, host: str, mount: State) -> None:
    path = mount["path"]
    unsure = [marker["node"] for marker in mount["markers"] if not marker["seen"]]
    unseen = [node for node in unsure if _can_write(site, node, path)]
    if unseen and _can_write(site, host, path):
        notes.add("backend", host, f"What {names(unseen)} just wrote to {path} is not seen here.")


def _mounts(site: Site, host: str, key: str) -> list[t.Any]:
    return list((site.read(host, key) or {}).get("mounts") or [])


def _can_write(site: Site, host: str, path: str) -> bool:
    """Whether the node could write its marker at all; if not, that is told of the node itself."""
    return any(mount["path"] == path and mount["writable"] for mount in _mounts(site, host, "mounts"))


def _without_quorum(site: Site, mount: State) -> bool:
    lost = {volume["name"] for volume in volumes_of(site) if _lost_quorum(volume)}
    return any((mount["source"] or "").endswith(f"/{name}") or (mount["source"] or "") == name for name in lost)
