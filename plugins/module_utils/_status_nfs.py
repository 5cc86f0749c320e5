# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the host that exports the pool's files by NFS. All files are on it: what ails it is the end of the service."""

from __future__ import annotations

import shlex

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Notes, Site, State

_RESTART = "systemctl restart samba-ha-nfs.service"


def exports(site: Site, host: str) -> bool:
    """Whether the host is known to have the files, and to answer."""
    answer, mounts = site.read(host, "nfs"), _export(site, host)
    return bool(answer and answer["answers"]) and all(each["mounted"] and each["responds"] for each in mounts)


def judge_nfs_server(site: Site, notes: Notes) -> None:
    """What is exported is there, and the server answers. Of a host that cannot be asked the nodes tell."""
    for host in site.nfs_server:
        answer, fit = site.read(host, "nfs"), True
        for mount in _export(site, host):
            fit = _judge_mount(notes, host, mount) and fit
        if answer and not answer["answers"] and fit:
            sentence = f"Its NFS server does not answer ({answer['error']}): nobody reaches a file."
            notes.add("backend", host, sentence, _RESTART, critical=True)
        if _used(site):
            continue
        if host not in site.reached([host]):
            notes.add("backend", host, "No node reaches the files that it exports.", critical=True)
        elif exports(site, host):
            sentence = "It answers itself, and no node reaches what it exports. Look at the interconnect and its rules."
            notes.add("backend", host, sentence, "nft list table inet samba_ha", critical=True)


def _judge_mount(notes: Notes, host: str, mount: State) -> bool:
    """Whether there is something to export."""
    path = mount["path"]
    if not mount["mounted"]:
        command = f"mount {shlex.quote(path)} && {_RESTART}"
        notes.add("backend", host, f"Nothing is mounted at {path}, which it exports.", command, critical=True)
    elif not mount["responds"]:
        sentence = f"{path}, which it exports, does not answer ({mount['error']}). Look at its disks."
        notes.add("backend", host, sentence, critical=True)
    return bool(mount["mounted"] and mount["responds"])


def _export(site: Site, host: str) -> list[State]:
    return list((site.read(host, "export") or {}).get("mounts") or [])


def _used(site: Site) -> bool:
    """Whether any node reaches the files, or none can be asked."""
    told = [mount for host in site.pool for mount in (site.read(host, "mounts") or {}).get("mounts") or []]
    return not told or any(mount["mounted"] and mount["responds"] for mount in told)
