# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Pacemaker is told of a pair; pair_cib has to take all of it."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_records import Primitive, Wanted
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_resources import build, mount_unit
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_wanted import SPEC, read_wanted

NODES = [
    {"name": "file1", "id": 1, "links": ["10.0.0.71", "10.0.1.71"]},
    {"name": "file2", "id": 2, "links": ["10.0.0.72", "10.0.1.72"]},
]
FENCE = {
    "agent": "fence_ipmilan",
    "options": {"lanplus": "1"},
    "hosts": {"file1": {"ip": "198.51.100.11"}, "file2": {"ip": "198.51.100.12"}},
    "secrets": {"password": "geheim"},
}
SBD = {
    "agent": "fence_sbd",
    "options": {"devices": "/dev/disk/by-id/a, /dev/disk/by-id/b,/dev/disk/by-id/c", "method": "cycle"},
    "hosts": {},
}


def pair(**changes: t.Any) -> dict[str, t.Any]:
    return {
        "name": "projects",
        "address": "192.0.2.30",
        "prefix": 24,
        "nodes": NODES,
        "functions": ["file"],
        "storage": {"type": "gluster"},
        "fence": FENCE,
        "mount": "/srv/samba_ha/projects",
        "quorum": True,
        "storage_timeout": 30,
        "msgwait": 0,
        **changes,
    }


def wanted(**changes: t.Any) -> Wanted:
    """The pair as pair_cib understands it."""
    validated = ArgumentSpecValidator(SPEC).validate(build(pair(**changes)))
    assert validated.error_messages == []
    return read_wanted(validated.validated_parameters)


def primitive(name: str, **changes: t.Any) -> Primitive:
    (found,) = [each for each in wanted(**changes).primitives if each.id == name]
    return found


def test_the_address_comes_after_the_server() -> None:
    (group,) = wanted().groups
    assert group.id == "projects"
    assert group.members == tuple(f"projects-{part}" for part in ("storage", "samba", "address", "tickle"))


def test_an_nfs_server_has_its_address_after_it_and_its_records_on_the_storage() -> None:
    (group,) = wanted(functions=["nfs"]).groups
    assert group.members == tuple(f"projects-{part}" for part in ("storage", "nfs", "address", "tickle"))
    assert primitive("projects-nfs", functions=["nfs"]).agent == "lsb:samba-ha-nfs"
    told = primitive("projects-tickle", functions=["nfs"]).options
    assert (told["portno"], told["tickle_dir"]) == ("2049", "/srv/samba_ha/projects/.nfs/tickle")


def test_printers_are_there_before_the_server_that_shares_them() -> None:
    (group,) = wanted(functions=["file", "print"]).groups
    assert group.members[:3] == ("projects-storage", "projects-cups", "projects-samba")


@pytest.mark.parametrize(
    ("storage", "options"),
    [
        (
            {"type": "gluster", "source": None, "options": ""},
            {
                "device": "localhost:/projects",
                "fstype": "glusterfs",
                "options": "acl,backup-volfile-servers=10.0.0.71:10.0.0.72",
            },
        ),
        (
            {"type": "gluster", "options": "log-level=WARNING"},
            {
                "device": "localhost:/projects",
                "fstype": "glusterfs",
                "options": "acl,backup-volfile-servers=10.0.0.71:10.0.0.72,log-level=WARNING",
            },
        ),
        (
            {"type": "nfs", "source": "nas:/export/projects", "fstype": None, "options": "vers=4.2"},
            {"device": "nas:/export/projects", "fstype": "nfs", "options": "vers=4.2"},
        ),
        (
            {"type": "device", "source": "/dev/disk/by-id/scsi-1", "fstype": "xfs", "options": ""},
            {"device": "/dev/disk/by-id/scsi-1", "fstype": "xfs"},
        ),
        (
            {"type": "drbd", "source": "/dev/drbd945", "fstype": "ext4", "options": "noatime"},
            {"device": "/dev/drbd945", "fstype": "ext4", "options": "noatime"},
        ),
    ],
)
def test_storage_is_mounted_by_its_kind(storage: dict[str, t.Any], options: dict[str, str]) -> None:
    mounted = primitive("projects-storage", storage=storage)
    assert mounted.options == {**options, "directory": "/srv/samba_ha/projects"}


def monitor(found: Primitive) -> t.Any:
    (operation,) = [each for each in found.operations if each.name == "monitor"]
    return operation


def test_a_host_that_cannot_write_its_storage_is_fenced() -> None:
    operation = monitor(primitive("projects-storage"))
    assert operation.attributes == {"timeout": "30s", "on-fail": "fence"}
    assert operation.options == {"OCF_CHECK_LEVEL": "20"}


def test_without_fencing_nothing_asks_for_it() -> None:
    assert "on-fail" not in monitor(primitive("projects-storage", fence={})).attributes
    alone = wanted(fence=None, quorum=False)
    assert alone.properties["stonith-enabled"] == "false"
    assert alone.properties["priority-fencing-delay"] is None
    assert alone.locations == ()
    assert not [each for each in alone.primitives if each.agent.startswith("stonith:")]


def test_each_host_is_fenced_by_a_device_that_never_runs_on_it() -> None:
    for host, address in (("file1", "198.51.100.11"), ("file2", "198.51.100.12")):
        device = primitive(f"fence-{host}")
        assert device.agent == "stonith:fence_ipmilan"
        assert device.options == {"lanplus": "1", "ip": address, "pcmk_host_list": host, "password": "geheim"}
        assert device.secrets == {"password"}
    assert [(each.resource, each.node, each.score) for each in wanted().locations] == [
        ("fence-file1", "file1", "-INFINITY"),
        ("fence-file2", "file2", "-INFINITY"),
    ]


def test_one_device_fences_both_hosts_by_sbd() -> None:
    made = wanted(fence=SBD, msgwait=10)
    [device] = [each for each in made.primitives if each.agent.startswith("stonith:")]
    assert (device.id, device.agent, device.secrets) == ("fence-sbd", "stonith:fence_sbd", frozenset())
    assert device.options == {
        "devices": "/dev/disk/by-id/a,/dev/disk/by-id/b,/dev/disk/by-id/c",
        "method": "cycle",
        "pcmk_host_list": "file1 file2",
        "power_timeout": "30",
    }
    # Wherever it is watched: Pacemaker has no host fence itself while there is another one.
    assert made.locations == ()


@pytest.mark.parametrize(("msgwait", "agent", "pacemaker"), [(10, "30", "60s"), (60, "80", "110s")])
def test_nobody_gives_up_before_a_message_counts_as_received(msgwait: int, agent: str, pacemaker: str) -> None:
    assert primitive("fence-sbd", fence=SBD, msgwait=msgwait).options["power_timeout"] == agent
    properties = wanted(fence=SBD, msgwait=msgwait).properties
    assert properties["stonith-timeout"] == pacemaker
    # Otherwise a host would count as off that was sent no message.
    assert properties["stonith-watchdog-timeout"] is None


def test_the_times_of_other_fences_are_left_alone() -> None:
    assert not {"stonith-timeout", "stonith-watchdog-timeout"} & wanted().properties.keys()


@pytest.mark.parametrize("fence", [FENCE, SBD])
@pytest.mark.parametrize(("quorum", "delay"), [(True, None), (False, "5s")])
def test_the_host_that_serves_is_ahead_where_nobody_else_decides(
    quorum: bool, delay: str | None, fence: dict[str, t.Any]
) -> None:
    made = wanted(quorum=quorum, fence=fence)
    assert made.properties["priority-fencing-delay"] == delay
    assert made.groups[0].meta == {"priority": "10"}


def test_only_known_users_of_the_address_are_told() -> None:
    assert primitive("projects-address").options == {"ip": "192.0.2.30", "cidr_netmask": "24"}
    assert primitive("projects-tickle").options["tickle_dir"] == "/srv/samba_ha/projects/.samba/tickle"


# As systemd-escape --path --suffix=mount prints them.
@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("/srv/samba_ha/projects", "srv-samba_ha-projects.mount"),
        ("/srv/old-files/", r"srv-old\x2dfiles.mount"),
        ("/srv/a b.1:c", r"srv-a\x20b.1:c.mount"),
        ("/srv/ä", r"srv-\xc3\xa4.mount"),
    ],
)
def test_a_mount_has_systemds_name(path: str, unit: str) -> None:
    assert mount_unit(path) == unit


MIRROR = {"type": "drbd", "source": "/dev/drbd945", "fstype": "ext4", "options": ""}


def test_all_runs_where_the_mirror_is_promoted_and_after_it() -> None:
    told = wanted(storage=MIRROR)
    (mirror,) = told.clones
    assert (mirror.id, mirror.resource) == ("projects-mirror", "projects-drbd")
    assert mirror.meta == {"promotable": "true", "notify": "true"}
    (beside,), (order,) = told.colocations, told.orders
    assert (beside.resource, beside.beside, beside.role, beside.score) == (
        "projects",
        "projects-mirror",
        "Promoted",
        "INFINITY",
    )
    assert (order.first, order.then, order.action) == ("projects-mirror", "projects", "promote")
    (group,) = told.groups
    assert "projects-drbd" not in group.members


@pytest.mark.parametrize("functions", [["file"], ["print"], ["file", "print"], ["nfs"]])
def test_what_runs_there_does_not_hold_the_mirror_on_a_host_that_has_lost_its_disk(functions: list[str]) -> None:
    """Pacemaker 3.0.0 counts each member of the group twice, and DRBD's agent gives such a host 10."""
    told = wanted(storage=MIRROR, functions=functions)
    (group,) = told.groups
    each = int(told.defaults["resource-stickiness"] or 0)
    assert 0 < 2 * len(group.members) * each + 10 < 1000


def test_each_role_of_a_copy_is_watched() -> None:
    copy = primitive("projects-drbd", storage=MIRROR)
    assert (copy.agent, copy.options) == ("ocf:linbit:drbd", {"drbd_resource": "projects"})
    watched = {each.attributes["role"]: each.interval for each in copy.operations if each.name == "monitor"}
    assert watched.keys() == {"Promoted", "Unpromoted"} and len({*watched.values()}) == 2


def test_other_storage_is_not_mirrored() -> None:
    told = wanted(storage={"type": "nfs", "source": "nas:/export"})
    assert (told.clones, told.colocations, told.orders) == ((), (), ())


def test_before_a_volume_is_mounted_the_host_looks_who_is_there_and_what_runs_does_not_stop_for_it() -> None:
    told = wanted()
    assert primitive("projects-neighbours").agent == "lsb:samba-ha-neighbours"
    (beside,), (order,) = told.colocations, told.orders
    assert (beside.resource, beside.beside, beside.role) == ("projects-neighbours", "projects", None)
    assert (order.first, order.then, order.action, order.optional) == ("projects-neighbours", "projects", "start", True)
