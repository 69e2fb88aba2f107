#include "core.h"

enum { SLOTS = 65536, GENERATION_BITS = 24 };

/* An address-like number: kind, generation, slot, four zero bits. Above 2^44, so that a narrowed handle is noticed. */
static struct Slot {
  void *object;
  uint32_t generation;
  enum Kind kind;
} slots[SLOTS];

static uint32_t used; /* slots below this number have been given out at least once */
static uint32_t freed[SLOTS], freed_count, live;

static uint64_t compose(uint32_t slot) {
  return (uint64_t)slots[slot].kind << 44 | (uint64_t)slots[slot].generation << 20 | (uint64_t)slot << 4;
}

uint64_t handle_new(enum Kind kind, void *object) {
  if (freed_count == 0 && used == SLOTS) return 0;
  uint32_t slot = freed_count ? freed[--freed_count] : used++;
  slots[slot].object = object;
  slots[slot].kind = kind;
  live++;
  return compose(slot);
}

static struct Slot *find(uint64_t handle) {
  uint32_t slot = (uint32_t)(handle >> 4) & (SLOTS - 1);
  return slots[slot].kind != KIND_FREE && compose(slot) == handle ? &slots[slot] : NULL;
}

void *handle_get(enum Kind kind, uint64_t handle) {
  struct Slot *slot = find(handle);
  return slot && slot->kind == kind ? slot->object : NULL;
}

void handle_free(uint64_t handle) {
  struct Slot *slot = find(handle);
  if (!slot) return;
  slot->object = NULL;
  slot->kind = KIND_FREE;
  slot->generation = (slot->generation + 1) & ((1u << GENERATION_BITS) - 1);
  freed[freed_count++] = (uint32_t)(slot - slots);
  live--;
}

uint64_t handle_next(enum Kind kind, uint32_t *cursor) {
  while (*cursor < used) {
    uint32_t slot = (*cursor)++;
    if (slots[slot].kind == kind) return compose(slot);
  }
  return 0;
}

uint32_t handle_count(void) {
  return live;
}
