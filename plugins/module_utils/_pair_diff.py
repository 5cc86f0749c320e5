# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two CIBs told apart in the words of pair_cib's options, without a secret in it."""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET

from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_cib import owned
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_records import Wanted

HIDDEN = "(hidden)"
_ANOTHER = "(hidden, another one)"

_PACEMAKERS = "pcmk_"
"""Begins options of fence devices that are Pacemaker's and not the agent's. None of them is secret."""

Words = dict[str, t.Any]


def diff_of(before: ET.Element, after: ET.Element, wanted: Wanted) -> dict[str, Words]:
    """What differs, each thing whole: a resource with all that it has.

    Which options are secret is known only of fence devices that are wanted, and which are not only of what is wanted.
    So a value is shown where the options give it openly under that id, and hidden where they do not.
    """
    shown = {(each.id, name) for each in wanted.primitives for name in each.options.keys() - each.secrets}
    old, new = _describe(before), _describe(after)
    sides: dict[str, Words] = {"before": {}, "after": {}}
    for part in old:
        names = [name for name in {**old[part], **new[part]} if old[part].get(name) != new[part].get(name)]
        for side, own, other in (("before", old[part], {}), ("after", new[part], old[part])):
            told = {name: _hide(name, own[name], other.get(name), shown) for name in names if name in own}
            if told:
                sides[side][part] = told
    return sides


def _hide(name: str, words: t.Any, earlier: t.Any, shown: t.Container[tuple[str, str]]) -> t.Any:
    """The words without what is not to be shown; a hidden value that is another than ``earlier`` is told as such."""
    if not isinstance(words, dict) or "options" not in words:
        return words
    past = (earlier or {}).get("options", {})
    options = {
        key: value
        if (name, key) in shown or key.startswith(_PACEMAKERS)
        else _ANOTHER
        if past.get(key, value) != value
        else HIDDEN
        for key, value in words["options"].items()
    }
    return {**words, "options": options}


def _describe(cib: ET.Element) -> dict[str, Words]:
    """The parts that pair_cib's options name, each by names."""
    return {
        "properties": _values(cib, "configuration/crm_config/cluster_property_set"),
        "resource_defaults": _values(cib, "configuration/rsc_defaults/meta_attributes"),
        "resources": {each.get("id", ""): _KINDS[each.tag](each) for each in owned(cib)},
        "constraints": {
            each.get("id", ""): {key: value for key, value in each.attrib.items() if key != "id"}
            for each in cib.iterfind("configuration/constraints/*")
        },
        "fence_levels": {
            f"{each.get('target')} {each.get('index')}": each.get("devices")
            for each in cib.iterfind("configuration/fencing-topology/fencing-level")
        },
    }


def _values(element: ET.Element, path: str) -> dict[str, str]:
    return {pair.get("name", ""): pair.get("value", "") for pair in element.iterfind(f"{path}/nvpair")}


def _primitive(element: ET.Element) -> Words:
    return {
        "agent": ":".join(element.attrib[name] for name in ("class", "provider", "type") if name in element.attrib),
        "options": _values(element, "instance_attributes"),
        "operations": [_operation(each) for each in element.iterfind("operations/op")],
        "meta": _values(element, "meta_attributes"),
    }


def _operation(element: ET.Element) -> Words:
    attributes = {key: value for key, value in element.attrib.items() if key != "id"}
    return {**attributes, **_values(element, "instance_attributes")}


def _group(element: ET.Element) -> Words:
    members = [each.get("id") for each in element.iterfind("primitive")]
    return {"members": members, "meta": _values(element, "meta_attributes")}


def _clone(element: ET.Element) -> Words:
    members = [each.get("id") for each in element.iterfind("primitive")]
    return {"resource": ", ".join(filter(None, members)), "meta": _values(element, "meta_attributes")}


_KINDS: dict[str, t.Callable[[ET.Element], Words]] = {"primitive": _primitive, "group": _group, "clone": _clone}
