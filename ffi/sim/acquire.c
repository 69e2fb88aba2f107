/* The run of an input: a thread takes Ready buffers, fills each when its time has come, and puts it on Done. */
#include "control.h"
#include "decisions.h"
#include "encoding.h"
#include "loopback.h"
#include "scan_lines.h"
#include "triggers.h"

static uint64_t latest_ns; /* how late a buffer was handed over at most */

static void note_lateness(uint64_t due) {
  uint64_t now = platform_now();
  if (due != FOR_EVER && now > due && now - due > latest_ns) latest_ns = now - due;
}

static void fill(const struct Subsystem *s, struct Buffer *buffer, uint32_t samples) {
  plan_fill(&s->plan, s->first_scan * s->plan.entries + s->samples, samples, buffer->data);
}

/* A real board's buffer fills while time goes by and is told of as soon as it is full, so filling may take no time then:
   it is done ahead. Outside the lock, as the buffer is safe: nothing takes it from Inprocess during a run. */
static void fill_ahead(const struct Subsystem *s) {
  platform_unlock();
  fill(s, s->current, buffer_capacity(s->current));
  platform_lock();
}

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

/* The sample at which the buffer in process ends: its capacity, or the border before. */
static uint64_t end_of_buffer(const struct Subsystem *s) {
  uint64_t full = s->samples + buffer_capacity(s->current);
  return s->border < full ? s->border : full;
}

/* Waits until the buffer can be completed, or the run ends. */
static void wait_until_due(struct Subsystem *s) {
  while (!s->abort && !s->too_early) {
    uint64_t due = triggers_due(s, end_of_buffer(s));
    if (due == FOR_EVER && s->state != RUNNING) s->abort = true; /* who stops does not wait for a trigger */
    if (free_running() ? due != FOR_EVER : platform_now() >= due) return;
    if (!s->abort) platform_wait(due);
  }
}

static void finish_buffer(struct Subsystem *s, struct Buffer *buffer, uint32_t samples) {
  loopback_fill(s, s->samples, samples, buffer->data);
  encode(s, buffer->data, samples);
  buffer->valid = samples;
  buffer->bits = s->set.bits;
  buffer->ecode = OLNOERROR;
  buffer_stamp(buffer);
}

static void take_in(struct Subsystem *s, uint32_t samples) {
  if (s->current->valid > 0) fill(s, s->current, samples); /* until now the round before was there to be read */
  finish_buffer(s, s->current, samples);
  s->samples += samples;
  scan_lines_add(s, samples);
}

static uint32_t message_of(const struct Subsystem *s) {
  return s->before ? OLDA_WM_PRETRIGGER_BUFFER_DONE : OLDA_WM_BUFFER_DONE;
}

static enum End lost(struct Subsystem *s, uint32_t code, enum End end) {
  s->current->ecode = code;
  return end;
}

static enum End complete(struct Subsystem *s) {
  if (fault_hit(FAULT_UNPLUG, NULL, NULL)) return END_REMOVED;
  if (fault_hit(FAULT_OVERRUN, NULL, NULL)) return lost(s, OLADOVRRN, END_OVERRUN);
  if (s->too_early || fault_hit(FAULT_TRIGGER, NULL, NULL)) return lost(s, OLADTRIGERR, END_TRIGGER);
  uint64_t end = end_of_buffer(s), due = triggers_due(s, end);
  uint32_t samples = (uint32_t)(end - s->samples);
  if (samples > 0) take_in(s, samples);
  bool repeats = s->wired && s->set.wrap_mode == OL_WRP_SINGLE && s->state == RUNNING && !s->abort;
  if (repeats && end != s->border) notify(s, message_of(s)); /* and round again in the same buffer */
  else if (samples > 0) run_hand_over(s, message_of(s));
  note_lateness(due);
  if (end == s->border && !triggers_pass_border(s)) return END_QUEUE_DONE;
  return GOING;
}

/* What an abort leaves: the samples taken so far. */
static void complete_partly(struct Subsystem *s) {
  uint64_t taken = triggers_taken(s, platform_now()), end = end_of_buffer(s);
  if (taken > end) taken = end;
  take_in(s, taken > s->samples ? (uint32_t)(taken - s->samples) : 0);
  run_hand_over(s, message_of(s));
}

/* A board that has run out of empty buffers, before anybody fetched the one that was lent to it. */
static void take_lent(struct Subsystem *s, struct Buffer *buffer) {
  queue_push(&s->ready, buffer);
  notify(s, OLDA_WM_BUFFER_REUSED);
}

/* The buffer in process begins behind them now, so what was filled in ahead is wrong. */
static void take_out(struct Subsystem *s, uint32_t samples) {
  s->samples += samples;
  s->current->valid = samples;
}

/* What the buffer in process holds already, into another one, which is done then; the one in process goes on. */
uint32_t acquire_peek(struct Subsystem *s, struct Buffer *buffer, uint32_t samples) {
  if (!s->thread || s->waiting || !s->current) return OLNOBUFFERINPROCESS;
  uint64_t taken = triggers_taken(s, platform_now()), end = end_of_buffer(s);
  if (taken > end) taken = end;
  uint64_t there = taken > s->samples ? taken - s->samples : 0;
  uint32_t count = there < samples ? (uint32_t)there : samples;
  fill(s, buffer, count);
  finish_buffer(s, buffer, count);
  if (fault_hit(FAULT_LENT_MOVED, NULL, NULL)) take_out(s, count);
  notify(s, message_of(s));
  if (fault_hit(FAULT_LENT_TAKEN, NULL, NULL)) take_lent(s, buffer);
  else queue_push(&s->done, buffer);
  return OLNOERROR;
}

static enum End step(struct Subsystem *s) {
  if (!s->current) return take_next(s);
  if (s->current->valid == 0) fill_ahead(s);
  triggers_look_ahead(s, buffer_capacity(s->current));
  wait_until_due(s);
  if (!s->abort) return complete(s);
  complete_partly(s);
  return END_STOPPED;
}

void acquire(void *subsystem) {
  struct Subsystem *s = subsystem;
  enum End end = GOING;
  platform_lock();
  if (!triggers_await_start(s)) end = END_STOPPED;
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
    .sensors = s->set.sensors,
    .junctions = s->set.return_junctions != 0,
    .differential = s->set.channel_type == OL_CHNT_DIFFERENTIAL,
    .scan_rate = scans,
  };
  plan_make(&s->plan, &inputs);
  scan_lines_begin(s);
  s->per_scan = s->plan.entries;
  s->rate = scans * s->per_scan;
  take_next(s);
}

/* How many nanoseconds after its last sample a buffer was done at most, since the last reset: this machine's doing. */
uint64_t dtolsim_lateness(void) {
  platform_lock();
  uint64_t ns = latest_ns;
  platform_unlock();
  return ns;
}

void acquire_reset(void) {
  latest_ns = 0;
}
