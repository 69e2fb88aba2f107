/* A reserved subsystem: its settings, its state, its queues and its run. */
#ifndef DTOLSIM_SUBSYSTEM_H
#define DTOLSIM_SUBSYSTEM_H

#include "buffers.h"
#include "signals.h"

/* The SDK's own numbers (OLDACFG.H); no function returns them. */
enum State { INITIALIZED = 1001, SV_READY, BURST_READY, READY, RUNNING, STOPPING, PAUSED, PRESTARTED };

struct Settings {
  uint32_t data_flow, wrap_mode, channel_type, encoding, bits, dma_channels;
  uint32_t trigger, clock_source, clock_divider;
  double frequency; /* as asked for; as really used once configured */
  double max, min;
  uint32_t list_size, channels[LIST_DEPTH], digital[LIST_DEPTH];
  double gains[LIST_DEPTH];
  uint32_t synchronous_digital;
  double threshold_level, reference_level;
  uint32_t threshold_channel, reference_channel, reference, reference_post, pretrigger;
  uint32_t triggered_scan, multiscan, retrigger_mode, retrigger, sync_mode;
  double retrigger_frequency;
  uint32_t counter_mode, gate, pulse, cascade;
  double pulse_width;
  uint32_t start_edge, stop_edge; /* of a measurement */
  uint32_t prescale, x4, index;   /* of a quadrature decoder */
  uint32_t edge, stale_flag;      /* of a tachometer */
  uint32_t return_junctions, data_filter;
  uint32_t bridge_source; /* of the voltage for strain gages and bridges */
  double bridge_volts;
  struct Sensor sensors[SENSORS]; /* by channel */
};

struct Subsystem {
  HDASS handle; /* 0 while nobody holds it */
  HDEV device;
  struct Board *board;
  const struct Type *type;
  uint32_t element;
  bool query; /* a handle for questions only */
  uintptr_t claim; /* keeps other processes out, where that is wanted */

  struct Settings set;
  enum State state;
  HWND window;
  int64_t lparam;
  OLNOTIFYPROC procedure;
  bool had_buffers; /* at the last olDaConfig */
  HWND had_window;
  struct Queue ready, inprocess, done;

  bool thread;  /* a thread acquires */
  bool abort;   /* and shall end now */
  bool ended;   /* the last run ended by itself, nobody stopped it yet */
  bool wired;   /* window and buffers were in place at olDaConfig */
  uint64_t run; /* counts runs */
  uint64_t started_ns;
  uint64_t samples; /* of the buffers completed in this run */
  uint64_t messages; /* BUFFER_DONE so far, for coalescing */
  double rate; /* true samples per second */
  uint32_t per_scan; /* samples in the buffers */
  struct Buffer *current;
  struct Plan plan;

  bool waiting, before;  /* for the start trigger; for the reference trigger */
  bool too_early;        /* a trigger came while the burst before it went on */
  uint64_t first_scan;   /* of the signal, counted from olDaStart */
  uint64_t border;       /* the sample before which the run changes or ends */
  uint64_t bursts, burst_ns; /* triggers so far, the latest */

  double events;       /* that a counter has seen up to `settled_ns` */
  uint64_t settled_ns;
  uint32_t gate_edges; /* that came to the gate since the start: 1 a rising one, 2 a falling one */
  double told; /* periods of a tachometer, when it was read last */
};

/* Resolves a device handle; the code is 0, 39 or 67. */
struct Board *board_of(HDEV handle, uint32_t *code);

/* Resolve a handle: 40 or 67; own_subsystem refuses query handles too, settable also a running subsystem. */
uint32_t any_subsystem(HDASS handle, struct Subsystem **out);
uint32_t own_subsystem(HDASS handle, struct Subsystem **out);
uint32_t settable(HDASS handle, struct Subsystem **out);

static inline bool capable(const struct Subsystem *s, int32_t capability) {
  return s->type->caps[capability] != 0;
}

static inline bool is_running(const struct Subsystem *s) {
  return s->state >= RUNNING;
}

static inline uint32_t sample_width(const struct Subsystem *s) {
  return s->type->bits > 16 ? 4 : 2;
}

/* Inputs and outputs move samples in buffers, where they can stream; counters do not. */
static inline bool has_buffers(const struct Subsystem *s) {
  return capable(s, OLSSC_SUP_BUFFERING);
}

void defaults(struct Subsystem *s);
uint32_t check_channel(const struct Subsystem *s, uint32_t channel);
uint32_t check_gain(const struct Subsystem *s, double gain);

/* Reset. */
void start_lists_reset(void);
void subsystems_reset(void); /* ends every run and closes every subsystem, device and start list */

/* Acquisition. */
uint32_t startable(const struct Subsystem *s);
uint32_t start(struct Subsystem *s, uint64_t now_ns);
uint32_t stop(struct Subsystem *s, bool abort);
void flush(struct Subsystem *s);

/* Counters. */
void counter_begin(struct Subsystem *s);
void counter_settle(struct Subsystem *s); /* takes note of what has come until now */

/* Controls. */
bool free_running(void);
double scan_rate(const struct Subsystem *s); /* true scans per second */

#endif
