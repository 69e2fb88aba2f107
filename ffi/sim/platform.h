/* What the simulation asks of the operating system: one lock, one condition, threads, clocks, window messages. */
#ifndef DTOLSIM_PLATFORM_H
#define DTOLSIM_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Functions that oldaapi takes from olmem: across a DLL boundary on Windows, within one library elsewhere. They are
   exported by number and not by name, so that the names of a DLL are those of the SDK: see build.ts. */
#if !defined(_WIN32) || defined(DTOLSIM_BUILD_OLMEM)
#define SHARED
#else
#define SHARED __declspec(dllimport)
#endif

#define FOR_EVER UINT64_MAX

/* The lock guards everything of the simulation; samples are computed and callbacks run outside it. */
SHARED void platform_lock(void);
SHARED void platform_unlock(void);

/* Waits, with the lock held, until someone wakes all or the monotonic clock reaches `deadline_ns`. */
SHARED void platform_wait(uint64_t deadline_ns);
SHARED void platform_wake_all(void);

/* Nanoseconds of the system's monotonic clock, the one that a recording's `t_mono_ns` reads. */
SHARED uint64_t platform_now(void);
SHARED void platform_local_time(uint16_t fields[6]);

/* Starts a thread that nobody joins; false when the system refuses. */
SHARED bool platform_thread(void (*body)(void *), void *argument);

/* An environment variable, copied; false when it is not set. */
SHARED bool platform_env(const char *name, char *out, size_t size);

/* Takes a name that no other process can take until it is given back, or this process ends. */
SHARED bool platform_claim(const char *name, uintptr_t *claim);
SHARED void platform_unclaim(uintptr_t claim); /* 0: nothing */

SHARED bool platform_is_window(uint64_t window);
SHARED bool platform_post(uint64_t window, uint32_t message, uint64_t wparam, int64_t lparam);

#endif
