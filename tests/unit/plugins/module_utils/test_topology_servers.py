# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual servers: the names that clients dial, and who answers to each."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    facts,
    good,
    insist_on_one_fault,
    interface,
    service,
)

OUTSIDE = {"facts": {}, "variables": [], "settings": {"samba_ha_client_address": "192.0.2.31"}}
UNKNOWN = {"facts": {}, "variables": [], "settings": {"ansible_host": "scan1.example.com"}}


def spoilt(*servers: t.Any, **more: t.Any) -> Data:
    """The good inventory with these virtual servers, and hosts outside the service that could be targets."""
    data = good()
    data["targets"] = {"print1": OUTSIDE, "scan1": UNKNOWN}
    service(**{"virtual_servers": list(servers), **more})(data)
    return data


def server(**values: t.Any) -> dict[str, t.Any]:
    return {"name": "print", "target": "node3", **values}


GOOD: dict[str, Data] = {
    "one more name for the pool": spoilt(server(target="pool")),
    "one node": spoilt(server(default=True, aliases=["printers", "print.branch.example.com"])),
    "a host outside the service": spoilt(server(target="print1", name="a-long-name-of-a-server-outside")),
    "several": spoilt(server(), server(name="scan", target="print1"), server(name="archive", target="pool")),
    "aliases of the virtual server": spoilt(virtual_aliases=["fileserver", "files.branch.example.com"]),
}


@pytest.mark.parametrize("data", GOOD.values(), ids=list(GOOD))
def test_what_can_be_deployed_has_no_faults(data: Data) -> None:
    assert topology_faults(data) == []


ONE_FAULT: dict[str, tuple[Data, tuple[str, ...]]] = {
    "no target": (spoilt({"name": "print"}), ("virtual server print: target: ", "found none")),
    "a target that is no host": (spoilt(server(target="node9")), ("virtual server print: target: ", "'node9'")),
    "a target of another type": (spoilt(server(target=["node3"])), ("virtual server print: target: ", "['node3']")),
    "a front end as target": (spoilt(server(target="fe1")), ("virtual server print: target: ", "fe1, a front end")),
    "a target without an address": (
        spoilt(server(target="scan1")),
        ("virtual server print: target: ", "Set samba_ha_client_address for scan1"),
    ),
    "a name that NetBIOS does not take": (
        spoilt(server(name="a-name-of-16-chr")),
        ("virtual server a-name-of-16-chr: ", "15 characters", "16"),
    ),
    "an alias that NetBIOS does not take": (
        spoilt(server(aliases=["a-name-of-16-chr"])),
        ("virtual server print: aliases: ", "15 characters"),
    ),
    "no name": (spoilt({"target": "pool"}), ("samba_ha_virtual_servers, entry 1: ", "None")),
    "a name that is an address": (spoilt(server(name="192.0.2.9")), ("virtual server 192.0.2.9: ", "host name")),
    "a name with a blank": (spoilt(server(name="the print")), ("virtual server the print: ", "'the print'")),
    "an empty label": (spoilt(server(name="print..example")), ("virtual server print..example: ", "host name")),
    "the virtual name again": (
        spoilt(server(name="FILES")),
        ("virtual server FILES: ", "each name once", "as samba_ha_virtual_name"),
    ),
    "a name twice": (spoilt(server(), server()), ("virtual server print: ", "'print' again")),
    "an alias twice": (spoilt(server(aliases=["p", "P"])), ("virtual server print: aliases: ", "'P' again")),
    "an alias that another server has": (
        spoilt(server(), virtual_aliases=["print"]),
        ("virtual server print: ", "as samba_ha_virtual_aliases"),
    ),
    "the name of a host": (
        spoilt(server(name="node1", target="pool")),
        ("node1: virtual server node1: ", "the name of this host"),
    ),
    "two defaults": (
        spoilt(server(default=True), server(name="scan", default=True)),
        ("samba_ha_virtual_servers: ", "print and scan"),
    ),
    "a default that is no boolean": (spoilt(server(default="yes")), ("virtual server print: default: ", "'yes'")),
    "an unknown key": (spoilt(server(host="node3")), ("virtual server print: ", "host", "name, aliases, target")),
    "no mapping": (spoilt("print"), ("samba_ha_virtual_servers, entry 1: ", "'print'")),
    "no list": (spoilt(virtual_servers={"print": "node3"}), ("samba_ha_virtual_servers: ", "a list")),
    "aliases that are no list": (spoilt(server(aliases="p")), ("virtual server print: aliases: ", "'p'")),
    "aliases of the virtual server that are no list": (spoilt(virtual_aliases="p"), ("samba_ha_virtual_aliases: ",)),
}


@pytest.mark.parametrize(("data", "parts"), ONE_FAULT.values(), ids=list(ONE_FAULT))
def test_each_fault_is_one_line(data: Data, parts: tuple[str, ...]) -> None:
    insist_on_one_fault(data, parts)


def test_all_faults_are_told_at_once() -> None:
    data = spoilt(server(target=None), server(name="files", target="node9"))
    assert len(topology_faults(data)) == 3


def test_names_lead_to_backends() -> None:
    facts("node3", eth0=interface("192.0.2.99"))(
        data := spoilt(
            server(aliases=["Printers"], default=True),
            server(name="fax"),
            server(name="scan", target="print1"),
            server(name="archive", target="pool"),
            virtual_aliases=["Files.Example.com"],
        )
    )
    assert topology_model(data)["virtual_servers"] == {
        "default": "only-node3",
        "names": [
            {"name": "files", "backend": "pool"},
            {"name": "files.example.com", "backend": "pool"},
            {"name": "print", "backend": "only-node3"},
            {"name": "printers", "backend": "only-node3"},
            {"name": "fax", "backend": "only-node3"},
            {"name": "scan", "backend": "only-print1"},
            {"name": "archive", "backend": "pool"},
        ],
        "singles": [
            {"backend": "only-node3", "server": "node3", "address": "192.0.2.99", "pool": True},
            {"backend": "only-print1", "server": "print1", "address": "192.0.2.31", "pool": False},
        ],
        "aliases": ["Files.Example.com", "print", "Printers", "fax", "archive"],
    }


def test_without_virtual_servers_all_goes_to_the_pool() -> None:
    assert topology_model(good())["virtual_servers"] == {
        "default": "pool",
        "names": [{"name": "files", "backend": "pool"}],
        "singles": [],
        "aliases": [],
    }
