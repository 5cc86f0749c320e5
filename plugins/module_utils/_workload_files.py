# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a workload: their names, and records that show what was torn, swapped or made up.

A record is a line of text that anyone can read: ``RUN FILE NUMBER ...`` padded, with a checksum at its end.
"""

from __future__ import annotations

import zlib

from ansible_collections.samba_ha.cluster.plugins.module_utils._history import START, Count, Run

RECORD_SIZE = 128
"""Bytes. It divides every block and page size, so no layer below has a reason to split a record."""

COUNTER = "counter"
"""The file that all lockers share."""

_CHECKSUM_SIZE = 10  # a blank, eight hexadecimal digits and the end of the line


def seal(text: str) -> bytes:
    """Return a record of ``text``, which is short and does not end in a full stop."""
    body = text.encode().ljust(RECORD_SIZE - _CHECKSUM_SIZE, b".")
    return body + b" %08x\n" % zlib.crc32(body)


def unseal(data: bytes) -> str | None:
    """Return the text of a record, None if it is not whole."""
    body = data[: RECORD_SIZE - _CHECKSUM_SIZE]
    text = body.rstrip(b".").decode("ascii", errors="replace")
    return text if data == seal(text) else None


def record(run: str, worker: str, number: int) -> bytes:
    """Return a writer's record of that number, counted from 0; others have but one."""
    return seal(f"{run} {worker} {number}")


def count_record(run: str, count: Count) -> bytes:
    return seal(f"{run} {COUNTER} {count.value} {count.author} {count.number}")


def parse_count(run: str, data: bytes) -> Count | None:
    """Return what the counter holds, None if it is not a whole record of this run's counter."""
    words = (unseal(data) or "").split(" ")
    if len(words) != 5 or words[:2] != [run, COUNTER]:
        return None
    return Count(int(words[2]), words[3], int(words[4]))


def renamer_names(worker: str) -> tuple[str, str]:
    """Return a renamer's names for its file. It is made with the first."""
    return f"{worker}-a", f"{worker}-b"


def steady_files(run: Run) -> list[str]:
    """Return the names that stand in the folder from beginning to end: all but those of renamers."""
    return [*run.having("writer"), *run.having("opener"), COUNTER]


def first_content(run: Run) -> dict[str, bytes]:
    """Return the files as they are made before the workers begin."""
    return {
        **dict.fromkeys(run.having("writer"), b""),
        **{worker: record(run.run, worker, 0) for worker in run.having("opener")},
        **{renamer_names(worker)[0]: record(run.run, worker, 0) for worker in run.having("renamer")},
        COUNTER: count_record(run.run, START),
    }
