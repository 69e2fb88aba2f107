/* Setters and getters: one body for all numbers of `struct Settings`; a judge says what a value is answered with. */
#ifndef DTOLSIM_SETTINGS_H
#define DTOLSIM_SETTINGS_H

#include "subsystem.h"

typedef uint32_t Judge(const struct Subsystem *s, uint32_t value);
typedef uint32_t DoubleJudge(const struct Subsystem *s, double value);

#define FIELD(name) offsetof(struct Settings, name)

uint32_t set_number(HDASS handle, size_t field, uint32_t value, Judge *judge);
uint32_t set_double(HDASS handle, size_t field, double value, DoubleJudge *judge);
uint32_t get_number(HDASS handle, size_t field, void *out);
uint32_t get_double(HDASS handle, size_t field, double *out);

/* As these, but 36 where the subsystem lacks the capability. */
uint32_t get_number_if(HDASS handle, int32_t capability, size_t field, void *out);
uint32_t get_double_if(HDASS handle, int32_t capability, size_t field, double *out);

/* A value of the SDK's enumerations and the capability that allows it. */
struct Choice {
  uint32_t value;
  int32_t capability;
};

#define CHOICES(list) list, sizeof list / sizeof *list

uint32_t choose(const struct Subsystem *s, uint32_t value, const struct Choice *choices, size_t count,
    uint32_t unknown, uint32_t unavailable);

/* What only streams and counters have: the D/A of the DT9806 answers 36. */
static inline bool streams(const struct Subsystem *s) {
  return capable(s, OLSSC_SUP_CONTINUOUS);
}

#endif
