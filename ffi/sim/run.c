/* A run, from start to stop; a thread of its own moves the buffers of an input or output. */
#include <stdlib.h>

#include "api.h"
#include "decisions.h"
#include "triggers.h"

/* A message that a fault holds back. */
struct Late {
  uint32_t epoch;
  uint64_t until;
  HWND window;
  uint32_t message;
  HDASS subsystem;
  int64_t lparam;
};

static void post_late(void *memory) {
  struct Late late = *(struct Late *)memory;
  free(memory);
  platform_lock();
  while (core_epoch() == late.epoch && platform_now() < late.until) platform_wait(late.until);
  if (core_epoch() == late.epoch) platform_post(late.window, late.message, late.subsystem, late.lparam);
  platform_unlock();
}

/* Whether a fault swallows or delays this message of a buffer. */
static bool withheld(struct Subsystem *s, uint32_t message) {
  uint32_t together = fault_value(FAULT_COALESCED), milliseconds;
  if (together > 1 && ++s->messages % together != 0) return true;
  if (fault_hit(FAULT_MISSING, NULL, NULL)) return true;
  if (!fault_hit(FAULT_LATE, NULL, &milliseconds)) return false;
  struct Late *late = malloc(sizeof *late);
  if (!late) return false;
  uint64_t until = platform_now() + (uint64_t)milliseconds * 1000000;
  *late = (struct Late){core_epoch(), until, s->window, message, s->handle, s->lparam};
  return platform_thread(post_late, late);
}

void notify(struct Subsystem *s, uint32_t message) {
  if (!s->window || s->window != s->had_window) return; /* no window, or none since the last olDaConfig */
  bool buffer = message == OLDA_WM_BUFFER_DONE || message == OLDA_WM_PRETRIGGER_BUFFER_DONE;
  if (buffer && withheld(s, message)) return;
  platform_post(s->window, message, s->handle, s->lparam);
}

void run_begin_buffer(struct Subsystem *s, struct Buffer *buffer) {
  queue_push(&s->inprocess, buffer);
  s->current = buffer;
}

void run_hand_over(struct Subsystem *s, uint32_t message) {
  if (s->wired) {
    queue_push(&s->done, queue_take(&s->inprocess)); /* the current one is the only one there */
    notify(s, message);
  }
  s->current = NULL;
}

uint64_t run_time_of(const struct Subsystem *s, uint64_t samples) {
  return s->started_ns + (uint64_t)((long double)samples * 1e9L / s->rate);
}

void run_finish(struct Subsystem *s, enum End end) {
  static const uint32_t messages[] = {
    [END_STOPPED] = OLDA_WM_QUEUE_STOPPED,
    [END_QUEUE_DONE] = OLDA_WM_QUEUE_DONE,
    [END_COMPLETE] = OLDA_WM_IO_COMPLETE,
    [END_OVERRUN] = OLDA_WM_OVERRUN_ERROR,
    [END_UNDERRUN] = OLDA_WM_UNDERRUN_ERROR,
    [END_TRIGGER] = OLDA_WM_TRIGGER_ERROR,
    [END_REMOVED] = OLDA_WM_DEVICE_REMOVAL,
  };
  if (end == END_REMOVED) board_unplug(s->board);
  s->current = NULL;
  s->ended = end != END_STOPPED && s->state == RUNNING;
  s->state = READY;
  s->thread = false;
  notify(s, messages[end]);
  platform_wake_all();
}

uint32_t startable(const struct Subsystem *s) {
  if (s->set.data_flow == OL_DF_SINGLEVALUE) return OLDATAFLOWMISMATCH;
  if (is_running(s)) return OLALREADYRUNNING;
  if (s->state != READY) return OLNOTCONFIGURED;
  return has_buffers(s) && s->ready.count == 0 ? OLNOREADYBUFFERS : OLNOERROR;
}

uint32_t start(struct Subsystem *s, uint64_t now_ns) {
  s->started_ns = now_ns;
  s->samples = 0;
  s->messages = 0;
  s->abort = false;
  s->ended = false;
  s->run++;
  s->state = RUNNING;
  if (!has_buffers(s)) {
    counter_begin(s);
    return OLNOERROR;
  }
  s->wired = s->had_buffers && s->window == s->had_window;
  triggers_prepare(s);
  bool input = s->type->type == OLSS_AD;
  if (input) acquire_prepare(s);
  else play_prepare(s);
  s->thread = platform_thread(input ? acquire : play, s);
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
    if (s->state == RUNNING) counter_settle(s);
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
    if (s->type->type == OLSS_AD) buffer->valid = 0;
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
