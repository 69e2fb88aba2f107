/* What counters, quadrature decoders and tachometers see at their inputs. */
#ifndef DTOLSIM_COUNTER_INPUTS_H
#define DTOLSIM_COUNTER_INPUTS_H

#include "subsystem.h"

/* A pulse train. Negative Hz: the other direction. */
struct CounterInput {
  double hz, duty; /* `duty`: the part of a period that is high, 0 to 1 */
};

struct CounterInput counter_input(const struct Subsystem *s);

/* The next of the counts that a control has scripted; false when there are none. */
bool counter_scripted(const struct Subsystem *s, int32_t *count);

void counter_inputs_reset(void); /* the environment is read again */

/* Whether a counter's gate lets it count now. */
bool counter_gated(const struct Subsystem *s);

/* Who holds an element now, or NULL. */
struct Subsystem *counter_holder(const struct Board *board, int32_t type, uint32_t element);

#endif
