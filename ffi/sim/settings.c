#include "settings.h"

#include <string.h>

uint32_t set_number(HDASS handle, size_t field, uint32_t value, Judge *judge) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (!code) code = judge(s, value);
  if (code) return code;
  memcpy((char *)&s->set + field, &value, sizeof value);
  s->state = INITIALIZED;
  return OLNOERROR;
}

uint32_t set_double(HDASS handle, size_t field, double value, DoubleJudge *judge) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (!code) code = judge(s, value);
  if (code) return code;
  memcpy((char *)&s->set + field, &value, sizeof value);
  s->state = INITIALIZED;
  return OLNOERROR;
}

static uint32_t get_field(HDASS handle, int32_t capability, size_t field, void *out, size_t size) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code) return code;
  if (capability >= 0 && !capable(s, capability)) return OLNOTSUPPORTED;
  if (!out) return OLBADRETURNPOINTER;
  memcpy(out, (char *)&s->set + field, size);
  return OLNOERROR;
}

uint32_t get_number(HDASS handle, size_t field, void *out) {
  return get_field(handle, -1, field, out, sizeof(uint32_t));
}

uint32_t get_double(HDASS handle, size_t field, double *out) {
  return get_field(handle, -1, field, out, sizeof *out);
}

uint32_t get_number_if(HDASS handle, int32_t capability, size_t field, void *out) {
  return get_field(handle, capability, field, out, sizeof(uint32_t));
}

uint32_t get_double_if(HDASS handle, int32_t capability, size_t field, double *out) {
  return get_field(handle, capability, field, out, sizeof *out);
}

uint32_t choose(const struct Subsystem *s, uint32_t value, const struct Choice *choices, size_t count,
    uint32_t unknown, uint32_t unavailable) {
  for (size_t i = 0; i < count; i++) {
    if (choices[i].value == value) return capable(s, choices[i].capability) ? OLNOERROR : unavailable;
  }
  return unknown;
}
