/* Copyright: (c) 2026, The samba_ha founders
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Has a program read and write files on NFS without the kernel's cache: each one that it opens gets O_DIRECT. It is
 * loaded before the C library (LD_PRELOAD). NFS takes O_DIRECT at any offset, of any length, in any memory.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* NFS_SUPER_MAGIC of linux/magic.h */
#define NFS 0x6969

/* Whether the file is not one that the cache would hold, or is none any more; if not, errno says why. */
static int is_direct(int file)
{
    struct stat about;
    struct statfs system;
    int flags = fcntl(file, F_GETFL);

    if (flags < 0 || fstat(file, &about) != 0)
        return 0;
    if (flags & O_PATH || !S_ISREG(about.st_mode))
        return 1;
    if (fstatfs(file, &system) != 0)
        return 0;
    return system.f_type != NFS || fcntl(file, F_SETFL, flags | O_DIRECT) == 0;
}

/* The file, or an error: never one with the cache. */
static int direct(int file)
{
    int before = errno;

    if (file < 0 || is_direct(file)) {
        errno = before;
        return file;
    }
    before = errno;
    close(file);
    errno = before;
    return -1;
}

/* Both make a file only with these flags, and have a mode only then. */
#define MODE                                                          \
    mode_t mode = 0;                                                  \
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {        \
        va_list more;                                                 \
        va_start(more, flags);                                        \
        mode = va_arg(more, unsigned int);                            \
        va_end(more);                                                 \
    }

#define OPEN(name)                                                    \
    int name(const char *path, int flags, ...)                        \
    {                                                                 \
        int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, #name); \
        MODE                                                          \
        return direct(next(path, flags, mode));                       \
    }

#define OPENAT(name)                                                  \
    int name(int folder, const char *path, int flags, ...)            \
    {                                                                 \
        int (*next)(int, const char *, int, ...) = dlsym(RTLD_NEXT, #name); \
        MODE                                                          \
        return direct(next(folder, path, flags, mode));               \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
