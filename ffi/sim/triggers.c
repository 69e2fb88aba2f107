#include "triggers.h"

#include <math.h>

#include "control.h"
#include "decisions.h"

enum { AHEAD = 65536 }; /* scans of a signal that are searched at a time */

static bool same_source(uint32_t a, uint32_t b) {
  return a == b || (a == OL_TRG_THRESH && b == OL_TRG_THRESHPOS) || (a == OL_TRG_THRESHPOS && b == OL_TRG_THRESH);
}

static bool is_threshold(uint32_t source) {
  return source == OL_TRG_THRESH || source == OL_TRG_THRESHPOS || source == OL_TRG_THRESHNEG;
}

/* The trigger that ends the time before it, by its own function or by that of the older data flows; 300: none. */
static uint32_t reference_of(const struct Subsystem *s) {
  bool older = s->set.data_flow == OL_DF_CONTINUOUS_PRETRIG || s->set.data_flow == OL_DF_CONTINUOUS_ABOUTTRIG;
  return older ? s->set.pretrigger : s->set.reference;
}

static bool retriggers_by_clock(const struct Subsystem *s) {
  return s->set.retrigger_mode == OL_RETRIGGER_INTERNAL;
}

static uint64_t burst_samples(const struct Subsystem *s) {
  return (uint64_t)s->set.multiscan * s->per_scan;
}

/* Whether a channel's range reaches a level. */
static bool reaches(const struct Subsystem *s, uint32_t channel, double level) {
  const struct Sensor *range = sensor_at(s->set.sensors, channel);
  return level >= range->min && level <= range->max;
}

uint32_t triggers_check(const struct Subsystem *s) {
  const struct Settings *set = &s->set;
  bool older = set->data_flow == OL_DF_CONTINUOUS_PRETRIG || set->data_flow == OL_DF_CONTINUOUS_ABOUTTRIG;
  bool single = set->data_flow == OL_DF_SINGLEVALUE;
  if (single && set->triggered_scan) return OLCANTSVTRIGSCAN;
  if (single && capable(s, OLSSC_SUP_BUFFERING) && set->clock_source != OL_CLK_INTERNAL) return OLCANTSVEXTCLOCK;
  if (older && set->pretrigger == OL_TRG_SOFT) return OLBADPRETRIGGER;
  bool started = !is_threshold(set->trigger) || reaches(s, set->threshold_channel, set->threshold_level);
  bool divided = !is_threshold(set->reference) || reaches(s, set->reference_channel, set->reference_level);
  if (!started || !divided) return DECIDED_LEVEL_OUT_OF_RANGE;
  if (!set->triggered_scan) return OLNOERROR;
  if (reference_of(s) != OL_TRG_SOFT) return DECIDED_SCAN_AND_REFERENCE;
  bool once = set->retrigger_mode == OL_RETRIGGER_SCAN_PER_TRIGGER && set->trigger == OL_TRG_SOFT;
  if (once) return OLINVALIDSCANTRIGCOMBO;
  double scans = capable(s, OLSSC_SUP_SIMULTANEOUS_CLOCKING) ? set->frequency : set->frequency / set->list_size;
  bool too_often = retriggers_by_clock(s) && set->retrigger_frequency * set->multiscan > scans;
  return too_often ? OLBADRETRIGGERRATE : OLNOERROR;
}

void triggers_prepare(struct Subsystem *s) {
  s->waiting = true;
  s->first_scan = 0;
  s->bursts = 0;
  s->too_early = false;
  s->before = reference_of(s) != OL_TRG_SOFT;
  s->border = FOR_EVER;
}

static void trigger_start(struct Subsystem *s, uint64_t ns) {
  s->waiting = false;
  s->started_ns = s->burst_ns = ns;
  s->bursts = 1;
}

/* The first scan in `from` to `to - 1` at which a channel's signal goes through a level, or FOR_EVER. */
static uint64_t crossing(const struct Subsystem *s, uint32_t channel, double level, bool rising, uint64_t from,
    uint64_t to) {
  static struct Plan plan; /* under the lock */
  const struct Sensor *range = sensor_at(s->set.sensors, channel);
  const double gain = 1, codes_per_volt = ldexp(1, (int)s->type->bits) / (range->max - range->min);
  const double threshold = (level - range->min) * codes_per_volt;
  plan_make(&plan, &(struct Inputs){
    .board = s->board,
    .type = s->type,
    .count = 1,
    .channels = &channel,
    .gains = &gain,
    .sensors = s->set.sensors,
    .differential = s->set.channel_type == OL_CHNT_DIFFERENTIAL,
    .scan_rate = scan_rate(s),
  });
  uint32_t codes[1024];
  double last = NAN;
  for (uint64_t scan = from > 0 ? from - 1 : 0; scan < to;) {
    uint32_t count = to - scan < 1024 ? (uint32_t)(to - scan) : 1024;
    plan_fill(&plan, scan, count, codes);
    for (uint32_t i = 0; i < count; i++, scan++) {
      double value = plan_sample(&plan, codes, i);
      if (rising ? last < threshold && value >= threshold : last > threshold && value <= threshold) return scan;
      last = value;
    }
  }
  return FOR_EVER;
}

static bool live(const struct Subsystem *s) {
  return s->waiting && !s->abort && s->state == RUNNING;
}

/* Waits for the instant of a scan that is counted from olDaStart. */
static void wait_for_scan(struct Subsystem *s, uint64_t scan, double rate) {
  uint64_t due = s->started_ns + (uint64_t)((long double)scan * 1e9L / rate);
  if (free_running()) due = platform_now() + 1000000;
  while (live(s) && platform_now() < due) platform_wait(due);
}

/* Searches the signal ahead of the clock. A scripted trigger may come first. */
static void await_threshold(struct Subsystem *s) {
  const struct Settings *set = &s->set;
  double rate = scan_rate(s);
  bool rising = set->trigger != OL_TRG_THRESHNEG;
  for (uint64_t from = 1; live(s); from += AHEAD) {
    uint64_t at = crossing(s, set->threshold_channel, set->threshold_level, rising, from, from + AHEAD);
    wait_for_scan(s, at == FOR_EVER ? from + AHEAD : at, rate);
    if (at == FOR_EVER || !live(s)) continue;
    trigger_start(s, free_running() ? platform_now() : s->started_ns + (uint64_t)((long double)at * 1e9L / rate));
    s->first_scan = at;
  }
}

bool triggers_await_start(struct Subsystem *s) {
  if (s->set.trigger == OL_TRG_SOFT) trigger_start(s, s->started_ns);
  else if (is_threshold(s->set.trigger)) await_threshold(s);
  while (live(s)) platform_wait(FOR_EVER);
  return !s->waiting;
}

uint64_t triggers_due(const struct Subsystem *s, uint64_t samples) {
  if (!s->set.triggered_scan) return run_time_of(s, samples);
  uint64_t burst = samples > 0 ? (samples - 1) / burst_samples(s) : 0;
  uint64_t inside = (uint64_t)((long double)(samples - burst * burst_samples(s)) * 1e9L / s->rate);
  if (retriggers_by_clock(s)) {
    return s->started_ns + (uint64_t)((long double)burst * 1e9L / s->set.retrigger_frequency) + inside;
  }
  if (s->bursts <= burst) return FOR_EVER;
  return s->bursts > burst + 1 ? s->burst_ns : s->burst_ns + inside;
}

uint64_t triggers_taken(const struct Subsystem *s, uint64_t now_ns) {
  bool by_clock = !s->set.triggered_scan || retriggers_by_clock(s);
  if (free_running()) return by_clock ? s->samples : s->bursts * burst_samples(s);
  double seconds = (double)(now_ns - s->started_ns) * 1e-9;
  if (!s->set.triggered_scan) return (uint64_t)(seconds * s->rate);
  uint64_t bursts = s->bursts - 1;
  double inside = (double)(now_ns - s->burst_ns) * 1e-9;
  if (retriggers_by_clock(s)) {
    bursts = (uint64_t)(seconds * s->set.retrigger_frequency);
    inside = seconds - (double)bursts / s->set.retrigger_frequency;
  }
  uint64_t more = (uint64_t)(inside * s->rate);
  return bursts * burst_samples(s) + (more < burst_samples(s) ? more : burst_samples(s));
}

void triggers_look_ahead(struct Subsystem *s, uint32_t count) {
  uint32_t source = reference_of(s), k = s->per_scan;
  if (!s->before || !is_threshold(source) || s->border != FOR_EVER) return;
  bool older = s->set.data_flow != OL_DF_CONTINUOUS; /* these have no threshold of their own for it */
  uint32_t channel = older ? s->set.threshold_channel : s->set.reference_channel;
  double level = older ? s->set.threshold_level : s->set.reference_level;
  uint64_t from = s->first_scan + (s->samples + k - 1) / k, to = s->first_scan + (s->samples + count) / k + 1;
  uint64_t at = crossing(s, channel, level, source != OL_TRG_THRESHNEG, from > 0 ? from : 1, to);
  if (at != FOR_EVER) s->border = (at - s->first_scan) * k;
}

bool triggers_pass_border(struct Subsystem *s) {
  if (!s->before || s->set.data_flow == OL_DF_CONTINUOUS_PRETRIG) return false;
  s->before = false;
  uint64_t scans = s->set.data_flow == OL_DF_CONTINUOUS ? s->set.reference_post : 0;
  s->border = scans == 0 ? FOR_EVER : s->border + scans * s->per_scan;
  return true;
}

/* A trigger that comes during a burst comes too early. */
static void trigger_burst(struct Subsystem *s, uint64_t now_ns) {
  uint64_t busy = (uint64_t)((double)burst_samples(s) * 1e9 / s->rate);
  if (!free_running() && now_ns < s->burst_ns + busy) s->too_early = true;
  s->bursts++;
  s->burst_ns = now_ns;
}

/* The first scan at or after the trigger is the first one after the border. */
static void trigger_reference(struct Subsystem *s, uint64_t now_ns) {
  uint32_t k = s->per_scan;
  double scans = free_running() ? 0 : ceil((double)(now_ns - s->started_ns) * 1e-9 * s->rate / k);
  uint64_t at = (uint64_t)scans * k;
  s->border = at > s->samples ? at : (s->samples + k - 1) / k * k;
}

static bool trigger(struct Subsystem *s, uint32_t source, uint64_t now_ns) {
  uint32_t again = s->set.retrigger_mode == OL_RETRIGGER_EXTRA ? s->set.retrigger : s->set.trigger;
  if (s->waiting) {
    if (!same_source(source, s->set.trigger)) return false;
    trigger_start(s, now_ns);
  } else if (s->set.triggered_scan && !retriggers_by_clock(s)) {
    if (!same_source(source, again)) return false;
    trigger_burst(s, now_ns);
  } else {
    if (!s->before || s->border != FOR_EVER || !same_source(source, reference_of(s))) return false;
    trigger_reference(s, now_ns);
  }
  return true;
}

/* Gives the board a trigger of a source, by its OL_TRG number; answers how many runs it meant something to. */
uint32_t dtolsim_trigger(const char *board, uint32_t source) {
  uint32_t count = 0, cursor = 0;
  platform_lock();
  const struct Board *found = board ? board_named(board) : NULL;
  uint64_t now = platform_now();
  for (HDASS handle; found && (handle = handle_next(KIND_SUBSYSTEM, &cursor));) {
    struct Subsystem *s = handle_get(KIND_SUBSYSTEM, handle);
    if (s->board == found && s->thread && s->state == RUNNING && trigger(s, source, now)) count++;
  }
  platform_wake_all();
  platform_unlock();
  return count;
}
