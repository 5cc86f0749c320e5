# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DFS roots: what of them can be deployed, and the one line for each thing that cannot."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    good,
    insist_on_one_fault,
    service,
)

OUTSIDE = {"facts": {}, "variables": [], "settings": {"samba_ha_client_address": "192.0.2.31"}}
DATA, REPLICAS = r"files\data", [r"nas1\d", r"nas2\d\e"]


def spoilt(*roots: t.Any, **more: t.Any) -> Data:
    """The good inventory with these roots, more names of the pool, and a server outside of it."""
    data = good()
    data["targets"] = {"old1": OUTSIDE}
    service(
        dfs_roots=list(roots),
        virtual_aliases=["fileserver"],
        virtual_servers=[
            {"name": "print", "target": "node3"},
            {"name": "archive", "aliases": ["papers"], "target": "old1"},
        ],
    )(data)
    service(**more)(data)
    return data


def root(links: t.Any = None, **more: t.Any) -> dict[str, t.Any]:
    return {"name": "dfs", "links": links, **more}


# With `msdfs:`, as many bytes as XFS stores.
LONG = "\\".join((DATA, "x" * 250, "x" * 251, "x" * 251, "x" * 251))
GOOD: dict[str, Data] = {
    "none": spoilt(root()),
    "as long as can be": spoilt(root({"a": LONG})),
    "nested": spoilt(root({"a": {"b": {"c": DATA}, "d": DATA}, "e": DATA})),
    "a link named targets": spoilt(root({"targets": {"targets": DATA}})),
    "names that SMB takes": spoilt(root({"Größe, mit Komma": DATA, "a.b": DATA, "$": DATA})),
    "both kinds of slashes": spoilt(root({"a": "//files/data/x", "b": r"\\files\data\x"})),
    "whole names": spoilt(root({"a": r"FILES.example.com\DATA"})),
    "another server": spoilt(root({"a": r"archive\whatever"})),
    "a server outside": spoilt(root({"a": r"nas.example.com\pub$"})),
    "several names of the pool": spoilt(root({"a": [DATA, r"fileserver\Data", r"print\data"]})),
    "several names of another server": spoilt(root({"a": [r"archive\x", r"papers\x"]})),
    "replicas": spoilt(root({"a": REPLICAS}, replicas=[REPLICAS])),
    "below replicas": spoilt(root({"a": [r"nas2\d\e\F", r"NAS1\d\f"]}, replicas=[[r"x\y", r"z\y"], REPLICAS])),
    "a host that is insisted on": spoilt(
        root({"a": r"node1\data", "b": r"192.0.2.9\x"}, direct=["NODE1", "192.0.2.9"])
    ),
    "a link to a link": spoilt(root({"a": {"x": DATA}, "b": r"files\dfs\a\x\y"})),
    "a link to a folder of another root": spoilt(root({"a": {"x": DATA}}), root({"b": r"files\DFS\A"}, name="two")),
}


@pytest.mark.parametrize("data", GOOD.values(), ids=list(GOOD))
def test_what_can_be_deployed_has_no_faults(data: Data) -> None:
    assert topology_faults(data) == []


A = "DFS root dfs: a: "
MANY = [rf"n{number}\d" for number in range(257)]
ONE_FAULT: dict[str, tuple[Data, tuple[str, ...]]] = {
    "no list": (spoilt(dfs_roots={"dfs": {}}), ("samba_ha_dfs_roots: ", "a list")),
    "no mapping": (spoilt("dfs"), ("samba_ha_dfs_roots, entry 1: ", "'dfs'")),
    "no name": (spoilt({"links": {}}), ("samba_ha_dfs_roots, entry 1: ", "None")),
    "a name that leads out": (spoilt(root(name="..")), ("samba_ha_dfs_roots, entry 1: ", "'..'")),
    "a reserved name": (spoilt(root(name="Homes")), ("samba_ha_dfs_roots, entry 1: ", "'Homes'")),
    "a root twice": (spoilt(root(), root(name="DFS")), ("DFS root DFS: ", "the name of root dfs again")),
    "a share of the name": (spoilt(root(name="Data")), ("DFS root Data: ", "a share of the same name")),
    "an unknown key": (spoilt(root(path="x")), ("DFS root dfs: ", "name, comment, links", "found path")),
    "a comment that is no text": (spoilt(root(comment=["x"])), ("DFS root dfs: comment: ", "['x']")),
    "links that are no mapping": (spoilt(root([DATA])), ("DFS root dfs: links: ", "[")),
    "a name that is no text": (spoilt(root({2024: DATA})), ("DFS root dfs: 2024: ", "in quotes")),
    "a name with a slash": (spoilt(root({"a/b": DATA})), ("DFS root dfs: a/b: ", "'/'")),
    "a name with a dot at its end": (spoilt(root({"x": {"b.": DATA}})), ("DFS root dfs: x/b.: ", "ends with a dot")),
    "names that differ in case": (
        spoilt(root({"x": {"B": DATA, "b": DATA}})),
        ("DFS root dfs: x/b: ", "'B' beside it"),
    ),
    "names that differ in how they are typed": (
        spoilt(root({"gr\u00f6\u00dfe": DATA, "gro\u0308\u00dfe": DATA})),
        ("DFS root dfs: gro\u0308\u00dfe: ", "tell apart"),
    ),
    "an empty folder": (spoilt(root({"a": {}})), (A, "an empty one")),
    "no target": (spoilt(root({"a": []})), (A, "an empty list")),
    "a target of another type": (spoilt(root({"a": 7})), (A, "7, which is no text")),
    "a target without a share": (spoilt(root({"a": "files"})), (A, "'files', which has no share")),
    "a comma": (spoilt(root({"a": r"files\data\x,y"})), (A, "which has a comma")),
    "two in one text": (spoilt(root({"a": r"files\data,fileserver\data"})), (A, "which has a comma")),
    "a target twice": (spoilt(root({"a": [DATA, r"FILES\data"]})), (A, r"FILES\data again")),
    "more than smbd reads": (
        spoilt(root({"a": MANY}, replicas=[MANY])),
        (A, "257 targets"),
    ),
    "more than XFS stores": (
        spoilt(root({"a": f"{LONG}x"})),
        (A, "1023 bytes at most", "found 1024"),
    ),
    "a share that is not there": (spoilt(root({"a": r"fileserver\dat"})), (A, r"fileserver\dat, which names none")),
    "a share that a node has not": (spoilt(root({"a": r"print\dat"})), (A, r"print\dat, which names none")),
    "a folder that is not in the root": (spoilt(root({"a": r"files\dfs\b"})), (A, r"files\dfs\b, which leads to noth")),
    "a node": (spoilt(root({"a": r"Node1.example.com\data"})), (A, "by the name of a host", "`direct`")),
    "a front end": (spoilt(root({"a": r"fe1\data"})), (A, r"fe1\data, by the name of a host")),
    "another server's host": (spoilt(root({"a": r"old1\x"})), (A, r"old1\x, by the name of a host")),
    "an address": (spoilt(root({"a": r"192.0.2.10\data"})), (A, r"192.0.2.10\data, by an address")),
    "two servers": (spoilt(root({"a": [DATA, r"archive\data"]})), (A, "would not be on the others")),
    "two shares": (
        spoilt(root({"a": [DATA, r"files\b"]}), shares=[{"name": "data", "path": "x"}, {"name": "b", "path": "y"}]),
        (A, rf"{DATA}, files\b"),
    ),
    "two folders below replicas": (
        spoilt(root({"a": [r"nas1\d\x", r"nas2\d\e\y"]}, replicas=[REPLICAS])),
        (A, r"nas1\d\x, nas2\d\e\y"),
    ),
    "one of them no replica": (spoilt(root({"a": [*REPLICAS, r"nas3\d"]}, replicas=[REPLICAS])), (A, "hold the same")),
    "replicas that are no list": (spoilt(root(replicas=DATA)), ("DFS root dfs: replicas: ", "a list of lists")),
    "a set of one": (spoilt(root(replicas=[[DATA]])), ("DFS root dfs: replicas, entry 1: ", "two targets or more")),
    "a replica that is no target": (
        spoilt(root(replicas=[[DATA, "nas"]])),
        ("DFS root dfs: replicas, entry 1: ", "'nas', which has no share"),
    ),
    "hosts that are no list": (spoilt(root(direct="node1")), ("DFS root dfs: direct: ", "'node1'")),
    "a share around the root": (
        spoilt(root(), shares=[{"name": "all", "path": "dfs"}]),
        ("share all: path: ", "dfs/dfs", "DFS root dfs"),
    ),
    "a share inside the root": (spoilt(root(), shares=[{"name": "x", "path": "dfs/dfs/x"}]), ("share x: path: ",)),
    "a link to itself": (spoilt(root({"a": r"files\dfs\a"})), (A, "leads back to itself. ")),
    "a link to its root": (spoilt(root({"x": {"a": r"files\dfs"}})), ("DFS root dfs: x/a: ", "leads back to itself. ")),
    "a link past another link": (
        spoilt(root({"a": r"files\dfs\b\x", "b": r"print\dfs\A\y"})),
        (A, "leads back to itself, by way of dfs/b. "),
    ),
    "two roots that lead to each other": (
        spoilt(root({"a": r"files\two"}), root({"b": r"files\dfs"}, name="two")),
        (A, "by way of two/b. "),
    ),
    "domains that are no list": (spoilt(dns_domains="example.com"), ("samba_ha_dns_domains: ", "'example.com'")),
    "a domain that is none": (spoilt(dns_domains=["-x"]), ("samba_ha_dns_domains: ", "['-x']")),
}


@pytest.mark.parametrize(("data", "parts"), ONE_FAULT.values(), ids=list(ONE_FAULT))
def test_each_fault_is_one_line(data: Data, parts: tuple[str, ...]) -> None:
    insist_on_one_fault(data, parts)


def test_all_faults_are_told_at_once() -> None:
    data = spoilt(root({"a": r"node1\nothing", "b": [], "c:": DATA}), root(name="data"))
    assert len(topology_faults(data)) == 4


def test_the_model_has_the_links_in_one_spelling() -> None:
    tree = {"Departments": {"Sales": "//files/data/sales/"}, "Papers": REPLICAS}
    assert topology_model(spoilt(root(tree, comment="All", replicas=[REPLICAS])))["dfs_roots"] == [
        {
            "name": "dfs",
            "path": "dfs/dfs",
            "comment": "All",
            "links": [
                {"path": "Departments/Sales", "targets": [r"files\data\sales"]},
                {"path": "Papers", "targets": REPLICAS},
            ],
        }
    ]


def test_smbd_answers_to_whole_names() -> None:
    more = {"dns_domains": ["example.com", "b.org"], "virtual_aliases": ["fileserver", "files.example.com"]}
    assert topology_model(spoilt(**more))["virtual_servers"]["aliases"] == [
        "fileserver",
        "files.example.com",
        "print",
        "fileserver.example.com",
        "print.example.com",
        "files.b.org",
        "fileserver.b.org",
        "print.b.org",
    ]
