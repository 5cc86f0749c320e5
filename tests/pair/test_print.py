# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair that prints: the printer, which is a file here, moves along with the rest."""

from __future__ import annotations

import shlex
import typing as t
import uuid

import pytest
from lab import Lab, LabHost, eventually
from observe import stdout
from pairing import Eyes, active, settle
from test_failover import done, fail_over

PRINTER = "letters"
TOFILE = "/usr/lib/cups/backend/tofile"


# What CUPS prints with, a backend: of its own, the one for files writes nothing of a job that needs no filter.
BACKEND = """#!/bin/sh
[ $# = 0 ] && exit 0
cat ${6:+"$6"} >> "${DEVICE_URI#tofile:}"
"""


@pytest.fixture
def printed(lab: Lab) -> t.Iterator[str]:
    """What the printer prints, a file on the pair's storage."""
    settle(lab, "what came before")
    holder, other = active(lab)
    place = Eyes(lab).mounted()[holder.name]
    for host in (holder, other):
        # Without rights for others, so that CUPS runs it as root.
        host.run("sh -c %s", f"umask 077; echo {shlex.quote(BACKEND)} > {TOFILE}; chmod u+x {TOFILE}")
    holder.run(f"lpadmin -p {PRINTER} -E -v tofile:{place}/printed -m raw")
    holder.run("systemctl reload samba-ha-bgqd.service")
    yield f"{place}/printed"
    holder, other = active(lab)
    holder.run(f"lpadmin -x {PRINTER}")
    for host in (holder, other):
        host.run(f"rm {TOFILE}")
    settle(lab, "a printer")


def print_letter(lab: Lab, holder: LabHost, printed: str) -> None:
    letter = uuid.uuid4().hex
    lab.client.run("sh -c %s", f"echo {letter} > /tmp/letter")
    service, who = f"//{lab.virtual_name}/{PRINTER}", f"{lab.username}%{lab.password}"
    command = f"smbclient {service} --user {who} --command 'print /tmp/letter'"
    eventually(lambda: lab.client.shell.run(command).rc, lambda status: status == 0, timeout=30, what="a job taken")
    eventually(lambda: stdout(holder, f"cat {printed}"), lambda seen: letter in seen, timeout=30, what="a letter")


def test_it_prints_before_and_after_a_move(lab: Lab, printed: str) -> None:
    holder, other = active(lab)
    print_letter(lab, holder, printed)
    done(fail_over(holder.name, "drain", "-e", "accept=no_redundancy"))
    assert Eyes(lab).holders() == [other]
    print_letter(lab, other, printed)
    done(fail_over(holder.name, "return"))
