/* Digital lines that follow the scan: each place of the channel list puts its value on them while its input is taken. */
#include "scan_lines.h"

#include "control.h"

/* The latest run of a board's input; `size` 0 where it drove nothing. */
struct ScanLines {
  uint32_t size, values[LIST_DEPTH];
  uint64_t samples; /* of the buffers completed in it */
};

static struct ScanLines runs[BOARDS];

void scan_lines_begin(const struct Subsystem *s) {
  struct ScanLines *run = &runs[s->board - boards];
  run->size = s->set.synchronous_digital ? s->set.list_size : 0;
  run->samples = 0;
  for (uint32_t i = 0; i < run->size; i++) run->values[i] = s->set.digital[i];
}

void scan_lines_add(const struct Subsystem *s, uint32_t samples) {
  runs[s->board - boards].samples += samples;
}

void scan_lines_reset(void) {
  for (uint32_t b = 0; b < BOARDS; b++) runs[b] = (struct ScanLines){0};
}

/* What the lines carried at each sample since the latest start: up to `max` values, and how many there are. */
uint32_t dtolsim_scan_lines(const char *board, int32_t *values, uint32_t max) {
  platform_lock();
  const struct Board *found = board ? board_named(board) : NULL;
  const struct ScanLines *run = found ? &runs[found - boards] : NULL;
  uint64_t samples = run && run->size ? run->samples : 0;
  for (uint64_t k = 0; values && k < samples && k < max; k++) values[k] = (int32_t)run->values[k % run->size];
  platform_unlock();
  return samples > UINT32_MAX ? UINT32_MAX : (uint32_t)samples;
}
