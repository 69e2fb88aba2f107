/* The run of an input: a thread takes Ready buffers, fills each when its time has come, and puts it on Done. */
#include <math.h>

#include "decisions.h"
#include "loopback.h"
#include "run.h"

static void begin(struct Subsystem *s, struct Buffer *buffer) {
  buffer->valid = 0;
  run_begin_buffer(s, buffer);
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

static void wait_until_due(struct Subsystem *s) {
  if (free_running()) return;
  uint64_t due = run_time_of(s, s->samples + buffer_capacity(s->current));
  while (!s->abort && platform_now() < due) platform_wait(due);
}

/* Filling happens outside the lock; the buffer is safe, as nothing takes it from Inprocess during a run. */
static void fill(struct Subsystem *s, uint32_t samples) {
  platform_unlock();
  plan_fill(&s->plan, s->samples, samples, s->current->data);
  platform_lock();
  loopback_fill(s, s->samples, samples, s->current->data);
  s->current->valid = samples;
  s->current->bits = s->set.bits;
  s->current->ecode = OLNOERROR;
  buffer_stamp(s->current);
  s->samples += samples;
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
  run_hand_over(s);
  return GOING;
}

/* What an abort leaves: the samples taken so far. */
static void complete_partly(struct Subsystem *s) {
  double taken = free_running() ? 0 : floor((double)(platform_now() - s->started_ns) * 1e-9 * s->rate);
  uint64_t samples = taken > (double)s->samples ? (uint64_t)taken - s->samples : 0;
  uint32_t capacity = buffer_capacity(s->current);
  fill(s, samples < capacity ? (uint32_t)samples : capacity);
  run_hand_over(s);
}

static enum End step(struct Subsystem *s) {
  if (!s->current) return take_next(s);
  wait_until_due(s);
  if (!s->abort) return complete(s);
  complete_partly(s);
  return END_STOPPED;
}

void acquire(void *subsystem) {
  struct Subsystem *s = subsystem;
  enum End end = GOING;
  platform_lock();
  while (end == GOING) end = step(s);
  run_finish(s, end);
  platform_unlock();
}

void acquire_prepare(struct Subsystem *s) {
  double scans = scan_rate(s);
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
  take_next(s);
}

