# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a directory tells about its life as a GlusterFS brick, and how an unused one is made ready.

glusterd calls a directory "already part of a volume" when it, or one above it, has one of two extended attributes; both
outlive the volume and an interrupted creation. It does take directories that hold files, and with ``force`` anything.
Seen with GlusterFS 11.1.
"""

from __future__ import annotations

import errno
import os
import shutil
import typing as t
import uuid
from dataclasses import dataclass
from pathlib import Path

_ID = "trusted.glusterfs.volume-id"
_GFID = "trusted.gfid"

_STAMPS = (_ID, _GFID, "trusted.glusterfs.", "trusted.afr.")
"""Attributes, or their first letters, that GlusterFS leaves on the root of a brick."""

_ADMIN = ".glusterfs"
_ANONYMOUS = ".glusterfs-anonymous-inode-"

_BOOKKEEPING = ("indices", "changelogs", "health_check")
"""Entries of ``.glusterfs`` whose files are no data. All other regular files there are hard links to users' files."""


@dataclass(frozen=True)
class Found:
    """A brick path as it is.

    ``entries`` are the names in it that are not GlusterFS's own, ``data`` tells that its own hold data of users;
    ``volume_id`` is the stamp in uuid notation; ``stamped`` tells that glusterd would call it part of a volume;
    ``stamped_above`` is the nearest directory above it that is stamped; ``on_root_disk`` compares devices, as glusterd
    does; ``ready`` tells that it is a directory with the owner and mode that :func:`make` gives.
    """

    path: str
    exists: bool
    is_directory: bool
    entries: tuple[str, ...]
    data: bool
    volume_id: str | None
    stamped: bool
    stamped_above: str | None
    on_root_disk: bool
    ready: bool


def examine(path: str) -> Found:
    """Look at ``path`` and what lies above it, changing nothing.

    :raises OSError: it cannot be read.
    """
    here = Path(path)
    above = [parent for parent in here.parents if parent.exists()]
    if not above[0].is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(above[0]))
    directory = here.is_dir()
    raw = _attribute(path, _ID) if directory else None
    stamped = raw is not None or (directory and _attribute(path, _GFID) is not None)
    names = sorted(entry.name for entry in here.iterdir()) if directory else []
    # Without a stamp, names like GlusterFS's own mean a brick that lost it: not empty.
    own = [name for name in names if stamped and (name == _ADMIN or name.startswith(_ANONYMOUS))]
    status = here.stat() if directory else None
    return Found(
        path=path,
        exists=os.path.lexists(path),
        is_directory=directory,
        entries=tuple(name for name in names if name not in own),
        data=any(_holds_data(here / name) for name in own),
        volume_id=str(uuid.UUID(bytes=raw)) if raw is not None and len(raw) == 16 else None,
        stamped=stamped,
        stamped_above=next(
            (str(p) for p in above if any(_attribute(str(p), a) is not None for a in (_ID, _GFID))), None
        ),
        on_root_disk=(here if directory else above[0]).stat().st_dev == os.stat("/").st_dev,
        ready=status is not None and (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o755, 0, 0),
    )


def _holds_data(own: Path) -> bool:
    for directory, _directories, files in os.walk(own):
        inside = Path(directory).relative_to(own).parts
        for name in files:
            part = (inside or (name,))[0]
            if own.name == _ADMIN and part in _BOOKKEEPING:
                continue
            if not (Path(directory) / name).is_symlink():
                return True
    return False


def _attribute(path: str, name: str) -> bytes | None:
    try:
        return os.getxattr(path, name)
    except OSError as exc:
        if exc.errno in (errno.ENODATA, errno.ENOTSUP):
            return None
        raise


def clear(path: str) -> None:
    """Remove all that GlusterFS left in a brick that holds no data; to be called after :func:`examine` said so.

    The attributes go last, so that the next run knows what to finish after an interruption.
    """
    for entry in Path(path).iterdir():
        if entry.name == _ADMIN or entry.name.startswith(_ANONYMOUS):
            shutil.rmtree(entry)
    for name in os.listxattr(path):
        if name.startswith(_STAMPS):
            os.removexattr(path, name)


def make(path: str) -> None:
    """Make the directory, and those above it, for root with mode 0755 whatever the umask is."""
    missing = [parent for parent in (Path(path), *Path(path).parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir()
        parent.chmod(0o755)
    os.chmod(path, 0o755)  # noqa: S103 (a brick is no secret: glusterfs checks who may look inside)
    os.chown(path, 0, 0)


def first_names(names: t.Sequence[str]) -> str:
    """The number of entries and the first three names, for messages."""
    more = ", ..." if len(names) > 3 else ""
    return f"{len(names)} {'entry' if len(names) == 1 else 'entries'} ({', '.join(names[:3])}{more})"
