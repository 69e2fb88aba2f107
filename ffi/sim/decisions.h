/* What nobody has seen the real SDK do, decided here. Each name stands where the decision acts. */
#ifndef DTOLSIM_DECISIONS_H
#define DTOLSIM_DECISIONS_H

/* unknown in the real SDK: the largest buffer. Here 1 GiB; more gets 201. */
#define DECIDED_BUFFER_LIMIT (1u << 30)

/* unknown in the real SDK: whether the A/D of the DT9800 boards may start together with others. Here not: 36. */

/* unknown in the real SDK: clock of the DT9800 boards. Here 12 MHz over an integer, from 0.75 Hz on. */
#define DECIDED_9800_BASE_CLOCK 12e6
#define DECIDED_9800_MIN_RATE 0.75

/* unknown in the real SDK: lowest rate and driver name of the DT9862. */
#define DECIDED_9862_MIN_RATE 1
#define DECIDED_9862_DRIVER "Dt9836"

/* unknown in the real SDK: what the DT9862 has besides 2 inputs, 2 outputs, 2 counters, 3 quadrature decoders. Here
   the inputs have a second range, the outputs take 500 kHz each, the digital ports have 16 lines, there is a
   tachometer, counters go to 50 MHz and measure between edges of gate and clock; external clocks are taken. It
   cannot mute, as olDaMute is in no installed library. */
#define DECIDED_9862_OTHER_RANGE 2.5
#define DECIDED_9862_COUNTER_MAX_RATE 5e7
#define DECIDED_9862_COUNTER_MIN_RATE 0.0233
#define DECIDED_MEASURE_EDGES 15

/* unknown in the real SDK: samples between buffers and D/A. A buffer is done when its last sample is in this FIFO;
   IO_COMPLETE comes when it has left it. */
#define DECIDED_DA_FIFO 2048

/* unknown in the real SDK: resolution of the DT9806 D/A. */
#define DECIDED_DA_BITS 16

/* unknown in the real SDK: width and limits of the counters; the rate of the events that they see. */
#define DECIDED_COUNTER_BITS 32
#define DECIDED_COUNTER_MAX_RATE 6e6
#define DECIDED_COUNTER_MIN_RATE 0.0028
#define DECIDED_COUNTER_MAX_DIVIDER 4294967295.0
#define DECIDED_EVENTS_PER_SECOND 1000

/* unknown in the real SDK: driver names, the clock of the DT9837A. */
#define DECIDED_9828_DRIVER "Dt9828"
#define DECIDED_9837_DRIVER "Dt9837"
#define DECIDED_9837_BASE_CLOCK 27e6

/* unknown in the real SDK: most of the DT9829. Here 8 differential inputs, +-10 V, 24 bits, 960 Hz over all. Floats
   come in degrees C (thermocouple, RTD, thermistor), ohms (resistance), amperes (current), volts (all others,
   strain and bridge too); what is beyond these limits is told by the sentinels. */
#define DECIDED_9829_MAX_RATE 960
#define DECIDED_9829_MIN_RATE 0.5865
#define DECIDED_THERMISTOR_LOW -50
#define DECIDED_THERMISTOR_HIGH 150
#define DECIDED_MAX_OHMS 4000
#define DECIDED_MAX_AMPERES 0.025
#define DECIDED_MIN_EXCITATION_VOLTS 0.5
#define DECIDED_MAX_EXCITATION_VOLTS 10

/* unknown in the real SDK: the current source of an input that was not asked for one. Here off, as is coupling AC. */
#define DECIDED_EXCITATION_SOURCE EXCITATION_DISABLED

/* unknown in the real SDK: an input without the TEDS that is asked for. Here strain gages and bridges have one, by
   the type that was set, and others none. */
#define DECIDED_NO_TEDS OLTEDSERROR

/* unknown in the real SDK: the sign of olDaVoltsToStrain, how its shunt correction enters, and what
   olDaVoltsToBridgeBasedSensor computes. Here tension makes the output negative, the correction is a factor, and
   the bridge's value is its capacity times the measured over the rated output; leads count where gages are not in a
   full bridge, and for bridge sensors (always). */

/* unknown in the real SDK: volts beyond the range of a board that gives floats. Here the end of the range (always).
   An open sensor is 99999 in every unit. */

/* unknown in the real SDK: triggers of the DT9862. Here 301 is the rising and 306 the falling edge of the external
   input, 302 means 1200, and thresholds look at channels 0 and 1. */
#define DECIDED_MAX_RETRIGGER 1e6
#define DECIDED_MIN_RETRIGGER 0.1
#define DECIDED_MAX_MULTISCAN 256

/* unknown in the real SDK: how a reference trigger, or that of the data flows 804 and 805, cuts the stream. Here
   the buffer in process is handed over with what came before (PRETRIGGER_BUFFER_DONE), the next one begins with the
   first scan at or after the trigger. A run ends with QUEUE_DONE: 804 at the trigger, a reference trigger after its
   post-trigger scans (0: it goes on), 805 not by itself. A stop while the start trigger has not come leaves an
   empty buffer in Inprocess (always). */

/* unknown in the real SDK: a threshold that the range of its channel does not reach. Here olDaConfig refuses it. */
#define DECIDED_LEVEL_OUT_OF_RANGE OLBADVALUE

/* unknown in the real SDK: triggered scans together with such a trigger. */
#define DECIDED_SCAN_AND_REFERENCE OLINVALIDSCANTRIGCOMBO

/* unknown in the real SDK: a trigger during the burst of the one before. Here TRIGGER_ERROR ends the run, code 60
   in the buffer in process; a stop while no trigger comes hands that buffer over as it is (always). */

/* unknown in the real SDK: where a measured interval comes out, and in which unit. Here olDaReadEvents answers
   ticks of the counter's own clock (olDaGetClockFrequency), 0 until the interval is over; a tachometer those of a
   period. No message. */

/* unknown in the real SDK: gates and cascades. Here an open gate input is high, edge gates open at the first such edge
   after the start, for good (always), and a cascaded counter carries into the one with the next number, whose own input
   does not matter then. */

/* unknown in the real SDK: the mark of a value of a tachometer that was not refreshed. */
#define DECIDED_STALE_FLAG 0x80000000u

/* unknown in the real SDK: the bad mix of index mode and x4. Here any index mode with x4. */
#define DECIDED_X4_WITH_INDEX OLINVALIDX4INDEXCOMBO

/* unknown in the real SDK: olDaTerminate while subsystems are reserved. Here it is refused, nothing changes. */
#define DECIDED_TERMINATE_RESERVED OLSUBSYSINUSE

/* unknown in the real SDK: a second olDaInitialize of a board. Here it gives a handle of its own (always). */

/* unknown in the real SDK: what a query handle refuses. Here all but reading: 21. */
#define DECIDED_QUERY_HANDLE OLSUBSYSNOTINUSE

/* unknown in the real SDK: setters that make no sense for the data flow, e.g. a wrap mode for single values. */
#define DECIDED_SETTER_MISMATCH OLDATAFLOWMISMATCH

/* unknown in the real SDK: a buffer whose bytes per sample do not fit the subsystem. Here it cannot be queued. */
#define DECIDED_OTHER_WIDTH OLBADSAMPLESIZE

/* unknown in the real SDK: olDaGetBuffer on an empty Done. Here success and a null handle. */
#define DECIDED_EMPTY_DONE OLNOERROR

/* unknown in the real SDK: stop and abort of what never ran. */
#define DECIDED_STOP_IDLE OLNOTRUNNING

/* unknown in the real SDK: the first stop or abort after a run that ended by itself (overrun, QUEUE_DONE). */
#define DECIDED_STOP_AFTER_END OLNOERROR

/* unknown in the real SDK: wrap mode MULTIPLE with neither a Ready nor a Done buffer. Here the run ends. While Done
   holds only the buffer just filled, that one is taken, so this is rare. */
#define DECIDED_NO_BUFFER_LEFT END_OVERRUN

/* unknown in the real SDK: messages of an abort. Here BUFFER_DONE for the partial buffer, then QUEUE_STOPPED
   (always). */

/* unknown in the real SDK: the ends of an output's run. Here under wrap mode NONE an empty Ready gives QUEUE_DONE
   and, when the FIFO is dry, IO_COMPLETE; under MULTIPLE UNDERRUN_ERROR when it is dry; stop plays the buffer in
   process and the FIFO, then QUEUE_STOPPED and IO_COMPLETE; abort cuts, then BUFFER_DONE for the buffer in process
   and QUEUE_STOPPED. The last value stays (always). */

/* unknown in the real SDK: what olDaFlushFromBufferInprocess takes (its .NET form is called MoveFrom..). Here the
   samples of the buffer in process from its beginning, which it keeps; a second call gives them again. BUFFER_DONE comes
   for the other buffer (always). */

/* unknown in the real SDK: filters of the DT9862. Here cut-offs of 1 kHz, 100 kHz and 5 MHz that change no sample,
   and another one is refused: 134 (always). */

/* unknown in the real SDK: olDaFlushBuffers during a run. */
#define DECIDED_FLUSH_RUNNING OLALREADYRUNNING

/* unknown in the real SDK: another window during a run. Here only detaching (null) is taken. */
#define DECIDED_WINDOW_RUNNING OLALREADYRUNNING

/* unknown in the real SDK: an unplugged board. Here 67; release and terminate free what they hold and answer 67. */
#define DECIDED_UNPLUGGED OLCANNOTOPENDRIVER

/* unknown in the real SDK: the same channel twice on a board that clocks all channels together. */
#define DECIDED_REPEATED_CHANNEL OLINVALIDCHANNELLIST

/* unknown in the real SDK: channel 16 of a DT9800 A/D (NUMCHANNELS is 17). Here the digital input port. */
#define DECIDED_PORT_CHANNEL 16

/* unknown in the real SDK: channel list of a fresh handle. Here channel 0 alone, and this rate. */
#define DECIDED_LIST_SIZE 1
#define DECIDED_RATE 1000
#define DECIDED_RETRIGGER 10

/* unknown in the real SDK: reading a D/A or an output port back. */
#define DECIDED_READ_OUTPUT OLNOTSUPPORTED

/* unknown in the real SDK: asking a board that gives floats for a code, or the other way round. */
#define DECIDED_OTHER_FORMAT OLNOTSUPPORTED

/* unknown in the real SDK: rate at which single values see the counting pattern advance, scans per second. */
#define DECIDED_SINGLE_VALUE_RATE 1000

/* unknown in the real SDK: the third text of olDaEnumBoards, names of subsystems, version of the driver. */
#define DECIDED_ENTRY_FORMAT "%s,%s,0"
#define DECIDED_DRIVER_VERSION "V6.7.5.0"

/* unknown in the real SDK: rounding of olDaVoltsToCode. Here to the nearest code, clamped. */

#endif
