# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab on this machine: `up`, `down`, `setup`. Standard library only: it installs all else.

Environment: RELEASE (trixie, bookworm), IMAGE (packages, bare), ACCESS (proxy, direct), VIPS (1, 2), PARTS (pool, pair,
kernel_client), BACKEND (gluster, nfs, gfs2), STORAGE (gluster, nfs, drbd, device), MIRROR (a Debian mirror of one's
own), SAMBA_HA_LAB (the lab's name, as inventories/lab knows them).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LAB = os.environ.get("SAMBA_HA_LAB") or "lab"
COLLECTIONS = ROOT / ".cache" / "collections"

SYSTEM_PACKAGES = (
    "podman",
    "mmdebstrap",
    "crun",
    "runc",
    "netavark",
    "aardvark-dns",
    "nftables",
    "iptables",
    "openssh-client",
    "openssl",
    "python3-venv",
)


class Stages:
    """Announces each stage, and remembers how long it took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def run(self, title: str, work: t.Callable[[], str | None]) -> None:
        print(f"\n==> {title}", flush=True)
        start = time.monotonic()
        said = work()
        self.seconds[title] = time.monotonic() - start
        print(f"    {said or 'done'} ({self.seconds[title]:.1f} s)", flush=True)


def call(*argv: str, **kwargs: t.Any) -> None:
    """Run a program with its output on the terminal; end with its status if it fails."""
    done = subprocess.run(argv, cwd=ROOT, check=False, **kwargs)
    if done.returncode != 0:
        sys.exit(f"lab: failed with status {done.returncode}: {' '.join(argv)}")


def install_packages() -> str | None:
    query = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n", *SYSTEM_PACKAGES],
        capture_output=True,
        text=True,
        check=False,
    )
    installed = {line.split()[0] for line in query.stdout.splitlines() if line.split()[1:] == ["ii"]}
    missing = [name for name in SYSTEM_PACKAGES if name not in installed]
    if not missing:
        return "all there"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    call("apt-get", "update", env=env)
    call("apt-get", "install", "-y", "--no-install-recommends", *missing, env=env)
    return f"installed {len(missing)} packages"


def install_venv() -> str | None:
    wanted = ROOT / "tests" / "requirements.txt"
    digest = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "requirements.sha256"
    link = COLLECTIONS / "ansible_collections" / "samba_ha" / "cluster"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(os.path.relpath(ROOT, link.parent))
    if stamp.is_file() and stamp.read_text() == digest:
        return "up to date"
    call(sys.executable, "-m", "venv", "--clear", str(VENV))
    call(str(VENV / "bin" / "pip"), "install", "--disable-pip-version-check", "--no-compile", "-r", str(wanted))
    stamp.write_text(digest)
    return "made"


def build_image() -> str | None:
    call(str(VENV / "bin" / "python"), str(HERE / "image.py"))
    return None


def wants_guests(environment: t.Mapping[str, str]) -> bool:
    """Whether the lab has hosts with a kernel of their own, as inventories/lab decides it."""
    parts = environment.get("PARTS", "").split(",")
    return (
        environment.get("BACKEND") in ("nfs", "gfs2")
        or environment.get("STORAGE") in ("nfs", "drbd", "device")
        or "kernel_client" in parts
    )


def build_guest_image() -> str | None:
    """On top of the containers' image with packages. What is there already is not built again."""
    env = {**os.environ, "IMAGE": "packages"}
    release = env.get("RELEASE", "trixie")
    if release == "bookworm":
        sys.exit(
            "lab: RELEASE=bookworm, wanted trixie: the guests of this lab are told their names and keys by credentials"
            " of several lines, which systemd takes from 253 on. Make it with RELEASE=trixie"
        )
    call(str(VENV / "bin" / "python"), str(HERE / "image.py"), env=env)
    # Not in containers: they would need limits that this machine may not give.
    options = ("--isolation", "chroot", "--network", "host", "--build-arg", f"RELEASE={release}")
    call("podman", "build", *options, "--tag", f"localhost/samba-ha-guest:{release}", str(HERE / "guest"))
    return None


def playbook(path: Path, *extra: str) -> str | None:
    """Run a playbook on the lab's inventory, its output as it comes; say how many changes it made."""
    changed = 0
    argv = [str(VENV / "bin" / "ansible-playbook"), str(path), *extra]
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "ANSIBLE_FORCE_COLOR": "1" if sys.stdout.isatty() else "0"}
    with subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            found = re.search(r"\bok=\d+.*\bchanged=(\d+)", line)
            changed += int(found.group(1)) if found else 0
    if process.returncode != 0:
        sys.exit(f"lab: {path.relative_to(ROOT)} failed with status {process.returncode}")
    return f"{changed} changes" if changed else "nothing changed"


def table(rows: t.Sequence[t.Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def show(stages: Stages) -> None:
    info_path = ROOT / (".lab" if LAB == "lab" else f".lab-{LAB}") / "info.json"
    info = json.loads(info_path.read_text())
    rows = [("host", "role", "kind", "clients", "interconnect", "state")]
    for host in info["hosts"]:
        state = subprocess.run(
            ["podman", "inspect", "-f", "{{.State.Status}}", host["container"]],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
        about = (host["name"], host["role"], host["kind"], host["address"], host["interconnect"] or "-")
        rows.append((*about, state or "missing"))
    print("\n" + table(rows) + "\n")
    print(table([(title, f"{seconds:6.1f} s") for title, seconds in stages.seconds.items()]))
    client = next(host for host in info["hosts"] if host["role"] == "client")
    who = f"{info['username']}%'{info['password']}'"
    share = info["share"]
    print(f"\nConnect:  podman exec -it {client['container']} smbclient //{info['addresses'][0]}/{share} -U {who}")
    print(f"          (clients use //{info['virtual_name']}/{share}; all of it is in {info_path.relative_to(ROOT)})")


def setup(stages: Stages) -> None:
    stages.run("System packages", install_packages)
    stages.run("Virtual environment", install_venv)
    stages.run("Image", build_image)
    if wants_guests(os.environ):
        stages.run("Image of guests", build_guest_image)


def up() -> None:
    stages = Stages()
    setup(stages)
    stages.run("Hosts", lambda: playbook(HERE / "create.yml"))
    stages.run("Single server", lambda: playbook(HERE / "prepare.yml"))
    stages.run("Service", lambda: playbook(ROOT / "playbooks" / "site.yml"))
    show(stages)


def down() -> None:
    if not (VENV / "bin" / "ansible-playbook").exists() or not shutil.which("podman"):
        print("lab: nothing is installed, so nothing is running")
        return
    playbook(HERE / "destroy.yml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("up", "down", "setup"))
    action = parser.parse_args().action
    if os.geteuid() != 0:
        sys.exit("lab: needs root, for containers with a network of their own; use sudo")
    if action == "up":
        up()
    elif action == "down":
        down()
    else:
        setup(Stages())


if __name__ == "__main__":
    main()
