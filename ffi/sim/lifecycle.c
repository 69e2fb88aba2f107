/* Boards and subsystems: opening, reserving, configuring, releasing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "decisions.h"
#include "triggers.h"

enum { ELEMENTS = 16 };

/* One place per element of a board: a subsystem is held once, and a call that waits may look at it any time. */
static struct Subsystem held[BOARDS][ELEMENTS];

struct Device {
  HDEV handle;
  struct Board *board;
};

uint32_t any_subsystem(HDASS handle, struct Subsystem **out) {
  struct Subsystem *s = handle_get(KIND_SUBSYSTEM, handle);
  if (!s) return OLBADSSHANDLE;
  *out = s;
  return board_unplugged(s->board) ? DECIDED_UNPLUGGED : OLNOERROR;
}

uint32_t own_subsystem(HDASS handle, struct Subsystem **out) {
  uint32_t code = any_subsystem(handle, out);
  return !code && (*out)->query ? DECIDED_QUERY_HANDLE : code;
}

uint32_t settable(HDASS handle, struct Subsystem **out) {
  uint32_t code = own_subsystem(handle, out);
  return !code && is_running(*out) ? OLALREADYRUNNING : code;
}

static uint32_t initialize(const char *name, HDEV *out) {
  if (!name) return OLLPSTRNULL;
  if (!out) return OLBADRETURNPOINTER;
  struct Board *board = board_named(name);
  if (!board || board_unplugged(board)) return OLCANNOTOPENDRIVER;
  struct Device *device = malloc(sizeof *device);
  if (!device) return OLNOMEMORY;
  *device = (struct Device){handle_new(KIND_DEVICE, device), board};
  if (!device->handle) {
    free(device);
    return OLNOMEMORY;
  }
  board->opens++;
  *out = device->handle;
  return OLNOERROR;
}

ECODE olDaInitialize(const char *pszName, HDEV *phDev) {
  ANSWER(initialize(pszName, phDev));
}

struct Board *board_of(HDEV handle, uint32_t *code) {
  struct Device *device = handle_get(KIND_DEVICE, handle);
  *code = !device ? OLBADDEVHANDLE : board_unplugged(device->board) ? DECIDED_UNPLUGGED : OLNOERROR;
  return device ? device->board : NULL;
}

static bool has_reserved(HDEV device) {
  uint32_t cursor = 0;
  for (HDASS h; (h = handle_next(KIND_SUBSYSTEM, &cursor));) {
    struct Subsystem *s = handle_get(KIND_SUBSYSTEM, h);
    if (s->device == device && !board_unplugged(s->board)) return true;
  }
  return false;
}

static void release(struct Subsystem *s) {
  flush(s);
  while (queue_take(&s->done)) continue;
  handle_free(s->handle);
  platform_unclaim(s->claim);
  s->handle = 0;
  if (s->query) free(s);
}

/* Releases what is still held through a device: only of an unplugged board, or in a reset. */
static void release_all(HDEV device) {
  uint32_t cursor = 0;
  for (HDASS h; (h = handle_next(KIND_SUBSYSTEM, &cursor));) {
    struct Subsystem *s = handle_get(KIND_SUBSYSTEM, h);
    if (s->device != device) continue;
    if (is_running(s)) stop(s, true);
    /* Waiting let other calls in, so look again before freeing. */
    if (handle_get(KIND_SUBSYSTEM, h) == s) release(s);
  }
}

static uint32_t terminate(HDEV handle) {
  uint32_t code;
  struct Board *board = board_of(handle, &code);
  if (!board) return code;
  if (has_reserved(handle)) return DECIDED_TERMINATE_RESERVED;
  release_all(handle);
  struct Device *device = handle_get(KIND_DEVICE, handle);
  if (!device) return OLBADDEVHANDLE;
  board->opens--;
  handle_free(handle);
  free(device);
  return code;
}

ECODE olDaTerminate(HDEV hDev) {
  ANSWER(terminate(hDev));
}

static void close_all(void) {
  uint32_t cursor = 0;
  for (HDEV h; (h = handle_next(KIND_DEVICE, &cursor));) {
    release_all(h);
    terminate(h);
  }
}

static uint32_t close_all_boards(void) {
  close_all();
  return OLNOERROR;
}

ECODE olDiagCloseAllBoards(void) {
  ANSWER(close_all_boards());
}

void subsystems_reset(void) {
  start_lists_reset();
  close_all();
  boards_reset();
}

static double start_rate(const struct Type *type) {
  double low = type->caps[OLSSCE_MINTHROUGHPUT], high = type->caps[OLSSCE_MAXTHROUGHPUT];
  return high == 0 ? DECIDED_RATE : DECIDED_RATE < low ? low : DECIDED_RATE > high ? high : DECIDED_RATE;
}

void defaults(struct Subsystem *s) {
  const struct Type *type = s->type;
  bool streams = capable(s, OLSSC_SUP_CONTINUOUS);
  bool differential = capable(s, OLSSC_SUP_DIFFERENTIAL) && !capable(s, OLSSC_SUP_SINGLEENDED);
  s->set = (struct Settings){
    .data_flow = streams ? OL_DF_CONTINUOUS : OL_DF_SINGLEVALUE,
    .wrap_mode = OL_WRP_NONE,
    .channel_type = differential ? OL_CHNT_DIFFERENTIAL : OL_CHNT_SINGLEENDED,
    .encoding = OL_ENC_BINARY,
    .bits = type->bits,
    .trigger = OL_TRG_SOFT,
    .clock_source = OL_CLK_INTERNAL,
    .clock_divider = (uint32_t)type->caps[OLSSCE_MINCLOCKDIVIDER],
    .frequency = start_rate(type),
    .max = type->max,
    .min = type->min,
    .list_size = DECIDED_LIST_SIZE,
    .reference = OL_TRG_SOFT,
    .pretrigger = OL_TRG_SOFT,
    .multiscan = 1,
    .retrigger_mode = OL_RETRIGGER_INTERNAL,
    .retrigger = OL_TRG_EXTERN,
    .retrigger_frequency = DECIDED_RETRIGGER,
    .counter_mode = OL_CTMODE_COUNT,
    .gate = OL_GATE_NONE,
    .pulse = OL_PLS_HIGH2LOW,
    .cascade = OL_CT_SINGLE,
    .pulse_width = 50,
    .start_edge = OL_GATE_RISING,
    .stop_edge = OL_GATE_FALLING,
    .index = OL_INDEX_DISABLED,
    .edge = OL_EDGE_FALLING,
    .data_filter = OL_DATA_FILTER_MOVING_AVERAGE,
    .bridge_volts = type->caps[OLSSCE_MIN_EXCITATION_VOLTAGE],
  };
  sensor_defaults(s->board, type, s->set.sensors);
  for (uint32_t i = 0; i < LIST_DEPTH; i++) s->set.gains[i] = 1;
  s->state = INITIALIZED;
}

static struct Subsystem *place_of(struct Board *board, const struct Type *type, uint32_t element) {
  uint32_t place = element;
  for (const struct Type *t = board->types; t < type; t++) place += t->elements;
  return &held[board - boards][place];
}

/* With DTOLSIM_EXCLUSIVE=1 processes share the boards, as they do real ones; else each has its own, so that tests may
   run beside each other. */
static bool claim(const struct Board *board, int32_t type, uint32_t element, uintptr_t *out) {
  char on[8], name[64];
  *out = 0;
  if (!platform_env("DTOLSIM_EXCLUSIVE", on, sizeof on) || !*on || *on == '0') return true;
  snprintf(name, sizeof name, "%s %d.%u", board->name, type, element);
  return platform_claim(name, out);
}

static uint32_t get_dass(HDEV device, int32_t type_number, uint32_t element, bool query, HDASS *out) {
  uint32_t code;
  struct Board *board = board_of(device, &code);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  const struct Type *type = board_type(board, type_number);
  if (!type) return OLBADSUBSYSTEM;
  if (element >= type->elements) return OLBADELEMENT;
  struct Subsystem *s = query ? malloc(sizeof *s) : place_of(board, type, element);
  if (!s) return OLCANNOTALLOCDASS;
  uintptr_t claimed = 0;
  if (!query && (s->handle || !claim(board, type_number, element, &claimed))) return OLSUBSYSINUSE;
  uint64_t run = query ? 0 : s->run; /* goes on counting, for calls that still wait for an older run */
  *s = (struct Subsystem){.device = device, .board = board, .type = type, .element = element, .query = query};
  s->run = run;
  s->claim = claimed;
  s->handle = handle_new(KIND_SUBSYSTEM, s);
  if (!s->handle) {
    platform_unclaim(claimed);
    if (query) free(s);
    return OLCANNOTALLOCDASS;
  }
  defaults(s);
  *out = s->handle;
  return OLNOERROR;
}

ECODE olDaGetDASS(HDEV hDev, int32_t OlSs, uint32_t uiElement, HDASS *phDass) {
  ANSWER(get_dass(hDev, OlSs, uiElement, false, phDass));
}

ECODE olDaGetDASSForQuery(HDEV hDev, int32_t OlSs, uint32_t uiElement, HDASS *phDass) {
  ANSWER(get_dass(hDev, OlSs, uiElement, true, phDass));
}

static uint32_t release_dass(HDASS handle) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code == OLBADSSHANDLE) return code;
  if (is_running(s) && !(code && !s->thread)) return OLALREADYRUNNING;
  if (!code && s->ready.count + s->inprocess.count + s->done.count > 0) return OLBUFFERSLEFT;
  release(s);
  return code;
}

ECODE olDaReleaseDASS(HDASS hDass) {
  ANSWER(release_dass(hDass));
}

/* The rate that the hardware can really make: its base clock over an integer. */
static double quantised(const struct Subsystem *s) {
  double base = s->type->caps[OLSSCE_BASECLOCK];
  double divider = floor(base / s->set.frequency + 0.5);
  return base / (divider < 1 ? 1 : divider);
}

static uint32_t check_list(const struct Subsystem *s) {
  for (uint32_t i = 0; i < s->set.list_size; i++) {
    if (check_channel(s, s->set.channels[i])) return OLINVALIDCHANNELLIST;
    for (uint32_t j = 0; j < i && capable(s, OLSSC_SUP_SIMULTANEOUS_CLOCKING); j++) {
      if (s->set.channels[i] == s->set.channels[j]) return DECIDED_REPEATED_CHANNEL;
    }
  }
  return OLNOERROR;
}

static uint32_t configure(HDASS handle) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (!code && capable(s, OLSSC_CGLDEPTH)) code = check_list(s);
  if (!code) code = triggers_check(s);
  if (code) return code;
  s->had_buffers = s->ready.count > 0;
  s->had_window = s->window;
  s->state = s->set.data_flow == OL_DF_SINGLEVALUE ? SV_READY : READY;
  if (s->state == READY) s->set.frequency = quantised(s);
  return OLNOERROR;
}

ECODE olDaConfig(HDASS hDass) {
  ANSWER(configure(hDass));
}

static uint32_t start_call(HDASS handle) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (!code) code = startable(s);
  return code ? code : start(s, platform_now());
}

ECODE olDaStart(HDASS hDass) {
  ANSWER(start_call(hDass));
}

static uint32_t stop_call(HDASS handle, bool abort) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  return code ? code : stop(s, abort);
}

ECODE olDaStop(HDASS hDass) {
  ANSWER(stop_call(hDass, false));
}

ECODE olDaAbort(HDASS hDass) {
  ANSWER(stop_call(hDass, true));
}

static uint32_t reset(HDASS handle) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (code) return code;
  if (is_running(s)) stop(s, true);
  if (handle_get(KIND_SUBSYSTEM, handle) != s) return OLBADSSHANDLE;
  flush(s);
  defaults(s);
  return OLNOERROR;
}

ECODE olDaReset(HDASS hDass) {
  ANSWER(reset(hDass));
}

static uint32_t tell_running(HDASS handle, int32_t *out) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  *out = s->state == RUNNING || s->state == STOPPING;
  return OLNOERROR;
}

ECODE olDaIsRunning(HDASS hDass, int32_t *pbIsRunning) {
  ANSWER(tell_running(hDass, pbIsRunning));
}
