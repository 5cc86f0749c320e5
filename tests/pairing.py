# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests see of the lab's pair from outside, without the collection's modules, and a workload on it."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import threading
import time
import typing as t
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from acts import silence
from arp import answerers
from drilling import target
from lab import LAB_DIR, Lab, LabHost, eventually
from observe import stdout
from workload import Workload

FAULTLESS = {"online": "true", "standby": "false", "pending": "false", "unclean": "false", "maintenance": "false"}
"""What Pacemaker says of a node that may be active."""

RUNNING = {(role, "false") for role in ("Started", "Promoted", "Unpromoted")}
"""What it says of a resource that is as it should be: its role, and whether it failed."""

NOISE = 2
"""How many times as long an outage may last: a guard against noise, since two cores do all the work."""

ON_GUESTS = 120
"""For how many seconds it may on guests, which are slow: a guard against waiting for ever, no promise."""

STALL = 20
"""For how many seconds a guest may stall without a fault that clients are to feel: its one processor does all there."""

AT_EASE: dict[str, t.Any] = {"interval": 0.2, "timeout": 30}
"""A workload that leaves the one processor of a guest time for the pair's own work."""


class Eyes:
    """Looks into both hosts from the machine that they run on: it costs them nothing, and works when they hang.

    Guests are looked at from outside; only what is mounted they have to tell.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._processes: dict[str, str] = {}
        self._asked: dict[str, float] = {}

    def holders(self) -> list[LabHost]:
        """Those that have the pair's address."""
        if self.lab.exporting_address:
            # In a network in which this machine is not.
            return [host for host in self.lab.pair if self._has(host, self.lab.exporting_address)]
        if self.lab.on_guests:
            macs = answerers(self.lab.vip)
            return [host for host in self.lab.pair if host.mac in macs]
        local = re.compile(rf"\|-- {re.escape(self.lab.vip)}\n\s+/32 host LOCAL")
        return [host for host in self.lab.pair if local.search(self._read(host, "net/fib_trie"))]

    def mounted(self) -> dict[str, str]:
        """Where the pair's storage is mounted on each that has it."""
        line = re.compile(
            rf"^\S+ (/\S+/{re.escape(self.lab.virtual_name)}) (?:fuse\.glusterfs|ext4|nfs4) ", re.MULTILINE
        )
        told = {host.name: self._mounts(host) for host in self.lab.pair}
        found = {name: line.search(text) for name, text in told.items()}
        return {name: hit.group(1) for name, hit in found.items() if hit}

    def _has(self, host: LabHost, address: str) -> bool:
        return f" {address}/" in self._told(host, "ip -brief -4 address")

    def _mounts(self, host: LabHost) -> str:
        return self._told(host, "cat /proc/mounts") if host.kind == "guest" else self._read(host, "mounts")

    def _told(self, host: LabHost, command: str) -> str:
        """What a guest tells, nothing if it is off."""
        with contextlib.suppress(RuntimeError):
            return stdout(host, command)
        return ""

    def _read(self, host: LabHost, name: str) -> str:
        """A file of the first process of a host, nothing of a host that is off."""
        for _try in range(2):
            with contextlib.suppress(OSError):
                return Path("/proc", self._processes.get(host.name, "none"), name).read_text()
            # Not always: it would use a core of the two.
            if time.monotonic() > self._asked.get(host.name, 0) + 1:
                argv = ["podman", "inspect", "--format", "{{.State.Pid}}", host.container]
                done = subprocess.run(argv, capture_output=True, text=True, check=True)
                self._processes[host.name] = done.stdout.strip()
                self._asked[host.name] = time.monotonic()
        return ""


class Watch(threading.Thread):
    """Looks several times a second whether both hosts of the pair are active, until it is stopped."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(daemon=True)
        self.eyes = Eyes(lab)
        self.looks = 0
        self.seen: list[str] = []
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(0.1):
            # The hosts are read one after another. What moves meanwhile is on one of them at the second look.
            if self._both() and (both := self._both()):
                self.seen.append(f"{time.time():.3f}: {both}")
            self.looks += 1

    def _both(self) -> str:
        # To ask guests several times a second what they have mounted would be too much of their one processor.
        holders, mounted = self.eyes.holders(), {} if self.eyes.lab.on_guests else self.eyes.mounted()
        found = (["address"] if len(holders) > 1 else []) + (["storage"] if len(mounted) > 1 else [])
        return " and ".join(found)

    def stop(self) -> None:
        self._end.set()
        self.join()


def active(lab: Lab) -> tuple[LabHost, LabHost]:
    """The host that has the pair's address, and the other one."""
    (holder,) = Eyes(lab).holders()
    (other,) = (host for host in lab.pair if host is not holder)
    return holder, other


def wait_for_takeover(lab: Lab, host: LabHost, timeout: float) -> None:
    eyes = Eyes(lab)
    eventually(eyes.holders, lambda seen: seen == [host], timeout=timeout, what=f"{lab.vip} on {host.name} alone")


def crm(host: LabHost) -> ET.Element:
    """The cluster as a host's Pacemaker sees it."""
    return ET.fromstring(stdout(host, "crm_mon --fence-history=3 --output-as=xml"))  # noqa: S314


def failed_fencing(host: LabHost, target: LabHost) -> bool:
    """Whether Pacemaker on a host knows that another one could not be fenced."""
    events = crm(host).iterfind("fence_history/fence_event")
    return any(event.get("target") == target.name and event.get("status") == "failed" for event in events)


def power_log(since: float) -> list[dict[str, t.Any]]:
    """What the power switch was asked for since then, and did."""
    path = LAB_DIR / "power_switch.log"
    events = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [event for event in events if event["at"] >= since]


def fenced(lab: Lab, host: LabHost, since: float) -> list[str]:
    """How its power was switched since then, or by SBD what Pacemaker knows of it, as any of the two hosts tells."""
    if lab.storage != "device":
        return [event["reset"] for event in power_log(since) if event.get("host") == host.name]
    found = []
    for teller in lab.pair:
        # One that is off tells nothing.
        with contextlib.suppress(ET.ParseError, RuntimeError):
            found += list(crm(teller).iterfind("fence_history/fence_event"))
    good = [event for event in found if (event.get("target"), event.get("status")) == (host.name, "success")]
    times = [event.attrib["completed"] for event in good]
    return [at for at in times if datetime.fromisoformat(at).timestamp() >= int(since)]


@contextlib.contextmanager
def power_switch_refuses() -> t.Iterator[None]:
    """It answers that it cannot, whatever it is asked."""
    refuse = LAB_DIR / "power_switch.refuse"
    refuse.touch()
    try:
        yield
    finally:
        refuse.unlink()


def boot_of(host: LabHost) -> str:
    """What changes with each start of a host's kernel."""
    return host.run("cat /proc/sys/kernel/random/boot_id")


def cut_both_links(host: LabHost) -> None:
    """Cut both ways by which a host and the other one watch each other."""
    for address in (host.interconnect, host.heartbeat):
        silence(host, str(address))


def lose_disk(host: LabHost, name: str) -> None:
    """All that is read from a guest's disk or written to it fails from now on, until the host starts again."""
    host.run(f"dmsetup wipe_table lab-{name}")


def unsettled(lab: Lab) -> dict[str, object]:
    """What lags behind, by its name: the cluster as each host sees it, its links and votes, its storage."""
    lacking: dict[str, object] = {}
    for host in lab.pair:
        seen = crm(host)
        nodes = {node.get("name"): {key: node.get(key) for key in FAULTLESS} for node in seen.iterfind("nodes/node")}
        if nodes != {each.name: FAULTLESS for each in lab.pair}:
            lacking[f"nodes on {host.name}"] = nodes
        resources = [(each.get("id"), each.get("role"), each.get("failed")) for each in seen.iter("resource")]
        if not resources or not {(role, failed) for _name, role, failed in resources} <= RUNNING:
            lacking[f"resources on {host.name}"] = resources
        links = stdout(host, "corosync-cfgtool -s")
        if "disconnected" in links or links.count("LINK ID") != 2:
            lacking[f"links of {host.name}"] = links
        votes = stdout(host, "corosync-quorumtool -s")
        if not re.search(rf"^Total votes:\s+{lab.votes}$", votes, re.MULTILINE):
            lacking[f"votes on {host.name}"] = votes
    if (storage := STORAGE[lab.storage](lab)) is not None:
        lacking["storage"] = storage
    if len(holders := Eyes(lab).holders()) != 1:
        lacking["address"] = [host.name for host in holders]
    return lacking


def _volume(lab: Lab) -> str | None:
    """What healing has still to do."""
    heal = stdout(lab.pair[0], f"gluster volume heal {lab.virtual_name} info summary")
    return heal if "Status: Connected" not in heal or re.search(r"not connected|: [1-9]", heal) else None


def _mirror(lab: Lab) -> str | None:
    """What DRBD says of two copies that are not the same."""
    told = stdout(lab.pair[0], "cat /proc/drbd")
    return None if "cs:Connected" in told and "ds:UpToDate/UpToDate" in told else told


STORAGE: dict[str, t.Callable[[Lab], str | None]] = {
    "gluster": _volume,
    "drbd": _mirror,
    "device": lambda _lab: None,
    "nfs": lambda _lab: None,
}
"""By what the pair's storage is: what it lacks."""


def settle(lab: Lab, after: str, timeout: float = 120) -> None:
    """Wait until both hosts are there and one of them serves."""
    eventually(lambda: unsettled(lab), lambda lacking: not lacking, timeout=timeout, what=f"a whole pair after {after}")


class PairWorkload(Workload):
    """A workload through the pair's address."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        super().__init__(lab, folder, **(AT_EASE if lab.on_guests else {}))

    def wait_for_clients(self, began: float) -> None:
        holder, _other = active(self.lab)
        self.wait_for_writers(holder, Eyes(self.lab).mounted()[holder.name], began)

    @property
    def servers(self) -> list[str]:
        return [self.lab.vip]


def limit(lab: Lab, fault: str, *, felt: bool = True) -> float:
    """For how many seconds clients may be without the service, by a fault that they feel or should not."""
    if lab.on_guests:
        return ON_GUESTS if felt else STALL
    return NOISE * target(lab, fault)


@dataclass(frozen=True)
class Done:
    """What was done at a time, in seconds of the epoch, and for how long clients may be without the service for it."""

    what: str
    limit: float
    at: float
    felt: bool = True


def judge(workload: PairWorkload, faults: list[Done], meanwhile: t.Callable[[], None] = lambda: None) -> None:
    """Hold what the clients saw against the promises. They have ended when something is done meanwhile."""
    workload.finish()
    meanwhile()
    result = workload.judge([fault.at for fault in faults])
    # pytest shows the values of an assertion in a test only.
    assert not result["violations"], result["violations"]
    broken = []
    for fault, outage in zip(faults, result["outages"], strict=True):
        told = f"{fault.what}: limit {fault.limit} s, {json.dumps(outage)}"
        if not outage["gap"]["ended"] or max(outage["gap"]["seconds"], outage["up"] or 0) > fault.limit:
            broken.append(told)
        # A fault that no client felt would prove nothing.
        if bool(outage["reconnects"]) != fault.felt:
            broken.append(f"{'not ' if fault.felt else ''}felt: {told}")
    assert not broken, "\n".join(broken)
