/**
 * The enumerations and defines of the SDK's headers (OLDAAPI.H, OLDADEFS.H, OLTYPES.H, OLDACFG.H, TEDSAPI.H), one object per
 * family, under the headers' own names and in their order.
 *
 * What a comment reports from a DT9805 or a DT9806 was read on a bench; the answer of the board at run time is the only
 * authority.
 *
 * @module
 */

/** Subsystem types. `OLSS_QUAD` and `OLSS_SRL` share a number. */
export const OLSS = {
  OLSS_AD: 0, // analog input
  OLSS_DA: 1, // analog output
  OLSS_DIN: 2, // digital input
  OLSS_DOUT: 3, // digital output
  OLSS_SRL: 4, // serial; its number is shared with the quadrature name
  OLSS_CT: 5, // counter/timer
  OLSS_TACH: 6, // tachometer
  OLSS_QUAD: 4, // quadrature decoder; defined as the same number as OLSS_SRL, not 6
} as const;

/** Positions of integer capabilities, for `olDaGetSSCaps`: ordinals, not bits. Two names are spelt `OLSS_` in the header. */
export const OLSSC = {
  OLSSC_MAXSECHANS: 0, // count; single-ended inputs; 16 on DT9805
  OLSSC_MAXDICHANS: 1, // count; differential inputs; 8 on DT9805
  OLSSC_CGLDEPTH: 2, // count; longest channel list; 32 on DT9805
  OLSSC_NUMFILTERS: 3, // count; selectable filters
  OLSSC_NUMGAINS: 4, // count; selectable gains; 4 on DT9805
  OLSSC_NUMRANGES: 5, // count; selectable ranges
  OLSSC_NUMDMACHANS: 6, // count; DMA channels; 0 on DT9805
  OLSSC_NUMCHANNELS: 7, // count; channels; 17 on DT9805 A/D, 1 on its digital ports
  OLSSC_NUMEXTRACLOCKS: 8, // count; extra clock sources
  OLSSC_NUMEXTRATRIGGERS: 9, // count; extra trigger sources
  OLSSC_NUMRESOLUTIONS: 10, // count; selectable resolutions
  OLSSC_SUP_INTERRUPT: 11, // flag; interrupt transfer or change-of-state interrupt
  OLSSC_SUP_SINGLEENDED: 12, // flag; single-ended inputs possible
  OLSSC_SUP_DIFFERENTIAL: 13, // flag; differential inputs possible
  OLSSC_SUP_BINARY: 14, // flag; binary encoding possible
  OLSSC_SUP_2SCOMP: 15, // flag; two's complement encoding possible
  OLSSC_SUP_SOFTTRIG: 16, // flag; software trigger; 1 on DT9805 A/D
  OLSSC_SUP_EXTERNTRIG: 17, // flag; external digital trigger
  OLSSC_SUP_THRESHTRIGPOS: 18, // flag; rising threshold trigger
  OLSSC_SUP_THRESHTRIGNEG: 19, // flag; falling threshold trigger
  OLSSC_SUP_ANALOGEVENTTRIG: 20, // flag; analog event trigger
  OLSSC_SUP_DIGITALEVENTTRIG: 21, // flag; digital event trigger
  OLSSC_SUP_TIMEREVENTTRIG: 22, // flag; timer event trigger
  OLSSC_SUP_TRIGSCAN: 23, // flag; triggered scan
  OLSSC_SUP_INTCLOCK: 24, // flag; internal clock; 1 on DT9805 A/D
  OLSSC_SUP_EXTCLOCK: 25, // flag; external clock
  OLSSC_SUP_SWCAL: 26, // flag; software calibration
  OLSSC_SUP_EXP2896: 27, // flag; DT2896 expander
  OLSSC_SUP_EXP727: 28, // flag; DT727 expander
  OLSSC_SUP_FILTERPERCHAN: 29, // flag; filter per channel
  OLSSC_SUP_DTCONNECT: 30, // flag; DT-Connect link
  OLSSC_SUP_FIFO: 31, // flag; on-board FIFO; 0 on DT9806 D/A
  OLSSC_SUP_PROGRAMGAIN: 32, // flag; programmable gain
  OLSSC_SUP_PROCESSOR: 33, // flag; on-board processor
  OLSSC_SUP_SWRESOLUTION: 34, // flag; resolution can be set by software
  OLSSC_SUP_CONTINUOUS: 35, // flag; streaming; 1 on both A/D, 0 on DT9806 D/A
  OLSSC_SUP_SINGLEVALUE: 36, // flag; single value; 1 on both A/D and on DT9806 D/A
  OLSSC_SUP_PAUSE: 37, // flag; pause and continue
  OLSSC_SUP_WRPMULTIPLE: 38, // flag; multiple wrap; 1 on both A/D, 0 on DT9806 D/A
  OLSSC_SUP_WRPSINGLE: 39, // flag; single wrap; 1 on both A/D, 0 on DT9806 D/A
  OLSSC_SUP_POSTMESSAGE: 40, // flag; can post messages
  OLSSC_SUP_CASCADING: 41, // flag; counters can be chained; 1 on DT9805/DT9806
  OLSSC_SUP_CTMODE_COUNT: 42, // flag; event counting; 1 on DT9805/DT9806
  OLSSC_SUP_CTMODE_RATE: 43, // flag; pulse rate; 1 on DT9805/DT9806
  OLSSC_SUP_CTMODE_ONESHOT: 44, // flag; one-shot; 1 on DT9805/DT9806
  OLSSC_SUP_CTMODE_ONESHOT_RPT: 45, // flag; repeated one-shot; 1 on DT9805/DT9806
  OLSSC_MAX_DIGITALIOLIST_VALUE: 46, // count; largest value of a digital list entry; 1 on DT9806 A/D, 0 on D/A
  OLSSC_SUP_DTCONNECT_CONTINUOUS: 47, // flag; DT-Connect continuous
  OLSSC_SUP_DTCONNECT_BURST: 48, // flag; DT-Connect burst
  OLSSC_SUP_CHANNELLIST_INHIBIT: 49, // flag; list positions can be inhibited
  OLSSC_SUP_SYNCHRONOUS_DIGITALIO: 50, // flag; digital output along the channel list; 1 on DT9806 A/D, 0 on D/A
  OLSSC_SUP_SIMULTANEOUS_START: 51, // flag; can be put on a simultaneous start list; 0 on the counters of DT9805/DT9806
  OLSSC_SUP_INPROCESSFLUSH: 52, // flag; olDaFlushFromBufferInprocess works
  OLSSC_SUP_RANGEPERCHANNEL: 53, // flag; range per channel
  OLSSC_SUP_SIMULTANEOUS_SH: 54, // flag; simultaneous sample and hold
  OLSSC_SUP_RANDOM_CGL: 55, // flag; channel list in any order
  OLSSC_SUP_SEQUENTIAL_CGL: 56, // flag; channel list must be consecutive
  OLSSC_SUP_ZEROSEQUENTIAL_CGL: 57, // flag; channel list must be consecutive from 0
  OLSSC_SUP_GAPFREE_NODMA: 58, // flag; gap-free streaming without DMA
  OLSSC_SUP_GAPFREE_SINGLEDMA: 59, // flag; gap-free streaming with one DMA channel
  OLSSC_SUP_GAPFREE_DUALDMA: 60, // flag; gap-free streaming with two DMA channels
  OLSSC_SUP_PLS_HIGH2LOW: 73, // flag; falling pulses; 1 on DT9805/DT9806
  OLSSC_SUP_PLS_LOW2HIGH: 74, // flag; rising pulses; 1 on DT9805/DT9806
  OLSSC_SUP_GATE_NONE: 75, // flag; software gate; 1 on DT9805/DT9806
  OLSSC_SUP_GATE_HIGH_LEVEL: 76, // flag; 1 on DT9805/DT9806
  OLSSC_SUP_GATE_LOW_LEVEL: 77, // flag; 1 on DT9805/DT9806
  OLSSC_SUP_GATE_HIGH_EDGE: 78, // flag; 1 on DT9805/DT9806
  OLSSC_SUP_GATE_LOW_EDGE: 79, // flag; 1 on DT9805/DT9806
  OLSSC_SUP_GATE_LEVEL: 80, // flag; any level change
  OLSSC_SUP_GATE_HIGH_LEVEL_DEBOUNCE: 81, // flag; with debounce
  OLSSC_SUP_GATE_LOW_LEVEL_DEBOUNCE: 82, // flag; with debounce
  OLSSC_SUP_GATE_HIGH_EDGE_DEBOUNCE: 83, // flag; with debounce
  OLSSC_SUP_GATE_LOW_EDGE_DEBOUNCE: 84, // flag; with debounce
  OLSSC_SUP_GATE_LEVEL_DEBOUNCE: 85, // flag; with debounce
  OLSS_SUP_RETRIGGER_INTERNAL: 86, // flag; internal retrigger
  OLSS_SUP_RETRIGGER_SCAN_PER_TRIGGER: 87, // flag; scan per trigger
  OLSSC_MAXMULTISCAN: 88, // count; most passes through the list per trigger
  OLSSC_SUP_CONTINUOUS_PRETRIG: 89, // flag; data flow 804
  OLSSC_SUP_CONTINUOUS_ABOUTTRIG: 90, // flag; data flow 805
  OLSSC_SUP_BUFFERING: 91, // flag; uses buffers
  OLSSC_SUP_RETRIGGER_EXTRA: 92, // flag; extra retrigger source
  OLSSC_NONCONTIGUOUS_CHANNELNUM: 93, // flag; channel numbers have holes
  OLSSC_SUP_SINGLEVALUE_AUTORANGE: 94, // flag; olDaGetSingleValueEx may choose the gain
  OLSSC_SUP_CTMODE_UP_DOWN: 95, // flag; 0 on DT9805/DT9806
  OLSSC_SUP_CTMODE_MEASURE: 96, // bit mask; which measure edges exist, see SUP_BIT; 0 on DT9805/DT9806
  OLSSC_SUP_WRPWAVEFORM: 97, // flag; waveform output; 0 on DT9806 A/D and D/A
  OLSSC_FIFO_SIZE_IN_K: 98, // count; FIFO size in K samples
  OLSSC_SUP_SIMULTANEOUS_CLOCKING: 99, // flag; the rate is per channel, else per sample (inferred)
  OLSSC_SUP_FIXED_PULSE_WIDTH: 100, // flag; pulse width cannot be set; 0 on DT9805/DT9806
  OLSSC_SUP_QUADRATURE_DECODER: 101, // flag; 0 on DT9805/DT9806
  OLSSC_SUP_CTMODE_CONT_MEASURE: 102, // flag; 0 on DT9805/DT9806
  OLSSC_SUP_AC_COUPLING: 103, // flag; AC coupling
  OLSSC_SUP_DC_COUPLING: 104, // flag; DC coupling; OLDSPTCH.H warns that old boards report 0 although they have it
  OLSSC_SUP_EXTERNAL_EXCITATION_CURRENT_SOURCE: 105, // flag; external current source
  OLSSC_SUP_INTERNAL_EXCITATION_CURRENT_SOURCE: 106, // flag; internal current source
  OLSSC_EXCITATION_CURRENT_VALUE: 107, // unused; the header marks it as not used
  OLSSC_NUM_EXCITATION_CURRENT_VALUES: 108, // unused; the header marks it as not used
  OLSSC_SUP_WRPWAVEFORM_ONLY: 109, // flag; D/A can only repeat a loaded waveform, besides single values
  OLSSC_SUP_INTERLEAVED_CJC_IN_STREAM: 110, // flag; cold junction can be interleaved; DT9800 style boards: 0
  OLSSC_SUP_THERMOCOUPLES: 111, // flag; thermocouple inputs; 1 on DT9805 and DT9806 A/D
  OLSSC_SUP_TEMPERATURE_DATA_IN_STREAM: 112, // flag; board linearises by itself; 0 on DT9800 style boards by OLDSPTCH.H
  OLSSC_SUP_CJC_SOURCE_CHANNEL: 113, // flag; cold junction is channel 0; DT9800 style boards: 1
  OLSSC_SUP_CJC_SOURCE_INTERNAL: 114, // flag; cold junction measured inside; 0 on DT9800 style boards by OLDSPTCH.H
  OLSSC_RETURNS_FLOATS: 116, // flag; data are floats; 0 on DT9805/DT9806
  OLSSC_CURRENT_OUTPUTS: 117, // flag; D/A is a current; read 0 on DT9806 A/D and D/A
  OLSSC_SUP_PUT_SINGLE_VALUES: 118, // flag; olDaPutSingleValues works; read 0 on DT9806 A/D and D/A
  OLSSC_SUP_SV_POS_EXTERN_TTLTRIG: 119, // flag; single value on rising external edge
  OLSSC_SUP_SV_NEG_EXTERN_TTLTRIG: 120, // flag; single value on falling external edge
  OLSSC_SUP_AUTO_CALIBRATE: 121, // flag; olDaAutoCalibrate works
  OLSSC_SUP_RTDS: 122, // flag; RTD inputs
  OLSSC_RETURNS_OHMS: 123, // flag; data can be ohms
  OLSSC_SUP_SYNCHRONIZATION: 124, // flag; synchronisation bus
  OLSSC_SUP_DATA_FILTERS: 125, // flag; data filters
  OLSSC_SUP_NO_RAW_DATA: 126, // flag; no raw codes available
  OLSSC_SUP_VOLTAGE_RANGES: 127, // flag; voltage ranges by RANGE_TYPE
  OLSSC_SUP_STALE_DATA_FLAG: 128, // flag; stale data marking
  OLSSC_SUP_EXTERNTTLPOS_REFERENCE_TRIG: 129, // flag; reference trigger on rising TTL
  OLSSC_SUP_EXTERNTTLNEG_REFERENCE_TRIG: 130, // flag; reference trigger on falling TTL
  OLSSC_SUP_THRESHPOS_REFERENCE_TRIG: 131, // flag; reference trigger rising through a level
  OLSSC_SUP_THRESHNEG_REFERENCE_TRIG: 132, // flag; reference trigger falling through a level
  OLSSC_SUP_POST_REFERENCE_TRIG_SCANCOUNT: 133, // flag; scans after the reference trigger can be limited
  OLSSC_SUP_STRAIN_GAGE: 134, // flag; strain gages
  OLSSC_SUP_INTERNAL_EXCITATION_VOLTAGE_SOURCE: 135, // flag; internal bridge supply
  OLSSC_SUP_EXTERNAL_EXCITATION_VOLTAGE_SOURCE: 136, // flag; external bridge supply
  OLSSC_SUP_SHUNT_CALIBRATION: 139, // flag; shunt resistor
  OLSSC_SUP_REMOTE_SENSE: 140, // flag; remote sense of the bridge supply
  OLSSC_SUP_SYNCBUS_REFERENCE_TRIG: 141, // flag; reference trigger from the synchronisation bus
  OLSSC_SUP_MUTE: 142, // flag; mute; read 0 on DT9806 A/D and D/A; last member of older header revisions
  OLSSC_SUP_MULTISENSOR: 143, // flag; sensor type per channel; 0 on DT9805/DT9806
  OLSSC_SUP_THERMISTOR: 144, // flag; thermistors
  OLSSC_SUP_CURRENT: 145, // flag; current inputs
  OLSSC_SUP_BRIDGEBASEDSENSORS: 146, // flag; bridge based sensors
  OLSSC_SUP_RESISTANCE: 147, // flag; resistance
  OLSSC_SUP_IEPE: 148, // flag; IEPE sensors; last member of the current header
} as const;

/** Positions of floating capabilities, for `olDaGetSSCapsEx`. They count on in the numbers of `OLSSC`. */
export const OLSSCE = {
  OLSSCE_MAXTHROUGHPUT: 61, // double; highest rate in Hz; 50000.0 on DT9805
  OLSSCE_MINTHROUGHPUT: 62, // double; lowest rate in Hz
  OLSSCE_MAXRETRIGGER: 63, // double; highest retrigger rate in Hz
  OLSSCE_MINRETRIGGER: 64, // double; lowest retrigger rate in Hz
  OLSSCE_MAXCLOCKDIVIDER: 65, // double; largest external clock divider
  OLSSCE_MINCLOCKDIVIDER: 66, // double; smallest external clock divider
  OLSSCE_BASECLOCK: 67, // double; base clock in Hz
  OLSSCE_RANGELOW: 68, // double; range value
  OLSSCE_RANGEHIGH: 69, // double; range value
  OLSSCE_FILTER: 70, // double; filter value
  OLSSCE_GAIN: 71, // double; gain value
  OLSSCE_RESOLUTION: 72, // double; resolution value
  OLSSCE_CJC_MILLIVOLTS_PER_DEGREE_C: 115, // double; slope of the cold-junction sensor; 10 applies to DT9805/DT9806
  OLSSCE_MIN_EXCITATION_VOLTAGE: 137, // double; lowest bridge supply in volts
  OLSSCE_MAX_EXCITATION_VOLTAGE: 138, // double; highest bridge supply in volts
} as const;

/** Bookkeeping of the library, not an upper bound for queries. */
export const OLSSC_LIMITS = {
  OLSSCMIN: 0,
  OLSSCMAX: 60,
  OLSSCCOUNT: 61,
  OLSSCEMIN: 61,
  OLSSCEMAX: 67,
  OLSSCECOUNT: 7,
  OLSSCEOFFSET: 12,
  OLSSCNMIN: 73,
  OLSSCNMAX: 102,
  OLSSCNCOUNT: 30,
} as const;

/** Capabilities of one channel, for `olDaGetChannelCaps`. */
export const OLCHANNELCAP = {
  OLCHANNELCAP_SUP_INPUT_TERMINATION: 0,
} as const;

/** Capabilities of a board, for `olDaGetDevCaps`. */
export const OLDC = {
  OLDC_ADELEMENTS: 0, // count of A/D elements
  OLDC_DAELEMENTS: 1, // count of D/A elements
  OLDC_DINELEMENTS: 2, // count of digital input elements
  OLDC_DOUTELEMENTS: 3, // count of digital output elements
  OLDC_SRLELEMENTS: 4, // count of serial or quadrature elements
  OLDC_CTELEMENTS: 5, // count of counter/timer elements
  OLDC_TACHELEMENTS: 6, // count of tachometer elements
  OLDC_TOTALELEMENTS: -1, // all elements; all bits set, 4294967295 when read as unsigned
  OLDC_SUP_INTERNAL_EXTERNAL_POWER: 7, // flag: power source can be asked for
} as const;

/** Bookkeeping of the library. */
export const OLDC_LIMITS = {
  OLDCMIN: 0,
  OLDCMAX: 6,
  OLDCOUNT: 7,
  OLDCMIN_EX: 7,
  OLDCMAX_EX: 7,
  OLDCOUNT_EX: 1,
} as const;

/** What `olDaEnumSSCaps` can list. */
export const OL_ENUM = {
  OL_ENUM_FILTERS: 100, // filter frequencies
  OL_ENUM_RANGES: 101, // ranges; callback gets max then min; read (10, -10) on DT9806 A/D
  OL_ENUM_GAINS: 102, // gains in the first double; read 1, 10, 100, 500 on DT9806 A/D
  OL_ENUM_RESOLUTIONS: 103, // resolutions in bits
  OL_ENUM_EXCITATION_CURRENT_VALUES: 104, // excitation currents in amperes
  OL_ENUM_THRESHOLD_START_TRIGGER_CHANNELS: 105, // channels usable for a threshold start trigger
  OL_ENUM_THRESHOLD_REFERENCE_TRIGGER_CHANNELS: 106, // channels usable for a threshold reference trigger
} as const;

/** What `olDaEnumChannelCaps` can list. The number is that of `OL_ENUM_FILTERS`. */
export const OL_ENUM_CHANNEL = {
  OL_ENUM_CHANNEL_SUPPORTED_MULTISENSOR_TYPES: 100,
} as const;

/** Channel type of a whole subsystem, for `olDaSetChannelType`. There is no pseudo-differential. */
export const OL_CHNT = {
  OL_CHNT_SINGLEENDED: 100, // seen accepted
  OL_CHNT_DIFFERENTIAL: 101, // seen accepted; needed for thermocouples
} as const;

/** Encoding of codes, for `olDaSetEncoding`. */
export const OL_ENC = {
  OL_ENC_BINARY: 200, // offset binary on bipolar ranges; read on DT9806 A/D
  OL_ENC_2SCOMP: 201, // two's complement
} as const;

/** Sources of the start trigger, for `olDaSetTrigger`. What `OL_TRG_EXTRA` and above mean depends on the board. */
export const OL_TRG = {
  OL_TRG_SOFT: 300, // starts at once; seen accepted
  OL_TRG_EXTERN: 301, // external digital input; the edge depends on the board
  OL_TRG_THRESH: 302, // old threshold number, superseded by 1200/1201
  OL_TRG_ANALOGEVENT: 303, // analog event
  OL_TRG_DIGITALEVENT: 304, // digital event
  OL_TRG_TIMEREVENT: 305, // timer event
  OL_TRG_EXTRA: 306, // first extra trigger of the board
  OL_TRG_THRESHPOS: 1200, // rising through the level
  OL_TRG_THRESHNEG: 1201, // falling through the level
  OL_TRG_SYNCBUS: 1202, // synchronisation bus
} as const;

/** Clock sources, for `olDaSetClockSource`; also those of a counter. */
export const OL_CLK = {
  OL_CLK_INTERNAL: 400, // on-board clock; seen accepted
  OL_CLK_EXTERNAL: 401, // external input
  OL_CLK_EXTRA: 402, // first extra clock of the board
} as const;

/** Gates of a counter, for `olDaSetGateType`. */
export const OL_GATE = {
  OL_GATE_NONE: 500, // software gate only; seen accepted
  OL_GATE_HIGH_LEVEL: 501, // seen accepted
  OL_GATE_LOW_LEVEL: 502, // seen accepted
  OL_GATE_HIGH_EDGE: 503, // seen accepted
  OL_GATE_LOW_EDGE: 504, // seen accepted
  OL_GATE_LEVEL: 505, // any level change
  OL_GATE_HIGH_LEVEL_DEBOUNCE: 506, // with debounce
  OL_GATE_LOW_LEVEL_DEBOUNCE: 507, // with debounce
  OL_GATE_HIGH_EDGE_DEBOUNCE: 508, // with debounce
  OL_GATE_LOW_EDGE_DEBOUNCE: 509, // with debounce
  OL_GATE_LEVEL_DEBOUNCE: 510, // with debounce
} as const;

/** Polarity of output pulses, for `olDaSetPulseType`. Numbers of `OL_EDGE`, other meaning. */
export const OL_PLS = {
  OL_PLS_HIGH2LOW: 600,
  OL_PLS_LOW2HIGH: 601,
} as const;

/** Counter modes, for `olDaSetCTMode`. DT9805 and DT9806 answer 36 to the last three. */
export const OL_CTMODE = {
  OL_CTMODE_COUNT: 700, // event counting; seen accepted
  OL_CTMODE_RATE: 701, // continuous pulses; seen accepted
  OL_CTMODE_ONESHOT: 702, // one pulse; seen accepted
  OL_CTMODE_ONESHOT_RPT: 703, // one pulse per gate; seen accepted
  OL_CTMODE_UP_DOWN: 704, // seen ec 36 on DT9805/DT9806
  OL_CTMODE_MEASURE: 705, // edge-to-edge; seen ec 36 on DT9805/DT9806
  OL_CTMODE_CONT_MEASURE: 706, // repeated edge-to-edge; seen ec 36 on DT9805/DT9806
} as const;

/** Edges of the MEASURE mode, for `olDaSetMeasureStartEdge` and `olDaSetMeasureStopEdge`. */
export const OL_MEASURE_EDGE = {
  OL_GATE_RISING: 750,
  OL_GATE_FALLING: 751,
  OL_CLOCK_RISING: 752,
  OL_CLOCK_FALLING: 753,
  OL_ADC_CONVERSION_COMPLETE: 754,
  OL_TACHOMETER_INPUT_FALLING: 755,
  OL_TACHOMETER_INPUT_RISING: 756,
  OL_DIGITAL_INPUT_0_FALLING: 757,
  OL_DIGITAL_INPUT_0_RISING: 758,
  OL_DIGITAL_INPUT_1_FALLING: 759,
  OL_DIGITAL_INPUT_1_RISING: 760,
  OL_DIGITAL_INPUT_2_FALLING: 761,
  OL_DIGITAL_INPUT_2_RISING: 762,
  OL_DIGITAL_INPUT_3_FALLING: 763,
  OL_DIGITAL_INPUT_3_RISING: 764,
  OL_DIGITAL_INPUT_4_FALLING: 765,
  OL_DIGITAL_INPUT_4_RISING: 766,
  OL_DIGITAL_INPUT_5_FALLING: 767,
  OL_DIGITAL_INPUT_5_RISING: 768,
  OL_DIGITAL_INPUT_6_FALLING: 769,
  OL_DIGITAL_INPUT_6_RISING: 770,
  OL_DIGITAL_INPUT_7_FALLING: 771,
  OL_DIGITAL_INPUT_7_RISING: 772,
  OL_CT0_CLOCK_INPUT_FALLING: 773,
  OL_CT0_CLOCK_INPUT_RISING: 774,
  OL_CT0_GATE_INPUT_FALLING: 775,
  OL_CT0_GATE_INPUT_RISING: 776,
} as const;

/** Data flows, for `olDaSetDataFlow`, the first setter of every setup. */
export const OL_DF = {
  OL_DF_CONTINUOUS: 800, // buffered streaming
  OL_DF_SINGLEVALUE: 801, // one value per call
  OL_DF_DTCONNECT_CONTINUOUS: 802, // ISA era link
  OL_DF_DTCONNECT_BURST: 803, // ISA era link
  OL_DF_CONTINUOUS_PRETRIG: 804, // streaming before the trigger
  OL_DF_CONTINUOUS_ABOUTTRIG: 805, // streaming before and after the trigger
} as const;

/** Cascading of counters, for `olDaSetCascadeMode`. */
export const OL_CT = {
  OL_CT_CASCADE: 900, // two counters chained; seen accepted
  OL_CT_SINGLE: 901, // counter alone; seen accepted
} as const;

/** What happens when Ready runs empty, for `olDaSetWrapMode`. */
export const OL_WRP = {
  OL_WRP_NONE: 1000, // stop when Ready is empty
  OL_WRP_MULTIPLE: 1001, // reuse Done buffers; the one used for streaming
  OL_WRP_SINGLE: 1002, // recycle one buffer
} as const;

/** Queues of a subsystem, for `olDaGetQueueSize`. */
export const OL_QUE = {
  OL_QUE_READY: 1100, // buffers waiting
  OL_QUE_DONE: 1101, // buffers finished
  OL_QUE_INPROCESS: 1102, // buffers at the driver
} as const;

/** What repeats a triggered scan, for `olDaSetRetriggerMode`. */
export const OL_RETRIGGER = {
  OL_RETRIGGER_INTERNAL: 1300, // own rate
  OL_RETRIGGER_SCAN_PER_TRIGGER: 1301, // one scan per start trigger
  OL_RETRIGGER_EXTRA: 1302, // separate source by olDaSetRetrigger
} as const;

/** Index modes, for `olDaSetQuadDecoder`. */
export const OL_INDEX = {
  OL_INDEX_DISABLED: 1400,
  OL_INDEX_LOW: 1401,
  OL_INDEX_HIGH: 1402,
} as const;

/** Thermocouples, for boards that linearise themselves. Never a number from 0 to 7. */
export const OL_THERMOCOUPLE_TYPE = {
  OL_THERMOCOUPLE_TYPE_NONE: 1500, // channel returns volts
  OL_THERMOCOUPLE_TYPE_J: 1501,
  OL_THERMOCOUPLE_TYPE_K: 1502,
  OL_THERMOCOUPLE_TYPE_B: 1503,
  OL_THERMOCOUPLE_TYPE_E: 1504,
  OL_THERMOCOUPLE_TYPE_N: 1505,
  OL_THERMOCOUPLE_TYPE_R: 1506,
  OL_THERMOCOUPLE_TYPE_S: 1507,
  OL_THERMOCOUPLE_TYPE_T: 1508,
} as const;

/** Platinum curves, named by alpha, for `olDaSetRtdType`. */
export const OL_RTD_TYPE = {
  OL_RTD_TYPE_PT3750: 1608,
  OL_RTD_TYPE_PT3850: 1609,
  OL_RTD_TYPE_PT3911: 1610,
  OL_RTD_TYPE_PT3916: 1611,
  OL_RTD_TYPE_PT3920: 1612,
  OL_RTD_TYPE_PT3928: 1613,
  OL_RTD_TYPE_CUSTOM: 1614, // uses R0, A, B, C
} as const;

/** RTD types of older revisions of OLDADEFS.H, gone from the current one: do not use. */
export const OL_RTD_TYPE_OLD = {
  OL_RTD_TYPE_VOLTS: 1600,
  OL_RTD_TYPE_OHMS: 1601,
  OL_RTD_TYPE_385_EUROPEAN_PT100_OHMS: 1602,
  OL_RTD_TYPE_385_EUROPEAN_PT500_OHMS: 1603,
  OL_RTD_TYPE_385_EUROPEAN_PT1000_OHMS: 1604,
  OL_RTD_TYPE_392_AMERICAN_PT100_OHMS: 1605,
  OL_RTD_TYPE_392_AMERICAN_PT500_OHMS: 1606,
  OL_RTD_TYPE_392_AMERICAN_PT1000_OHMS: 1607,
} as const;

/** Voltage ranges, for `olDaSetChanVoltageRange`. */
export const RANGE_TYPE = {
  OL_BIP10V_RANGE: 1650,
  OL_BIP100V_RANGE: 1651,
  OL_BIP400V_RANGE: 1652,
} as const;

/** Data filters, for `olDaSetDataFilterType`. */
export const OL_DATA_FILTER = {
  OL_DATA_FILTER_RAW: 1700,
  OL_DATA_FILTER_MOVING_AVERAGE: 1701,
} as const;

/** A register offset and its values; factory use. */
export const OL_POWER = {
  OL_POWER_STATE: 100,
  OL_POWER_OFF: 0,
  OL_POWER_ON: 1,
} as const;

/** The element value that leaves a channel alone in `olDaPutSingleValues`. */
export const OL_OUTPUT = {
  DONT_UPDATE: 1082163328,
} as const;

/** Window messages (WM_USER + 100 and up). wParam is the HDASS, lParam the value given to `olDaSetWndHandle`. */
export const OLDA_WM = {
  OLDA_WM_TRIGGER_ERROR: 1124, // trigger came at a bad moment; run ends
  OLDA_WM_UNDERRUN_ERROR: 1125, // D/A ran dry
  OLDA_WM_OVERRUN_ERROR: 1126, // A/D data lost; run ends
  OLDA_WM_BUFFER_DONE: 1127, // a buffer is on Done
  OLDA_WM_QUEUE_DONE: 1128, // no Ready buffer left, so the run ended
  OLDA_WM_BUFFER_REUSED: 1129, // wrap mode overwrote an unread Done buffer
  OLDA_WM_QUEUE_STOPPED: 1130, // run ended on request (inferred, never seen)
  OLDA_WM_EVENT_ERROR: 1131, // event problem
  OLDA_WM_MEASURE_DONE: 1132, // frequency measurement finished
  OLDA_WM_DTCONNECT_DONE: 1133, // ISA era link
  OLDA_WM_DTCONNECT_STOPPED: 1134, // ISA era link
  OLDA_WM_EVENT_DONE: 1135, // counter or digital event (payload not known)
  OLDA_WM_PRETRIGGER_BUFFER_DONE: 1136, // as BUFFER_DONE before the trigger
  OLDA_WM_DEVICE_REMOVAL: 1137, // board unplugged (never seen)
  OLDA_WM_IO_COMPLETE: 1138, // last sample left a D/A (by documentation, never seen)
} as const;

/** Register addresses of the `olDiag` functions; factory use. */
export const REGISTER = {
  DIO_PORT_BASE: 65536,
  DIO_PORT_CONFIG_OFFSET: 0,
  DIO_PORT_DATA_OFFSET: 16,
  DIO_PORT_CONFIG: 65536,
  DIO_PORT_DATA: 65552,
  SMBUS_BUS_BASE: 131072,
  I2C_BUS_BASE: 262144,
  USB_BUS_BASE: 524288,
  FLASH_MEM_BASE: 1048576,
  EXTERN_MEM_BASE: 2097152,
  LOCAL_BUS_BASE: 4194304,
  DEV_COL_BUS_BASE: 16711680,
} as const;

/** Bits in the value of `OLSSC_SUP_CTMODE_MEASURE`: which edges the board can measure between. */
export const SUP_BIT = {
  SUP_GATE_RISING_BIT: 1,
  SUP_GATE_FALLING_BIT: 2,
  SUP_CLOCK_RISING_BIT: 4,
  SUP_CLOCK_FALLING_BIT: 8,
  SUP_ADC_CONVERSION_COMPLETE_BIT: 16,
  SUP_TACHOMETER_INPUT_FALLING_BIT: 32,
  SUP_TACHOMETER_INPUT_RISING_BIT: 64,
  SUP_DIGITAL_INPUT_0_FALLING_BIT: 128,
  SUP_DIGITAL_INPUT_0_RISING_BIT: 256,
  SUP_DIGITAL_INPUT_1_FALLING_BIT: 512,
  SUP_DIGITAL_INPUT_1_RISING_BIT: 1024,
  SUP_DIGITAL_INPUT_2_FALLING_BIT: 2048,
  SUP_DIGITAL_INPUT_2_RISING_BIT: 4096,
  SUP_DIGITAL_INPUT_3_FALLING_BIT: 8192,
  SUP_DIGITAL_INPUT_3_RISING_BIT: 16384,
  SUP_DIGITAL_INPUT_4_FALLING_BIT: 32768,
  SUP_DIGITAL_INPUT_4_RISING_BIT: 65536,
  SUP_DIGITAL_INPUT_5_FALLING_BIT: 131072,
  SUP_DIGITAL_INPUT_5_RISING_BIT: 262144,
  SUP_DIGITAL_INPUT_6_FALLING_BIT: 524288,
  SUP_DIGITAL_INPUT_6_RISING_BIT: 1048576,
  SUP_DIGITAL_INPUT_7_FALLING_BIT: 2097152,
  SUP_DIGITAL_INPUT_7_RISING_BIT: 4194304,
  SUP_CT0_CLOCK_INPUT_FALLING_BIT: 8388608,
  SUP_CT0_CLOCK_INPUT_RISING_BIT: 16777216,
  SUP_CT0_GATE_INPUT_FALLING_BIT: 33554432,
  SUP_CT0_GATE_INPUT_RISING_BIT: 67108864,
} as const;

/** Sizes in bytes. The sample size is historic: boards above 16 bits use 4. */
export const LIMITS = {
  MAX_BOARD_NAME_LENGTH: 41,
  OLDA_SAMPLE_SIZE_IN_BYTES: 2,
} as const;

/** Numbers of the Windows headers. `HWND_MESSAGE` is the parent of a message-only window. */
export const WIN32 = {
  WM_USER: 1024,
  HWND_MESSAGE: -3,
  WM_QUIT: 18,
} as const;

/** For `olDaSetCouplingType`. */
export const COUPLING_TYPE = {
  DC: 0,
  AC: 1,
} as const;

/** For `olDaSetExcitationCurrentSource`. */
export const EXCITATION_CURRENT_SRC = {
  INTERNAL: 0,
  EXTERNAL: 1,
  DISABLED: 2,
} as const;

/** For `olDaSetStrainExcitationVoltageSource`. */
export const STRAIN_EXCITATION_VOLTAGE_SRC = {
  STRAIN_EXCITATION_VOLTAGE_SRC_INTERNAL: 0,
  STRAIN_EXCITATION_VOLTAGE_SRC_EXTERNAL: 1,
} as const;

/** Strain gage bridges, for `olDaSetStrainBridgeConfiguration`. */
export const STRAIN_GAGE_CONFIGURATION = {
  FULL_BRIDGE_BENDING: 0,
  FULL_BRIDGE_BENDING_POISSON: 1,
  FULL_BRIDGE_AXIAL: 2,
  HALF_BRIDGE_POISSON: 3,
  HALF_BRIDGE_BENDING: 4,
  QUARTER_BRIDGE: 5,
  QUARTER_BRIDGETEMPCOMPENSATION: 6,
} as const;

/** Bridges, for `olDaSetBridgeConfiguration`. The underscore at the end belongs to the name. */
export const BRIDGE_CONFIGURATION = {
  FULL_BRIDGE: 0,
  HALF_BRIDGE: 3,
  QUARTER_BRIDGE_: 5,
} as const;

/** Answers of `olDaGetPowerSource`. */
export const POWER_SOURCE = {
  POWER_SOURCE_INTERNAL: 1,
  POWER_SOURCE_EXTERNAL: 2,
} as const;

/** Sensor types of a channel, for `olDaSetMultiSensorType`. The underscore at the end belongs to the name. */
export const IO_TYPE = {
  VOLTAGEIN: 0,
  VOLTAGEOUT: 1,
  DIGITALINPUT: 2,
  DIGITALOUTPUT: 3,
  QUADRATUREDECODER: 4,
  COUNTERTIMER: 5,
  TACHOMETER: 6,
  CURRENT_: 7,
  THERMOCOUPLE: 8,
  RTD: 9,
  STRAINGAGE: 10,
  ACCELEROMETER: 11,
  BRIDGE: 12,
  THERMISTOR: 13,
  RESISTANCE: 14,
  MULTISENSOR: 15,
} as const;

/** For `olDaSetSensorWiringConfiguration`. */
export const SENSOR_WIRING_CONFIGURATION = {
  TWO_WIRE: 0,
  THREE_WIRE: 1,
  FOUR_WIRE: 2,
} as const;

/** Roles on the synchronisation bus, for `olDaSetSyncMode`. */
export const OL_SYNC_MODE = {
  OL_SYNC_MODE_NONE: 0,
  OL_SYNC_MODE_MASTER: 1,
  OL_SYNC_MODE_SLAVE: 2,
} as const;

/** For `olDaSetEdgeType` only; the measure edges have numbers of their own. Numbers of `OL_PLS`, other meaning. */
export const OL_EDGE = {
  OL_EDGE_FALLING: 600,
  OL_EDGE_RISING: 601,
} as const;

/** Sources of the reference (stop) trigger, for `olDaSetReferenceTrigger`. */
export const OL_REFERENCE_TRG = {
  OL_REFERENCE_TRG_NONE: 300,
  OL_REFERENCE_TRG_EXTERN: 301,
  OL_REFERENCE_TRG_EXTRA: 306,
  OL_REFERENCE_TRG_THRESHPOS: 1200,
  OL_REFERENCE_TRG_THRESHNEG: 1201,
  OL_REFERENCE_TRG_SYNCBUS: 1202,
} as const;

/** Values in the data of boards that return floats, exact as 4-byte floats. */
export const SENTINEL = {
  SENSOR_IS_OPEN: 99999,
  TEMP_OUT_OF_RANGE_LOW: -88888,
  TEMP_OUT_OF_RANGE_HIGH: 88888,
} as const;

/** Internal states of a subsystem (OLDACFG.H); no exported function returns them. */
export const SS_STATES = {
  OL_STATE_DORMANT: 1000,
  OL_STATE_INITIALIZED: 1001,
  OL_STATE_SV_READY: 1002,
  OL_STATE_BURST_READY: 1003,
  OL_STATE_READY: 1004,
  OL_STATE_RUNNING: 1005,
  OL_STATE_STOPPING: 1006,
  OL_STATE_PAUSED: 1007,
  OL_STATE_PRESTARTED: 1008,
  OL_STATE_IOCOMPLETE: 1009,
} as const;

/** Buses, from `olDaGetHardwareInfo`. */
export const DTBUS_TYPE = {
  DTUSB_BUS: 0,
  DTPCI_BUS: 1,
  DTPCMCIA_BUS: 2,
  DTISA_BUS: 3,
} as const;

/** Kinds of subsystem handles (OLDSPTCH.H); internal. */
export const HANDLE_TYPE = {
  NORMAL_HANDLE: 0,
  QUERY_HANDLE: 1,
} as const;

/** TEDS templates (TEDSAPI.H). */
export const TedsTemplateId = {
  NotDefined: -1,
  BridgeSensors: 33,
  StrainGage: 35,
} as const;

/** Units of a bridge based sensor (TEDSAPI.H). */
export const PhysicalMeasurandUnits = {
  Temperature_Kelvin: 0,
  Temperature_Celsius: 1,
  Strain: 2,
  Microstrain: 3,
  Newton: 4,
  Pounds: 5,
  kilogramForcePerKilopound: 6,
  Acceleration_m_ss: 7,
  Acceleration_g: 8,
  Torque_Nm_Radian: 9,
  Torque_Nm: 10,
  Torque_oz_in: 11,
  Pressure_Pascal: 12,
  Pressure_PSI: 13,
  Mass_Kg: 14,
  Mass_g: 15,
  Distance_m: 16,
  Distance_mm: 17,
  Distance_inches: 18,
  Velocity_m_s: 19,
  Velocity_mph: 20,
  Velocity_fps: 21,
  AngularPosition_radian: 22,
  AngularPosition_degrees: 23,
  RotationalVelocity_radian_s: 24,
  RotationalVelocity_rpm: 25,
  Frequency: 26,
  Concentration_gram_liter: 27,
  Concentration_kg_liter: 28,
  MolarConcentration_mole_m3: 29,
  MolarConcentration_mole_l: 30,
  VolumetricConcentration_m3_m3: 31,
  VolumetricConcentration_l_l: 32,
  MassFlow: 33,
  VolumetricFlow_m3_s: 34,
  VolumetricFlow_m3_hr: 35,
  VolumetricFlow_gpm: 36,
  VolumetricFlow_cfm: 37,
  VolumetricFlow_l_min: 38,
  RelativeHumidity: 39,
  Ratio_percent: 40,
  Voltage: 41,
  RmsVoltage: 42,
  Current: 43,
  RmsCurrent: 44,
  Power_Watts: 45,
} as const;

/** Bridges (TEDSAPI.H). */
export const TedsBridgeType = {
  Quarter: 0,
  Half: 1,
  Full: 2,
} as const;

/** Strain gages (TEDSAPI.H). */
export const GageType = {
  SingleElement: 0,
  TwoPoissonElements: 1,
  TwoOppositeSignedElements: 2,
  TwoSameSignedElements: 3,
  TwoElementChevron: 4,
  FourSameSignElementsPoisson: 5,
  FourOppositeSignedElements: 6,
  FourUniaxialElements: 7,
  FourElementDualChevron: 8,
  TeeRosetteGrid1_0Degrees: 9,
  TeeRosetteGrid2_90Degrees: 10,
  DeltaRosetteGrid1_0Degrees: 11,
  DeltaRosetteGrid2_60Degrees: 12,
  DeltaRosetteGrid3_120Degrees: 13,
  RectangularRosetteGrid1_0Degrees: 14,
  RectangularRosetteGrid2_45Degrees: 15,
  RectangularRosetteGrid3_90Degrees: 16,
} as const;

/**
 * Never pass these. The zero-based numbers of the old OCX and Visual Basic files, kept apart under one name so that they can
 * be recognised in old programs: the SDK answers them with 8, 18, 35 or 89, or takes them for something else.
 */
export const OBSOLETE_OLx = {
  OLx_CHNT: { OLx_CHNT_SINGLEENDED: 0, OLx_CHNT_DIFFERENTIAL: 1 },
  OLx_ENC: { OLx_ENC_BINARY: 0, OLx_ENC_2SCOMP: 1 },
  OLx_TRG: {
    OLx_TRG_SOFT: 0,
    OLx_TRG_EXTERN: 1,
    OLx_TRG_THRESHPOS: 2,
    OLx_TRG_THRESHNEG: 3,
    OLx_TRG_ANALOGEVENT: 4,
    OLx_TRG_DIGITALEVENT: 5,
    OLx_TRG_TIMEREVENT: 6,
    OLx_TRG_EXTRA: 7,
  },
  OLx_CLK: { OLx_CLK_INTERNAL: 0, OLx_CLK_EXTERNAL: 1, OLx_CLK_EXTRA: 2 },
  OLx_GATE: {
    OLx_GATE_NONE: 0,
    OLx_GATE_HIGH_LEVEL: 1,
    OLx_GATE_LOW_LEVEL: 2,
    OLx_GATE_HIGH_EDGE: 3,
    OLx_GATE_LOW_EDGE: 4,
    OLx_GATE_LEVEL: 5,
    OLx_GATE_HIGH_LEVEL_DEBOUNCE: 6,
    OLx_GATE_LOW_LEVEL_DEBOUNCE: 7,
    OLx_GATE_HIGH_EDGE_DEBOUNCE: 8,
    OLx_GATE_LOW_EDGE_DEBOUNCE: 9,
    OLx_GATE_LEVEL_DEBOUNCE: 10,
  },
  OLx_PLS: { OLx_PLS_HIGH2LOW: 0, OLx_PLS_LOW2HIGH: 1 },
  OLx_CTMODE: {
    OLx_CTMODE_COUNT: 0,
    OLx_CTMODE_RATE: 1,
    OLx_CTMODE_ONESHOT: 2,
    OLx_CTMODE_ONESHOT_RPT: 3,
    OLx_CTMODE_UP_DOWN: 4,
    OLx_CTMODE_MEASURE: 5,
    OLx_CTMODE_CONT_MEASURE: 6,
  },
  OLx_MEASURE_EDGE: { OLx_GATE_RISING: 0, OLx_GATE_FALLING: 1, OLx_CLOCK_RISING: 2, OLx_CLOCK_FALLING: 3 },
  OLx_DF: {
    OLx_DF_CONTINUOUS: 0,
    OLx_DF_SINGLEVALUE: 1,
    OLx_DF_DTCONNECT_CONTINUOUS: 2,
    OLx_DF_DTCONNECT_BURST: 3,
    OLx_DF_CONTINUOUS_PRETRIG: 4,
    OLx_DF_CONTINUOUS_ABOUTTRIG: 5,
  },
  OLx_CT: { OLx_CT_CASCADE: 0, OLx_CT_SINGLE: 1 },
  OLx_WRP: { OLx_WRP_NONE: 0, OLx_WRP_MULTIPLE: 1, OLx_WRP_SINGLE: 2 },
  OLx_QUE: { OLx_QUE_READY: 0, OLx_QUE_DONE: 1, OLx_QUE_INPROCESS: 2 },
  OLx_RETRIGGER: { OLx_RETRIGGER_INTERNAL: 0, OLx_RETRIGGER_SCAN_PER_TRIGGER: 1, OLx_RETRIGGER_EXTRA: 2 },
  OLx_ENUM: { OLx_ENUM_FILTERS: 0, OLx_ENUM_RANGES: 1, OLx_ENUM_GAINS: 2, OLx_ENUM_RESOLUTIONS: 3 },
} as const;
