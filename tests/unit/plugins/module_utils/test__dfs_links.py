# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is below a DFS root, compared with what should be."""

from __future__ import annotations

import os
import re
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_links import (
    FOLDER,
    LINK,
    OTHER,
    Plan,
    Tree,
    as_lines,
    carry_out,
    outcome,
    plan,
    read_options,
    read_tree,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc, parse_unc

NONE = Plan((), (), {})
DATA = r"msdfs:files\data"


def tree(**kinds: str) -> Tree:
    """Paths with underscores for slashes; a value that is no kind is the text of a link."""
    named = {path.replace("_", "/"): kind for path, kind in kinds.items()}
    links = {path: kind for path, kind in named.items() if kind not in (FOLDER, OTHER)}
    return Tree({path: LINK if path in links else kind for path, kind in named.items()}, links)


def wanted(**links: str) -> dict[str, tuple[Unc, ...]]:
    return {path.replace("_", "/"): tuple(map(parse_unc, text.split(","))) for path, text in links.items()}


def compare(live: Tree, *absent: str, purge: bool = False, **links: str) -> Plan:
    return plan("/root", live, wanted(**links), set(absent), purge=purge)


def test_links_are_made_with_the_folders_above_them() -> None:
    done = compare(tree(), a_b_c=r"files\data", a_b_d="//nas/x,nas2/x")
    assert done == Plan((), ("a", "a/b"), {"a/b/c": DATA, "a/b/d": r"msdfs:nas\x,nas2\x"})


def test_what_is_there_stays() -> None:
    live = tree(a=FOLDER, a_b=DATA, c="msdfs:/nas/x", d=OTHER, e=FOLDER)
    assert compare(live, a_b=r"files\data", c=r"nas\x") == NONE
    assert not compare(live, a_b=r"files\data")


def test_a_link_that_leads_elsewhere_is_changed() -> None:
    live = tree(a=r"msdfs:x\s,y\s")
    assert compare(live, a=r"y\s,x\s") == Plan((), (), {"a": r"msdfs:y\s,x\s"})
    assert compare(live, a=r"x\s") == Plan((), (), {"a": r"msdfs:x\s"})


def test_only_links_are_purged() -> None:
    live = tree(a=FOLDER, a_b=DATA, a_c=OTHER, d=DATA, e=OTHER)
    assert compare(live, d=r"files\data", purge=True) == Plan(("a/b",), (), {})
    assert compare(live, "a/b", "nowhere") == Plan(("a/b",), (), {})


@pytest.mark.parametrize(
    ("live", "links"),
    [
        (tree(a=DATA), {"a_b": r"files\data"}),
        (tree(A=DATA), {"a": r"files\data"}),
        (tree(A=DATA), {"a_b": r"files\data"}),
    ],
)
def test_a_link_that_goes_makes_room(live: Tree, links: dict[str, str]) -> None:
    assert plan("/root", live, wanted(**links), set(), purge=True).remove == tuple(live.links)
    with pytest.raises(StateError, match=r"wanted room for links"):
        plan("/root", live, wanted(**links), set(), purge=False)


@pytest.mark.parametrize(
    ("live", "told"),
    [
        (tree(a=FOLDER), "a: a folder"),
        (tree(a=OTHER), "a: something else"),
        (tree(A=FOLDER), "a: A beside it"),
        (tree(b=OTHER), "b: something else"),
        (tree(B=FOLDER), "b: B beside it"),
        (tree(b=FOLDER, b_c=FOLDER), "b/c: a folder"),
        (tree(x=FOLDER), "x: a folder, which is no DFS link"),
    ],
)
def test_what_is_no_link_is_never_in_danger(live: Tree, told: str) -> None:
    with pytest.raises(StateError, match=re.escape(told)):
        compare(live, "x", purge=True, a=r"files\data", b_c=r"files\data")


def test_all_that_is_in_the_way_is_told_at_once() -> None:
    with pytest.raises(StateError, match=r"found a: a folder; b: something else\."):
        compare(tree(a=FOLDER, b=OTHER), a=r"files\data", b_c=r"files\data", b_d=r"files\data")


def option(path: str, *targets: str, state: str = "present") -> dict[str, t.Any]:
    return {"path": path, "targets": list(targets) or None, "state": state}


def test_options_are_read() -> None:
    assert read_options([option("a/b", "//x/y"), option("c", state="absent")]) == (wanted(a_b=r"x\y"), {"c"})


@pytest.mark.parametrize(
    ("links", "told"),
    [
        ([option("/a", r"x\y")], "'/a', which names nothing"),
        ([option("a/../b", r"x\y")], "'a/../b', which names nothing"),
        ([option("a:", r"x\y")], "'a:', which has ':'"),
        ([option("..", state="absent")], "'..', which names nothing"),
        ([option("a", r"x\y,z\y")], "'a', which has a comma"),
        ([option("a", *[r"x\y"] * 257)], "'a', which has 257 targets"),
        ([option("a", r"x\y"), option("A", state="absent")], "'A', which is there a second time"),
        ([option("a/b", r"x\y"), option("A", r"x\y")], "'a/b', which is below the link 'A'"),
    ],
)
def test_options_that_no_client_could_follow_are_refused(links: list[dict[str, t.Any]], told: str) -> None:
    with pytest.raises(StateError, match=re.escape(told)):
        read_options(links)


def test_a_live_root_is_read_and_nothing_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "Größe").symlink_to(r"msdfs:files\data")
    (tmp_path / "out").symlink_to("/")
    (tmp_path / "file").touch()
    found = read_tree(str(tmp_path))
    assert found.kinds == {"a": FOLDER, "a/b": FOLDER, "a/b/Größe": LINK, "out": OTHER, "file": OTHER}
    assert found.links == {"a/b/Größe": DATA}


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    lacking = str(tmp_path / "none")
    assert read_tree(lacking, may_lack=True) == tree()
    with pytest.raises(StateError, match="No such file"):
        read_tree(lacking)


def test_the_plan_comes_true(tmp_path: Path) -> None:
    (tmp_path / "old").symlink_to(r"msdfs:files\old")
    (tmp_path / "c").symlink_to(r"msdfs:files\c")
    live = read_tree(str(tmp_path))
    todo = plan(str(tmp_path), live, wanted(a_b=r"files\data", c=r"nas\c"), set(), purge=True)
    before = os.umask(0o077)
    try:
        carry_out(str(tmp_path), todo)
    finally:
        os.umask(before)
    after = read_tree(str(tmp_path))
    assert after == outcome(live, todo)
    assert after.links == {"a/b": DATA, "c": r"msdfs:nas\c"}
    assert (tmp_path / "a").stat().st_mode & 0o7777 == 0o2750
    assert not plan(str(tmp_path), after, wanted(a_b=r"files\data", c=r"nas\c"), set(), purge=True)


def test_what_the_system_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="File name too long"):
        carry_out(str(tmp_path), Plan((), (), {"a": "msdfs:" + "x" * 5000}))
    with pytest.raises(StateError, match=r"a/b: wanted a folder; found No such file"):
        carry_out(str(tmp_path), Plan((), ("a/b",), {}))
    assert list(tmp_path.iterdir()) == []


def test_a_tree_as_text() -> None:
    assert as_lines(tree(b=r"msdfs:x\s,y\s", a=FOLDER, c=OTHER)) == "a/\nb -> x\\s, y\\s\n"
