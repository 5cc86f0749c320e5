# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the NFS server of a pool is told: who may come, by which versions, and how long a lost node is waited for."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment, StrictUndefined

ROLE = Path(__file__).resolve().parents[2] / "roles/nfs_server"
GIVEN: dict[str, t.Any] = {
    "nfs_server_path": "/srv/export",
    "nfs_server_address": "10.0.0.50",
    "nfs_server_clients": ["10.0.0.11", "10.0.0.12"],
}


def rendered(name: str) -> str:
    """A template with the role's own variables, without comments."""
    variables = dict(GIVEN)
    for place in ("defaults", "vars"):
        variables |= yaml.safe_load((ROLE / place / "main.yml").read_text(encoding="utf-8"))
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - no HTML
    text = environment.from_string((ROLE / "templates" / name).read_text(encoding="utf-8")).render(variables)
    return re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)


def settings(text: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+) = ([^;]+);", text))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Protocols", "4"),
        ("Minor_Versions", "1, 2"),
        ("Bind_addr", "10.0.0.50"),
        ("Enable_NLM", "false"),
        ("Enable_RQUOTA", "false"),
        ("Delegations", "false"),
        ("Only_Numeric_Owners", "true"),
        ("Lease_Lifetime", "10"),
        ("Grace_Period", "15"),
        ("RecoveryRoot", '"/var/lib/samba_ha-nfs"'),
    ],
)
def test_the_server_is_told(name: str, value: str) -> None:
    assert settings(rendered("ganesha.conf.j2"))[name] == value


def test_nobody_but_the_clients_has_access() -> None:
    text = rendered("exports.conf.j2")
    block = re.search(r"CLIENT \{(.*?)\}", text, flags=re.DOTALL)
    assert block
    client = settings(block[1])
    assert client["Clients"] == "10.0.0.11, 10.0.0.12"
    assert (client["Access_Type"], client["Squash"]) == ("RW", "No_Root_Squash")
    rest = settings(text.replace(block[0], ""))
    assert rest["Access_Type"] == "None"
    assert "Squash" not in rest


def test_the_exports_are_read_with_the_rest() -> None:
    assert '%include "/etc/samba_ha-nfs-exports.conf"' in rendered("ganesha.conf.j2")


def test_a_plain_directory_is_not_served() -> None:
    assert "AssertPathIsMountPoint=/srv/export\n" in rendered("samba-ha-nfs.service.j2")
