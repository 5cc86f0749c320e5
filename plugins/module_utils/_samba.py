# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samba's registry shares (``net conf``) and its password database (``pdbedit``): records, parsers, loaders."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandFailed, Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

# Windows refuses these in a share name ([MS-SRVS] 2.2.4.23; smbd's own list is INVALID_SHARENAME_CHARS). Brackets end
# a section's name in smb.conf.
_FORBIDDEN = frozenset('\\/:|<>+=;,?*"[]')
_MAX_NAME = 80
RESERVED = frozenset({"global", "homes", "printers", "print$", "ipc$"})
"""Sections, in lower case, that are no plain share."""

_HASH = re.compile(r"[0-9A-F]{32}")
_FLAGS = re.compile(r"\[([A-Z ]*)\]")


@dataclass(frozen=True)
class Share:
    """A section of smb.conf. ``parameters`` holds all of them, ``path`` too, named as smb.conf(5) names them."""

    name: str
    parameters: t.Mapping[str, str]

    def as_text(self) -> str:
        """Return the section as smb.conf text, ``path`` first and the rest in order, so that two can be compared."""
        names = sorted(self.parameters, key=lambda name: (name != "path", name))
        lines = [f"\t{name} = {self.parameters[name]}" for name in names]
        return "\n".join([f"[{self.name}]", *lines]) + "\n"


@dataclass(frozen=True)
class Account:
    """An account of the password database. ``nt_hash`` is None when no password is set."""

    name: str
    nt_hash: str | None
    flags: frozenset[str]

    @property
    def enabled(self) -> bool:
        """Whether the account may log on: flag D of pdbedit(8) is not set."""
        return "D" not in self.flags


def parse_shares(text: str) -> tuple[Share, ...]:
    """Read ``net conf list`` or ``net conf showshare``.

    :raises StateError: with the line that is neither a section nor a parameter.
    """
    shares: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, equals, value = line.strip().partition(" =")
        if line.startswith("[") and line.endswith("]"):
            shares.append((line[1:-1], {}))
        elif equals and shares:
            shares[-1][1][name] = value.strip()
        else:
            raise StateError(
                "net conf",
                wanted="sections and their parameters",
                found=f"the line {line!r}",
                remedy="This version of Samba writes something new: report the line.",
            )
    return tuple(Share(name, parameters) for name, parameters in shares)


def parse_accounts(text: str) -> tuple[Account, ...]:
    """Read ``pdbedit -L -w``, which writes the lines of smbpasswd(5): ``name:uid:LM hash:NT hash:[flags]:LCT-...:``.

    :raises StateError: a line of another form. The line itself is not told, because it may hold a hash.
    """
    accounts = []
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split(":")
        flags = _FLAGS.fullmatch(fields[4]) if len(fields) >= 6 else None
        if flags is None or len(fields[3]) != 32:
            raise StateError(
                "pdbedit -L -w",
                wanted="lines in the form of smbpasswd(5)",
                found=f"line {number} with {len(fields)} fields of another form",
                remedy="Run it by hand and look at that line.",
            )
        # Without a password the field holds X's, or the words NO PASSWORD and X's.
        nt_hash = fields[3] if _HASH.fullmatch(fields[3]) else None
        accounts.append(Account(fields[0], nt_hash, frozenset(flags.group(1).replace(" ", ""))))
    return tuple(accounts)


def check_name(name: str) -> None:
    """Refuse a name that is not a plain share's, or that Windows cannot use.

    :raises StateError: telling which rule it breaks.
    """
    found = None
    if name.lower() in RESERVED:
        found = "a name with a meaning of its own in Samba"
    elif not 1 <= len(name) <= _MAX_NAME:
        found = f"{len(name)} characters"
    elif bad := sorted({char for char in name if char in _FORBIDDEN or not char.isprintable()}):
        found = "the characters " + " ".join(repr(char) for char in bad)
    elif name.startswith("-"):
        found = "a leading dash, which net would read as an option"
    elif name != " ".join(name.split()):
        found = "blanks at an end or in a row"
    if found is not None:
        raise StateError(
            f"share {name!r}",
            wanted=f"a name of 1 to {_MAX_NAME} characters that clients can use",
            found=found,
            remedy="Choose another name.",
        )


def build_share(name: str, path: str, parameters: t.Mapping[str, object]) -> Share:
    """Return the share as it would be written, names in lower case and blanks as smb.conf's reader leaves them.

    :raises StateError: what smb.conf cannot carry, or would carry with another meaning.
    """
    check_name(name)
    if not path.startswith("/"):
        raise _refused(name, "path", "an absolute path", repr(path))
    wanted = {"path": _text(name, "path", path)}
    for key, value in parameters.items():
        parameter = " ".join(key.lower().split())
        if parameter in ("path", "directory"):
            raise _refused(name, key, "the directory in the option path", "it among the parameters")
        if not parameter or not parameter.isprintable() or parameter[0] in "[#;" or "=" in parameter:
            raise _refused(name, key, "the name of a parameter", "what smb.conf would read as something else")
        if parameter in wanted:
            raise _refused(name, key, "every parameter once", "it twice, in different spellings")
        wanted[parameter] = _text(name, key, value)
    return Share(name, wanted)


def _text(name: str, parameter: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (str, int)):
        raise _refused(name, parameter, "text, a number or a boolean", f"a value of type {type(value).__name__}")
    text = str(value)
    # A backslash at the end of a line joins it with the next: "valid users = \" would let everybody in.
    if text.rstrip().endswith("\\") or "\n" in text or "\r" in text or "\0" in text:
        raise _refused(name, parameter, "one line that does not end in a backslash", repr(text))
    return " ".join(text.split())


def _refused(name: str, parameter: str, wanted: str, found: str) -> StateError:
    return StateError(
        f"share {name}, parameter {parameter!r}", wanted=wanted, found=found, remedy="Correct the task's options."
    )


def load_shares(run: Runner, *, config: str | None = None) -> tuple[Share, ...]:
    """Return all sections of the registry, ``[global]`` too if it holds one.

    :param config: another smb.conf, and so another registry.
    :raises StateError: ``net`` fails, or writes what is not understood.
    """
    return parse_shares(_read(run, [*net_conf(config), "list"], "registry shares"))


def net_conf(config: str | None = None) -> list[str]:
    """Return the beginning of a ``net conf`` command, for the registry that ``config`` leads to."""
    return ["net", *(["-s", config] if config else []), "conf"]


def load_accounts(run: Runner) -> tuple[Account, ...]:
    """Return all accounts of the password database.

    :raises StateError: ``pdbedit`` fails, or writes what is not understood.
    """
    return parse_accounts(_read(run, ["pdbedit", "-L", "-w"], "password database"))


def _read(run: Runner, argv: list[str], subject: str) -> str:
    try:
        return run(argv).stdout
    except CommandFailed as exc:
        raise CommandFailed(
            subject,
            wanted="all its entries",
            found=exc.found,
            remedy="In a pool CTDB must be healthy on this host: see ctdb status.",
        ) from exc


def raise_all(faults: t.Sequence[StateError]) -> None:
    """Raise all faults as one error, so that they can be mended at once. Does nothing when there is none."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        told = [f"({n}) {f.subject}: wanted {f.wanted}; found {f.found}. {f.remedy}" for n, f in enumerate(faults, 1)]
        raise StateError(f"{len(faults)} faults", wanted="none", found=" ".join(told), remedy="Mend them all.")
