# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role drbd writes on hosts: what DRBD calls when it has lost the other host, and how long all of it takes."""

from __future__ import annotations

import math
import os
import typing as t

import jinja2
import pytest
import yaml
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

program = load(ROLES / "drbd/files/samba-ha-drbd-fence")
PROFILES = ("upstream", "balanced", "fast")
RELEASES = pytest.mark.parametrize("release", ["bookworm-2.1.5", "trixie-3.0.0"])


def variables(role: str) -> dict[str, t.Any]:
    loaded: dict[str, t.Any] = yaml.safe_load((ROLES / role / "vars/main.yml").read_text(encoding="utf-8"))
    return loaded


def crm_mon(scenario: str, release: str) -> str:
    return (FIXTURES / "pacemaker" / release / "crm_mon" / f"{scenario}.xml").read_text(encoding="utf-8")


@RELEASES
def test_a_host_that_was_fenced_or_left_is_off(release: str) -> None:
    assert program.state_of(crm_mon("fenced", release), "file2") == program.OFF
    assert program.state_of(crm_mon("fenced", release), "file1") == program.ONLINE


@RELEASES
def test_a_host_that_could_not_be_fenced_is_lost(release: str) -> None:
    assert program.state_of(crm_mon("fence_failed", release), "file2") == program.LOST


@pytest.mark.parametrize("status", [None, crm_mon("healthy", "trixie-3.0.0")])
def test_a_host_of_which_pacemaker_says_nothing_is_lost(status: str | None) -> None:
    assert program.state_of(status, "file3") == program.LOST


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str | None]]:
    """What the tools say in turn, by their names; the clock goes on by a second with each sleep."""
    said: dict[str, list[str | None]] = {"crm_mon": [], "crmadmin": []}
    now = [0.0]
    monkeypatch.setattr(program, "ask", lambda *argv: said[argv[0]].pop(0))
    monkeypatch.setattr(program.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(program.time, "sleep", lambda _seconds: now.__setitem__(0, now[0] + 1))
    return said


def test_it_waits_until_the_other_host_was_fenced(asked: dict[str, list[str | None]]) -> None:
    scenarios = ("healthy", "fence_failed", "fenced")
    asked["crm_mon"] += [None, *(crm_mon(scenario, "trixie-3.0.0") for scenario in scenarios)]
    # Pacemaker has not missed it yet, and it does not answer.
    asked["crmadmin"] += [None]
    assert program.wait_for("file2", 10) == program.OFF
    assert asked == {"crm_mon": [], "crmadmin": []}


def test_a_host_that_answers_is_not_waited_for(asked: dict[str, list[str | None]]) -> None:
    asked["crm_mon"] += [crm_mon("healthy", "trixie-3.0.0")]
    asked["crmadmin"] += ["Controller on file2 in state S_NOT_DC: ok"]
    assert program.wait_for("file2", 10) == program.ONLINE


def test_it_does_not_wait_for_ever(asked: dict[str, list[str | None]]) -> None:
    asked["crm_mon"] += [None] * 3
    assert program.wait_for("file2", 3) == program.LOST


def test_drbd_s_own_script_has_the_last_word(
    asked: dict[str, list[str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _path, argv: ran.append(argv))
    monkeypatch.setattr(program.syslog, "syslog", lambda _text: None)
    monkeypatch.setattr(program.sys, "argv", ["samba-ha-drbd-fence", "0"])
    monkeypatch.setattr(os, "environ", {"DRBD_PEER": "file2", "DRBD_RESOURCE": "projects"})
    program.main()
    assert ran == [["/usr/lib/drbd/crm-fence-peer.9.sh", "--role", "Promoted", "--timeout", "0"]]


@pytest.mark.parametrize("profile", PROFILES)
def test_writes_stand_still_until_it_is_decided_who_goes_on(profile: str) -> None:
    pair, drbd = (variables(role)[f"__{role}_profiles"][profile] for role in ("pair", "drbd"))
    # Corosync's consensus is 1.2 times its token, and so long again takes the quorum host.
    decided = 2.2 * pair["token"] / 1000 + 1.2 * pair["quorum"] / 1000
    assert drbd["fence"] > decided


@pytest.mark.parametrize("profile", PROFILES)
def test_a_lost_host_does_not_make_the_storage_look_lost(profile: str) -> None:
    pair, drbd = (variables(role)[f"__{role}_profiles"][profile] for role in ("pair", "drbd"))
    silent = max(drbd["ping"], drbd["timeout"] / 10) + 0.5
    assert silent + drbd["fence"] + 2 * program.ANSWER < pair["storage"]
    # A host that is there and does not write.
    assert drbd["count"] * drbd["timeout"] / 10 + drbd["fence"] < pair["storage"]
    assert drbd["timeout"] / 10 < drbd["ping"]


def resource() -> str:
    told = {
        "drbd_name": "projects",
        "drbd_device": "/dev/drbd945",
        "drbd_port": 9450,
        "drbd_nodes": [
            {"name": f"file{number}", "address": f"10.0.0.{number}", "disk": f"/dev/vg{number}/a"} for number in (1, 2)
        ],
        "__drbd_fence": "/usr/local/sbin/samba-ha-drbd-fence",
        "__drbd_timing": variables("drbd")["__drbd_profiles"]["balanced"],
        "__drbd_fence_time": 10,
    }
    text = (ROLES / "drbd/templates/resource.res.j2").read_text(encoding="utf-8")
    # It is no page of the web.
    templates = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701
    return templates.from_string(text).render(told)


def test_what_is_acknowledged_is_on_both_hosts_or_on_one_that_alone_may_go_on() -> None:
    text = resource()
    for line in (
        "protocol C;",
        "fencing resource-and-stonith;",
        'fence-peer "/usr/local/sbin/samba-ha-drbd-fence 10";',
    ):
        assert line in text


def test_no_data_are_thrown_away_unasked() -> None:
    policies = [line.split()[1].rstrip(";") for line in resource().splitlines() if line.strip().startswith("after-sb-")]
    assert policies == ["discard-zero-changes", "disconnect", "disconnect"]


def test_each_host_has_its_own_disk_and_address() -> None:
    text = resource()
    assert text.count("{") == text.count("}")
    for number in (1, 2):
        part = text.partition(f"on file{number} {{")[2]
        assert part.index(f"address 10.0.0.{number}:9450;") < part.index(f"disk /dev/vg{number}/a;")


def test_a_longer_token_is_waited_for() -> None:
    expression = variables("drbd")["__drbd_fence_time"].strip("{} ")
    compiled = jinja2.Environment(autoescape=True).compile_expression(expression)
    waits = [int(str(compiled(__drbd_timing={"fence": 10}, drbd_token=token))) for token in (0, 1000, 5000)]
    assert waits == [10, math.ceil(12.2), 21]
