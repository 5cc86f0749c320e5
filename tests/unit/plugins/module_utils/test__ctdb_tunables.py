# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_tunables import parse_tunables, wanted_tunables
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES

KNOWN = ("KeepaliveInterval", "KeepaliveLimit", "MonitorInterval")


@pytest.mark.parametrize("release", ["bookworm-4.17.12", "trixie-4.22.11"])
def test_the_values_in_force(release: str) -> None:
    values, unknown = parse_tunables((FIXTURES / "ctdb" / release / "listvars.txt").read_text())
    assert unknown == ()
    assert len(values) == 49
    assert (values["KeepaliveInterval"], values["DBSizeWarn"], values["AllowMixedVersions"]) == (5, 100000000, 0)


@pytest.mark.parametrize("line", ["MonitorInterval = many", "MonitorInterval 15", "Warning!"])
def test_lines_that_are_not_understood_are_told(line: str) -> None:
    assert parse_tunables(f"{line}\nRecoverInterval            = 1\n") == ({"RecoverInterval": 1}, (line,))


def test_numbers_may_come_as_text() -> None:
    wanted = wanted_tunables({"KeepaliveLimit": "3", "MonitorInterval": 4294967295}, KNOWN)
    assert wanted == {"KeepaliveLimit": 3, "MonitorInterval": 4294967295}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("KeepAliveLimit", "Did you mean KeepaliveLimit?"),
        ("Keepalive_Limit", "Did you mean KeepaliveLimit?"),
        ("Monitor", "Did you mean MonitorInterval?"),
        ("Zzz", "ctdb listvars"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(StateError) as caught:
        wanted_tunables({name: 1}, KNOWN)
    assert f"tunable {name}: " in str(caught.value) and hint in str(caught.value)


@pytest.mark.parametrize("value", [True, -1, 4294967296, 1.5, "x", "", None, "1 "])
def test_what_is_no_number_of_32_bits_is_refused(value: t.Any) -> None:
    with pytest.raises(StateError, match="whole number from 0 to 4294967295"):
        wanted_tunables({"KeepaliveLimit": value}, KNOWN)
