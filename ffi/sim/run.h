/* What the runs of inputs and outputs share: buffers in process, messages, the end. */
#ifndef DTOLSIM_RUN_H
#define DTOLSIM_RUN_H

#include "subsystem.h"

enum End {
  GOING, END_STOPPED, END_QUEUE_DONE, END_COMPLETE, END_OVERRUN, END_UNDERRUN, END_TRIGGER, END_REMOVED
};

void notify(struct Subsystem *s, uint32_t message);

/* Takes a buffer into Inprocess, and puts the one there on Done unless the run is not wired. */
void run_begin_buffer(struct Subsystem *s, struct Buffer *buffer);
void run_hand_over(struct Subsystem *s, uint32_t message);

/* When sample number `samples` of the run is taken or gone: from the start, so that nothing sums up. */
uint64_t run_time_of(const struct Subsystem *s, uint64_t samples);

void run_finish(struct Subsystem *s, enum End end);

/* Bodies of the threads; the argument is a subsystem whose run is prepared. */
void acquire_prepare(struct Subsystem *s);
void acquire_reset(void);
void acquire(void *subsystem);
uint32_t acquire_peek(struct Subsystem *s, struct Buffer *buffer, uint32_t samples);
void play_prepare(struct Subsystem *s);
void play(void *subsystem);

#endif
