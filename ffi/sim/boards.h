/* The simulated boards: what each can do, and what it holds while the process runs. */
#ifndef DTOLSIM_BOARDS_H
#define DTOLSIM_BOARDS_H

#include "sdk.h"

enum { BOARDS = 6, MAX_GAINS = 4, MAX_EXCITATIONS = 2, MAX_FILTERS = 3, MAX_IO_TYPES = 9 };

/* One subsystem type of a board. */
struct Type {
  int32_t type;
  uint32_t elements;
  const double *caps; /* by capability position */
  uint32_t bits;
  double max, min; /* the widest range, equal when there is none */
  double other_max, other_min; /* another one, equal when there is none */
  double gains[MAX_GAINS];
  double filters[MAX_FILTERS];         /* cut-off frequencies in Hz, the last one what an input begins with */
  double excitations[MAX_EXCITATIONS]; /* amperes; 0: no further one */
  int32_t io_types[MAX_IO_TYPES];      /* that an input may take, on boards with a choice */
  bool termination;                    /* inputs have one that can be switched */
  uint32_t threshold_channels; /* from 0 on: those that a threshold trigger may look at */
};

struct Board {
  const char *name, *model, *driver;
  uint16_t product;
  uint32_t serial;
  uint32_t seed; /* of the counting pattern */
  const struct Type *types;
  uint32_t type_count;
  uint32_t opens;
  uint32_t unplugged_at; /* 1 + the number of times the faults had been cleared; 0: never */
};

extern struct Board boards[BOARDS];
extern const struct Type types_9805[4], types_9806[5], types_9828[1], types_9829[1], types_9837a[2], types_9862[7];

struct Board *board_named(const char *name);
const struct Type *board_type(const struct Board *board, int32_t type);
uint32_t fnv1a(const char *text);

/* A pulled plug is back in once the faults are cleared. */
void board_unplug(struct Board *board);
bool board_unplugged(const struct Board *board);

void boards_reset(void);

#endif
