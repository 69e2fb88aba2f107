/* Every SDK call passes here: the scripted faults strike on the way in, the log notes name and code on the way out. */
#include <stdio.h>
#include <string.h>

#include "core.h"

enum { LOG_CALLS = 4096 };

/* The newest calls, in the order in which they returned. */
static struct {
  const char *function;
  uint32_t code;
} calls[LOG_CALLS];

static uint64_t logged;
static bool logging;
static uint32_t epoch;

uint32_t core_epoch(void) {
  return epoch;
}

void calls_reset(void) {
  epoch++;
  logging = false;
  logged = 0;
  platform_wake_all();
}

static void hang(uint32_t milliseconds) {
  uint32_t entered = epoch, clears = fault_clears();
  uint64_t until = milliseconds ? platform_now() + (uint64_t)milliseconds * 1000000 : FOR_EVER;
  while (epoch == entered && clears == fault_clears() && platform_now() < until) platform_wait(until);
}

uint32_t call_enter(const char *function) {
  platform_lock();
  uint32_t value;
  if (fault_hit(FAULT_HANG, function, &value)) hang(value);
  return fault_hit(FAULT_CODE, function, &value) ? value : OLNOERROR;
}

uint32_t call_leave(const char *function, uint32_t code) {
  if (logging) {
    calls[logged % LOG_CALLS].function = function;
    calls[logged % LOG_CALLS].code = code;
    logged++;
  }
  platform_unlock();
  return code;
}

/* Switches the log on or off; either empties it. */
uint32_t dtolsim_log(int32_t on) {
  platform_lock();
  logging = on != 0;
  logged = 0;
  platform_unlock();
  return 0;
}

/* Writes `name:code` lines, NUL-terminated and cut at `size`; answers the bytes that the whole log needs. */
uint32_t dtolsim_calls(char *buf, uint32_t size) {
  uint32_t length = 0;
  if (buf && size > 0) *buf = 0;
  platform_lock();
  for (uint64_t i = logged > LOG_CALLS ? logged - LOG_CALLS : 0; i < logged; i++) {
    char line[80];
    int n = snprintf(line, sizeof line, "%s:%u\n", calls[i % LOG_CALLS].function, calls[i % LOG_CALLS].code);
    if (buf && length + (uint32_t)n < size) memcpy(buf + length, line, (size_t)n + 1);
    length += (uint32_t)n;
  }
  platform_unlock();
  return length + 1;
}
