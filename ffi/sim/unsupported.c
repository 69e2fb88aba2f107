/* Functions for features that no simulated board has: 36, once the handle has proved to be good. */
#include "api.h"
#include "subsystem.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

static uint32_t lacking(HDASS handle) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  return code ? code : OLNOTSUPPORTED;
}

static uint32_t lacking_board(HDEV handle) {
  uint32_t code;
  board_of(handle, &code);
  return code ? code : OLNOTSUPPORTED;
}

#define LACKING(name, ...) \
  ECODE name(HDASS hDass, ##__VA_ARGS__) { ANSWER(lacking(hDass)); }
#define LACKING_BOARD(name, ...) \
  ECODE name(HDEV hDev, ##__VA_ARGS__) { ANSWER(lacking_board(hDev)); }

LACKING(olDaContinue)
LACKING(olDaPause)
LACKING(olDaDTConnectBurst, uint32_t uiTransferSize, uint32_t uiTransferCount)
LACKING(olDaSetChannelListEntryInhibit, uint32_t uiEntry, int32_t fInhibit)
LACKING(olDaGetChannelListEntryInhibit, uint32_t uiEntry, int32_t *pfInhibit)
LACKING(olDaSetDTConnectTransferSize, uint32_t uiTransferSize)
LACKING(olDaGetDTConnectTransferSize, uint32_t *puiTransferSize)
LACKING(olDaSetDTConnectTransferCount, uint32_t uiTransferCount)
LACKING(olDaGetDTConnectTransferCount, uint32_t *puiTransferCount)

LACKING_BOARD(olDaGetPowerSource, int32_t *pPowerSource)
LACKING_BOARD(olDiagWriteReg, uint32_t Offset, uint32_t Data, uint32_t Size)
LACKING_BOARD(olDiagReadReg, uint32_t Offset, uint32_t *pData, uint32_t Size)
LACKING_BOARD(olDaSetHardwareInfo, uint16_t VendorId, uint16_t DeviceId, uint16_t ProductId, uint32_t SerialNumber,
    uint32_t Reserved, void *pDriverSpecificInfo)
LACKING_BOARD(olDiagWriteCalPot, uint32_t ChipNum, uint32_t PotNum, uint32_t RegNum, uint32_t Data)
LACKING_BOARD(olDiagReadCalPot, uint32_t ChipNum, uint32_t PotNum, uint32_t RegNum, uint32_t *pData)

/* Without a handle: files are the program's own business, renaming boards is the installer's. */
ECODE olDaReadBridgeSensorVirtualTeds(char *virtualTedsFileName, void *pVirtualTeds) {
  ANSWER(OLNOTSUPPORTED);
}

ECODE olDaReadStrainGageVirtualTeds(char *virtualTedsFileName, void *pVirtualTeds) {
  ANSWER(OLNOTSUPPORTED);
}

ECODE olDaModifyOpenLayersBoardName(const char *pszOldName, const char *pszNewName) {
  ANSWER(OLNOTSUPPORTED);
}
