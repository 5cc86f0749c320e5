# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook drill: faults are made, proven, measured, undone and told, and where it must not make one it refuses.

One fault and both kinds of a planned move, which lead through all parts of it. test_promises makes the other faults.
"""

from __future__ import annotations

import json
import re
import subprocess
import typing as t
from pathlib import Path

import pytest
from lab import Lab, playbook
from observe import holders, settle, stdout


def drill(fault: str, folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return playbook("playbooks/drill.yml", "-e", f"fault={fault}", "-e", f"dest={folder}", *args)


@pytest.fixture(autouse=True)
def whole_service(lab: Lab) -> None:
    settle(lab, "what came before")


def traces(lab: Lab) -> dict[str, str]:
    """What faults leave on the hosts while they last."""
    looked = (
        "ls /run/systemd/system | grep -Fx -e haproxy.service -e keepalived.service -e ctdb.service;"
        " systemctl list-units --all --plain --no-legend 'samba-ha-drill*'; nft list tables | grep samba_ha_drill;"
        " ps -C smbd -o state= | grep T"
    )
    return {host.name: stdout(host, looked) for host in (*lab.pool, *lab.frontends)}


@pytest.mark.parametrize("fault", ["smbd_killed", "node_drained", "frontend_drained"])
def test_a_fault_is_made_measured_undone_and_told(lab: Lab, tmp_path: Path, fault: str) -> None:
    before = holders(lab)
    # The default is long enough for the profile upstream.
    done = drill(fault, tmp_path, "-e", "drill_seconds=20")
    assert done.returncode == 0, done.stdout
    report: dict[str, t.Any] = json.loads((tmp_path / f"{fault}.json").read_text())
    (run,) = report["runs"]
    assert run["ended"] and run["outage"] > 0 and run["proof"]
    assert run["acknowledged"] > 0 and run["violations"] == []
    # Somebody felt it, and a front end that returns leaves the address where it is: nobody has to feel that, too.
    assert run["noticed"] is not None
    assert (holders(lab) == before) == (fault != "frontend_drained")
    assert f"{fault}: 1 run; target" in done.stdout
    page = (tmp_path / f"{fault}.html").read_text()
    assert re.findall(r'id="(\w+)"', page) == ["verdict", "figures"]
    assert page.count('<svg class="run"') == 1
    assert page.count('class="ack"') == 8
    # Self-contained: it can be sent by mail and opened anywhere.
    assert not re.search(r"https?:|src=|<link|@import", page)
    assert set(traces(lab).values()) == {""}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-e", '{"drill_lab": false}'], "-e confirm=files says so"),
        (["-e", '{"drill_lab": false}', "-e", "confirm=files", "-e", "fault=node_killed"], "is made in a lab only"),
    ],
)
def test_what_must_not_be_drilled_is_refused(lab: Lab, tmp_path: Path, args: list[str], said: str) -> None:
    done = drill("smbd_killed", tmp_path, *args)
    assert done.returncode != 0
    assert said in " ".join(done.stdout.split())
    assert list(tmp_path.iterdir()) == []


def test_check_mode_says_what_would_be_done(lab: Lab, tmp_path: Path) -> None:
    before = stdout(lab.pool[0], "pgrep -x smbd")
    done = drill("smbd_killed", tmp_path / "new", "--check")
    assert done.returncode == 0, done.stdout
    assert "would kill each smbd that then serves a client" in " ".join(done.stdout.split())
    assert stdout(lab.pool[0], "pgrep -x smbd") == before
