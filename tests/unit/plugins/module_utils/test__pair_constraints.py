# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import xml.etree.ElementTree as ET

from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_cib import merge
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_wanted import read_wanted
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import (
    completed,
    pacemaker,
    promoted,
)


def test_a_constraint_is_changed_and_what_a_handler_made_stays() -> None:
    live, given = ET.fromstring(pacemaker("cibadmin/promoted.xml")), promoted()  # noqa: S314 (a fixture)
    constraints = live.find("configuration/constraints")
    assert constraints is not None
    fenced = ET.SubElement(constraints, "rsc_location", id="drbd-fence-by-handler", rsc="projects-disks")
    ET.SubElement(fenced, "rule", {"id": "r", "role": "Promoted", "score": "-INFINITY"})
    given["colocations"][0] |= {"role": None, "score": "500"}
    after = merge(live, read_wanted(completed(given)), purge=True)
    assert [each.attrib for each in after.iter("rsc_colocation")] == [
        {"id": "c1", "rsc": "projects", "with-rsc": "projects-disks", "score": "500"}
    ]
    assert [each.get("id") for each in after.iter("rule")] == ["r"]
