# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.filter.firewall import FilterModule, firewall_matches

SMB = {"name": "SMB", "protocol": "tcp", "ports": ["445"], "interface": "eth0"}


def test_ports_for_anybody() -> None:
    assert firewall_matches([SMB]) == [
        {"name": "SMB", "allowed": 'iifname "eth0" tcp dport { 445 }', "all": "tcp dport { 445 }"}
    ]


def test_port_ranges_for_some_sources() -> None:
    rule = {**SMB, "ports": ["24007-24008", "49152-49251"], "sources": ["10.0.0.1", "10.0.0.2"]}
    (match,) = firewall_matches([rule])
    assert match["allowed"] == ('iifname "eth0" ip saddr { 10.0.0.1, 10.0.0.2 } tcp dport { 24007-24008, 49152-49251 }')
    assert match["all"] == "tcp dport { 24007-24008, 49152-49251 }"


def test_vrrp_has_no_ports() -> None:
    rule = {"name": "VRRP", "protocol": "vrrp", "ports": [], "sources": ["192.0.2.2"], "interface": "eth0"}
    (match,) = firewall_matches([rule])
    assert match["allowed"] == 'iifname "eth0" ip saddr { 192.0.2.2 } meta l4proto vrrp'
    assert match["all"] == "meta l4proto vrrp"


@pytest.mark.parametrize("ports", [{}, {"ports": []}])
def test_a_rule_without_ports_is_refused(ports: dict[str, t.Any]) -> None:
    with pytest.raises(AnsibleFilterError, match="'SMB'"):
        firewall_matches([{"name": "SMB", "protocol": "udp", "interface": "eth0", **ports}])


def test_no_rules() -> None:
    assert firewall_matches([]) == []


def test_the_name_under_which_templates_find_it() -> None:
    assert FilterModule().filters() == {"firewall_matches": firewall_matches}
