# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what a workload left on a share through each node, and clear it away."""

from __future__ import annotations

import contextlib
import typing as t
import uuid
from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import Run
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_client import Broken, Client, Refused
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload import Dial


def read_copies(run: Run, servers: Sequence[str], target: Target, dial: Dial = Client) -> dict[str, dict[str, bytes]]:
    """Return the folder's files by name, by the server through which they were read.

    :param target: its ``server`` is replaced by each of ``servers`` in turn.
    :raises StateError: a server does not answer, or does not let the folder be read.
    """
    return {server: _read(run, replace(target, server=server), dial) for server in servers}


def _read(run: Run, target: Target, dial: Dial) -> dict[str, bytes]:
    with _connected(run, target, dial) as client:
        files = {}
        for name in client.names(run.folder):
            file = client.open(rf"{run.folder}\{name}")
            files[name] = file.read_all()
            file.close()
    return files


def clear_away(run: Run, target: Target, dial: Dial = Client) -> None:
    """Delete the folder with what is in it.

    :raises StateError: it cannot be done.
    """
    with _connected(run, target, dial) as client:
        for name in client.names(run.folder):
            client.remove(rf"{run.folder}\{name}")
        client.remove(run.folder, folder=True)


@contextlib.contextmanager
def _connected(run: Run, target: Target, dial: Dial) -> t.Iterator[Client]:
    try:
        client = dial(target, uuid.uuid4(), 0)
        try:
            yield client
        finally:
            client.cut()
    except (Broken, Refused) as exc:
        raise StateError(
            f"folder {run.folder} of share {run.share} through {target.server}",
            wanted=f"access to what the workload left, as {target.username}",
            found=str(exc),
            remedy="Wait until every node serves the share again.",
        ) from exc
