# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook status: each state is made for real, found, told in one sentence, and mended as the page says."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import typing as t
from pathlib import Path

import pytest
from acts import podman
from faults import FAULTS, Fault
from lab import Lab, on_controller, playbook
from observe import journals, settle

Report = dict[str, t.Any]


def status(folder: Path, *args: str) -> tuple[Report, subprocess.CompletedProcess[str]]:
    """Run the playbook; return the report and what was printed."""
    dest = folder / "status.json"
    dest.unlink(missing_ok=True)
    done = playbook("playbooks/status.yml", "-e", "output=json", "-e", f"dest={dest}", *args)
    assert dest.is_file(), done.stdout
    report: Report = json.loads(dest.read_text())
    return report, done


def follow(lab: Lab, finding: dict[str, str]) -> None:
    """Run the printed command where the page says."""
    command, where = finding["command"], finding["where"]
    if where == "controller":
        done = on_controller(shlex.split(command))
        assert done.returncode == 0, done.stdout
        return
    host = next(host for host in lab.hosts if host.name == where)
    done = host.shell.run("sh -c %s", command)
    assert done.rc == 0, f"{where}: {command}: {done.stdout} {done.stderr} {journals(lab.pool, 'ctdb')}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("status")


def test_a_healthy_service_is_called_healthy(lab: Lab, folder: Path) -> None:
    settle(lab, "what came before")
    report, done = status(folder)
    assert report["findings"] == []
    assert report["verdict"] == "healthy"
    assert done.returncode == 0
    assert {layer["state"] for layer in report["layers"]} == {"ok"}
    assert {each["of"]: each["may_fail"] for each in report["redundancy"]} == {
        "pool nodes": 1,
        "bricks of data": 1,
        "bricks of lock": 1,
        "front ends": 1,
    }
    assert f"{lab.virtual_name} ({lab.vip}): HEALTHY" in done.stdout


@pytest.fixture
def faults(lab: Lab, request: pytest.FixtureRequest) -> t.Iterator[tuple[Fault, ...]]:
    """The faults of a line, which are gone afterwards, also if the page did not help."""
    settle(lab, "what came before")
    failed = request.session.testsfailed
    yield request.param
    try:
        for fault in request.param:
            fault.undo(lab)
    finally:
        if request.session.testsfailed > failed:
            # The next test is to judge its own faults. A host that starts comes back into service by itself.
            podman("restart", *lab.pool, *lab.frontends)
    settle(lab, request.node.name)


@pytest.mark.parametrize("faults", FAULTS, ids=lambda each: ", ".join(fault.name for fault in each), indirect=True)
def test_faults_are_found_told_and_mended_as_the_page_says(lab: Lab, folder: Path, faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        fault.make(lab)
    report, done = status(folder)
    told = {f"{finding['host']}: {finding['sentence']}": finding for finding in report["findings"]}
    for wanted in (pattern for fault in faults for pattern in fault.told):
        assert any(re.search(wanted, text) for text in told), f"{wanted!r} is not in {list(told)}"
    known = [pattern for fault in faults for pattern in (*fault.told, *fault.besides)]
    others = [text for text in told if not any(re.search(pattern, text) for pattern in known)]
    assert others == [], f"the page tells of faults that were not made: {others}"
    assert report["verdict"] == ("down" if any(fault.verdict == "down" for fault in faults) else "degraded"), list(told)
    assert done.returncode != 0
    for finding in report["findings"]:
        assert finding["sentence"][:50] in " ".join(done.stdout.split()), "the page does not show it"
        if finding["command"]:
            assert f"{finding['where']}# {finding['command']}" in done.stdout
            follow(lab, finding)


def test_after_all_that_it_is_healthy_again_also_on_the_page_for_a_browser(lab: Lab, folder: Path) -> None:
    dest = folder / "status.html"
    done = playbook("playbooks/status.yml", "-e", "output=html", "-e", f"dest={dest}")
    assert done.returncode == 0, done.stdout
    page = dest.read_text()
    assert re.findall(r'id="(\w+)"', page) == ["verdict", "topology", "findings", "layers", "redundancy"]
    assert ">healthy<" in page
    boxes = re.findall(r'<text class="title"[^>]*>([^<]*)<', page)
    hosts = [host.name for host in (*lab.frontends, *lab.pool)]
    assert boxes == [lab.virtual_name, *hosts, *(f"bricks of {host.name}" for host in lab.pool)]
    assert page.count('<rect class="ok"') == len(boxes)
    # Self-contained: it can be sent by mail and opened anywhere.
    assert not re.search(r"https?:|src=|<link|@import", page)
