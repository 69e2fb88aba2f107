/* Which boards and subsystems there are, and who made them. */
#include <stdio.h>

#include "api.h"
#include "decisions.h"
#include "subsystem.h"

static uint32_t text(char *out, uint32_t size, const char *value) {
  if (!out) return OLLPSTRNULL;
  if (size > 0) snprintf(out, size, "%s", value);
  return OLNOERROR;
}

ECODE olDaGetVersion(char *pszVersion, uint32_t uiMaxChars) {
  ANSWER(text(pszVersion, uiMaxChars, "V7.0.0.7"));
}

static uint32_t driver_version(HDEV handle, char *out, uint32_t size) {
  uint32_t code;
  board_of(handle, &code);
  return code ? code : text(out, size, DECIDED_DRIVER_VERSION);
}

ECODE olDaGetDriverVersion(HDEV hDev, char *pszVersion, uint32_t uiMaxChars) {
  ANSWER(driver_version(hDev, pszVersion, uiMaxChars));
}

static uint32_t device_name(HDEV handle, char *out, uint32_t size) {
  uint32_t code;
  struct Board *board = board_of(handle, &code);
  return code ? code : text(out, size, board->model);
}

ECODE olDaGetDeviceName(HDEV hDev, char *lpszName, uint32_t uiMaxChars) {
  ANSWER(device_name(hDev, lpszName, uiMaxChars));
}

/* Callbacks run on the calling thread, outside the lock: they may call the SDK. */
static uint32_t enum_boards(DABRDPROC callback, int64_t argument) {
  if (!callback) return OLBADENUMPROC;
  platform_unlock();
  for (uint32_t i = 0; i < BOARDS; i++) {
    char entry[64];
    snprintf(entry, sizeof entry, DECIDED_ENTRY_FORMAT, boards[i].driver, boards[i].model);
    if (!callback(boards[i].name, entry, argument)) break;
  }
  platform_lock();
  return OLNOERROR;
}

ECODE olDaEnumBoards(DABRDPROC pfnDaBrdProc, int64_t lParam) {
  ANSWER(enum_boards(pfnDaBrdProc, lParam));
}

static uint32_t enum_boards_ex(DABRDPROCEX callback, int64_t argument) {
  if (!callback) return OLBADENUMPROC;
  static uint64_t opened = 588;
  uint64_t key = opened += 4 * BOARDS; /* an open registry key: another number at every call */
  platform_unlock();
  for (uint32_t i = 0; i < BOARDS && callback(boards[i].name, boards[i].driver, key + 4 * i, argument); i++) continue;
  platform_lock();
  return OLNOERROR;
}

ECODE olDaEnumBoardsEx(DABRDPROCEX pfnDaBrdProcEx, int64_t lParam) {
  ANSWER(enum_boards_ex(pfnDaBrdProcEx, lParam));
}

static uint32_t enum_subsystems(HDEV handle, DASSPROC callback, int64_t argument) {
  static const char *const names[] = {
    [OLSS_AD] = "Analog Input",
    [OLSS_DA] = "Analog Output",
    [OLSS_DIN] = "Digital Input",
    [OLSS_DOUT] = "Digital Output",
    [OLSS_QUAD] = "Quadrature Decoder",
    [OLSS_CT] = "Counter/Timer",
    [OLSS_TACH] = "Tachometer",
  };
  uint32_t code;
  const struct Board *board = board_of(handle, &code);
  if (code) return code;
  if (!callback) return OLBADDASSPROC;
  platform_unlock();
  int32_t go_on = 1;
  for (uint32_t t = 0; t < board->type_count && go_on; t++) {
    const struct Type *type = &board->types[t];
    for (uint32_t e = 0; e < type->elements && go_on; e++) go_on = callback(names[type->type], type->type, e, argument);
  }
  platform_lock();
  return OLNOERROR;
}

ECODE olDaEnumSubSystems(HDEV hDev, DASSPROC pfnDaProc, int64_t lParam) {
  ANSWER(enum_subsystems(hDev, pfnDaProc, lParam));
}

static uint32_t dass_info(HDASS handle, DASSINFO *out) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  *out = (DASSINFO){s->device, s->type->type, s->element};
  return OLNOERROR;
}

ECODE olDaGetDASSInfo(HDASS hDass, DASSINFO *pDassInfo) {
  ANSWER(dass_info(hDass, pDassInfo));
}

static uint32_t board_info(const char *name, char *driver, char *model, uint32_t size, uint32_t *instance) {
  if (!name || !driver || !model) return OLLPSTRNULL;
  if (!instance) return OLBADRETURNPOINTER;
  const struct Board *board = board_named(name);
  if (!board) return OLCANNOTOPENDRIVER;
  text(driver, size, board->driver);
  text(model, size, board->model);
  *instance = 0;
  return OLNOERROR;
}

ECODE olDaGetBoardInfo(const char *pszName, char *pDriverName, char *pModelName, uint32_t MaxStrLens,
    uint32_t *pInstanceNum) {
  ANSWER(board_info(pszName, pDriverName, pModelName, MaxStrLens, pInstanceNum));
}

static uint32_t hardware_info(HDEV handle, int32_t *bus, uint16_t *vendor, uint16_t *device, uint16_t *product,
    uint32_t *serial, uint32_t *reserved, void *driver_block) {
  uint32_t code;
  const struct Board *board = board_of(handle, &code);
  if (code) return code;
  if (!bus || !vendor || !device || !product || !serial || !reserved || !driver_block) return OLBADRETURNPOINTER;
  *bus = 0; /* USB */
  *vendor = 0x0867;
  *device = *product = board->product;
  *serial = board->serial;
  *reserved = 0;
  for (int i = 0; i < 128; i++) ((uint8_t *)driver_block)[i] = 0;
  return OLNOERROR;
}

ECODE olDaGetHardwareInfo(HDEV hDev, int32_t *pBusType, uint16_t *pVendorId, uint16_t *pDeviceId,
    uint16_t *pProductId, uint32_t *pSerialNumber, uint32_t *pReserved, void *pDriverSpecificInfo) {
  ANSWER(hardware_info(hDev, pBusType, pVendorId, pDeviceId, pProductId, pSerialNumber, pReserved,
      pDriverSpecificInfo));
}
