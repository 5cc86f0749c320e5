# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses that front ends hold: faults of one by itself, and of a list."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    facts,
    good,
    insist_on_one_fault,
    interface,
    service,
    settings,
)

FIRST, SECOND, THIRD = (f"192.0.2.{number}/24" for number in (10, 20, 30))

# What is spoilt; parts that the one line must have, its subject first.
ONE_FAULT: dict[str, tuple[Callable[[Data], None], tuple[str, ...]]] = {
    "vip malformed": (service(vip="192.0.2/24"), ("samba_ha_vip: ", "'192.0.2/24'")),
    "vip without prefix": (service(vip="192.0.2.10"), ("samba_ha_vip: ", "'192.0.2.10'", "192.0.2.10/24")),
    "vip of another type": (service(vip={"a": 1}), ("samba_ha_vip: ", "{'a': 1}")),
    "vips without any": (service(vip=[]), ("samba_ha_vip: ", "found []")),
    "vips with one malformed": (
        service(vip=[FIRST, "192.0.2.20"]),
        ("samba_ha_vip, entry 2: ", "'192.0.2.20'", "with the prefix"),
    ),
    "vips with one doubled": (
        service(vip=[FIRST, FIRST]),
        ("samba_ha_vip, entry 2: ", "each address once", "192.0.2.10 again"),
    ),
    "vips in two networks": (
        service(vip=[FIRST, "198.51.100.20/24"]),
        ("samba_ha_vip, entry 2: ", "192.0.2.0/24, as the first one", "'198.51.100.20/24'"),
    ),
    "vips more than front ends": (
        service(vip=[FIRST, SECOND, THIRD]),
        ("samba_ha_vip: ", "no more addresses than front ends", "3 addresses, front ends: 2"),
    ),
    "second vip on a front end with a prefix": (
        lambda data: (
            service(vip=[FIRST, SECOND])(data),
            facts("fe2", eth0=interface("192.0.2.22", 24, (("192.0.2.20", 24),)))(data),
        )[0],
        ("fe2: samba_ha_vip: ", "192.0.2.20/24 on eth0"),
    ),
    "vip of IPv6": (service(vip="2001:db8::1/64"), ("samba_ha_vip: ", "IPv4")),
    "vip as a host route": (service(vip="192.0.2.10/32"), ("samba_ha_vip: ", "1 to 30")),
    "vip is the network": (service(vip="192.0.2.0/24"), ("samba_ha_vip: ", "its network address")),
    "vip is the broadcast": (service(vip="192.0.2.255/24"), ("samba_ha_vip: ", "its broadcast address")),
    "vip on a pool host": (
        facts("node1", eth0=interface("192.0.2.11", 24, (("192.0.2.10", 32),))),
        ("node1: samba_ha_vip: ", "192.0.2.10/32 on eth0"),
    ),
    "vip on a front end with a prefix": (
        facts("fe1", eth0=interface("192.0.2.21", 24, (("192.0.2.10", 24),))),
        ("fe1: samba_ha_vip: ", "192.0.2.10/24 on eth0"),
    ),
    "vip as ansible_host": (settings("fe1", ansible_host="192.0.2.10"), ("fe1: ansible_host: ", "the VIP 192.0.2.10")),
    "vip as client address": (
        settings("fe1", samba_ha_client_address="192.0.2.10"),
        ("fe1: samba_ha_client_address: ", "the VIP 192.0.2.10"),
    ),
}


@pytest.mark.parametrize("case", ONE_FAULT)
def test_one_fault_is_one_line(case: str) -> None:
    spoil, parts = ONE_FAULT[case]
    data = good()
    spoil(data)
    insist_on_one_fault(data, parts)


SOUND: dict[str, Callable[[Data], None]] = {
    "as many as front ends": service(vip=[FIRST, SECOND]),
    "keepalived's VIP on a front end": facts("fe1", eth0=interface("192.0.2.21", 24, (("192.0.2.10", 32),))),
    "both VIPs on one front end": lambda data: (
        service(vip=[FIRST, SECOND])(data),
        facts("fe1", eth0=interface("192.0.2.21", 24, (("192.0.2.10", 32), ("192.0.2.20", 32))))(data),
    )[0],
    "keepalived's VIP on lo of a front end": facts("fe1", lo=interface("127.0.0.1", 8, (("192.0.2.10", 32),))),
}


@pytest.mark.parametrize("case", SOUND)
def test_sound_inventory_has_no_faults(case: str) -> None:
    data = good()
    SOUND[case](data)
    assert topology_faults(data) == []
