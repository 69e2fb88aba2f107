/* Which signal every channel sees: by environment or control call. */
#include "signals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform.h"

enum { CHANNELS = 32 };

static struct Signal chosen[CHANNELS];
static bool loaded;

static const struct {
  const char *name;
  struct Signal signal;
  uint32_t parameters;
} kinds[] = {
  {"default", {.kind = SIGNAL_DEFAULT}, 0},
  {"counting", {.kind = SIGNAL_COUNTING}, 0},
  {"sine", {.kind = SIGNAL_SINE, .frequency = 10, .amplitude = 5}, 3},
  {"noise", {.kind = SIGNAL_NOISE, .noise = 1}, 1},
  {"constant", {.kind = SIGNAL_CONSTANT}, 1},
  {"tc", {.kind = SIGNAL_THERMOCOUPLE, .level = 100}, 1},
  {"open", {.kind = SIGNAL_OPEN}, 0},
};

static void set_parameter(struct Signal *signal, uint32_t index, double value) {
  if (signal->kind == SIGNAL_NOISE) signal->noise = value;
  else if (signal->kind != SIGNAL_SINE) signal->level = value;
  else if (index == 0) signal->frequency = value;
  else if (index == 1) signal->amplitude = value;
  else signal->offset = value;
}

/* Reads `name[:number]...`. */
static bool parse_signal(const char *text, struct Signal *out) {
  size_t length = strcspn(text, ":");
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strlen(kinds[i].name) != length || strncmp(text, kinds[i].name, length) != 0) continue;
    *out = kinds[i].signal;
    text += length;
    for (uint32_t p = 0; *text == ':' && p < kinds[i].parameters; p++) {
      char *end;
      double value = strtod(text + 1, &end);
      if (end == text + 1 || !isfinite(value)) return false;
      set_parameter(out, p, value);
      text = end;
    }
    return *text == 0;
  }
  return false;
}

static bool parse_channel(char *text, struct Signal *signals) {
  char *end;
  unsigned long channel = strtoul(text, &end, 10);
  if (end == text || *end != '=' || channel >= CHANNELS) return false;
  return parse_signal(end + 1, &signals[channel]);
}

/* One signal for all channels, or `channel=signal` separated by commas; channels not named keep the default. */
static bool parse(const char *text) {
  struct Signal signals[CHANNELS] = {0};
  char copy[1024];
  if (strlen(text) >= sizeof copy) return false;
  strcpy(copy, text);
  if (*copy && !strchr(copy, '=')) {
    if (!parse_signal(copy, &signals[0])) return false;
    for (uint32_t c = 1; c < CHANNELS; c++) signals[c] = signals[0];
  } else {
    for (char *rest = copy, *next; rest && *rest; rest = next) {
      next = strchr(rest, ',');
      if (next) *next++ = 0;
      if (!parse_channel(rest, signals)) return false;
    }
  }
  memcpy(chosen, signals, sizeof chosen);
  return true;
}

static void load_environment(void) {
  char text[1024];
  if (loaded) return;
  loaded = true;
  memset(chosen, 0, sizeof chosen);
  if (platform_env("DTOLSIM_SIGNAL", text, sizeof text) && !parse(text)) {
    fprintf(stderr, "dtolsim: cannot read DTOLSIM_SIGNAL=\"%s\"; the default signals stay\n", text);
  }
}

bool signal_select(const char *text) {
  load_environment();
  return parse(text);
}

void signals_reset(void) {
  loaded = false;
}

/* Type K, ITS-90, millivolts against 0 degrees C. */
static double type_k_millivolts(double celsius) {
  static const double below[] = {0.0, 0.039450128025, 2.3622373598e-05, -3.2858906784e-07, -4.9904828777e-09,
    -6.7509059173e-11, -5.7410327428e-13, -3.1088872894e-15, -1.0451609365e-17, -1.9889266878e-20, -1.6322697486e-23};
  static const double above[] = {-0.017600413686, 0.038921204975, 1.8558770032e-05, -9.9457592874e-08,
    3.1840945719e-10, -5.6072844889e-13, 5.6075059059e-16, -3.2020720003e-19, 9.7151147152e-23, -1.2104721275e-26};
  const double *c = celsius < 0 ? below : above;
  double sum = 0;
  for (int i = celsius < 0 ? 10 : 9; i >= 0; i--) sum = sum * celsius + c[i];
  if (celsius >= 0) sum += 0.1185976 * exp(-0.0001183432 * (celsius - 126.9686) * (celsius - 126.9686));
  return sum;
}

static struct Signal constant(double volts) {
  return (struct Signal){.kind = SIGNAL_CONSTANT, .level = volts};
}

/* The signal of a channel with everything resolved that depends on board and list. */
static struct Signal resolve(const struct Inputs *inputs, uint32_t channel) {
  const double junction = 25; /* degrees C of the terminal block, 10 mV each on channel 0 */
  if (channel >= (uint32_t)inputs->type->caps[OLSSC_MAXSECHANS]) return (struct Signal){.kind = SIGNAL_PORT};
  struct Signal signal = chosen[channel % CHANNELS];
  bool thermocouples = signal.kind == SIGNAL_THERMOCOUPLE;
  for (uint32_t i = 0; i < inputs->count; i++) {
    thermocouples |= chosen[inputs->channels[i] % CHANNELS].kind == SIGNAL_THERMOCOUPLE;
  }
  bool cold_junction = channel == 0 && inputs->differential && thermocouples &&
                       inputs->type->caps[OLSSC_SUP_CJC_SOURCE_CHANNEL] != 0 &&
                       (signal.kind == SIGNAL_DEFAULT || signal.kind == SIGNAL_THERMOCOUPLE);
  if (cold_junction) return constant(junction * 0.01);
  if (signal.kind == SIGNAL_THERMOCOUPLE) {
    return constant((type_k_millivolts(signal.level) - type_k_millivolts(junction)) / 1000);
  }
  if (signal.kind != SIGNAL_DEFAULT) return signal;
  return (struct Signal){.kind = SIGNAL_SINE, .frequency = 10.0 * (channel + 1), .amplitude = 5, .noise = 0.001};
}

static void prepare_sine(struct Entry *entry, double scan_rate) {
  double turns = entry->signal.frequency / scan_rate;
  turns -= floor(turns);
  entry->turn = (uint64_t)ldexp(turns, 63) << 1;
  for (uint32_t i = 0; i < BLOCK; i++) {
    double angle = 2 * 3.14159265358979323846 * ldexp((double)(entry->turn * i), -64);
    entry->cosine[i] = cos(angle);
    entry->sine[i] = sin(angle);
  }
}

void plan_make(struct Plan *plan, const struct Inputs *inputs) {
  load_environment();
  const struct Type *type = inputs->type;
  plan->entries = inputs->count;
  plan->counting = true;
  for (uint32_t i = 0; i < inputs->count; i++) {
    struct Entry *entry = &plan->entry[i];
    entry->signal = resolve(inputs, inputs->channels[i]);
    entry->base = inputs->channels[i] * 0x9E3779B9u + inputs->board->seed;
    entry->mask = (1u << type->bits) - 1;
    entry->gain = inputs->gains[i];
    entry->min = type->min;
    entry->steps_per_volt = (entry->mask + 1.0) / (type->max - type->min);
    if (entry->signal.kind == SIGNAL_SINE) prepare_sine(entry, inputs->scan_rate);
    plan->counting &= entry->signal.kind == SIGNAL_COUNTING;
  }
}
