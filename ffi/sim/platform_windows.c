#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0601
#include <windows.h>

#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

/* Both DLLs stay loaded once opened: the acquisition threads must keep their code when a program closes the library. */
BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID reserved) {
  (void)reserved;
  HMODULE pinned;
  if (reason != DLL_PROCESS_ATTACH) return TRUE;
  DisableThreadLibraryCalls(self);
  DWORD flags = GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
  GetModuleHandleExW(flags, (LPCWSTR)(uintptr_t)&DllMain, &pinned);
  return TRUE;
}

#ifndef DTOLSIM_ONLY_OLDAAPI

static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE changed = CONDITION_VARIABLE_INIT;

void platform_lock(void) {
  AcquireSRWLockExclusive(&lock);
}

void platform_unlock(void) {
  ReleaseSRWLockExclusive(&lock);
}

void platform_wait(uint64_t deadline_ns) {
  DWORD milliseconds = INFINITE;
  if (deadline_ns != FOR_EVER) {
    uint64_t now = platform_now();
    uint64_t left = deadline_ns > now ? (deadline_ns - now + 999999) / 1000000 : 0;
    milliseconds = left < INFINITE ? (DWORD)left : INFINITE - 1;
  }
  SleepConditionVariableSRW(&changed, &lock, milliseconds, 0);
}

void platform_wake_all(void) {
  WakeAllConditionVariable(&changed);
}

/* Whole seconds apart from the rest: counts times 10^9 do not fit into 64 bits after some days. */
uint64_t platform_now(void) {
  LARGE_INTEGER ticks, frequency;
  QueryPerformanceCounter(&ticks);
  QueryPerformanceFrequency(&frequency);
  uint64_t count = (uint64_t)ticks.QuadPart, hz = (uint64_t)frequency.QuadPart;
  return count / hz * 1000000000 + count % hz * 1000000000 / hz;
}

void platform_local_time(uint16_t fields[6]) {
  SYSTEMTIME now;
  GetLocalTime(&now);
  const uint16_t values[6] = {now.wYear, now.wMonth, now.wDay, now.wHour, now.wMinute, now.wSecond};
  for (int i = 0; i < 6; i++) fields[i] = values[i];
}

struct Start {
  void (*body)(void *);
  void *argument;
};

static DWORD WINAPI run(LPVOID memory) {
  struct Start start = *(struct Start *)memory;
  free(memory);
  start.body(start.argument);
  return 0;
}

bool platform_thread(void (*body)(void *), void *argument) {
  struct Start *start = malloc(sizeof *start);
  if (!start) return false;
  *start = (struct Start){body, argument};
  HANDLE thread = CreateThread(NULL, 0, run, start, 0, NULL);
  if (thread) CloseHandle(thread);
  else free(start);
  return thread != NULL;
}

/* Not getenv(): the C runtime keeps a copy of its own, which a program's later changes do not reach. */
bool platform_env(const char *name, char *out, size_t size) {
  SetLastError(ERROR_SUCCESS);
  DWORD length = GetEnvironmentVariableA(name, out, (DWORD)size);
  if (length >= size) {
    if (size > 0) *out = 0;
    return false;
  }
  return length > 0 || GetLastError() == ERROR_SUCCESS;
}

/* The system closes the handle when the process ends in whatever way, and the name goes with its last handle. */
bool platform_claim(const char *name, uintptr_t *claim) {
  char full[128];
  snprintf(full, sizeof full, "Local\\dtolsim %s", name);
  HANDLE mutex = CreateMutexA(NULL, FALSE, full);
  if (!mutex) return false;
  if (GetLastError() == ERROR_ALREADY_EXISTS) {
    CloseHandle(mutex);
    return false;
  }
  *claim = (uintptr_t)mutex;
  return true;
}

void platform_unclaim(uintptr_t claim) {
  if (claim) CloseHandle((HANDLE)claim);
}

bool platform_is_window(uint64_t window) {
  return IsWindow((HWND)(uintptr_t)window) != 0;
}

bool platform_post(uint64_t window, uint32_t message, uint64_t wparam, int64_t lparam) {
  return PostMessageW((HWND)(uintptr_t)window, message, wparam, lparam) != 0;
}

#endif
