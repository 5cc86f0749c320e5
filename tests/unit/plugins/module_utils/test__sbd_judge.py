# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What speaks against SBD on a host is one line each, and all are told at once."""

from __future__ import annotations

import base64
import typing as t
from collections.abc import Callable

import pytest
from ansible_collections.samba_ha.cluster.plugins.filter.pair import FilterModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._sbd_judge import configured_devices

Host = dict[str, t.Any]
Break = Callable[[Host], None]

PLAIN = '# SBD_DEVICE specifies the devices to use\n#SBD_DEVICE=""\nSBD_PACEMAKER=yes\n'
NAME = "/dev/disk/by-id/wwn-"
WHERE = f"file1: SBD's disk {NAME}1: "


def disk(number: int, watchdog: int = 5, msgwait: int = 10) -> Host:
    header = {"uuid": f"uuid-{number}", "watchdog_timeout": watchdog, "msgwait": msgwait}
    return {"device": f"{NAME}{number}", "path": f"/dev/sd{number}", "header": header, "slots": [], "error": None}


def unit(name: str, state: str) -> Host:
    return {"name": f"{name}.service", "active_state": state}


def host(disks: int = 1, *, running: bool = False) -> Host:
    """What a sound host has registered: a new one, or one whose cluster runs."""
    text = f'SBD_DEVICE="{";".join(f"{NAME}{number + 1}" for number in range(disks))}"\n' if running else PLAIN
    state = "active" if running else "inactive"
    return {
        "__pair_sbd_disks": {
            "disks": [disk(number + 1) for number in range(disks)],
            "watchdog": {"device": "/dev/watchdog", "identity": "iTCO_wdt", "in_use": running},
        },
        "__pair_sbd_units": {"units": [unit("corosync", state), unit("sbd", state)]},
        "__pair_sbd_file": {"content": base64.b64encode(text.encode()).decode()},
        "__pair_sbd_storage": {"stat": {"exists": True, "path": f"{NAME}9", "lnk_source": "/dev/sd9"}},
    }


def faults(*breaks: Break, disks: int = 1, running: bool = False, **given: t.Any) -> list[str]:
    """Of `file1`, which is spoilt; `file2` is sound."""
    hostvars = {"file1": host(disks, running=running), "file2": host(disks, running=running)}
    for each in breaks:
        each(hostvars["file1"])
    told: list[str] = FilterModule().filters()["sbd_faults"](hostvars, "file1", ["file1", "file2"], **given)
    return told


def at(value: object, *path: str | int) -> Break:
    """Set what stands at a path of what the host has registered."""

    def act(data: Host) -> None:
        place: t.Any = data
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return act


def of_disk(number: int = 0, **values: object) -> Break:
    return lambda data: data["__pair_sbd_disks"]["disks"][number].update(values)


def times(watchdog: int, msgwait: int, number: int = 0) -> Break:
    return of_disk(number, header=disk(number + 1, watchdog, msgwait)["header"])


def watchdog(**values: object) -> Break:
    return lambda data: data["__pair_sbd_disks"]["watchdog"].update(values)


NO_WATCHDOG = at(None, "__pair_sbd_disks", "watchdog")
SOFT = watchdog(identity="Software Watchdog")
NO_STORAGE = at({"skipped": True}, "__pair_sbd_storage")

SOUND: dict[str, tuple[Break, dict[str, t.Any]]] = {
    "a new host": (lambda data: None, {}),
    "one that runs": (lambda data: None, {"running": True}),
    "three disks": (lambda data: None, {"disks": 3, "running": True}),
    "storage that is no disk": (NO_STORAGE, {}),
    "a quorum host that decides in time": (lambda data: None, {"quorum_timeout": 4000}),
    "no watchdog but the kernel's own, which is yet to come": (NO_WATCHDOG, {"softdog": True}),
    "no watchdog but the kernel's own": (SOFT, {"softdog": True}),
    "a watchdog of which the kernel does not tell": (watchdog(identity=None, in_use=None), {}),
    "SBD that waits for its turn": (
        at("activating", "__pair_sbd_units", "units", 1, "active_state"),
        {"running": True},
    ),
    "a cluster that failed": (at("failed", "__pair_sbd_units", "units", 0, "active_state"), {}),
}


@pytest.mark.parametrize("case", SOUND)
def test_a_sound_host_has_no_faults(case: str) -> None:
    each, given = SOUND[case]
    assert faults(each, **given) == []


# What is spoilt, how the host is otherwise, and parts that the one line must have, its subject first.
ONE_FAULT: dict[str, tuple[Break, dict[str, t.Any], tuple[str, ...]]] = {
    "a disk that is not there": (of_disk(path=None, header=None, error="x"), {}, (WHERE, "found none of that name.")),
    "a disk without a header": (
        of_disk(header=None, error="NOT dumped."),
        {},
        (WHERE, "found NOT dumped. A disk", "kernel's log first", f"`sbd -d {NAME}1 create`", "DESTROYS"),
    ),
    "the pair's storage": (
        of_disk(path="/dev/sd9", header=None, error="NOT dumped"),
        {},
        (WHERE, "found /dev/sd9, the pair's storage", "lie over the files"),
    ),
    "the pair's storage by its own name": (
        lambda data: (
            (at({"stat": {"exists": True, "path": "/dev/sd1"}}, "__pair_sbd_storage")(data))
            or of_disk(header=None, error="NOT dumped")(data)
        ),
        {},
        (WHERE, "found /dev/sd1, the pair's storage"),
    ),
    "a message that counts as received too soon": (
        times(10, 15),
        {},
        (WHERE, "found msgwait 15 s, watchdog 10 s", f"`sbd -d {NAME}1 -1 10 -4 20 create`"),
    ),
    "a watchdog that is sooner than the quorum host": (
        lambda data: None,
        {"quorum_timeout": 10000},
        (WHERE, "12 s or more", "found 5 s", f"`sbd -d {NAME}1 -1 12 -4 24 create`", "samba_ha_profile"),
    ),
    "disks with different times": (
        times(5, 30, 1),
        {"disks": 3},
        ("file1: SBD's disks: ", f"5 s and 10 s on {NAME}1, 5 s and 30 s on {NAME}2"),
    ),
    "two names of one disk": (
        of_disk(2, header=disk(2)["header"]),
        {"disks": 3},
        (f"file1: SBD's disk {NAME}3: ", f"found that of {NAME}2 (UUID uuid-2)"),
    ),
    "another disk than the other host": (
        of_disk(header=disk(7)["header"]),
        {},
        (WHERE, "the same as on file2", "(UUID uuid-7 here, uuid-1 there)"),
    ),
    "no watchdog": (NO_WATCHDOG, {}, ("file1: watchdog: ", "found none.", "`pair_sbd_softdog: true`")),
    "the kernel's own watchdog unasked": (
        SOFT,
        {},
        ("file1: watchdog: ", "found the kernel's own (Software Watchdog)"),
    ),
    "a watchdog that something else holds": (
        watchdog(in_use=True),
        {},
        ("file1: watchdog: ", "/dev/watchdog in use", "RuntimeWatchdogSec"),
    ),
    "a cluster that runs without SBD": (
        at("inactive", "__pair_sbd_units", "units", 1, "active_state"),
        {"running": True},
        ("file1: sbd.service: ", "found a cluster without it", "`pair_enabled: false`"),
    ),
    "SBD that watches other disks": (
        at({"content": base64.b64encode(b'SBD_DEVICE="/dev/a;/dev/b"').decode()}, "__pair_sbd_file"),
        {"running": True},
        ("file1: sbd.service: ", f"watch {NAME}1;", "found /dev/a, /dev/b", "`pair_enabled: false`"),
    ),
    "SBD that watches no disk": (
        at({"msg": "file not found"}, "__pair_sbd_file"),
        {"running": True},
        ("file1: sbd.service: ", "found no disk"),
    ),
}


@pytest.mark.parametrize("case", ONE_FAULT)
def test_one_fault_is_one_line(case: str) -> None:
    spoil, given, parts = ONE_FAULT[case]
    # Of a cluster that runs without SBD the watchdog is free.
    free = [watchdog(in_use=False)] if given.get("running") else []
    [fault] = faults(spoil, *free, **given)
    assert fault.startswith(parts[0])
    assert [part for part in parts if part not in fault] == []


def test_all_faults_are_told_at_once() -> None:
    told = faults(of_disk(path=None, header=None, error="x"), times(10, 15, 1), NO_WATCHDOG, disks=3)
    assert [each.split(": wanted")[0] for each in told] == [
        f"file1: SBD's disk {NAME}1",
        f"file1: SBD's disk {NAME}2",
        "file1: SBD's disks",
        "file1: watchdog",
    ]


def test_a_host_that_was_passed_over_is_not_compared() -> None:
    hostvars = {"file1": host(), "file2": {}}
    assert FilterModule().filters()["sbd_faults"](hostvars, "file1", ["file1", "file2"]) == []


@pytest.mark.parametrize(
    ("text", "devices"),
    [
        (PLAIN, []),
        ("", []),
        ('SBD_DEVICE="/dev/a"\n', ["/dev/a"]),
        ("SBD_DEVICE=/dev/a;/dev/b;/dev/c\n", ["/dev/a", "/dev/b", "/dev/c"]),
        # The last one holds, as in a shell.
        ('SBD_DEVICE="/dev/a"\nSBD_DEVICE="/dev/b"\n', ["/dev/b"]),
    ],
)
def test_the_disks_that_sbd_was_told(text: str, devices: list[str]) -> None:
    assert configured_devices(text) == devices
