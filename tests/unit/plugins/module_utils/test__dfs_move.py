# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How what a link leads to is moved, and why it may not be."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_move import Move, plan_move
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import good, service

OUTSIDE = {"facts": {}, "variables": [], "settings": {"samba_ha_client_address": "192.0.2.31"}}


def move(live: t.Any, wanted: t.Any, *, link: str = "dfs/a/b", frozen: bool = False, held: bool = False) -> Move:
    """The move of one link; the share `old` is `held`, and `sales` is a share of a folder in `data`."""
    data = good()
    data["targets"] = {"old1": OUTSIDE}
    service(
        dfs_roots=[
            {"name": "dfs", "links": {"a": {"b": wanted}, "c": r"files\data"}, "replicas": [[r"n1\s", r"n2\s"]]}
        ],
        dns_domains=["example.com"],
        virtual_servers=[{"name": "archive", "target": "old1"}, {"name": "print", "target": "node3"}],
        shares=[
            {"name": "data", "path": "data"},
            {"name": "sales", "path": "data/sales"},
            {"name": "old", "path": "old", "read_only": held},
        ],
    )(data)
    targets = live if isinstance(live, list) else [live]
    lives = [{"path": "c", "targets": [r"files\data"]}, {"path": "a/b", "targets": targets}]
    return plan_move(topology_model(data), link, lives, frozen=frozen)


def test_from_another_server_to_the_pool() -> None:
    assert move(r"archive\papers", r"files\data\papers", frozen=True) == Move(
        root="dfs",
        path="a/b",
        dialled=r"files\dfs\a\b",
        source=r"archive\papers",
        destination=r"files\data\papers",
        moved=False,
        copies=True,
        freeze="",
        refusals=(),
    )


def test_a_share_of_the_pool_is_held() -> None:
    found = move(r"FILES.example.com\Old\x", r"archive\papers", held=True)
    assert (found.freeze, found.copies, found.refusals) == ("old", True, ())


@pytest.mark.parametrize(
    ("live", "told"),
    [
        (r"files\old", "Set `read_only: true` for the share old in the inventory, or see to it"),
        (r"archive\x", r"write to archive\x for another 10 minutes, which would not be copied. See to it"),
    ],
)
def test_what_is_written_meanwhile_would_be_lost(live: str, told: str) -> None:
    (refusal,) = move(live, r"nas\s").refusals
    assert told in refusal and "-e frozen=true" in refusal
    assert move(live, r"nas\s", frozen=True).refusals == ()


@pytest.mark.parametrize(
    ("live", "wanted"),
    [
        (r"files\data", r"print\Data"),
        (r"files\data\sales\x", r"files.example.com\sales\x"),
        (r"archive\papers", r"archive.example.com\Papers"),
    ],
)
def test_the_same_folder_by_another_name_is_not_copied(live: str, wanted: str) -> None:
    found = move(live, wanted)
    assert (found.copies, found.moved, found.freeze, found.refusals) == (False, False, "", ())


def test_a_link_that_leads_there_already() -> None:
    found = move(r"Archive\papers", r"archive\papers")
    assert (found.moved, found.copies, found.refusals) == (True, False, ())


@pytest.mark.parametrize(
    ("live", "wanted", "told"),
    [
        (r"files\data", r"files\sales", "one is inside the other"),
        (r"nas\s\x", r"nas\s", "one is inside the other"),
        (r"files\dfs\c", r"nas\s", r"files\dfs\c is in a DFS root itself"),
        (r"nas\s", r"files\dfs\c", r"files\dfs\c is in a DFS root itself"),
    ],
)
def test_what_cannot_be_copied(live: str, wanted: str, told: str) -> None:
    (refusal,) = move(live, wanted, frozen=True).refusals
    assert told in refusal


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"link": "dfs/x"}, "found none."),
        ({"link": "other/a/b"}, "found none."),
        ({"live": [r"n1\s", r"n2\s"]}, r"one target, in the live link; found n1\s, n2\s"),
        ({"live": []}, "one target, in the live link; found none"),
        ({"wanted": [r"n1\s", r"n2\s"]}, r"one target, in the inventory; found n1\s, n2\s"),
    ],
)
def test_what_is_no_move(arguments: dict[str, t.Any], told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        move(**{"live": r"n1\s", "wanted": r"n2\s", **arguments})


def test_a_link_that_is_not_there_yet() -> None:
    data = good()
    service(dfs_roots=[{"name": "dfs", "links": {"a": r"files\data"}}])(data)
    with pytest.raises(ValueError, match="The playbook site makes it"):
        plan_move(topology_model(data), "dfs/a", [], frozen=False)
