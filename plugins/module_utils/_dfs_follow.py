# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow a path through DFS links as a client does, but to each of the targets, so that a dead one is found as well."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._dfs_referral import Referral
from ansible_collections.samba_ha.cluster.plugins.module_utils._msdfs import Unc, parse_unc


class Unreachable(Exception):
    """A place is not where it should be; the text says why, to be read after "which"."""


class Network(t.Protocol):
    """The servers, as they are asked."""

    def referral(self, place: Unc) -> Referral | None:
        """Where a server sends its clients from a place, None if nowhere else.

        :raises Unreachable: nobody answers.
        """

    def look(self, place: Unc) -> None:
        """Open a place.

        :raises Unreachable: it is not there.
        """


@dataclass
class Journey:
    """What was found on the way from one path: ``reached`` is the first target, in order, that is there."""

    path: Unc
    referrals: list[tuple[Unc, Referral]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    reached: Unc | None = None


def follow(network: Network, path: Unc, limit: int) -> Journey:
    """Ask for the referral of a path, follow it, and open what is at the end.

    :param limit: how many links one after another are followed.
    """
    journey = Journey(path)
    journey.reached = _go(network, journey, path, (), limit)
    return journey


def _go(network: Network, journey: Journey, place: Unc, passed: tuple[str, ...], limit: int) -> Unc | None:
    """Go on from a place, the `passed` ones behind; return the first that is reached."""
    here = str(place).lower()
    try:
        if here in passed:
            raise Unreachable("was passed before: the links go round in a loop")
        if len(passed) > limit:
            raise Unreachable(f"is more than {limit} links away")
        referral = network.referral(place)
        if referral is not None:
            journey.referrals.append((place, referral))
        if referral is None or (referral.root and here in map(str.lower, referral.targets)):
            network.look(place)
            return place
    except Unreachable as exc:
        by = f"\\\\{journey.path} leads to \\\\{place}, which" if passed else f"\\\\{place}"
        journey.faults.append(f"{by} {exc}")
        return None
    names = [name for name in referral.rest(f"\\{place}").split("\\") if name]
    reached: list[Unc | None] = []
    for target in referral.targets:
        try:
            further = parse_unc(target).below(*names)
        except ValueError as exc:
            journey.faults.append(f"\\\\{place} has the target {target!r}, which {exc}")
        else:
            reached.append(_go(network, journey, further, (*passed, here), limit))
    return next((found for found in reached if found is not None), None)
