# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module keeps to: a place in the action group, and attributes that say what it can do."""

from __future__ import annotations

import ast
import typing as t
from pathlib import Path

import yaml

DESCRIBING = "samba_ha.cluster.attributes"
STATING = {"samba_ha.cluster.attributes.full", "samba_ha.cluster.attributes.info"}
"""Fragments that state the attributes; a module without one of them does so itself."""


def documentation(path: Path) -> dict[str, t.Any]:
    """The DOCUMENTATION of a module, without importing it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            loaded: dict[str, t.Any] = yaml.safe_load(ast.literal_eval(node.value))
            return loaded
    raise AssertionError(f"{path.name} has no DOCUMENTATION")


def modules(root: Path) -> list[Path]:
    found = [path for path in sorted((root / "plugins/modules").glob("*.py")) if path.name != "__init__.py"]
    assert found
    return found


def test_the_action_group_is_all_modules(root: Path) -> None:
    runtime = yaml.safe_load((root / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"] == {"samba_ha": [path.stem for path in modules(root)]}


def test_every_module_states_its_attributes(root: Path) -> None:
    lacking = {}
    for path in modules(root):
        stated = documentation(path)
        fragments = set(stated["extends_documentation_fragment"])
        missing = {DESCRIBING} - fragments
        if not fragments & STATING:
            missing |= {"check_mode", "diff_mode", "idempotent"} - set(stated.get("attributes") or {})
        if missing:
            lacking[path.stem] = sorted(missing)
    assert lacking == {}
