/**
 * The functions of the SDK's two libraries, as its headers OLDAAPI.H and OLMEM.H declare them, and the few of `user32.dll`
 * that a message-only window needs.
 *
 * `parameters` and `result` are what `Deno.dlopen` takes; `args` says what each parameter means (`marshal.ts`). On 64-bit
 * Windows `long` has 4 bytes, handles have 8. A `*` marks what is passed by address. Every result is an ECODE, 0 for
 * success, except where noted. Calls that can wait on the device have a second, `nonblocking` form.
 *
 * @module
 */

import type { ArgKind } from "./marshal.ts";

/** A C function with the meaning of its parameters. */
export interface SdkFunction extends Deno.ForeignFunction {
  /** What each parameter means, in order. The `nonblocking` form has those of its plain form. */
  readonly args?: readonly ArgKind[];
}

/** `oldaapi64.dll`: boards, subsystems, acquisition. A handle is an opaque number, never dereferenced. */
export const oldaapi = {
  // Boards and subsystems: open, configure, run, close.
  /** pszName, *phDev: the board name with its instance, such as `DT9806(00)`. */
  olDaInitialize: { parameters: ["buffer", "buffer"], result: "u32", args: ["TEXT", "out HDEV"] },
  olDaInitialize_nonblocking: {
    name: "olDaInitialize",
    parameters: ["buffer", "buffer"],
    result: "u32",
    nonblocking: true,
  },
  /** hDev: the last call, after every subsystem of the board was released. */
  olDaTerminate: { parameters: ["usize"], result: "u32", args: ["HDEV"] },
  olDaTerminate_nonblocking: { name: "olDaTerminate", parameters: ["usize"], result: "u32", nonblocking: true },
  /** hDev, OlSs, uiElement, *phDass: reserves a subsystem element; 3 = no such type, 20 = somebody holds it. */
  olDaGetDASS: {
    parameters: ["usize", "i32", "u32", "buffer"],
    result: "u32",
    args: ["HDEV", "INT", "UINT", "out HDASS"],
  },
  olDaGetDASS_nonblocking: {
    name: "olDaGetDASS",
    parameters: ["usize", "i32", "u32", "buffer"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass: fetch and free its buffers before. */
  olDaReleaseDASS: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  olDaReleaseDASS_nonblocking: { name: "olDaReleaseDASS", parameters: ["usize"], result: "u32", nonblocking: true },
  /** hDass: commits the settings; a continuous run needs it again once window and buffers are in place. */
  olDaConfig: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  olDaConfig_nonblocking: { name: "olDaConfig", parameters: ["usize"], result: "u32", nonblocking: true },
  /** hDass: answers 27 in single-value mode, which needs no start. */
  olDaStart: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  olDaStart_nonblocking: { name: "olDaStart", parameters: ["usize"], result: "u32", nonblocking: true },
  /** hDass: completes the buffer in progress, so it may wait for one buffer time. */
  olDaStop: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  olDaStop_nonblocking: { name: "olDaStop", parameters: ["usize"], result: "u32", nonblocking: true },
  /** hDass. */
  olDaContinue: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  /** hDass: stops at once and forgets the settings (by documentation, not tried). */
  olDaReset: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  olDaReset_nonblocking: { name: "olDaReset", parameters: ["usize"], result: "u32", nonblocking: true },
  /** hDass. */
  olDaPause: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  /** hDass: does not wait for the buffer in progress. */
  olDaAbort: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  olDaAbort_nonblocking: { name: "olDaAbort", parameters: ["usize"], result: "u32", nonblocking: true },
  /** hDass, *pbIsRunning. */
  olDaIsRunning: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out BOOL"] },
  /** hDev, OlSs, uiElement, *phDass: for capability questions without reserving; what such a handle refuses is not known. */
  olDaGetDASSForQuery: {
    parameters: ["usize", "i32", "u32", "buffer"],
    result: "u32",
    args: ["HDEV", "INT", "UINT", "out HDASS"],
  },

  // What is installed.
  /** *pszVersion, uiMaxChars. */
  olDaGetVersion: { parameters: ["buffer", "u32"], result: "u32", args: ["out TEXT", "size"] },
  /** hDev, *pszVersion, uiMaxChars. */
  olDaGetDriverVersion: { parameters: ["usize", "buffer", "u32"], result: "u32", args: ["HDEV", "out TEXT", "size"] },
  /** hDev, *lpszName, uiMaxChars. */
  olDaGetDeviceName: { parameters: ["usize", "buffer", "u32"], result: "u32", args: ["HDEV", "out TEXT", "size"] },
  /** pfnDaBrdProc, lParam: board name, entry. */
  olDaEnumBoards: { parameters: ["function", "i64"], result: "u32", args: ["DABRDPROC", "context"] },
  /** pfnDaBrdProcEx, lParam: board name, driver name, registry key. */
  olDaEnumBoardsEx: { parameters: ["function", "i64"], result: "u32", args: ["DABRDPROCEX", "context"] },
  /** hDev, pfnDaProc, lParam: name, type, element. */
  olDaEnumSubSystems: {
    parameters: ["usize", "function", "i64"],
    result: "u32",
    args: ["HDEV", "DASSPROC", "context"],
  },
  /** hDass, *pDassInfo. */
  olDaGetDASSInfo: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out DASSINFO"] },
  /** hDev, *pBusType, *pVendorId, *pDeviceId, *pProductId, *pSerialNumber, *pReserved, *pDriverSpecificInfo: never tried. */
  olDaGetHardwareInfo: {
    parameters: ["usize", "buffer", "buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "u32",
    args: [
      "HDEV",
      "out INT",
      "out USHORT",
      "out USHORT",
      "out USHORT",
      "out UINT",
      "out UINT",
      "out DRIVER_SPECIFIC_INFO",
    ],
  },
  /** pszName, *pDriverName, *pModelName, MaxStrLens, *pInstanceNum: needs no open board. */
  olDaGetBoardInfo: {
    parameters: ["buffer", "buffer", "buffer", "u32", "buffer"],
    result: "u32",
    args: ["TEXT", "out TEXT", "out TEXT", "size", "out UINT"],
  },
  /** pszOldName, pszNewName: administrative: renames a board in the registry. */
  olDaModifyOpenLayersBoardName: { parameters: ["buffer", "buffer"], result: "u32", args: ["TEXT", "TEXT"] },

  // What a board can do.
  /** hDev, OlDc, *puiCap: an `OLDC` selector. */
  olDaGetDevCaps: { parameters: ["usize", "i32", "buffer"], result: "u32", args: ["HDEV", "INT", "out UINT"] },
  /** hDass, OlSSc, *puiCap: an `OLSSC` position. */
  olDaGetSSCaps: { parameters: ["usize", "i32", "buffer"], result: "u32", args: ["HDASS", "INT", "out UINT"] },
  /** hDass, OlSSc, *pdCap: an `OLSSCE` position. */
  olDaGetSSCapsEx: { parameters: ["usize", "i32", "buffer"], result: "u32", args: ["HDASS", "INT", "out DBL"] },
  /** hDass, uiEnumCap, pfnCapsProc, lParam: one of `OL_ENUM`; ranges come as max, min. */
  olDaEnumSSCaps: {
    parameters: ["usize", "u32", "function", "i64"],
    result: "u32",
    args: ["HDASS", "UINT", "CAPSPROC", "context"],
  },
  /** hDev, *pPowerSource. */
  olDaGetPowerSource: { parameters: ["usize", "buffer"], result: "u32", args: ["HDEV", "out INT"] },
  /** hDass, uiChan, OlChannelCap, *puiCap. */
  olDaGetChannelCaps: {
    parameters: ["usize", "u32", "i32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "INT", "out UINT"],
  },
  /** hDass, uiChanenum, uiEnumCap, pfnCapsProc, lParam: one of `OL_ENUM_CHANNEL`. */
  olDaEnumChannelCaps: {
    parameters: ["usize", "u32", "u32", "function", "i64"],
    result: "u32",
    args: ["HDASS", "UINT", "UINT", "CHANNELCAPSPROC", "context"],
  },
  /** hDass, ChanIndex, *pChanMap. */
  olDaGetSSChanMap: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out CHANNELMAP"],
  },

  // Settings of a subsystem.
  /** hDass, uiUse: call it even when it is 0. */
  olDaSetDmaUsage: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiUse. */
  olDaGetDmaUsage: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiType. */
  olDaSetChannelType: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiType. */
  olDaGetChannelType: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiSize: before the entries. */
  olDaSetChannelListSize: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiSize. */
  olDaGetChannelListSize: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiEntry, uiChan. */
  olDaSetChannelListEntry: { parameters: ["usize", "u32", "u32"], result: "u32", args: ["HDASS", "UINT", "UINT"] },
  /** hDass, uiEntry, *puiChan. */
  olDaGetChannelListEntry: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out UINT"],
  },
  /** hDass, uiEntry, dGain: a list position and its gain, no channel. */
  olDaSetGainListEntry: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiEntry, *pdGain. */
  olDaGetGainListEntry: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out DBL"] },
  /** hDass, uiChan, dCutOffFreq. */
  olDaSetChannelFilter: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiChan, *pdCutOffFreq. */
  olDaGetChannelFilter: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out DBL"] },
  /** hDass, uiEnc. */
  olDaSetEncoding: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiEnc. */
  olDaGetEncoding: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiBits. */
  olDaSetResolution: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiBits. */
  olDaGetResolution: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, dMaxVoltage, dMinVoltage: max before min, in volts. */
  olDaSetRange: { parameters: ["usize", "f64", "f64"], result: "u32", args: ["HDASS", "DBL", "DBL"] },
  /** hDass, *pdMaxVoltage, *pdMinVoltage: max before min, in volts. */
  olDaGetRange: { parameters: ["usize", "buffer", "buffer"], result: "u32", args: ["HDASS", "out DBL", "out DBL"] },
  /** hDass, *puiDataFlow. */
  olDaGetDataFlow: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiDataFlow: the first setter of every setup. */
  olDaSetDataFlow: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  olDaSetDataFlow_nonblocking: {
    name: "olDaSetDataFlow",
    parameters: ["usize", "u32"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, *puiWrapMode. */
  olDaGetWrapMode: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiWrapMode. */
  olDaSetWrapMode: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, uiTransferSize, uiTransferCount. */
  olDaDTConnectBurst: { parameters: ["usize", "u32", "u32"], result: "u32", args: ["HDASS", "UINT", "UINT"] },
  /** hDass, uiEntry, fInhibit. */
  olDaSetChannelListEntryInhibit: {
    parameters: ["usize", "u32", "i32"],
    result: "u32",
    args: ["HDASS", "UINT", "BOOL"],
  },
  /** hDass, uiEntry, *pfInhibit. */
  olDaGetChannelListEntryInhibit: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out BOOL"],
  },
  /** hDass, uiEntry, uiValue. */
  olDaSetDigitalIOListEntry: { parameters: ["usize", "u32", "u32"], result: "u32", args: ["HDASS", "UINT", "UINT"] },
  /** hDass, uiEntry, *puiValue. */
  olDaGetDigitalIOListEntry: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out UINT"],
  },
  /** hDass, fUse. */
  olDaSetSynchronousDigitalIOUsage: { parameters: ["usize", "i32"], result: "u32", args: ["HDASS", "BOOL"] },
  /** hDass, *pfUse. */
  olDaGetSynchronousDigitalIOUsage: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out BOOL"] },
  /** hDass, uiTransferSize. */
  olDaSetDTConnectTransferSize: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiTransferSize. */
  olDaGetDTConnectTransferSize: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiTransferCount. */
  olDaSetDTConnectTransferCount: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiTransferCount. */
  olDaGetDTConnectTransferCount: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiChan, dMaxVoltage, dMinVoltage: max before min, in volts. */
  olDaSetChannelRange: {
    parameters: ["usize", "u32", "f64", "f64"],
    result: "u32",
    args: ["HDASS", "UINT", "DBL", "DBL"],
  },
  /** hDass, uiChan, *pdMaxVoltage, *pdMinVoltage: max before min, in volts. */
  olDaGetChannelRange: {
    parameters: ["usize", "u32", "buffer", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out DBL", "out DBL"],
  },
  /** hDass. */
  olDaAutoCalibrate: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  olDaAutoCalibrate_nonblocking: { name: "olDaAutoCalibrate", parameters: ["usize"], result: "u32", nonblocking: true },
  /** hDass, uiChan, uiRange (declared in the header, missing from some installed DLLs). */
  olDaSetChanVoltageRange: {
    parameters: ["usize", "u32", "u32"],
    result: "u32",
    optional: true,
    args: ["HDASS", "UINT", "UINT"],
  },
  /** hDass, uiChan, *puiRange (declared in the header, missing from some installed DLLs). */
  olDaGetChannelVoltageRange: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    optional: true,
    args: ["HDASS", "UINT", "out UINT"],
  },
  /** hDass, uiSyncMode. */
  olDaSetSyncMode: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiSyncMode. */
  olDaGetSyncMode: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiFilterType. */
  olDaSetDataFilterType: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiFilterType. */
  olDaGetDataFilterType: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, bEnabled. */
  olDaSetStaleDataFlagEnabled: { parameters: ["usize", "i32"], result: "u32", args: ["HDASS", "BOOL"] },
  /** hDass, *pbEnabled. */
  olDaGetStaleDataFlagEnabled: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out BOOL"] },
  /** hDass, uiEdge: one of `OL_EDGE`. */
  olDaSetEdgeType: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiEdge. */
  olDaGetEdgeType: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiChan, bEnable. */
  olDaSetInputTerminationEnabled: {
    parameters: ["usize", "u32", "i32"],
    result: "u32",
    args: ["HDASS", "UINT", "BOOL"],
  },
  /** hDass, uiChan, *pbEnable. */
  olDaGetInputTerminationEnabled: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out BOOL"],
  },

  // Clock.
  /** hDass, uiClk. */
  olDaSetClockSource: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiClk. */
  olDaGetClockSource: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, dfFreq: Hz; read it back after olDaConfig. */
  olDaSetClockFrequency: { parameters: ["usize", "f64"], result: "u32", args: ["HDASS", "DBL"] },
  /** hDass, *pdfFreq: Hz, what the board really does. */
  olDaGetClockFrequency: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out DBL"] },
  /** hDass, ulDivider. */
  olDaSetExternalClockDivider: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *pulDivider. */
  olDaGetExternalClockDivider: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },

  // Triggers.
  /** hDass, fUse. */
  olDaSetTriggeredScanUsage: { parameters: ["usize", "i32"], result: "u32", args: ["HDASS", "BOOL"] },
  /** hDass, *pfUse. */
  olDaGetTriggeredScanUsage: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out BOOL"] },
  /** hDass, uiTrig. */
  olDaSetTrigger: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiTrig. */
  olDaGetTrigger: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, dfFreq: Hz. */
  olDaSetRetriggerFrequency: { parameters: ["usize", "f64"], result: "u32", args: ["HDASS", "DBL"] },
  /** hDass, *pdfFreq: Hz. */
  olDaGetRetriggerFrequency: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out DBL"] },
  /** hDass, uiRetriggerMode. */
  olDaSetRetriggerMode: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *lpuiRetriggerMode. */
  olDaGetRetriggerMode: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiTrig. */
  olDaSetPretriggerSource: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiTrig. */
  olDaGetPretriggerSource: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiCount. */
  olDaSetMultiscanCount: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiCount. */
  olDaGetMultiscanCount: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiTrig. */
  olDaSetRetrigger: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiTrig. */
  olDaGetRetrigger: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, dfLevel: volts. */
  olDaSetTriggerThresholdLevel: { parameters: ["usize", "f64"], result: "u32", args: ["HDASS", "DBL"] },
  /** hDass, *pdLevel: volts. */
  olDaGetTriggerThresholdLevel: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out DBL"] },
  /** hDass, iChan. */
  olDaSetTriggerThresholdChannel: { parameters: ["usize", "i32"], result: "u32", args: ["HDASS", "INT"] },
  /** hDass, *piChan. */
  olDaGetTriggerThresholdChannel: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out INT"] },
  /** hDass, uiReferenceTrig. */
  olDaSetReferenceTrigger: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiReferenceTrig. */
  olDaGetReferenceTrigger: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, dfLevel: volts. */
  olDaSetReferenceTriggerThresholdLevel: { parameters: ["usize", "f64"], result: "u32", args: ["HDASS", "DBL"] },
  /** hDass, *pdLevel: volts. */
  olDaGetReferenceTriggerThresholdLevel: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out DBL"] },
  /** hDass, iChan. */
  olDaSetReferenceTriggerThresholdChannel: { parameters: ["usize", "i32"], result: "u32", args: ["HDASS", "INT"] },
  /** hDass, *piChan. */
  olDaGetReferenceTriggerThresholdChannel: {
    parameters: ["usize", "buffer"],
    result: "u32",
    args: ["HDASS", "out INT"],
  },
  /** hDass, iscanCount. */
  olDaSetReferenceTriggerPostScanCount: { parameters: ["usize", "i32"], result: "u32", args: ["HDASS", "INT"] },
  /** hDass, *piScanCount. */
  olDaGetReferenceTriggerPostScanCount: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out INT"] },

  // Buffers on the queues, and who is told.
  /** hDass, *phWnd. */
  olDaGetWndHandle: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out HWND"] },
  /** hDass, hBuf: the buffer belongs to the subsystem from here on. */
  olDaPutBuffer: { parameters: ["usize", "usize"], result: "u32", args: ["HDASS", "HBUF"] },
  /** hDass, *phBuf: a null handle stands for an empty Done queue. */
  olDaGetBuffer: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out HBUF or null"] },
  olDaGetBuffer_nonblocking: {
    name: "olDaGetBuffer",
    parameters: ["usize", "buffer"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass: Ready and Inprocess go to Done; call it after the stop. */
  olDaFlushBuffers: { parameters: ["usize"], result: "u32", args: ["HDASS"] },
  olDaFlushBuffers_nonblocking: { name: "olDaFlushBuffers", parameters: ["usize"], result: "u32", nonblocking: true },
  /** hDass, hWnd, lParam: lParam comes back with every message; a null window detaches. */
  olDaSetWndHandle: { parameters: ["usize", "u64", "i64"], result: "u32", args: ["HDASS", "HWND", "LPARAM"] },
  /** hDass, uiQueue, *puiSize: uiQueue is one of `OL_QUE`. */
  olDaGetQueueSize: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out UINT"] },
  /** hDass, hBuf, ulNumSamples: what the buffer in process holds goes into hBuf, and that onto Done (not tried). */
  olDaFlushFromBufferInprocess: {
    parameters: ["usize", "usize", "u32"],
    result: "u32",
    args: ["HDASS", "HBUF", "UINT"],
  },
  /** hDass, pfnNotifyProc, lParam: returned 0 on DT9805 and DT9806, and the procedure was never called. */
  olDaSetNotificationProcedure: {
    parameters: ["usize", "function", "i64"],
    result: "u32",
    args: ["HDASS", "OLNOTIFYPROC", "LPARAM"],
  },
  /** hDass, *pfnNotifyProc. */
  olDaGetNotificationProcedure: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out POINTER"] },

  // Single values and conversions.
  /** hDass, *plValue, uiChannel, dGain: one code. */
  olDaGetSingleValue: {
    parameters: ["usize", "buffer", "u32", "f64"],
    result: "u32",
    args: ["HDASS", "out INT", "UINT", "DBL"],
  },
  olDaGetSingleValue_nonblocking: {
    name: "olDaGetSingleValue",
    parameters: ["usize", "buffer", "u32", "f64"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, *plValues, dGain: one code per channel of the list. */
  olDaGetSingleValues: { parameters: ["usize", "buffer", "f64"], result: "u32", args: ["HDASS", "out INT[]", "DBL"] },
  olDaGetSingleValues_nonblocking: {
    name: "olDaGetSingleValues",
    parameters: ["usize", "buffer", "f64"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, uiChannel, bAutoRange, *pdfGain, *plValueCounts, *pdfValueVolts: the gain used comes back, then code and volts. */
  olDaGetSingleValueEx: {
    parameters: ["usize", "u32", "i32", "buffer", "buffer", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "BOOL", "inout DBL", "out INT", "out DBL"],
  },
  olDaGetSingleValueEx_nonblocking: {
    name: "olDaGetSingleValueEx",
    parameters: ["usize", "u32", "i32", "buffer", "buffer", "buffer"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, *pfValue, uiChannel, dGain: engineering units. */
  olDaGetSingleFloat: {
    parameters: ["usize", "buffer", "u32", "f64"],
    result: "u32",
    args: ["HDASS", "out FLOAT", "UINT", "DBL"],
  },
  olDaGetSingleFloat_nonblocking: {
    name: "olDaGetSingleFloat",
    parameters: ["usize", "buffer", "u32", "f64"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, *pfValue, dGain: one per channel of the list. */
  olDaGetSingleFloats: { parameters: ["usize", "buffer", "f64"], result: "u32", args: ["HDASS", "out FLOAT[]", "DBL"] },
  olDaGetSingleFloats_nonblocking: {
    name: "olDaGetSingleFloats",
    parameters: ["usize", "buffer", "f64"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, *pfValue, uiChannel: degrees C. */
  olDaGetCjcTemperature: {
    parameters: ["usize", "buffer", "u32"],
    result: "u32",
    args: ["HDASS", "out FLOAT", "UINT"],
  },
  olDaGetCjcTemperature_nonblocking: {
    name: "olDaGetCjcTemperature",
    parameters: ["usize", "buffer", "u32"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, *pfValue: degrees C, all channels. */
  olDaGetCjcTemperatures: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out FLOAT[]"] },
  olDaGetCjcTemperatures_nonblocking: {
    name: "olDaGetCjcTemperatures",
    parameters: ["usize", "buffer"],
    result: "u32",
    nonblocking: true,
  },
  /** dfMinRangeVolts, dfMaxRangeVolts, dfGain, uiBitsResolution, uiEncoding, lCode, *pdfVoltage: min before max; no handle. */
  olDaCodeToVolts: {
    parameters: ["f64", "f64", "f64", "u32", "u32", "i32", "buffer"],
    result: "u32",
    args: ["DBL", "DBL", "DBL", "UINT", "UINT", "INT", "out DBL"],
  },
  /** dfMinRangeVolts, dfMaxRangeVolts, dfGain, uiBitsResolution, uiEncoding, dfVoltage, *plCode: rounding is not known. */
  olDaVoltsToCode: {
    parameters: ["f64", "f64", "f64", "u32", "u32", "f64", "buffer"],
    result: "u32",
    args: ["DBL", "DBL", "DBL", "UINT", "UINT", "DBL", "out INT"],
  },

  // Output.
  /** hDass, lValue, uiChannel, dGain: the code comes before the channel. */
  olDaPutSingleValue: {
    parameters: ["usize", "i32", "u32", "f64"],
    result: "u32",
    args: ["HDASS", "INT", "UINT", "DBL"],
  },
  olDaPutSingleValue_nonblocking: {
    name: "olDaPutSingleValue",
    parameters: ["usize", "i32", "u32", "f64"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, *plValues, dGain: `DONT_UPDATE` leaves a channel alone. */
  olDaPutSingleValues: { parameters: ["usize", "buffer", "f64"], result: "u32", args: ["HDASS", "INT[]", "DBL"] },
  olDaPutSingleValues_nonblocking: {
    name: "olDaPutSingleValues",
    parameters: ["usize", "buffer", "f64"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass (declared in the header, missing from some installed DLLs). */
  olDaMute: { parameters: ["usize"], result: "u32", optional: true, args: ["HDASS"] },
  /** hDass (declared in the header, missing from some installed DLLs). */
  olDaUnMute: { parameters: ["usize"], result: "u32", optional: true, args: ["HDASS"] },

  // Counters.
  /** hDass, uiGate. */
  olDaSetGateType: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiGate. */
  olDaGetGateType: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiPulse. */
  olDaSetPulseType: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiPulse. */
  olDaGetPulseType: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, dfPulseWidthPercent: percent, not a fraction. */
  olDaSetPulseWidth: { parameters: ["usize", "f64"], result: "u32", args: ["HDASS", "DBL"] },
  /** hDass, *pdfPulseWidthPercent: percent. */
  olDaGetPulseWidth: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out DBL"] },
  /** hDass, uiCTMode: before gate, pulse and clock. */
  olDaSetCTMode: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiCTMode. */
  olDaGetCTMode: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiCascadeMode: a selector (`OL_CT`), not a boolean. */
  olDaSetCascadeMode: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiCascadeMode. */
  olDaGetCascadeMode: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, *pulEvents: the count so far. */
  olDaReadEvents: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  olDaReadEvents_nonblocking: {
    name: "olDaReadEvents",
    parameters: ["usize", "buffer"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, hWnd, dfCount_Duration: seconds; the answer is OLDA_WM_MEASURE_DONE (never exercised). */
  olDaMeasureFrequency: { parameters: ["usize", "u64", "f64"], result: "u32", args: ["HDASS", "HWND", "DBL"] },
  olDaMeasureFrequency_nonblocking: {
    name: "olDaMeasureFrequency",
    parameters: ["usize", "u64", "f64"],
    result: "u32",
    nonblocking: true,
  },
  /** hDass, uiStartEdge: one of `OL_MEASURE_EDGE`. */
  olDaSetMeasureStartEdge: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiStartEdge. */
  olDaGetMeasureStartEdge: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, uiStopEdge: one of `OL_MEASURE_EDGE`. */
  olDaSetMeasureStopEdge: { parameters: ["usize", "u32"], result: "u32", args: ["HDASS", "UINT"] },
  /** hDass, *puiStopEdge. */
  olDaGetMeasureStopEdge: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out UINT"] },
  /** hDass, ClockPreScale, X4Scaling, IndexMode. */
  olDaSetQuadDecoder: {
    parameters: ["usize", "u32", "i32", "u32"],
    result: "u32",
    args: ["HDASS", "UINT", "BOOL", "UINT"],
  },

  // Sensors.
  /** hDass, uiChan, eCouplingType. */
  olDaSetCouplingType: { parameters: ["usize", "u32", "i32"], result: "u32", args: ["HDASS", "UINT", "INT"] },
  /** hDass, uiChan, *pCouplingType. */
  olDaGetCouplingType: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out INT"] },
  /** hDass, uiChan, ExcitationCurrentSource. */
  olDaSetExcitationCurrentSource: {
    parameters: ["usize", "u32", "i32"],
    result: "u32",
    args: ["HDASS", "UINT", "INT"],
  },
  /** hDass, uiChan, *pExcitationCurrentSource. */
  olDaGetExcitationCurrentSource: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out INT"],
  },
  /** hDass, uiChan, dExcitationCurrentValue: amperes. */
  olDaSetExcitationCurrentValue: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiChan, *pdExcitationCurrentValue: amperes. */
  olDaGetExcitationCurrentValue: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out DBL"],
  },
  /** hDass, uiChan, uiThermType. */
  olDaSetThermocoupleType: { parameters: ["usize", "u32", "u32"], result: "u32", args: ["HDASS", "UINT", "UINT"] },
  /** hDass, uiChan, *puiThermType. */
  olDaGetThermocoupleType: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out UINT"],
  },
  /** hDass, bReturnCjc. */
  olDaSetReturnCjcTemperatureInStream: { parameters: ["usize", "i32"], result: "u32", args: ["HDASS", "BOOL"] },
  /** hDass, *pbReturnCjc. */
  olDaGetReturnCjcTemperatureInStream: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out BOOL"] },
  /** hDass, uiChan, uiRtdType. */
  olDaSetRtdType: { parameters: ["usize", "u32", "u32"], result: "u32", args: ["HDASS", "UINT", "UINT"] },
  /** hDass, uiChan, *puiRtdType. */
  olDaGetRtdType: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out UINT"] },
  /** hDass, eVoltageSource. */
  olDaSetStrainExcitationVoltageSource: { parameters: ["usize", "i32"], result: "u32", args: ["HDASS", "INT"] },
  /** hDass, *peVoltageSource. */
  olDaGetStrainExcitationVoltageSource: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out INT"] },
  /** hDass, dExcitationVoltage: volts. */
  olDaSetStrainExcitationVoltage: { parameters: ["usize", "f64"], result: "u32", args: ["HDASS", "DBL"] },
  /** hDass, *pdExcitationVoltage: volts. */
  olDaGetStrainExcitationVoltage: { parameters: ["usize", "buffer"], result: "u32", args: ["HDASS", "out DBL"] },
  /** hDass, uiChan, eBridgeConfiguration. */
  olDaSetStrainBridgeConfiguration: {
    parameters: ["usize", "u32", "i32"],
    result: "u32",
    args: ["HDASS", "UINT", "INT"],
  },
  /** hDass, uiChan, *peBridgeConfiguration. */
  olDaGetStrainBridgeConfiguration: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out INT"],
  },
  /** hDass, uiChan, bShuntEnabled. */
  olDaSetStrainShuntResistor: { parameters: ["usize", "u32", "i32"], result: "u32", args: ["HDASS", "UINT", "BOOL"] },
  /** hDass, uiChan, *pbShuntEnabled. */
  olDaGetStrainShuntResistor: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out BOOL"],
  },
  /** hDass, uiChan, ioType. */
  olDaSetMultiSensorType: { parameters: ["usize", "u32", "i32"], result: "u32", args: ["HDASS", "UINT", "INT"] },
  /** hDass, uiChan, *pIoType. */
  olDaGetMultiSensorType: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out INT"] },
  /** hDass, uiChan, sensorWiringConfiguration. */
  olDaSetSensorWiringConfiguration: {
    parameters: ["usize", "u32", "i32"],
    result: "u32",
    args: ["HDASS", "UINT", "INT"],
  },
  /** hDass, uiChan, *pSensorWiringConfiguration. */
  olDaGetSensorWiringConfiguration: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out INT"],
  },
  /** hDass, uiChan, R0: ohms at 0 degrees C. */
  olDaSetRtdR0: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiChan, *pR0: ohms at 0 degrees C. */
  olDaGetRtdR0: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out DBL"] },
  /** hDass, uiChan, A. */
  olDaSetRtdA: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiChan, *pA. */
  olDaGetRtdA: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out DBL"] },
  /** hDass, uiChan, B. */
  olDaSetRtdB: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiChan, *pB. */
  olDaGetRtdB: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out DBL"] },
  /** hDass, uiChan, C. */
  olDaSetRtdC: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiChan, *pC. */
  olDaGetRtdC: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out DBL"] },
  /** hDass, uiChan, A. */
  olDaSetThermistorA: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiChan, *pA. */
  olDaGetThermistorA: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out DBL"] },
  /** hDass, uiChan, B. */
  olDaSetThermistorB: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiChan, *pB. */
  olDaGetThermistorB: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out DBL"] },
  /** hDass, uiChan, C. */
  olDaSetThermistorC: { parameters: ["usize", "u32", "f64"], result: "u32", args: ["HDASS", "UINT", "DBL"] },
  /** hDass, uiChan, *pC. */
  olDaGetThermistorC: { parameters: ["usize", "u32", "buffer"], result: "u32", args: ["HDASS", "UINT", "out DBL"] },
  /** hDass, uiChan, eBridgeConfiguration. */
  olDaSetBridgeConfiguration: { parameters: ["usize", "u32", "i32"], result: "u32", args: ["HDASS", "UINT", "INT"] },
  /** hDass, uiChan, *peBridgeConfiguration. */
  olDaGetBridgeConfiguration: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out INT"],
  },
  /** uiBridgeConfig, dfVu, dfVs, dfVex, dfGF, dfRg, dfRl, dfPr, dfMSShuntCorrection, *pdfE: dfVu is taken to be unstrained. */
  olDaVoltsToStrain: {
    parameters: ["i32", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "buffer"],
    result: "u32",
    args: ["INT", "DBL", "DBL", "DBL", "DBL", "DBL", "DBL", "DBL", "DBL", "out DBL"],
  },
  /** dfVu, dfVs, dfVex, dfTc, dfRg, dfRl, dfRoInmV_V, dfMSShuntCorrection, *pdfE: dfTc: capacity (inferred). */
  olDaVoltsToBridgeBasedSensor: {
    parameters: ["f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "buffer"],
    result: "u32",
    args: ["DBL", "DBL", "DBL", "DBL", "DBL", "DBL", "DBL", "DBL", "out DBL"],
  },
  /** hDass, uiChan, uiThermType: administrative: stores the type on the board. */
  olDaSetThermocoupleTypeEprom: { parameters: ["usize", "u32", "u32"], result: "u32", args: ["HDASS", "UINT", "UINT"] },

  // Simultaneous start.
  /** *phSSList. */
  olDaGetSSList: { parameters: ["buffer"], result: "u32", args: ["out HSSLIST"] },
  /** hSSList: the subsystems on it stay held. */
  olDaReleaseSSList: { parameters: ["usize"], result: "u32", args: ["HSSLIST"] },
  /** hSSList, hDass. */
  olDaPutDassToSSList: { parameters: ["usize", "usize"], result: "u32", args: ["HSSLIST", "HDASS"] },
  /** hSSList: the header writes `Prestart`. */
  olDaSimultaneousPrestart: { parameters: ["usize"], result: "u32", args: ["HSSLIST"] },
  olDaSimultaneousPrestart_nonblocking: {
    name: "olDaSimultaneousPrestart",
    parameters: ["usize"],
    result: "u32",
    nonblocking: true,
  },
  /** hSSList. */
  olDaSimultaneousStart: { parameters: ["usize"], result: "u32", args: ["HSSLIST"] },
  olDaSimultaneousStart_nonblocking: {
    name: "olDaSimultaneousStart",
    parameters: ["usize"],
    result: "u32",
    nonblocking: true,
  },
  /** hSSList, pfnSSListProc, lParam. */
  olDaEnumSSList: {
    parameters: ["usize", "function", "i64"],
    result: "u32",
    args: ["HSSLIST", "SSLISTPROC", "context"],
  },

  // TEDS.
  /** virtualTedsFileName, *pVirtualTeds. */
  olDaReadBridgeSensorVirtualTeds: {
    parameters: ["buffer", "buffer"],
    result: "u32",
    args: ["TEXT", "out BRIDGE_SENSOR_TEDS"],
  },
  /** hDass, uiChan, *pHardwareTeds. */
  olDaReadBridgeSensorHardwareTeds: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out BRIDGE_SENSOR_TEDS"],
  },
  /** virtualTedsFileName, *pVirtualTeds. */
  olDaReadStrainGageVirtualTeds: {
    parameters: ["buffer", "buffer"],
    result: "u32",
    args: ["TEXT", "out STRAIN_GAGE_TEDS"],
  },
  /** hDass, uiChan, *pHardwareTeds. */
  olDaReadStrainGageHardwareTeds: {
    parameters: ["usize", "u32", "buffer"],
    result: "u32",
    args: ["HDASS", "UINT", "out STRAIN_GAGE_TEDS"],
  },

  // Versions, errors, factory.
  /** eCode, *pStr, uiMaxSize: returns pStr. */
  olDaGetErrorString: { parameters: ["u32", "buffer", "u32"], result: "pointer", args: ["UINT", "out TEXT", "size"] },
  /** hDass, *lpUserLatency, *lpKernelLatency (declared in the header, missing from some installed DLLs). */
  olDaGetSystemMetrics: {
    parameters: ["usize", "buffer", "buffer"],
    result: "u32",
    optional: true,
    args: ["HDASS", "out UINT", "out UINT"],
  },
  /** hDass, bEnable, bClear (declared in the header, missing from some installed DLLs). */
  olDaEnableSystemMetrics: {
    parameters: ["usize", "u8", "u8"],
    result: "u32",
    optional: true,
    args: ["HDASS", "BOOLEAN", "BOOLEAN"],
  },
  /** bEnable (declared in the header, missing from some installed DLLs). */
  olDaEnableHighResolutionTiming: { parameters: ["u8"], result: "u32", optional: true, args: ["BOOLEAN"] },
  /** hDev, Offset, Data, Size: do not call. */
  olDiagWriteReg: { parameters: ["usize", "u32", "u32", "u32"], result: "u32", args: ["HDEV", "UINT", "UINT", "UINT"] },
  /** hDev, Offset, *pData, Size. */
  olDiagReadReg: {
    parameters: ["usize", "u32", "buffer", "u32"],
    result: "u32",
    args: ["HDEV", "UINT", "out UINT", "size"],
  },
  /** hDev, Address, *pData, NumBytes: do not call (declared in the header, missing from some installed DLLs). */
  olDiagWriteMem: {
    parameters: ["usize", "u32", "buffer", "u32"],
    result: "u32",
    optional: true,
    args: ["HDEV", "UINT", "memory", "size"],
  },
  /** hDev, Address, *pData, NumBytes (declared in the header, missing from some installed DLLs). */
  olDiagReadMem: {
    parameters: ["usize", "u32", "buffer", "u32"],
    result: "u32",
    optional: true,
    args: ["HDEV", "UINT", "memory", "size"],
  },
  /** nothing: closes all that the library holds open. */
  olDiagCloseAllBoards: { parameters: [], result: "u32", args: [] },
  /** hDev, VendorId, DeviceId, ProductId, SerialNumber, Reserved, *pDriverSpecificInfo: writes the EEPROM. Do not call. */
  olDaSetHardwareInfo: {
    parameters: ["usize", "u16", "u16", "u16", "u32", "u32", "buffer"],
    result: "u32",
    args: ["HDEV", "USHORT", "USHORT", "USHORT", "UINT", "UINT", "memory"],
  },
  /** hDev, *pData, Length (declared in the header, missing from some installed DLLs). */
  olDaSetDriverSpecificInfo: {
    parameters: ["usize", "buffer", "u32"],
    result: "u32",
    optional: true,
    args: ["HDEV", "memory", "size"],
  },
  /** hDev, *pData, BuffSize (declared in the header, missing from some installed DLLs). */
  olDaGetDriverSpecificInfo: {
    parameters: ["usize", "buffer", "u32"],
    result: "u32",
    optional: true,
    args: ["HDEV", "memory", "size"],
  },
  /** hDev, ChipNum, PotNum, RegNum, Data: factory use. Do not call. */
  olDiagWriteCalPot: {
    parameters: ["usize", "u32", "u32", "u32", "u32"],
    result: "u32",
    args: ["HDEV", "UINT", "UINT", "UINT", "UINT"],
  },
  /** hDev, ChipNum, PotNum, RegNum, *pData: factory use. */
  olDiagReadCalPot: {
    parameters: ["usize", "u32", "u32", "u32", "buffer"],
    result: "u32",
    args: ["HDEV", "UINT", "UINT", "UINT", "out UINT"],
  },
} as const satisfies Record<string, SdkFunction>;

/** `olmem64.dll`: sample buffers. Most parameter names are not in the header. */
export const olmem = {
  // Buffers.
  /** uiWinFlags, dwBytes, *lphBuf: old form; prefer olDmCallocBuffer. */
  olDmAllocBuffer: { parameters: ["u32", "u32", "buffer"], result: "u32", args: ["UINT", "UINT", "out HBUF"] },
  /** hBuf: expected to refuse while the buffer is on a queue (205). */
  olDmFreeBuffer: { parameters: ["usize"], result: "u32", args: ["HBUF"] },
  /** uiWinFlags, dwBytes, *lphBuf: the handle may change. */
  olDmReAllocBuffer: { parameters: ["u32", "u32", "buffer"], result: "u32", args: ["UINT", "UINT", "inout HBUF"] },
  /** hBuf, *lpTds. */
  olDmGetTimeDateStamp: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "out TDS"] },
  /** hBuf, *lplpData: the memory stays the library's. */
  olDmGetBufferPtr: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "out POINTER"] },
  /** hBuf, *lpECode. */
  olDmGetBufferECode: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "out UINT"] },
  /** hBuf, *lpdwBytes: bytes or samples: sources differ. */
  olDmGetBufferSize: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "out UINT"] },
  /** hBuf, *lpAppBuffer: copies all valid samples. */
  olDmCopyBuffer: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "memory"] },
  /** hBuf, *lpAppBuffer, ulNumSamples. */
  olDmCopyToBuffer: { parameters: ["usize", "buffer", "u32"], result: "u32", args: ["HBUF", "memory", "UINT"] },
  /** uiWinFlags, uiExFlags, dwSamples, uiSampleSize, *lphBuf: zeroed; flags 0 and 0 work. */
  olDmCallocBuffer: {
    parameters: ["u32", "u32", "u32", "u32", "buffer"],
    result: "u32",
    args: ["UINT", "UINT", "UINT", "UINT", "out HBUF"],
  },
  /** uiWinFlags, uiExFlags, dwBytes, *lphBuf: not zeroed. */
  olDmMallocBuffer: {
    parameters: ["u32", "u32", "u32", "buffer"],
    result: "u32",
    args: ["UINT", "UINT", "UINT", "out HBUF"],
  },
  /** hBuf. */
  olDmLockBuffer: { parameters: ["usize"], result: "u32", args: ["HBUF"] },
  /** hBuf. */
  olDmUnlockBuffer: { parameters: ["usize"], result: "u32", args: ["HBUF"] },
  /** uiWinFlags, uiExFlags, dwSamples, uiSampleSize, *lphBuf: the handle may change. */
  olDmReCallocBuffer: {
    parameters: ["u32", "u32", "u32", "u32", "buffer"],
    result: "u32",
    args: ["UINT", "UINT", "UINT", "UINT", "inout HBUF"],
  },
  /** uiWinFlags, uiExFlags, dwBytes, *lphBuf: the handle may change. */
  olDmReMallocBuffer: {
    parameters: ["u32", "u32", "u32", "buffer"],
    result: "u32",
    args: ["UINT", "UINT", "UINT", "inout HBUF"],
  },
  /** hBuf, *lpuiBits: significant bits per sample. */
  olDmGetDataBits: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "out UINT"] },
  /** hBuf, uiSampleSize. */
  olDmSetDataWidth: { parameters: ["usize", "u32"], result: "u32", args: ["HBUF", "UINT"] },
  /** hBuf, *lpuiSampleSize: bytes per sample. */
  olDmGetDataWidth: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "out UINT"] },
  /** hBuf, *lpdwSamples: capacity over all channels. */
  olDmGetMaxSamples: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "out UINT"] },
  /** hBuf, dwSamples: required for D/A buffers: a fresh one counts as empty. */
  olDmSetValidSamples: { parameters: ["usize", "u32"], result: "u32", args: ["HBUF", "UINT"] },
  /** hBuf, *lpdwSamples. */
  olDmGetValidSamples: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "out UINT"] },
  /** hBuf, *lpAppBuffer, ulMaxSamples. */
  olDmCopyFromBuffer: { parameters: ["usize", "buffer", "u32"], result: "u32", args: ["HBUF", "memory", "UINT"] },
  /** hBuf, *lpulExtra1, *lpulExtra2. */
  olDmGetExtraBytes: {
    parameters: ["usize", "buffer", "buffer"],
    result: "u32",
    args: ["HBUF", "out UINT", "out UINT"],
  },
  /** hBuf, ulExtra1, ulExtra2. */
  olDmSetExtraBytes: { parameters: ["usize", "u32", "u32"], result: "u32", args: ["HBUF", "UINT", "UINT"] },
  /** hBuf, fEnableScatter. */
  olDmLockBufferEx: { parameters: ["usize", "i32"], result: "u32", args: ["HBUF", "BOOL"] },
  /** hBuf, fEnableScatter: the spelling that is exported. */
  olDmUnlockBufferEx: { parameters: ["usize", "i32"], result: "u32", args: ["HBUF", "BOOL"] },
  /** hBuf. */
  drvDmSetCurrentTDS: { parameters: ["usize"], result: "u32", args: ["HBUF"] },
  /** hBuf, Bits. */
  drvDmSetDataBits: { parameters: ["usize", "u32"], result: "u32", args: ["HBUF", "UINT"] },
  /** hBuf, fEnableScatter: a second spelling (declared in the header, missing from some installed DLLs). */
  olDmUnLockBufferEx: { parameters: ["usize", "i32"], result: "u32", optional: true, args: ["HBUF", "BOOL"] },

  // Lists; normal programs need none.
  /** hList, hBuf (declared in the header, missing from some installed DLLs). */
  drvDmPutBufferToListForDriver: {
    parameters: ["usize", "usize"],
    result: "u32",
    optional: true,
    args: ["HLIST", "HBUF"],
  },
  /** hList, *lphBuf (declared in the header, missing from some installed DLLs). */
  drvDmGetBufferFromListForDriver: {
    parameters: ["usize", "buffer"],
    result: "u32",
    optional: true,
    args: ["HLIST", "out HBUF"],
  },
  /** hList. */
  drvDmLockBufferList: { parameters: ["usize"], result: "void", args: ["HLIST"] },
  /** hList. */
  drvDmUnLockBufferList: { parameters: ["usize"], result: "void", args: ["HLIST"] },
  /** *lphList, uiFlags, lpOwnerName, lpListName: the meaning of uiFlags is not in the header. */
  olDmCreateList: {
    parameters: ["buffer", "u32", "buffer", "buffer"],
    result: "u32",
    args: ["out HLIST", "UINT", "TEXT", "TEXT"],
  },
  /** pfnListProc, lParam. */
  olDmEnumLists: { parameters: ["function", "i64"], result: "u32", args: ["LISTPROC", "context"] },
  /** hList, pfnBufProc, lParam. */
  olDmEnumBuffers: { parameters: ["usize", "function", "i64"], result: "u32", args: ["HLIST", "BUFPROC", "context"] },
  /** hList. */
  olDmFreeList: { parameters: ["usize"], result: "u32", args: ["HLIST"] },
  /** hList, hBuf. */
  olDmPutBufferToList: { parameters: ["usize", "usize"], result: "u32", args: ["HLIST", "HBUF"] },
  /** hList, *lphBuf. */
  olDmGetBufferFromList: { parameters: ["usize", "buffer"], result: "u32", args: ["HLIST", "out HBUF"] },
  /** hList, *lphBuf. */
  olDmPeekBufferFromList: { parameters: ["usize", "buffer"], result: "u32", args: ["HLIST", "out HBUF"] },
  /** hList, *lpuiCount. */
  olDmGetListCount: { parameters: ["usize", "buffer"], result: "u32", args: ["HLIST", "out UINT"] },
  /** hBuf, *lphList. */
  olDmGetListHandle: { parameters: ["usize", "buffer"], result: "u32", args: ["HBUF", "out HLIST"] },
  /** hList, *lpOwnerName, uiOwnerLen, *lpListName, uiListLen. */
  olDmGetListIds: {
    parameters: ["usize", "buffer", "u32", "buffer", "u32"],
    result: "u32",
    args: ["HLIST", "out TEXT", "size", "out TEXT", "size"],
  },

  // Version and errors.
  /** *lpVersion: no length is given, so give much room. */
  olDmGetVersion: { parameters: ["buffer"], result: "u32", args: ["out TEXT"] },
  /** eCode, *lpStr, uiMaxSize: returns lpStr. */
  olDmGetErrorString: { parameters: ["u32", "buffer", "u32"], result: "pointer", args: ["UINT", "out TEXT", "size"] },
} as const satisfies Record<string, SdkFunction>;

/** `user32.dll`: a window that receives messages and is never shown. Results are a handle, a BOOL or a wait status. */
export const user32 = {
  // dwExStyle, lpClassName, lpWindowName, dwStyle, X, Y, nWidth, nHeight, hWndParent, hMenu, hInstance, lpParam
  CreateWindowExW: {
    parameters: ["u32", "buffer", "buffer", "u32", "i32", "i32", "i32", "i32", "u64", "u64", "u64", "u64"],
    result: "u64",
  },
  // hWnd: on the thread that made it
  DestroyWindow: { parameters: ["u64"], result: "i32" },
  // hWnd
  IsWindow: { parameters: ["u64"], result: "i32" },
  // hWnd, Msg, wParam, lParam
  PostMessageW: { parameters: ["u64", "u32", "u64", "i64"], result: "i32" },
  // *lpMsg, hWnd, wMsgFilterMin, wMsgFilterMax, wRemoveMsg
  PeekMessageW: { parameters: ["buffer", "u64", "u32", "u32", "u32"], result: "i32" },
  // nCount, *pHandles, dwMilliseconds, dwWakeMask, dwFlags
  MsgWaitForMultipleObjectsEx: { parameters: ["u32", "buffer", "u32", "u32", "u32"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;
