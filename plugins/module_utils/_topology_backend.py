# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pool's files are on: volumes of Gluster, an NFS export, or what is mounted on every node already."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    NFS_SERVER,
    Input,
    host_addresses,
    truth,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import kind_of, line, unknown_keys
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pair_faults import NFS_SOURCE
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import (
    GLUSTER,
    NFS,
    export_addresses,
    exported_folder,
    exporting_pairs,
    hosts_with,
    only_pairs,
    pair_label,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import parameters_of, share_path

MOUNTED = "mounted"
BACKENDS = (GLUSTER, NFS, MOUNTED)
"""What samba_ha_backend may be."""

FILEID = "fileid"
"""Samba's VFS module that gives a file the same number on all nodes where no other module does."""

EXPORT = "/srv/export"
"""What an NFS server of the service exports where the inventory does not say it, as the role nfs_server has it."""

_OF_BACKEND = {NFS: "samba_ha_nfs", MOUNTED: "samba_ha_mounted"}
_XATTR_MODULES = frozenset(("acl_xattr", "streams_xattr", "fruit"))
_NFS_KEYS = ("source", "options")
# It stands in units' command lines and in CTDB's configuration, which take no quotes.
_PATH = re.compile(r"(/[A-Za-z0-9._-]+)+")
_OWN_FOLDERS = ".samba_ha"

# Mount options that say what the role shared_fs says as well, or leave a choice open.
_HARMLESS = ("hard", "noac", "lookupcache=none", "local_lock=none", "sec=sys", "vers=4.1", "vers=4.2")
# What the others of their names decide, and nobody may decide otherwise; docs/backends.md has the reasons.
_GUARDED = {
    "whether a write is given up": ("soft", "softerr", "softreval"),
    "whether locks hold on all nodes": ("nolock", "local_lock"),
    "whether a node answers from what it has read before": (
        *("ac", "acregmin", "acregmax", "acdirmin", "acdirmax", "actimeo", "lookupcache", "nocto", "fsc"),
    ),
    "whether a write is with the server when its client is told so": ("async",),
    "whether nodes may write": ("ro",),
    "as whom smbd acts": ("sec",),
    "which version is spoken, but vers=4.1 or vers=4.2": ("vers", "nfsvers", "minorversion"),
}


def backend_type(service: Mapping[str, t.Any]) -> str:
    """What samba_ha_backend says, also where that is none of the :data:`BACKENDS`."""
    return str(service.get("samba_ha_backend", GLUSTER))


def export_path(data: Input, name: str) -> object:
    """What a host exports that is to be the pool's NFS server."""
    return data["hosts"][name]["settings"].get("nfs_server_path", EXPORT)


def is_plain_path(path: object) -> bool:
    """Whether it is the whole path of a mount point below the root, which needs quotes nowhere."""
    return isinstance(path, str) and bool(_PATH.fullmatch(path)) and not {".", ".."} & set(path.split("/"))


def backend_model(data: Input, hosts: Mapping[str, Mapping[str, t.Any]]) -> dict[str, t.Any]:
    """The backend of a service without faults (see `topology_model`). `hosts` are the model's."""
    service = data["service"]
    kind = backend_type(service)
    nfs = (service.get("samba_ha_nfs") or {}) if kind == NFS else {}
    source = nfs.get("source")
    for name in hosts_with(NFS_SERVER, data):
        source = f"{hosts[name]['interconnect_address']}:{export_path(data, name)}"
    for pair, address in zip(exporting_pairs(service), export_addresses(service), strict=True):
        source = f"{address.partition('/')[0]}:{exported_folder(pair, data)}"
    return {
        "type": kind,
        "source": source,
        "options": _options(nfs.get("options")),
        "xattrs": any(_needs_xattrs(parameters_of(share)) for share in service.get("samba_ha_shares") or []),
    }


def _needs_xattrs(parameters: Mapping[str, str]) -> bool:
    """Whether a share works only where the file system stores extended attributes."""
    asked = any(truth(parameters.get(name, "")) for name in ("store dos attributes", "ea support"))
    return asked or not _XATTR_MODULES.isdisjoint(parameters.get("vfs objects", "").split())


def backend_faults(data: Input) -> Iterator[str]:
    """Faults of the backend, and of what else does not fit it."""
    service = data["service"]
    kind = backend_type(service)
    if only_pairs(data) or kind not in BACKENDS:
        return
    for other, variable in _OF_BACKEND.items():
        if service.get(variable) is not None and other != kind:
            remedy = f"Remove it, or say samba_ha_backend: {other}."
            yield line(variable, f"none, since samba_ha_backend is {kind}", "one", remedy)
    if kind == NFS:
        yield from _nfs_faults(data)
    if kind == MOUNTED:
        yield from _mounted_faults(service.get("samba_ha_mounted"))
    if kind != GLUSTER:
        if service.get("samba_ha_vfs") == "glusterfs":
            found = "glusterfs, which is Gluster's libgfapi"
            yield line("samba_ha_vfs", f"none, since samba_ha_backend is {kind}", found, "Remove it.")
        yield from _share_faults(service.get("samba_ha_shares"))


def _options(value: object) -> list[str]:
    """Mount options, written as mount(8) takes them."""
    return [option.strip() for option in str(value or "").split(",") if option.strip()]


def _nfs_faults(data: Input) -> Iterator[str]:
    service = data["service"]
    nfs = service.get("samba_ha_nfs")
    own = [f"{name} (topology_nfs_server_hosts)" for name in hosts_with(NFS_SERVER, data)]
    own += [f"the {pair_label(pair)} (samba_ha_pairs)" for pair in exporting_pairs(service)]
    if nfs is None and own:
        return
    if not isinstance(nfs, Mapping):
        found = "none" if nfs is None else f"a {kind_of(nfs)}"
        wanted = "a mapping with the export as its `source`, such as nas1:/export/files"
        yield line("samba_ha_nfs", wanted, found, "Write it so.")
        return
    yield from unknown_keys("samba_ha_nfs", nfs, _NFS_KEYS)
    source, options = nfs.get("source"), nfs.get("options")
    if own:
        if source is not None:
            wanted = f"none, since the files are on {', '.join(own)}"
            yield line("samba_ha_nfs: source", wanted, repr(source), "Remove it, or take that out of the inventory.")
    elif not isinstance(source, str) or not NFS_SOURCE.fullmatch(source):
        wanted = "an NFS export such as nas1:/export/files"
        yield line("samba_ha_nfs: source", wanted, repr(source), "Write it as mount takes it.")
    else:
        yield from _server_faults(data, source.partition(":")[0])
    if options is not None and (not isinstance(options, str) or re.search(r"\s", options)):
        wanted = "mount options separated by commas, without blanks"
        yield line("samba_ha_nfs: options", wanted, repr(options), "Write them as mount takes them.")
    else:
        yield from _option_faults(_options(options))


def _server_faults(data: Input, server: str) -> Iterator[str]:
    """A host that mounts from itself waits for itself, at the latest when its memory is short."""
    for name, host in data["hosts"].items():
        facts = host["facts"] if isinstance(host["facts"], Mapping) else {}
        if server == name or server in [item.address for item in host_addresses(facts)]:
            wanted = "a server that is no host of the service"
            yield line("samba_ha_nfs: source", wanted, f"{server}, which is {name}", "Export it from another host.")


def _option_faults(options: list[str]) -> Iterator[str]:
    for option in options:
        name = option.partition("=")[0]
        for reason, names in _GUARDED.items():
            if name in names and option not in _HARMLESS:
                wanted = f"none that decides {reason}"
                remedy = "Remove it; docs/backends.md says what depends on each."
                yield line("samba_ha_nfs: options", wanted, repr(option), remedy)


def _mounted_faults(path: object) -> Iterator[str]:
    if not is_plain_path(path):
        wanted = "the mount point on every node, such as /srv/gfs2, of letters, digits, '.', '_' and '-'"
        yield line("samba_ha_mounted", wanted, repr(path), "Name it; the file system is mounted there already.")


def _share_faults(shares: object) -> Iterator[str]:
    """Shares that would show the service's own folder, or lock files by numbers that differ between nodes.

    What is no share at all has a fault elsewhere.
    """
    for share in shares if isinstance(shares, list) else []:
        if not isinstance(share, Mapping):
            continue
        label, path, parameters = f"share {share.get('name')}", share.get("path"), share.get("parameters")
        if isinstance(path, str) and share_path(path).startswith(_OWN_FOLDERS):
            wanted = f"a folder beside those of the service, which begin with {_OWN_FOLDERS}"
            yield line(f"{label}: path", wanted, repr(path), "Choose another.")
        if isinstance(parameters, Mapping):
            modules = parameters_of(share).get("vfs objects")
            if modules is not None and FILEID not in modules.split():
                wanted = f"`{FILEID}` among them, since nodes number the file system each in its own way"
                yield line(f"{label}: parameters: vfs objects", wanted, repr(modules), f"Add {FILEID} as the last.")
