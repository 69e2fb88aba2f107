/* What the outputs of the boards carry and have carried: D/A channels and digital ports. It outlives every handle. */
#ifndef DTOLSIM_OUTPUTS_H
#define DTOLSIM_OUTPUTS_H

#include "boards.h"

enum { MAX_OUTPUTS = 2 };

/* A single value, put out at this moment. */
void output_put(const struct Board *board, int32_t type, uint32_t channel, int32_t code);

/* What an output carries now; `channel` must exist. */
int32_t output_now(const struct Board *board, int32_t type, uint32_t channel);

/* What an output carried at an instant of the past. */
int32_t output_at(const struct Board *board, int32_t type, uint32_t channel, uint64_t ns);

/* A clocked run of a D/A. Buffers are added as they go to the hardware; their samples leave by the clock. */
void play_begin(const struct Board *board, const uint32_t *channels, uint32_t entries);
void play_clock(const struct Board *board, uint64_t started_ns, double scan_rate); /* from here on samples leave */
bool play_add(const struct Board *board, const void *codes, uint32_t count, uint32_t width);
void play_loop(const struct Board *board);                /* what was added so far repeats for ever */
void play_limit(const struct Board *board, uint64_t scans); /* no more than these leave */
void play_settle(const struct Board *board, uint64_t ns); /* brings outputs and journal to this instant */
/* What has not left by then never will, nor what comes after so many scans. */
void play_end(const struct Board *board, uint64_t ns, uint64_t scans);

void outputs_reset(void);

#endif
