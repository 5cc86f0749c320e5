# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pool's files are on."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.test_topology_odd_types import ODD
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    SAFE,
    Data,
    good,
    insist_on_one_fault,
    pool_settings,
    service,
    share,
    without,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_pair_cases import pair_alone

SOURCE = "nas1:/export/files"


def nfs(**values: t.Any) -> Data:
    data = good()
    service(backend="nfs", nfs={"source": SOURCE, **values})(data)
    return data


def mounted(path: object = "/srv/gfs2") -> Data:
    data = good()
    service(backend="mounted", mounted=path)(data)
    return data


@pytest.mark.parametrize(
    ("data", "backend", "vfs"),
    [
        (good(), {"type": "gluster", "source": None, "options": [], "xattrs": False}, "glusterfs_fuse"),
        (nfs(), {"type": "nfs", "source": SOURCE, "options": [], "xattrs": False}, "fileid"),
        (
            nfs(options="timeo=100,vers=4.2,nconnect=4"),
            {"type": "nfs", "source": SOURCE, "options": ["timeo=100", "vers=4.2", "nconnect=4"], "xattrs": False},
            "fileid",
        ),
        (mounted(), {"type": "mounted", "source": None, "options": [], "xattrs": False}, "fileid"),
    ],
    ids=["gluster", "nfs", "options", "mounted"],
)
def test_each_backend_has_its_model(data: Data, backend: dict[str, t.Any], vfs: str) -> None:
    assert topology_faults(data) == []
    model = topology_model(data)
    assert (model["backend"], model["vfs"]) == (backend, vfs)


@pytest.mark.parametrize(
    "parameters",
    [
        {"store dos attributes": True},
        {"EA support": "yes"},
        {"vfs objects": "acl_xattr fileid"},
        {"vfs objects": "fruit streams_xattr fileid"},
    ],
)
def test_shares_that_need_extended_attributes_are_known(parameters: dict[str, t.Any]) -> None:
    data = nfs()
    share(parameters=parameters)(data)
    assert topology_faults(data) == []
    assert topology_model(data)["backend"]["xattrs"] is True


def test_no_number_of_copies_is_asked_for_without_gluster() -> None:
    data = nfs()
    pool_settings(gluster_replica=2)(data)
    assert topology_faults(data) == []


def test_the_pool_still_needs_a_majority() -> None:
    data = mounted()
    without("node3")(data)
    insist_on_one_fault(data, ("topology_pool_hosts", "3 or more pool hosts", "CTDB"))


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ({"backend": "ceph"}, ("samba_ha_backend", "gluster or nfs or mounted", "'ceph'")),
        ({"backend": "nfs"}, ("samba_ha_nfs", "nas1:/export/files", "none")),
        ({"backend": "nfs", "nfs": SOURCE}, ("samba_ha_nfs", "a mapping", "a string")),
        ({"backend": "nfs", "nfs": {}}, ("samba_ha_nfs: source", "an NFS export", "None")),
        ({"backend": "nfs", "nfs": {"source": "nas1"}}, ("samba_ha_nfs: source", "'nas1'")),
        ({"backend": "nfs", "nfs": {"source": "nas1:/a b"}}, ("samba_ha_nfs: source", "'nas1:/a b'")),
        ({"backend": "nfs", "nfs": {"source": SOURCE, "opts": "x"}}, ("samba_ha_nfs", "only source, options", "opts")),
        ({"backend": "nfs", "nfs": {"source": "node2:/files"}}, ("samba_ha_nfs: source", "node2, which is node2")),
        ({"backend": "nfs", "nfs": {"source": "10.0.0.13:/x"}}, ("samba_ha_nfs: source", "10.0.0.13, which is node3")),
        ({"nfs": {"source": SOURCE}}, ("samba_ha_nfs", "none, since samba_ha_backend is gluster", "backend: nfs")),
        ({"mounted": "/srv/gfs2"}, ("samba_ha_mounted", "none, since samba_ha_backend is gluster")),
        ({"backend": "mounted"}, ("samba_ha_mounted", "the mount point on every node", "None")),
        ({"backend": "mounted", "mounted": "srv/gfs2"}, ("samba_ha_mounted", "'srv/gfs2'")),
        ({"backend": "mounted", "mounted": "/"}, ("samba_ha_mounted", "'/'")),
        ({"backend": "mounted", "mounted": "/srv/../gfs2"}, ("samba_ha_mounted", "'/srv/../gfs2'")),
        ({"backend": "mounted", "mounted": "/srv/the files"}, ("samba_ha_mounted", "'/srv/the files'")),
        (
            {"backend": "mounted", "mounted": "/srv/gfs2", "vfs": "glusterfs"},
            ("samba_ha_vfs", "none, since samba_ha_backend is mounted", "libgfapi"),
        ),
    ],
)
def test_a_backend_that_is_described_wrong_is_one_fault(values: dict[str, t.Any], parts: tuple[str, ...]) -> None:
    data = good()
    service(**values)(data)
    insist_on_one_fault(data, parts)


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("soft", "whether a write is given up"),
        ("softerr", "whether a write is given up"),
        ("nolock", "whether locks hold on all nodes"),
        ("local_lock=all", "whether locks hold on all nodes"),
        ("ac", "from what it has read before"),
        ("actimeo=1", "from what it has read before"),
        ("acregmax=3", "from what it has read before"),
        ("lookupcache=all", "from what it has read before"),
        ("nocto", "from what it has read before"),
        ("fsc", "from what it has read before"),
        ("async", "whether a write is with the server"),
        ("ro", "whether nodes may write"),
        ("sec=krb5p", "as whom smbd acts"),
        ("vers=3", "which version is spoken"),
        ("nfsvers=4.0", "which version is spoken"),
        ("minorversion=0", "which version is spoken"),
    ],
)
def test_options_that_locks_depend_on_are_refused(option: str, reason: str) -> None:
    insist_on_one_fault(
        nfs(options=f"timeo=100,{option}"), ("samba_ha_nfs: options", reason, f"'{option}'", "docs/backends.md")
    )


@pytest.mark.parametrize(
    "option", ["vers=4.1", "hard", "noac", "lookupcache=none", "sec=sys", "timeo=50", "xprtsec=tls"]
)
def test_options_that_change_nothing_of_that_are_not(option: str) -> None:
    assert topology_faults(nfs(options=option)) == []


@pytest.mark.parametrize("options", ["rsize=1048576, wsize=1048576", ["hard"], 7])
def test_options_are_written_as_mount_takes_them(options: object) -> None:
    insist_on_one_fault(nfs(options=options), ("samba_ha_nfs: options", "separated by commas"))


@pytest.mark.parametrize("path", [".samba_ha", "./.samba_ha/x", ".samba_ha-check"])
def test_the_service_s_own_folders_are_no_shares(path: str) -> None:
    data = nfs()
    share(path=path)(data)
    insist_on_one_fault(data, ("share data: path", "begin with .samba_ha", repr(path)))


def test_no_share_may_lock_files_by_numbers_that_differ() -> None:
    data = mounted()
    share(parameters={"VFS  Objects": "acl_xattr streams_xattr"})(data)
    insist_on_one_fault(data, ("share data: parameters: vfs objects", "`fileid`", "acl_xattr streams_xattr"))


def test_what_nfs_clients_change_as_well_must_not_be_cached() -> None:
    data = nfs()
    share(nfs=True)(data)
    insist_on_one_fault(data, ("share data", "neither cache nor lock past NFS clients"))
    share(nfs=True, parameters=SAFE)(data)
    assert topology_faults(data) == []


@pytest.mark.parametrize(("name", "value"), [("backend", "nfs"), ("nfs", {"source": SOURCE}), ("mounted", "/srv/gfs2")])
def test_pairs_alone_have_storage_of_their_own(name: str, value: object) -> None:
    data = pair_alone()
    service(**{name: value})(data)
    insist_on_one_fault(data, (f"samba_ha_{name}", "none, since there are pairs alone"))


@pytest.mark.parametrize("shares", [None, "data", ["data"], [{"name": "data", "path": 7, "parameters": "x"}]])
def test_shares_of_odd_types_are_told_of_elsewhere(shares: object) -> None:
    data = nfs()
    service(shares=shares)(data)
    assert not any("fileid" in fault or ".samba_ha" in fault for fault in topology_faults(data))


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("variable", ["samba_ha_backend", "samba_ha_nfs", "samba_ha_mounted", "samba_ha_shares"])
def test_odd_types_never_end_in_a_traceback(variable: str, value: object) -> None:
    for data in (good(), nfs(), mounted()):
        data["service"][variable] = value
        assert all(": wanted " in fault for fault in topology_faults(data))


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", ["source", "options"])
def test_odd_types_in_an_export_never_end_in_a_traceback(key: str, value: object) -> None:
    assert all(": wanted " in fault for fault in topology_faults(nfs(**{key: value})))
