#include "counter_inputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "decisions.h"

enum { KINDS = 3, ELEMENTS = 3 };

struct Script {
  int32_t *counts;
  uint32_t count, next;
};

static struct CounterInput inputs[BOARDS][KINDS][ELEMENTS];
static struct Script scripts[BOARDS][KINDS][ELEMENTS];
static bool gate_low[BOARDS][ELEMENTS]; /* an open gate input reads high */
static bool loaded; /* from the environment */

static void load_environment(void) {
  char text[32];
  if (loaded) return;
  loaded = true;
  double hz = DECIDED_EVENTS_PER_SECOND;
  if (platform_env("DTOLSIM_COUNTER_HZ", text, sizeof text)) hz = strtod(text, NULL);
  if (!isfinite(hz)) hz = 0;
  for (uint32_t i = 0; i < BOARDS * KINDS * ELEMENTS; i++) (&inputs[0][0][0])[i] = (struct CounterInput){hz, 0.5};
}

static uint32_t kind_of(int32_t type) {
  return type == OLSS_CT ? 0 : type == OLSS_QUAD ? 1 : 2;
}

struct CounterInput counter_input(const struct Subsystem *s) {
  load_environment();
  return inputs[s->board - boards][kind_of(s->type->type)][s->element];
}

bool counter_scripted(const struct Subsystem *s, int32_t *count) {
  struct Script *script = &scripts[s->board - boards][kind_of(s->type->type)][s->element];
  if (script->count == 0) return false;
  *count = script->counts[script->next];
  if (script->next + 1 < script->count) script->next++; /* the last one stays */
  return true;
}

void counter_inputs_reset(void) {
  loaded = false;
  for (uint32_t i = 0; i < BOARDS * KINDS * ELEMENTS; i++) {
    struct Script *script = &(&scripts[0][0][0])[i];
    free(script->counts);
    *script = (struct Script){0};
  }
  memset(gate_low, 0, sizeof gate_low);
}

bool counter_gated(const struct Subsystem *s) {
  if (s->type->type != OLSS_CT) return true;
  bool low = gate_low[s->board - boards][s->element];
  switch (s->set.gate) {
    case OL_GATE_HIGH_LEVEL: return !low;
    case OL_GATE_LOW_LEVEL: return low;
    case OL_GATE_HIGH_EDGE: return s->gate_edges & 1;
    case OL_GATE_LOW_EDGE: return s->gate_edges & 2;
    default: return true;
  }
}

/* A counter, quadrature decoder or tachometer of a board; NULL when there is none. */
static const struct Board *element_of(const char *name, uint32_t type, uint32_t element) {
  const struct Board *board = name ? board_named(name) : NULL;
  bool counts = type == OLSS_CT || type == OLSS_QUAD || type == OLSS_TACH;
  const struct Type *found = board && counts ? board_type(board, (int32_t)type) : NULL;
  return found && element < found->elements ? board : NULL;
}

struct Subsystem *counter_holder(const struct Board *board, int32_t type, uint32_t element) {
  uint32_t cursor = 0;
  for (HDASS handle; (handle = handle_next(KIND_SUBSYSTEM, &cursor));) {
    struct Subsystem *s = handle_get(KIND_SUBSYSTEM, handle);
    if (s->board == board && s->type->type == type && s->element == element && !s->query) return s;
  }
  return NULL;
}

/* The pulse train at an input: Hz, negative for the other direction, and the percentage of a period that is high. */
uint32_t dtolsim_counter(const char *board, uint32_t type, uint32_t element, double hz, double duty) {
  platform_lock();
  const struct Board *found = element_of(board, type, element);
  bool sane = found && isfinite(hz) && duty > 0 && duty < 100;
  if (sane) {
    load_environment();
    struct Subsystem *s = counter_holder(found, (int32_t)type, element);
    if (s && s->state == RUNNING) counter_settle(s); /* what came until now keeps its pace */
    inputs[found - boards][kind_of((int32_t)type)][element] = (struct CounterInput){hz, duty / 100};
  }
  platform_unlock();
  return sane ? 0 : 1;
}

/* What drives the gate input of a counter: 0 low, else high, as it is when nothing does. */
uint32_t dtolsim_gate(const char *board, uint32_t element, int32_t level) {
  platform_lock();
  const struct Board *found = element_of(board, OLSS_CT, element);
  bool low = level == 0;
  if (found && gate_low[found - boards][element] != low) {
    struct Subsystem *s = counter_holder(found, OLSS_CT, element);
    if (s && s->state == RUNNING) {
      counter_settle(s); /* what came until now has been counted, or not */
      s->gate_edges |= low ? 2 : 1;
    }
    gate_low[found - boards][element] = low;
  }
  platform_unlock();
  return found ? 0 : 1;
}

/* What the next calls of olDaReadEvents answer, one after the other; the last one stays. None: it counts again. */
uint32_t dtolsim_events(const char *board, uint32_t type, uint32_t element, const int32_t *counts, uint32_t count) {
  platform_lock();
  const struct Board *found = element_of(board, type, element);
  int32_t *copy = count > 0 && counts ? malloc(count * sizeof *copy) : NULL;
  bool sane = found && (copy || count == 0);
  if (sane) {
    struct Script *script = &scripts[found - boards][kind_of((int32_t)type)][element];
    free(script->counts);
    if (copy) memcpy(copy, counts, count * sizeof *copy);
    *script = (struct Script){copy, count, 0};
  } else {
    free(copy);
  }
  platform_unlock();
  return sane ? 0 : 1;
}

/* How a counter is set: mode, whether it runs, Hz, duty in percent, pulse, gate, cascade, clock source, measure edges,
   then quadrature prescale, x4 and index mode, then edge and stale flag of a tachometer. All 0 if nobody holds it. */
uint32_t dtolsim_counter_state(const char *board, uint32_t type, uint32_t element, double *out) {
  platform_lock();
  const struct Board *found = element_of(board, type, element);
  if (found && out) {
    static const struct Settings nobody;
    const struct Subsystem *s = counter_holder(found, (int32_t)type, element);
    const struct Settings *set = s ? &s->set : &nobody;
    const double numbers[COUNTER_STATE] = {
      set->counter_mode, s && s->state == RUNNING, set->frequency, set->pulse_width, set->pulse,
      set->gate, set->cascade, set->clock_source, set->start_edge, set->stop_edge,
      set->prescale, set->x4, set->index, set->edge, set->stale_flag,
    };
    memcpy(out, numbers, sizeof numbers);
  }
  platform_unlock();
  return found && out ? 0 : 1;
}
