/* The run: a thread takes Ready buffers, fills each when its time has come, and puts it on Done. */
#include <math.h>
#include <stdlib.h>

#include "api.h"
#include "decisions.h"
#include "subsystem.h"

enum End { GOING, END_STOPPED, END_QUEUE_DONE, END_OVERRUN, END_REMOVED };

/* A message that a fault holds back. */
struct Late {
  uint32_t epoch;
  uint64_t until;
  HWND window;
  HDASS subsystem;
  int64_t lparam;
};

static void post_late(void *memory) {
  struct Late late = *(struct Late *)memory;
  free(memory);
  platform_lock();
  while (core_epoch() == late.epoch && platform_now() < late.until) platform_wait(late.until);
  if (core_epoch() == late.epoch) platform_post(late.window, OLDA_WM_BUFFER_DONE, late.subsystem, late.lparam);
  platform_unlock();
}

/* Whether a fault swallows or delays this BUFFER_DONE. */
static bool withheld(struct Subsystem *s) {
  uint32_t together = fault_value(FAULT_COALESCED), milliseconds;
  if (together > 1 && ++s->messages % together != 0) return true;
  if (fault_hit(FAULT_MISSING, NULL, NULL)) return true;
  if (!fault_hit(FAULT_LATE, NULL, &milliseconds)) return false;
  struct Late *late = malloc(sizeof *late);
  if (!late) return false;
  uint64_t until = platform_now() + (uint64_t)milliseconds * 1000000;
  *late = (struct Late){core_epoch(), until, s->window, s->handle, s->lparam};
  return platform_thread(post_late, late);
}

void notify(struct Subsystem *s, uint32_t message) {
  if (!s->window || s->window != s->had_window) return; /* no window, or none since the last olDaConfig */
  if (message == OLDA_WM_BUFFER_DONE && withheld(s)) return;
  platform_post(s->window, message, s->handle, s->lparam);
}

static void begin(struct Subsystem *s, struct Buffer *buffer) {
  buffer->valid = 0;
  queue_push(&s->inprocess, buffer);
  s->current = buffer;
}

/* Takes the next buffer into Inprocess, or tells why the run ends. */
static enum End take_next(struct Subsystem *s) {
  while (!s->abort && s->state == RUNNING) {
    struct Buffer *buffer = queue_take(&s->ready);
    if (buffer) {
      begin(s, buffer);
      return GOING;
    }
    if (s->wired && s->set.wrap_mode == OL_WRP_NONE) return END_QUEUE_DONE;
    if (s->wired && !free_running()) {
      buffer = queue_take(&s->done);
      if (!buffer) return DECIDED_NO_BUFFER_LEFT;
      notify(s, OLDA_WM_BUFFER_REUSED);
      begin(s, buffer);
      return GOING;
    }
    platform_wait(FOR_EVER);
  }
  return END_STOPPED;
}

/* When sample number `samples` of the run has been taken: from the start, so that nothing sums up. */
static uint64_t time_of(const struct Subsystem *s, uint64_t samples) {
  return s->started_ns + (uint64_t)((long double)samples * 1e9L / s->rate);
}

static void wait_until_due(struct Subsystem *s) {
  if (free_running()) return;
  uint64_t due = time_of(s, s->samples + buffer_capacity(s->current));
  while (!s->abort && platform_now() < due) platform_wait(due);
}

/* Filling happens outside the lock; the buffer is safe, as nothing takes it from Inprocess during a run. */
static void fill(struct Subsystem *s, uint32_t samples) {
  platform_unlock();
  plan_fill(&s->plan, s->samples, samples, s->current->data);
  platform_lock();
  s->current->valid = samples;
  s->current->bits = s->set.bits;
  s->current->ecode = OLNOERROR;
  buffer_stamp(s->current);
  s->samples += samples;
}

static void hand_over(struct Subsystem *s) {
  if (s->wired) {
    queue_push(&s->done, queue_take(&s->inprocess)); /* the current one is the only one there */
    notify(s, OLDA_WM_BUFFER_DONE);
  }
  s->current = NULL;
}

static enum End complete(struct Subsystem *s) {
  if (fault_hit(FAULT_UNPLUG, NULL, NULL)) return END_REMOVED;
  if (fault_hit(FAULT_OVERRUN, NULL, NULL)) {
    s->current->ecode = OLADOVRRN;
    return END_OVERRUN;
  }
  fill(s, buffer_capacity(s->current));
  if (s->wired && s->set.wrap_mode == OL_WRP_SINGLE && s->state == RUNNING && !s->abort) {
    notify(s, OLDA_WM_BUFFER_DONE); /* and round again in the same buffer */
    return GOING;
  }
  hand_over(s);
  return GOING;
}

/* What an abort leaves: the samples taken so far. */
static void complete_partly(struct Subsystem *s) {
  double taken = free_running() ? 0 : floor((double)(platform_now() - s->started_ns) * 1e-9 * s->rate);
  uint64_t samples = taken > (double)s->samples ? (uint64_t)taken - s->samples : 0;
  uint32_t capacity = buffer_capacity(s->current);
  fill(s, samples < capacity ? (uint32_t)samples : capacity);
  hand_over(s);
}

static enum End step(struct Subsystem *s) {
  if (!s->current) return take_next(s);
  wait_until_due(s);
  if (!s->abort) return complete(s);
  complete_partly(s);
  return END_STOPPED;
}

static void finish(struct Subsystem *s, enum End end) {
  static const uint32_t messages[] = {
    [END_STOPPED] = OLDA_WM_QUEUE_STOPPED,
    [END_QUEUE_DONE] = OLDA_WM_QUEUE_DONE,
    [END_OVERRUN] = OLDA_WM_OVERRUN_ERROR,
    [END_REMOVED] = OLDA_WM_DEVICE_REMOVAL,
  };
  if (end == END_REMOVED) board_unplug(s->board);
  s->current = NULL;
  s->state = READY;
  s->ended = end != END_STOPPED;
  s->thread = false;
  notify(s, messages[end]);
  platform_wake_all();
}

static void acquire(void *argument) {
  struct Subsystem *s = argument;
  enum End end = GOING;
  platform_lock();
  while (end == GOING) end = step(s);
  finish(s, end);
  platform_unlock();
}

uint32_t startable(const struct Subsystem *s) {
  if (s->set.data_flow == OL_DF_SINGLEVALUE) return OLDATAFLOWMISMATCH;
  if (is_running(s)) return OLALREADYRUNNING;
  if (s->state != READY) return OLNOTCONFIGURED;
  return s->type->type == OLSS_AD && s->ready.count == 0 ? OLNOREADYBUFFERS : OLNOERROR;
}

static void prepare(struct Subsystem *s) {
  double scans = s->set.frequency * clock_factor();
  if (!capable(s, OLSSC_SUP_SIMULTANEOUS_CLOCKING)) scans /= s->set.list_size; /* one tick a sample */
  struct Inputs inputs = {
    .board = s->board,
    .type = s->type,
    .count = s->set.list_size,
    .channels = s->set.channels,
    .gains = s->set.gains,
    .differential = s->set.channel_type == OL_CHNT_DIFFERENTIAL,
    .scan_rate = scans,
  };
  plan_make(&s->plan, &inputs);
  s->rate = scans * s->set.list_size;
  s->wired = s->had_buffers && s->window == s->had_window;
}

uint32_t start(struct Subsystem *s, uint64_t now_ns) {
  s->started_ns = now_ns;
  s->samples = 0;
  s->messages = 0;
  s->abort = false;
  s->ended = false;
  s->run++;
  s->state = RUNNING;
  if (s->type->type != OLSS_AD) return OLNOERROR;
  prepare(s);
  take_next(s);
  s->thread = platform_thread(acquire, s);
  if (s->thread) return OLNOERROR;
  s->current = NULL;
  s->state = READY;
  return OLGENERALFAILURE;
}

uint32_t stop(struct Subsystem *s, bool abort) {
  if (!is_running(s)) {
    bool ended = s->ended;
    s->ended = false;
    return ended ? DECIDED_STOP_AFTER_END : DECIDED_STOP_IDLE;
  }
  if (!s->thread) { /* a counter, or prestarted only */
    if (s->type->type == OLSS_CT) s->events = counter_events(s);
    s->state = READY;
    return OLNOERROR;
  }
  uint64_t run = s->run;
  s->state = STOPPING;
  if (abort) s->abort = true;
  platform_wake_all();
  while (s->thread && s->run == run) platform_wait(FOR_EVER);
  return board_unplugged(s->board) ? DECIDED_UNPLUGGED : OLNOERROR;
}

void flush(struct Subsystem *s) {
  for (struct Buffer *buffer; (buffer = queue_take(&s->inprocess));) queue_push(&s->done, buffer);
  for (struct Buffer *buffer; (buffer = queue_take(&s->ready));) {
    buffer->valid = 0;
    queue_push(&s->done, buffer);
  }
}

static uint32_t flush_call(HDASS handle) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (!code && is_running(s)) code = DECIDED_FLUSH_RUNNING;
  if (!code) flush(s);
  return code;
}

ECODE olDaFlushBuffers(HDASS hDass) {
  ANSWER(flush_call(hDass));
}
