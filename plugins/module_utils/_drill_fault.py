# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults that a drill makes on a host: how each is made, proven, and undone."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils import (
    _drill_cut,
    _drill_pair,
    _drill_process,
    _drill_program,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandFailed, CommandTimeout, Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb import Cluster, load_cluster
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_kinds import Fault, Where, release
from ansible_collections.samba_ha.cluster.plugins.module_utils._systemd import load_unit
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

SWITCH = "samba-ha-drill"
"""The transient timer that ends a fault by itself."""

_START_TIMEOUT = 90.0
"""Seconds. A node waits until its volumes can be written."""

_DEATH_TIMEOUT = 10.0
"""Seconds. systemd learns of a dead process at once."""

_REJOIN_TIMEOUT = 120.0
"""Seconds. CTDB connects within some seconds of the end of a cut; then the node recovers and is checked."""

NEEDS = {
    "brick_killed": ("volume",),
    "frontend_killed": ("virtual_addresses",),
    "frontend_cut_off": ("virtual_addresses",),
    "interconnect_cut": ("interconnect_address",),
    **_drill_pair.NEEDS,
}
"""What a fault has to be told."""


def _kills(where: Where) -> t.Iterator[Fault]:
    start_smbd = ("systemctl", "start", "smbd.service")
    yield Fault("smbd_killed", (), victims=_drill_process.running("smbd"), serving=True)
    yield Fault("smbd_all_killed", start_smbd, victims=_drill_process.running("smbd"), mend=(start_smbd,))
    start_brick = ("gluster", "--mode=script", "volume", "start", str(where.volume), "force")
    yield Fault("brick_killed", start_brick, victims=_drill_process.brick_of(str(where.volume)), mend=(start_brick,))
    glusterd = ("glusterd.service",) if where.gluster else ()
    node = (*glusterd, "ctdb.service")
    yield Fault(
        "node_killed",
        release(node),
        victims=_drill_process.node_programs,
        held=node,
        mend=(
            # Debian's unit may be started six times an hour, and more runs than that are asked for.
            *(("systemctl", verb, unit) for unit in glusterd for verb in ("reset-failed", "start")),
            # Its mounts died with their processes, which it does not know.
            ("systemctl", "restart", "samba-ha-shared-fs.service"),
            ("systemctl", "start", "ctdb.service"),
        ),
        dropped=where.public_addresses,
    )
    frontend = ("haproxy.service", "keepalived.service")
    yield Fault(
        "frontend_killed",
        release(frontend),
        victims=_drill_process.running("haproxy", "keepalived"),
        held=frontend,
        mend=(("systemctl", "start", *frontend),),
        dropped=where.virtual_addresses,
    )


def _cuts(where: Where) -> t.Iterator[Fault]:
    def all_but_ssh(_runner: Runner) -> str:
        return _drill_cut.rules(where.ssh_port, silent=where.public_addresses)

    def interconnect(runner: Runner) -> str:
        _address, device, _prefix = _drill_cut.places_of(runner, [str(where.interconnect_address)])[0]
        return _drill_cut.rules(where.ssh_port, interfaces=(device,))

    def without_addresses(_runner: Runner) -> str:
        return _drill_cut.rules(where.ssh_port, silent=where.virtual_addresses)

    families = ("inet", "arp") if where.public_addresses else ("inet",)
    yield Fault("node_cut_off", _drill_cut.delete(*families), cut=all_but_ssh, alone=True)
    yield Fault("interconnect_cut", _drill_cut.delete("inet"), cut=interconnect, alone=True)
    yield Fault("frontend_cut_off", _drill_cut.delete("inet", "arp"), cut=without_addresses)


def faults(where: Where) -> dict[str, Fault]:
    """All faults by name."""
    thaw = ("systemctl", "kill", "--signal=CONT", "smbd.service")
    hung = Fault("smbd_hung", thaw, victims=_drill_process.running("smbd"), frozen=True)
    return {each.name: each for each in (*_kills(where), *_cuts(where), hung, *_drill_pair.pair_faults(where))}


NAMES = tuple(sorted(faults(Where())))


def foretell(runner: Runner, asked: Fault) -> str:
    """What :func:`make` would do, in words.

    :raises StateError: there is nothing to hit.
    """
    if asked.broken:
        return _drill_program.foretell(runner, asked.broken)
    if asked.cut:
        return f"would load the rules: {' '.join(asked.cut(runner).split())}"
    if asked.serving:
        # Whom it hits is known only when clients work.
        return "would kill each smbd that then serves a client"
    found = _victims(runner, asked)
    return f"would {'stop' if asked.frozen else 'kill'} {_drill_process.told(found)}"


def make(runner: Runner, asked: Fault, limit: float) -> tuple[float, str]:
    """Make a fault that ends by itself after ``limit`` seconds.

    :returns: when it was made, in seconds of the epoch, and what proves it.
    :raises StateError: it did not come about.
    """
    text = asked.cut(runner) if asked.cut else ""
    found = () if asked.cut or asked.broken else _victims(runner, asked)
    if asked.switch:
        _set_switch(runner, asked.switch, limit)
    if asked.broken:
        return _drill_program.break_program(runner, asked.broken)
    if asked.cut:
        return _drill_cut.cut(runner, text)
    if asked.frozen:
        return _drill_process.freeze(runner, asked.victims, found)
    if asked.held:
        runner(["systemctl", "mask", "--runtime", *asked.held])
        # Once more, since that took a moment.
        found = _victims(runner, asked)
    places = _drill_cut.places_of(runner, asked.dropped) if asked.dropped else []
    at, proof = _drill_process.kill(runner, found)
    for address, device, prefix in places:
        # 2: a child of keepalived's, or systemd, had the time to take it away when its owner died.
        runner(["ip", "address", "delete", f"{address}/{prefix}", "dev", device], ok=(0, 2))
        proof += f", {address} taken from {device}"
    for unit in asked.held:
        _see_dead(runner, unit)
    return at, proof


def there(runner: Runner, asked: Fault) -> bool:
    """Whether there is something to undo."""
    if asked.broken:
        return _drill_program.is_broken(runner, asked.broken)
    if asked.cut:
        return bool(_drill_cut.tables(runner))
    if asked.serving:
        return False
    left = _drill_process.seen(runner, asked.victims)
    if asked.frozen:
        return any(process.state == "T" for process in left)
    return not left or bool(_masked(runner, asked))


def undo(runner: Runner, asked: Fault) -> list[str]:
    """End the fault, and return what was done, in words; nothing if there is none.

    :raises StateError: it cannot be ended, or it turns out that there was none.
    """
    if asked.switch:
        # 5: there is no such timer, because it has run or the host was restarted.
        runner(["systemctl", "stop", f"{SWITCH}.timer"], ok=(0, 5))
    if not there(runner, asked):
        return []
    if asked.broken:
        return [_drill_program.mend_program(runner, asked.broken)]
    if asked.cut:
        return [_drill_cut.end(runner), *(_take_part(runner) if asked.alone else ())]
    if asked.frozen:
        return [_drill_process.thaw(runner, asked.victims)]
    if masked := _masked(runner, asked):
        runner(release(masked))
    for argv in asked.mend:
        runner(argv, timeout=_START_TIMEOUT)
    return [" ".join(argv) for argv in asked.mend]


def _set_switch(runner: Runner, command: t.Sequence[str], limit: float) -> None:
    """Have systemd run a command after ``limit`` seconds, unless the timer is stopped before."""
    timer = [f"--unit={SWITCH}", f"--on-active={limit:g}", "--timer-property=AccuracySec=1s", "--collect"]
    runner(["systemd-run", "--quiet", *timer, "--", *command])


def _victims(runner: Runner, asked: Fault) -> tuple[_drill_process.Process, ...]:
    """Those that are to be hit.

    :raises StateError: there is none.
    """
    serving = _drill_process.parse_serving(runner(_drill_process.SERVING).stdout) if asked.serving else None

    def hit(process: _drill_process.Process) -> bool:
        return asked.victims(process) and (serving is None or process.pid in serving)

    return _drill_process.find(runner, hit, f"fault {asked.name}")


def _see_dead(runner: Runner, unit: str) -> None:
    """See that systemd takes the unit for dead, and does not start it again.

    :raises StateError: it does.
    """
    wait_for(
        lambda: load_unit(runner, unit).active_state,
        lambda state: state in ("failed", "inactive"),
        subject=f"unit {unit}",
        wanted="a dead one",
        describe=str,
        remedy="Look what starts it again.",
        timeout=_DEATH_TIMEOUT,
    )


def _masked(runner: Runner, asked: Fault) -> list[str]:
    return [unit for unit in asked.held if load_unit(runner, unit).file_state == "masked-runtime"]


def _take_part(runner: Runner) -> list[str]:
    """Have the node take part in CTDB again: one that was alone bans itself, since it cannot get the lock.

    It may do so as late as when the cut has ended, so its ban is looked for until it is healthy. A ban is not lifted
    before the node can reach the lock again: without it, it would leave at once, and cost the others two recoveries.

    :raises StateError: it does not become healthy.
    """
    lifted: list[str] = []

    def look() -> Cluster:
        cluster = load_cluster(runner)
        if any("banned" in node.flags for node in cluster.nodes if node.this_node) and _reaches_lock(runner):
            runner(["ctdb", "unban"])
            lifted[:] = ["the node's ban was lifted"]
        return cluster

    wait_for(
        look,
        lambda seen: seen.healthy,
        subject="CTDB",
        wanted="every node healthy, a leader and no recovery",
        describe=lambda seen: seen.describe(),
        remedy="Look whether the interconnect is well again; the playbook status measures it.",
        timeout=_REJOIN_TIMEOUT,
    )
    return lifted


def _reaches_lock(runner: Runner) -> bool:
    path = runner(["ctdb", "getreclock"]).stdout.strip()
    try:
        runner(["stat", path])
    except (CommandFailed, CommandTimeout):
        return False
    return True
