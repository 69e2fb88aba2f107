/* The sample loops of 16-bit codes, written so that the compiler vectorises them: a core fills gigabytes per second. */
#include <math.h>
#include <string.h>

#include "fill.h"

static const uint32_t MULTIPLIER = 0x9E3779B1u;

/* Scans up to the next multiple of 2^32, where the upper half changes. */
static size_t until_carry(uint64_t scan, size_t count) {
  uint64_t left = (UINT64_C(1) << 32) - (uint32_t)scan;
  return left < count ? (size_t)left : count;
}

/* `k` is a constant at every call: one loop body per list length. */
static inline __attribute__((always_inline)) void count_scans(uint16_t *restrict out, uint32_t k,
    const uint32_t *restrict base, size_t scans) {
  for (size_t i = 0; i < scans; i++) {
    for (uint32_t c = 0; c < k; c++) out[i * k + c] = (uint16_t)(((uint32_t)i + base[c]) * MULTIPLIER >> 16);
  }
}

/* Two channels make one 32-bit word per scan. */
static void count_pairs(uint16_t *restrict out, const uint32_t *restrict base, size_t scans) {
  const uint32_t first = base[0], second = base[1];
  for (size_t i = 0; i < scans; i++) {
    uint32_t pair = (((uint32_t)i + first) * MULTIPLIER >> 16) | ((((uint32_t)i + second) * MULTIPLIER) & 0xFFFF0000u);
    memcpy(out + i * 2, &pair, sizeof pair);
  }
}

static void fill_counting(const struct Plan *plan, uint64_t scan, size_t scans, uint16_t *out) {
  const uint32_t k = plan->entries;
  uint32_t base[LIST_DEPTH];
  while (scans > 0) {
    size_t run = until_carry(scan, scans);
    for (uint32_t c = 0; c < k; c++) base[c] = plan->entry[c].base + fill_upper(scan) + (uint32_t)scan;
    if (k == 1) count_scans(out, 1, base, run);
    else if (k == 2) count_pairs(out, base, run);
    else if (k == 4) count_scans(out, 4, base, run);
    else if (k == 8) count_scans(out, 8, base, run);
    else if (k == 16) count_scans(out, 16, base, run);
    else count_scans(out, k, base, run);
    scan += run;
    scans -= run;
    out += run * k;
  }
}

/* Uniform in -1 .. 1, the same for the same scan and channel. */
static inline double noise(uint32_t base, uint32_t scan) {
  uint32_t h = (scan + base) * 0x85EBCA6Bu;
  h = (h ^ h >> 15) * 0xC2B2AE35u;
  return (double)(int32_t)(h ^ h >> 13) * (1.0 / 2147483648.0);
}

static void sine_block(const struct Entry *entry, uint64_t scan, double *volts) {
  const struct Signal *signal = &entry->signal;
  double angle = 2 * 3.14159265358979323846 * ldexp((double)(entry->turn * scan), -64);
  double s = sin(angle) * signal->amplitude, c = cos(angle) * signal->amplitude;
  for (uint32_t i = 0; i < BLOCK; i++) volts[i] = signal->offset + s * entry->cosine[i] + c * entry->sine[i];
}

void fill_values(const struct Entry *entry, uint64_t scan, double *values) {
  const struct Signal *signal = &entry->signal;
  const uint32_t base = entry->base + fill_upper(scan);
  if (signal->kind == SIGNAL_SINE) sine_block(entry, scan, values);
  else for (uint32_t i = 0; i < BLOCK; i++) values[i] = signal->level;
  if (signal->noise == 0) return;
  for (uint32_t i = 0; i < BLOCK; i++) values[i] += signal->noise * noise(base, (uint32_t)scan + i);
}

/* Codes of one block of scans that starts at a multiple of BLOCK, whatever the buffers' borders. */
static void block_codes(const struct Entry *entry, uint64_t scan, uint16_t *codes) {
  const struct Signal *signal = &entry->signal;
  const uint32_t base = entry->base + fill_upper(scan);
  double volts[BLOCK];
  if (signal->kind == SIGNAL_COUNTING) {
    for (uint32_t i = 0; i < BLOCK; i++) codes[i] = (uint16_t)(((uint32_t)scan + i + base) * MULTIPLIER >> 16);
    return;
  }
  if (signal->kind == SIGNAL_OPEN || signal->kind == SIGNAL_PORT) {
    uint16_t code = (uint16_t)(signal->kind == SIGNAL_OPEN ? entry->mask : 0xFF);
    for (uint32_t i = 0; i < BLOCK; i++) codes[i] = code;
    return;
  }
  fill_values(entry, scan, volts);
  const double gain = entry->gain, min = entry->min, steps = entry->steps_per_volt, top = entry->mask;
  for (uint32_t i = 0; i < BLOCK; i++) {
    double code = (volts[i] * gain - min) * steps + 0.5;
    code = code > 0 ? code : 0;
    codes[i] = (uint16_t)(int32_t)(code < top ? code : top);
  }
}

static void fill_entry(const struct Plan *plan, uint32_t position, uint64_t scan, size_t scans, uint16_t *out) {
  const uint32_t k = plan->entries;
  uint16_t codes[BLOCK];
  while (scans > 0) {
    uint32_t skip = (uint32_t)(scan % BLOCK);
    size_t run = BLOCK - skip < scans ? BLOCK - skip : scans;
    block_codes(&plan->entry[position], scan - skip, codes);
    for (size_t i = 0; i < run; i++) out[i * k + position] = codes[skip + i];
    scan += run;
    scans -= run;
    out += run * k;
  }
}

static void fill_scans(const struct Plan *plan, uint64_t scan, size_t scans, uint16_t *out) {
  if (plan->counting) {
    fill_counting(plan, scan, scans, out);
    return;
  }
  for (uint32_t position = 0; position < plan->entries; position++) fill_entry(plan, position, scan, scans, out);
}

static void fill_narrow(const struct Plan *plan, uint64_t first, uint32_t count, uint16_t *out) {
  const uint32_t k = plan->entries;
  uint16_t part[LIST_DEPTH];
  uint32_t inside = (uint32_t)(first % k); /* a buffer may begin or end inside a scan */
  if (inside > 0) {
    uint32_t n = k - inside < count ? k - inside : count;
    fill_scans(plan, first / k, 1, part);
    memcpy(out, part + inside, n * sizeof *out);
    first += n;
    count -= n;
    out += n;
  }
  fill_scans(plan, first / k, count / k, out);
  if (count % k > 0) {
    fill_scans(plan, first / k + count / k, 1, part);
    memcpy(out + count - count % k, part, count % k * sizeof *out);
  }
}

void plan_fill(const struct Plan *plan, uint64_t first, uint32_t count, void *out) {
  if (plan->format == CODES16) fill_narrow(plan, first, count, out);
  else fill_wide(plan, first, count, out);
}

double plan_sample(const struct Plan *plan, const void *samples, uint32_t index) {
  if (plan->format == CODES16) return ((const uint16_t *)samples)[index];
  return plan->format == FLOATS ? ((const float *)samples)[index] : ((const uint32_t *)samples)[index];
}
