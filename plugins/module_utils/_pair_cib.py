# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wanted configuration merged into a CIB. Pure: one XML tree in, another out.

What exists keeps its id, however it was chosen. What these records cannot express (rules, bundles, utilization and so
on) stays as it is.
"""

from __future__ import annotations

import copy
import re
import typing as t
import xml.etree.ElementTree as ET

from ansible_collections.samba_ha.cluster.plugins.module_utils import _pair_constraints
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_records import (
    Clone,
    Group,
    Level,
    Operation,
    Primitive,
    Wanted,
    milliseconds,
)

BOOTSTRAP = "cib-bootstrap-options"
_DEFAULTS = "rsc-options"

OPERATORS_OWN = frozenset({"is-managed", "maintenance", "target-role"})
"""Meta attributes by which an administrator takes a resource out of service for a while: left alone unless wanted."""


def merge(cib: ET.Element, wanted: Wanted, *, purge: bool) -> ET.Element:
    """The CIB as it should be. Nothing in ``cib`` changes.

    :param purge: remove resources, groups, clones, fence devices, constraints and fence levels that are not wanted.
    :raises StateError: an id is taken by something else.
    """
    return _Merge(copy.deepcopy(cib)).carry_out(wanted, purge=purge)


class _Merge:
    """The tree that is worked on."""

    def __init__(self, cib: ET.Element) -> None:
        self._cib = cib
        configuration = cib.find("configuration")
        if configuration is None:
            raise ValueError("a CIB without <configuration>")
        self._configuration = configuration
        self._ids = {element.get("id") for element in configuration.iter()}
        self._named = frozenset[str]()

    def carry_out(self, wanted: Wanted, *, purge: bool) -> ET.Element:
        self._named = frozenset(each.id for each in wanted.primitives)
        self._settings("crm_config", "cluster_property_set", BOOTSTRAP, wanted.properties)
        self._settings("rsc_defaults", "meta_attributes", _DEFAULTS, wanted.defaults)
        if purge:
            self._purge(wanted)
        for primitive in wanted.primitives:
            self._primitive(primitive)
        for group in wanted.groups:
            self._group(group)
        for clone in wanted.clones:
            self._clone(clone)
        _pair_constraints.merge(self._section("constraints"), wanted, self._new_id)
        for level in wanted.levels:
            self._level(level)
        return self._cib

    def _section(self, name: str) -> ET.Element:
        found = self._configuration.find(name)
        return ET.SubElement(self._configuration, name) if found is None else found

    def _new_id(self, *words: str) -> str:
        """An id that nothing in the configuration has."""
        base = re.sub(r"[^A-Za-z0-9_.-]", "_", "-".join(words))
        name, number = base, 1
        while name in self._ids:
            name, number = f"{base}-{number}", number + 1
        self._ids.add(name)
        return name

    def _settings(self, section: str, tag: str, base: str, values: t.Mapping[str, str | None]) -> None:
        """Set those of a section that are named, and leave the others alone."""
        if not values or (self._configuration.find(section) is None and not any(values.values())):
            return
        parent = self._section(section)
        for name, value in values.items():
            found = [(each, pair) for each in _sets(parent, tag) for pair in each if pair.get("name") == name]
            if value is None:
                for each, pair in found:
                    each.remove(pair)
            elif found:
                found[0][1].set("value", value)
            else:
                self._add(self._set_for(parent, tag, base), name, value)

    def _exactly(self, parent: ET.Element, tag: str, values: t.Mapping[str, str], kept: t.Container[str] = ()) -> None:
        """Set all of an element's values of one kind, and remove those that are not named and not ``kept``."""
        seen: set[str] = set()
        for each in _sets(parent, tag):
            had = len(each)
            for pair in each.findall("nvpair"):
                name = pair.get("name", "")
                if name in values and name not in seen:
                    pair.set("value", values[name])
                    seen.add(name)
                elif name in seen or name not in kept:
                    each.remove(pair)
            # One that was empty before is what crm_resource leaves behind.
            if had and not len(each):
                parent.remove(each)
        for name in [name for name in values if name not in seen]:
            self._add(self._set_for(parent, tag, f"{parent.get('id')}-{tag}"), name, values[name])

    def _set_for(self, parent: ET.Element, tag: str, base: str) -> ET.Element:
        """The set of values to add to: that with the id ``base``, or the first one, or a new one of that id."""
        found = _sets(parent, tag)
        for each in [*(each for each in found if each.get("id") == base), *found]:
            return each
        return ET.SubElement(parent, tag, id=self._new_id(base))

    def _add(self, where: ET.Element, name: str, value: str) -> None:
        ET.SubElement(where, "nvpair", id=self._new_id(where.get("id", ""), name), name=name, value=value)

    def _find(self, tag: str, name: str) -> ET.Element | None:
        """The resource of that id.

        :raises StateError: it is something else.
        """
        for element in self._configuration.iter():
            if element.get("id") == name:
                if element.tag != tag:
                    raise StateError(
                        name,
                        wanted=f"a {tag} of this id",
                        found=f"a {element.tag}",
                        remedy="Choose another id, or remove the other thing first. Nothing was changed.",
                    )
                return element
        return None

    def _primitive(self, wanted: Primitive) -> None:
        element = self._find("primitive", wanted.id)
        if element is None:
            element = ET.SubElement(self._section("resources"), "primitive", id=wanted.id)
            self._ids.add(wanted.id)
        standard, *provider, kind = wanted.agent.split(":")
        agent = {"class": standard, **({"provider": provider[0]} if provider else {}), "type": kind}
        for name in ("class", "provider", "type"):
            element.attrib.pop(name, None)
        element.attrib.update(agent)
        self._exactly(element, "instance_attributes", wanted.options)
        self._exactly(element, "meta_attributes", wanted.meta, kept=OPERATORS_OWN - wanted.meta.keys())
        self._operations(element, wanted.operations)

    def _operations(self, parent: ET.Element, wanted: t.Sequence[Operation]) -> None:
        found = parent.find("operations")
        if found is None:
            if not wanted:
                return
            found = ET.SubElement(parent, "operations")
        named = {each.key: each for each in wanted}
        for element in found.findall("op"):
            operation = named.pop((element.get("name", ""), milliseconds(element.get("interval", "0"))), None)
            if operation is None:
                found.remove(element)
            else:
                self._operation(element, operation)
        for operation in named.values():
            words = (parent.get("id", ""), operation.name, operation.interval)
            element = ET.SubElement(found, "op", id=self._new_id(*words), name=operation.name)
            element.set("interval", operation.interval)
            self._operation(element, operation)
        if not len(found):
            parent.remove(found)

    def _operation(self, element: ET.Element, wanted: Operation) -> None:
        for name in ("timeout", "on-fail", "role"):
            if name in wanted.attributes:
                element.set(name, wanted.attributes[name])
            else:
                element.attrib.pop(name, None)
        self._exactly(element, "instance_attributes", wanted.options)

    def _group(self, wanted: Group) -> None:
        element = self._find("group", wanted.id)
        if element is None:
            element = ET.SubElement(self._section("resources"), "group", id=wanted.id)
            self._ids.add(wanted.id)
        members = [member for name in wanted.members if (member := self._find("primitive", name)) is not None]
        found = element.findall("primitive")
        order = [*members, *(each for each in found if each not in members and each.get("id") not in self._named)]
        if found != order:
            resources, moved = self._section("resources"), [*found, *order]
            for parent in list(resources.iter()):
                _remove(parent, lambda child: child in moved)
            for number, member in enumerate(order):
                element.insert(number, member)
            # Those that are named on their own, or in a group that is yet to come, leave this one.
            resources.extend(each for each in found if each not in order)
        self._exactly(element, "meta_attributes", wanted.meta, kept=OPERATORS_OWN - wanted.meta.keys())

    def _clone(self, wanted: Clone) -> None:
        element = self._find("clone", wanted.id)
        if element is None:
            element = ET.SubElement(self._section("resources"), "clone", id=wanted.id)
            self._ids.add(wanted.id)
        found, member = element.findall("primitive"), self._find("primitive", wanted.resource)
        if found != [member]:
            resources = self._section("resources")
            for parent in list(resources.iter()):
                _remove(parent, lambda child: child is member or child in found)
            element.insert(0, t.cast("ET.Element", member))
            # Those that are named on their own, or in a clone that is yet to come, leave this one.
            resources.extend(each for each in found if each is not member)
        self._exactly(element, "meta_attributes", wanted.meta, kept=OPERATORS_OWN - wanted.meta.keys())

    def _level(self, wanted: Level) -> None:
        section = self._section("fencing-topology")
        found = (each for each in section.iterfind("fencing-level") if _target(each) == (wanted.node, wanted.level))
        element = next(found, None)
        if element is None:
            name = self._new_id("fence-level", wanted.node, str(wanted.level))
            element = ET.SubElement(section, "fencing-level", id=name, target=wanted.node, index=str(wanted.level))
        element.set("devices", ",".join(wanted.devices))

    def _purge(self, wanted: Wanted) -> None:
        named = set(wanted.ids)
        resources = self._section("resources")
        gone = {each.get("id") for each in owned(self._cib)} - named
        for several in (*resources.findall("group"), *resources.findall("clone")):
            _remove(several, lambda each: each.tag == "primitive" and each.get("id") in gone)
            if several.get("id") in gone:
                # Members that stay leave it; they are wanted in another one or in none.
                resources.extend(several.findall("primitive"))
        _remove(resources, lambda each: each.get("id") in gone)
        _pair_constraints.purge(self._section("constraints"), wanted, gone)
        topology = self._configuration.find("fencing-topology")
        if topology is not None:
            levels = {(each.node, each.level) for each in wanted.levels}
            _remove(topology, lambda each: _target(each) not in levels)


def owned(cib: ET.Element) -> list[ET.Element]:
    """What these records can express of a CIB's resources: all but bundles, and groups that are cloned."""
    return [
        each
        for path in ("primitive", "group", "group/primitive", "clone[primitive]", "clone/primitive")
        for each in cib.iterfind(f"configuration/resources/{path}")
    ]


def _sets(parent: ET.Element, tag: str) -> list[ET.Element]:
    """The sets of values that hold always: those with a rule hold at times."""
    return [each for each in parent.findall(tag) if each.find("rule") is None and "id-ref" not in each.attrib]


def _target(element: ET.Element) -> tuple[str | None, int]:
    return element.get("target"), int(element.get("index", "0"))


def _remove(parent: ET.Element, unwanted: t.Callable[[ET.Element], bool]) -> None:
    for child in list(parent):
        if unwanted(child):
            parent.remove(child)
