/* Controls of the simulation itself; the real SDK has none of these. */
#include "control.h"

#include "api.h"
#include "subsystem.h"
#ifndef _WIN32
#include "user32_linux.h"
#endif

static double ppm;
static int32_t free_run = -1; /* -1: not read from the environment yet */

bool free_running(void) {
  char text[8];
  if (free_run < 0) free_run = platform_env("DTOLSIM_FREE_RUNNING", text, sizeof text) && *text && *text != '0';
  return free_run != 0;
}

double clock_factor(void) {
  return 1 + ppm * 1e-6;
}

/* Ends every run, closes every handle, forgets every setting; the environment is read again. */
uint32_t dtolsim_reset(void) {
  platform_lock();
  subsystems_reset();
  olmem_reset();
  signals_reset();
  free_run = -1;
  ppm = 0;
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
  plan.entry[0].base = channel * 0x9E3779B9u + fnv1a(board);
  plan_fill(&plan, first, n, out);
  platform_unlock();
  return 0;
}

/* What an output of a board carries: a D/A code, or the byte of the digital port; -1 when there is no such output. */
int32_t dtolsim_output(const char *board, uint32_t subsystem, uint32_t channel) {
  platform_lock();
  const struct Board *found = board ? board_named(board) : NULL;
  const struct Type *type = found ? board_type(found, (int32_t)subsystem) : NULL;
  int32_t value = -1;
  if (type && channel < type->caps[OLSSC_NUMCHANNELS]) {
    if (subsystem == OLSS_DA) value = found->outputs[channel];
    if (subsystem == OLSS_DOUT) value = found->digital_output;
  }
  platform_unlock();
  return value;
}
