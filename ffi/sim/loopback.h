/* DTOLSIM_LOOPBACK: outputs wired to inputs, D/A n to A/D n and the output port to the input port. */
#ifndef DTOLSIM_LOOPBACK_H
#define DTOLSIM_LOOPBACK_H

#include "subsystem.h"

bool loopback(void);
void loopback_reset(void); /* the environment is read again */

/* Replaces, in the samples `first` to `first + count - 1` of a run, those that see an output. */
void loopback_fill(const struct Subsystem *s, uint64_t first, uint32_t count, void *out);

/* The same for one scan of the subsystem's plan at this moment. */
void loopback_now(const struct Subsystem *s, const uint32_t *channels, uint32_t count, void *out);

/* What a digital input port reads. */
int32_t port_now(const struct Board *board);

#endif
