# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks on a live service: check mode predicts nothing, bad inventories change nothing, the artefact works."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from lab import LAB_DIR, ROOT, Lab, playbook, recap

PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_check_mode_on_the_live_service_predicts_no_change(lab: Lab, path: Path) -> None:
    done = playbook(str(path), "--check", "--diff")
    assert done.returncode == 0, done.stdout
    assert {host: (row["changed"], row["failed"]) for host, row in recap(done.stdout).items()} == {
        host.name: (0, 0) for host in (*lab.pool, *lab.frontends)
    }, done.stdout


def test_a_bad_inventory_is_refused_with_all_faults_before_anything_is_changed(lab: Lab) -> None:
    shares = '{"samba_ha_shares": [{"name": "data"}, {"name": "DATA", "path": "x"}], "samba_ha_vipp": "typo"}'
    done = playbook("playbooks/site.yml", "-e", shares, "-e", f"samba_ha_vip={lab.pool[1].address}/24")
    assert done.returncode != 0
    text = " ".join(done.stdout.split())
    for words in ("samba_ha_vipp", "samba_ha_vip", lab.pool[1].address, "path", "4 fault"):
        assert words in text, f"{words!r} is missing in: {done.stdout}"
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
    subprocess.run(["ansible-galaxy", "collection", "build", "--output-path", tmp_path, ROOT], check=True)
    (artefact,) = tmp_path.glob("samba_ha-cluster-*.tar.gz")
    collections = tmp_path / "collections"
    subprocess.run(
        ["ansible-galaxy", "collection", "install", "--offline", "--collections-path", collections, artefact],
        check=True,
    )
    config = tmp_path / "ansible.cfg"
    config.write_text((ROOT / "ansible.cfg").read_text().replace(".cache/collections", str(collections)))
    done = playbook("samba_ha.cluster.site", cwd=tmp_path, env={"ANSIBLE_CONFIG": str(config)})
    assert done.returncode == 0, done.stdout
    assert {row["changed"] for row in recap(done.stdout).values()} == {0}, done.stdout
    assert str(LAB_DIR) not in artefact.read_bytes().decode("latin-1")
