# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes in rows and the lines between them, of which the picture of the topology is made.

Lengths are in units of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

BOX_WIDTH, BOX_HEIGHT, GAP = 150, 54, 30
ROW = BOX_HEIGHT + 46


@dataclass(frozen=True)
class Box:
    """A rectangle with its upper left corner, two lines of text and a state (ok, degraded, down)."""

    x: float
    y: float
    title: str
    note: str
    state: str

    @property
    def middle(self) -> float:
        return self.x + BOX_WIDTH / 2


@dataclass(frozen=True)
class Line:
    """A link between two boxes; its state is that of the worse end."""

    x1: float
    y1: float
    x2: float
    y2: float
    state: str


def row(width: float, number: int, cells: list[tuple[str, str, bool]]) -> list[Box]:
    """Boxes side by side, in the middle of the picture. A cell is a title, a note and whether all is well."""
    start = (width - len(cells) * (BOX_WIDTH + GAP) + GAP) / 2
    return [
        Box(start + i * (BOX_WIDTH + GAP), GAP + number * ROW, title, note, "ok" if good else "down")
        for i, (title, note, good) in enumerate(cells)
    ]


def line(upper: Box, lower: Box) -> Line:
    """The link from a box to one below it."""
    good = upper.state == lower.state == "ok"
    return Line(upper.middle, upper.y + BOX_HEIGHT, lower.middle, lower.y, "ok" if good else "down")
