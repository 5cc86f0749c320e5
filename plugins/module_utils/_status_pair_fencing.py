# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges what a pair's safety rests on: fence devices, hosts that are to be fenced, and what failed."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Notes, Pair, State
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_sbd import AGENT as SBD

_DEVICE = "fence-"
"""What a fence device's name begins with; the host that it fences follows."""


def fences(device: State, pair: Pair) -> tuple[str, ...]:
    """The hosts that a fence device fences: one, or with SBD both."""
    return pair.hosts if device["agent"] == f"stonith:{SBD}" else (device["id"].removeprefix(_DEVICE),)


def judge_fencing(notes: Notes, pair: Pair, view: State) -> None:
    """Fencing switched off, devices that fail, and hosts that were lost and are not fenced."""
    if pair.fenced and not (view["fencing"] and view["fence_devices"]):
        notes.add(
            pair.layer,
            None,
            "Fencing is off, although the inventory wants it: a host that hangs would write beside the other one.",
            "ansible-playbook samba_ha.cluster.site",
            where="controller",
        )
    for device in view["fence_devices"]:
        if device["failed"]:
            notes.add(
                pair.layer,
                None,
                f"The fence device {device['id']} does not answer: if {' or '.join(fences(device, pair))} is lost,"
                " nobody takes over. Mend it first; the command has Pacemaker ask it again.",
                f"crm_resource --cleanup --resource {device['id']}",
                where=view["dc"],
            )
    for host, node in view["nodes"].items():
        if node["unclean"]:
            _judge_lost(notes, pair, view, host)


def _judge_lost(notes: Notes, pair: Pair, view: State, host: str) -> None:
    """A host of which nobody knows whether it still writes. What ran there runs nowhere else before it is fenced."""
    events = [event for event in view["fence_history"] if event["target"] == host]
    failed = next((event for event in events if event["status"] == "failed"), None)
    ran = any(host in each["active_on"] for each in view["resources"])
    held = "What ran there runs nowhere until then" if ran else "The other one serves"
    if failed is None:
        sentence = f"It was lost, and is about to be fenced. {held}."
        notes.add(pair.layer, host, sentence, critical=ran)
        return
    why = f" ({failed['reason']})" if failed["reason"] else ""
    notes.add(
        pair.layer,
        host,
        f"It was lost, and could not be fenced{why}. {held}. Mend its fence device, or cut its power by hand; only when"
        " it is off for sure, the command says so to Pacemaker.",
        f"stonith_admin --confirm {host}",
        where=view["dc"],
        critical=ran,
    )


def judge_failures(notes: Notes, pair: Pair, view: State) -> None:
    """What failed and is remembered. After enough failures a resource does not return to the host."""
    broken = {device["id"] for device in view["fence_devices"] if device["failed"]}
    for failure in view["failures"]:
        if failure["resource"] in broken:
            continue  # told already
        words = ": ".join(filter(None, (failure["exit"], failure["reason"])))
        notes.add(
            pair.layer,
            failure["node"],
            f"{failure['resource']}: {failure['operation']} failed here ({words}). The command forgets it, when it is"
            " mended.",
            f"crm_resource --cleanup --resource {failure['resource']} --node {failure['node']}",
            where=view["dc"],
        )
