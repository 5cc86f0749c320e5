# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the lab's container image: Debian with systemd, with or without the service's packages.

The packages are those that the roles name, so that the image never holds less or more than they want.
Environment: RELEASE, IMAGE (packages, bare), MIRROR.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

import smbclient
import smbprotocol
import spnego
import yaml

ROOT = Path(__file__).resolve().parents[2]

HOST_PACKAGES = [
    "systemd",
    "systemd-sysv",
    "systemd-timesyncd",
    "dbus",
    "python3",
    "python3-apt",
    "iproute2",
    "openssh-server",
    "ca-certificates",
    "procps",
]
TEST_PACKAGES = ["smbclient", "samba-testsuite", "ctdb", "python3-cryptography", "iperf3", "libfaketime"]
"""Judges of the service, ping_pong among them (in Debian's ctdb), and what measures networks and turns clocks."""

PAIR_PACKAGES = ["corosync-qdevice", "cups"]
FENCE_PACKAGES = {"bookworm": ["fence-agents"], "trixie": ["fence-agents-redfish"]}
"""What the lab's pair needs besides: the role chooses by the inventory, and the agent speaks to the power switch."""
# One image is for all hosts, and what only some of them run would start on the others by itself.
OF_SOME = "corosync pacemaker corosync-qdevice corosync-qnetd cups drbd nfs-ganesha nfs-ganesha-lock rpcbind"


def role_packages(release: str) -> list[str]:
    """Names of all packages that the roles install on this release."""
    names: set[str] = set()
    for path in ROOT.glob("roles/*/vars/main.yml"):
        for key, value in (yaml.safe_load(path.read_text()) or {}).items():
            chosen = value.get(release) if isinstance(value, dict) else value
            if key.endswith("_packages") and isinstance(chosen, list):
                names.update(chosen)
    return sorted(names)


def hooks(image: str) -> list[str]:
    keys = ("ExecStartPre=", "ExecStartPre=/usr/bin/ssh-keygen -A", "ExecStartPre=/usr/sbin/sshd -t")
    drop_in = "\\n".join(("[Service]", *keys, ""))
    timers = "apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer"
    made = [
        'echo "PermitRootLogin prohibit-password" > "$1/etc/ssh/sshd_config.d/lab.conf"',
        # No two hosts have the same keys: each makes its own at its first start.
        'rm -f "$1"/etc/ssh/ssh_host_*',
        'mkdir -p "$1/etc/systemd/system/ssh.service.d"',
        f'printf "{drop_in}" > "$1/etc/systemd/system/ssh.service.d/lab.conf"',
        f'for unit in {OF_SOME}; do rm -f "$1"/etc/systemd/system/*.wants/$unit.*; done',
        # They would fetch package lists in the middle of a measurement.
        f'for unit in {timers}; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done',
    ]
    if image == "packages":
        packages = (Path(t.cast(str, module.__file__)).parent for module in (smbprotocol, smbclient, spnego))
        made += [f'cp -r {path} "$1/usr/lib/python3/dist-packages/"' for path in packages]
    return made


def main() -> None:
    release, image = os.environ.get("RELEASE", "trixie"), os.environ.get("IMAGE", "packages")
    packages = sorted(HOST_PACKAGES)
    if image == "packages":
        packages = sorted({*packages, *role_packages(release), *TEST_PACKAGES, *PAIR_PACKAGES})
        packages += FENCE_PACKAGES[release]
    # The same from wherever it is built.
    steps = [step.replace(sys.prefix, "") for step in hooks(image)]
    recipe = hashlib.sha256("\n".join((*packages, *steps)).encode()).hexdigest()
    name = f"localhost/samba-ha-{image}:{release}"
    label = subprocess.run(
        ["podman", "image", "inspect", "-f", '{{index .Labels "recipe"}}', name],
        capture_output=True,
        text=True,
        check=False,
    )
    if label.stdout.strip() == recipe:
        print(f"{name} is up to date")
        return
    print(f"building {name} with {len(packages)} packages and what they need", flush=True)
    with tempfile.TemporaryDirectory(prefix="samba-ha-image-") as folder:
        archive = f"{folder}/image.tar"
        mirror = [os.environ["MIRROR"]] if os.environ.get("MIRROR") else []
        argv = ["mmdebstrap", "--variant=minbase", f"--include={','.join(packages)}"]
        argv += [f"--customize-hook={hook}" for hook in hooks(image)]
        subprocess.run([*argv, release, archive, *mirror], check=True)
        changes = ('CMD ["/sbin/init"]', "STOPSIGNAL SIGRTMIN+3", f"LABEL recipe={recipe}")
        options = [word for change in changes for word in ("--change", change)]
        subprocess.run(["podman", "import", *options, archive, name], check=True)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"image: failed with status {error.returncode}: {error.cmd[0]}")
