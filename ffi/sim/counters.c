/* Counters: events come in at a steady rate while a counter runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "decisions.h"
#include "subsystem.h"

uint32_t counter_events(const struct Subsystem *s) {
  if (s->state != RUNNING) return s->events;
  return (uint32_t)((platform_now() - s->started_ns) / (1000000000 / DECIDED_EVENTS_PER_SECOND));
}

static uint32_t read_events(HDASS handle, uint32_t *out) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (code) return code;
  if (s->type->type != OLSS_CT) return OLNOTSUPPORTED;
  if (!out) return OLBADRETURNPOINTER;
  if (s->set.counter_mode != OL_CTMODE_COUNT) return OLWRONGCOUNTERMODE;
  *out = counter_events(s);
  return OLNOERROR;
}

ECODE olDaReadEvents(HDASS hDass, uint32_t *pulEvents) {
  ANSWER(read_events(hDass, pulEvents));
}

struct Measurement {
  uint32_t epoch;
  uint64_t until;
  HWND window;
  HDASS counter;
};

/* The frequency travels as the bits of a float in lParam. */
static void measure(void *memory) {
  struct Measurement m = *(struct Measurement *)memory;
  free(memory);
  float hertz = DECIDED_EVENTS_PER_SECOND;
  uint32_t bits;
  memcpy(&bits, &hertz, sizeof bits);
  platform_lock();
  while (core_epoch() == m.epoch && platform_now() < m.until) platform_wait(m.until);
  if (core_epoch() == m.epoch) platform_post(m.window, OLDA_WM_MEASURE_DONE, m.counter, bits);
  platform_unlock();
}

static uint32_t measure_frequency(HDASS handle, HWND window, double seconds) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (code) return code;
  if (s->type->type != OLSS_CT) return OLNOTSUPPORTED;
  if (!platform_is_window(window)) return OLNOMEASURENOTIFY;
  if (!(seconds > 0 && seconds <= 1000)) return OLBADCOUNTDURATION;
  struct Measurement *m = malloc(sizeof *m);
  if (!m) return OLNOMEMORY;
  *m = (struct Measurement){core_epoch(), platform_now() + (uint64_t)(seconds * 1e9), window, handle};
  if (platform_thread(measure, m)) return OLNOERROR;
  free(m);
  return OLGENERALFAILURE;
}

ECODE olDaMeasureFrequency(HDASS hDass, HWND hWnd, double dfCount_Duration) {
  ANSWER(measure_frequency(hDass, hWnd, dfCount_Duration));
}
