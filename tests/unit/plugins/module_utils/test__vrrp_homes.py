# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp_homes import AT_HOME, PRIORITY, homes, instances

FRONTENDS = ["192.0.2.21", "192.0.2.22", "192.0.2.23"]
VIPS = ["192.0.2.10", "192.0.2.20", "192.0.2.30"]


def test_an_address_alone_has_no_home() -> None:
    assert homes(VIPS[:1], FRONTENDS) == {}
    for own in FRONTENDS:
        assert instances(VIPS[:1], FRONTENDS, own, 51) == [
            {"name": "samba_ha", "address": VIPS[0], "router_id": 51, "home": False, "priority": PRIORITY}
        ]


@pytest.mark.parametrize("count", [2, 3])
def test_each_of_several_has_one_and_nobody_has_two(count: int) -> None:
    assert homes(VIPS[:count], FRONTENDS) == dict(zip(FRONTENDS[:count], VIPS[:count], strict=True))
    told = [instances(VIPS[:count], FRONTENDS, own, 51) for own in FRONTENDS]
    for number in range(count):
        seen = [each[number] for each in told]
        assert {(one["name"], one["router_id"], one["address"]) for one in seen} == {
            ("samba_ha" if number == 0 else f"samba_ha_{number + 1}", 51 + number, VIPS[number])
        }
        assert [one["home"] for one in seen] == [own == FRONTENDS[number] for own in FRONTENDS]
        assert [one["priority"] for one in seen] == [AT_HOME if one["home"] else PRIORITY for one in seen]
