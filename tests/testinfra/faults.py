# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that the lab can be given, and what the page has to say of each."""

from __future__ import annotations

from dataclasses import dataclass

from acts import (
    Act,
    ctdb,
    cut_off,
    end_split_brain,
    fill_a_brick,
    freeze_smbd,
    hold_the_address_twice,
    kill_bricks,
    leave_changes_behind,
    on,
    podman,
    power_off,
    reconnect,
    remove_the_small_volume,
    split_brain,
    stop_unit,
    take_out_of_rotation,
    turn_the_clock,
    watch_smbd,
)
from lab import Lab

DATA, LOCK = "/srv/samba_ha/data", "/srv/samba_ha/lock"
BEHIND = r"^None: \d+ changes? of the volume (data|lock) "
"""What the page's own markers leave behind on a brick that is away."""
WITHOUT_BRICK = r"^fe\d: HAProxy does not use pool3, which serves: (via agent : down \(its brick is |its agent says so)"
"""A node serves nobody while its brick is away, which HAProxy may know sooner or later than the page."""
RECOVERING = r"^None: The cluster is recovering"
"""True for some seconds after a node has left or come."""


def nothing(lab: Lab) -> None:
    """Nothing is left to undo: the printed command mends it."""


@dataclass(frozen=True)
class Fault:
    """A fault: ``told`` are patterns of `HOST: SENTENCE` that the page must have, ``besides`` those that it may have.

    ``undo`` ends what no command on a host can mend, such as a cut cable or a disk that is too small.
    """

    name: str
    make: Act
    told: tuple[str, ...]
    besides: tuple[str, ...] = ()
    verdict: str = "degraded"
    undo: Act = nothing


FAULTS = (
    # Those of a line are made together: they do not touch one another, and reading all states takes its time.
    (
        Fault("node disabled", ctdb(1, "disable", "Disabled"), (r"^pool2: The node was disabled by hand",)),
        Fault("HAProxy dead", stop_unit("haproxy.service"), (r"^fe\d: HAProxy does not answer",)),
        Fault(
            "disk nearly full",
            fill_a_brick,
            (r"^pool2: The disk of the brick /srv/small/brick \(small\) has 5\.0 % free",),
            undo=remove_the_small_volume,
        ),
    ),
    (
        Fault("node banned", ctdb(1, "ban 600", "Banned"), (r"^pool2: The node is banned",), (RECOVERING,)),
        Fault(
            "address on both front ends",
            hold_the_address_twice,
            (r"^fe\d: It holds 10\.\d+\.1\.10 although fe\d is the master",),
        ),
        Fault(
            "glusterd dead",
            on(2, "systemctl stop glusterd.service"),
            (r"^pool3: glusterd does not answer",),
            # It takes its bricks along.
            (BEHIND, WITHOUT_BRICK),
        ),
    ),
    (
        Fault("node stopped", ctdb(2, "stop", "Stopped"), (r"^pool3: The node was stopped by hand",), (RECOVERING,)),
        Fault("keepalived dead", stop_unit("keepalived.service"), (r"^fe\d: keepalived does not answer",)),
        Fault(
            "firewall off and not enabled",
            on(0, "systemctl disable --now samba-ha-firewall.service"),
            (
                r"^pool1: samba-ha-firewall\.service does not run: whoever reaches the host",
                r"^pool1: samba-ha-firewall\.service would not start with the host",
            ),
        ),
    ),
    (
        Fault(
            "ctdbd dead",
            on(2, "systemctl kill --signal=KILL ctdb.service"),
            (r"^pool3: ctdbd does not answer",),
            (RECOVERING,),
        ),
        Fault(
            "server in maintenance",
            take_out_of_rotation,
            (r"^fe1: pool2 was taken out of the rotation by hand",),
        ),
    ),
    (
        Fault(
            "smbd stopped",
            on(0, "systemctl stop smbd.service"),
            (r"^pool1: No smbd runs",),
            (r"^pool1: The node is unhealthy",),
        ),
        Fault(
            "clock skew",
            turn_the_clock,
            (r"^pool3: Its clock is 300 s ahead of",),
            undo=on(2, "rm /etc/ld.so.preload /etc/faketimerc"),
        ),
    ),
    (
        Fault(
            "smbd hung",
            lambda lab: freeze_smbd(lab.pool[0]),
            # Its watch is stopped for that.
            (r"^pool1: smbd runs, but does not answer a client", r"^pool1: samba-ha-smbd-watch\.service does not run"),
            (r"^pool1: The node is unhealthy",),
            undo=lambda lab: watch_smbd(lab.pool[0]),
        ),
        Fault(
            "share missing on one node",
            on(
                1, r"sed -i 's/^\(\s*registry shares\).*/\1 = no/' /etc/samba/smb.conf && smbcontrol smbd reload-config"
            ),
            (r"^pool2: data and private are shares of the inventory, but not of this node's",),
        ),
        Fault(
            "brick killed",
            kill_bricks("lock", 2),
            (r"^pool3: The brick /srv/gluster/lock/brick of the volume lock",),
            (BEHIND,),
        ),
    ),
    (
        Fault(
            "heal pending",
            leave_changes_behind,
            (
                r"^pool3: The brick /srv/gluster/data/brick",
                r"^None: \d+ changes? of the volume data to be healed when all",
            ),
            (WITHOUT_BRICK,),
        ),
    ),
    (
        Fault(
            "split brain",
            split_brain,
            (r"^None: 1 file of the volume data in split brain: /split-",),
            undo=end_split_brain,
        ),
        Fault(
            "lock volume not mounted",
            on(1, f"umount --lazy {LOCK}"),
            (rf"^pool2: {LOCK} is not mounted",),
            # The agent knows it before CTDB does.
            (
                r"^pool2: The node is unhealthy",
                rf"^fe\d: HAProxy does not use pool2, which serves: (via agent : down \({LOCK}: |its agent says so)",
            ),
        ),
    ),
    (
        Fault(
            "backend read-only",
            kill_bricks("data", 1, 2),
            (
                r"^None: The volume data has 1 brick of the 2 that it needs",
                rf"^pool1: {DATA} cannot be written",
                r"^pool2: The brick /srv/gluster/data/brick",
                r"^pool3: The brick /srv/gluster/data/brick",
            ),
            # CTDB's own checks and the agents find it as well, sooner or later than the page.
            (
                BEHIND,
                rf"^pool\d: {DATA} ",
                r"^pool\d: The node is unhealthy",
                r"^None: No node serves clients",
                rf"^fe\d: HAProxy does not use pool\d, which serves: (its agent|via agent : down \((its brick|{DATA}))",
                r"^fe\d: \S+ does not answer from here",
            ),
            verdict="down",
        ),
    ),
    (
        Fault(
            "node cut off",
            cut_off,
            (r"^pool3: No good link to any other node",),
            (BEHIND, RECOVERING, r"^pool3: ", r"^fe\d: HAProxy does not use"),
            undo=reconnect,
        ),
    ),
    (
        Fault(
            "node gone",
            power_off,
            (r"^pool3: It cannot be reached",),
            (BEHIND, RECOVERING),
            undo=lambda lab: podman("start", lab.pool[2]),
        ),
    ),
)
