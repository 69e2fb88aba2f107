/* What every SDK function shares: the handle table, the log of calls, the script of faults. Part of olmem. */
#ifndef DTOLSIM_CORE_H
#define DTOLSIM_CORE_H

#include "platform.h"
#include "sdk.h"

/* Handles. The table checks kind and generation, so a stale or foreign handle is found out, never followed. */
enum Kind { KIND_FREE, KIND_DEVICE, KIND_SUBSYSTEM, KIND_BUFFER, KIND_LIST, KIND_START_LIST };

SHARED uint64_t handle_new(enum Kind kind, void *object); /* 0 when the table is full */
SHARED void *handle_get(enum Kind kind, uint64_t handle); /* NULL unless it is a live handle of this kind */
SHARED void handle_free(uint64_t handle);
SHARED uint64_t handle_next(enum Kind kind, uint32_t *cursor); /* walks the live handles; 0 at the end */
SHARED uint32_t handle_count(void);

/* Calls. The lock is held between enter and leave; enter answers the code that a scripted fault dictates, or 0. */
SHARED uint32_t call_enter(const char *function);
SHARED uint32_t call_leave(const char *function, uint32_t code);

#define ANSWER(body)                             \
  do {                                           \
    uint32_t code_ = call_enter(__func__);       \
    if (code_ == OLNOERROR) code_ = (body);      \
    return call_leave(__func__, code_);          \
  } while (0)

/* Faults of the acquisition; each counts its own occurrences from the moment it was scripted. */
enum Fault {
  FAULT_CODE, FAULT_HANG, FAULT_OVERRUN, FAULT_UNDERRUN, FAULT_TRIGGER, FAULT_LATE, FAULT_MISSING, FAULT_COALESCED,
  FAULT_UNPLUG, FAULT_LENT_TAKEN, FAULT_LENT_MOVED
};

SHARED bool fault_hit(enum Fault fault, const char *function, uint32_t *value);
SHARED uint32_t fault_value(enum Fault fault); /* of the latest one scripted, or 0 */
SHARED uint32_t fault_clears(void);            /* how often the script was cleared */

void calls_reset(void);
SHARED void core_reset(void); /* faults re-read from the environment, log off and empty, hanging calls let go */
SHARED uint32_t core_epoch(void); /* counts resets */

SDK uint32_t dtolsim_fault(const char *script);
SDK uint32_t dtolsim_log(int32_t on);
SDK uint32_t dtolsim_calls(char *buf, uint32_t size);

#endif
