/* Which signal every channel sees: by environment or control call. */
#include "signals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decisions.h"
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

static struct Signal constant(double level) {
  return (struct Signal){.kind = SIGNAL_CONSTANT, .level = level};
}

/* On boards whose cold junction is an ordinary channel: whether this one carries it. */
static bool carries_junction(const struct Inputs *inputs, uint32_t channel) {
  struct Signal signal = chosen[channel % CHANNELS];
  if (channel != 0 || !inputs->differential || inputs->type->caps[OLSSC_SUP_CJC_SOURCE_CHANNEL] == 0) return false;
  if (signal.kind == SIGNAL_THERMOCOUPLE) return true;
  bool thermocouples = false;
  for (uint32_t i = 0; i < inputs->count; i++) {
    thermocouples |= chosen[inputs->channels[i] % CHANNELS].kind == SIGNAL_THERMOCOUPLE;
  }
  return thermocouples && signal.kind == SIGNAL_DEFAULT;
}

/* Something else for each channel, well inside its range. */
static struct Signal default_signal(const struct Scale *scale, uint32_t channel) {
  static const struct Signal signals[] = {
    [VOLTS] = {.kind = SIGNAL_SINE, .frequency = 10, .amplitude = 5, .noise = 1e-3}, /* of 10 V */
    [DEGREES] = {.kind = SIGNAL_SINE, .frequency = 0.1, .amplitude = 5, .offset = 25, .noise = 1e-3},
    [OHMS] = {.kind = SIGNAL_SINE, .frequency = 0.1, .amplitude = 5, .offset = 100, .noise = 1e-3},
    [AMPERES] = {.kind = SIGNAL_SINE, .frequency = 0.1, .amplitude = 2e-3, .offset = 12e-3, .noise = 1e-6},
  };
  struct Signal signal = signals[scale->unit];
  signal.frequency *= channel + 1;
  if (scale->unit == VOLTS) signal.amplitude *= scale->high / 10, signal.noise *= scale->high / 10;
  return signal;
}

/* The signal of a channel with everything resolved that depends on board and list. */
static struct Signal resolve(const struct Inputs *inputs, const struct Scale *scale, uint32_t channel) {
  if (channel == DECIDED_PORT_CHANNEL) return (struct Signal){.kind = SIGNAL_PORT};
  if (carries_junction(inputs, channel)) return constant(junction() * 0.01); /* 10 mV per degree C */
  struct Signal signal = chosen[channel % CHANNELS];
  if (signal.kind == SIGNAL_DEFAULT) return default_signal(scale, channel);
  if (signal.kind != SIGNAL_THERMOCOUPLE) return signal;
  if (scale->unit != VOLTS) return constant(signal.level);
  return constant((type_k_millivolts(signal.level) - type_k_millivolts(junction())) / 1000);
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

static struct Entry *add(struct Plan *plan, const struct Type *type, const struct Sensor *sensor, struct Signal signal,
    struct Scale scale) {
  struct Entry *entry = &plan->entry[plan->entries++];
  entry->signal = signal;
  entry->scale = scale;
  entry->base = 0;
  entry->mask = (uint32_t)((UINT64_C(1) << type->bits) - 1);
  entry->shift = 32 - type->bits;
  entry->gain = 1;
  entry->min = sensor->min;
  entry->steps_per_volt = (entry->mask + 1.0) / (sensor->max - sensor->min);
  plan->counting &= signal.kind == SIGNAL_COUNTING;
  return entry;
}

void plan_make(struct Plan *plan, const struct Inputs *inputs) {
  load_environment();
  const struct Type *type = inputs->type;
  plan->format = type->caps[OLSSC_RETURNS_FLOATS] != 0 ? FLOATS : type->bits > 16 ? CODES32 : CODES16;
  plan->entries = 0;
  plan->counting = true;
  for (uint32_t i = 0; i < inputs->count; i++) {
    uint32_t channel = inputs->channels[i];
    const struct Sensor *sensor = sensor_at(inputs->sensors, channel);
    struct Scale scale = sensor_scale(type, sensor);
    struct Entry *entry = add(plan, type, sensor, resolve(inputs, &scale, channel), scale);
    entry->base = channel * 0x9E3779B9u + inputs->board->seed;
    entry->gain = inputs->gains[i];
    if (sensor->coupling == COUPLING_AC) entry->signal.offset = entry->signal.level = 0;
    if (entry->signal.kind == SIGNAL_SINE) prepare_sine(entry, inputs->scan_rate);
    if (inputs->junctions) add(plan, type, sensor, constant(junction()), (struct Scale){DEGREES, -1000, 1000});
  }
}
