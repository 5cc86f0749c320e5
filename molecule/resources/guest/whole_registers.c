/*
 * Copyright: (c) 2026, The samba_ha founders
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Has User Mode Linux run on processors with AMX, whose state makes a process's registers larger than it knows.
 *
 * User Mode Linux 6.12 keeps the first 2696 bytes of them (AVX-512 and the protection keys are the last that it knows),
 * and a host's kernel takes all of them or none: it refuses with EFAULT, and the guest ends in a panic. No guest has
 * the permission to use what comes after. To be loaded by LD_PRELOAD.
 */
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

/* More than any processor has: 11008 bytes with AMX. */
static char whole[1 << 16];
static size_t size;

typedef long (*Ptrace)(enum __ptrace_request, pid_t, void *, void *);

long ptrace(enum __ptrace_request request, ...)
{
	va_list arguments;
	va_start(arguments, request);
	pid_t pid = va_arg(arguments, pid_t);
	void *address = va_arg(arguments, void *), *data = va_arg(arguments, void *);
	va_end(arguments);

	static Ptrace libc;
	if (!libc)
		libc = (Ptrace)dlsym(RTLD_NEXT, "ptrace");
	if (request != PTRACE_SETREGSET || address != (void *)NT_X86_XSTATE)
		return libc(request, pid, address, data);

	if (!size) {
		struct iovec all = {whole, sizeof whole};
		if (libc(PTRACE_GETREGSET, pid, address, &all) < 0)
			return -1;
		size = all.iov_len;
		memset(whole, 0, sizeof whole);
	}
	struct iovec *known = data, all = {whole, size};
	if (known->iov_len >= size)
		return libc(request, pid, address, data);
	/* Which parts are in use stands in what is known. */
	memcpy(whole, known->iov_base, known->iov_len);
	return libc(request, pid, address, &all);
}
