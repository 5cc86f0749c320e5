# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the playbooks about the namespace."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from dataclasses import asdict

from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_move import plan_move
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_namespace import dfs_roots


def dfs_paths(roots: list[dict[str, t.Any]], server: str) -> list[str]:
    r"""What clients dial, ``\\server\root`` and ``\\server\root\link``, of ``samba_ha_dfs_roots``."""
    paths = []
    for root in dfs_roots(roots):
        top = rf"\\{server}\{root['name']}"
        links = (link["path"].replace("/", "\\") for link in root["links"])
        paths += [top, *(rf"{top}\{link}" for link in links)]
    return paths


def dfs_move(
    topology: dict[str, t.Any], link: str, live: list[dict[str, t.Any]], frozen: bool = False
) -> dict[str, t.Any]:
    """How what a link leads to is moved to where the inventory says, or why it may not."""
    try:
        return asdict(plan_move(topology, link, live, frozen=frozen))
    except ValueError as exc:
        raise AnsibleFilterError(str(exc)) from exc


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {"dfs_paths": dfs_paths, "dfs_move": dfs_move}
