# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a service kept its promises: a workload's history against what each node says is in its files now."""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.samba_ha.cluster.plugins.module_utils._history import (
    History,
    Oddity,
    Rename,
    Run,
    Write,
    sentence,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_counter import check_counts, check_locks
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload_files import (
    COUNTER,
    RECORD_SIZE,
    record,
    renamer_names,
    unseal,
)


class _Fault(t.NamedTuple):
    """What is wrong with one record of a writer. Neighbours with the same ``fault`` are told in one sentence."""

    number: int
    fault: str
    wanted: str
    found: str


def check(history: History, copies: Mapping[str, Mapping[str, bytes]]) -> list[str]:
    """Return the violations, a sentence each; none if every promise was kept.

    :param copies: the folder's files by name, by the node through which they were read.
    """
    run = history.run
    found = [*_oddities(history), *check_locks(history)]
    for worker in run.having("writer"):
        writes = {entry.number: entry for entry in history.of(Write) if entry.worker == worker}
        found += _differences(copies, [worker])
        for where, (data,) in _versions(copies, [worker]):
            found += _check_writer(run, worker, writes, data, where)
    found += _differences(copies, [COUNTER])
    found += check_counts(history, [(where, data) for where, (data,) in _versions(copies, [COUNTER])])
    for worker in run.having("opener"):
        found += _differences(copies, [worker])
        for where, (data,) in _versions(copies, [worker]):
            found += _check_constant(run, worker, worker, data, where)
    for worker in run.having("renamer"):
        steps = [entry for entry in history.of(Rename) if entry.worker == worker]
        found += _differences(copies, renamer_names(worker))
        for where, contents in _versions(copies, renamer_names(worker)):
            found += _check_renamer(run, worker, steps, contents, where)
    return found


def _by_content(
    copies: Mapping[str, Mapping[str, bytes]], names: Sequence[str]
) -> dict[tuple[bytes | None, ...], list[str]]:
    """The nodes that have the same under these names."""
    nodes: dict[tuple[bytes | None, ...], list[str]] = {}
    for node, files in copies.items():
        nodes.setdefault(tuple(files.get(name) for name in names), []).append(node)
    return nodes


def _versions(copies: Mapping[str, Mapping[str, bytes]], names: Sequence[str]) -> list[tuple[str, tuple[t.Any, ...]]]:
    """What to judge: each version once, with the nodes that have it if they differ."""
    versions = _by_content(copies, names)
    return [(f" through {', '.join(nodes)}" if len(versions) > 1 else "", data) for data, nodes in versions.items()]


def _differences(copies: Mapping[str, Mapping[str, bytes]], names: Sequence[str]) -> list[str]:
    versions = _by_content(copies, names)
    if len(versions) == 1:
        return []
    told = []
    for contents, nodes in versions.items():
        sizes = " and ".join("no file" if data is None else f"{len(data)} bytes" for data in contents)
        told.append(f"{sizes} through {', '.join(nodes)}")
    present = [data for contents in versions for data in contents if data is not None]
    apart = next((place for place, row in enumerate(itertools.zip_longest(*present)) if len(set(row)) > 1), None)
    if len(names) == 1 and len(present) == len(versions) and apart is not None:
        told.append(f"the first difference at byte {apart}")
    return [sentence(f"file {' or '.join(names)}", "the same through every node", ", ".join(told))]


def _oddities(history: History) -> list[str]:
    seen: dict[tuple[str, str, str], list[Oddity]] = {}
    for entry in history.of(Oddity):
        seen.setdefault((entry.subject, entry.wanted, entry.found), []).append(entry)
    told = []
    for (subject, wanted, found), entries in seen.items():
        first = min(entries, key=lambda entry: entry.at.mono)
        times = "once" if len(entries) == 1 else f"{len(entries)} times, first"
        told.append(sentence(subject, wanted, f"{found} ({times} at {first.at}, by {first.worker})"))
    return told


def _check_writer(run: Run, worker: str, writes: dict[int, Write], data: bytes | None, where: str) -> list[str]:
    if data is None:
        return [_no_file(worker, where, f"{sum(entry.acked is not None for entry in writes.values())} records")]
    places = max(-(-len(data) // RECORD_SIZE), max(writes, default=-1) + 1)
    faults = []
    for number in range(places):
        chunk = data[number * RECORD_SIZE : (number + 1) * RECORD_SIZE]
        fault = _record_fault(run, worker, number, writes.get(number), chunk)
        if fault is not None:
            faults.append(fault)
    told = []
    # Neighbours have the same difference between their number and their place in the list.
    for _key, group in itertools.groupby(enumerate(faults), lambda pair: (pair[1].number - pair[0], pair[1].fault)):
        first, *more = (fault for _place, fault in group)
        which = f"records {first.number} to {more[-1].number}" if more else f"record {first.number}"
        begin = "the first: " if more else ""
        told.append(sentence(f"file {worker}{where}, {which}", f"{begin}{first.wanted}", f"{begin}{first.found}"))
    return told


def _record_fault(run: Run, worker: str, number: int, entry: Write | None, chunk: bytes) -> _Fault | None:
    """Judge what is at the place of a record. One that nobody acknowledged may be missing, but not be there in part."""
    whole = chunk == record(run.run, worker, number)
    acked = entry.acked if entry is not None else None
    if (whole and entry is not None) or (not chunk and acked is None):
        return None
    if entry is None:
        wanted = "nothing, for it was never sent"
    elif acked is None:
        wanted = f"the record sent at {entry.sent}, or nothing"
    else:
        wanted = f"the record acknowledged at {acked}"
    text = unseal(chunk)
    if whole:
        return _Fault(number, "unsent", wanted, "it, whole")
    if not chunk.strip(b"\0") and acked is not None:
        return _Fault(number, "lost", wanted, "zeros" if chunk else "the end of the file")
    if text is None:
        return _Fault(number, "torn", wanted, f"{_describe(chunk)}, which is no whole record")
    if text.startswith(f"{run.run} {worker} "):
        return _Fault(number, "twice", wanted, f"the writer's record {text.split(' ')[-1]}, in the wrong place")
    return _Fault(number, "foreign", wanted, f"a record of another file, {text!r}")


def _check_constant(run: Run, worker: str, name: str, data: bytes | None, where: str) -> list[str]:
    """Judge a file that is never written to after it was made."""
    if data is None:
        return [_no_file(name, where, "the file")]
    if data == record(run.run, worker, 0):
        return []
    return [sentence(f"file {name}{where}", "the record that it was made with", _describe(data))]


def _check_renamer(
    run: Run, worker: str, steps: Sequence[Rename], contents: tuple[bytes | None, ...], where: str
) -> list[str]:
    names = renamer_names(worker)
    there = [name for name, data in zip(names, contents, strict=True) if data is not None]
    if len(there) != 1:
        found = f"both, {' and '.join(there)}" if there else "neither"
        return [sentence(f"the file of {worker}{where}", f"one of its names, {' or '.join(names)}", found)]
    told = _check_constant(run, worker, there[0], contents[names.index(there[0])], where)
    last = max(steps, key=lambda step: step.sent.mono, default=None)
    if last is None or last.acked is not None:
        wanted = names[(last.number + 1) % 2] if last is not None else names[0]
        if there[0] != wanted:
            since = f" since {last.acked}" if last is not None else ""
            told.append(sentence(f"the file of {worker}{where}", f"the name {wanted}{since}", there[0]))
    return told


def _no_file(name: str, where: str, wanted: str) -> str:
    return sentence(f"file {name}{where}", wanted, "no such file")


def _describe(data: bytes) -> str:
    """Show the beginning of what is there."""
    return f"{len(data)} bytes {data[:48]!r}"
