#include "loopback.h"

#include "control.h"
#include "outputs.h"

static int32_t wired = -1; /* -1: not read from the environment yet */
static int32_t lines[BOARDS];
static bool driven[BOARDS]; /* by dtolsim_port; open lines read 1 */

bool loopback(void) {
  char text[8];
  if (wired < 0) wired = platform_env("DTOLSIM_LOOPBACK", text, sizeof text) && *text && *text != '0';
  return wired != 0;
}

void loopback_reset(void) {
  wired = -1;
  for (uint32_t i = 0; i < BOARDS; i++) driven[i] = false;
}

/* The code that an entry of the channel list makes of an output's code. */
static int32_t seen(const struct Entry *entry, const struct Type *output, int32_t code) {
  double volts = output->min + code * (output->max - output->min) / (double)(1u << output->bits);
  double value = (volts * entry->gain - entry->min) * entry->steps_per_volt + 0.5;
  return value <= 0 ? 0 : value >= entry->mask ? (int32_t)entry->mask : (int32_t)value;
}

/* The sample of one list position at an instant; false when it sees no output. */
static bool sample(const struct Subsystem *s, uint32_t position, uint32_t channel, uint64_t ns, int32_t *code) {
  const struct Entry *entry = &s->plan.entry[position];
  const struct Type *output = board_type(s->board, OLSS_DA);
  if (entry->signal.kind == SIGNAL_PORT) {
    *code = output_at(s->board, OLSS_DOUT, 0, ns);
    return true;
  }
  if (!output || channel >= output->caps[OLSSC_NUMCHANNELS]) return false;
  *code = seen(entry, output, output_at(s->board, OLSS_DA, channel, ns));
  return true;
}

static void store(const struct Subsystem *s, void *out, uint32_t index, int32_t code) {
  if (sample_width(s) == 2) ((uint16_t *)out)[index] = (uint16_t)code;
  else ((int32_t *)out)[index] = code;
}

void loopback_fill(const struct Subsystem *s, uint64_t first, uint32_t count, void *out) {
  if (!loopback() || capable(s, OLSSC_RETURNS_FLOATS)) return;
  uint32_t k = s->set.list_size;
  bool together = capable(s, OLSSC_SUP_SIMULTANEOUS_CLOCKING);
  for (uint32_t i = 0; i < count; i++) {
    uint64_t n = first + i, tick = together ? n - n % k : n;
    uint64_t ns = s->started_ns + (uint64_t)((long double)tick * 1e9L / s->rate);
    int32_t code;
    if (sample(s, (uint32_t)(n % k), s->set.channels[n % k], ns, &code)) store(s, out, i, code);
  }
}

void loopback_now(const struct Subsystem *s, const uint32_t *channels, uint32_t count, void *out) {
  if (!loopback() || capable(s, OLSSC_RETURNS_FLOATS)) return;
  for (uint32_t i = 0; i < count; i++) {
    int32_t code;
    if (sample(s, i, channels[i], platform_now(), &code)) store(s, out, i, code);
  }
}

int32_t port_now(const struct Board *board) {
  if (loopback()) return output_now(board, OLSS_DOUT, 0);
  int32_t open = (int32_t)((1u << board_type(board, OLSS_DIN)->bits) - 1);
  return driven[board - boards] ? lines[board - boards] & open : open;
}

uint32_t dtolsim_loopback(int32_t on) {
  platform_lock();
  wired = on != 0;
  platform_unlock();
  return 0;
}

/* What drives the lines of a digital input port; negative: nothing, they are open. 1: no such port. */
uint32_t dtolsim_port(const char *board, int32_t value) {
  platform_lock();
  const struct Board *found = board ? board_named(board) : NULL;
  bool known = found && board_type(found, OLSS_DIN);
  if (known) {
    driven[found - boards] = value >= 0;
    lines[found - boards] = value;
  }
  platform_unlock();
  return known ? 0 : 1;
}
