# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks on a live service: check mode predicts nothing, bad inventories change nothing, the artefact works."""

from __future__ import annotations

import itertools
import re
import subprocess
from pathlib import Path

import pytest
from lab import ROOT, Lab, plain_environment, playbook, recap

# Those that take no arguments and do more than read.
PLAYBOOKS = [ROOT / "playbooks" / f"{name}.yml" for name in ("site", "interconnect")]


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_check_mode_on_the_live_service_predicts_no_change(lab: Lab, path: Path) -> None:
    done = playbook(str(path), "--check", "--diff", "-vvv")
    assert done.returncode == 0, done.stdout
    rows = recap(done.stdout)
    assert {node.name for node in lab.pool} <= set(rows)
    counts = {host: (row["changed"], row["failed"], row["unreachable"], row["ignored"]) for host, row in rows.items()}
    assert set(counts.values()) == {(0, 0, 0, 0)}, done.stdout
    assert lab.password not in done.stdout, "a secret is in the output"


def test_the_interconnect_is_measured_from_every_node_to_every_other(lab: Lab) -> None:
    # No limit for a machine that has other work: what is asked for is that data went over each link.
    done = playbook("playbooks/interconnect.yml", "-e", "minimum=1")
    assert done.returncode == 0, done.stdout
    for here, there in itertools.permutations((node.name for node in lab.pool), 2):
        measured = re.search(rf"\b{here} +{there}( +[\d.]+){{3}} +([\d.]+) ", done.stdout)
        assert measured, f"{here} to {there} is not in {done.stdout}"
        assert float(measured[2]) > 1
    for node in lab.pool:
        assert not node.shell.process.filter(comm="iperf3"), f"{node.name} still answers"


def test_a_bad_inventory_is_refused_with_all_faults_before_anything_is_changed(lab: Lab) -> None:
    shares = '{"samba_ha_shares": [{"name": "data"}, {"name": "DATA", "path": "x"}], "samba_ha_vipp": "typo"}'
    done = playbook("playbooks/site.yml", "-e", shares, "-e", "ctdb_log_leve=DEBUG")
    assert done.returncode != 0
    said = done.stdout[done.stdout.index("fatal:") : done.stdout.index("PLAY RECAP")]
    assert "4 fault(s) in the inventory; nothing was changed." in said, done.stdout
    # One line for each of them.
    for subject, nearest in (
        ("share data: path: ", "path"),
        ("share DATA: ", "data"),
        ("samba_ha_vipp: ", "samba_ha_vip"),
        ("ctdb_log_leve: ", "ctdb_log_level"),
    ):
        lines = [line.strip() for line in said.splitlines() if subject in line]
        assert len(lines) == 1, f"{subject!r} in {said}"
        assert nearest in lines[0].removeprefix(subject)
    assert all(row["changed"] == 0 for row in recap(done.stdout).values())


def test_a_value_that_a_daemon_refuses_is_not_written(lab: Lab) -> None:
    before = lab.frontends[0].run("sha256sum /etc/haproxy/haproxy.cfg")
    done = playbook(
        "playbooks/site.yml", "-e", "frontend_idle_timeout=soon", "--limit", "samba_ha_pool,samba_ha_frontend"
    )
    assert done.returncode != 0
    assert "haproxy.cfg: wanted a configuration that haproxy accepts" in " ".join(done.stdout.split()), done.stdout
    assert lab.frontends[0].run("sha256sum /etc/haproxy/haproxy.cfg") == before


def test_the_installed_artefact_runs_from_outside_the_checkout(lab: Lab, tmp_path: Path) -> None:
    collections, config = tmp_path / "collections", tmp_path / "ansible.cfg"
    config.write_text((ROOT / "ansible.cfg").read_text().replace(".cache/collections", str(collections)))
    outside = {"ANSIBLE_CONFIG": str(config)}

    def galaxy(*words: str | Path) -> None:
        argv = ["ansible-galaxy", "collection", *words]
        subprocess.run(argv, cwd=tmp_path, env={**plain_environment(), **outside}, check=True)

    galaxy("build", "--output-path", tmp_path, ROOT)
    (artefact,) = tmp_path.glob("samba_ha-cluster-*.tar.gz")
    galaxy("install", "--offline", artefact)
    assert (collections / "ansible_collections/samba_ha/cluster/playbooks/site.yml").is_file()
    done = playbook("samba_ha.cluster.site", cwd=tmp_path, env=outside)
    assert done.returncode == 0, done.stdout
    assert {row["changed"] for row in recap(done.stdout).values()} == {0}, done.stdout
