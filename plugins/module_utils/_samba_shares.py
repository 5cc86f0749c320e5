# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shares of Samba's registry: what is wanted, what differs, and the commands that change it."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    CommandFailed,
    CommandMissing,
    Runner,
    words,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._samba import (
    RESERVED,
    Share,
    build_share,
    check_name,
    load_shares,
    net_conf,
    raise_all,
)

Shares = dict[str, Share]
"""Shares by their names in lower case."""

_SCRATCH_CONFIG = """[global]
clustering = no
state directory = {0}
lock directory = {0}
cache directory = {0}
private dir = {0}
"""


def _by_name(shares: t.Iterable[Share]) -> Shares:
    return {share.name.lower(): share for share in shares if share.name.lower() != "global"}


def _write(shares: t.Iterable[Share], directory: str) -> str:
    source = os.path.join(directory, "shares.conf")
    with open(os.open(source, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write("\n".join(share.as_text() for share in shares))
    return source


def canonical(runner: Runner, shares: t.Sequence[Share], directory: str) -> Shares:
    """Return ``shares`` as Samba stores them, by storing them in a registry that nobody reads.

    ``net conf import --test`` does not help: it neither resolves synonyms nor finds unknown parameters.

    :param directory: private to this run; receives the registry.
    :raises StateError: Samba refuses a parameter.
    """
    scratch = os.path.join(directory, "registry")
    os.mkdir(scratch, 0o700)
    config = os.path.join(directory, "smb.conf")
    with open(config, "w", encoding="utf-8") as stream:
        stream.write(_SCRATCH_CONFIG.format(scratch))
    result = runner([*net_conf(config), "import", _write(shares, directory)], ok=range(256))
    if result.rc != 0:
        # Standard output names the share, standard error what is wrong with it.
        raise StateError(
            "shares",
            wanted="parameters that Samba accepts for a share",
            found=words(result.stdout + result.stderr) or f"exit status {result.rc} without a word",
            remedy="Check names and values against smb.conf(5). The live shares are as they were.",
        )
    stored = _by_name(load_shares(runner, config=config))
    if lost := [share.name for share in shares if share.name.lower() not in stored]:
        raise _lost(lost)
    return stored


def ensure(
    runner: Runner,
    present: t.Sequence[Share],
    absent: t.Collection[str],
    directory: str,
    *,
    purge: bool,
    check_mode: bool,
) -> tuple[Shares, Shares]:
    """Bring the live shares to the wanted state. Return what was there before, and what is there now or would be.

    :param absent: names, in any case, of shares to be removed.
    :param purge: remove also those that are named in neither list.
    :raises StateError: Samba refuses a parameter (nothing has been changed then), or a change did not take.
    """
    try:
        live = _by_name(load_shares(runner))
    except CommandMissing:
        if not check_mode:
            raise
        return {}, _by_name(present)
    named = _by_name(present)
    differing = [share for key, share in named.items() if live.get(key) != share]
    stored = canonical(runner, differing, directory) if differing else {}
    changed = {key: share for key, share in stored.items() if live.get(key) != share}
    removed = {name.lower() for name in absent} & live.keys()
    if purge:
        removed |= live.keys() - named.keys() - RESERVED
    after = {key: share for key, share in {**live, **changed}.items() if key not in removed}
    if after == live or check_mode:
        return live, after
    source = _write(changed.values(), directory)
    for share in changed.values():
        _import(runner, source, share.name)
    for key in sorted(removed):
        runner([*net_conf(), "delshare", live[key].name])
    now = _by_name(load_shares(runner))
    if lost := [key for key in sorted(changed.keys() | removed) if now.get(key) != after.get(key)]:
        raise _lost(lost)
    return live, now


def _import(runner: Runner, source: str, name: str) -> None:
    """Put one share of the file ``source`` in the place of a live one, or create it, in one transaction."""
    try:
        runner([*net_conf(), "import", source, name])
    except CommandFailed as exc:
        raise CommandFailed(
            f"share {name}",
            wanted="it in the registry",
            found=exc.found,
            remedy="This share is as it was. In a pool CTDB must be healthy on this host: see ctdb status.",
        ) from exc


def _lost(names: t.Sequence[str]) -> StateError:
    return StateError(
        f"shares {', '.join(names)}",
        wanted="the shares as they were written",
        found="others in the registry",
        remedy="See whether something else on the pool writes them too (net conf list).",
    )


def read_options(shares: t.Sequence[t.Mapping[str, t.Any]]) -> tuple[list[Share], list[str]]:
    """Return the shares that should exist, and the names of those that should not.

    :raises StateError: all faults of all shares at once, as far as they can be seen without Samba.
    """
    present: list[Share] = []
    absent: list[str] = []
    faults: list[StateError] = []
    seen: set[str] = set()
    for share in shares:
        name = share["name"]
        try:
            if share["state"] == "present":
                present.append(build_share(name, share["path"], share["parameters"]))
            else:
                check_name(name)
                absent.append(name)
        except StateError as exc:
            faults.append(exc)
        if name.lower() in seen:
            faults.append(
                StateError(
                    f"share {name}",
                    wanted="each share once",
                    found="the name a second time (case does not count)",
                    remedy="Remove one of the two.",
                )
            )
        seen.add(name.lower())
    raise_all(faults)
    return present, absent


def diff_of(before: Shares, after: Shares) -> dict[str, str]:
    """Return the shares that differ, as smb.conf text."""
    keys = [key for key in sorted({**before, **after}) if before.get(key) != after.get(key)]
    return {
        "before": "\n".join(before[key].as_text() for key in keys if key in before),
        "after": "\n".join(after[key].as_text() for key in keys if key in after),
        "before_header": "net conf list",
        "after_header": "net conf list",
    }
