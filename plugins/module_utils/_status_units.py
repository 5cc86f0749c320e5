# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the service's systemd units: guards that nobody misses before something fails, and what starts with a host.

A unit that is not there is no fault: that is how a guard is switched off (`peer_watch_enabled: false` and the like).
"""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Notes, Site

_GUARDS = {
    "samba-ha-firewall.service": ("hosts", "whoever reaches the host reaches all of its ports"),
    "samba-ha-peer-watch.service": ("interconnect", "it would take long to notice that another node is cut off"),
    "samba-ha-smbd-watch.service": ("smbd", "a hung smbd would keep its clients waiting"),
    "samba-ha-return-path.service": ("front end", "what it answers to clients would not go by their front end"),
    "samba-ha-tickle.service": ("virtual address", "clients of a lost front end would wait until they lose patience"),
}
"""Units whose absence shows nowhere else: their layer, and what comes of it. Daemons are asked for their states."""


def judge_units(site: Site, notes: Notes) -> None:
    """Guards that do not run, and units that would not start with the host."""
    for host in site.reached(site.hosts):
        for unit in (site.read(host, "units") or {"units": []})["units"]:
            name = unit["name"]
            if not unit["loaded"]:
                continue
            if name in _GUARDS and unit["active_state"] != "active":
                layer, consequence = _GUARDS[name]
                notes.add(layer, host, f"{name} does not run: {consequence}.", f"systemctl restart {name}")
            if not unit["enabled"]:
                notes.add("hosts", host, f"{name} would not start with the host.", f"systemctl enable {name}")
