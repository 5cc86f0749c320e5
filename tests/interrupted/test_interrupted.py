# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One deployment with everything in its way, in order: each test leaves the hosts a step further than the one before.

Bad states are told with host, object, wanted and found, and nothing is destroyed. A run that is killed, or loses a
host, leaves nothing that the next run cannot finish.
"""

from __future__ import annotations

import os
import signal
import subprocess
import typing as t

from lab import ROOT, Lab, SmbClient, plain_environment, playbook, recap

BRICKS = "/srv/gluster/data/brick"
SITE = "playbooks/site.yml"


def deploy_until(task: str, then: t.Callable[[subprocess.Popen[str]], None]) -> tuple[int, str]:
    """Start a deployment, and as soon as it announces the task do something to it; return its status and output."""
    lines: list[str] = []
    done = False
    with subprocess.Popen(
        ["ansible-playbook", SITE, "--inventory", "inventories/lab"],
        cwd=ROOT,
        env=plain_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            if not done and line.startswith("TASK [") and task in line:
                then(process)
                done = True
    output = "".join(lines)
    assert done, f"the run never came to {task!r}: {output}"
    return process.returncode, output


def kill(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)


def killed_at(task: str) -> None:
    status, output = deploy_until(task, kill)
    assert status == -signal.SIGKILL
    assert "PLAY RECAP" not in output


def one_line(output: str) -> str:
    return " ".join(output.split())


def test_a_package_that_cannot_be_installed_is_named(lab: Lab) -> None:
    host = lab.pool[2]
    host.run("apt-get remove --yes --quiet nftables")
    pin = "/etc/apt/preferences.d/no-nftables"
    host.run("sh -c %s", f"printf 'Package: nftables\\nPin: release *\\nPin-Priority: -1\\n' > {pin}")
    done = playbook(SITE)
    assert done.returncode != 0
    assert recap(done.stdout)[host.name]["failed"] == 1
    assert "nftables" in done.stdout[done.stdout.index("fatal:") :], done.stdout
    host.run(f"rm {pin}")
    assert not host.shell.exists("nft")


def test_a_brick_that_is_not_empty_is_refused_and_left_alone(lab: Lab) -> None:
    host = lab.pool[1]
    host.run(f"mkdir -p {BRICKS}")
    host.run("sh -c %s", f"echo precious > {BRICKS}/thesis.txt")
    done = playbook(SITE)
    assert done.returncode != 0
    said = one_line(done.stdout)
    for words in (f"{host.name}: ", BRICKS, "wanted", "found", "thesis.txt"):
        assert words in said, f"{words!r} is missing in: {done.stdout}"
    assert host.run(f"cat {BRICKS}/thesis.txt") == "precious"
    host.run(f"rm {BRICKS}/thesis.txt")
    # The package of the test before was installed on the way.
    assert lab.pool[2].shell.exists("nft")


def test_bricks_on_the_root_disk_need_consent(lab: Lab) -> None:
    done = playbook(SITE, "-e", "gluster_brick_root=/var/bricks")
    assert done.returncode != 0
    said = one_line(done.stdout)
    for words in ("pool1: ", "/var/bricks/data/brick", "root disk", "gluster_allow_root_disk"):
        assert words in said, f"{words!r} is missing in: {done.stdout}"
    assert not lab.pool[0].shell.file("/var/bricks").exists


def test_a_volume_with_another_layout_is_refused_and_left_alone(lab: Lab) -> None:
    first = lab.pool[0]
    bricks = " ".join(f"{node.interconnect}:/srv/gluster/other/brick" for node in lab.pool[:2])
    for node in lab.pool[:2]:
        node.run("mkdir -p /srv/gluster/other/brick")
    first.run(f"gluster --mode=script volume create data replica 2 {bricks}")
    done = playbook(SITE)
    assert done.returncode != 0
    said = one_line(done.stdout)
    for words in ("pool1: ", "volume data", "replica 3", "replica 2", "/srv/gluster/other/brick"):
        assert words in said, f"{words!r} is missing in: {done.stdout}"
    assert "1 x 2 = 2" in first.run("gluster volume info data")
    first.run("gluster --mode=script volume delete data")
    for node in lab.pool[:2]:
        node.run("rm -r /srv/gluster/other")


def test_killed_while_it_builds_the_volumes(lab: Lab) -> None:
    killed_at("Build the volumes")


def test_a_host_that_goes_away_in_mid_run_is_named(lab: Lab) -> None:
    host = lab.pool[2]

    def freeze(process: subprocess.Popen[str]) -> None:
        subprocess.run(["podman", "pause", host.container], check=True)

    try:
        status, output = deploy_until("Install the gate and its unit", freeze)
    finally:
        subprocess.run(["podman", "unpause", host.container], check=True)
    assert status != 0
    assert recap(output)[host.name]["unreachable"] == 1, output
    assert {row["failed"] for row in recap(output).values()} == {0}


def test_killed_while_it_starts_the_cluster(lab: Lab) -> None:
    killed_at("Run CTDB")


def test_killed_while_it_makes_users_and_shares(lab: Lab) -> None:
    killed_at("Define the shares")


def test_killed_on_the_front_ends(lab: Lab) -> None:
    killed_at("Run HAProxy and keepalived")


def test_the_next_run_finishes_the_job(lab: Lab) -> None:
    done = playbook(SITE)
    assert done.returncode == 0, done.stdout
    with SmbClient(lab, lab.vip) as client:
        client.write("finished", b"finished")
    for node in lab.pool:
        with SmbClient(lab, node.address) as client:
            assert client.read("finished") == b"finished"
