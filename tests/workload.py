# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workload on the lab's service that runs while something is done to it, and the judgement afterwards."""

from __future__ import annotations

import json
import subprocess
import time
import typing as t
from pathlib import Path

from lab import LAB_DIR, Lab, LabHost, ensure_client_addresses, eventually, on_controller, plain_environment
from observe import forget_clients, stdout

Result = dict[str, t.Any]
LONG = 600
"""For how many seconds it works where nobody ends it: a guard."""
MACHINE_READABLE = {"ANSIBLE_CALLBACK_RESULT_FORMAT": "json"}


def result_of(output: str) -> Result:
    """The result of an ad hoc call of one module on one host."""
    result: Result = json.loads(output[output.index("=> ") + 3 :])
    return result


class Workload:
    """A workload through the addresses of the service that runs while something is done to the service."""

    def __init__(self, lab: Lab, folder: Path, seconds: int = LONG, **more: object) -> None:
        """Start it, its history in the folder, with more options of the module smb_workload.

        It works until ``finish``, for so many seconds at most.
        """
        self.lab, self.history, self.seconds = lab, folder / "history.jsonl", seconds
        self._until = folder / "enough"
        # Of an earlier one in the same folder.
        self._until.unlink(missing_ok=True)
        ensure_client_addresses(lab)
        forget_clients(lab)
        options = {
            **more,
            "sources": lab.client_addresses,
            "server": lab.addresses,
            "server_name": lab.virtual_name,
            "share": lab.share,
            "username": lab.username,
            "password": lab.password,
            "seconds": seconds,
            "until": str(self._until),
            "dest": str(self.history),
        }
        argv = ["ansible", "localhost", "--inventory", "inventories/lab", "-m", "samba_ha.cluster.smb_workload"]
        began = time.time()
        self.process = subprocess.Popen(
            [*argv, "-a", json.dumps(options)],
            cwd=LAB_DIR.parent,
            env={**plain_environment(), **MACHINE_READABLE},
            stdout=subprocess.PIPE,
        )
        self.wait_for_clients(began)

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *error: object) -> None:
        # Only a test that failed leaves it running.
        self.process.kill()
        self.process.communicate()

    def wait_for_clients(self, began: float) -> None:
        """Return when all of them work. It began then, in seconds of the epoch."""
        # Writers begin when all clients are ready. Connections alone tell nothing: those of an earlier one may be left.
        self.wait_for_writers(self.lab.pool[0], self.lab.data, began)
        # There are more clients than nodes.
        eventually(self.sessions, lambda seen: min(seen.values()) > 0, timeout=10, what="clients on all nodes")

    @staticmethod
    def wait_for_writers(host: LabHost, storage: str, began: float) -> None:
        """Return when one has written, seen on a host below the folder that the shares are in."""
        written = f"find {storage} -mindepth 3 -maxdepth 3 -name 'writer-*' -size +0 -newermt @{began}"
        eventually(lambda: stdout(host, written), bool, timeout=60, what="a record of a writer")

    @property
    def servers(self) -> list[str]:
        """Each of them is asked for what was written."""
        return [node.address for node in self.lab.pool]

    def sessions(self) -> dict[str, int]:
        """How many SMB connections each node has of the front ends, or with direct access by public addresses."""
        if self.lab.direct:
            ours = " or ".join(f"src {address}" for address in self.lab.addresses)
        else:
            ours = " or ".join(f"dst {host.address}" for host in self.lab.frontends)
        count = f"ss --no-header --tcp --numeric state established '( sport = :445 and ( {ours} ) )' | wc -l"
        return {node.name: int(node.run("sh -c %s", count)) for node in self.lab.pool}

    def finish(self) -> Result:
        """Have it end as soon as each client has worked once more, and return its result."""
        self._until.touch()
        return self.complete()

    def complete(self) -> Result:
        """Wait until its time is over, and return its result."""
        output, _errors = self.process.communicate(timeout=self.seconds + 120)
        result = result_of(output.decode())
        assert "gap" in result, f"the workload failed: {result.get('msg')}"
        return result

    def judge(self, faults: t.Sequence[float] = ()) -> Result:
        """What was promised and is not there, looked for through every node, and the outage of each fault."""
        options = {
            "history": str(self.history),
            "servers": self.servers,
            "username": self.lab.username,
            "password": self.lab.password,
            "faults": list(faults),
        }
        words = ["ansible", "localhost", "-m", "samba_ha.cluster.smb_readback", "-a", json.dumps(options)]
        result = result_of(on_controller(words, env=MACHINE_READABLE).stdout)
        assert "violations" in result, f"what was written could not be read: {result.get('msg')}"
        return result

    def outages(self, faults: t.Sequence[float], most: float) -> list[Result]:
        """The outage of each fault, which ended within so many seconds. Nothing that was promised may be missing."""
        result = self.judge(faults)
        assert result["violations"] == []
        outages: list[Result] = result["outages"]
        for outage in outages:
            assert outage["gap"]["ended"] and max(outage["gap"]["seconds"], outage["up"] or 0) < most, outage
        return outages

    def violations(self) -> list[str]:
        """The promises that were not kept."""
        found: list[str] = self.judge()["violations"]
        return found
