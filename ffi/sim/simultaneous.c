/* Lists of subsystems that start at the same instant. */
#include <stdlib.h>

#include "api.h"
#include "decisions.h"
#include "subsystem.h"

enum { MEMBERS = 16 };

struct StartList {
  HSSLIST handle;
  HDASS members[MEMBERS];
  uint32_t count;
};

static struct StartList *list_of(HSSLIST handle) {
  return handle_get(KIND_START_LIST, handle);
}

static uint32_t create(HSSLIST *out) {
  if (!out) return OLBADRETURNPOINTER;
  struct StartList *list = calloc(1, sizeof *list);
  if (list) list->handle = handle_new(KIND_START_LIST, list);
  if (!list || !list->handle) {
    free(list);
    return OLCANNOTALLOCSSLIST;
  }
  *out = list->handle;
  return OLNOERROR;
}

ECODE olDaGetSSList(HSSLIST *phSSList) {
  ANSWER(create(phSSList));
}

static uint32_t destroy(HSSLIST handle) {
  struct StartList *list = list_of(handle);
  if (!list) return OLBADSSLISTHANDLE;
  handle_free(handle);
  free(list);
  return OLNOERROR;
}

ECODE olDaReleaseSSList(HSSLIST hSSList) {
  ANSWER(destroy(hSSList));
}

void start_lists_reset(void) {
  uint32_t cursor = 0;
  for (HSSLIST handle; (handle = handle_next(KIND_START_LIST, &cursor));) destroy(handle);
}

static uint32_t put(HSSLIST handle, HDASS member) {
  struct Subsystem *s;
  struct StartList *list = list_of(handle);
  if (!list) return OLBADSSLISTHANDLE;
  uint32_t code = settable(member, &s);
  if (code) return code;
  if (!capable(s, OLSSC_SUP_SIMULTANEOUS_START)) return OLNOTSUPPORTED;
  for (uint32_t i = 0; i < list->count; i++) {
    if (list->members[i] == member) return OLSSHANDLEALREADYONLIST;
  }
  if (list->count == MEMBERS) return OLCANNOTALLOCSSLIST;
  list->members[list->count++] = member;
  return OLNOERROR;
}

ECODE olDaPutDassToSSList(HSSLIST hSSList, HDASS hDass) {
  ANSWER(put(hSSList, hDass));
}

/* Resolves every member, all or none. */
static uint32_t members(HSSLIST handle, struct Subsystem *out[MEMBERS], uint32_t *count) {
  struct StartList *list = list_of(handle);
  if (!list) return OLBADSSLISTHANDLE;
  if (list->count == 0) return OLNOSSHANDLEONLIST;
  for (uint32_t i = 0; i < list->count; i++) {
    uint32_t code = own_subsystem(list->members[i], &out[i]);
    if (code) return code == OLBADSSHANDLE ? OLBADSSHANDLEONLIST : code;
  }
  *count = list->count;
  return OLNOERROR;
}

static uint32_t prestart(HSSLIST handle) {
  struct Subsystem *subsystems[MEMBERS];
  uint32_t count, code = members(handle, subsystems, &count);
  for (uint32_t i = 0; !code && i < count; i++) code = startable(subsystems[i]);
  for (uint32_t i = 0; !code && i < count; i++) subsystems[i]->state = PRESTARTED;
  return code;
}

ECODE olDaSimultaneousPrestart(HSSLIST hSSList) {
  ANSWER(prestart(hSSList));
}

static uint32_t start_all(HSSLIST handle) {
  struct Subsystem *subsystems[MEMBERS];
  uint32_t count, code = members(handle, subsystems, &count);
  for (uint32_t i = 0; !code && i < count; i++) {
    if (subsystems[i]->state != PRESTARTED) code = OLNOTPRESTARTED;
  }
  uint64_t now = platform_now();
  for (uint32_t i = 0; !code && i < count; i++) code = start(subsystems[i], now);
  return code;
}

ECODE olDaSimultaneousStart(HSSLIST hSSList) {
  ANSWER(start_all(hSSList));
}

static uint32_t enum_list(HSSLIST handle, SSLISTPROC callback, int64_t argument) {
  struct StartList *list = list_of(handle);
  if (!list) return OLBADSSLISTHANDLE;
  if (!callback) return OLBADENUMPROC;
  struct StartList copy = *list;
  platform_unlock();
  for (uint32_t i = 0; i < copy.count && callback(handle, copy.members[i], argument); i++) continue;
  platform_lock();
  return OLNOERROR;
}

ECODE olDaEnumSSList(HSSLIST hSSList, SSLISTPROC pfnSSListProc, int64_t lParam) {
  ANSWER(enum_list(hSSList, pfnSSListProc, lParam));
}
