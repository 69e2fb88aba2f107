/* olmem: buffer lists of the program's own. Acquisition needs none. */
#include <stdio.h>
#include <stdlib.h>

#include "api.h"
#include "buffers.h"

enum { TEXT = 64 };

struct List {
  struct Queue queue; /* first, so that a buffer's queue leads back to the list's handle */
  char owner[TEXT], name[TEXT];
};

static struct List *list_of(HLIST handle) {
  return handle_get(KIND_LIST, handle);
}

static uint32_t create(HLIST *out, const char *owner, const char *name) {
  if (!out) return OLBADRETURNPOINTER;
  struct List *list = calloc(1, sizeof *list);
  if (list) list->queue.handle = handle_new(KIND_LIST, list);
  if (!list || !list->queue.handle) {
    free(list);
    return OLCANNOTALLOCLIST;
  }
  snprintf(list->owner, TEXT, "%s", owner ? owner : "");
  snprintf(list->name, TEXT, "%s", name ? name : "");
  *out = list->queue.handle;
  return OLNOERROR;
}

ECODE olDmCreateList(HLIST *lphList, uint32_t uiFlags, const char *lpOwnerName, const char *lpListName) {
  (void)uiFlags;
  ANSWER(create(lphList, lpOwnerName, lpListName));
}

static void destroy(struct List *list) {
  handle_free(list->queue.handle);
  free(list);
}

static uint32_t free_list(HLIST handle) {
  struct List *list = list_of(handle);
  if (!list) return OLBADLISTHANDLE;
  if (list->queue.count > 0) return OLLISTNOTEMPTY;
  destroy(list);
  return OLNOERROR;
}

ECODE olDmFreeList(HLIST hList) {
  ANSWER(free_list(hList));
}

void olmem_reset(void) {
  uint32_t cursor = 0;
  buffers_reset();
  for (HLIST handle; (handle = handle_next(KIND_LIST, &cursor));) destroy(list_of(handle));
}

static uint32_t put(HLIST handle, HBUF buffer_handle) {
  struct List *list = list_of(handle);
  if (!list) return OLBADLISTHANDLE;
  struct Buffer *buffer = buffer_of(buffer_handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (buffer->queue) return OLBUFFERONLIST;
  queue_push(&list->queue, buffer);
  return OLNOERROR;
}

ECODE olDmPutBufferToList(HLIST hList, HBUF hBuf) {
  ANSWER(put(hList, hBuf));
}

/* An empty list yields a null handle, as olDaGetBuffer does. */
static uint32_t get(HLIST handle, HBUF *out, bool take) {
  struct List *list = list_of(handle);
  if (!list) return OLBADLISTHANDLE;
  if (!out) return OLBADRETURNPOINTER;
  struct Buffer *buffer = take ? queue_take(&list->queue) : list->queue.first;
  *out = buffer ? buffer->handle : 0;
  return OLNOERROR;
}

ECODE olDmGetBufferFromList(HLIST hList, HBUF *lphBuf) {
  ANSWER(get(hList, lphBuf, true));
}

ECODE olDmPeekBufferFromList(HLIST hList, HBUF *lphBuf) {
  ANSWER(get(hList, lphBuf, false));
}

static uint32_t list_count(HLIST handle, uint32_t *out) {
  struct List *list = list_of(handle);
  if (!list) return OLBADLISTHANDLE;
  if (!out) return OLBADRETURNPOINTER;
  *out = list->queue.count;
  return OLNOERROR;
}

ECODE olDmGetListCount(HLIST hList, uint32_t *lpuiCount) {
  ANSWER(list_count(hList, lpuiCount));
}

static uint32_t list_handle(HBUF handle, HLIST *out) {
  struct Buffer *buffer = buffer_of(handle);
  if (!buffer) return OLBADBUFFERHANDLE;
  if (!out) return OLBADRETURNPOINTER;
  *out = buffer->queue ? buffer->queue->handle : 0;
  return OLNOERROR;
}

ECODE olDmGetListHandle(HBUF hBuf, HLIST *lphList) {
  ANSWER(list_handle(hBuf, lphList));
}

static uint32_t list_ids(HLIST handle, char *owner, uint32_t owner_size, char *name, uint32_t name_size) {
  struct List *list = list_of(handle);
  if (!list) return OLBADLISTHANDLE;
  if (!owner || !name) return OLLPSTRNULL;
  snprintf(owner, owner_size, "%s", list->owner);
  snprintf(name, name_size, "%s", list->name);
  return OLNOERROR;
}

ECODE olDmGetListIds(HLIST hList, char *lpOwnerName, uint32_t uiOwnerLen, char *lpListName, uint32_t uiListLen) {
  ANSWER(list_ids(hList, lpOwnerName, uiOwnerLen, lpListName, uiListLen));
}

/* Callbacks run outside the lock: they may call the SDK. */
static uint32_t enum_lists(LISTPROC callback, int64_t argument) {
  if (!callback) return OLBADENUMPROC;
  uint32_t cursor = 0;
  for (HLIST handle; (handle = handle_next(KIND_LIST, &cursor));) {
    platform_unlock();
    int32_t go_on = callback(handle, argument);
    platform_lock();
    if (!go_on) break;
  }
  return OLNOERROR;
}

ECODE olDmEnumLists(LISTPROC pfnListProc, int64_t lParam) {
  ANSWER(enum_lists(pfnListProc, lParam));
}

static uint32_t enum_buffers(HLIST handle, BUFPROC callback, int64_t argument) {
  struct List *list = list_of(handle);
  if (!list) return OLBADLISTHANDLE;
  if (!callback) return OLBADENUMPROC;
  uint32_t count = list->queue.count, n = 0;
  HBUF *members = malloc((count + 1) * sizeof *members);
  if (!members) return OLNOMEMORY;
  for (struct Buffer *buffer = list->queue.first; buffer; buffer = buffer->next) members[n++] = buffer->handle;
  platform_unlock();
  for (uint32_t i = 0; i < n && callback(members[i], argument); i++) continue;
  platform_lock();
  free(members);
  return OLNOERROR;
}

ECODE olDmEnumBuffers(HLIST hList, BUFPROC pfnBufProc, int64_t lParam) {
  ANSWER(enum_buffers(hList, pfnBufProc, lParam));
}

/* The lock of a list is advisory here: every call is guarded anyway. */
void drvDmLockBufferList(HLIST hList) {
  (void)hList;
}

void drvDmUnLockBufferList(HLIST hList) {
  (void)hList;
}
