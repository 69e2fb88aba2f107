/* What the inputs see, and the codes that come of it: a pure function of board, channel and scan index. */
#ifndef DTOLSIM_SIGNALS_H
#define DTOLSIM_SIGNALS_H

#include "sensors.h"

enum { LIST_DEPTH = 32, PLAN_DEPTH = 2 * LIST_DEPTH, BLOCK = 64 };

enum SignalKind { SIGNAL_DEFAULT, SIGNAL_COUNTING, SIGNAL_SINE, SIGNAL_NOISE, SIGNAL_CONSTANT, SIGNAL_THERMOCOUPLE,
  SIGNAL_OPEN, SIGNAL_PORT };

struct Signal {
  enum SignalKind kind;
  double frequency, amplitude, offset; /* of a sine, in Hz and volts */
  double noise;                        /* volts */
  double level;                        /* volts of a constant, degrees C of a thermocouple */
};

/* One position of the channel list, ready to be computed. */
struct Entry {
  struct Signal signal;
  uint32_t base; /* of the counting pattern: channel and board */
  uint32_t mask; /* of the codes: the full scale */
  uint32_t shift; /* that leaves the upper bits of a 32-bit number as a code */
  struct Scale scale;
  double gain, min, steps_per_volt;
  uint64_t turn;                     /* of the sine per scan, in 2^-64 turns: exact for any index */
  double cosine[BLOCK], sine[BLOCK]; /* of 0 to BLOCK - 1 turns */
};

enum Format { CODES16, CODES32, FLOATS };

struct Plan {
  enum Format format;
  uint32_t entries; /* samples per scan: list positions, twice as many where cold junctions stand between */
  bool counting; /* every entry is */
  struct Entry entry[PLAN_DEPTH];
};

struct Inputs {
  const struct Board *board;
  const struct Type *type;
  uint32_t count;
  const uint32_t *channels;
  const double *gains;
  const struct Sensor *sensors; /* by channel */
  bool differential, junctions; /* `junctions`: each value is followed by the temperature of its cold junction */
  double scan_rate;
};

void plan_make(struct Plan *plan, const struct Inputs *inputs);

/* Computes `count` samples of the scan-interleaved stream, from sample number `first` on. */
void plan_fill(const struct Plan *plan, uint64_t first, uint32_t count, void *out);

/* One sample of those that plan_fill() wrote. */
double plan_sample(const struct Plan *plan, const void *samples, uint32_t index);

bool signal_select(const char *text); /* false when the text is not understood */
void signals_reset(void);             /* back to what the environment says */

#endif
