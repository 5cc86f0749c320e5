# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp import (
    Address,
    Instance,
    canonical,
    parse_addresses,
    parse_dump,
    parse_journal,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.vrrp_cases import (
    RELEASES,
    TRIXIE,
    VIP,
    fixture,
)


def load(release: str, name: str) -> Instance:
    (instance,), warnings = parse_dump(fixture(release, f"{name}.json"))
    assert warnings == ()
    return instance


def test_every_value_of_a_master() -> None:
    assert load(TRIXIE, "master") == Instance(
        name="samba_ha",
        state="master",
        since=1795372131.791353,
        priority=200,
        base_priority=200,
        interface="eth0",
        router_id=51,
        addresses=(Address("10.213.1.10", "eth0"),),
        counters={
            "become_master": 1,
            "release_master": 0,
            "advertisements_received": 0,
            "advertisements_sent": 9195,
            "priority_zero_received": 0,
            "priority_zero_sent": 0,
            "interval_errors": 0,
            "address_list_errors": 0,
            "ttl_errors": 0,
            "length_errors": 0,
        },
    )


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "state", "base_priority", "held", "became", "released"),
    [
        ("master", "master", 200, True, 1, 0),
        ("backup", "backup", 199, False, 0, 0),
        ("fault", "fault", 200, False, 1, 1),
        ("took_over", "master", 199, True, 1, 0),
    ],
)
def test_each_state(
    release: str, name: str, state: str, base_priority: int, held: bool, became: int, released: int
) -> None:
    instance = load(release, name)
    assert (instance.state, instance.base_priority, instance.interface) == (state, base_priority, "eth0")
    assert (instance.counters["become_master"], instance.counters["release_master"]) == (became, released)
    holders = parse_addresses(fixture(release, f"{name}.ip.json"))
    assert instance.held(holders) == ([VIP[release]] if held else [])


def changed(**data: t.Any) -> str:
    """A real dump with some of its values changed; None takes one out."""
    dump = json.loads(fixture(TRIXIE, "master.json"))
    dump[0]["data"] |= data
    dump[0]["data"] = {key: value for key, value in dump[0]["data"].items() if value is not None}
    return json.dumps(dump)


def test_an_address_counts_on_its_own_interface_only() -> None:
    holders = parse_addresses(fixture(TRIXIE, "master.ip.json"))
    (instance,), _warnings = parse_dump(changed(vips=["10.213.1.10 dev lo scope global", "10.213.1.99 scope global"]))
    assert instance.addresses == (Address("10.213.1.10", "lo"), Address("10.213.1.99", "eth0"))
    assert instance.held(holders) == []


def test_addresses_are_compared_in_one_form() -> None:
    (instance,), _warnings = parse_dump(changed(vips=["FE80:0::1/64 dev eth0 scope link set", "192.0.2.1/24 dev eth0"]))
    assert [item.address for item in instance.addresses] == ["fe80::1", "192.0.2.1"]
    assert instance.held({"eth0": frozenset({"fe80::1"}), "eth1": frozenset({"192.0.2.1"})}) == ["fe80::1"]


def test_an_address_that_is_none_is_told() -> None:
    (instance,), warnings = parse_dump(changed(vips=["nonsense dev eth0"]))
    assert instance.addresses == () and warnings == ("keepalived's dump: virtual address nonsense dev eth0",)


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("state", "state"),
        ("last_transition", "since"),
        ("effective_priority", "priority"),
        ("base_priority", "base_priority"),
        ("ifp_ifname", "interface"),
        ("vrid", "router_id"),
    ],
)
@pytest.mark.parametrize("value", [None, True])
def test_what_is_missing_or_strange_is_told_and_not_guessed(key: str, field: str, value: bool | None) -> None:
    (instance,), warnings = parse_dump(changed(**{key: value}))
    assert getattr(instance, field) is None
    assert warnings == (f"keepalived's dump: no usable {key}",)


def test_an_unknown_state_is_told() -> None:
    (instance,), warnings = parse_dump(changed(state=98))
    assert instance.state is None and warnings == ("keepalived's dump: state 98",)


def test_before_the_first_state_there_is_no_since() -> None:
    (instance,), warnings = parse_dump(changed(state=0, last_transition=0.0))
    assert (instance.state, instance.since, warnings) == ("init", None, ())


def test_an_instance_without_addresses() -> None:
    (instance,), warnings = parse_dump(changed(vips=None))
    assert instance.addresses == () and warnings == ()


def test_the_second_version_of_the_dump_wraps_the_first() -> None:
    first = fixture(TRIXIE, "master.json")
    assert parse_dump(f'{{"vrrp":{first},"track_process":[]}}') == parse_dump(first)


@pytest.mark.parametrize(("text", "told"), [("{}", "vrrp"), ("5", "vrrp"), ("[1]", "instance"), ("[{}]", "data")])
def test_another_shape_is_told(text: str, told: str) -> None:
    assert f"keepalived's dump: no usable {told}" in parse_dump(text)[1]


def test_a_dump_that_is_not_complete_is_not_parsed() -> None:
    text = fixture(TRIXIE, "master.json").rstrip()
    for end in (0, 1, len(text) // 2, len(text) - 1):
        with pytest.raises(ValueError, match="line 1"):
            parse_dump(text[:end])


@pytest.mark.parametrize("release", RELEASES)
def test_addresses_by_interface(release: str) -> None:
    holders = parse_addresses(fixture(release, "backup.ip.json"))
    assert set(holders) == {"lo", "eth0", "eth1"}
    assert holders["lo"] == {"127.0.0.1", "::1"}
    assert {item for item in holders["eth0"] if "." in item} == {VIP[release].replace(".1.10", ".1.22")}


@pytest.mark.parametrize("text", ["", "Cannot open netlink socket", "5", '[{"ifname": "eth0"}]', "[1]"])
def test_something_else_than_addresses_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_addresses(text)


def test_no_interfaces_of_a_kind_leave_empty_objects() -> None:
    assert parse_addresses('[{},{"ifname":"lo","addr_info":[{}]}]') == {"lo": frozenset()}


@pytest.mark.parametrize("release", RELEASES)
def test_the_journal_tells_transitions_the_oldest_first(release: str) -> None:
    transitions, unknown = parse_journal(fixture(release, "journal.txt"))
    assert [item.state for item in transitions] == ["backup", "master", "fault", "backup", "master"]
    assert {item.name for item in transitions} == {"samba_ha"} and unknown == ()
    assert [item.time for item in transitions] == sorted(item.time for item in transitions)
    assert abs(transitions[1].time - (load(release, "master").since or 0)) < 0.1


@pytest.mark.parametrize(
    "line", ["-- No entries --", '{"MESSAGE":"x"}', '{"MESSAGE":[1],"__REALTIME_TIMESTAMP":"1"}', "5"]
)
def test_lines_of_the_journal_that_are_not_understood_are_told(line: str) -> None:
    transitions, unknown = parse_journal(f"{fixture(TRIXIE, 'journal.txt')}{line}\n")
    assert len(transitions) == 5 and unknown == (f"journal: {line}",)


def test_other_messages_are_no_transitions() -> None:
    assert parse_journal('{"MESSAGE":"(a) Changing state","__REALTIME_TIMESTAMP":"1"}\n') == ((), ())


def test_a_start_in_a_state_is_a_transition() -> None:
    line = '{"MESSAGE":"(a) Entering FAULT STATE (init)","__REALTIME_TIMESTAMP":"1500000"}\n'
    ((transition,), _unknown) = parse_journal(line)
    assert (transition.name, transition.time, transition.state) == ("a", 1.5, "fault")


def test_the_usual_form_of_an_address() -> None:
    assert [canonical(text) for text in ("192.0.2.1", "192.0.2.1/32", "2001:DB8::0:1/64")] == [
        *["192.0.2.1", "192.0.2.1"],
        "2001:db8::1",
    ]
    with pytest.raises(ValueError, match="files"):
        canonical("files")
