#include "encoding.h"

/* The top bit is turned over, and the sign goes up to the top of the word. */
static int32_t signed_code(uint32_t code, uint32_t bits) {
  return (int32_t)((code ^ 1u << (bits - 1)) << (32 - bits)) >> (32 - bits);
}

int32_t encoded(const struct Subsystem *s, double code) {
  return s->set.encoding == OL_ENC_2SCOMP ? signed_code((uint32_t)code, s->type->bits) : (int32_t)code;
}

void encode(const struct Subsystem *s, void *samples, uint32_t count) {
  if (s->set.encoding != OL_ENC_2SCOMP || s->plan.format == FLOATS) return;
  const uint32_t bits = s->type->bits;
  uint16_t *narrow = samples;
  int32_t *wide = samples;
  for (uint32_t i = 0; i < count; i++) {
    if (s->plan.format == CODES16) narrow[i] = (uint16_t)signed_code(narrow[i], bits);
    else wide[i] = signed_code((uint32_t)wide[i], bits);
  }
}
