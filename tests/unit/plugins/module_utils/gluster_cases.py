# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real answers of gluster, to requests of both forms: with XML and without."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer, missing

GLUSTER, BOOKWORM = "trixie-11.1", "bookworm-10.3"
RELEASES = (GLUSTER, BOOKWORM)
HOSTS = {GLUSTER: "10.229.13.1", BOOKWORM: "10.229.12.1"}
"""Addresses of the hosts in the fixtures named after pools, without the last digit: 1 to 3."""

NOT_INSTALLED = "not installed"


def gluster_fixture(name: str, release: str = GLUSTER) -> str:
    return (FIXTURES / "gluster" / release / name).read_text(encoding="utf-8")


def brick(number: int, volume: str = "data", release: str = GLUSTER) -> str:
    return f"{HOSTS[release]}{number}:/srv/gluster/{volume}"


def argv(request: str) -> list[str]:
    """A request for XML, given without the constant arguments."""
    return ["gluster", "--mode=script", *request.split(), "--xml"]


def xml(request: str, fixture: str, release: str = GLUSTER) -> Answer:
    """A request for XML. It fails where the fixture is none."""
    return answer(argv(request), 1 if fixture.endswith(".txt") else 0, gluster_fixture(fixture, release))


def text(request: str, fixture: str, rc: int = 0, release: str = GLUSTER) -> Answer:
    return answer(["gluster", "--mode=script", *request.split()], rc, gluster_fixture(fixture, release))


def gluster(*script: tuple[str, str]) -> Replay:
    """A replay of requests for XML and the fixtures that answer them."""
    return Replay(
        *(missing(argv(request)) if name == NOT_INSTALLED else xml(request, name) for request, name in script)
    )
