/* olmem: the buffers. */
#include "buffers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "decisions.h"

struct Buffer *buffer_of(HBUF handle) {
  return handle_get(KIND_BUFFER, handle);
}

void buffer_stamp(struct Buffer *buffer) {
  uint16_t fields[6];
  platform_local_time(fields);
  buffer->stamp = (TDS){fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]};
}

static bool is_width(uint32_t width) {
  return width == 1 || width == 2 || width == 4 || width == 8;
}

static uint32_t allocate(uint64_t bytes, uint32_t width, HBUF *out) {
  if (!out) return OLBADRETURNPOINTER;
  if (bytes == 0 || bytes > DECIDED_BUFFER_LIMIT) return OLCANNOTALLOCBUFFER;
  struct Buffer *buffer = calloc(1, sizeof *buffer);
  void *data = calloc(1, bytes);
  if (buffer && data) buffer->handle = handle_new(KIND_BUFFER, buffer);
  if (!buffer || !data || !buffer->handle) {
    free(buffer);
    free(data);
    return OLCANNOTALLOCBCB;
  }
  buffer->data = data;
  buffer->bytes = (uint32_t)bytes;
  buffer->width = width;
  buffer->bits = width * 8;
  *out = buffer->handle;
  return OLNOERROR;
}

static uint32_t idle(HBUF handle, struct Buffer **out) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (buffer->queue) return OLBUFFERONLIST;
  if (buffer->locks) return OLBUFFERLOCKED;
  *out = buffer;
  return OLNOERROR;
}

static uint32_t resize(uint64_t bytes, uint32_t width, const HBUF *handle) {
  struct Buffer *buffer;
  if (!handle) return OLBADRETURNPOINTER;
  uint32_t code = idle(*handle, &buffer);
  if (code) return code;
  if (bytes == 0 || bytes > DECIDED_BUFFER_LIMIT) return OLCANNOTREALLOCBUFFER;
  void *data = realloc(buffer->data, bytes);
  if (!data) return OLCANNOTREALLOCBUFFER;
  if (bytes > buffer->bytes) memset((char *)data + buffer->bytes, 0, bytes - buffer->bytes);
  buffer->data = data;
  buffer->bytes = (uint32_t)bytes;
  buffer->width = width ? width : buffer->width;
  buffer->valid = 0;
  return OLNOERROR;
}

ECODE olDmAllocBuffer(uint32_t uiWinFlags, uint32_t dwBytes, HBUF *lphBuf) {
  (void)uiWinFlags;
  ANSWER(allocate(dwBytes, 2, lphBuf));
}

ECODE olDmMallocBuffer(uint32_t uiWinFlags, uint32_t uiExFlags, uint32_t dwBytes, HBUF *lphBuf) {
  (void)uiWinFlags, (void)uiExFlags;
  ANSWER(allocate(dwBytes, 2, lphBuf));
}

ECODE olDmCallocBuffer(uint32_t uiWinFlags, uint32_t uiExFlags, uint32_t dwSamples, uint32_t uiSampleSize,
    HBUF *lphBuf) {
  (void)uiWinFlags, (void)uiExFlags;
  ANSWER(is_width(uiSampleSize) ? allocate((uint64_t)dwSamples * uiSampleSize, uiSampleSize, lphBuf) : OLBADSAMPLESIZE);
}

ECODE olDmReAllocBuffer(uint32_t uiWinFlags, uint32_t dwBytes, HBUF *lphBuf) {
  (void)uiWinFlags;
  ANSWER(resize(dwBytes, 0, lphBuf));
}

ECODE olDmReMallocBuffer(uint32_t uiWinFlags, uint32_t uiExFlags, uint32_t dwBytes, HBUF *lphBuf) {
  (void)uiWinFlags, (void)uiExFlags;
  ANSWER(resize(dwBytes, 0, lphBuf));
}

ECODE olDmReCallocBuffer(uint32_t uiWinFlags, uint32_t uiExFlags, uint32_t dwSamples, uint32_t uiSampleSize,
    HBUF *lphBuf) {
  (void)uiWinFlags, (void)uiExFlags;
  ANSWER(is_width(uiSampleSize) ? resize((uint64_t)dwSamples * uiSampleSize, uiSampleSize, lphBuf) : OLBADSAMPLESIZE);
}

static void destroy(struct Buffer *buffer) {
  handle_free(buffer->handle);
  free(buffer->data);
  free(buffer);
}

static uint32_t free_buffer(HBUF handle) {
  struct Buffer *buffer;
  uint32_t code = idle(handle, &buffer);
  if (!code) destroy(buffer);
  return code;
}

ECODE olDmFreeBuffer(HBUF hBuf) {
  ANSWER(free_buffer(hBuf));
}

void buffers_reset(void) {
  uint32_t cursor = 0;
  for (HBUF handle; (handle = handle_next(KIND_BUFFER, &cursor));) destroy(buffer_of(handle));
}

static uint32_t lock_buffer(HBUF handle, int change) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (change < 0 && buffer->locks == 0) return OLBUFFERNOTLOCKED;
  buffer->locks += (uint32_t)change;
  return OLNOERROR;
}

ECODE olDmLockBuffer(HBUF hBuf) {
  ANSWER(lock_buffer(hBuf, 1));
}

ECODE olDmUnlockBuffer(HBUF hBuf) {
  ANSWER(lock_buffer(hBuf, -1));
}

ECODE olDmLockBufferEx(HBUF hBuf, int32_t fEnableScatter) {
  (void)fEnableScatter;
  ANSWER(lock_buffer(hBuf, 1));
}

ECODE olDmUnlockBufferEx(HBUF hBuf, int32_t fEnableScatter) {
  (void)fEnableScatter;
  ANSWER(lock_buffer(hBuf, -1));
}

/* Answers one number of a buffer; `field` is its offset in the struct. */
static uint32_t read_field(HBUF handle, size_t field, uint32_t *out) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (!out) return OLBADRETURNPOINTER;
  memcpy(out, (char *)buffer + field, sizeof *out);
  return OLNOERROR;
}

ECODE olDmGetBufferECode(HBUF hBuf, uint32_t *lpECode) {
  ANSWER(read_field(hBuf, offsetof(struct Buffer, ecode), lpECode));
}

ECODE olDmGetBufferSize(HBUF hBuf, uint32_t *lpdwBytes) {
  ANSWER(read_field(hBuf, offsetof(struct Buffer, bytes), lpdwBytes));
}

ECODE olDmGetDataBits(HBUF hBuf, uint32_t *lpuiBits) {
  ANSWER(read_field(hBuf, offsetof(struct Buffer, bits), lpuiBits));
}

ECODE olDmGetDataWidth(HBUF hBuf, uint32_t *lpuiSampleSize) {
  ANSWER(read_field(hBuf, offsetof(struct Buffer, width), lpuiSampleSize));
}

ECODE olDmGetValidSamples(HBUF hBuf, uint32_t *lpdwSamples) {
  ANSWER(read_field(hBuf, offsetof(struct Buffer, valid), lpdwSamples));
}

static uint32_t max_samples(HBUF handle, uint32_t *out) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (!out) return OLBADRETURNPOINTER;
  *out = buffer_capacity(buffer);
  return OLNOERROR;
}

ECODE olDmGetMaxSamples(HBUF hBuf, uint32_t *lpdwSamples) {
  ANSWER(max_samples(hBuf, lpdwSamples));
}

static uint32_t buffer_ptr(HBUF handle, void **out) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (!out) return OLBADRETURNPOINTER;
  *out = buffer->data;
  return OLNOERROR;
}

ECODE olDmGetBufferPtr(HBUF hBuf, void **lplpData) {
  ANSWER(buffer_ptr(hBuf, lplpData));
}

static uint32_t time_date_stamp(HBUF handle, TDS *out) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (!out) return OLBADRETURNPOINTER;
  *out = buffer->stamp;
  return OLNOERROR;
}

ECODE olDmGetTimeDateStamp(HBUF hBuf, TDS *lpTds) {
  ANSWER(time_date_stamp(hBuf, lpTds));
}

static uint32_t get_extra(HBUF handle, uint32_t *first, uint32_t *second) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (!first || !second) return OLBADRETURNPOINTER;
  *first = buffer->extra[0];
  *second = buffer->extra[1];
  return OLNOERROR;
}

ECODE olDmGetExtraBytes(HBUF hBuf, uint32_t *lpulExtra1, uint32_t *lpulExtra2) {
  ANSWER(get_extra(hBuf, lpulExtra1, lpulExtra2));
}

static uint32_t set_extra(HBUF handle, uint32_t first, uint32_t second) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  buffer->extra[0] = first;
  buffer->extra[1] = second;
  return OLNOERROR;
}

ECODE olDmSetExtraBytes(HBUF hBuf, uint32_t ulExtra1, uint32_t ulExtra2) {
  ANSWER(set_extra(hBuf, ulExtra1, ulExtra2));
}

static uint32_t set_width(HBUF handle, uint32_t width) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (!is_width(width)) return OLBADSAMPLESIZE;
  if (buffer->queue) return OLBUFFERONLIST;
  buffer->width = width;
  if (buffer->valid > buffer_capacity(buffer)) buffer->valid = buffer_capacity(buffer);
  return OLNOERROR;
}

ECODE olDmSetDataWidth(HBUF hBuf, uint32_t uiSampleSize) {
  ANSWER(set_width(hBuf, uiSampleSize));
}

static uint32_t set_valid(HBUF handle, uint32_t samples) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (samples > buffer_capacity(buffer)) return OLTOOMANYSAMPLES;
  buffer->valid = samples;
  return OLNOERROR;
}

ECODE olDmSetValidSamples(HBUF hBuf, uint32_t dwSamples) {
  ANSWER(set_valid(hBuf, dwSamples));
}

/* Copying happens under the lock, so that nobody frees the buffer meanwhile. */
static uint32_t copy_out(HBUF handle, void *out, uint32_t limit) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (!out) return OLBADRETURNPOINTER;
  uint32_t samples = buffer->valid < limit ? buffer->valid : limit;
  memcpy(out, buffer->data, (size_t)samples * buffer->width);
  return OLNOERROR;
}

ECODE olDmCopyBuffer(HBUF hBuf, void *lpAppBuffer) {
  ANSWER(copy_out(hBuf, lpAppBuffer, UINT32_MAX));
}

ECODE olDmCopyFromBuffer(HBUF hBuf, void *lpAppBuffer, uint32_t ulMaxSamples) {
  ANSWER(copy_out(hBuf, lpAppBuffer, ulMaxSamples));
}

static uint32_t copy_in(HBUF handle, const void *from, uint32_t samples) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (!from) return OLBADRETURNPOINTER;
  if (samples > buffer_capacity(buffer)) return OLBUFFERTOOSMALL;
  memcpy(buffer->data, from, (size_t)samples * buffer->width);
  return OLNOERROR;
}

ECODE olDmCopyToBuffer(HBUF hBuf, const void *lpAppBuffer, uint32_t ulNumSamples) {
  ANSWER(copy_in(hBuf, lpAppBuffer, ulNumSamples));
}

static uint32_t set_current_tds(HBUF handle) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  buffer_stamp(buffer);
  return OLNOERROR;
}

ECODE drvDmSetCurrentTDS(HBUF hBuf) {
  ANSWER(set_current_tds(hBuf));
}

static uint32_t set_bits(HBUF handle, uint32_t bits) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  buffer->bits = bits;
  return OLNOERROR;
}

ECODE drvDmSetDataBits(HBUF hBuf, uint32_t Bits) {
  ANSWER(set_bits(hBuf, Bits));
}

static uint32_t version(char *out) {
  if (!out) return OLLPSTRNULL;
  strcpy(out, "V2.00.01");
  return OLNOERROR;
}

ECODE olDmGetVersion(char *lpVersion) {
  ANSWER(version(lpVersion));
}
