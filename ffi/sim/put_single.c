/* Single values to outputs. */
#include "api.h"
#include "decisions.h"
#include "outputs.h"
#include "subsystem.h"

/* An element of the values for olDaPutSingleValues that leaves its channel alone. */
static const int32_t DONT_UPDATE = 1082163328;

static uint32_t output_ready(HDASS handle, struct Subsystem **s) {
  uint32_t code = own_subsystem(handle, s);
  if (code) return code;
  if ((*s)->type->type != OLSS_DA && (*s)->type->type != OLSS_DOUT) return OLNOTSUPPORTED;
  return (*s)->state == SV_READY ? OLNOERROR : OLNOTCONFIGURED;
}

static uint32_t check_value(const struct Subsystem *s, int32_t value) {
  return value < 0 || value >= 1 << s->type->bits ? OLBADVALUE : OLNOERROR;
}

static uint32_t put_single_value(HDASS handle, int32_t value, uint32_t channel, double gain) {
  struct Subsystem *s;
  uint32_t code = output_ready(handle, &s);
  if (!code) code = check_channel(s, channel);
  if (!code) code = check_gain(s, gain);
  if (!code) code = check_value(s, value);
  if (!code) output_put(s->board, s->type->type, channel, value);
  return code;
}

ECODE olDaPutSingleValue(HDASS hDass, int32_t lValue, uint32_t uiChannel, double dGain) {
  ANSWER(put_single_value(hDass, lValue, uiChannel, dGain));
}

/* All channels of the list or, if one value is bad, none. */
static uint32_t put_single_values(HDASS handle, const int32_t *values, double gain) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (!code && !capable(s, OLSSC_SUP_PUT_SINGLE_VALUES)) code = OLNOTSUPPORTED;
  if (!code) code = output_ready(handle, &s);
  if (!code) code = values ? check_gain(s, gain) : OLBADRETURNPOINTER;
  for (uint32_t i = 0; !code && i < s->set.list_size; i++) {
    if (values[i] != DONT_UPDATE) code = check_value(s, values[i]);
  }
  for (uint32_t i = 0; !code && i < s->set.list_size; i++) {
    if (values[i] != DONT_UPDATE) output_put(s->board, s->type->type, s->set.channels[i], values[i]);
  }
  return code;
}

ECODE olDaPutSingleValues(HDASS hDass, int32_t *plValues, double dGain) {
  ANSWER(put_single_values(hDass, plValues, dGain));
}
