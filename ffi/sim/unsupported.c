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

LACKING(olDaSetChannelFilter, uint32_t uiChan, double dCutOffFreq)
LACKING(olDaGetChannelFilter, uint32_t uiChan, double *pdCutOffFreq)
LACKING(olDaContinue)
LACKING(olDaPause)
LACKING(olDaDTConnectBurst, uint32_t uiTransferSize, uint32_t uiTransferCount)
LACKING(olDaSetChannelListEntryInhibit, uint32_t uiEntry, int32_t fInhibit)
LACKING(olDaGetChannelListEntryInhibit, uint32_t uiEntry, int32_t *pfInhibit)
LACKING(olDaSetDTConnectTransferSize, uint32_t uiTransferSize)
LACKING(olDaGetDTConnectTransferSize, uint32_t *puiTransferSize)
LACKING(olDaSetDTConnectTransferCount, uint32_t uiTransferCount)
LACKING(olDaGetDTConnectTransferCount, uint32_t *puiTransferCount)
LACKING(olDaSetChannelRange, uint32_t uiChan, double dMaxVoltage, double dMinVoltage)
LACKING(olDaGetChannelRange, uint32_t uiChan, double *pdMaxVoltage, double *pdMinVoltage)
LACKING(olDaGetSingleValueEx, uint32_t uiChannel, int32_t bAutoRange, double *pdfGain, int32_t *plValueCounts,
    double *pdfValueVolts)
LACKING(olDaGetMeasureStartEdge, uint32_t *puiStartEdge)
LACKING(olDaGetMeasureStopEdge, uint32_t *puiStopEdge)
LACKING(olDaSetCouplingType, uint32_t uiChan, int32_t eCouplingType)
LACKING(olDaGetCouplingType, uint32_t uiChan, int32_t *pCouplingType)
LACKING(olDaSetExcitationCurrentSource, uint32_t uiChan, int32_t ExcitationCurrentSource)
LACKING(olDaGetExcitationCurrentSource, uint32_t uiChan, int32_t *pExcitationCurrentSource)
LACKING(olDaSetExcitationCurrentValue, uint32_t uiChan, double dExcitationCurrentValue)
LACKING(olDaGetExcitationCurrentValue, uint32_t uiChan, double *pdExcitationCurrentValue)
LACKING(olDaSetThermocoupleType, uint32_t uiChan, uint32_t uiThermType)
LACKING(olDaGetThermocoupleType, uint32_t uiChan, uint32_t *puiThermType)
LACKING(olDaSetReturnCjcTemperatureInStream, int32_t bReturnCjc)
LACKING(olDaGetReturnCjcTemperatureInStream, int32_t *pbReturnCjc)
LACKING(olDaGetSingleFloat, float *pfValue, uint32_t uiChannel, double dGain)
LACKING(olDaGetSingleFloats, float *pfValue, double dGain)
LACKING(olDaGetCjcTemperature, float *pfValue, uint32_t uiChannel)
LACKING(olDaGetCjcTemperatures, float *pfValue)
LACKING(olDaAutoCalibrate)
LACKING(olDaSetRtdType, uint32_t uiChan, uint32_t uiRtdType)
LACKING(olDaGetRtdType, uint32_t uiChan, uint32_t *puiRtdType)
LACKING(olDaSetDataFilterType, uint32_t uiFilterType)
LACKING(olDaGetDataFilterType, uint32_t *puiFilterType)
LACKING(olDaSetStaleDataFlagEnabled, int32_t bEnabled)
LACKING(olDaGetStaleDataFlagEnabled, int32_t *pbEnabled)
LACKING(olDaSetEdgeType, uint32_t uiEdge)
LACKING(olDaGetEdgeType, uint32_t *puiEdge)
LACKING(olDaSetStrainExcitationVoltageSource, int32_t eVoltageSource)
LACKING(olDaGetStrainExcitationVoltageSource, int32_t *peVoltageSource)
LACKING(olDaSetStrainExcitationVoltage, double dExcitationVoltage)
LACKING(olDaGetStrainExcitationVoltage, double *pdExcitationVoltage)
LACKING(olDaSetStrainBridgeConfiguration, uint32_t uiChan, int32_t eBridgeConfiguration)
LACKING(olDaGetStrainBridgeConfiguration, uint32_t uiChan, int32_t *peBridgeConfiguration)
LACKING(olDaSetStrainShuntResistor, uint32_t uiChan, int32_t bShuntEnabled)
LACKING(olDaGetStrainShuntResistor, uint32_t uiChan, int32_t *pbShuntEnabled)
LACKING(olDaReadBridgeSensorHardwareTeds, uint32_t uiChan, void *pHardwareTeds)
LACKING(olDaReadStrainGageHardwareTeds, uint32_t uiChan, void *pHardwareTeds)
LACKING(olDaSetMultiSensorType, uint32_t uiChan, int32_t ioType)
LACKING(olDaGetMultiSensorType, uint32_t uiChan, int32_t *pIoType)
LACKING(olDaSetSensorWiringConfiguration, uint32_t uiChan, int32_t sensorWiringConfiguration)
LACKING(olDaGetSensorWiringConfiguration, uint32_t uiChan, int32_t *pSensorWiringConfiguration)
LACKING(olDaSetRtdR0, uint32_t uiChan, double R0)
LACKING(olDaGetRtdR0, uint32_t uiChan, double *pR0)
LACKING(olDaSetRtdA, uint32_t uiChan, double A)
LACKING(olDaGetRtdA, uint32_t uiChan, double *pA)
LACKING(olDaSetRtdB, uint32_t uiChan, double B)
LACKING(olDaGetRtdB, uint32_t uiChan, double *pB)
LACKING(olDaSetRtdC, uint32_t uiChan, double C)
LACKING(olDaGetRtdC, uint32_t uiChan, double *pC)
LACKING(olDaSetThermistorA, uint32_t uiChan, double A)
LACKING(olDaGetThermistorA, uint32_t uiChan, double *pA)
LACKING(olDaSetThermistorB, uint32_t uiChan, double B)
LACKING(olDaGetThermistorB, uint32_t uiChan, double *pB)
LACKING(olDaSetThermistorC, uint32_t uiChan, double C)
LACKING(olDaGetThermistorC, uint32_t uiChan, double *pC)
LACKING(olDaSetInputTerminationEnabled, uint32_t uiChan, int32_t bEnable)
LACKING(olDaGetInputTerminationEnabled, uint32_t uiChan, int32_t *pbEnable)
LACKING(olDaEnumChannelCaps, uint32_t uiChanenum, uint32_t uiEnumCap, CHANNELCAPSPROC pfnCapsProc, int64_t lParam)
LACKING(olDaSetBridgeConfiguration, uint32_t uiChan, int32_t eBridgeConfiguration)
LACKING(olDaGetBridgeConfiguration, uint32_t uiChan, int32_t *peBridgeConfiguration)
LACKING(olDaSetQuadDecoder, uint32_t ClockPreScale, int32_t X4Scaling, uint32_t IndexMode)
LACKING(olDaSetThermocoupleTypeEprom, uint32_t uiChan, uint32_t uiThermType)

LACKING_BOARD(olDaGetPowerSource, int32_t *pPowerSource)
LACKING_BOARD(olDiagWriteReg, uint32_t Offset, uint32_t Data, uint32_t Size)
LACKING_BOARD(olDiagReadReg, uint32_t Offset, uint32_t *pData, uint32_t Size)
LACKING_BOARD(olDaSetHardwareInfo, uint16_t VendorId, uint16_t DeviceId, uint16_t ProductId, uint32_t SerialNumber,
    uint32_t Reserved, void *pDriverSpecificInfo)
LACKING_BOARD(olDiagWriteCalPot, uint32_t ChipNum, uint32_t PotNum, uint32_t RegNum, uint32_t Data)
LACKING_BOARD(olDiagReadCalPot, uint32_t ChipNum, uint32_t PotNum, uint32_t RegNum, uint32_t *pData)

/* Without a handle: sensor arithmetic and files are the program's own business, renaming boards is the installer's. */
ECODE olDaReadBridgeSensorVirtualTeds(char *virtualTedsFileName, void *pVirtualTeds) {
  ANSWER(OLNOTSUPPORTED);
}

ECODE olDaReadStrainGageVirtualTeds(char *virtualTedsFileName, void *pVirtualTeds) {
  ANSWER(OLNOTSUPPORTED);
}

ECODE olDaVoltsToStrain(int32_t uiBridgeConfig, double dfVu, double dfVs, double dfVex, double dfGF, double dfRg,
    double dfRl, double dfPr, double dfMSShuntCorrection, double *pdfE) {
  ANSWER(OLNOTSUPPORTED);
}

ECODE olDaVoltsToBridgeBasedSensor(double dfVu, double dfVs, double dfVex, double dfTc, double dfRg, double dfRl,
    double dfRoInmV_V, double dfMSShuntCorrection, double *pdfE) {
  ANSWER(OLNOTSUPPORTED);
}

ECODE olDaModifyOpenLayersBoardName(const char *pszOldName, const char *pszNewName) {
  ANSWER(OLNOTSUPPORTED);
}
