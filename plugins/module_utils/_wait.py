# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for a condition with a deadline; the failure shows the last state seen."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

T = t.TypeVar("T")


class WaitTimeout(StateError):
    """The condition did not come true in time."""


def wait_for(
    read: t.Callable[[], T],
    reached: t.Callable[[T], bool],
    *,
    subject: str,
    wanted: str,
    describe: t.Callable[[T], str],
    remedy: str,
    timeout: float,
    interval: float = 0.25,
) -> T:
    """Call ``read`` until ``reached`` accepts its value, and return that value.

    :param timeout: seconds; the state is read at least once, also when it is 0.
    :param interval: seconds between two readings.
    :raises WaitTimeout: with ``describe`` of the last state.
    """
    deadline = time.monotonic() + timeout
    while True:
        state = read()
        if reached(state):
            return state
        if time.monotonic() >= deadline:
            raise WaitTimeout(subject, wanted=f"{wanted} within {timeout:g} s", found=describe(state), remedy=remedy)
        time.sleep(interval)
