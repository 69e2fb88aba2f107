/* Triggers: what starts a run, what starts each of its bursts, and what divides it into before and after. */
#ifndef DTOLSIM_TRIGGERS_H
#define DTOLSIM_TRIGGERS_H

#include "run.h"

/* Whether the trigger settings go together: 0, or what olDaConfig answers. */
uint32_t triggers_check(const struct Subsystem *s);

/* Nothing has come yet. */
void triggers_prepare(struct Subsystem *s);

/* Waits for the start trigger; false when the run is stopped before. Sets `started_ns` and `first_scan`. */
bool triggers_await_start(struct Subsystem *s);

/* When sample number `samples` of the run is taken, FOR_EVER while its trigger has not come; and how many have been. */
uint64_t triggers_due(const struct Subsystem *s, uint64_t samples);
uint64_t triggers_taken(const struct Subsystem *s, uint64_t now_ns);

/* Looks whether the reference trigger lies in the next `count` samples, and notes where. */
void triggers_look_ahead(struct Subsystem *s, uint32_t count);

/* The run has come to the border: on to what is after the reference trigger; false when nothing is. */
bool triggers_pass_border(struct Subsystem *s);

#endif
