# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception that modules turn into a failed task."""

from __future__ import annotations

import socket


class StateError(Exception):
    """A failure told in full: which host and object, what was wanted, what was found, what to do."""

    def __init__(self, subject: str, *, wanted: str, found: str, remedy: str) -> None:
        self.subject = subject
        self.wanted = wanted
        self.found = found
        self.remedy = remedy
        super().__init__(f"{socket.gethostname()}: {subject}: wanted {wanted}; found {found}. {remedy}")
