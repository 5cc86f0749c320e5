# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_addresses import (
    OwnAddress,
    PublicAddress,
    load_addresses,
    load_file,
    load_own_addresses,
    parse_addresses,
    parse_file,
    parse_own_addresses,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"
NET = {BOOKWORM: "10.214.1", TRIXIE: "10.213.1"}
BOTH = pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])
ETH0, NO_LINK = frozenset({"eth0"}), frozenset[str]()


def fixture(release: str, name: str) -> str:
    return (FIXTURES / "ctdb" / release / f"{name}.txt").read_text()


@BOTH
@pytest.mark.parametrize(("name", "first", "second"), [("two", 0, 1), ("moved", 1, 1), ("unassigned", None, None)])
def test_who_holds_the_addresses(release: str, name: str, first: int | None, second: int | None) -> None:
    expected = (PublicAddress(f"{NET[release]}.77", first), PublicAddress(f"{NET[release]}.78", second))
    assert parse_addresses(fixture(release, f"ip_{name}")) == (expected, ())


@BOTH
def test_a_cluster_may_have_no_addresses(release: str) -> None:
    assert parse_addresses(fixture(release, "ip_none")) == ((), ())
    assert parse_own_addresses(fixture(release, "ip_two_third")) == ((), ())


@BOTH
def test_what_a_node_may_hold(release: str) -> None:
    expected = tuple(OwnAddress(f"{NET[release]}.{last}", ETH0, ETH0) for last in (77, 78))
    assert parse_own_addresses(fixture(release, "ip_two_own")) == (expected, ())
    assert parse_own_addresses(fixture(release, "ip_two_second")) == (expected, ())


def test_an_interface_without_a_link() -> None:
    own, unknown = parse_own_addresses(fixture(BOOKWORM, "ip_unlinked_own"))
    assert unknown == () and own[0] == OwnAddress("10.214.1.77", ETH0, NO_LINK)


def test_lines_that_are_not_understood_are_told() -> None:
    rows = ("|10.0.0.999|1|", "|10.0.0.9|x|")
    assert parse_addresses("|Public IP|Node|\n" + "\n".join(rows)) == ((), rows)


@BOTH
def test_the_file(release: str) -> None:
    expected = tuple(OwnAddress(f"{NET[release]}.{last}", ETH0) for last in (77, 78))
    assert parse_file(fixture(release, "public_addresses_two")) == expected


def test_addresses_are_compared_in_one_form_and_interfaces_without_order() -> None:
    assert parse_file(" 2001:DB8:0::1/64 eth1,eth0\n") == (OwnAddress("2001:db8::1", frozenset({"eth0", "eth1"})),)
    table = "|Public IP|Node|ActiveInterfaces|AvailableInterfaces|ConfiguredInterfaces|\n|2001:db8::1|0|||eth0,eth1|\n"
    assert parse_own_addresses(table)[0][0].interfaces == frozenset({"eth0", "eth1"})


@pytest.mark.parametrize(
    "line", ["10.0.0.9/24", "10.0.0.9 eth0", "10.0.0.999/24 eth0", "host/24 eth0", "10.0.0.9/x eth0"]
)
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(StateError, match=f"line 2 of /etc/ctdb/public_addresses.*{line}"):
        parse_file(f"# comment\n{line}\n")


def test_no_file_is_not_the_same_as_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "public_addresses"
    assert load_file(path) is None
    path.write_text("# none\n\n")
    assert load_file(path) == ()


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="Is a directory"):
        load_file(tmp_path)


def test_all_nodes_or_one_are_asked() -> None:
    replay = Replay(
        answer(["ctdb", "-t", "2", "-X", "ip", "all"], 0, fixture(TRIXIE, "ip_none")),
        answer(["ctdb", "-t", "2", "-X", "-v", "ip"], 0, fixture(TRIXIE, "ip_two_own")),
        answer(["ctdb", "-t", "2", "-n", "1", "-X", "-v", "ip"], 0, fixture(TRIXIE, "ip_two_second")),
    )
    load_addresses(replay)
    load_own_addresses(replay)
    load_own_addresses(replay, 1)
    replay.done()
