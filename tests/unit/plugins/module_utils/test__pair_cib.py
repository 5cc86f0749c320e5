# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_cib import merge
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_diff import diff_of
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_push import EMPTY, as_text
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_wanted import read_wanted
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import (
    RELEASES,
    completed,
    options,
    pacemaker,
    promoted,
)

Options = dict[str, t.Any]


def cib(name: str = "query", release: str = "trixie") -> ET.Element:
    return ET.fromstring(pacemaker(f"cibadmin/{name}.xml", release))  # noqa: S314 (a fixture)


def merged(live: ET.Element, given: Options, *, purge: bool = True) -> ET.Element:
    return merge(live, read_wanted(completed(given)), purge=purge)


def diff(live: ET.Element, given: Options, *, purge: bool = True) -> dict[str, t.Any]:
    return diff_of(live, merged(live, given, purge=purge), read_wanted(completed(given)))


def at(tree: ET.Element, path: str) -> ET.Element:
    found = tree.find(f"configuration/{path}")
    assert found is not None, path
    return found


def value(tree: ET.Element, owner: str, name: str) -> str | None:
    pair = tree.find(f".//*[@id='{owner}']/*/nvpair[@name='{name}']")
    return None if pair is None else pair.get("value")


def members(tree: ET.Element) -> list[str | None]:
    return [each.get("id") for each in at(tree, "resources/group[@id='files']").iterfind("primitive")]


@RELEASES
@pytest.mark.parametrize("purge", [False, True])
def test_what_is_so_stays_so(release: str, purge: bool) -> None:
    live = cib(release=release)
    after = merged(live, options(release), purge=purge)
    assert as_text(after) == as_text(live)
    assert diff(live, options(release)) == {"before": {}, "after": {}}


@RELEASES
def test_from_nothing_and_again(release: str) -> None:
    made = merged(ET.fromstring(EMPTY), options(release))  # noqa: S314 (a constant)
    assert as_text(merged(made, options(release))) == as_text(made)
    assert members(made) == ["files-storage", "files-ip", "files-samba"]
    ids = [each.get("id") for each in made.iter() if each.get("id")]
    assert len(ids) == len(set(ids))


def test_what_exists_keeps_its_ids() -> None:
    live, given = cib("foreign_ids"), options()
    del given["resources"][2]["meta"]
    given["resources"][2]["options"] = {}
    given["resources"][0]["operations"][0]["interval"] = "5000ms"
    after = merged(live, given)
    before = {each.get("id") for each in live.iter() if each.get("id")}
    assert before - {each.get("id") for each in after.iter()} == set()
    assert value(after, "files-storage", "state") == "/run/o.state"
    operation = at(after, ".//op[@id='files-storage-mon']")
    assert operation.attrib == {
        "id": "files-storage-mon",
        "name": "monitor",
        "interval": "5s",
        "timeout": "20s",
        "on-fail": "restart",
    }
    assert at(after, "constraints/rsc_location[@id='fence-file1-not-there']") is not None


def test_what_is_pacemakers_and_the_operators_stays() -> None:
    live = cib()
    node = at(live, "nodes/node[@id='1']")
    ET.SubElement(ET.SubElement(node, "instance_attributes", id="n1"), "nvpair", id="n1-s", name="standby", value="on")
    samba = at(live, ".//primitive[@id='files-samba']/meta_attributes")
    ET.SubElement(samba, "nvpair", id="t", name="target-role", value="Stopped")
    ban: dict[str, str] = {"rsc": "files", "node": "file1", "score": "-INFINITY"}
    ET.SubElement(at(live, "constraints"), "rsc_location", {"id": "cli-ban-files-on-file1", **ban})
    assert as_text(merged(live, options())) == as_text(live)
    given = options()
    given["resources"][2]["meta"]["target-role"] = "Started"
    assert value(merged(live, given), "files-samba", "target-role") == "Started"


def test_properties_that_are_not_named_stay_and_null_resets() -> None:
    given = {**options(), "properties": {"no-quorum-policy": None, "batch-limit": 5}}
    after = merged(cib(), given)
    properties = {pair.get("name"): pair.get("value") for pair in at(after, "crm_config/cluster_property_set")}
    assert properties["stonith-enabled"] == "true" and properties["batch-limit"] == "5"
    assert "no-quorum-policy" not in properties and properties["cluster-name"] == "debian"


def test_a_resource_is_changed_whole() -> None:
    given = options()
    given["resources"][2] |= {"agent": "systemd:smbd", "options": {}, "operations": [], "meta": {}}
    samba = at(merged(cib(), given), ".//primitive[@id='files-samba']")
    assert samba.attrib == {"id": "files-samba", "class": "systemd", "type": "smbd"} and not len(samba)


def test_options_of_an_operation() -> None:
    given = options()
    given["resources"][0]["operations"][0] |= {"options": {"OCF_CHECK_LEVEL": 20}, "timeout": "40s"}
    operation = at(merged(cib(), given), ".//primitive[@id='files-storage']/operations/op")
    assert operation.get("timeout") == "40s"
    assert [(pair.get("name"), pair.get("value")) for pair in operation.iter("nvpair")] == [("OCF_CHECK_LEVEL", "20")]


def test_values_with_a_rule_are_left_alone() -> None:
    live = cib()
    ip = at(live, ".//primitive[@id='files-ip']")
    night = ET.SubElement(ip, "instance_attributes", id="night")
    ET.SubElement(night, "rule", id="night-rule", score="1")
    ET.SubElement(night, "nvpair", id="night-ip", name="ip", value="10.216.0.200")
    assert as_text(merged(live, options())) == as_text(live)


def test_members_are_put_in_order() -> None:
    given = options()
    given["groups"][0]["members"] = ["files-storage", "files-samba", "files-ip"]
    assert members(merged(cib(), given)) == ["files-storage", "files-samba", "files-ip"]


def test_members_in_order_are_not_moved() -> None:
    live = cib()
    group = at(live, "resources/group[@id='files']")
    settings = ET.Element("meta_attributes", id="files-m")
    ET.SubElement(settings, "nvpair", id="files-m-t", name="target-role", value="Started")
    group.insert(0, settings)
    assert as_text(merged(live, options())) == as_text(live)


def test_a_member_that_is_named_on_its_own_leaves_the_group() -> None:
    given = options()
    given["groups"][0]["members"] = ["files-storage", "files-samba"]
    after = merged(cib(), given, purge=False)
    assert members(after) == ["files-storage", "files-samba"]
    assert at(after, "resources/primitive[@id='files-ip']") is not None
    assert as_text(merged(after, given, purge=False)) == as_text(after)
    assert members(merged(after, options())) == ["files-storage", "files-ip", "files-samba"]


def without_the_address() -> Options:
    given = options()
    given["groups"][0]["members"] = ["files-storage", "files-samba"]
    del given["resources"][1]
    return given


def test_a_member_that_is_not_named_stays_behind_the_others() -> None:
    after = merged(cib(), without_the_address(), purge=False)
    assert members(after) == ["files-storage", "files-samba", "files-ip"]


def test_purge_takes_a_resource_with_what_refers_to_it() -> None:
    live = cib()
    constraints = at(live, "constraints")
    ET.SubElement(constraints, "rsc_location", id="cli-prefer-x", rsc="files-ip", node="file1", score="5")
    ET.SubElement(constraints, "rsc_order", {"id": "o", "first": "files-ip", "then": "files-samba"})
    after = merged(live, without_the_address())
    assert members(after) == ["files-storage", "files-samba"]
    assert [each.get("rsc") for each in at(after, "constraints")] == ["fence-file1", "fence-file2"]


def test_purge_leaves_groups_that_are_cloned_alone() -> None:
    live = cib()
    group = ET.SubElement(ET.SubElement(at(live, "resources"), "clone", id="all"), "group", id="each")
    ET.SubElement(group, "primitive", {"id": "one", "class": "ocf", "provider": "pacemaker", "type": "Dummy"})
    assert as_text(merged(live, options())) == as_text(live)


def test_a_clone_and_what_goes_with_it() -> None:
    live = cib("promoted")
    assert as_text(merged(live, promoted())) == as_text(live)
    made = merged(ET.fromstring(EMPTY), promoted())  # noqa: S314 (a constant)
    assert at(made, "resources/clone[@id='projects-disks']/primitive").get("id") == "projects-disk"
    assert [each.attrib for each in at(made, "constraints")] == [
        {
            "id": "colocation-projects-projects-disks",
            "rsc": "projects",
            "with-rsc": "projects-disks",
            "score": "INFINITY",
            "with-rsc-role": "Promoted",
        },
        {
            "id": "order-projects-disks-projects",
            "first": "projects-disks",
            "then": "projects",
            "first-action": "promote",
            "then-action": "start",
        },
    ]


def test_an_order_that_stops_nothing_is_called_optional() -> None:
    given = promoted()
    given["orders"][0]["optional"] = True
    order = at(merged(cib("promoted"), given), "constraints/rsc_order")
    assert order.get("kind") == "Optional"
    # And so no longer, once it is not wanted.
    again = merged(ET.fromstring(ET.tostring(merged(cib("promoted"), given))), promoted())  # noqa: S314
    assert at(again, "constraints/rsc_order").get("kind") is None


def test_what_was_cloned_is_no_more() -> None:
    given = promoted()
    del given["clones"], given["colocations"], given["orders"]
    given["groups"][0]["members"].insert(0, "projects-disk")
    after = merged(cib("promoted"), given)
    assert after.find(".//clone") is None and not len(at(after, "constraints"))
    assert at(after, "resources/group/primitive").get("id") == "projects-disk"
    told = diff(cib("promoted"), given)
    assert told["before"]["resources"]["projects-disks"] == {
        "resource": "projects-disk",
        "meta": {"promotable": "true", "notify": "true"},
    }


def test_another_resource_is_cloned() -> None:
    given = promoted()
    given["clones"][0]["resource"] = "projects-samba"
    given["groups"][0]["members"] = ["projects-storage"]
    after = merged(cib("promoted"), given)
    assert [each.get("id") for each in after.iterfind(".//clone/primitive")] == ["projects-samba"]
    assert [each.get("id") for each in at(after, "resources").iterfind("primitive")] == ["projects-disk"]


def test_purge_of_everything() -> None:
    after = merged(cib(), {"properties": {"stonith-enabled": False}})
    assert not len(at(after, "resources")) and not len(at(after, "constraints"))


def test_locations_and_levels() -> None:
    given = options()
    given["locations"] = [{"resource": "files", "node": "file1", "score": "50"}]
    given["fence_levels"] = [{"node": "file1", "level": 1, "devices": ["fence-file1"]}]
    after = merged(cib(), given)
    (location,) = at(after, "constraints")
    assert location.attrib == {"id": "location-files-file1", "rsc": "files", "node": "file1", "score": "50"}
    (level,) = at(after, "fencing-topology")
    assert level.attrib == {"id": "fence-level-file1-1", "target": "file1", "index": "1", "devices": "fence-file1"}
    assert not len(at(merged(after, options()), "fencing-topology"))


def test_an_id_that_something_else_has() -> None:
    given = {**options(), "groups": [{"id": "fence-file1-instance_attributes", "members": ["files-ip"]}]}
    with pytest.raises(StateError, match="wanted a group of this id; found a instance_attributes"):
        merged(cib(), given)


def test_the_diff_shows_what_changes_and_no_secret() -> None:
    given = options()
    given["resources"][0]["options"] = {"state": "/run/other.state"}
    given["fence_devices"][0]["secrets"] = {"password": "closedsesame"}
    given["resource_defaults"] = {"resource-stickiness": 100}
    told = diff(cib(), given)
    before, after = told["before"], told["after"]
    assert set(before) == set(after) == {"resources", "resource_defaults"}
    assert list(after["resources"]) == ["fence-file1", "files-storage"]
    assert before["resources"]["fence-file1"]["options"]["password"] == "(hidden)"
    assert after["resources"]["fence-file1"]["options"] == {
        "ip": "192.0.2.1",
        "password": "(hidden, another one)",
        "pcmk_host_list": "file1",
    }
    assert after["resources"]["files-storage"]["options"] == {"state": "/run/other.state"}
    assert after["resource_defaults"] == {"resource-stickiness": "100"}


def test_a_value_that_the_options_do_not_give_is_hidden() -> None:
    told = diff(cib(), without_the_address())
    assert told["before"]["resources"]["files-ip"]["options"] == dict.fromkeys(("ip", "cidr_netmask"), "(hidden)")
    assert "sesame" not in str(diff(cib(), {}))
