# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree that the contract tests judge."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _tracked() -> list[Path]:
    """Files that git tracks or would track, relative to the root."""
    argv = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
    names = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(Path(name) for name in names if name and (ROOT / name).is_file())


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    return _tracked()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `role` or `playbook` one run for each."""
    for name, pattern in (("role", "roles/*"), ("playbook", "playbooks/*.yml")):
        if name in metafunc.fixturenames:
            paths = sorted(ROOT.glob(pattern))
            assert paths, f"nothing matches {pattern}"
            metafunc.parametrize(name, paths, ids=[path.stem for path in paths])
