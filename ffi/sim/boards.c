#include "boards.h"

#include <string.h>

#include "core.h"
#include "decisions.h"

struct Board boards[BOARDS] = {
  {.name = "DT9805(00)", .model = "DT9805", .driver = "Dt9800", .product = 0x9805, .serial = 980500,
   .types = types_9805, .type_count = 4},
  {.name = "DT9806(00)", .model = "DT9806", .driver = "Dt9800", .product = 0x9806, .serial = 980600,
   .types = types_9806, .type_count = 5},
  {.name = "DT9862(00)", .model = "DT9862", .driver = DECIDED_9862_DRIVER, .product = 0x9862, .serial = 986200,
   .types = types_9862, .type_count = 7},
  {.name = "DT9828(00)", .model = "DT9828", .driver = DECIDED_9828_DRIVER, .product = 0x9828, .serial = 982800,
   .types = types_9828, .type_count = 1},
  {.name = "DT9829(00)", .model = "DT9829", .driver = DECIDED_9828_DRIVER, .product = 0x9829, .serial = 982900,
   .types = types_9829, .type_count = 1},
  {.name = "DT9837A(00)", .model = "DT9837A", .driver = DECIDED_9837_DRIVER, .product = 0x3998, .serial = 983700,
   .types = types_9837a, .type_count = 2},
};

struct Board *board_named(const char *name) {
  for (uint32_t i = 0; i < BOARDS; i++) {
    boards[i].seed = fnv1a(boards[i].name);
    if (strcmp(boards[i].name, name) == 0) return &boards[i];
  }
  return NULL;
}

const struct Type *board_type(const struct Board *board, int32_t type) {
  for (uint32_t i = 0; i < board->type_count; i++) {
    if (board->types[i].type == type) return &board->types[i];
  }
  return NULL;
}

uint32_t fnv1a(const char *text) {
  uint32_t hash = 0x811C9DC5u;
  for (; *text; text++) hash = (hash ^ (uint8_t)*text) * 0x01000193u;
  return hash;
}

void board_unplug(struct Board *board) {
  board->unplugged_at = fault_clears() + 1;
}

bool board_unplugged(const struct Board *board) {
  return board->unplugged_at == fault_clears() + 1;
}

void boards_reset(void) {
  for (uint32_t i = 0; i < BOARDS; i++) {
    boards[i].opens = 0;
    boards[i].unplugged_at = 0;
  }
}
