# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways in: what each needs, what does not belong to it, and what the model says of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    direct,
    facts,
    good,
    host,
    insist_on_one_fault,
    interface,
    pool_settings,
    service,
    settings,
    share,
)

FIRST, SECOND, THIRD = "192.0.2.31/24", "192.0.2.32/24", "192.0.2.33/24"


def addresses(*values: object) -> Callable[[Data], None]:
    return service(public_addresses=list(values))


def server(**values: object) -> Callable[[Data], None]:
    return service(virtual_servers=[{"name": "print", **values}])


def with_frontend(data: Data) -> None:
    data["hosts"]["fe1"] = host("frontend", 21)


def three_more_nodes(data: Data) -> None:
    data["hosts"].update({f"n{number}": host("pool", number) for number in (41, 42, 43)})


# What is spoilt; parts that the one line must have, its subject first.
DIRECT: dict[str, tuple[Callable[[Data], None], tuple[str, ...]]] = {
    "VIPs": (
        service(vip=["192.0.2.10/24", "192.0.2.20/24"]),
        ("samba_ha_vip: wanted none", "['192.0.2.10/24', '192.0.2.20/24']"),
    ),
    "a VIP": (service(vip="192.0.2.10/24"), ("samba_ha_vip: wanted none", "'192.0.2.10/24'", "proxy or direct")),
    "front ends": (with_frontend, ("topology_frontend_hosts: wanted none", "found fe1.", "proxy or direct")),
    "no addresses": (addresses(), ("samba_ha_public_addresses: ", "found []", "Write 3 or more")),
    "addresses of another type": (service(public_addresses=FIRST), ("samba_ha_public_addresses: ", "a list")),
    "too few": (addresses(FIRST, SECOND), ("samba_ha_public_addresses: ", "2 for 3 nodes", "serves nobody")),
    "too few for a larger pool": (three_more_nodes, ("samba_ha_public_addresses: ", "3 for 6 nodes")),
    "without prefix": (
        addresses(FIRST, "192.0.2.32", THIRD),
        ("samba_ha_public_addresses, entry 2: ", "'192.0.2.32'", "with the prefix"),
    ),
    "a host route": (
        addresses(FIRST, SECOND, "192.0.2.33/32"),
        ("samba_ha_public_addresses, entry 3: ", "1 to 30", "the hosts' own addresses"),
    ),
    "doubled": (
        addresses(FIRST, SECOND, THIRD, FIRST),
        ("samba_ha_public_addresses, entry 4: ", "each address once", "192.0.2.31 again"),
    ),
    "another network": (
        addresses(FIRST, SECOND, "198.51.100.33/24"),
        ("samba_ha_public_addresses, entry 3: ", "192.0.2.0/24, as the first one", "'198.51.100.33/24'"),
    ),
    "another prefix": (
        addresses(FIRST, SECOND, "192.0.2.33/25"),
        ("samba_ha_public_addresses, entry 3: ", "192.0.2.0/24, as the first one"),
    ),
    "the network's address": (
        addresses(FIRST, SECOND, "192.0.2.0/24"),
        ("samba_ha_public_addresses, entry 3: ", "its network address"),
    ),
    "the broadcast address": (
        addresses(FIRST, SECOND, "192.0.2.255/24"),
        ("samba_ha_public_addresses, entry 3: ", "its broadcast address"),
    ),
    "a host's only address": (
        facts("node2", eth0=interface("192.0.2.31")),
        ("node2: samba_ha_public_addresses: ", "192.0.2.31/24 on eth0", "CTDB moves it"),
    ),
    "as ansible_host": (
        settings("node1", ansible_host="192.0.2.32"),
        ("node1: ansible_host: ", "the public address 192.0.2.32", "CTDB moves it"),
    ),
    "as client address": (
        settings("node1", samba_ha_client_address="192.0.2.32"),
        ("node1: samba_ha_client_address: ", "the public address 192.0.2.32"),
    ),
    "two interfaces in the client network": (
        facts("node1", interfaces=["eth0", "eth2", "br-peers"], eth2=interface("192.0.2.99")),
        ("node1: ", "192.0.2.11 on eth0, 192.0.2.99 on eth2", "samba_ha_client_address"),
    ),
    "no interface in the client network": (
        facts("node1", eth0=interface("198.51.100.11")),
        ("node1: ", "client network 192.0.2.0/24", "198.51.100.11/24 on eth0"),
    ),
    "clients on the interconnect": (
        service(interconnect="192.0.0.0/16"),
        ("samba_ha_interconnect: ", "apart from the client network", "192.0.0.0/16"),
    ),
    "a virtual server on one node": (
        server(target="node3"),
        ("virtual server print: target: ", "without front ends", "'node3'"),
    ),
    "a virtual server outside": (server(target="print1"), ("virtual server print: target: ", "'print1'")),
    "front ends that are transparent": (
        service(transparent=True),
        ("samba_ha_transparent: wanted false", "sees its clients", "proxy or direct"),
    ),
    "a witness before Samba 4.20": (
        lambda data: (
            facts("node1", distribution_major_version="12", distribution_release="bookworm")(data),
            pool_settings(smbd_witness=True)(data),
        )[0],
        ("node1: smbd_witness: ", "4.20", "Debian 12"),
    ),
}

PROXY: dict[str, tuple[Callable[[Data], None], tuple[str, ...]]] = {
    "public addresses": (addresses(FIRST), ("samba_ha_public_addresses: wanted none", FIRST, "proxy or direct")),
    "an unknown way in": (service(access="dirct"), ("samba_ha_access: ", "proxy or direct", "'dirct'")),
    "a witness": (settings("node1", smbd_witness="yes"), ("node1: smbd_witness: ", "public addresses")),
    "transparent, perhaps": (service(transparent="perhaps"), ("samba_ha_transparent: ", "true or false", "'perhaps'")),
    "a transparent front end before HAProxy 2.9": (
        lambda data: (
            facts("fe2", distribution_major_version="12", distribution_release="bookworm")(data),
            service(transparent="yes")(data),
        )[0],
        ("fe2: samba_ha_transparent: ", "2.9", "Debian 12"),
    ),
    "hosts allow of all, transparent": (
        lambda data: (
            pool_settings(smbd_globals={"hosts allow": "192.0.2.0/24"})(data),
            service(transparent=True)(data),
        )[0],
        ("node1, node2, node3: smbd_globals: hosts allow: ", "checks of front ends and nodes", "parameter of shares"),
    ),
}

SOUND: dict[str, Callable[[Data], None]] = {
    "three addresses": lambda _data: None,
    "more addresses than nodes": addresses(FIRST, SECOND, THIRD, "192.0.2.34/24"),
    "addresses that CTDB has put on a node": facts(
        "node1", eth0=interface("192.0.2.11", 24, (("192.0.2.31", 24), ("192.0.2.32", 24)))
    ),
    "an address of CTDB's that is the first one": facts(
        "node1", eth0=interface("192.0.2.31", 24, (("192.0.2.11", 24),))
    ),
    "an address of CTDB's from a longer list": facts(
        "node1", eth0=interface("192.0.2.11", 24, (("192.0.2.31", 24), ("192.0.2.39", 24)))
    ),
    "an override for one that looks like CTDB's": lambda data: (
        facts("node1", eth0=interface("192.0.2.11", 24, (("192.0.2.99", 24),)))(data),
        settings("node1", samba_ha_client_address="192.0.2.99")(data),
    )[0],
    "hosts allow": share(parameters={"hosts allow": "192.0.2.0/24"}),
    "hosts deny of all": pool_settings(smbd_globals={"hosts deny": "203.0.113.0/24"}),
    "one more name for the pool": server(target="pool"),
    "aliases": service(virtual_aliases=["files.example.com"]),
    "a witness": pool_settings(smbd_witness=True),
}


@pytest.mark.parametrize("case", DIRECT)
def test_what_does_not_fit_direct_access_is_one_fault(case: str) -> None:
    spoil, parts = DIRECT[case]
    data = direct()
    spoil(data)
    insist_on_one_fault(data, parts)


@pytest.mark.parametrize("case", PROXY)
def test_what_does_not_fit_access_by_proxy_is_one_fault(case: str) -> None:
    spoil, parts = PROXY[case]
    data = good()
    spoil(data)
    insist_on_one_fault(data, parts)


@pytest.mark.parametrize("case", SOUND)
def test_sound_direct_access_has_no_faults(case: str) -> None:
    data = direct()
    SOUND[case](data)
    assert topology_faults(data) == []


def test_transparent_front_ends_allow_shares_to_tell_clients_apart() -> None:
    data = good()
    share(parameters={"hosts allow": "192.0.2.0/24"})(data)
    facts("node1", distribution_major_version="12", distribution_release="bookworm")(data)
    service(transparent="yes")(data)
    assert topology_faults(data) == []
    assert topology_model(data)["transparent"] is True
    assert topology_model(good())["transparent"] is False


def test_an_inventory_that_only_changes_the_way_in_is_told_all_that_is_left_to_do() -> None:
    data = good()
    service(access="direct")(data)
    assert [fault.split(": wanted")[0] for fault in topology_faults(data)] == [
        "samba_ha_public_addresses",
        "samba_ha_vip",
        "topology_frontend_hosts",
    ]


def test_the_model_says_which_way_in_there_is() -> None:
    model = topology_model(direct())
    assert (model["access"], model["virtual_addresses"], model["frontend"]) == ("direct", [], [])
    assert model["public_addresses"] == [{"address": f"192.0.2.{number}", "prefix": 24} for number in (31, 32, 33)]
    assert model["client_network"] == "192.0.2.0/24"
    assert topology_model(good())["access"] == "proxy"
    assert topology_model(good())["public_addresses"] == []


def test_an_address_of_ctdbs_from_a_longer_list_does_not_stand_for_the_node() -> None:
    data = direct()
    facts("node1", eth0=interface("192.0.2.11", 24, (("192.0.2.39", 24),)))(data)
    assert topology_model(data)["pool"][0]["client_address"] == "192.0.2.11"
    settings("node1", samba_ha_client_address="192.0.2.39")(data)
    assert topology_model(data)["pool"][0]["client_address"] == "192.0.2.39"


def test_a_public_address_never_stands_for_the_node_that_has_it() -> None:
    data = direct()
    facts("node1", eth0=interface("192.0.2.31", 24, (("192.0.2.11", 24),)))(data)
    assert topology_model(data)["pool"][0]["client_address"] == "192.0.2.11"
