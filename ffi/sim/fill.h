/* The sample loops, each for one format; plan_fill() of signals.h picks. */
#ifndef DTOLSIM_FILL_H
#define DTOLSIM_FILL_H

#include "signals.h"

/* The upper half of the scan index, as the counting pattern and the noise have it. */
static inline uint32_t fill_upper(uint64_t scan) {
  return (uint32_t)(scan >> 32) * 0x85EBCA6Bu;
}

/* The values of one entry for a block of scans that starts at a multiple of BLOCK, in the unit of its signal. */
void fill_values(const struct Entry *entry, uint64_t scan, double *values);

void fill_wide(const struct Plan *plan, uint64_t first, uint32_t count, void *out);

#endif
