# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done to a live service, each with proof that it was done."""

from __future__ import annotations

import json
import subprocess
import typing as t
import uuid

from lab import Lab, LabHost, SmbClient, eventually
from observe import ask_haproxy, ctdb_flags, holders, servers, stdout

Act = t.Callable[[Lab], None]


def podman(action: str, *hosts: LabHost) -> None:
    """Start, stop or restart hosts, or take their power away (kill)."""
    words = ["podman", action] + (["--signal", "KILL"] if action == "kill" else [])
    subprocess.run([*words, *(host.container for host in hosts)], check=True, stdout=subprocess.DEVNULL)


def bring_back(host: LabHost, action: str = "start") -> None:
    """Start a host of a pair. It joins without the rest that it would take, since the other one serves by now."""
    podman(action, host)
    if host.kind == "guest":
        end_silence(host)
        return
    join = "systemctl start --no-block samba-ha-cluster.target"
    eventually(lambda: host.shell.run(join).rc, lambda status: status == 0, timeout=60, what=f"{host.name} at work")


def power_off(lab: Lab) -> None:
    """Take the last node's power away, and wait until the front ends send no client to it any more."""
    node = lab.pool[2]
    podman("kill", node)
    eventually(
        lambda: {servers(host)[node.name] for host in lab.frontends},
        lambda seen: seen == {"DOWN"},
        timeout=30,
        what=f"the front ends without {node.name}",
    )


def on(index: int, command: str) -> Act:
    """Run a command line on one of the pool's nodes."""

    def act(lab: Lab) -> None:
        lab.pool[index].run("sh -c %s", command)

    return act


def ctdb(index: int, command: str, flag: str) -> Act:
    """Give a CTDB command on a node, and wait for the flag that it sets."""

    def act(lab: Lab) -> None:
        node = lab.pool[index]
        node.run(f"ctdb {command}")
        eventually(
            lambda: ctdb_flags(lab.pool[0])[str(node.interconnect)],
            lambda flags: flag in flags,
            timeout=30,
            what=f"{node.name} {flag}",
        )

    return act


SMBD_WATCH = "samba-ha-smbd-watch.service"


def freeze_smbd(host: LabHost) -> None:
    """Stop every smbd, and what would end it. Again, until none moves: one may be born meanwhile."""
    host.run(f"systemctl stop {SMBD_WATCH}")

    def stop() -> str:
        host.run("pkill -STOP -x smbd")
        return stdout(host, "ps -C smbd -o state=")

    eventually(stop, lambda states: set(states.split()) == {"T"}, timeout=10, what=f"{host.name}'s smbd frozen")


def watch_smbd(host: LabHost) -> None:
    host.run(f"systemctl start {SMBD_WATCH}")


def kill_bricks(volume: str, *indexes: int) -> Act:
    # In brackets, so that the pattern does not match the words of the command that looks for it.
    pattern = f"[g]lusterfsd .*/srv/gluster/{volume}/brick"

    def kill(node: LabHost) -> None:
        node.run("pkill -KILL -f %s", pattern)
        looked = f"pgrep -f '{pattern}'"
        eventually(lambda: stdout(node, looked), lambda pids: not pids, timeout=10, what=f"{node.name}'s brick gone")

    def act(lab: Lab) -> None:
        for index in indexes:
            kill(lab.pool[index])

    return act


def leave_changes_behind(lab: Lab) -> None:
    """Write while a brick is away, so that it lacks the change."""
    kill_bricks("data", 2)(lab)
    with SmbClient(lab, lab.vip) as client:
        client.write(f"behind-{uuid.uuid4().hex}", b"written while a brick was away")


def other_holder(lab: Lab, before: list[LabHost], timeout: float) -> list[LabHost]:
    """Wait until another front end has the address."""
    # They are asked one after another: while it moves, both may seem to have it.
    return eventually(
        lambda: holders(lab), lambda now: len(now) == 1 and now != before, timeout=timeout, what="one other holder"
    )


def stop_unit(unit: str) -> Act:
    """Stop a unit on the front end that holds the address, and wait until the other one has it."""

    def act(lab: Lab) -> None:
        before = holders(lab)
        before[0].run(f"systemctl stop {unit}")
        other_holder(lab, before, timeout=30)

    return act


def hold_the_address_twice(lab: Lab) -> None:
    (standby,) = (host for host in lab.frontends if host not in holders(lab))
    standby.run(f"ip address add {lab.vip}/32 dev eth0")
    assert len(holders(lab)) == 2


def take_out_of_rotation(lab: Lab) -> None:
    ask_haproxy(lab.frontends[0], f"set server pool/{lab.pool[1].name} state maint")


CUT = "add table inet lab_cut; add chain inet lab_cut {0} {{ type filter hook {0} priority -300; }}; "
RULE = "add rule inet lab_cut {0} {1} {2} drop; "


def silence(host: LabHost, address: str) -> None:
    """Drop all that goes over the interface with the address, silently."""
    if host.kind == "guest":
        _pull_cable(host, address, "down")
        return
    device = stdout(host, f"ip -brief -4 address | grep -F ' {address}/' | cut -d@ -f1").split()[0]
    ways = (("input", "iifname"), ("output", "oifname"))
    host.run("nft %s", "".join(CUT.format(hook) + RULE.format(hook, way, device) for hook, way in ways))


def end_silence(host: LabHost) -> None:
    if host.kind == "guest":
        for address in (host.interconnect, host.heartbeat):
            _pull_cable(host, str(address), "up")
        return
    host.run("nft delete table inet lab_cut")


def _pull_cable(host: LabHost, address: str, state: str) -> None:
    """A guest has no filter of its own. Its interfaces are the container's, whose other ends are on this machine."""
    device = f"eth{[host.address, host.interconnect, host.heartbeat].index(address)}"
    argv = ["podman", "exec", host.container, "cat", f"/sys/class/net/{device}/iflink"]
    number = int(subprocess.run(argv, capture_output=True, check=True).stdout)
    links = json.loads(subprocess.run(["ip", "-json", "link"], capture_output=True, check=True).stdout)
    (end,) = (link["ifname"] for link in links if link["ifindex"] == number)
    subprocess.run(["ip", "link", "set", "dev", end, state], check=True)


def cut_off(lab: Lab) -> None:
    """Cut the last node off from the interconnect, and wait until CTDB has noticed."""
    node = lab.pool[2]
    silence(node, str(node.interconnect))
    eventually(
        lambda: ctdb_flags(lab.pool[0])[str(node.interconnect)],
        lambda flags: "Disconnected" in flags,
        timeout=60,
        what="CTDB without the node",
    )


def reconnect(lab: Lab) -> None:
    """End the cut. A node that was alone has banned itself, since it could not get the cluster lock."""
    node = lab.pool[2]
    end_silence(node)
    eventually(
        lambda: ctdb_flags(node),
        lambda flags: not any("Disconnected" in each for each in flags.values()),
        timeout=60,
        what="CTDB with the node again",
    )
    node.run("ctdb unban")


SKEW = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


def turn_the_clock(lab: Lab) -> None:
    """All new programs on the host see a clock that is five minutes ahead: containers share the machine's own."""
    ahead, right = lab.pool[2], lab.pool[1]
    ahead.run("sh -c %s", f"echo +300 > /etc/faketimerc; echo {SKEW} > /etc/ld.so.preload")
    assert abs(int(stdout(ahead, "date +%s")) - int(stdout(right, "date +%s"))) > 290


SMALL = "/srv/small"


def fill_a_brick(lab: Lab) -> None:
    """Add a volume on a small disk, and fill that up to 5 %."""
    node = lab.pool[1]
    node.run(f"mkdir {SMALL}")
    node.run(f"mount -t tmpfs -o size=40m none {SMALL}")
    node.run(f"gluster volume create small {node.interconnect}:{SMALL}/brick force")
    node.run("gluster volume start small")
    node.run(f"fallocate -l 38M {SMALL}/brick/large")


def remove_the_small_volume(lab: Lab) -> None:
    node = lab.pool[1]
    node.run("gluster --mode=script volume stop small force")
    node.run("gluster --mode=script volume delete small")
    node.run(f"umount {SMALL}")
    node.run(f"rmdir {SMALL}")
    assert "small" not in node.run("gluster volume list").split()


SPLIT = """
set -e
cd /srv/gluster/data/brick
echo "content of brick $1" > "$2"
touch --date "-$1 minutes" "$2"
setfattr -n trusted.gfid -v "0x$(echo "$3" | tr -d -)" "$2"
for other in 0 1 2; do
    [ "$other" = "$1" ] || setfattr -n "trusted.afr.data-client-$other" -v 0x000000010000000000000000 "$2"
done
folder=.glusterfs/$(echo "$3" | cut -c1-2)/$(echo "$3" | cut -c3-4)
mkdir -p -m 700 "$folder"
ln "$2" "$folder/$3"
"""
INDEX = "mkdir -p {0} && touch {0}/{1}"


def split_brain(lab: Lab) -> None:
    """Put a file of its own on each brick that blames the copies on both others.

    Not through the mount: the brick processes then know the file's times, and see no difference between the copies.
    The entries in the index come last, so that no self-heal daemon looks before all bricks are ready.
    """
    gfid, name = str(uuid.uuid4()), f"split-{uuid.uuid4().hex}"
    for number, node in enumerate(lab.pool):
        node.run("sh -c %s sh %s %s %s", SPLIT, str(number), name, gfid)
    for node in lab.pool:
        node.run("sh -c %s", INDEX.format("/srv/gluster/data/brick/.glusterfs/indices/xattrop", gfid))
    lab.pool[0].run("ls /srv/samba_ha/data")
    assert name in lab.pool[0].run("gluster volume heal data info split-brain")
    assert lab.pool[0].shell.run(f"cat /srv/samba_ha/data/{name}").rc != 0, "a copy is trusted"


def end_split_brain(lab: Lab) -> None:
    """Keep the copies on the first brick, should any file still be in split brain."""
    speaker = lab.pool[0]
    told = speaker.run("gluster volume heal data info split-brain")
    for name in {line for line in told.splitlines() if line.startswith("/")}:
        brick = f"{speaker.interconnect}:/srv/gluster/data/brick"
        speaker.run("gluster volume heal data split-brain source-brick %s %s", brick, name)
