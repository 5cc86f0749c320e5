# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide how what a DFS link leads to is moved, from where the link leads now to where the inventory says."""

from __future__ import annotations

import posixpath
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc, parse_unc
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_servers import POOL
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import overlap

Topology = Mapping[str, t.Any]


@dataclass(frozen=True)
class Move:
    r"""What is to be done.

    ``root`` and ``path`` are the link's, ``path`` with slashes, and ``dialled`` is what clients dial; ``source`` and
    ``destination`` are ``server\share[\folder]``. ``moved``: the link leads there already. ``copies``: both are not the
    same data. ``freeze``: the pool's share that clients of the old referral must not write to, or empty. ``refusals``:
    sentences that say why not.
    """

    root: str
    path: str
    dialled: str
    source: str
    destination: str
    moved: bool
    copies: bool
    freeze: str
    refusals: tuple[str, ...]


def plan_move(topology: Topology, link: str, live: Sequence[Mapping[str, t.Any]], *, frozen: bool) -> Move:
    """Compare the inventory's link with the live one.

    :param link: ``ROOT/PATH``.
    :param live: the root's links, as dfs_link returns them.
    :param frozen: somebody says that nobody writes to the old place any more.
    :raises ValueError: the inventory has no such link, or one of the two has not one target.
    """
    root_name, _slash, path = link.partition("/")
    root = _named(topology["dfs_roots"], "name", root_name)
    wanted = _named(root["links"] if root else (), "path", path)
    if root is None or wanted is None:
        raise ValueError(f"link={link}: wanted ROOT/PATH of a link of samba_ha_dfs_roots; found none.")
    there = _named(live, "path", wanted["path"])
    if there is None:
        raise ValueError(f"link={link}: wanted a link that is there; found none yet. The playbook site makes it.")
    for where, targets in (("the inventory", wanted["targets"]), ("the live link", there["targets"])):
        if len(targets) != 1:
            found = ", ".join(targets) or "none"
            raise ValueError(f"link={link}: wanted one target, in {where}; found {found}. Move each by hand.")
    source, destination = parse_unc(there["targets"][0]), parse_unc(wanted["targets"][0])
    moved, copies = (
        str(source).lower() == str(destination).lower(),
        _place(topology, source) != _place(topology, destination),
    )
    share = _share(topology, source)
    held = share is not None and share["read_only"]
    refusals = [] if moved else list(_refusals(topology, source, destination))
    if copies and not moved and not held and not frozen:
        how = f"Set `read_only: true` for the share {share['name']} in the inventory, or see" if share else "See"
        refusals.append(
            f"Clients that know the old target write to {source} for another 10 minutes, which would not be copied. "
            f"{how} to it that nobody writes there, and add -e frozen=true."
        )
    freeze = share["name"] if share and held and copies and not moved else ""
    return Move(
        root=root["name"],
        path=wanted["path"],
        dialled=str(Unc(topology["virtual_name"], root["name"]).below(*wanted["path"].split("/"))),
        source=str(source),
        destination=str(destination),
        moved=moved,
        copies=copies,
        freeze=freeze,
        refusals=tuple(refusals),
    )


def _named(entries: Sequence[Mapping[str, t.Any]], key: str, name: str) -> Mapping[str, t.Any] | None:
    return next((entry for entry in entries if str(entry[key]).lower() == name.lower()), None)


def _server(topology: Topology, name: str) -> str:
    """Who answers to a name: `POOL`, another backend of the front ends, or the name itself."""
    servers = topology["virtual_servers"]
    backends = {entry["name"]: entry["backend"] for entry in servers["names"]}
    nodes = {single["backend"] for single in servers["singles"] if single["pool"]}
    known = name.lower()
    backend = backends.get(known) or backends.get(known.split(".", 1)[0]) or known
    return POOL if backend in nodes else str(backend)


def _share(topology: Topology, place: Unc) -> Mapping[str, t.Any] | None:
    """The pool's share that a place is in."""
    if _server(topology, place.server) != POOL:
        return None
    return _named(topology["shares"], "name", place.share)


def _place(topology: Topology, place: Unc) -> tuple[str, str]:
    """The same for two names of the same folder: of the pool, its path on the volume."""
    share = _share(topology, place)
    if share is not None:
        return POOL, posixpath.join(share["path"], *place.parts)
    return _server(topology, place.server), "/".join((place.share, *place.parts)).lower()


def _refusals(topology: Topology, source: Unc, destination: Unc) -> t.Iterator[str]:
    for target in (source, destination):
        if _server(topology, target.server) == POOL and _named(topology["dfs_roots"], "name", target.share):
            yield f"{target} is in a DFS root itself: move what the link there leads to."
    one, other = _place(topology, source), _place(topology, destination)
    if one != other and one[0] == other[0] and overlap(one[1], other[1]):
        yield f"Of {source} and {destination} one is inside the other: it would be copied into itself."
