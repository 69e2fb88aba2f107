#include "outputs.h"

#include <math.h>
#include <stdlib.h>

#include "control.h"
#include "core.h"
#include "journal.h"

enum { CHANGES = 64, PORT = MAX_OUTPUTS, KEPT = 1 << 26 };

/* An output and its latest changes by single values. */
struct Output {
  int32_t now, before; /* `before` the oldest change that is kept */
  uint64_t count;
  struct {
    uint64_t ns;
    int32_t code;
  } changes[CHANGES];
};

/* The latest clocked run of a board's D/A. */
struct Play {
  uint32_t entries, channels[MAX_OUTPUTS];
  int32_t *codes; /* scan after scan */
  uint64_t count, room;
  bool loop, clocked, ended;
  uint64_t started_ns, ended_ns, limit; /* `limit` in scans */
  double scan_rate; /* infinite when there is no clock */
  uint64_t settled; /* scans that outputs and journal know of */
};

static struct Output outputs[BOARDS][MAX_OUTPUTS + 1];
static struct Play plays[BOARDS];
static bool ready;

static struct Output *output_of(const struct Board *board, int32_t type, uint32_t channel) {
  if (!ready) outputs_reset();
  return &outputs[board - boards][type == OLSS_DA ? channel : PORT];
}

static struct Play *play_of(const struct Board *board) {
  return &plays[board - boards];
}

static void remember(struct Output *output, uint64_t ns, int32_t code) {
  uint64_t place = output->count++ % CHANGES;
  if (output->count > CHANGES) output->before = output->changes[place].code;
  output->changes[place].ns = ns;
  output->changes[place].code = code;
}

static void change(const struct Board *board, int32_t type, uint32_t channel, int32_t code) {
  struct Output *output = output_of(board, type, channel);
  if (output->now == code) return;
  output->now = code;
  journal_write(board, type, channel, code);
}

void output_put(const struct Board *board, int32_t type, uint32_t channel, int32_t code) {
  change(board, type, channel, code);
  remember(output_of(board, type, channel), platform_now(), code);
}

int32_t output_now(const struct Board *board, int32_t type, uint32_t channel) {
  if (type == OLSS_DA) play_settle(board, platform_now());
  return output_of(board, type, channel)->now;
}

/* Scans that have left by an instant: scan k leaves k periods after the start. One nanosecond more, as instants are
   cut to whole ones. */
static uint64_t scans_out(const struct Play *play, uint64_t ns) {
  if (play->ended && ns > play->ended_ns) ns = play->ended_ns;
  if (!play->clocked || play->count == 0 || ns < play->started_ns) return 0;
  uint64_t scans = play->count / play->entries;
  if (isinf(play->scan_rate)) return scans;
  uint64_t left = (uint64_t)((long double)(ns - play->started_ns + 1) * 1e-9L * play->scan_rate) + 1;
  if (!play->loop && left > scans) left = scans;
  return left < play->limit ? left : play->limit;
}

static int32_t code_at(const struct Play *play, uint64_t scan, uint32_t entry) {
  if (play->loop) scan %= play->count / play->entries;
  return play->codes[scan * play->entries + entry];
}

int32_t output_at(const struct Board *board, int32_t type, uint32_t channel, uint64_t ns) {
  const struct Play *play = play_of(board);
  bool played = type == OLSS_DA && play->clocked && ns >= play->started_ns && !(play->ended && ns >= play->ended_ns);
  uint64_t scans = played ? scans_out(play, ns) : 0;
  for (uint32_t e = 0; scans > 0 && e < play->entries; e++) {
    if (play->channels[e] == channel) return code_at(play, scans - 1, e);
  }
  const struct Output *output = output_of(board, type, channel);
  for (uint64_t i = output->count; i > 0 && output->count - i < CHANGES; i--) {
    if (output->changes[(i - 1) % CHANGES].ns <= ns) return output->changes[(i - 1) % CHANGES].code;
  }
  return output->before;
}

void play_begin(const struct Board *board, const uint32_t *channels, uint32_t entries) {
  struct Play *play = play_of(board);
  *play = (struct Play){.entries = entries, .codes = play->codes, .room = play->room, .limit = FOR_EVER};
  for (uint32_t e = 0; e < entries; e++) play->channels[e] = channels[e];
}

void play_clock(const struct Board *board, uint64_t started_ns, double scan_rate) {
  struct Play *play = play_of(board);
  play->started_ns = started_ns;
  play->scan_rate = scan_rate;
  play->clocked = true;
}

bool play_add(const struct Board *board, const void *codes, uint32_t count, uint32_t width) {
  struct Play *play = play_of(board);
  if (play->count + count > KEPT) return true; /* a run this long is not kept to its end */
  while (play->count + count > play->room) {
    uint64_t room = play->room ? play->room * 2 : 4096;
    int32_t *more = realloc(play->codes, room * sizeof *more);
    if (!more) return false;
    play->codes = more;
    play->room = room;
  }
  int32_t *to = play->codes + play->count;
  for (uint32_t i = 0; i < count; i++) {
    to[i] = width == 2 ? ((const uint16_t *)codes)[i] : ((const int32_t *)codes)[i];
  }
  play->count += count;
  return true;
}

void play_loop(const struct Board *board) {
  play_of(board)->loop = true;
}

void play_limit(const struct Board *board, uint64_t scans) {
  play_of(board)->limit = scans;
}

void play_settle(const struct Board *board, uint64_t ns) {
  struct Play *play = play_of(board);
  uint64_t scans = scans_out(play, ns);
  if (!journal_open() && scans > play->settled) play->settled = scans - 1; /* only the last one matters */
  for (; play->settled < scans; play->settled++) {
    for (uint32_t e = 0; e < play->entries; e++) {
      change(board, OLSS_DA, play->channels[e], code_at(play, play->settled, e));
    }
  }
}

void play_end(const struct Board *board, uint64_t ns, uint64_t scans) {
  struct Play *play = play_of(board);
  play->limit = scans;
  play_settle(board, ns);
  play->ended = true;
  play->ended_ns = ns;
  for (uint32_t e = 0; play->settled > 0 && e < play->entries; e++) {
    struct Output *output = output_of(board, OLSS_DA, play->channels[e]);
    remember(output, ns, output->now);
  }
}

void outputs_reset(void) {
  ready = true;
  for (uint32_t b = 0; b < BOARDS; b++) {
    const struct Type *type = board_type(&boards[b], OLSS_DA);
    for (uint32_t c = 0; c <= PORT; c++) {
      int32_t rest = c == PORT || !type ? 0 : 1 << (type->bits - 1); /* 0 V */
      outputs[b][c] = (struct Output){.now = rest, .before = rest};
    }
    plays[b] = (struct Play){.codes = plays[b].codes, .room = plays[b].room};
  }
}

/* What a D/A channel has put out since the latest start: up to `max` codes, and how many there are. */
uint32_t dtolsim_played(const char *board, uint32_t channel, int32_t *codes, uint32_t max) {
  platform_lock();
  const struct Board *found = board ? board_named(board) : NULL;
  const struct Play *play = found ? play_of(found) : NULL;
  uint64_t scans = 0;
  for (uint32_t e = 0; play && e < play->entries; e++) {
    if (play->channels[e] != channel) continue;
    scans = scans_out(play, platform_now());
    for (uint64_t k = 0; codes && k < scans && k < max; k++) codes[k] = code_at(play, k, e);
  }
  platform_unlock();
  return scans > UINT32_MAX ? UINT32_MAX : (uint32_t)scans;
}

/* What an output of a board carries: a D/A code, or the lines of the digital port; -1 when there is no such output. */
int32_t dtolsim_output(const char *board, uint32_t subsystem, uint32_t channel) {
  platform_lock();
  const struct Board *found = board ? board_named(board) : NULL;
  const struct Type *type = found ? board_type(found, (int32_t)subsystem) : NULL;
  bool is_output = type && (subsystem == OLSS_DA || subsystem == OLSS_DOUT);
  int32_t value = -1;
  if (is_output && channel < type->caps[OLSSC_NUMCHANNELS]) value = output_now(found, (int32_t)subsystem, channel);
  platform_unlock();
  return value;
}
