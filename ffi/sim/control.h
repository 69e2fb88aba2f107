/* Controls of the simulation itself, exported beside the SDK's functions. See also core.h. */
#ifndef DTOLSIM_CONTROL_H
#define DTOLSIM_CONTROL_H

#include "core.h"

enum { COUNTER_STATE = 15 };

SDK uint32_t dtolsim_reset(void);
SDK uint32_t dtolsim_signal(const char *signal);
SDK uint32_t dtolsim_free_running(int32_t on);
SDK uint32_t dtolsim_clock_error(double parts_per_million);
SDK uint32_t dtolsim_open_handles(void);
SDK uint32_t dtolsim_counting(const char *board, uint32_t channel, uint64_t first, uint32_t n, uint16_t *out);
SDK uint32_t dtolsim_external_clock(double hertz);
SDK uint32_t dtolsim_trigger(const char *board, uint32_t source);
SDK uint32_t dtolsim_cjc(double degrees);
SDK uint32_t dtolsim_counter(const char *board, uint32_t type, uint32_t element, double hz, double duty);
SDK uint32_t dtolsim_gate(const char *board, uint32_t element, int32_t level);
SDK uint32_t dtolsim_events(const char *board, uint32_t type, uint32_t element, const int32_t *counts, uint32_t count);
SDK uint32_t dtolsim_counter_state(const char *board, uint32_t type, uint32_t element, double *out);
SDK uint32_t dtolsim_loopback(int32_t on);
SDK uint64_t dtolsim_lateness(void);
SDK uint32_t dtolsim_port(const char *board, int32_t value);
SDK uint32_t dtolsim_played(const char *board, uint32_t channel, int32_t *codes, uint32_t max);
SDK uint32_t dtolsim_scan_lines(const char *board, int32_t *values, uint32_t max);
SDK int32_t dtolsim_output(const char *board, uint32_t subsystem, uint32_t channel);

#endif
