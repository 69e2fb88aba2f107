/**
 * The result codes of the SDK (OLERRORS.H), with what each means and which class of error a program should make of it.
 *
 * Meanings that begin with "seen" come from a bench with a DT9805 and a DT9806; most others are the header's wording.
 *
 * @module
 */

/** One result code. */
export interface Status {
  /** The number, an ECODE. */
  readonly code: number;
  /** The library whose headers define it. */
  readonly source: "oldaapi" | "olmem";
  /** Name of the error class to throw, as `src/errors.ts` has it; null for success. */
  readonly errorClass: string | null;
  /** What it means, in our words. */
  readonly meaning: string;
}

/** Every code of OLERRORS.H by its symbol. `OLSUCCESS` is a second name of 0. */
// deno-fmt-ignore: one line per code, as in the header
export const STATUS = {
  OLNOERROR: { code: 0, source: "oldaapi", errorClass: null, meaning: "success" },
  OLSUCCESS: { code: 0, source: "oldaapi", errorClass: null, meaning: "success; second name for 0" },
  OLBADCAP: { code: 1, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "the capability number asked for does not exist" },
  OLBADELEMENT: { code: 2, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "the subsystem type has no element with this index" },
  OLBADSUBSYSTEM: { code: 3, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "the board has no subsystem of this type; seen for OLSS_QUAD and OLSS_TACH on DT9805/DT9806" },
  OLNOTENOUGHDMACHANS: { code: 4, source: "oldaapi", errorClass: "DtolResourceError", meaning: "more DMA channels were asked for than exist or are free" },
  OLBADLISTSIZE: { code: 5, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "channel list length outside what the board takes" },
  OLBADLISTENTRY: { code: 6, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "list position outside the list" },
  OLBADCHANNEL: { code: 7, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "channel does not exist; seen for digital channel 1 and up on DT9805/DT9806" },
  OLBADCHANNELTYPE: { code: 8, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "channel type not known; seen for the value 1 in place of 101" },
  OLBADENCODING: { code: 9, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "encoding number not known; seen from olDaCodeToVolts called with four arguments instead of seven" },
  OLBADTRIGGER: { code: 10, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "trigger source not known or not available" },
  OLBADRESOLUTION: { code: 11, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "resolution not available" },
  OLBADCLOCKSOURCE: { code: 12, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "clock source not known or not available" },
  OLBADFREQUENCY: { code: 13, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "rate outside the limits" },
  OLBADPULSETYPE: { code: 14, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "pulse polarity not known" },
  OLBADPULSEWIDTH: { code: 15, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "pulse width out of limits" },
  OLBADCOUNTERMODE: { code: 16, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "counter mode not known" },
  OLBADCASCADEMODE: { code: 17, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "cascade selector not known" },
  OLBADDATAFLOW: { code: 18, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "data flow not known; seen for the old zero-based numbers" },
  OLBADWINDOWHANDLE: { code: 19, source: "oldaapi", errorClass: "DtolBackendError", meaning: "the window handle is not a live window" },
  OLSUBSYSINUSE: { code: 20, source: "oldaapi", errorClass: "DtolResourceError", meaning: "someone already holds this subsystem; seen while another process or an unclean predecessor keeps it" },
  OLSUBSYSNOTINUSE: { code: 21, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "the subsystem is not held by the caller" },
  OLALREADYRUNNING: { code: 22, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "the call is not allowed while the subsystem runs" },
  OLNOCHANNELLIST: { code: 23, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "the subsystem has no channel list" },
  OLNOGAINLIST: { code: 24, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "the subsystem has no gain list" },
  OLNOFILTERLIST: { code: 25, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "the subsystem has no filter list" },
  OLNOTCONFIGURED: { code: 26, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "olDaConfig has not succeeded since the last setting" },
  OLDATAFLOWMISMATCH: { code: 27, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "the call does not fit the data flow; seen from olDaStart in single-value mode" },
  OLNOTRUNNING: { code: 28, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "the call needs a running subsystem" },
  OLBADRANGE: { code: 29, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "range not available" },
  OLBADSSCAP: { code: 30, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "subsystem capability number not valid for this call" },
  OLBADDEVCAP: { code: 31, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "device capability number not valid" },
  OLBADRANGEINDEX: { code: 32, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "range index outside the table" },
  OLBADFILTERINDEX: { code: 33, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "filter index outside the table" },
  OLBADGAININDEX: { code: 34, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "gain index outside the table" },
  OLBADWRAPMODE: { code: 35, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "wrap mode not known; seen for the old zero-based numbers" },
  OLNOTSUPPORTED: { code: 36, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "the board cannot do this; the usual answer of DT9805/DT9806 to features they lack" },
  OLBADDIVIDER: { code: 37, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "external clock divider outside the limits" },
  OLBADGATE: { code: 38, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "gate selector not known" },
  OLBADDEVHANDLE: { code: 39, source: "oldaapi", errorClass: "DtolBackendError", meaning: "device handle is not valid" },
  OLBADSSHANDLE: { code: 40, source: "oldaapi", errorClass: "DtolBackendError", meaning: "subsystem handle is not valid" },
  OLCANNOTALLOCDASS: { code: 41, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for a subsystem" },
  OLCANNOTDEALLOCDASS: { code: 42, source: "oldaapi", errorClass: "DtolResourceError", meaning: "a subsystem could not be freed" },
  OLBUFFERSLEFT: { code: 43, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "buffers are still on the queues" },
  OLBOARDRUNNING: { code: 44, source: "oldaapi", errorClass: "DtolResourceError", meaning: "another subsystem of the same board is running and blocks this one" },
  OLINVALIDCHANNELLIST: { code: 45, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "the channel list breaks a rule of the board, e.g. order" },
  OLINVALIDCLKTRIGCOMBO: { code: 46, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "this clock and this trigger do not go together" },
  OLCANNOTALLOCLUSERDATA: { code: 47, source: "oldaapi", errorClass: "DtolResourceError", meaning: "driver out of memory" },
  OLCANTSVTRIGSCAN: { code: 48, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "triggered scan does not exist in single-value mode" },
  OLCANTSVEXTCLOCK: { code: 49, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "external clock does not exist in single-value mode" },
  OLBADRESOLUTIONINDEX: { code: 50, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "resolution index outside the table" },
  OLADTRIGERR: { code: 60, source: "oldaapi", errorClass: "DtolTriggerError", meaning: "A/D trigger arrived before the previous scan was over" },
  OLADOVRRN: { code: 61, source: "oldaapi", errorClass: "DtolBufferOverrunError", meaning: "A/D data were lost" },
  OLDATRIGERR: { code: 62, source: "oldaapi", errorClass: "DtolTriggerError", meaning: "D/A trigger problem" },
  OLDAUNDRRN: { code: 63, source: "oldaapi", errorClass: "DtolBufferUnderrunError", meaning: "D/A ran out of data" },
  OLNOREADYBUFFERS: { code: 64, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "start without buffers on Ready" },
  OLBADCPU: { code: 65, source: "oldaapi", errorClass: "DtolDependencyError", meaning: "processor too old (16-bit era)" },
  OLBADWINMODE: { code: 66, source: "oldaapi", errorClass: "DtolDependencyError", meaning: "Windows mode too old (16-bit era)" },
  OLCANNOTOPENDRIVER: { code: 67, source: "oldaapi", errorClass: "DtolResourceError", meaning: "the board driver could not be opened; board unplugged or driver service stopped" },
  OLBADENUMCAP: { code: 68, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "this capability cannot be listed" },
  OLBADDASSPROC: { code: 69, source: "oldaapi", errorClass: "DtolBackendError", meaning: "subsystem callback was null" },
  OLBADENUMPROC: { code: 70, source: "oldaapi", errorClass: "DtolBackendError", meaning: "listing callback was null" },
  OLNOWINDOWHANDLE: { code: 71, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "no window handle was set" },
  OLCANTCASCADE: { code: 72, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "this counter cannot be chained" },
  OLINVALIDCONFIGURATION: { code: 73, source: "oldaapi", errorClass: "DtolDependencyError", meaning: "board entry in the system settings is broken" },
  OLCANNOTALLOCJUMPERS: { code: 74, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for jumper settings" },
  OLCANNOTALLOCCHANNELLIST: { code: 75, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for the channel list" },
  OLCANNOTALLOCGAINLIST: { code: 76, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for the gain list" },
  OLCANNOTALLOCFILTERLIST: { code: 77, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for the filter list" },
  OLNOBOARDSINSTALLED: { code: 78, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no board is registered; treat as an empty list when enumerating" },
  OLINVALIDDMASCANCOMBO: { code: 79, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "DMA use and scan mode do not go together" },
  OLINVALIDPULSETYPE: { code: 80, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "pulse polarity not possible here" },
  OLINVALIDGAINLIST: { code: 81, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "the gain list breaks a rule of the board" },
  OLWRONGCOUNTERMODE: { code: 82, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "the call does not fit the counter mode" },
  OLLPSTRNULL: { code: 83, source: "oldaapi", errorClass: "DtolBackendError", meaning: "a text pointer was null" },
  OLINVALIDPIODFCOMBO: { code: 84, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "polled transfer and data flow do not go together" },
  OLINVALIDSCANTRIGCOMBO: { code: 85, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "scan mode and trigger do not go together" },
  OLBADGAIN: { code: 86, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "gain not available" },
  OLNOMEASURENOTIFY: { code: 87, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "frequency measurement without a window" },
  OLBADCOUNTDURATION: { code: 88, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "frequency measurement time out of limits" },
  OLBADQUEUE: { code: 89, source: "oldaapi", errorClass: "DtolValidationError", meaning: "queue selector not known; seen for the old zero-based numbers" },
  OLBADRETRIGGERRATE: { code: 90, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "retrigger rate too high for the list length" },
  OLCOMMANDTIMEOUT: { code: 91, source: "oldaapi", errorClass: "DtolTimeoutError", meaning: "the board did not answer in time" },
  OLCOMMANDOVERRUN: { code: 92, source: "oldaapi", errorClass: "DtolBackendError", meaning: "the board got commands out of order" },
  OLDATAOVERRUN: { code: 93, source: "oldaapi", errorClass: "DtolReadError", meaning: "the board returned data out of order" },
  OLCANNOTALLOCTIMERDATA: { code: 94, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for a timer" },
  OLBADHTIMER: { code: 95, source: "oldaapi", errorClass: "DtolBackendError", meaning: "timer handle is not valid" },
  OLBADTIMERMODE: { code: 96, source: "oldaapi", errorClass: "DtolBackendError", meaning: "timer mode not known" },
  OLBADTIMERFREQUENCY: { code: 97, source: "oldaapi", errorClass: "DtolBackendError", meaning: "timer rate out of limits" },
  OLBADTIMERPROC: { code: 98, source: "oldaapi", errorClass: "DtolBackendError", meaning: "timer callback is not valid" },
  OLBADDMABUFFERSIZE: { code: 99, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "DMA buffer size not allowed" },
  OLBADDIGITALIOLISTVALUE: { code: 100, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "value for a digital list entry is too large" },
  OLCANNOTALLOCSSLIST: { code: 101, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for a simultaneous start list" },
  OLBADSSLISTHANDLE: { code: 102, source: "oldaapi", errorClass: "DtolBackendError", meaning: "simultaneous start list handle is not valid" },
  OLBADSSHANDLEONLIST: { code: 103, source: "oldaapi", errorClass: "DtolBackendError", meaning: "a subsystem on the start list is not valid" },
  OLNOSSHANDLEONLIST: { code: 104, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "the start list is empty" },
  OLNOCHANNELINHIBITLIST: { code: 105, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "the subsystem has no inhibit list" },
  OLNODIGITALIOLIST: { code: 106, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "the subsystem has no digital list" },
  OLNOTPRESTARTED: { code: 107, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "simultaneous start without prestart" },
  OLBADNOTIFYPROC: { code: 108, source: "oldaapi", errorClass: "DtolBackendError", meaning: "notification procedure is not valid" },
  OLBADTRANSFERCOUNT: { code: 109, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "DT-Connect transfer count not allowed" },
  OLBADTRANSFERSIZE: { code: 110, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "DT-Connect transfer size not allowed" },
  OLCANNOTALLOCINHIBITLIST: { code: 111, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for the inhibit list" },
  OLCANNOTALLOCDIGITALIOLIST: { code: 112, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for the digital list" },
  OLINVALIDINHIBITLIST: { code: 113, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "the inhibit list breaks a rule of the board" },
  OLSSHANDLEALREADYONLIST: { code: 114, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "the subsystem is on the start list already" },
  OLCANNOTALLOCRANGELIST: { code: 115, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for the range list" },
  OLNORANGELIST: { code: 116, source: "oldaapi", errorClass: "DtolCapabilityError", meaning: "the subsystem has no range list" },
  OLNOBUFFERINPROCESS: { code: 117, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "no buffer is being filled" },
  OLREQUIREDSUBSYSINUSE: { code: 118, source: "oldaapi", errorClass: "DtolResourceError", meaning: "another subsystem that this one needs is held elsewhere" },
  OLWRAPMODEMISMATCH: { code: 119, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "the call does not fit the wrap mode" },
  OLVXDNOTINSTALLED: { code: 120, source: "oldaapi", errorClass: "DtolDependencyError", meaning: "virtual device driver missing (16-bit era)" },
  OLBADRETRIGGERMODE: { code: 121, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "retrigger mode not known or not available" },
  OLBADCOUNT: { code: 122, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "passes per trigger above the limit" },
  OLBADRETRIGGER: { code: 123, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "retrigger source not available" },
  OLBADPRETRIGGER: { code: 124, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "pretrigger source not available" },
  OLGENERALFAILURE: { code: 125, source: "oldaapi", errorClass: "DtolBackendError", meaning: "unspecified failure; a system call in the library or driver failed" },
  OLREQUESTPENDING: { code: 126, source: "oldaapi", errorClass: "DtolBackendError", meaning: "internal: the answer comes later" },
  OLUNSUPPORTEDSYSTEM: { code: 127, source: "oldaapi", errorClass: "DtolDependencyError", meaning: "this Windows version is not served" },
  OLBADEDGE: { code: 128, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "edge number not valid here; seen for 600/601 given to the measure edges" },
  OLHALFCTR: { code: 129, source: "oldaapi", errorClass: "DtolReadError", meaning: "only one half of a 32-bit counter is in the channel list" },
  OLBADINDEX: { code: 130, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "index mode not known" },
  OLINVALIDX4INDEXCOMBO: { code: 131, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "index mode and x4 counting do not go together" },
  OLBADCOUPLINGTYPE: { code: 132, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "coupling not available" },
  OLBADEXCITATIONCURRENTSRC: { code: 133, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "current source not available" },
  OLBADVALUE: { code: 134, source: "oldaapi", errorClass: "DtolValidationError", meaning: "value out of limits" },
  OLINVALIDWHENADRUNNING: { code: 135, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "not allowed while the A/D runs" },
  OLBADTHERMOCOUPLETYPE: { code: 136, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "thermocouple type not known" },
  OLNOMEMORY: { code: 137, source: "oldaapi", errorClass: "DtolResourceError", meaning: "library out of memory" },
  OLBADRETURNPOINTER: { code: 138, source: "oldaapi", errorClass: "DtolBackendError", meaning: "result pointer is not usable" },
  OLBADRTDTYPE: { code: 139, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "RTD type not known" },
  OLBADSYNCMODE: { code: 140, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "synchronisation mode not known" },
  OLBADDATAFILTERTYPE: { code: 141, source: "oldaapi", errorClass: "DtolConfigurationError", meaning: "data filter not known" },
  OLINVALIDWHENDARUNNING: { code: 142, source: "oldaapi", errorClass: "DtolTaskStateError", meaning: "not allowed while the D/A runs" },
  OLCANNOTALLOCSTRAINLIST: { code: 143, source: "oldaapi", errorClass: "DtolResourceError", meaning: "no memory for the strain settings" },
  OLTEDSERROR: { code: 144, source: "oldaapi", errorClass: "DtolReadError", meaning: "TEDS content could not be read or understood" },
  OLCANNOTALLOCBCB: { code: 200, source: "olmem", errorClass: "DtolResourceError", meaning: "no memory for a buffer header" },
  OLCANNOTALLOCBUFFER: { code: 201, source: "olmem", errorClass: "DtolResourceError", meaning: "no memory for the samples of a buffer" },
  OLBADBUFFERHANDLE: { code: 202, source: "olmem", errorClass: "DtolBackendError", meaning: "buffer handle is not valid" },
  OLBUFFERLOCKFAILED: { code: 203, source: "olmem", errorClass: "DtolResourceError", meaning: "the memory of a buffer could not be locked, so it cannot be queued" },
  OLBUFFERLOCKED: { code: 204, source: "olmem", errorClass: "DtolTaskStateError", meaning: "the buffer is locked" },
  OLBUFFERONLIST: { code: 205, source: "olmem", errorClass: "DtolTaskStateError", meaning: "the buffer is on a queue" },
  OLCANNOTREALLOCBCB: { code: 206, source: "olmem", errorClass: "DtolResourceError", meaning: "no memory for a resized buffer header" },
  OLCANNOTREALLOCBUFFER: { code: 207, source: "olmem", errorClass: "DtolResourceError", meaning: "no memory for a resized buffer" },
  OLBADSAMPLESIZE: { code: 208, source: "olmem", errorClass: "DtolValidationError", meaning: "bytes per sample not allowed" },
  OLCANNOTALLOCLIST: { code: 209, source: "olmem", errorClass: "DtolResourceError", meaning: "no memory for a list" },
  OLBADLISTHANDLE: { code: 210, source: "olmem", errorClass: "DtolBackendError", meaning: "list handle is not valid" },
  OLLISTNOTEMPTY: { code: 211, source: "olmem", errorClass: "DtolTaskStateError", meaning: "the list still holds buffers" },
  OLBUFFERNOTLOCKED: { code: 212, source: "olmem", errorClass: "DtolTaskStateError", meaning: "the buffer is not locked" },
  OLBADDMACHANNEL: { code: 213, source: "olmem", errorClass: "DtolConfigurationError", meaning: "DMA channel does not exist" },
  OLDMACHANNELINUSE: { code: 214, source: "olmem", errorClass: "DtolResourceError", meaning: "DMA channel is taken" },
  OLBADIRQ: { code: 215, source: "olmem", errorClass: "DtolConfigurationError", meaning: "interrupt line does not exist" },
  OLIRQINUSE: { code: 216, source: "olmem", errorClass: "DtolResourceError", meaning: "interrupt line is taken" },
  OLNOSAMPLES: { code: 217, source: "olmem", errorClass: "DtolWriteError", meaning: "the buffer holds no valid samples; expected when a D/A buffer is queued without olDmSetValidSamples" },
  OLTOOMANYSAMPLES: { code: 218, source: "olmem", errorClass: "DtolValidationError", meaning: "more valid samples than the buffer can hold" },
  OLBUFFERTOOSMALL: { code: 219, source: "olmem", errorClass: "DtolValidationError", meaning: "the buffer is too small for the copy" },
  OLODDSIZEDBUFFER: { code: 220, source: "olmem", errorClass: "DtolConfigurationError", meaning: "the operation needs an even number of samples" },
} as const satisfies Record<string, Status>;

/** Symbol of a result code, such as `OLSUBSYSINUSE`. */
export type StatusSymbol = keyof typeof STATUS;

/** A result code with its symbol. */
export interface NamedStatus extends Status {
  /** The code's name in OLERRORS.H. */
  readonly symbol: StatusSymbol;
}

const BY_CODE = new Map<number, NamedStatus>();
for (const [symbol, status] of Object.entries(STATUS)) {
  if (!BY_CODE.has(status.code)) BY_CODE.set(status.code, { symbol: symbol as StatusSymbol, ...status });
}

/** Looks a result code up; undefined for one that OLERRORS.H does not have. 0 is `OLNOERROR`. */
export function statusOf(code: number): NamedStatus | undefined {
  return BY_CODE.get(code);
}
