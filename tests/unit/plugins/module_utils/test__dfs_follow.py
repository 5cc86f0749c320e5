# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow links to all their targets, and name what a client would stumble over."""

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_follow import Journey, Unreachable, follow
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_referral import Referral, parse_response
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc, parse_unc
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.dfs_cases import response


class World:
    """Links by path, and the places that are there; all else lacks its share, but for hosts that are down."""

    def __init__(self, links: dict[str, tuple[str, ...]], *there: str, down: str = "gone") -> None:
        self.links, self.there, self.down = links, there, down
        self.asked: list[str] = []

    def referral(self, place: Unc) -> Referral | None:
        self.asked.append(str(place))
        if place.server == self.down:
            raise Unreachable("does not answer: refused")
        for path, targets in self.links.items():
            if f"{place}\\".lower().startswith(f"{path}\\".lower()):
                return parse_response(response(f"\\{path}", *(f"\\{target}" for target in targets)))
        if not place.path and place.share == "dfs":
            return parse_response(response(f"\\{place}", f"\\{place}", kind=1))
        return None

    def look(self, place: Unc) -> None:
        if str(place) not in self.there:
            raise Unreachable("answers, but has no share")


def walk(world: World, path: str, limit: int = 8) -> Journey:
    return follow(world, parse_unc(path), limit)


def test_a_plain_path_is_opened() -> None:
    found = walk(World({}, r"a\s\x"), r"\\a\s\x")
    assert (found.reached, found.referrals, found.faults) == (Unc("a", "s", "x"), [], [])


def test_a_root_is_opened_where_it_is() -> None:
    found = walk(World({}, r"a\dfs"), r"\\a\dfs")
    assert found.reached == Unc("a", "dfs")
    assert [referral.root for _place, referral in found.referrals] == [True]


def test_the_first_of_the_targets_is_reached_and_all_are_looked_at() -> None:
    world = World({r"a\dfs\l": (r"b\s", r"c\s\f", r"d\s")}, r"b\s\x\y", r"d\s\x\y")
    found = walk(world, r"\\a\dfs\L\x\y")
    assert found.reached == Unc("b", "s", r"x\y")
    assert world.asked == [r"a\dfs\L\x\y", r"b\s\x\y", r"c\s\f\x\y", r"d\s\x\y"]
    assert found.faults == [r"\\a\dfs\L\x\y leads to \\c\s\f\x\y, which answers, but has no share"]


def test_a_dead_target_is_named_and_the_next_one_reached() -> None:
    found = walk(World({r"a\dfs\l": (r"gone\s", r"b\s")}, r"b\s"), r"\\a\dfs\l")
    assert found.reached == Unc("b", "s")
    assert found.faults == [r"\\a\dfs\l leads to \\gone\s, which does not answer: refused"]


def test_a_link_to_a_link_is_followed() -> None:
    world = World({r"a\dfs\l": (r"b\dfs\m",), r"b\dfs\m": (r"c\s",)}, r"c\s\x")
    found = walk(world, r"\\a\dfs\l\x")
    assert found.reached == Unc("c", "s", "x")
    assert [str(place) for place, _referral in found.referrals] == [r"a\dfs\l\x", r"b\dfs\m\x"]


def test_a_loop_ends() -> None:
    world = World({r"a\dfs\l": (r"b\dfs\m",), r"b\dfs\m": (r"A\DFS\l",)})
    found = walk(world, r"\\a\dfs\l")
    assert found.reached is None
    assert found.faults == [
        r"\\a\dfs\l leads to \\A\DFS\l, which was passed before: the links go round in a loop",
    ]


def test_a_way_without_an_end_has_a_limit() -> None:
    # Each time one folder deeper, so no place is passed twice.
    found = walk(World({r"a\dfs\l": (r"a\dfs\l\x",)}), r"\\a\dfs\l", limit=3)
    assert found.faults == [r"\\a\dfs\l leads to \\a\dfs\l\x\x\x\x, which is more than 3 links away"]
    assert len(found.referrals) == 4


@pytest.mark.parametrize("path", [r"\\gone\s", r"\\a\nothing"])
def test_the_path_itself_may_not_be_there(path: str) -> None:
    (fault,) = walk(World({}), path).faults
    assert fault.startswith(f"{path} ")


def test_a_target_that_no_client_can_read() -> None:
    found = walk(World({r"a\dfs\l": ("b", r"c\s")}, r"c\s"), r"\\a\dfs\l")
    assert found.reached == Unc("c", "s")
    assert found.faults == [r"\\a\dfs\l has the target 'b', which has no share"]
