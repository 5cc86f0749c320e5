# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every role keeps to: one skeleton, documented defaults, no look at groups, no logic in templates."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment, nodes

SKELETON = ("README.md", "meta/main.yml", "meta/argument_specs.yml", "tasks/main.yml")

# Filters that only pick, join or order. Whatever computes is a filter plugin of the collection, with tests of its own.
PLAIN_FILTERS = {"combine", "dictsort", "join", "reject"}
OWN_FILTERS = "samba_ha.cluster."


def load(path: Path) -> t.Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def role_files(role: Path) -> list[Path]:
    return [path for path in sorted(role.rglob("*")) if path.is_file() and path.name != "README.md"]


@pytest.mark.parametrize("name", SKELETON)
def test_a_role_has_the_skeleton(role: Path, name: str) -> None:
    assert (role / name).is_file()


def test_defaults_are_those_of_the_argument_specs(role: Path) -> None:
    documented: dict[str, t.Any] = {}
    for entry_point, spec in load(role / "meta/argument_specs.yml")["argument_specs"].items():
        for name, option in (spec.get("options") or {}).items():
            if "default" in option:
                # Where two entry points share an option, they have to agree.
                assert documented.setdefault(name, option["default"]) == option["default"], (entry_point, name)
                assert not option.get("required"), (entry_point, name)
    defaults = role / "defaults/main.yml"
    assert documented == ((load(defaults) or {}) if defaults.is_file() else {})


def test_the_readme_names_every_option(role: Path) -> None:
    readme = (role / "README.md").read_text(encoding="utf-8")
    specs = load(role / "meta/argument_specs.yml")["argument_specs"].values()
    wanted = {name for spec in specs for name in spec.get("options") or {}}
    assert [name for name in sorted(wanted) if f"`{name}`" not in readme] == []


def test_a_role_never_looks_at_groups(role: Path) -> None:
    looks = re.compile(r"\bgroups\s*[\[.|]|\bgroup_names\b|\bsamba_ha_(pool|frontend|pair|quorum|nfs_server)\b")
    found = [
        f"{path.relative_to(role)}: {line.strip()}"
        for path in role_files(role)
        for line in path.read_text(encoding="utf-8").splitlines()
        if looks.search(line)
    ]
    assert found == []


def template_faults(text: str) -> list[str]:
    """What a template does beyond loops and conditions over plain variables."""
    tree = Environment(autoescape=True).parse(_without_collection_filters(text))
    banned = (nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.Call, nodes.CondExpr, nodes.Concat, nodes.BinExpr)
    # `and` and `or` join conditions; they are no arithmetic.
    found = [node for node in tree.find_all(banned) if not isinstance(node, (nodes.And, nodes.Or))]
    faults = [f"line {node.lineno}: {type(node).__name__}" for node in found if not _is_items(node)]
    known = {*PLAIN_FILTERS, "own_filter"}
    faults += [
        f"line {node.lineno}: filter {node.name}" for node in tree.find_all(nodes.Filter) if node.name not in known
    ]
    return faults


def _is_items(node: nodes.Node) -> bool:
    """Whether it is `x.items()`, which is how a loop gets at names and values."""
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr) and node.node.attr == "items"


def _without_collection_filters(text: str) -> str:
    """Names with dots are Ansible's, and plain Jinja does not know them."""
    return re.sub(rf"\|\s*{re.escape(OWN_FILTERS)}\w+", "| own_filter", text)


def test_templates_hold_no_logic(role: Path) -> None:
    faults = {
        path.name: template_faults(path.read_text(encoding="utf-8")) for path in sorted(role.glob("templates/**/*.j2"))
    }
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    "text",
    ["{% set a = 1 %}", "{{ a | map('x') }}", "{{ 1 if a else 2 }}", "{{ a ~ b }}", "{{ a + 1 }}", "{{ a.b() }}"],
)
def test_logic_is_seen(text: str) -> None:
    assert template_faults(text)
