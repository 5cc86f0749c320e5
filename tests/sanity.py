# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs `ansible-test sanity` on the working tree; arguments are passed on (`--test validate-modules`).

ansible-test wants a folder .../ansible_collections/samba_ha/cluster and follows no links, so it gets a copy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".cache" / "ansible-test"
COPY = HOME / "ansible_collections" / "samba_ha" / "cluster"

# ansible-test makes its environments without pip and fetches a script that adds it. This one adds it from the standard
# library, under the name by which ansible-test looks for a script that was fetched before.
ADD_PIP = "import ensurepip\n\nensurepip.bootstrap(default_pip=True)\n"
ADD_PIP_PATH = HOME / ".ansible" / "test" / "cache" / "get_pip_24_2.py"


def git(*words: str, cwd: Path) -> str:
    return subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True, text=True).stdout


def copy_tree() -> None:
    """Copy what git tracks or would track, with its uncommitted changes, into a repository of its own."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in git("ls-files", "-z", "-co", "--exclude-standard", cwd=ROOT).split("\0"):
        source = ROOT / name
        if name and source.is_file():
            target = COPY / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    # Inside the checkout's own repository the copy is ignored, and ansible-test would find nothing.
    git("init", "--quiet", cwd=COPY)
    git("add", "--all", cwd=COPY)


def main() -> int:
    copy_tree()
    ADD_PIP_PATH.parent.mkdir(parents=True, exist_ok=True)
    ADD_PIP_PATH.write_text(ADD_PIP, encoding="utf-8")
    bin_dir = Path(sys.executable).parent
    # The system's own programs only: a version manager's stand-ins look like Python and may not be any.
    path = f"{bin_dir}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    env = {**os.environ, "HOME": str(HOME), "PATH": path, "LC_ALL": "C.UTF-8"}
    argv = [str(bin_dir / "ansible-test"), "sanity", "--python", "default", "--color", "no", *sys.argv[1:]]
    return subprocess.run(argv, cwd=COPY, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
