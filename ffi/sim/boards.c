#include "boards.h"

#include <string.h>

#include "core.h"
#include "decisions.h"

/* Capabilities by position; what is not named is 0. Values that were read on real boards: the SDK notes, section 12. */
static const double analog_input_9800[CAPABILITIES] = {
  [OLSSC_MAXSECHANS] = 16,
  [OLSSC_MAXDICHANS] = 8,
  [OLSSC_CGLDEPTH] = 32,
  [OLSSC_NUMGAINS] = 4,
  [OLSSC_NUMRANGES] = 1,
  [OLSSC_NUMDMACHANS] = 0,
  [OLSSC_NUMCHANNELS] = 17,
  [OLSSC_NUMRESOLUTIONS] = 1,
  [OLSSC_SUP_SINGLEENDED] = 1,
  [OLSSC_SUP_DIFFERENTIAL] = 1,
  [OLSSC_SUP_BINARY] = 1,
  [OLSSC_SUP_SOFTTRIG] = 1,
  [OLSSC_SUP_INTCLOCK] = 1,
  [OLSSC_SUP_PROGRAMGAIN] = 1,
  [OLSSC_SUP_CONTINUOUS] = 1,
  [OLSSC_SUP_SINGLEVALUE] = 1,
  [OLSSC_SUP_WRPMULTIPLE] = 1,
  [OLSSC_SUP_WRPSINGLE] = 1,
  [OLSSC_SUP_POSTMESSAGE] = 1,
  [OLSSC_MAX_DIGITALIOLIST_VALUE] = 1,
  [OLSSC_SUP_SYNCHRONOUS_DIGITALIO] = 1,
  [OLSSC_SUP_SIMULTANEOUS_START] = DECIDED_AD_SIMULTANEOUS_START,
  [OLSSC_SUP_RANDOM_CGL] = 1,
  [OLSSC_SUP_SEQUENTIAL_CGL] = 1,
  [OLSSC_SUP_ZEROSEQUENTIAL_CGL] = 1,
  [OLSSC_SUP_GAPFREE_NODMA] = 1,
  [OLSSCE_MAXTHROUGHPUT] = 50000,
  [OLSSCE_MINTHROUGHPUT] = DECIDED_9800_MIN_RATE,
  [OLSSCE_MAXCLOCKDIVIDER] = 1,
  [OLSSCE_MINCLOCKDIVIDER] = 1,
  [OLSSCE_BASECLOCK] = DECIDED_9800_BASE_CLOCK,
  [OLSSCE_RANGELOW] = -10,
  [OLSSCE_RANGEHIGH] = 10,
  [OLSSC_SUP_BUFFERING] = 1,
  [OLSSC_SUP_THERMOCOUPLES] = 1,
  [OLSSC_SUP_CJC_SOURCE_CHANNEL] = 1,
  [OLSSCE_CJC_MILLIVOLTS_PER_DEGREE_C] = 10,
};

static const double analog_input_9862[CAPABILITIES] = {
  [OLSSC_MAXSECHANS] = 2,
  [OLSSC_CGLDEPTH] = 2,
  [OLSSC_NUMGAINS] = 1,
  [OLSSC_NUMRANGES] = 1,
  [OLSSC_NUMDMACHANS] = 1,
  [OLSSC_NUMCHANNELS] = 2,
  [OLSSC_NUMRESOLUTIONS] = 1,
  [OLSSC_SUP_SINGLEENDED] = 1,
  [OLSSC_SUP_BINARY] = 1,
  [OLSSC_SUP_SOFTTRIG] = 1,
  [OLSSC_SUP_INTCLOCK] = 1,
  [OLSSC_SUP_FIFO] = 1,
  [OLSSC_SUP_CONTINUOUS] = 1,
  [OLSSC_SUP_SINGLEVALUE] = 1,
  [OLSSC_SUP_WRPMULTIPLE] = 1,
  [OLSSC_SUP_WRPSINGLE] = 1,
  [OLSSC_SUP_POSTMESSAGE] = 1,
  [OLSSC_SUP_SIMULTANEOUS_START] = DECIDED_AD_SIMULTANEOUS_START,
  [OLSSC_SUP_SIMULTANEOUS_SH] = 1,
  [OLSSC_SUP_RANDOM_CGL] = 1,
  [OLSSC_SUP_SEQUENTIAL_CGL] = 1,
  [OLSSC_SUP_ZEROSEQUENTIAL_CGL] = 1,
  [OLSSC_SUP_GAPFREE_SINGLEDMA] = 1,
  [OLSSCE_MAXTHROUGHPUT] = 1e7,
  [OLSSCE_MINTHROUGHPUT] = DECIDED_9862_MIN_RATE,
  [OLSSCE_MAXCLOCKDIVIDER] = 1,
  [OLSSCE_MINCLOCKDIVIDER] = 1,
  [OLSSCE_BASECLOCK] = 1e8,
  [OLSSCE_RANGELOW] = -10,
  [OLSSCE_RANGEHIGH] = 10,
  [OLSSC_SUP_BUFFERING] = 1,
  [OLSSC_FIFO_SIZE_IN_K] = 64,
  [OLSSC_SUP_SIMULTANEOUS_CLOCKING] = 1,
};

static const double analog_output_9806[CAPABILITIES] = {
  [OLSSC_MAXSECHANS] = 2,
  [OLSSC_NUMGAINS] = 4, /* listed by the real board, though its D/A has no gain list */
  [OLSSC_NUMRANGES] = 1,
  [OLSSC_NUMCHANNELS] = 2,
  [OLSSC_NUMRESOLUTIONS] = 1,
  [OLSSC_SUP_SINGLEENDED] = 1,
  [OLSSC_SUP_BINARY] = 1,
  [OLSSC_SUP_SINGLEVALUE] = 1,
  [OLSSCE_RANGELOW] = -10,
  [OLSSCE_RANGEHIGH] = 10,
};

static const double digital_9800[CAPABILITIES] = {
  [OLSSC_NUMCHANNELS] = 1,
  [OLSSC_NUMRESOLUTIONS] = 1,
  [OLSSC_SUP_BINARY] = 1,
  [OLSSC_SUP_SINGLEVALUE] = 1,
};

static const double counter_9800[CAPABILITIES] = {
  [OLSSC_NUMCHANNELS] = 1,
  [OLSSC_SUP_SOFTTRIG] = 1,
  [OLSSC_SUP_INTCLOCK] = 1,
  [OLSSC_SUP_EXTCLOCK] = 1,
  [OLSSC_SUP_CONTINUOUS] = 1,
  [OLSSC_SUP_POSTMESSAGE] = 1,
  [OLSSC_SUP_CASCADING] = 1,
  [OLSSC_SUP_CTMODE_COUNT] = 1,
  [OLSSC_SUP_CTMODE_RATE] = 1,
  [OLSSC_SUP_CTMODE_ONESHOT] = 1,
  [OLSSC_SUP_CTMODE_ONESHOT_RPT] = 1,
  [OLSSCE_MAXTHROUGHPUT] = DECIDED_COUNTER_MAX_RATE,
  [OLSSCE_MINTHROUGHPUT] = DECIDED_COUNTER_MIN_RATE,
  [OLSSCE_MAXCLOCKDIVIDER] = DECIDED_COUNTER_MAX_DIVIDER,
  [OLSSCE_MINCLOCKDIVIDER] = 2,
  [OLSSCE_BASECLOCK] = DECIDED_9800_BASE_CLOCK,
  [OLSSC_SUP_PLS_HIGH2LOW] = 1,
  [OLSSC_SUP_PLS_LOW2HIGH] = 1,
  [OLSSC_SUP_GATE_NONE] = 1,
  [OLSSC_SUP_GATE_HIGH_LEVEL] = 1,
  [OLSSC_SUP_GATE_LOW_LEVEL] = 1,
  [OLSSC_SUP_GATE_HIGH_EDGE] = 1,
  [OLSSC_SUP_GATE_LOW_EDGE] = 1,
};

#define AD_9800 {OLSS_AD, 1, analog_input_9800, 16, 10, -10, {1, 10, 100, 500}}
#define DA_9806 {OLSS_DA, 1, analog_output_9806, DECIDED_DA_BITS, 10, -10, {1, 10, 100, 500}}
#define DIN_9800 {OLSS_DIN, 1, digital_9800, 8, 0, 0, {1}}
#define DOUT_9800 {OLSS_DOUT, 1, digital_9800, 8, 0, 0, {1}}
#define CT_9800 {OLSS_CT, 2, counter_9800, DECIDED_COUNTER_BITS, 0, 0, {1}}
#define AD_9862 {OLSS_AD, 1, analog_input_9862, 16, 10, -10, {1}}

struct Board boards[BOARDS] = {
  {.name = "DT9805(00)", .model = "DT9805", .driver = "Dt9800", .product = 0x9805, .serial = 980500,
   .types = {AD_9800, DIN_9800, DOUT_9800, CT_9800}, .type_count = 4},
  {.name = "DT9806(00)", .model = "DT9806", .driver = "Dt9800", .product = 0x9806, .serial = 980600,
   .types = {AD_9800, DA_9806, DIN_9800, DOUT_9800, CT_9800}, .type_count = 5, .outputs = {0x8000, 0x8000}},
  {.name = "DT9862(00)", .model = "DT9862", .driver = DECIDED_9862_DRIVER, .product = 0x9862, .serial = 986200,
   .types = {AD_9862}, .type_count = 1},
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
    for (uint32_t c = 0; c < MAX_OUTPUTS; c++) boards[i].outputs[c] = 0x8000; /* 0 V */
    boards[i].digital_output = 0;
  }
}
