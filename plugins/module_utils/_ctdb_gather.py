# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of CTDB's state that are read on demand."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_addresses import load_addresses
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_databases import load_databases
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_scripts import load_scripts
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_tunables import load_tunables
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

_LOADERS: dict[str, t.Callable[[Runner], tuple[t.Any, tuple[str, ...]]]] = {
    "public_addresses": load_addresses,
    "scripts": load_scripts,
    "tunables": load_tunables,
    "databases": load_databases,
}

PARTS = tuple(_LOADERS)


def gather(runner: Runner, parts: t.Container[str]) -> tuple[dict[str, t.Any], list[str]]:
    """All of :data:`PARTS` by name, in simple types, and warnings.

    None stands for a part that is not among ``parts`` or that could not be read, which is a warning as well: one part
    that a node that hangs makes unreadable must not hide the others.
    """
    values: dict[str, t.Any] = dict.fromkeys(PARTS)
    warnings: list[str] = []
    for part, load in _LOADERS.items():
        if part not in parts:
            continue
        try:
            found, unknown = load(runner)
        except StateError as exc:
            warnings.append(str(exc))
            continue
        values[part] = found if isinstance(found, dict) else [dataclasses.asdict(record) for record in found]
        warnings += [f"ctdb {part}: not understood: {line}" for line in unknown]
    return values, warnings
