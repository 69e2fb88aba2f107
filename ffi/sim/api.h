/* The exported functions of oldaapi64.dll and olmem64.dll, as the SDK's headers declare them. */
#ifndef DTOLSIM_API_H
#define DTOLSIM_API_H

#include "sdk.h"

/* oldaapi: capability */
SDK ECODE olDaGetDevCaps(HDEV hDev, int32_t OlDc, uint32_t *puiCap);
SDK ECODE olDaGetSSCaps(HDASS hDass, int32_t OlSSc, uint32_t *puiCap);
SDK ECODE olDaGetSSCapsEx(HDASS hDass, int32_t OlSSc, double *pdCap);
SDK ECODE olDaEnumSSCaps(HDASS hDass, uint32_t uiEnumCap, CAPSPROC pfnCapsProc, int64_t lParam);
SDK ECODE olDaGetPowerSource(HDEV hDev, int32_t *pPowerSource);
SDK ECODE olDaGetChannelCaps(HDASS hDass, uint32_t uiChan, int32_t OlChannelCap, uint32_t *puiCap);
SDK ECODE olDaEnumChannelCaps(HDASS hDass, uint32_t uiChanenum, uint32_t uiEnumCap, CHANNELCAPSPROC pfnCapsProc,
    int64_t lParam);
SDK ECODE olDaGetSSChanMap(HDASS hDass, uint32_t ChanIndex, CHANNELMAP *pChanMap);

/* oldaapi: clock */
SDK ECODE olDaSetClockSource(HDASS hDass, uint32_t uiClk);
SDK ECODE olDaGetClockSource(HDASS hDass, uint32_t *puiClk);
SDK ECODE olDaSetClockFrequency(HDASS hDass, double dfFreq);
SDK ECODE olDaGetClockFrequency(HDASS hDass, double *pdfFreq);
SDK ECODE olDaSetExternalClockDivider(HDASS hDass, uint32_t ulDivider);
SDK ECODE olDaGetExternalClockDivider(HDASS hDass, uint32_t *pulDivider);

/* oldaapi: config */
SDK ECODE olDaSetDmaUsage(HDASS hDass, uint32_t uiUse);
SDK ECODE olDaGetDmaUsage(HDASS hDass, uint32_t *puiUse);
SDK ECODE olDaSetChannelType(HDASS hDass, uint32_t uiType);
SDK ECODE olDaGetChannelType(HDASS hDass, uint32_t *puiType);
SDK ECODE olDaSetChannelListSize(HDASS hDass, uint32_t uiSize);
SDK ECODE olDaGetChannelListSize(HDASS hDass, uint32_t *puiSize);
SDK ECODE olDaSetChannelListEntry(HDASS hDass, uint32_t uiEntry, uint32_t uiChan);
SDK ECODE olDaGetChannelListEntry(HDASS hDass, uint32_t uiEntry, uint32_t *puiChan);
SDK ECODE olDaSetGainListEntry(HDASS hDass, uint32_t uiEntry, double dGain);
SDK ECODE olDaGetGainListEntry(HDASS hDass, uint32_t uiEntry, double *pdGain);
SDK ECODE olDaSetChannelFilter(HDASS hDass, uint32_t uiChan, double dCutOffFreq);
SDK ECODE olDaGetChannelFilter(HDASS hDass, uint32_t uiChan, double *pdCutOffFreq);
SDK ECODE olDaSetEncoding(HDASS hDass, uint32_t uiEnc);
SDK ECODE olDaGetEncoding(HDASS hDass, uint32_t *puiEnc);
SDK ECODE olDaSetResolution(HDASS hDass, uint32_t uiBits);
SDK ECODE olDaGetResolution(HDASS hDass, uint32_t *puiBits);
SDK ECODE olDaSetRange(HDASS hDass, double dMaxVoltage, double dMinVoltage);
SDK ECODE olDaGetRange(HDASS hDass, double *pdMaxVoltage, double *pdMinVoltage);
SDK ECODE olDaGetDataFlow(HDASS hDass, uint32_t *puiDataFlow);
SDK ECODE olDaSetDataFlow(HDASS hDass, uint32_t uiDataFlow);
SDK ECODE olDaGetWrapMode(HDASS hDass, uint32_t *puiWrapMode);
SDK ECODE olDaSetWrapMode(HDASS hDass, uint32_t uiWrapMode);
SDK ECODE olDaDTConnectBurst(HDASS hDass, uint32_t uiTransferSize, uint32_t uiTransferCount);
SDK ECODE olDaSetChannelListEntryInhibit(HDASS hDass, uint32_t uiEntry, int32_t fInhibit);
SDK ECODE olDaGetChannelListEntryInhibit(HDASS hDass, uint32_t uiEntry, int32_t *pfInhibit);
SDK ECODE olDaSetDigitalIOListEntry(HDASS hDass, uint32_t uiEntry, uint32_t uiValue);
SDK ECODE olDaGetDigitalIOListEntry(HDASS hDass, uint32_t uiEntry, uint32_t *puiValue);
SDK ECODE olDaSetSynchronousDigitalIOUsage(HDASS hDass, int32_t fUse);
SDK ECODE olDaGetSynchronousDigitalIOUsage(HDASS hDass, int32_t *pfUse);
SDK ECODE olDaSetDTConnectTransferSize(HDASS hDass, uint32_t uiTransferSize);
SDK ECODE olDaGetDTConnectTransferSize(HDASS hDass, uint32_t *puiTransferSize);
SDK ECODE olDaSetDTConnectTransferCount(HDASS hDass, uint32_t uiTransferCount);
SDK ECODE olDaGetDTConnectTransferCount(HDASS hDass, uint32_t *puiTransferCount);
SDK ECODE olDaSetChannelRange(HDASS hDass, uint32_t uiChan, double dMaxVoltage, double dMinVoltage);
SDK ECODE olDaGetChannelRange(HDASS hDass, uint32_t uiChan, double *pdMaxVoltage, double *pdMinVoltage);
SDK ECODE olDaAutoCalibrate(HDASS hDass);
SDK ECODE olDaSetSyncMode(HDASS hDass, uint32_t uiSyncMode);
SDK ECODE olDaGetSyncMode(HDASS hDass, uint32_t *puiSyncMode);
SDK ECODE olDaSetDataFilterType(HDASS hDass, uint32_t uiFilterType);
SDK ECODE olDaGetDataFilterType(HDASS hDass, uint32_t *puiFilterType);
SDK ECODE olDaSetStaleDataFlagEnabled(HDASS hDass, int32_t bEnabled);
SDK ECODE olDaGetStaleDataFlagEnabled(HDASS hDass, int32_t *pbEnabled);
SDK ECODE olDaSetEdgeType(HDASS hDass, uint32_t uiEdge);
SDK ECODE olDaGetEdgeType(HDASS hDass, uint32_t *puiEdge);
SDK ECODE olDaSetInputTerminationEnabled(HDASS hDass, uint32_t uiChan, int32_t bEnable);
SDK ECODE olDaGetInputTerminationEnabled(HDASS hDass, uint32_t uiChan, int32_t *pbEnable);

/* oldaapi: counter */
SDK ECODE olDaSetGateType(HDASS hDass, uint32_t uiGate);
SDK ECODE olDaGetGateType(HDASS hDass, uint32_t *puiGate);
SDK ECODE olDaSetPulseType(HDASS hDass, uint32_t uiPulse);
SDK ECODE olDaGetPulseType(HDASS hDass, uint32_t *puiPulse);
SDK ECODE olDaSetPulseWidth(HDASS hDass, double dfPulseWidthPercent);
SDK ECODE olDaGetPulseWidth(HDASS hDass, double *pdfPulseWidthPercent);
SDK ECODE olDaSetCTMode(HDASS hDass, uint32_t uiCTMode);
SDK ECODE olDaGetCTMode(HDASS hDass, uint32_t *puiCTMode);
SDK ECODE olDaSetCascadeMode(HDASS hDass, uint32_t uiCascadeMode);
SDK ECODE olDaGetCascadeMode(HDASS hDass, uint32_t *puiCascadeMode);
SDK ECODE olDaReadEvents(HDASS hDass, uint32_t *pulEvents);
SDK ECODE olDaMeasureFrequency(HDASS hDass, HWND hWnd, double dfCount_Duration);
SDK ECODE olDaSetMeasureStartEdge(HDASS hDass, uint32_t uiStartEdge);
SDK ECODE olDaGetMeasureStartEdge(HDASS hDass, uint32_t *puiStartEdge);
SDK ECODE olDaSetMeasureStopEdge(HDASS hDass, uint32_t uiStopEdge);
SDK ECODE olDaGetMeasureStopEdge(HDASS hDass, uint32_t *puiStopEdge);
SDK ECODE olDaSetQuadDecoder(HDASS hDass, uint32_t ClockPreScale, int32_t X4Scaling, uint32_t IndexMode);

/* oldaapi: diagnostics */
SDK char *olDaGetErrorString(ECODE eCode, char *pStr, uint32_t uiMaxSize);
SDK ECODE olDiagWriteReg(HDEV hDev, uint32_t Offset, uint32_t Data, uint32_t Size);
SDK ECODE olDiagReadReg(HDEV hDev, uint32_t Offset, uint32_t *pData, uint32_t Size);
SDK ECODE olDiagCloseAllBoards(void);
SDK ECODE olDaSetHardwareInfo(HDEV hDev, uint16_t VendorId, uint16_t DeviceId, uint16_t ProductId, uint32_t
    SerialNumber, uint32_t Reserved, void *pDriverSpecificInfo);
SDK ECODE olDiagWriteCalPot(HDEV hDev, uint32_t ChipNum, uint32_t PotNum, uint32_t RegNum, uint32_t Data);
SDK ECODE olDiagReadCalPot(HDEV hDev, uint32_t ChipNum, uint32_t PotNum, uint32_t RegNum, uint32_t *pData);

/* oldaapi: discovery */
SDK ECODE olDaGetVersion(char *pszVersion, uint32_t uiMaxChars);
SDK ECODE olDaGetDriverVersion(HDEV hDev, char *pszVersion, uint32_t uiMaxChars);
SDK ECODE olDaGetDeviceName(HDEV hDev, char *lpszName, uint32_t uiMaxChars);
SDK ECODE olDaEnumBoards(DABRDPROC pfnDaBrdProc, int64_t lParam);
SDK ECODE olDaEnumBoardsEx(DABRDPROCEX pfnDaBrdProcEx, int64_t lParam);
SDK ECODE olDaEnumSubSystems(HDEV hDev, DASSPROC pfnDaProc, int64_t lParam);
SDK ECODE olDaGetDASSInfo(HDASS hDass, DASSINFO *pDassInfo);
SDK ECODE olDaGetHardwareInfo(HDEV hDev, int32_t *pBusType, uint16_t *pVendorId, uint16_t *pDeviceId, uint16_t
    *pProductId, uint32_t *pSerialNumber, uint32_t *pReserved, void *pDriverSpecificInfo);
SDK ECODE olDaGetBoardInfo(const char *pszName, char *pDriverName, char *pModelName, uint32_t MaxStrLens, uint32_t
    *pInstanceNum);
SDK ECODE olDaModifyOpenLayersBoardName(const char *pszOldName, const char *pszNewName);

/* oldaapi: lifecycle */
SDK ECODE olDaInitialize(const char *pszName, HDEV *phDev);
SDK ECODE olDaTerminate(HDEV hDev);
SDK ECODE olDaGetDASS(HDEV hDev, int32_t OlSs, uint32_t uiElement, HDASS *phDass);
SDK ECODE olDaReleaseDASS(HDASS hDass);
SDK ECODE olDaConfig(HDASS hDass);
SDK ECODE olDaStart(HDASS hDass);
SDK ECODE olDaStop(HDASS hDass);
SDK ECODE olDaContinue(HDASS hDass);
SDK ECODE olDaReset(HDASS hDass);
SDK ECODE olDaPause(HDASS hDass);
SDK ECODE olDaAbort(HDASS hDass);
SDK ECODE olDaIsRunning(HDASS hDass, int32_t *pbIsRunning);
SDK ECODE olDaGetDASSForQuery(HDEV hDev, int32_t OlSs, uint32_t uiElement, HDASS *phDass);

/* oldaapi: multi-sensor */
SDK ECODE olDaSetCouplingType(HDASS hDass, uint32_t uiChan, int32_t eCouplingType);
SDK ECODE olDaGetCouplingType(HDASS hDass, uint32_t uiChan, int32_t *pCouplingType);
SDK ECODE olDaSetExcitationCurrentSource(HDASS hDass, uint32_t uiChan, int32_t ExcitationCurrentSource);
SDK ECODE olDaGetExcitationCurrentSource(HDASS hDass, uint32_t uiChan, int32_t *pExcitationCurrentSource);
SDK ECODE olDaSetExcitationCurrentValue(HDASS hDass, uint32_t uiChan, double dExcitationCurrentValue);
SDK ECODE olDaGetExcitationCurrentValue(HDASS hDass, uint32_t uiChan, double *pdExcitationCurrentValue);
SDK ECODE olDaSetThermocoupleType(HDASS hDass, uint32_t uiChan, uint32_t uiThermType);
SDK ECODE olDaGetThermocoupleType(HDASS hDass, uint32_t uiChan, uint32_t *puiThermType);
SDK ECODE olDaSetReturnCjcTemperatureInStream(HDASS hDass, int32_t bReturnCjc);
SDK ECODE olDaGetReturnCjcTemperatureInStream(HDASS hDass, int32_t *pbReturnCjc);
SDK ECODE olDaSetRtdType(HDASS hDass, uint32_t uiChan, uint32_t uiRtdType);
SDK ECODE olDaGetRtdType(HDASS hDass, uint32_t uiChan, uint32_t *puiRtdType);
SDK ECODE olDaSetStrainExcitationVoltageSource(HDASS hDass, int32_t eVoltageSource);
SDK ECODE olDaGetStrainExcitationVoltageSource(HDASS hDass, int32_t *peVoltageSource);
SDK ECODE olDaSetStrainExcitationVoltage(HDASS hDass, double dExcitationVoltage);
SDK ECODE olDaGetStrainExcitationVoltage(HDASS hDass, double *pdExcitationVoltage);
SDK ECODE olDaSetStrainBridgeConfiguration(HDASS hDass, uint32_t uiChan, int32_t eBridgeConfiguration);
SDK ECODE olDaGetStrainBridgeConfiguration(HDASS hDass, uint32_t uiChan, int32_t *peBridgeConfiguration);
SDK ECODE olDaSetStrainShuntResistor(HDASS hDass, uint32_t uiChan, int32_t bShuntEnabled);
SDK ECODE olDaGetStrainShuntResistor(HDASS hDass, uint32_t uiChan, int32_t *pbShuntEnabled);
SDK ECODE olDaSetMultiSensorType(HDASS hDass, uint32_t uiChan, int32_t ioType);
SDK ECODE olDaGetMultiSensorType(HDASS hDass, uint32_t uiChan, int32_t *pIoType);
SDK ECODE olDaSetSensorWiringConfiguration(HDASS hDass, uint32_t uiChan, int32_t sensorWiringConfiguration);
SDK ECODE olDaGetSensorWiringConfiguration(HDASS hDass, uint32_t uiChan, int32_t *pSensorWiringConfiguration);
SDK ECODE olDaSetRtdR0(HDASS hDass, uint32_t uiChan, double R0);
SDK ECODE olDaGetRtdR0(HDASS hDass, uint32_t uiChan, double *pR0);
SDK ECODE olDaSetRtdA(HDASS hDass, uint32_t uiChan, double A);
SDK ECODE olDaGetRtdA(HDASS hDass, uint32_t uiChan, double *pA);
SDK ECODE olDaSetRtdB(HDASS hDass, uint32_t uiChan, double B);
SDK ECODE olDaGetRtdB(HDASS hDass, uint32_t uiChan, double *pB);
SDK ECODE olDaSetRtdC(HDASS hDass, uint32_t uiChan, double C);
SDK ECODE olDaGetRtdC(HDASS hDass, uint32_t uiChan, double *pC);
SDK ECODE olDaSetThermistorA(HDASS hDass, uint32_t uiChan, double A);
SDK ECODE olDaGetThermistorA(HDASS hDass, uint32_t uiChan, double *pA);
SDK ECODE olDaSetThermistorB(HDASS hDass, uint32_t uiChan, double B);
SDK ECODE olDaGetThermistorB(HDASS hDass, uint32_t uiChan, double *pB);
SDK ECODE olDaSetThermistorC(HDASS hDass, uint32_t uiChan, double C);
SDK ECODE olDaGetThermistorC(HDASS hDass, uint32_t uiChan, double *pC);
SDK ECODE olDaSetBridgeConfiguration(HDASS hDass, uint32_t uiChan, int32_t eBridgeConfiguration);
SDK ECODE olDaGetBridgeConfiguration(HDASS hDass, uint32_t uiChan, int32_t *peBridgeConfiguration);
SDK ECODE olDaVoltsToStrain(int32_t uiBridgeConfig, double dfVu, double dfVs, double dfVex, double dfGF, double
    dfRg, double dfRl, double dfPr, double dfMSShuntCorrection, double *pdfE);
SDK ECODE olDaVoltsToBridgeBasedSensor(double dfVu, double dfVs, double dfVex, double dfTc, double dfRg, double
    dfRl, double dfRoInmV_V, double dfMSShuntCorrection, double *pdfE);
SDK ECODE olDaSetThermocoupleTypeEprom(HDASS hDass, uint32_t uiChan, uint32_t uiThermType);

/* oldaapi: output */
SDK ECODE olDaPutSingleValue(HDASS hDass, int32_t lValue, uint32_t uiChannel, double dGain);
SDK ECODE olDaPutSingleValues(HDASS hDass, int32_t *plValues, double dGain);

/* oldaapi: queue */
SDK ECODE olDaGetWndHandle(HDASS hDass, HWND *phWnd);
SDK ECODE olDaPutBuffer(HDASS hDass, HBUF hBuf);
SDK ECODE olDaGetBuffer(HDASS hDass, HBUF *phBuf);
SDK ECODE olDaFlushBuffers(HDASS hDass);
SDK ECODE olDaSetWndHandle(HDASS hDass, HWND hWnd, int64_t lParam);
SDK ECODE olDaGetQueueSize(HDASS hDass, uint32_t uiQueue, uint32_t *puiSize);
SDK ECODE olDaFlushFromBufferInprocess(HDASS hDass, HBUF hBuf, uint32_t ulNumSamples);
SDK ECODE olDaSetNotificationProcedure(HDASS hDass, OLNOTIFYPROC pfnNotifyProc, int64_t lParam);
SDK ECODE olDaGetNotificationProcedure(HDASS hDass, OLNOTIFYPROC *pfnNotifyProc);

/* oldaapi: simultaneous */
SDK ECODE olDaGetSSList(HSSLIST *phSSList);
SDK ECODE olDaReleaseSSList(HSSLIST hSSList);
SDK ECODE olDaPutDassToSSList(HSSLIST hSSList, HDASS hDass);
SDK ECODE olDaSimultaneousPrestart(HSSLIST hSSList);
SDK ECODE olDaSimultaneousStart(HSSLIST hSSList);
SDK ECODE olDaEnumSSList(HSSLIST hSSList, SSLISTPROC pfnSSListProc, int64_t lParam);

/* oldaapi: single-value */
SDK ECODE olDaGetSingleValue(HDASS hDass, int32_t *plValue, uint32_t uiChannel, double dGain);
SDK ECODE olDaGetSingleValues(HDASS hDass, int32_t *plValues, double dGain);
SDK ECODE olDaGetSingleValueEx(HDASS hDass, uint32_t uiChannel, int32_t bAutoRange, double *pdfGain, int32_t
    *plValueCounts, double *pdfValueVolts);
SDK ECODE olDaGetSingleFloat(HDASS hDass, float *pfValue, uint32_t uiChannel, double dGain);
SDK ECODE olDaGetSingleFloats(HDASS hDass, float *pfValue, double dGain);
SDK ECODE olDaGetCjcTemperature(HDASS hDass, float *pfValue, uint32_t uiChannel);
SDK ECODE olDaGetCjcTemperatures(HDASS hDass, float *pfValue);
SDK ECODE olDaCodeToVolts(double dfMinRangeVolts, double dfMaxRangeVolts, double dfGain, uint32_t uiBitsResolution,
    uint32_t uiEncoding, int32_t lCode, double *pdfVoltage);
SDK ECODE olDaVoltsToCode(double dfMinRangeVolts, double dfMaxRangeVolts, double dfGain, uint32_t uiBitsResolution,
    uint32_t uiEncoding, double dfVoltage, int32_t *plCode);

/* oldaapi: teds */
SDK ECODE olDaReadBridgeSensorVirtualTeds(char *virtualTedsFileName, void *pVirtualTeds);
SDK ECODE olDaReadBridgeSensorHardwareTeds(HDASS hDass, uint32_t uiChan, void *pHardwareTeds);
SDK ECODE olDaReadStrainGageVirtualTeds(char *virtualTedsFileName, void *pVirtualTeds);
SDK ECODE olDaReadStrainGageHardwareTeds(HDASS hDass, uint32_t uiChan, void *pHardwareTeds);

/* oldaapi: trigger */
SDK ECODE olDaSetTriggeredScanUsage(HDASS hDass, int32_t fUse);
SDK ECODE olDaGetTriggeredScanUsage(HDASS hDass, int32_t *pfUse);
SDK ECODE olDaSetTrigger(HDASS hDass, uint32_t uiTrig);
SDK ECODE olDaGetTrigger(HDASS hDass, uint32_t *puiTrig);
SDK ECODE olDaSetRetriggerFrequency(HDASS hDass, double dfFreq);
SDK ECODE olDaGetRetriggerFrequency(HDASS hDass, double *pdfFreq);
SDK ECODE olDaSetRetriggerMode(HDASS hDass, uint32_t uiRetriggerMode);
SDK ECODE olDaGetRetriggerMode(HDASS hDass, uint32_t *lpuiRetriggerMode);
SDK ECODE olDaSetPretriggerSource(HDASS hDass, uint32_t uiTrig);
SDK ECODE olDaGetPretriggerSource(HDASS hDass, uint32_t *puiTrig);
SDK ECODE olDaSetMultiscanCount(HDASS hDass, uint32_t uiCount);
SDK ECODE olDaGetMultiscanCount(HDASS hDass, uint32_t *puiCount);
SDK ECODE olDaSetRetrigger(HDASS hDass, uint32_t uiTrig);
SDK ECODE olDaGetRetrigger(HDASS hDass, uint32_t *puiTrig);
SDK ECODE olDaSetTriggerThresholdLevel(HDASS hDass, double dfLevel);
SDK ECODE olDaGetTriggerThresholdLevel(HDASS hDass, double *pdLevel);
SDK ECODE olDaSetTriggerThresholdChannel(HDASS hDass, int32_t iChan);
SDK ECODE olDaGetTriggerThresholdChannel(HDASS hDass, int32_t *piChan);
SDK ECODE olDaSetReferenceTrigger(HDASS hDass, uint32_t uiReferenceTrig);
SDK ECODE olDaGetReferenceTrigger(HDASS hDass, uint32_t *puiReferenceTrig);
SDK ECODE olDaSetReferenceTriggerThresholdLevel(HDASS hDass, double dfLevel);
SDK ECODE olDaGetReferenceTriggerThresholdLevel(HDASS hDass, double *pdLevel);
SDK ECODE olDaSetReferenceTriggerThresholdChannel(HDASS hDass, int32_t iChan);
SDK ECODE olDaGetReferenceTriggerThresholdChannel(HDASS hDass, int32_t *piChan);
SDK ECODE olDaSetReferenceTriggerPostScanCount(HDASS hDass, int32_t iscanCount);
SDK ECODE olDaGetReferenceTriggerPostScanCount(HDASS hDass, int32_t *piScanCount);

/* olmem: buffer */
SDK ECODE olDmAllocBuffer(uint32_t uiWinFlags, uint32_t dwBytes, HBUF *lphBuf);
SDK ECODE olDmFreeBuffer(HBUF hBuf);
SDK ECODE olDmReAllocBuffer(uint32_t uiWinFlags, uint32_t dwBytes, HBUF *lphBuf);
SDK ECODE olDmGetTimeDateStamp(HBUF hBuf, TDS *lpTds);
SDK ECODE olDmGetBufferPtr(HBUF hBuf, void **lplpData);
SDK ECODE olDmGetBufferECode(HBUF hBuf, uint32_t *lpECode);
SDK ECODE olDmGetBufferSize(HBUF hBuf, uint32_t *lpdwBytes);
SDK ECODE olDmCopyBuffer(HBUF hBuf, void *lpAppBuffer);
SDK ECODE olDmCopyToBuffer(HBUF hBuf, const void *lpAppBuffer, uint32_t ulNumSamples);
SDK ECODE olDmCallocBuffer(uint32_t uiWinFlags, uint32_t uiExFlags, uint32_t dwSamples, uint32_t uiSampleSize, HBUF
    *lphBuf);
SDK ECODE olDmMallocBuffer(uint32_t uiWinFlags, uint32_t uiExFlags, uint32_t dwBytes, HBUF *lphBuf);
SDK ECODE olDmLockBuffer(HBUF hBuf);
SDK ECODE olDmUnlockBuffer(HBUF hBuf);
SDK ECODE olDmReCallocBuffer(uint32_t uiWinFlags, uint32_t uiExFlags, uint32_t dwSamples, uint32_t uiSampleSize,
    HBUF *lphBuf);
SDK ECODE olDmReMallocBuffer(uint32_t uiWinFlags, uint32_t uiExFlags, uint32_t dwBytes, HBUF *lphBuf);
SDK ECODE olDmGetDataBits(HBUF hBuf, uint32_t *lpuiBits);
SDK ECODE olDmSetDataWidth(HBUF hBuf, uint32_t uiSampleSize);
SDK ECODE olDmGetDataWidth(HBUF hBuf, uint32_t *lpuiSampleSize);
SDK ECODE olDmGetMaxSamples(HBUF hBuf, uint32_t *lpdwSamples);
SDK ECODE olDmSetValidSamples(HBUF hBuf, uint32_t dwSamples);
SDK ECODE olDmGetValidSamples(HBUF hBuf, uint32_t *lpdwSamples);
SDK ECODE olDmCopyFromBuffer(HBUF hBuf, void *lpAppBuffer, uint32_t ulMaxSamples);
SDK ECODE olDmGetExtraBytes(HBUF hBuf, uint32_t *lpulExtra1, uint32_t *lpulExtra2);
SDK ECODE olDmSetExtraBytes(HBUF hBuf, uint32_t ulExtra1, uint32_t ulExtra2);
SDK ECODE olDmLockBufferEx(HBUF hBuf, int32_t fEnableScatter);
SDK ECODE olDmUnlockBufferEx(HBUF hBuf, int32_t fEnableScatter);
SDK ECODE drvDmSetCurrentTDS(HBUF hBuf);
SDK ECODE drvDmSetDataBits(HBUF hBuf, uint32_t Bits);

/* olmem: diagnostics */
SDK ECODE olDmGetVersion(char *lpVersion);
SDK char *olDmGetErrorString(ECODE eCode, char *lpStr, uint32_t uiMaxSize);

/* olmem: queue */
SDK void drvDmLockBufferList(HLIST hList);
SDK void drvDmUnLockBufferList(HLIST hList);
SDK ECODE olDmCreateList(HLIST *lphList, uint32_t uiFlags, const char *lpOwnerName, const char *lpListName);
SDK ECODE olDmEnumLists(LISTPROC pfnListProc, int64_t lParam);
SDK ECODE olDmEnumBuffers(HLIST hList, BUFPROC pfnBufProc, int64_t lParam);
SDK ECODE olDmFreeList(HLIST hList);
SDK ECODE olDmPutBufferToList(HLIST hList, HBUF hBuf);
SDK ECODE olDmGetBufferFromList(HLIST hList, HBUF *lphBuf);
SDK ECODE olDmPeekBufferFromList(HLIST hList, HBUF *lphBuf);
SDK ECODE olDmGetListCount(HLIST hList, uint32_t *lpuiCount);
SDK ECODE olDmGetListHandle(HBUF hBuf, HLIST *lphList);
SDK ECODE olDmGetListIds(HLIST hList, char *lpOwnerName, uint32_t uiOwnerLen, char *lpListName, uint32_t uiListLen);

#endif
