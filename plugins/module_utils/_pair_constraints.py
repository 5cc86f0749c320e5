# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wanted constraints merged into those of a CIB. Pure.

Those that these records cannot express (rules and sets of resources) stay as they are.
"""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET

from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_records import Wanted

_BY_HAND = ("cli-ban-", "cli-prefer-")
"""Begin the ids of constraints that ``crm_resource --ban`` and ``--move`` make."""

_REFERENCES = ("rsc", "first", "then", "with-rsc")
"""Attributes of constraints that name a resource."""

_NAMES = {
    "rsc_location": ("rsc", "node"),
    "rsc_colocation": ("rsc", "with-rsc"),
    "rsc_order": ("first", "then"),
}
"""By which attributes one is told from the others of its kind."""

Kinds = dict[str, dict[tuple[str, ...], dict[str, str]]]


def of(wanted: Wanted) -> Kinds:
    """The wanted ones: by kind, and what they name, the attributes that they have besides."""
    return {
        "rsc_location": {(each.resource, each.node): {"score": each.score} for each in wanted.locations},
        "rsc_colocation": {
            (each.resource, each.beside): {
                "score": each.score,
                **({"with-rsc-role": each.role} if each.role else {}),
            }
            for each in wanted.colocations
        },
        "rsc_order": {
            (each.first, each.then): {
                "first-action": each.action,
                "then-action": "start",
                **({"kind": "Optional"} if each.optional else {}),
            }
            for each in wanted.orders
        },
    }


def merge(section: ET.Element, wanted: Wanted, new_id: t.Callable[..., str]) -> None:
    """Add those that are lacking, and give those that are there the wanted attributes.

    :param new_id: makes an id of words.
    """
    for kind, named in of(wanted).items():
        for names, attributes in named.items():
            element = next((each for each in _known(section, kind) if _names(each) == names), None)
            if element is None:
                # With the kind's own word, such as location.
                element = ET.SubElement(section, kind, id=new_id(kind.removeprefix("rsc_"), *names))
                element.attrib.update(zip(_NAMES[kind], names, strict=True))
            for name in element.attrib.keys() - {"id", *_NAMES[kind], *attributes}:
                del element.attrib[name]
            element.attrib.update(attributes)


def purge(section: ET.Element, wanted: Wanted, gone: t.Container[str | None]) -> None:
    """Remove those that are not wanted, and those of resources that are gone."""
    named = of(wanted)
    unwanted = [each for kind in named for each in _known(section, kind) if _names(each) not in named[kind]]
    for each in list(section):
        if each in unwanted or any(each.get(name) in gone for name in _REFERENCES):
            section.remove(each)


def _known(section: ET.Element, kind: str) -> list[ET.Element]:
    """Those of a kind that the records can express, without those made by hand."""
    return [
        each
        for each in section.findall(kind)
        if set(_NAMES[kind]) <= each.attrib.keys()
        and each.find("rule") is None
        and not each.get("id", "").startswith(_BY_HAND)
    ]


def _names(element: ET.Element) -> tuple[str | None, ...]:
    return tuple(element.get(name) for name in _NAMES[element.tag])
