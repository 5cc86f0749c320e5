# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults that a drill makes on a host of a pair. What the pair makes of them is watched by _drill_pair_watch."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils import _drill_cut, _drill_process
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_kinds import Fault, Where, release

NEEDS = {
    "pair_killed": ("virtual_addresses", "units"),
    "pair_hung": ("units",),
    "pair_link_cut": ("links",),
    "pair_cut_off": ("links",),
    "pair_storage_lost": ("volume",),
    "pair_fence_failing": ("fence_agent",),
}
"""What a fault has to be told."""

_SAMBA = "samba-ha-pair.service"
"""Pacemaker starts it; systemd does not by itself."""


def pair_faults(where: Where) -> t.Iterator[Fault]:
    """All of them.

    A host that is fenced is restarted, and with that its fault has ended, too.
    """
    programs = _drill_process.pair_programs
    yield Fault(
        "pair_killed",
        release(where.units),
        victims=programs,
        held=where.units,
        mend=(("systemctl", "start", *where.units),),
        # A host without power answers for nothing.
        dropped=where.virtual_addresses,
    )
    thaw = ("systemctl", "kill", "--signal=CONT", *where.units, _SAMBA)
    yield Fault("pair_hung", thaw, victims=programs, frozen=True)
    # Pacemaker finds it, and starts it again.
    yield Fault("pair_smbd_killed", (), victims=_drill_process.running("smbd"))
    # Nothing brings the mount back but the fencing.
    yield Fault("pair_storage_lost", (), victims=_drill_process.mount_of(str(where.volume)))
    end = _drill_cut.delete("inet")
    # The last link is the heartbeat network's; the first one is the interconnect, which also carries the storage.
    yield Fault("pair_link_cut", end, cut=_cut(where, where.links[-1:]))
    yield Fault("pair_cut_off", end, cut=_cut(where, where.links))
    path = f"/usr/sbin/{where.fence_agent}"
    yield Fault("pair_fence_failing", ("umount", path), broken=path)


def _cut(where: Where, links: t.Sequence[str]) -> t.Callable[[Runner], str]:
    def text(runner: Runner) -> str:
        places = [_drill_cut.places_of(runner, [address])[0] for address in links]
        devices = dict.fromkeys(device for _address, device, _prefix in places)
        return _drill_cut.rules(where.ssh_port, interfaces=tuple(devices))

    return text
