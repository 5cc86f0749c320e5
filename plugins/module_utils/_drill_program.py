# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have a program fail whenever it is run: another one that only fails is mounted over its file."""

from __future__ import annotations

import time

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

_FAILS = "/usr/bin/false"


def is_broken(runner: Runner, path: str) -> bool:
    """Whether something is mounted over it."""
    return runner(["findmnt", "--noheadings", "--output=TARGET", "--mountpoint", path], ok=(0, 1)).rc == 0


def foretell(runner: Runner, path: str) -> str:
    """What :func:`break_program` would do, in words.

    :raises StateError: there is no such program.
    """
    if runner(["test", "-x", path], ok=(0, 1)).rc != 0:
        raise StateError(
            f"program {path}", wanted="one that can be run", found="none", remedy="Install it, or correct its name."
        )
    return f"would have {path} fail"


def break_program(runner: Runner, path: str) -> tuple[float, str]:
    """Have it fail.

    :returns: when, in seconds of the epoch, and what proves it.
    :raises StateError: it cannot be made to.
    """
    at = time.time()
    runner(["mount", "--bind", _FAILS, path])
    if not is_broken(runner, path) or runner([path], ok=range(256)).rc == 0:
        raise StateError(
            f"program {path}", wanted="it to fail", found="success", remedy="Look what is mounted there: findmnt."
        )
    return at, f"{path} fails"


def mend_program(runner: Runner, path: str) -> str:
    """Have it work again."""
    runner(["umount", path])
    return f"{path} is there again"
