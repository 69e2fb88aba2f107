/* The run of an output: a thread takes Ready buffers and feeds the D/A, from whose FIFO samples leave by the clock. */
#include <math.h>

#include "decisions.h"
#include "journal.h"
#include "outputs.h"
#include "triggers.h"

enum { JOURNAL_NS = 5000000 };

static bool loops(const struct Subsystem *s) {
  return s->wired && s->set.wrap_mode == OL_WRP_SINGLE;
}

/* Waits, if need be, and keeps the journal up to date meanwhile. Ends early when someone wakes all. */
static void wait_once(struct Subsystem *s, uint64_t until) {
  uint64_t soon = platform_now() + JOURNAL_NS;
  platform_wait(journal_open() && soon < until ? soon : until);
  if (s->state != RUNNING && s->current && loops(s)) { /* nothing of the next round leaves, however late this is */
    play_limit(s->board, (s->samples + s->current->valid) / s->per_scan);
  }
  play_settle(s->board, platform_now());
}

static void wait_until(struct Subsystem *s, uint64_t due) {
  while (!free_running() && !s->abort && platform_now() < due) wait_once(s, due);
}

/* The last sample leaves, then IO_COMPLETE. */
static enum End drain(struct Subsystem *s, uint32_t message) {
  notify(s, message);
  wait_until(s, run_time_of(s, s->samples));
  return s->abort ? END_STOPPED : END_COMPLETE;
}

static void begin(struct Subsystem *s, struct Buffer *buffer) {
  run_begin_buffer(s, buffer);
  play_add(s->board, buffer->data, buffer->valid, buffer->width);
  if (loops(s)) play_loop(s->board);
}

/* Takes the next buffer into Inprocess, or tells why the run ends. */
static enum End take_next(struct Subsystem *s) {
  while (!s->abort) {
    if (s->state != RUNNING) return drain(s, OLDA_WM_QUEUE_STOPPED);
    struct Buffer *buffer = queue_take(&s->ready);
    if (buffer) {
      begin(s, buffer);
      return GOING;
    }
    if (s->wired && s->set.wrap_mode == OL_WRP_NONE) return drain(s, OLDA_WM_QUEUE_DONE);
    uint64_t dry = free_running() ? FOR_EVER : run_time_of(s, s->samples);
    if (platform_now() >= dry) return END_UNDERRUN;
    wait_once(s, dry);
  }
  return END_STOPPED;
}

/* When the buffer in process is done: as its last sample enters the FIFO, or, repeated, leaves it. */
static uint64_t due(const struct Subsystem *s) {
  uint64_t samples = s->samples + s->current->valid;
  if (!loops(s)) samples = samples > DECIDED_DA_FIFO ? samples - DECIDED_DA_FIFO : 0;
  return run_time_of(s, samples);
}

static enum End step(struct Subsystem *s) {
  if (!s->current) return take_next(s);
  if (loops(s) && free_running()) platform_wait(platform_now() + 1000000);
  wait_until(s, due(s));
  if (s->abort) {
    run_hand_over(s, OLDA_WM_BUFFER_DONE);
    return END_STOPPED;
  }
  if (fault_hit(FAULT_UNPLUG, NULL, NULL)) return END_REMOVED;
  if (fault_hit(FAULT_UNDERRUN, NULL, NULL)) return END_UNDERRUN;
  if (fault_hit(FAULT_TRIGGER, NULL, NULL)) return END_TRIGGER;
  s->samples += s->current->valid;
  if (loops(s) && s->state == RUNNING) notify(s, OLDA_WM_BUFFER_DONE); /* and round again in the same buffer */
  else run_hand_over(s, OLDA_WM_BUFFER_DONE);
  return GOING;
}

void play(void *subsystem) {
  struct Subsystem *s = subsystem;
  enum End end = GOING;
  platform_lock();
  if (triggers_await_start(s)) play_clock(s->board, s->started_ns, free_running() ? INFINITY : scan_rate(s));
  else end = END_STOPPED;
  while (end == GOING) end = step(s);
  play_end(s->board, platform_now(), end == END_COMPLETE ? s->samples / s->per_scan : FOR_EVER);
  run_finish(s, end);
  platform_unlock();
}

void play_prepare(struct Subsystem *s) {
  s->per_scan = s->set.list_size;
  s->rate = scan_rate(s) * s->per_scan;
  play_begin(s->board, s->set.channels, s->set.list_size);
  if (s->set.trigger == OL_TRG_SOFT) { /* who looks before the thread runs sees the same */
    play_clock(s->board, s->started_ns, free_running() ? INFINITY : scan_rate(s));
  }
  take_next(s);
}
