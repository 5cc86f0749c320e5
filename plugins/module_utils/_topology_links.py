# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of DFS roots that show when they are held against the shares, the servers and each other."""

from __future__ import annotations

import ipaddress
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import Input
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_namespace import Link, Root, read_roots
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import exports, pairs_of
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_servers import POOL, exported, served_by
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import overlap, share_path

Place = tuple[str, str, tuple[str, ...]]
"""What a target means: server (empty for the pool, whose names all mean the same), share, names of folders; in lower
case."""


def namespace_faults(data: Input) -> Iterator[str]:
    """Faults of samba_ha_dfs_roots."""
    roots = yield from read_roots(data["service"].get("samba_ha_dfs_roots"))
    shares = _shares(data)
    for root in roots:
        yield from _clash_faults(root, shares)
        for link in root.links:
            label = f"{root.label}: {link.path}"
            for target in link.targets:
                yield from _target_faults(label, target, root, data)
            yield from _place_faults(label, link, roots, shares, data)
            yield from _sameness_faults(label, link, root, data)
    yield from _loop_faults(roots, data)


def _shares(data: Input) -> dict[str, str | None]:
    """Paths of the shares by their names in lower case, None where it cannot be read."""
    value = data["service"].get("samba_ha_shares")
    entries = [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
    paths = ((entry.get("name"), entry.get("path")) for entry in entries)
    return {str(name).lower(): share_path(path) if isinstance(path, str) else None for name, path in paths}


def _shares_of_pairs(data: Input) -> dict[str, set[str]]:
    """The names of each pair's shares by its name, all in lower case."""
    found: dict[str, set[str]] = {}
    for pair in pairs_of(data["service"]):
        if exports(pair):
            continue
        shares = pair.get("shares")
        entries = [entry for entry in shares if isinstance(entry, Mapping)] if isinstance(shares, list) else []
        found[str(pair.get("name")).lower()] = {str(entry.get("name")).lower() for entry in entries}
    return found


def _clash_faults(root: Root, shares: Mapping[str, str | None]) -> Iterator[str]:
    if root.name.lower() in shares:
        yield line(root.label, "a name of its own", "a share of the same name", "Rename one of the two.")
    for name, path in shares.items():
        if overlap(path, root.path):
            yield line(
                f"share {name}: path",
                f"a folder apart from {root.path}, which {root.label} has its links in",
                repr(path),
                "Choose another path: users of the share could change the namespace.",
            )


def _place(target: Unc, data: Input) -> Place:
    by = served_by(target.server, data)
    server = "" if by == POOL else (by or target.server).lower()
    return server, target.share.lower(), tuple(name.lower() for name in target.parts)


def _target_faults(label: str, target: Unc, root: Root, data: Input) -> Iterator[str]:
    """A target that is a host or an address, although a virtual server could stand in for it."""
    if target.server.lower() in (host.lower() for host in root.direct):
        return
    by = served_by(target.server, data)
    if exported(by, data):
        found = f"{target}, of a pair that serves the pool by NFS"
        yield line(label, "a server of shares", found, "Name a share of the pool, which has those files.")
    if by is not None:
        return
    try:
        ipaddress.IPv4Address(target.server)
    except ValueError:
        hosts = {name.lower() for name in (*data["hosts"], *data["targets"])}
        hosts |= {name.split(".", 1)[0] for name in hosts}
        if target.server.lower() not in hosts and target.server.split(".", 1)[0].lower() not in hosts:
            return
        found = f"{target}, by the name of a host"
    else:
        found = f"{target}, by an address"
    yield line(
        label,
        "the name of a virtual server, which stays when hosts go",
        found,
        f"Use such a name, or add {target.server} to the root's `direct`.",
    )


def _place_faults(
    label: str, link: Link, roots: list[Root], shares: Mapping[str, str | None], data: Input
) -> Iterator[str]:
    """A target on the pool, or on a pair, that is not there."""
    names = {root.name.lower() for root in roots}
    of_pairs = _shares_of_pairs(data)
    for target in link.targets:
        server, share, _folders = place = _place(target, data)
        if server in of_pairs and share not in of_pairs[server]:
            wanted, found = f"a share of the pair {server} as target", f"{target}, which names none"
            yield line(label, wanted, found, "Correct it, or add the share to the pair.")
        if server or share in shares:
            continue
        if share not in names:
            yield line(
                label,
                "a share of this service as target",
                f"{target}, which names none",
                "Correct it, or add the share to samba_ha_shares.",
            )
        elif _node_of(place, _tree_of(roots)) is None:
            found = f"{target}, which leads to nothing in that root"
            yield line(label, "a folder or a link of the root as target", found, "Correct it.")


def _sameness_faults(label: str, link: Link, root: Root, data: Input) -> Iterator[str]:
    """Several targets that nothing says to hold the same data."""
    places = {_place(target, data) for target in link.targets}
    sets = [{_place(target, data) for target in entry} for entry in root.replicas]
    if len(places) > 1 and not any(_replicated(places, entry) for entry in sets):
        yield line(
            label,
            "several targets only where they hold the same data: one share by several names of this pool, or a set in "
            "the root's `replicas`",
            ", ".join(str(target) for target in link.targets),
            "Name one of them: what a client writes to one would not be on the others. If something else keeps them "
            "the same, say so in `replicas`.",
        )


def _replicated(places: set[Place], replicas: set[Place]) -> bool:
    """Whether all places are members of a set of replicas, or the same folder below them."""
    rests: set[tuple[str, ...]] = set()
    for server, share, folders in places:
        below = [
            folders[len(top) :]
            for host, name, top in replicas
            if (host, name, top) == (server, share, folders[: len(top)])
        ]
        if not below:
            return False
        rests.update(below)
    return len(rests) == 1


Node = tuple[str, tuple[str, ...]]
"""A root, a folder or a link: the root's name and the path below it, in lower case."""


def _tree_of(roots: list[Root]) -> dict[Node, Link | None]:
    """All roots, folders (None) and links."""
    nodes: dict[Node, Link | None] = {}
    for root in roots:
        nodes[root.name.lower(), ()] = None
        for link in root.links:
            names = tuple(link.path.lower().split("/"))
            nodes.update(dict.fromkeys(((root.name.lower(), names[:end]) for end in range(1, len(names))), None))
            nodes[root.name.lower(), names] = link
    return nodes


def _node_of(place: Place, tree: Mapping[Node, Link | None]) -> Node | None:
    """The folder that a place on the pool is, or the first link on the way to it; None outside of all roots."""
    server, share, folders = place
    for end in range(len(folders) + 1):
        node = share, folders[:end]
        if server or node not in tree:
            return None
        if tree[node] is not None:
            return node
    return share, folders


def _loop_faults(roots: list[Root], data: Input) -> Iterator[str]:
    """Links from which one comes back to them, by links alone or also down through folders: a tree without an end."""
    tree = _tree_of(roots)

    def onward(node: Node) -> set[Node]:
        link = tree[node]
        if link is not None:
            return {found for target in link.targets if (found := _node_of(_place(target, data), tree)) is not None}
        return {other for other in tree if other[0] == node[0] and other[1][:-1] == node[1] and other != node}

    def reached(start: Node) -> set[Node]:
        found: set[Node] = set()
        waiting = onward(start)
        while waiting:
            node = waiting.pop()
            found.add(node)
            waiting |= onward(node) - found
        return found

    told: set[Node] = set()
    for node, link in tree.items():
        beyond = reached(node) if link is not None and node not in told else set()
        if node not in beyond:
            continue
        circle = [other for other in beyond if tree[other] is not None and node in reached(other)]
        told.update(circle)
        by = ", ".join(sorted("/".join((other[0], *other[1])) for other in circle if other != node))
        yield line(
            f"DFS root {node[0]}: {t.cast(Link, link).path}",
            "a link that leads on",
            f"one that leads back to itself{f', by way of {by}' if by else ''}",
            "Lead one of them elsewhere: whoever walks the tree would not come to an end.",
        )
