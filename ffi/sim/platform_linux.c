#define _GNU_SOURCE
#include "platform.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "user32_linux.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&changed, &attributes);
  pthread_condattr_destroy(&attributes);
}

void platform_lock(void) {
  pthread_once(&once, initialise);
  pthread_mutex_lock(&lock);
}

void platform_unlock(void) {
  pthread_mutex_unlock(&lock);
}

void platform_wait(uint64_t deadline_ns) {
  if (deadline_ns == FOR_EVER) {
    pthread_cond_wait(&changed, &lock);
    return;
  }
  struct timespec until = {(time_t)(deadline_ns / 1000000000), (long)(deadline_ns % 1000000000)};
  pthread_cond_timedwait(&changed, &lock, &until);
}

void platform_wake_all(void) {
  pthread_cond_broadcast(&changed);
}

uint64_t platform_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void platform_local_time(uint16_t fields[6]) {
  time_t now = time(NULL);
  struct tm local;
  localtime_r(&now, &local);
  const int values[6] = {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday,
                         local.tm_hour,        local.tm_min,     local.tm_sec};
  for (int i = 0; i < 6; i++) fields[i] = (uint16_t)values[i];
}

struct Start {
  void (*body)(void *);
  void *argument;
};

static void *run(void *memory) {
  struct Start start = *(struct Start *)memory;
  free(memory);
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); /* a board's clock wakes nobody 50 us late to save power */
  start.body(start.argument);
  return NULL;
}

bool platform_thread(void (*body)(void *), void *argument) {
  struct Start *start = malloc(sizeof *start);
  if (!start) return false;
  *start = (struct Start){body, argument};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  int failed = pthread_create(&thread, &attributes, run, start);
  pthread_attr_destroy(&attributes);
  if (failed) free(start);
  return !failed;
}

bool platform_env(const char *name, char *out, size_t size) {
  const char *value = getenv(name);
  if (!value) return false;
  snprintf(out, size, "%s", value);
  return true;
}

/* The lock goes with the process. The file stays: removing it would let two processes hold a file of that name. */
bool platform_claim(const char *name, uintptr_t *claim) {
  char path[128];
  snprintf(path, sizeof path, "/tmp/dtolsim %s.lock", name);
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return false;
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    return false;
  }
  *claim = (uintptr_t)file + 1;
  return true;
}

void platform_unclaim(uintptr_t claim) {
  if (claim) close((int)(claim - 1));
}

bool platform_is_window(uint64_t window) {
  return IsWindow(window) != 0;
}

bool platform_post(uint64_t window, uint32_t message, uint64_t wparam, int64_t lparam) {
  return PostMessageW(window, message, wparam, lparam) != 0;
}
