# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the CIB, have the wanted one judged, push the difference, and wait for what follows from it."""

from __future__ import annotations

import os
import re
import typing as t
import xml.etree.ElementTree as ET

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing, Runner, words
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import PacemakerDown
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_cib import merge, owned
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_crm import NOT_CONNECTED, Status
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_diff import diff_of
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_plan import (
    TOOL_TIMEOUT,
    load_plan,
    wait_idle,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_records import Wanted

EMPTY = "<cib><configuration><crm_config/><nodes/><resources/><constraints/></configuration><status/></cib>"
"""Stands for the CIB of a cluster that is not there yet."""

_WARNINGS = re.compile(r"Warnings found during check|\(with warnings\)")
"""Ends crm_verify with where nothing worse was found. In Pacemaker 2.1 a resource that has failed before is enough."""

_ANY = range(256)
_DIFFER = 1
"""Exit status of crm_diff that tells of differences."""


def load_cib(runner: Runner) -> ET.Element:
    """The live CIB with its status.

    :raises PacemakerDown: it does not run.
    :raises StateError: cibadmin fails or says what is not understood.
    """
    done = runner(["cibadmin", "--query"], ok=_ANY, timeout=TOOL_TIMEOUT)
    said = words(done.stderr, done.stdout)
    if done.rc == NOT_CONNECTED:
        raise PacemakerDown(said)
    try:
        cib = ET.fromstring(done.stdout) if done.rc == 0 else None  # noqa: S314 (from the host's own pacemaker)
    except ET.ParseError:
        cib = None
    if cib is None or cib.find("configuration/resources") is None:
        # What it printed may hold secrets.
        found = words(done.stderr) if done.rc else "an answer that is none"
        raise StateError(
            "cibadmin --query",
            wanted="the CIB",
            found=f"exit status {done.rc}: {found}",
            remedy="Read: journalctl -b -u pacemaker.",
        )
    return cib


def as_text(cib: ET.Element) -> str:
    return ET.tostring(cib, encoding="unicode")


def verify(runner: Runner, cib: str) -> None:
    """:raises StateError: Pacemaker would not take it, in the words of crm_verify."""
    done = runner(["crm_verify", "-V", "--xml-pipe"], stdin=cib, ok=_ANY, timeout=TOOL_TIMEOUT)
    said = words(done.stderr, done.stdout)
    if done.rc != 0 and not _WARNINGS.search(said):
        raise StateError(
            "the wanted configuration",
            wanted="one that Pacemaker accepts",
            found=said or f"exit status {done.rc} of crm_verify",
            remedy="Correct the options. Nothing was changed.",
        )


def restarts(runner: Runner, live: str, wanted: str) -> list[str]:
    """The ids of running resources that Pacemaker will stop because of the change, if only to start them again.

    What it would have stopped anyway is not among them.
    """
    return sorted(load_plan(runner, wanted).stopped - load_plan(runner, live).stopped)


def push(runner: Runner, live: str, wanted: str, directory: str) -> None:
    """Apply the difference to whatever the CIB is by now: another change in between stays.

    :param directory: private to this run, since both CIBs hold secrets.
    :raises StateError: it was not accepted.
    """
    before, after = _write(directory, "before.xml", live), _write(directory, "after.xml", wanted)
    argv = ["crm_diff", "--no-version", "--original", before, "--new", after]
    patch = runner(argv, ok=(0, _DIFFER), timeout=TOOL_TIMEOUT).stdout
    done = runner(["cibadmin", "--patch", "--xml-pipe"], stdin=patch, ok=_ANY, timeout=TOOL_TIMEOUT)
    if done.rc != 0:
        raise StateError(
            "the CIB",
            wanted="the change accepted",
            found=words(done.stderr, done.stdout) or f"exit status {done.rc} of cibadmin",
            remedy="Without quorum Pacemaker accepts none: see corosync-quorumtool. Otherwise run this again.",
        )


def _write(directory: str, name: str, text: str) -> str:
    path = os.path.join(directory, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    return path


def faults(status: Status, ids: t.Container[str]) -> list[str]:
    """What of these resources does not run although it should, in words."""
    found = []
    failed = {failure.resource for failure in status.failures}
    running = {each.id for each in status.resources if each.active_on}
    for each in status.resources:
        if each.id not in ids or not each.wanted:
            continue
        if each.failed or each.blocked:
            found.append(f"{each.id} is {'blocked' if each.blocked else 'failed'} on {', '.join(each.active_on)}")
        # A fence device need not run to be used, and has nowhere to run while the other node is away.
        elif each.id not in running and (each.id in failed if each.fencing else any(node.fit for node in status.nodes)):
            found.append(f"{each.id} runs nowhere")
    return found


def settle(runner: Runner, ids: t.Container[str], deadline: float) -> None:
    """Wait until Pacemaker has done what it had to do, and see that the resources run.

    :param deadline: by time.monotonic().
    :raises StateError: it has not, or a resource does not run.
    """
    remedy = "The configuration is in place. Remove the cause, then: crm_resource --cleanup."
    seen = wait_idle(runner, subject="the cluster", wanted="nothing left to do", remedy=remedy, deadline=deadline)
    if found := faults(seen.status, ids):
        raise StateError(
            "the cluster", wanted="every resource running", found=f"{'; '.join(found)} ({seen})", remedy=remedy
        )


def bring_about(
    runner: Runner,
    wanted: Wanted,
    directory: str,
    *,
    purge: bool,
    allow_restart: bool,
    deadline: float,
    check_mode: bool,
) -> dict[str, t.Any]:
    """Read, compare, judge, push, wait; returns the module's result.

    :param directory: private to this run.
    :param deadline: by time.monotonic().
    """
    try:
        live, there = load_cib(runner), True
    except (PacemakerDown, CommandMissing):
        if not check_mode:
            raise
        live, there = ET.fromstring(EMPTY), False  # noqa: S314 (a constant)
    after = merge(live, wanted, purge=purge)
    before_text, after_text = as_text(live), as_text(after)
    changed, stopped = before_text != after_text, list[str]()
    if changed and there:
        verify(runner, after_text)
        stopped = restarts(runner, before_text, after_text)
        if stopped and not allow_restart and not check_mode:
            raise StateError(
                "the running resources",
                wanted="none to be restarted or stopped",
                found=f"the change does it to {', '.join(stopped)}",
                remedy="Nothing was changed. If that is what you want, set allow_restart.",
            )
    if not check_mode:
        if changed:
            push(runner, before_text, after_text, directory)
        settle(runner, {each.id for each in wanted.primitives}, deadline)
    gone = [each.get("id", "") for each in owned(live) if each.get("id") not in {one.get("id") for one in owned(after)}]
    refused = f"A run would refuse to restart or stop {', '.join(stopped)} without allow_restart."
    return {
        "changed": changed,
        "diff": diff_of(live, after, wanted),
        "restarts": stopped,
        "removed": sorted(gone),
        "warnings": [refused] if stopped and not allow_restart else [],
    }
