# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible.vars.clean import namespace_facts
from ansible_collections.samba_ha.cluster.plugins.module_utils import _ip_addresses, _topology
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES

# The second octets of the labs from which the output is.
RELEASES = {"bookworm-6.1.0": 214, "trixie-6.15.0": 213}


def address_show(release: str) -> str:
    return (FIXTURES / "ip" / release / "address.json").read_text(encoding="utf-8")


def link(name: str, *addresses: str) -> dict[str, object]:
    """An interface as ip prints it."""
    parts = [address.split("/") for address in addresses]
    return {"ifname": name, "addr_info": [{"local": local, "prefixlen": int(length)} for local, length in parts]}


def host_addresses(text: str) -> list[_topology.HostAddress]:
    """What the topology makes of the facts when Ansible has stored them."""
    return _topology.host_addresses(namespace_facts(_ip_addresses.address_facts(text))["ansible_facts"])


@pytest.mark.parametrize(("release", "lab"), RELEASES.items())
def test_every_fact(release: str, lab: int) -> None:
    assert _ip_addresses.address_facts(address_show(release)) == {
        "ansible_interfaces": ["lo", "eth1", "eth0"],
        "ansible_lo": {"ipv4": {"address": "127.0.0.1", "prefix": "8"}},
        "ansible_eth1": {"ipv4": {"address": f"10.{lab}.2.11", "prefix": "24"}},
        "ansible_eth0": {"ipv4": {"address": f"10.{lab}.1.11", "prefix": "24"}},
    }


@pytest.mark.parametrize(("release", "lab"), RELEASES.items())
def test_the_topology_reads_them_as_those_of_setup(release: str, lab: int) -> None:
    assert host_addresses(address_show(release)) == [
        _topology.HostAddress("eth1", f"10.{lab}.2.11", 24),
        _topology.HostAddress("eth0", f"10.{lab}.1.11", 24),
    ]


@pytest.mark.parametrize(("release", "lab"), RELEASES.items())
def test_the_topology_knows_the_addresses_in_both_networks(release: str, lab: int) -> None:
    hostvars = {"node1": namespace_facts(_ip_addresses.address_facts(address_show(release))), "node2": {}}
    hosts = _topology.build_input(hostvars, ["node1", "node2"], [], {}, ((), ()))["hosts"]
    assert _topology.known_addresses(hosts, [f"10.{lab}.1.10/24"], f"10.{lab}.2.0/24") == {
        "node1": {"client": f"10.{lab}.1.11", "interconnect": f"10.{lab}.2.11"},
        "node2": {"client": None, "interconnect": None},
    }


def test_an_address_that_moves_is_a_secondary_one() -> None:
    text = (FIXTURES / "keepalived" / "trixie-2.3.3" / "master.ip.json").read_text(encoding="utf-8")
    assert _ip_addresses.address_facts(text)["ansible_eth0"] == {
        "ipv4": {"address": "10.213.1.21", "prefix": "24"},
        "ipv4_secondaries": [{"address": "10.213.1.10", "prefix": "32"}],
    }
    assert _topology.HostAddress("eth0", "10.213.1.10", 32) in host_addresses(text)


def test_names_with_hyphens_are_found_again() -> None:
    text = json.dumps([link("br-peers", "10.0.0.1/24"), link("eth0.5", "192.0.2.1/25", "192.0.2.9/25")])
    assert set(_ip_addresses.address_facts(text)) == {"ansible_interfaces", "ansible_br_peers", "ansible_eth0.5"}
    assert host_addresses(text) == [
        _topology.HostAddress("br-peers", "10.0.0.1", 24),
        _topology.HostAddress("eth0.5", "192.0.2.1", 25),
        _topology.HostAddress("eth0.5", "192.0.2.9", 25),
    ]


def test_what_is_empty_is_left_out() -> None:
    text = json.dumps([{}, link("eth0", "2001:db8::1/64"), link("eth1")])
    assert _ip_addresses.address_facts(text) == {
        "ansible_interfaces": ["eth0", "eth1"],
        "ansible_eth0": {},
        "ansible_eth1": {},
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Cannot open netlink socket",
        "5",
        "{}",
        "[1]",
        '["ifname"]',
        '[{"ifname": "eth0"}]',
        '[{"ifname": "eth0", "addr_info": [{"local": "192.0.2.1"}]}]',
        '[{"ifname": "eth0", "addr_info": [{"local": "192.0.2.1", "prefixlen": 33}]}]',
        '[{"ifname": "eth0", "addr_info": [{"local": "eth0", "prefixlen": 24}]}]',
    ],
)
def test_anything_else_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        _ip_addresses.address_facts(text)
