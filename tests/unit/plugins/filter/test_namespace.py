# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.filter.namespace import FilterModule

dfs_paths = FilterModule().filters()["dfs_paths"]


def test_each_root_and_its_links() -> None:
    roots = [{"name": "dfs", "links": {"a": {"b c": r"x\y"}, "d": ["//x/y", "//z/y"]}}, {"name": "two"}]
    assert dfs_paths(roots, "files") == [r"\\files\dfs", r"\\files\dfs\a\b c", r"\\files\dfs\d", r"\\files\two"]


def test_no_roots() -> None:
    assert dfs_paths([], "files") == []
