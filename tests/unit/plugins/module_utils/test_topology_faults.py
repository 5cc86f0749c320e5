# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault of an inventory is one line that names it, and all are told at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import derived_uid
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    SAFE,
    Data,
    add_node,
    both_roles,
    facts,
    good,
    host,
    insist_on_one_fault,
    interface,
    misspelt_on_two_hosts,
    no_facts,
    pool_settings,
    service,
    settings,
    share,
    shares,
    users,
    variables,
    without,
)

# What is spoilt; parts that the one line must have, its subject first.
ONE_FAULT: dict[str, tuple[Callable[[Data], None], tuple[str, ...]]] = {
    "hosts allow of a share": (
        share(parameters={"Hosts  Allow": "192.0.2.0/24"}),
        ("share data: parameters: Hosts Allow: ", "all clients in, or none"),
    ),
    "hosts deny of all": (
        pool_settings(smbd_globals={"deny hosts": "203.0.113.0/24"}),
        ("node1, node2, node3: smbd_globals: deny hosts: ", "a firewall on the front ends"),
    ),
    "one client address twice": (
        facts("node2", eth0=interface("192.0.2.11")),
        ("node1, node2: ", "192.0.2.11 on each"),
    ),
    "one interconnect address twice": (
        facts("fe2", br_peers=interface("10.0.0.13")),
        ("node3, fe2: ", "interconnect", "10.0.0.13 on each"),
    ),
    "two pool hosts": (without("node3"), ("topology_pool_hosts: ", "2 (node1, node2)", "majority")),
    "one pool host": (without("node2", "node3"), ("topology_pool_hosts: ", "1 (node1)")),
    "no pool host": (without("node1", "node2", "node3"), ("topology_pool_hosts: ", "0 (none)")),
    "no front end": (without("fe1", "fe2"), ("topology_frontend_hosts: ", "none")),
    "replica does not divide": (add_node, ("gluster_replica: ", "which is 4", "found 3", "multiple of 3")),
    "replica too small": (pool_settings(gluster_replica=2), ("gluster_replica: ", "3 or more", "found 2")),
    "replica is no number": (pool_settings(gluster_replica="three"), ("gluster_replica: ", "found three")),
    "replica differs": (settings("node2", gluster_replica=4), ("gluster_replica: ", "3 on node1, node3; 4 on node2")),
    "host in both roles": (both_roles, ("node1: ", "in the pool and a front end")),
    "no facts": (no_facts, ("node2: ", "facts", "none")),
    "unsupported release": (
        facts("fe1", distribution_major_version="11", distribution_release="bullseye"),
        ("fe1: ", "12 (bookworm) or 13 (trixie)", "Debian 11 (bullseye)"),
    ),
    "unsupported distribution": (facts("fe1", distribution="Ubuntu"), ("fe1: ", "found Ubuntu")),
    "no interface in the client network": (
        facts("node1", eth0=interface("198.51.100.11")),
        ("node1: ", "client network 192.0.2.0/24", "198.51.100.11/24 on eth0"),
    ),
    "no interface in the interconnect": (
        facts("node1", interfaces=["lo", "eth0"]),
        ("node1: ", "interconnect 10.0.0.0/24", "192.0.2.11/24 on eth0"),
    ),
    "several addresses": (
        facts("node1", eth0=interface("192.0.2.11", 24, (("192.0.2.99", 24),))),
        ("node1: ", "192.0.2.11 on eth0, 192.0.2.99 on eth0", "samba_ha_client_address"),
    ),
    "override that the host does not have": (
        settings("node1", samba_ha_interconnect_address="10.0.0.99"),
        ("node1: samba_ha_interconnect_address: ", "'10.0.0.99'", "10.0.0.11/24 on br-peers"),
    ),
    "interconnect malformed": (service(interconnect="10.0.0.0"), ("samba_ha_interconnect: ", "'10.0.0.0'")),
    "interconnect with host bits": (
        service(interconnect="10.0.0.5/24"),
        ("samba_ha_interconnect: ", "10.0.0.0/24", "'10.0.0.5/24'"),
    ),
    "clients on the interconnect": (
        service(interconnect="192.0.2.0/24"),
        ("samba_ha_interconnect: ", "apart from the client network", "encrypts"),
    ),
    "virtual name too long": (service(virtual_name="a" * 16), ("samba_ha_virtual_name: ", "a" * 16)),
    "virtual name with a dot": (service(virtual_name="files.example"), ("samba_ha_virtual_name: ", "files.example")),
    "virtual name missing": (service(virtual_name=None), ("samba_ha_virtual_name: ", "None")),
    "virtual name of a host": (service(virtual_name="FE1"), ("fe1: samba_ha_virtual_name: ", "'FE1'")),
    "virtual name is a hostname": (facts("node3", hostname="files"), ("node3: samba_ha_virtual_name: ", "'files'")),
    "profile unknown": (service(profile="quick"), ("samba_ha_profile: ", "balanced or fast", "'quick'")),
    "vfs unknown": (service(vfs="ceph"), ("samba_ha_vfs: ", "glusterfs or glusterfs_fuse", "'ceph'")),
    "users no list": (service(users={"alice": "s3cret"}), ("samba_ha_users: ", "found a mapping")),
    "user no mapping": (users({"name": "alice"}, "bob:s3cret"), ("samba_ha_users, entry 2: ", "found a string")),
    "user without name": (users({"password": "s3cret"}), ("samba_ha_users, entry 1: ", "None")),
    "user name invalid": (users({"name": "Alice Smith"}), ("user Alice Smith: ", "lower-case")),
    "user twice": (users({"name": "alice"}, {"name": "alice"}), ("user alice: ", "second time")),
    "user with an unknown key": (users({"name": "alice", "gid": 1}), ("user alice: ", "found gid")),
    "uid of the system": (users({"name": "alice", "uid": 0}), ("user alice: ", "1000 to 59999", "found 0")),
    "uid no number": (users({"name": "alice", "uid": "x"}), ("user alice: ", "'x'")),
    "uid a boolean": (users({"name": "alice", "uid": True}), ("user alice: ", "True")),
    "uid given twice": (
        users({"name": "alice", "uid": 5000}, {"name": "bob", "uid": 5000}),
        ("users alice and bob: ", "5000 for both", "`uid`"),
    ),
    "uid given is another's derived": (
        users({"name": "alice"}, {"name": "bob", "uid": derived_uid("alice")}),
        ("users alice and bob: ", f"{derived_uid('alice')} for both"),
    ),
    "shares no list": (service(shares={"data": {}}), ("samba_ha_shares: ", "found a mapping")),
    "share no mapping": (shares("data"), ("samba_ha_shares, entry 1: ", "found a string")),
    "share without name": (shares({"path": "data"}), ("samba_ha_shares, entry 1: ", "None")),
    "share name invalid": (share(name="a/b"), ("share a/b: ", "'a/b'")),
    "share name reserved": (share(name="Global"), ("share Global: ", "reserved")),
    "share twice": (
        shares({"name": "data", "path": "a"}, {"name": "DATA", "path": "b"}),
        ("share DATA: ", "name of share data again"),
    ),
    "share with an unknown key": (share(browseable=True), ("share data: ", "found browseable")),
    "share without path": (shares({"name": "data"}), ("share data: path: ", "found none")),
    "path absolute": (share(path="/data"), ("share data: path: ", "'/data'", "leading '/'")),
    "path upwards": (share(path="a/../../b"), ("share data: path: ", "'a/../../b'", "without '..'")),
    "path of the volume itself": (share(path="./"), ("share data: path: ", "'./'")),
    "path of another type": (share(path=["data"]), ("share data: path: ", "['data']")),
    "path with a substitution": (share(path="home/%U"), ("share data: path: ", "home/%U")),
    "share for an unknown user": (share(users=["alice", "carol"]), ("share data: users: ", "'carol'")),
    "share for nobody": (share(users=[]), ("share data: users: ", "at least one", "[]")),
    "share's users no list": (share(users="alice"), ("share data: users: ", "'alice'")),
    "read_only no boolean": (share(read_only="perhaps"), ("share data: read_only: ", "'perhaps'")),
    "comment no text": (share(comment=["x"]), ("share data: comment: ", "['x']")),
    "parameters no mapping": (share(parameters="oplocks = no"), ("share data: parameters: ", "found a string")),
    "parameter twice": (
        share(parameters={"oplocks": "no", "Oplocks ": "yes"}),
        ("share data: parameters: Oplocks ", "another spelling"),
    ),
    "parameter that a key sets": (
        share(parameters={"Writable": True}),
        ("share data: parameters: Writable: ", "`read_only`"),
    ),
    "parameter of another type": (
        share(parameters={"vfs objects": ["recycle"]}),
        ("share data: parameters: vfs objects: ", "a list"),
    ),
    "nfs with oplocks": (
        share(nfs=True),
        (
            "share data: ",
            "nfs: true",
            "`oplocks: no`, `level2 oplocks: no`, `posix locking: yes`",
            "Kernel oplocks",
        ),
    ),
    "nfs with oplocks said aloud": (
        share(nfs=True, parameters={**SAFE, "oplocks": "yes"}),
        ("share data: ", "Set in its parameters: `oplocks: no`. "),
    ),
    "nfs without posix locking": (
        share(nfs=True, parameters={**SAFE, "posix locking": "no"}),
        ("share data: ", "Set in its parameters: `posix locking: yes`. "),
    ),
    "oplocks by way of an overlapping share": (
        shares({"name": "a", "path": "a", "nfs": True, "parameters": SAFE}, {"name": "b", "path": "a/b"}),
        ("share b: ", "overlaps that of share a"),
    ),
    "unknown variable": (
        misspelt_on_two_hosts,
        ("node1, fe1: samba_ha_vipp: ", "Did you mean samba_ha_vip?", "samba_ha_foreign_variables"),
    ),
    "unknown variable of a role": (
        variables("node1", "gluster_replicas"),
        ("node1: gluster_replicas: ", "Did you mean gluster_replica?"),
    ),
    "unknown variable like no other": (
        variables("node1", "ctdb_q"),
        ("node1: ctdb_q: ", "Nothing of a similar name"),
    ),
    "foreign variables no list": (
        service(foreign_variables="ctdb_x"),
        ("samba_ha_foreign_variables: ", "'ctdb_x'"),
    ),
}


@pytest.mark.parametrize("case", ONE_FAULT)
def test_one_fault_is_one_line(case: str) -> None:
    spoil, parts = ONE_FAULT[case]
    data = good()
    spoil(data)
    insist_on_one_fault(data, parts)


SOUND: dict[str, Callable[[Data], None]] = {
    "as it is": lambda data: None,
    "no users, no shares": service(users=[], shares=[]),
    "bookworm": facts("node1", distribution_major_version="12", distribution_release="bookworm"),
    "override among several": lambda data: (
        facts("node1", eth0=interface("192.0.2.11", 24, (("192.0.2.99", 24),)))(data),
        settings("node1", samba_ha_client_address="192.0.2.99")(data),
    )[0],
    "same and nested paths": shares(
        {"name": "a", "path": "a"}, {"name": "b", "path": "a", "read_only": True}, {"name": "c", "path": "a/c"}
    ),
    "dots inside a path's name": share(path="a..b"),
    "nfs made safe": share(nfs=True, parameters=SAFE),
    "nfs beside a share with a similar path": shares(
        {"name": "a", "path": "a", "nfs": True, "parameters": SAFE}, {"name": "b", "path": "ab"}
    ),
    "foreign variable": lambda data: (
        service(foreign_variables=["ctdb_exporter_port"])(data),
        variables("node1", "ctdb_exporter_port")(data),
    )[0],
    "similar prefix": variables("node1", "ctdbx", "samba_halt", "_samba_ha_x", "__gluster_y"),
    "three more hosts": lambda data: data["hosts"].update({f"n{n}": host("pool", n) for n in (31, 32, 33)}),
}


@pytest.mark.parametrize("case", SOUND)
def test_sound_inventory_has_no_faults(case: str) -> None:
    data = good()
    SOUND[case](data)
    assert topology_faults(data) == []


def test_derived_uids_that_clash_name_both_users() -> None:
    seen: dict[int, str] = {}
    number = 0
    while derived_uid(f"u{number}") not in seen:
        seen[derived_uid(f"u{number}")] = f"u{number}"
        number += 1
    first, second = seen[derived_uid(f"u{number}")], f"u{number}"
    data = good()
    users({"name": first}, {"name": second})(data)
    [fault] = topology_faults(data)
    assert fault.startswith(f"users {first} and {second}: ")
    # The advice works.
    users({"name": first}, {"name": second, "uid": int(fault.split("for example ")[1].rstrip("."))})(data)
    assert topology_faults(data) == []


def test_many_faults_are_told_at_once() -> None:
    data = good()
    for spoil in (
        without("node3"),
        no_facts,
        service(virtual_name="a b", vip="192.0.2.255/24", vfs="x"),
        facts("node1", distribution="Fedora", eth0=interface("198.51.100.1")),
        users({"name": "Root"}, 7),
        shares({"name": "data", "path": "/data", "users": ["carol"]}, "x"),
        variables("fe1", "samba_ha_sharez"),
    ):
        spoil(data)
    subjects = [fault.split(": wanted")[0] for fault in topology_faults(data)]
    assert subjects == [
        "samba_ha_virtual_name",
        "topology_pool_hosts",
        "node2",
        "node1",
        "samba_ha_vip",
        "node1",
        "samba_ha_users, entry 2",
        "user Root",
        "samba_ha_shares, entry 2",
        "share data: users",
        "share data: path",
        "samba_ha_vfs",
        "fe1: samba_ha_sharez",
    ]
