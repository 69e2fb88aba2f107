/* Counters, quadrature decoders and tachometers: what they make of their inputs while they run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "decisions.h"
#include "counter_inputs.h"

static double seconds_since(uint64_t now_ns, uint64_t ns) {
  return now_ns > ns ? (double)(now_ns - ns) * 1e-9 : 0;
}

static const double CARRY = 4294967296.0; /* events after which a counter of 32 bits begins again */

/* A neighbour whose carries are this counter's events instead of its own input, or NULL. */
static struct Subsystem *carrier_of(const struct Subsystem *s) {
  if (s->type->type != OLSS_CT || s->element == 0) return NULL;
  struct Subsystem *below = counter_holder(s->board, OLSS_CT, s->element - 1);
  return below && below->set.cascade == OL_CT_CASCADE ? below : NULL;
}

/* A counter that runs and takes this one's carries, or NULL. */
static struct Subsystem *carried_by(const struct Subsystem *s) {
  if (s->type->type != OLSS_CT || s->set.cascade != OL_CT_CASCADE) return NULL;
  struct Subsystem *above = counter_holder(s->board, OLSS_CT, s->element + 1);
  return above && above->state == RUNNING ? above : NULL;
}

/* Edges a second that are counted now. */
static double pace(const struct Subsystem *s) {
  if (s->state != RUNNING || !counter_gated(s)) return 0;
  const struct Subsystem *below = carrier_of(s);
  return below ? pace(below) / CARRY : counter_input(s).hz;
}

/* Edges that have come since the start; negative: more the other way. */
static double events_at(const struct Subsystem *s, uint64_t now_ns) {
  return s->events + pace(s) * seconds_since(now_ns, s->settled_ns);
}

static void settle(struct Subsystem *s, uint64_t now_ns) {
  struct Subsystem *above = carried_by(s);
  if (above) settle(above, now_ns); /* while this one still goes at its old pace */
  s->events = events_at(s, now_ns);
  s->settled_ns = now_ns;
}

void counter_settle(struct Subsystem *s) {
  settle(s, platform_now());
}

/* What is left of a carry counts on: so the next one comes when it is full. */
void counter_begin(struct Subsystem *s) {
  const struct Subsystem *below = carrier_of(s);
  struct Subsystem *above = carried_by(s);
  s->events = below ? fmod(events_at(below, s->started_ns), CARRY) / CARRY : 0;
  s->settled_ns = s->started_ns;
  s->told = 0;
  s->gate_edges = 0;
  if (!above) return;
  above->events = trunc(above->events); /* this one begins at 0 */
  above->settled_ns = s->started_ns;
}

static bool is_rising(uint32_t edge) {
  return edge % 2 == 0; /* OL_GATE_RISING and OL_CLOCK_RISING; the only ones that a board here measures */
}

/* From the start edge to the stop edge, in seconds; infinite when no edge comes. */
static double interval(const struct Subsystem *s) {
  struct CounterInput input = counter_input(s);
  bool from = is_rising(s->set.start_edge), to = is_rising(s->set.stop_edge);
  double part = from == to ? 1 : from ? input.duty : 1 - input.duty;
  return part / fabs(input.hz);
}

/* Ticks of the counter's clock in an interval that is over, 0 before. */
static uint32_t ticks(const struct Subsystem *s, uint64_t now_ns) {
  double seconds = interval(s), count = floor(seconds * scan_rate(s) + 0.5);
  if (!(seconds_since(now_ns, s->started_ns) >= seconds)) return 0;
  return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

/* Ticks in a period. Bit 31 tells, where wanted, that no period has ended since it was told before. */
static uint32_t tachometer(struct Subsystem *s, uint64_t now_ns) {
  double hz = fabs(counter_input(s).hz), periods = floor(seconds_since(now_ns, s->started_ns) * hz);
  uint32_t count = periods < 1 ? 0 : (uint32_t)floor(scan_rate(s) / hz + 0.5) & INT32_MAX;
  bool stale = s->set.stale_flag && periods <= s->told;
  s->told = periods;
  return stale ? count | DECIDED_STALE_FLAG : count;
}

static uint32_t count_now(struct Subsystem *s) {
  uint64_t now = s->state == RUNNING ? platform_now() : s->settled_ns;
  if (s->type->type == OLSS_TACH) return tachometer(s, now);
  bool measures = s->type->type == OLSS_CT && s->set.counter_mode >= OL_CTMODE_MEASURE;
  if (measures) return ticks(s, now);
  double events = events_at(s, now);
  if (s->type->type == OLSS_QUAD && s->set.x4) events *= 4;
  if (s->type->type == OLSS_CT && s->set.counter_mode == OL_CTMODE_COUNT) events = fabs(events);
  return (uint32_t)(int64_t)events;
}

static uint32_t read_events(HDASS handle, uint32_t *out) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (code) return code;
  int32_t type = s->type->type, scripted;
  if (type != OLSS_CT && type != OLSS_QUAD && type != OLSS_TACH) return OLNOTSUPPORTED;
  if (!out) return OLBADRETURNPOINTER;
  uint32_t mode = s->set.counter_mode;
  bool pulses = mode == OL_CTMODE_RATE || mode == OL_CTMODE_ONESHOT || mode == OL_CTMODE_ONESHOT_RPT;
  if (type == OLSS_CT && pulses) return OLWRONGCOUNTERMODE;
  *out = counter_scripted(s, &scripted) ? (uint32_t)scripted : count_now(s);
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
  const struct Subsystem *s; /* its place stays, whoever holds it */
};

/* The frequency travels as the bits of a float in lParam. */
static void measure(void *memory) {
  struct Measurement m = *(struct Measurement *)memory;
  free(memory);
  uint32_t bits;
  platform_lock();
  while (core_epoch() == m.epoch && platform_now() < m.until) platform_wait(m.until);
  float hertz = (float)fabs(counter_input(m.s).hz);
  memcpy(&bits, &hertz, sizeof bits);
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
  *m = (struct Measurement){core_epoch(), platform_now() + (uint64_t)(seconds * 1e9), window, handle, s};
  if (platform_thread(measure, m)) return OLNOERROR;
  free(m);
  return OLGENERALFAILURE;
}

ECODE olDaMeasureFrequency(HDASS hDass, HWND hWnd, double dfCount_Duration) {
  ANSWER(measure_frequency(hDass, hWnd, dfCount_Duration));
}
