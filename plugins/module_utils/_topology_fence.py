# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the hosts of a pair are fenced. No value of an option is ever shown, since it may be a secret in the wrong place.
The names of SBD's disks are no secrets."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import (
    is_text,
    kind_of,
    line,
    unknown_keys,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_sbd import AGENT as SBD
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_sbd import sbd_faults

NONE = "none_since_this_is_a_lab"
KEYS = ("agent", "options", "hosts", "secrets")
# The programs of Debian's fence-agents packages.
AGENT = re.compile(r"fence_[a-z0-9_]+")
# What Debian's agents call what nobody else may know: password, passwd, snmp_priv_passwd, token, secret_key ...
SECRET = re.compile(r"passw(or)?d$|secret|token")
# What the role pair tells each device itself.
RESERVED = ("pcmk_host_list", "pcmk_host_map", "pcmk_host_check", "pcmk_delay_base", "pcmk_delay_max")


def fence_model(fence: t.Any) -> dict[str, t.Any] | None:
    """A fence without faults, less its secrets; None where there is none."""
    if fence == NONE:
        return None
    return {
        "agent": fence["agent"],
        "options": _texts(fence.get("options")),
        "hosts": {name: _texts(options) for name, options in (fence.get("hosts") or {}).items()},
    }


def _texts(options: Mapping[str, t.Any] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (options or {}).items()}


def fence_faults(label: str, fence: object, hosts: list[str]) -> Iterator[str]:
    """Faults of one pair's `fence`. `hosts` are the pair's, empty where they cannot be told."""
    wanted = f"a mapping with an agent, or the words {NONE}"
    if fence is None:
        remedy = "Say how a host that is lost is switched off: without that two hosts may write to one storage."
        yield line(label, wanted, "none", remedy)
        return
    if fence == NONE:
        return
    if not isinstance(fence, Mapping):
        found = repr(fence) if isinstance(fence, (str, bool)) else f"a {kind_of(fence)}"
        yield line(label, wanted, found, "Write one of the two.")
        return
    yield from unknown_keys(label, fence, KEYS)
    agent = fence.get("agent")
    if not isinstance(agent, str) or not AGENT.fullmatch(agent):
        wanted = "an agent of Debian's fence-agents, such as fence_ipmilan"
        yield line(f"{label}: agent", wanted, repr(agent), "Name the agent that fits your power switches.")
    common = yield from _options(f"{label}: options", fence.get("options"))
    secrets = yield from _options(f"{label}: secrets", fence.get("secrets"), secret=True)
    yield from _twice(label, common & secrets, "both in `options` and in `secrets`")
    if agent == SBD:
        yield from sbd_faults(label, fence)
    else:
        yield from _host_faults(f"{label}: hosts", fence.get("hosts"), hosts, common | secrets)


def _options(label: str, options: object, *, secret: bool = False) -> t.Generator[str, None, set[str]]:
    """Yield the faults of a mapping of options; return their names."""
    if options is None:
        return set()
    if not isinstance(options, Mapping):
        yield line(label, "a mapping of the agent's options to values", f"a {kind_of(options)}", "Write it so.")
        return set()
    for name, value in options.items():
        where = f"{label}: {name}"
        if not is_text(value):
            advice = 'Write it in quotes, as the agent takes it ("1" for a switch).'
            yield line(where, "text or a whole number", f"a {kind_of(value)}" if value != "" else "none", advice)
        if name in RESERVED:
            yield line(where, "an option of the agent", "one that the role pair sets itself", "Remove it.")
        elif not secret and isinstance(name, str) and SECRET.search(name):
            yield line(where, "an option that anybody may read", "a secret", "Move it to `secrets` of the fence.")
    return {str(name) for name in options}


def _twice(label: str, names: set[str], found: str) -> Iterator[str]:
    for name in sorted(names):
        yield line(f"{label}: {name}", "each option once", found, "Remove one of the two.")


def _host_faults(label: str, value: object, hosts: list[str], common: set[str]) -> Iterator[str]:
    if not isinstance(value, Mapping):
        found = "none" if value is None else f"a {kind_of(value)}"
        yield line(label, "options for each of the two hosts, by name", found, "Write what tells the two apart.")
        return
    if hosts and set(value) != set(hosts):
        found = ", ".join(sorted(map(str, value))) or "none"
        yield line(label, f"options for {' and '.join(hosts)}", found, "Name both hosts of the pair, and no other.")
    for name, options in value.items():
        own = yield from _options(f"{label}: {name}", options)
        yield from _twice(f"{label}: {name}", own & common, "here, and for both hosts")
    if len(value) == 2 and len({str(sorted(_pairs(options))) for options in value.values()}) == 1:
        remedy = "Give each its own, such as its `ip` or `plug`: the wrong host would be switched off."
        yield line(label, "options that tell the two hosts apart", "the same for both", remedy)


def _pairs(options: object) -> list[tuple[str, str]]:
    items = options.items() if isinstance(options, Mapping) else ()
    return [(str(name), str(value)) for name, value in items]
