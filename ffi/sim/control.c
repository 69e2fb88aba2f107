/* Controls of the simulation itself; the real SDK has none of these. */
#include "control.h"

#include "api.h"
#include "counter_inputs.h"
#include "journal.h"
#include "loopback.h"
#include "outputs.h"
#include "run.h"
#include "scan_lines.h"
#ifndef _WIN32
#include "user32_linux.h"
#endif

static double ppm, external_hz;
static int32_t free_run = -1; /* -1: not read from the environment yet */

bool free_running(void) {
  char text[8];
  if (free_run < 0) free_run = platform_env("DTOLSIM_FREE_RUNNING", text, sizeof text) && *text && *text != '0';
  return free_run != 0;
}

double scan_rate(const struct Subsystem *s) {
  double clock = s->set.frequency * (1 + ppm * 1e-6);
  if (s->set.clock_source == OL_CLK_EXTERNAL && external_hz > 0) clock = external_hz / s->set.clock_divider;
  return capable(s, OLSSC_SUP_SIMULTANEOUS_CLOCKING) ? clock : clock / s->set.list_size; /* else one tick a sample */
}

/* Ends every run, closes every handle, forgets every setting; the environment is read again. */
uint32_t dtolsim_reset(void) {
  platform_lock();
  subsystems_reset();
  olmem_reset();
  signals_reset();
  free_run = -1;
  ppm = external_hz = 0;
  journal_reset();
  loopback_reset();
  acquire_reset();
  outputs_reset();
  scan_lines_reset();
  sensors_reset();
  counter_inputs_reset();
  core_reset(); /* last, so that what ends here does not count for the faults of the environment */
#ifndef _WIN32
  user32_destroy_all();
#endif
  platform_unlock();
  return 0;
}

/* Answers 0, or 1 when the text is not understood; then nothing changes. Acts on the next start. */
uint32_t dtolsim_signal(const char *signal) {
  if (!signal) return 1;
  platform_lock();
  bool understood = signal_select(signal);
  platform_unlock();
  return understood ? 0 : 1;
}

uint32_t dtolsim_free_running(int32_t on) {
  platform_lock();
  free_run = on != 0;
  platform_wake_all();
  platform_unlock();
  return 0;
}

/* The true clock runs this many parts per million faster than olDaGetClockFrequency says. Acts on the next start. */
uint32_t dtolsim_clock_error(double parts_per_million) {
  platform_lock();
  bool sane = parts_per_million > -1e5 && parts_per_million < 1e5;
  if (sane) ppm = parts_per_million;
  platform_unlock();
  return sane ? 0 : 1;
}

/* What ticks at external clock inputs, in Hz; 0: the frequency that the program set. Acts on the next start. */
uint32_t dtolsim_external_clock(double hertz) {
  platform_lock();
  bool sane = hertz >= 0 && hertz < 1e9;
  if (sane) external_hz = hertz;
  platform_unlock();
  return sane ? 0 : 1;
}

/* Live handles of every kind, windows included. */
uint32_t dtolsim_open_handles(void) {
  platform_lock();
  uint32_t count = handle_count();
#ifndef _WIN32
  count += user32_windows();
#endif
  platform_unlock();
  return count;
}

/* The counting pattern of one channel, for scans `first` to `first + n - 1`. */
uint32_t dtolsim_counting(const char *board, uint32_t channel, uint64_t first, uint32_t n, uint16_t *out) {
  if (!board || !out) return 1;
  static struct Plan plan;
  platform_lock();
  plan.entries = 1;
  plan.counting = true;
  plan.entry[0].shift = 16;
  plan.entry[0].base = channel * 0x9E3779B9u + fnv1a(board);
  plan_fill(&plan, first, n, out);
  platform_unlock();
  return 0;
}
