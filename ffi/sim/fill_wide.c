/* 32-bit samples: codes of more than 16 bits, and floats in the unit of the input. */
#include <math.h>

#include "fill.h"

/* What a board says of a sensor in place of a reading. */
static const double OPEN = 99999, BELOW = -88888, ABOVE = 88888;

static void count_block(const struct Entry *entry, uint64_t scan, double *values) {
  const uint32_t base = entry->base + fill_upper(scan);
  for (uint32_t i = 0; i < BLOCK; i++) values[i] = ((uint32_t)scan + i + base) * 0x9E3779B1u >> entry->shift;
}

static double code_of(const struct Entry *entry, double volts) {
  double code = floor((volts * entry->gain - entry->min) * entry->steps_per_volt + 0.5);
  return code < 0 ? 0 : code > entry->mask ? entry->mask : code;
}

/* Volts come out of the converter as they went in, in whole steps; other units are what the signal says. */
static double reading(const struct Entry *entry, double value) {
  const struct Scale *scale = &entry->scale;
  if (scale->unit == VOLTS) return (entry->min + code_of(entry, value) / entry->steps_per_volt) / entry->gain;
  return value < scale->low ? BELOW : value > scale->high ? ABOVE : value;
}

static void block(const struct Entry *entry, bool floats, uint64_t scan, double *values) {
  if (entry->signal.kind == SIGNAL_COUNTING) {
    count_block(entry, scan, values);
    return;
  }
  bool open = entry->signal.kind == SIGNAL_OPEN;
  if (!open) fill_values(entry, scan, values);
  for (uint32_t i = 0; i < BLOCK; i++) {
    if (open) values[i] = floats ? OPEN : entry->mask;
    else values[i] = floats ? reading(entry, values[i]) : code_of(entry, values[i]);
  }
}

static void fill_entry(const struct Plan *plan, uint32_t position, uint64_t first, uint32_t count, void *out) {
  const uint32_t k = plan->entries;
  const bool floats = plan->format == FLOATS;
  uint64_t scan = (first + k - 1 - position) / k, index = scan * k + position - first;
  double values[BLOCK];
  while (index < count) {
    uint32_t inside = (uint32_t)(scan % BLOCK);
    block(&plan->entry[position], floats, scan - inside, values);
    for (; inside < BLOCK && index < count; inside++, scan++, index += k) {
      if (floats) ((float *)out)[index] = (float)values[inside];
      else ((uint32_t *)out)[index] = (uint32_t)values[inside];
    }
  }
}

void fill_wide(const struct Plan *plan, uint64_t first, uint32_t count, void *out) {
  for (uint32_t position = 0; position < plan->entries; position++) fill_entry(plan, position, first, count, out);
}
