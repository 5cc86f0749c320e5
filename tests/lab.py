# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests on a live lab share: the lab's description, its hosts, SMB clients and patience."""

from __future__ import annotations

import json
import os
import subprocess
import time
import typing as t
import uuid
from dataclasses import dataclass
from pathlib import Path

import testinfra
from smbprotocol.connection import Connection
from smbprotocol.open import (
    CreateDisposition,
    CreateOptions,
    FileAttributes,
    FilePipePrinterAccessMask,
    ImpersonationLevel,
    Open,
    ShareAccess,
)
from smbprotocol.session import Session
from smbprotocol.tree import TreeConnect

ROOT = Path(__file__).resolve().parents[1]
LAB = os.environ.get("SAMBA_HA_LAB", "lab")
LAB_DIR = ROOT / (".lab" if LAB == "lab" else f".lab-{LAB}")

T = t.TypeVar("T")


@dataclass(frozen=True)
class LabHost:
    """A host of the lab: its name, part, addresses, whether a container or a guest, and how to run programs on it."""

    name: str
    role: str
    address: str
    interconnect: str | None
    heartbeat: str | None
    kind: str
    container: str

    @property
    def mac(self) -> str:
        """Its hardware address in the clients' network."""
        return f"02:00:00:00:01:{self.address.rpartition('.')[2]}"

    @property
    def shell(self) -> testinfra.host.Host:
        if self.kind == "guest":
            known = f"-o UserKnownHostsFile={LAB_DIR}/known_hosts -o StrictHostKeyChecking=accept-new"
            # A host that is reset in the midst of a command never says that the connection is gone.
            alive = "-o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3"
            key, args = str(LAB_DIR / "id_ed25519"), f"{known} {alive}"
            return testinfra.get_host(f"ssh://root@{self.address}", ssh_identity_file=key, ssh_extra_args=args)
        return testinfra.get_host(f"podman://{self.container}")

    def run(self, command: str, *args: str) -> str:
        """Run a command on the host, insist on its success and return what it printed."""
        done = self.shell.run(command, *args)
        # In one line: the summary at the end of a run shows no more of a failure.
        printed = " ".join(f"{done.stdout} {done.stderr}".split())
        assert done.rc == 0, f"{self.name}: {command} {args or ''}: exit status {done.rc}: {printed}"
        return str(done.stdout.rstrip())


@dataclass(frozen=True)
class Lab:
    """A live lab, as its info.json describes it.

    Its ``addresses`` are those that clients use, and ``exporting_address`` is where its pair exports the pool's files.
    """

    access: str
    backend: str
    storage: str
    exporting_address: str | None
    addresses: tuple[str, ...]
    virtual_name: str
    share: str
    username: str
    password: str
    client_addresses: tuple[str, ...]
    machine_mac: str
    hosts: tuple[LabHost, ...]

    def having(self, role: str) -> list[LabHost]:
        return [host for host in self.hosts if host.role == role]

    @property
    def vip(self) -> str:
        """The one address, or with direct access the first of them."""
        return self.addresses[0]

    @property
    def direct(self) -> bool:
        """Whether clients reach the nodes without front ends."""
        return self.access == "direct"

    @property
    def data(self) -> str:
        """Where the pool's files are mounted on each of its nodes."""
        return "/srv/gfs2" if self.backend == "gfs2" else "/srv/samba_ha/data"

    @property
    def pool(self) -> list[LabHost]:
        return self.having("pool")

    @property
    def frontends(self) -> list[LabHost]:
        return self.having("frontend")

    @property
    def pair(self) -> list[LabHost]:
        """The two hosts of the lab's pair."""
        return self.having("pair")

    @property
    def on_guests(self) -> bool:
        """Whether the hosts of its pair have a kernel of their own."""
        return {host.kind for host in self.pair} == {"guest"}

    @property
    def votes(self) -> int:
        """How many there are in its pair's cluster."""
        return len(self.pair) + len(self.having("quorum"))

    @property
    def client(self) -> LabHost:
        return self.having("client")[0]


def load_lab() -> Lab:
    info = json.loads((LAB_DIR / "info.json").read_text())
    hosts = tuple(LabHost(**host) for host in info["hosts"])
    plain = {
        name: info[name]
        for name in (
            "access",
            "backend",
            "storage",
            "exporting_address",
            "virtual_name",
            "share",
            "username",
            "password",
            "machine_mac",
        )
    }
    addresses, client_addresses = tuple(info["addresses"]), tuple(info["client_addresses"])
    return Lab(**plain, addresses=addresses, client_addresses=client_addresses, hosts=hosts)


def ensure_client_addresses(lab: Lab) -> None:
    """Have the addresses that clients come from. They go with the lab's network, when all of its hosts are off."""
    told = subprocess.run(["ip", "-json", "route", "get", lab.vip], capture_output=True, check=True).stdout
    (route,) = json.loads(told)
    subprocess.run(["ip", "link", "set", "dev", route["dev"], "address", lab.machine_mac], check=True)
    for address in lab.client_addresses:
        subprocess.run(["ip", "address", "replace", f"{address}/24", "dev", route["dev"]], check=True)


def plain_environment() -> dict[str, str]:
    """The environment for Ansible's programs, whatever molecule set for its own."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_NOCOLOR": "1",
        "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
    }


def playbook(
    path: str, *args: str, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a playbook on the lab."""
    return on_controller(["ansible-playbook", path, *args], cwd=cwd, env=env)


def on_controller(
    argv: t.Sequence[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of Ansible's programs on the lab's inventory and return its output, stderr and all, without colours."""
    return subprocess.run(
        [*argv, "--inventory", str(ROOT / "inventories" / "lab")],
        cwd=cwd,
        env={**plain_environment(), **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def recap(output: str) -> dict[str, dict[str, int]]:
    """The numbers of a play recap, by host."""
    lines = output[output.rindex("PLAY RECAP") :].splitlines()[1:]
    split = (line.split(" : ") for line in lines if " : ok=" in line)
    return {name.strip(): {k: int(v) for k, v in (word.split("=") for word in rest.split())} for name, rest in split}


def eventually(read: t.Callable[[], T], good: t.Callable[[T], bool], *, timeout: float, what: str) -> T:
    """Read until the value is good, and return it; the failure shows the last value or error seen."""
    deadline = time.monotonic() + timeout
    while True:
        last: object
        try:
            value = read()
            if good(value):
                return value
            last = value
        except Exception as exc:  # noqa: BLE001 - whatever a client meets while the service is away
            last = exc
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout:g} s, last seen: {last!r}")
        time.sleep(0.5)


class SmbClient:
    """One SMB session on one share, asked for by address; files are opened and read as a client would."""

    def __init__(self, lab: Lab, address: str, share: str | None = None, username: str | None = None) -> None:
        self.connection = Connection(uuid.uuid4(), address, 445)
        self.connection.connect(timeout=10)
        session = Session(self.connection, username or lab.username, lab.password)
        self.tree = TreeConnect(session, rf"\\{address}\{share or lab.share}")
        try:
            session.connect()
            self.tree.connect()
        except BaseException:
            # Its threads would keep the connection for as long as the tests run.
            self.connection.disconnect(close=False)
            raise

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.disconnect(close=False)

    @property
    def end(self) -> tuple[str, int]:
        """Its own address and port."""
        address, port = self.connection.transport._sock.getsockname()
        return address, port

    def open(self, name: str, *, create: bool = False, delete: bool = False) -> Open:
        access = FilePipePrinterAccessMask
        handle = Open(self.tree, name)
        handle.create(
            ImpersonationLevel.Impersonation,
            access.GENERIC_READ | access.GENERIC_WRITE | access.DELETE,
            FileAttributes.FILE_ATTRIBUTE_NORMAL,
            ShareAccess.FILE_SHARE_READ | ShareAccess.FILE_SHARE_WRITE | ShareAccess.FILE_SHARE_DELETE,
            CreateDisposition.FILE_OPEN_IF if create else CreateDisposition.FILE_OPEN,
            CreateOptions.FILE_NON_DIRECTORY_FILE | (CreateOptions.FILE_DELETE_ON_CLOSE if delete else 0),
        )
        return handle

    def write(self, name: str, data: bytes) -> None:
        handle = self.open(name, create=True)
        handle.write(data, 0, write_through=True)
        handle.close()

    def read(self, name: str) -> bytes:
        handle = self.open(name)
        size = handle.end_of_file
        data: bytes = handle.read(0, size) if size else b""
        handle.close()
        return data

    def delete(self, name: str) -> None:
        self.open(name, delete=True).close()
