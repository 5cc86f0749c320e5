# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the hosts of a pair can be fenced by SBD, and what SBD is told of its disks.

Controller side only. Pure: it works on what sbd_info, systemd_unit and Ansible's own modules returned on the hosts.
Each fault is one line that begins with the host.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line

SOFTDOG = "Software Watchdog"
"""How the kernel's own watchdog calls itself (drivers/watchdog/softdog.c)."""

QUORUM_SLACK = 1.2
"""How many times its timeout a host may be silent until the quorum host decides without it (corosync-qdevice(8))."""

_DEVICES = re.compile(r'^SBD_DEVICE="?([^"\n]*)', re.MULTILINE)

_ANEW = (
    "SBD takes it up only where the whole cluster starts: set `pair_enabled: false` for both hosts and run, which keeps"
    " the files and ends the service; then take that out and run again."
)


def configured_devices(text: str) -> list[str]:
    """The disks in /etc/default/sbd; none where there are only comments, as in the package's own."""
    return [device for found in _DEVICES.findall(text)[-1:] for device in found.split(";") if device]


def judge_host(
    host: str,
    seen: Mapping[str, t.Any],
    others: Mapping[str, Mapping[str, t.Any]],
    *,
    softdog: bool,
    quorum_timeout: float,
) -> list[str]:
    """What speaks against SBD on a host.

    :param seen: ``disks`` and ``watchdog`` as sbd_info returns them, ``storage``, the path of the pair's own disk or
        None, ``active``, the units that run, and ``configured``, the disks that SBD was started with.
    :param others: the same of the pair's other hosts in this run, by name.
    :param softdog: whether the kernel's own watchdog will do.
    :param quorum_timeout: milliseconds that Corosync gives the quorum host; 0 without one.
    """
    return [
        *(
            fault
            for disk in seen["disks"]
            for fault in _disk_faults(f"{host}: SBD's disk {disk['device']}", disk, seen)
        ),
        *_time_faults(host, seen["disks"], quorum_timeout),
        *_between_faults(host, seen["disks"], others),
        *_watchdog_faults(f"{host}: watchdog", seen, softdog=softdog),
        *_running_faults(f"{host}: sbd.service", seen),
    ]


def _disk_faults(where: str, disk: Mapping[str, t.Any], seen: Mapping[str, t.Any]) -> Iterator[str]:
    device, header = disk["device"], disk["header"]
    if disk["path"] is None:
        yield line(where, "a disk that both hosts see", "none of that name", "Look why this host does not see it.")
    elif disk["path"] == seen["storage"]:
        remedy = "Name another one: what SBD writes would lie over the files."
        yield line(where, "a disk of SBD's own", f"{disk['path']}, the pair's storage", remedy)
    elif header is None:
        remedy = (
            "A disk that cannot be read looks the same: see the kernel's log first (`journalctl -k`). If it is new,"
            f" `sbd -d {device} create` on one of the hosts makes a header, and DESTROYS what else is on the disk."
        )
        yield line(where, "a header that `sbd create` wrote", disk["error"].rstrip("."), remedy)
    elif header["msgwait"] < 2 * header["watchdog_timeout"]:
        # sbd(8): a host that has just missed a message is off only when its watchdog has run off as well.
        least = header["watchdog_timeout"]
        found = f"msgwait {header['msgwait']} s, watchdog {least} s"
        yield line(where, "a msgwait of twice the watchdog's time or more", found, _again(device, least))


def _again(device: str, watchdog: int) -> str:
    """How a header gets other times."""
    return (
        f"With the cluster stopped on both hosts, `sbd -d {device} -1 {watchdog} -4 {2 * watchdog} create` writes"
        " it anew."
    )


def _time_faults(host: str, disks: Sequence[Mapping[str, t.Any]], quorum_timeout: float) -> Iterator[str]:
    headers = {disk["device"]: disk["header"] for disk in disks if disk["header"]}
    times = {(header["watchdog_timeout"], header["msgwait"]) for header in headers.values()}
    if len(times) > 1:
        found = ", ".join(
            f"{header['watchdog_timeout']} s and {header['msgwait']} s on {device}"
            for device, header in headers.items()
        )
        remedy = "sbd takes no disk whose times are others: write them anew with the cluster stopped on both hosts."
        yield line(f"{host}: SBD's disks", "one watchdog time and one msgwait on all", found, remedy)
    least = -(-quorum_timeout * QUORUM_SLACK // 1000)
    for device, header in headers.items():
        if header["watchdog_timeout"] < least:
            # Corosync may wait for the quorum host no longer than the watchdog, or sbd does not believe in quorum
            # (sbd-cluster.c). Were it to give up sooner than that decides, the pair would stop in each failure.
            wanted = f"a watchdog time of {least:g} s or more, in which the quorum host can decide"
            found = f"{header['watchdog_timeout']} s"
            remedy = f"{_again(device, int(least))} Or choose a faster `samba_ha_profile`."
            yield line(f"{host}: SBD's disk {device}", wanted, found, remedy)


def _between_faults(
    host: str, disks: Sequence[Mapping[str, t.Any]], others: Mapping[str, Mapping[str, t.Any]]
) -> Iterator[str]:
    """Disks that are not what their names say: two names of one disk, or one name of two."""
    known: dict[str, str] = {}
    for disk in disks:
        if not disk["header"]:
            continue
        where, uuid = f"{host}: SBD's disk {disk['device']}", disk["header"]["uuid"]
        if uuid in known:
            yield line(where, "a disk of its own", f"that of {known[uuid]} (UUID {uuid})", "Name each disk once.")
            continue
        known[uuid] = disk["device"]
        for other, seen in others.items():
            there = [each["header"]["uuid"] for each in seen["disks"] if each["header"] and _same(each, disk)]
            if there and there != [uuid]:
                found = f"another one (UUID {uuid} here, {there[0]} there)"
                remedy = "A message to this host would never come: give both the same disk."
                yield line(where, f"the same as on {other}", found, remedy)


def _same(one: Mapping[str, t.Any], other: Mapping[str, t.Any]) -> bool:
    return bool(one["device"] == other["device"])


def _watchdog_faults(where: str, seen: Mapping[str, t.Any], *, softdog: bool) -> Iterator[str]:
    """It resets a host that hangs, or that reads no messages any more."""
    watchdog = seen["watchdog"]
    own = "one that resets this host whatever its kernel does"
    remedy = (
        "Load the driver of the board's own (such as iTCO_wdt), or give a virtual machine one (i6300esb). Where there"
        " is none, `pair_sbd_softdog: true` says that the kernel's own will do, which hangs together with the kernel."
    )
    if watchdog is None:
        if not softdog:
            yield line(where, own, "none", remedy)
        return
    if watchdog["identity"] == SOFTDOG and not softdog:
        yield line(where, own, f"the kernel's own ({SOFTDOG})", remedy)
    if watchdog["in_use"] and "sbd.service" not in seen["active"]:
        remedy = "Stop what holds it, such as systemd (RuntimeWatchdogSec) or the package watchdog."
        yield line(where, "one that no other program holds", f"{watchdog['device']} in use", remedy)


def _running_faults(where: str, seen: Mapping[str, t.Any]) -> Iterator[str]:
    """A cluster that runs without SBD, or on other disks, would take a host for off that never got the message."""
    wanted = [disk["device"] for disk in seen["disks"]]
    if "sbd.service" not in seen["active"]:
        if "corosync.service" in seen["active"]:
            yield line(where, "SBD to run where the cluster does", "a cluster without it", _ANEW)
    elif seen["configured"] != wanted:
        yield line(where, f"it to watch {', '.join(wanted)}", ", ".join(seen["configured"]) or "no disk", _ANEW)
