# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A printer of the lab's pair, which is a file on its storage and moves along with the rest."""

from __future__ import annotations

import contextlib
import shlex
import typing as t
import uuid

from lab import Lab, eventually
from observe import stdout
from pairing import Eyes, active

PRINTER = "letters"
TOFILE = "/usr/lib/cups/backend/tofile"


# What CUPS prints with, a backend: of its own, the one for files writes nothing of a job that needs no filter.
BACKEND = """#!/bin/sh
[ $# = 0 ] && exit 0
cat ${6:+"$6"} >> "${DEVICE_URI#tofile:}"
"""


class Printer:
    """What clients print there is on the pair's storage."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    @property
    def _printed(self) -> str:
        (place,) = Eyes(self.lab).mounted().values()
        return f"{place}/printed"

    def print_letter(self) -> None:
        """Print one by the pair's name, and find it where the pair's address is."""
        letter = uuid.uuid4().hex
        self.lab.client.run("sh -c %s", f"echo {letter} > /tmp/letter")
        service, who = f"//{self.lab.virtual_name}/{PRINTER}", f"{self.lab.username}%{self.lab.password}"
        command = f"smbclient {service} --user {who} --command 'print /tmp/letter'"
        sent = self.lab.client.shell.run
        eventually(lambda: sent(command).rc, lambda status: status == 0, timeout=30, what="a job taken")
        holder, _other = active(self.lab)
        seen = f"cat {self._printed}"
        eventually(lambda: stdout(holder, seen), lambda text: letter in text, timeout=30, what="a letter")

    def install(self) -> None:
        holder, other = active(self.lab)
        for host in (holder, other):
            # Without rights for others, so that CUPS runs it as root.
            host.run("sh -c %s", f"umask 077; echo {shlex.quote(BACKEND)} > {TOFILE}; chmod u+x {TOFILE}")
        holder.run(f"lpadmin -p {PRINTER} -E -v tofile:{self._printed} -m raw")
        holder.run("systemctl reload samba-ha-bgqd.service")

    def remove(self) -> None:
        holder, other = active(self.lab)
        holder.run(f"lpadmin -x {PRINTER}")
        for host in (holder, other):
            host.run(f"rm {TOFILE}")


@contextlib.contextmanager
def a_printer(lab: Lab) -> t.Iterator[Printer]:
    printer = Printer(lab)
    printer.install()
    try:
        yield printer
    finally:
        printer.remove()
