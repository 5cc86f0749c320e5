# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
import yaml
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

lab = load(ROLES.parent / "molecule/resources/lab.py")
INVENTORY = ROLES.parent / "inventories/lab"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"PARTS": "", "BACKEND": ""}, False),
        ({"PARTS": "pool,pair", "BACKEND": "gluster"}, False),
        ({"PARTS": "pool,kernel_client"}, True),
        ({"BACKEND": "nfs"}, True),
        ({"BACKEND": "gfs2"}, True),
        ({"PARTS": "pair", "STORAGE": "gluster"}, False),
        ({"PARTS": "pair", "STORAGE": "drbd"}, True),
        ({"PARTS": "pair", "STORAGE": "device"}, True),
    ],
)
def test_the_image_of_guests_is_built_for_labs_that_have_guests(environment: dict[str, str], wanted: bool) -> None:
    assert lab.wants_guests(environment) is wanted


def test_guests_are_not_made_of_a_release_that_cannot_be_told_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEASE", "bookworm")
    monkeypatch.setattr(lab, "call", lambda *argv, **_options: pytest.fail(f"ran {argv}"))
    with pytest.raises(SystemExit, match="RELEASE=trixie"):
        lab.build_guest_image()


def test_what_is_built_and_what_the_inventory_makes_are_the_same() -> None:
    decided = yaml.safe_load((INVENTORY / "group_vars/all/lab.yml").read_text())
    assert all(lab.wants_guests({"BACKEND": backend}) for backend in decided["lab_kernel_backends"])
    assert all(lab.wants_guests({"STORAGE": storage}) for storage in decided["lab_kernel_storages"])
    groups = yaml.safe_load((INVENTORY / "hosts.yml").read_text())["all"]["children"]["lab"]["children"]
    kinds = {name: host.get("lab_kind") for name, host in groups["lab_kernel_client"]["hosts"].items()}
    assert kinds == {"client2": "guest"}
