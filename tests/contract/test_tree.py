# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the whole tree keeps to: no shell, reasons beside commands, small files, nothing private."""

from __future__ import annotations

import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

CODE = ("plugins", "roles", "playbooks", "molecule", "tests")
LINES = 300
TASK_LINES = 100

SHELLS = {"shell", "ansible.builtin.shell", "ansible.legacy.shell"}
SECTIONS = ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always")
_COMMAND = re.compile(r"^\s*(?:-\s+)?(?:ansible\.builtin\.)?(?:command|raw|script):")

# Put together from halves, so that this file is not what it finds.
PRIVATE = {
    "a home folder": re.compile("/" + r"(?:home|Users)/[a-z]|/" + r"root/\.(?!ssh/)"),
    "a working folder": re.compile("/" + r"work/"),
    "a package registry": re.compile(
        r"\b(?:deb|security|ftp|archive)\." + r"(?:debian|ubuntu)\.(?:org|com)|pypi\." + r"org|pythonhosted\." + "org"
    ),
}


def ours(tracked: list[Path]) -> list[Path]:
    return [path for path in tracked if path.parts[0] in CODE and "fixtures" not in path.parts]


def yaml_files(tracked: list[Path]) -> list[Path]:
    return [path for path in tracked if path.parts[0] in CODE[1:4] and path.suffix in (".yml", ".yaml")]


def tasks(node: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """All tasks of a playbook or task file, those in blocks too. What stands in a module's options is none."""
    for item in node if isinstance(node, list) else ():
        if isinstance(item, dict):
            yield item
            for section in SECTIONS:
                yield from tasks(item.get(section))


def uses_shell(document: t.Any) -> bool:
    """Whether a task runs a shell. The login shell of an account is an option, not a task's module."""
    return any(
        SHELLS & (task.keys() | {str(task.get("action", "")).split(" ", maxsplit=1)[0]}) for task in tasks(document)
    )


def unexplained_commands(text: str) -> list[int]:
    """Lines of commands without a comment in their task or right above it."""
    lines = text.splitlines()
    found = []
    for number, line in enumerate(lines):
        if not _COMMAND.match(line):
            continue
        start = number
        while start > 0 and not lines[start].lstrip().startswith("- "):
            start -= 1
        end = number + 1
        while end < len(lines) and lines[end].strip() and not lines[end].lstrip().startswith("- name:"):
            end += 1
        if not any(part.lstrip().startswith("#") for part in lines[max(start - 1, 0) : end]):
            found.append(number + 1)
    return found


def rash_waits(document: t.Any) -> list[str]:
    """Tasks that wait for what a module returns, and would end in an error of the condition where it once fails."""
    found = []
    for task in tasks(document):
        until = task.get("until", [])
        first = until[0] if isinstance(until, list) and until else until
        if first and first not in {f"{task.get('register')} is {state}" for state in ("succeeded", "finished")}:
            found.append(str(task.get("name")))
    return found


@pytest.fixture(scope="module")
def documents(root: Path, tracked: list[Path]) -> dict[Path, t.Any]:
    """What is in each YAML file of ours."""
    return {path: yaml.safe_load((root / path).read_text(encoding="utf-8")) for path in yaml_files(tracked)}


def test_nothing_runs_a_shell(documents: dict[Path, t.Any]) -> None:
    assert [str(path) for path, document in documents.items() if uses_shell(document)] == []


def test_every_command_has_its_reason(root: Path, tracked: list[Path]) -> None:
    texts = {path: (root / path).read_text(encoding="utf-8") for path in yaml_files(tracked)}
    assert {str(path): found for path, text in texts.items() if (found := unexplained_commands(text))} == {}


def test_a_wait_outlasts_a_module_that_fails(documents: dict[Path, t.Any]) -> None:
    assert {str(path): found for path, document in documents.items() if (found := rash_waits(document))} == {}


def test_files_are_small(root: Path, tracked: list[Path]) -> None:
    sizes = {path: len((root / path).read_text(encoding="utf-8").splitlines()) for path in ours(tracked)}
    assert {str(path): size for path, size in sizes.items() if size > LINES} == {}


def test_task_files_are_small(root: Path) -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in root.glob("roles/*/tasks/**/*.yml")}
    assert {path.name: size for path, size in sizes.items() if size >= TASK_LINES} == {}


def test_nothing_private_is_published(root: Path, tracked: list[Path]) -> None:
    found = []
    for path in tracked:
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        found += [f"{path}: {what}: {hit.group()}" for what, words in PRIVATE.items() for hit in words.finditer(text)]
    assert found == []


def test_a_playbook_says_what_it_does(playbook: Path) -> None:
    first, second, *_rest = playbook.read_text(encoding="utf-8").splitlines()
    assert first == "---"
    assert second.startswith("# ")
    assert len(second) > len("# ") + 20


def test_a_playbook_is_valid(root: Path, playbook: Path) -> None:
    argv = [str(Path(sys.executable).parent / "ansible-playbook"), "--syntax-check", str(playbook)]
    done = subprocess.run(argv, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[WARNING]" not in done.stderr


@pytest.mark.parametrize(
    ("task", "judged"),
    [
        ({"name": "x", "ansible.builtin.shell": "true"}, True),
        ({"name": "x", "shell": "true | cat"}, True),
        ({"name": "x", "shell": "/bin/true"}, True),
        ({"name": "x", "action": "shell true"}, True),
        ({"name": "x", "block": [{"ansible.builtin.shell": {"cmd": "true"}}]}, True),
        ({"name": "x", "hosts": "y", "tasks": [{"shell": "true"}]}, True),
        ({"name": "x", "ansible.builtin.user": {"name": "y", "shell": "/usr/sbin/nologin"}}, False),
    ],
)
def test_a_shell_is_told_from_a_login_shell(task: dict[str, t.Any], judged: bool) -> None:
    assert uses_shell([task]) is judged


def test_commands_with_and_without_reasons_are_told_apart() -> None:
    plain = "- name: A\n  ansible.builtin.command:\n    argv: [a]\n"
    assert unexplained_commands(plain) == [2]
    assert unexplained_commands("# No module does it.\n" + plain) == []
    assert unexplained_commands(plain.replace("  ansible", "  # No module does it.\n  ansible")) == []


@pytest.mark.parametrize(
    ("until", "rash"),
    [
        ("seen is succeeded", False),
        ("seen is finished", False),
        (["seen is succeeded", "seen.pair.running"], False),
        ("seen.pair.running", True),
        (["seen.pair.running", "seen is succeeded"], True),
        (["other is succeeded", "seen.pair.running"], True),
    ],
)
def test_a_rash_wait_is_seen(until: str | list[str], rash: bool) -> None:
    assert bool(rash_waits([{"name": "x", "block": [{"name": "y", "register": "seen", "until": until}]}])) is rash
