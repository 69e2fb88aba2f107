/* The simulated boards: what each can do, and what it holds while the process runs. */
#ifndef DTOLSIM_BOARDS_H
#define DTOLSIM_BOARDS_H

#include "sdk.h"

enum { BOARDS = 3, MAX_TYPES = 5, MAX_GAINS = 4, MAX_OUTPUTS = 2 };

/* One subsystem type of a board. */
struct Type {
  int32_t type;
  uint32_t elements;
  const double *caps; /* by capability position */
  uint32_t bits;
  double max, min; /* the one range, equal when there is none */
  double gains[MAX_GAINS];
};

struct Board {
  const char *name, *model, *driver;
  uint16_t product;
  uint32_t serial;
  uint32_t seed; /* of the counting pattern */
  struct Type types[MAX_TYPES];
  uint32_t type_count;
  uint32_t opens;
  uint32_t unplugged_at; /* 1 + the number of times the faults had been cleared; 0: never */
  int32_t outputs[MAX_OUTPUTS]; /* D/A codes: they outlive the handle */
  int32_t digital_output;
};

extern struct Board boards[BOARDS];

struct Board *board_named(const char *name);
const struct Type *board_type(const struct Board *board, int32_t type);
uint32_t fnv1a(const char *text);

/* A pulled plug is back in once the faults are cleared. */
void board_unplug(struct Board *board);
bool board_unplugged(const struct Board *board);

void boards_reset(void);

#endif
