/* Buffers and messages between program and subsystem. */
#include "api.h"
#include "decisions.h"
#include "run.h"

static uint32_t put_buffer(HDASS handle, HBUF buffer_handle) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (code) return code;
  if (!has_buffers(s)) return OLNOTSUPPORTED;
  if (s->set.data_flow == OL_DF_SINGLEVALUE) return DECIDED_SETTER_MISMATCH;
  struct Buffer *buffer = buffer_of(buffer_handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (buffer->queue) return OLBUFFERONLIST;
  if (buffer->width != sample_width(s) || buffer_capacity(buffer) == 0) return DECIDED_OTHER_WIDTH;
  if (s->type->type == OLSS_DA && buffer->valid == 0) return OLNOSAMPLES; /* a fresh buffer counts as empty */
  queue_push(&s->ready, buffer);
  if (s->thread && !s->current) platform_wake_all(); /* the run waits for a buffer */
  return OLNOERROR;
}

ECODE olDaPutBuffer(HDASS hDass, HBUF hBuf) {
  ANSWER(put_buffer(hDass, hBuf));
}

static uint32_t get_buffer(HDASS handle, HBUF *out) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  struct Buffer *buffer = queue_take(&s->done);
  *out = buffer ? buffer->handle : 0;
  return buffer ? OLNOERROR : DECIDED_EMPTY_DONE;
}

ECODE olDaGetBuffer(HDASS hDass, HBUF *phBuf) {
  ANSWER(get_buffer(hDass, phBuf));
}

static uint32_t queue_size(HDASS handle, uint32_t which, uint32_t *out) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (code) return code;
  if (which < OL_QUE_READY || which > OL_QUE_INPROCESS) return OLBADQUEUE;
  if (!out) return OLBADRETURNPOINTER;
  *out = which == OL_QUE_READY ? s->ready.count : which == OL_QUE_DONE ? s->done.count : s->inprocess.count;
  return OLNOERROR;
}

ECODE olDaGetQueueSize(HDASS hDass, uint32_t uiQueue, uint32_t *puiSize) {
  ANSWER(queue_size(hDass, uiQueue, puiSize));
}

static uint32_t flush_from_inprocess(HDASS handle, HBUF buffer_handle, uint32_t samples) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (!code && !capable(s, OLSSC_SUP_INPROCESSFLUSH)) code = OLNOTSUPPORTED;
  if (code) return code;
  struct Buffer *buffer = buffer_of(buffer_handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (buffer->queue) return OLBUFFERONLIST;
  if (buffer->width != sample_width(s)) return DECIDED_OTHER_WIDTH;
  return samples > buffer_capacity(buffer) ? OLBUFFERTOOSMALL : acquire_peek(s, buffer, samples);
}

ECODE olDaFlushFromBufferInprocess(HDASS hDass, HBUF hBuf, uint32_t ulNumSamples) {
  ANSWER(flush_from_inprocess(hDass, hBuf, ulNumSamples));
}

static uint32_t set_window(HDASS handle, HWND window, int64_t lparam) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (code) return code;
  if (!capable(s, OLSSC_SUP_POSTMESSAGE)) return OLNOTSUPPORTED;
  if (window && !platform_is_window(window)) return OLBADWINDOWHANDLE;
  if (window && is_running(s)) return DECIDED_WINDOW_RUNNING;
  s->window = window;
  s->lparam = lparam;
  return OLNOERROR;
}

ECODE olDaSetWndHandle(HDASS hDass, HWND hWnd, int64_t lParam) {
  ANSWER(set_window(hDass, hWnd, lParam));
}

static uint32_t get_window(HDASS handle, HWND *out) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  *out = s->window;
  return OLNOERROR;
}

ECODE olDaGetWndHandle(HDASS hDass, HWND *phWnd) {
  ANSWER(get_window(hDass, phWnd));
}

/* Accepted and never called, as seen on DT9805 and DT9806. */
static uint32_t set_procedure(HDASS handle, OLNOTIFYPROC procedure) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (code) return code;
  s->procedure = procedure;
  return OLNOERROR;
}

ECODE olDaSetNotificationProcedure(HDASS hDass, OLNOTIFYPROC pfnNotifyProc, int64_t lParam) {
  (void)lParam;
  ANSWER(set_procedure(hDass, pfnNotifyProc));
}

static uint32_t get_procedure(HDASS handle, OLNOTIFYPROC *out) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  *out = s->procedure;
  return OLNOERROR;
}

ECODE olDaGetNotificationProcedure(HDASS hDass, OLNOTIFYPROC *pfnNotifyProc) {
  ANSWER(get_procedure(hDass, pfnNotifyProc));
}
