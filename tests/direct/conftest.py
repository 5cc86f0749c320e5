# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every test of direct access begins with a whole service, and leaves one."""

from __future__ import annotations

import typing as t

import pytest
from lab import Lab
from observe import settle


@pytest.fixture(autouse=True)
def whole_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "what was done", timeout=240)
