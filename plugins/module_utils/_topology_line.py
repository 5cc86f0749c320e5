# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a fault reads."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping


def line(subject: str, wanted: str, found: str, remedy: str) -> str:
    """One fault in one line: the host or object, what was wanted, what was found, what to do."""
    # A value from the inventory may hold line breaks.
    return " ".join(f"{subject}: wanted {wanted}; found {found}. {remedy}".split())


def unknown_keys(label: str, entry: Mapping[str, t.Any], known: tuple[str, ...]) -> Iterator[str]:
    """Keys of an entry of a list that nothing reads."""
    unknown = sorted(str(key) for key in entry if key not in known)
    if unknown:
        yield line(label, f"only {', '.join(known)}", ", ".join(unknown), "Correct or remove what is not known.")


def is_text(value: object) -> bool:
    """Whether it is text, or a number that may be written for it, as an option of a program."""
    return isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""


def kind_of(value: object) -> str:
    """What stands for a value that must not be shown, since it may hold secrets."""
    names = {dict: "mapping", list: "list", str: "string", bool: "boolean", int: "number", float: "number"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "value of another type")
