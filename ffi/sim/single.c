/* Single values, and the arithmetic between codes and volts. */
#include <math.h>

#include "api.h"
#include "decisions.h"
#include "encoding.h"
#include "loopback.h"

static uint32_t input_ready(HDASS handle, const void *out, struct Subsystem **s) {
  uint32_t code = own_subsystem(handle, s);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  if (!capable(*s, OLSSC_SUP_SINGLEVALUE)) return OLNOTSUPPORTED;
  if ((*s)->type->type == OLSS_DA || (*s)->type->type == OLSS_DOUT) return DECIDED_READ_OUTPUT;
  if ((*s)->set.data_flow != OL_DF_SINGLEVALUE) return OLDATAFLOWMISMATCH;
  return (*s)->state == SV_READY ? OLNOERROR : OLNOTCONFIGURED;
}

/* Samples of some channels at this moment, in the format of the subsystem. */
static void sample_now(struct Subsystem *s, uint32_t count, const uint32_t *channels, const double *gains,
    void *samples) {
  struct Inputs inputs = {
    .board = s->board,
    .type = s->type,
    .count = count,
    .channels = channels,
    .gains = gains,
    .sensors = s->set.sensors,
    .differential = s->set.channel_type == OL_CHNT_DIFFERENTIAL,
    .scan_rate = DECIDED_SINGLE_VALUE_RATE,
  };
  plan_make(&s->plan, &inputs);
  uint64_t scan = platform_now() / (1000000000 / DECIDED_SINGLE_VALUE_RATE);
  plan_fill(&s->plan, scan * count, count, samples);
  loopback_now(s, channels, count, samples);
}

static uint32_t one(HDASS handle, const void *out, uint32_t channel, double gain, bool floats, struct Subsystem **s) {
  uint32_t code = input_ready(handle, out, s);
  if (!code && capable(*s, OLSSC_RETURNS_FLOATS) != floats) code = DECIDED_OTHER_FORMAT;
  if (!code) code = check_channel(*s, channel);
  if (!code) code = check_gain(*s, gain);
  return code;
}

static uint32_t get_single_value(HDASS handle, int32_t *out, uint32_t channel, double gain) {
  struct Subsystem *s;
  uint32_t code = one(handle, out, channel, gain, false, &s), sample;
  if (code) return code;
  if (s->type->type == OLSS_DIN) {
    *out = port_now(s->board);
    return OLNOERROR;
  }
  sample_now(s, 1, &channel, &gain, &sample);
  *out = encoded(s, plan_sample(&s->plan, &sample, 0));
  return OLNOERROR;
}

ECODE olDaGetSingleValue(HDASS hDass, int32_t *plValue, uint32_t uiChannel, double dGain) {
  ANSWER(get_single_value(hDass, plValue, uiChannel, dGain));
}

static uint32_t get_single_float(HDASS handle, float *out, uint32_t channel, double gain) {
  struct Subsystem *s;
  uint32_t code = one(handle, out, channel, gain, true, &s);
  if (!code) sample_now(s, 1, &channel, &gain, out);
  return code;
}

ECODE olDaGetSingleFloat(HDASS hDass, float *pfValue, uint32_t uiChannel, double dGain) {
  ANSWER(get_single_float(hDass, pfValue, uiChannel, dGain));
}

/* One sample of each list position. */
static uint32_t all(HDASS handle, const void *out, double gain, bool floats, struct Subsystem **s, void *samples) {
  uint32_t code = input_ready(handle, out, s);
  if (!code && capable(*s, OLSSC_RETURNS_FLOATS) != floats) code = DECIDED_OTHER_FORMAT;
  if (!code && !floats && !capable(*s, OLSSC_SUP_SIMULTANEOUS_SH)) code = OLNOTSUPPORTED;
  if (!code) code = check_gain(*s, gain);
  if (code) return code;
  double gains[LIST_DEPTH];
  for (uint32_t i = 0; i < (*s)->set.list_size; i++) gains[i] = gain;
  sample_now(*s, (*s)->set.list_size, (*s)->set.channels, gains, samples);
  return OLNOERROR;
}

static uint32_t get_single_values(HDASS handle, int32_t *out, double gain) {
  struct Subsystem *s;
  uint32_t samples[LIST_DEPTH], code = all(handle, out, gain, false, &s, samples);
  for (uint32_t i = 0; !code && i < s->set.list_size; i++) out[i] = encoded(s, plan_sample(&s->plan, samples, i));
  return code;
}

ECODE olDaGetSingleValues(HDASS hDass, int32_t *plValues, double dGain) {
  ANSWER(get_single_values(hDass, plValues, dGain));
}

static uint32_t get_single_floats(HDASS handle, float *out, double gain) {
  struct Subsystem *s;
  float samples[LIST_DEPTH];
  uint32_t code = all(handle, out, gain, true, &s, samples);
  for (uint32_t i = 0; !code && i < s->set.list_size; i++) out[i] = samples[i];
  return code;
}

ECODE olDaGetSingleFloats(HDASS hDass, float *pfValue, double dGain) {
  ANSWER(get_single_floats(hDass, pfValue, dGain));
}

/* The largest gain that does not saturate, or the one that was given. */
static uint32_t get_single_value_ex(HDASS handle, uint32_t channel, int32_t automatic, double *gain, int32_t *out,
    double *volts) {
  struct Subsystem *s;
  double top = 1;
  uint32_t code = any_subsystem(handle, &s), sample;
  if (!code && !capable(s, OLSSC_SUP_SINGLEVALUE_AUTORANGE)) code = OLNOTSUPPORTED;
  if (!code && (!gain || !out || !volts)) code = OLBADRETURNPOINTER;
  if (!code) code = one(handle, out, channel, automatic ? 1 : *gain, false, &s);
  if (code) return code;
  if (!automatic) top = *gain;
  sample_now(s, 1, &channel, &top, &sample);
  const struct Sensor *range = sensor_at(s->set.sensors, channel);
  const double step = (range->max - range->min) / ldexp(1, (int)s->type->bits);
  for (uint32_t i = 0; automatic && i < MAX_GAINS && s->type->gains[i] > 0; i++) {
    double value = plan_sample(&s->plan, &sample, 0) * step + range->min, more = s->type->gains[i] / top;
    if (more <= 1 || fabs(value) * more >= range->max) continue;
    top = s->type->gains[i];
    sample_now(s, 1, &channel, &top, &sample);
  }
  *gain = top;
  *out = encoded(s, plan_sample(&s->plan, &sample, 0));
  *volts = (plan_sample(&s->plan, &sample, 0) * step + range->min) / top;
  return OLNOERROR;
}

ECODE olDaGetSingleValueEx(HDASS hDass, uint32_t uiChannel, int32_t bAutoRange, double *pdfGain,
    int32_t *plValueCounts, double *pdfValueVolts) {
  ANSWER(get_single_value_ex(hDass, uiChannel, bAutoRange, pdfGain, plValueCounts, pdfValueVolts));
}

static uint32_t check_scaling(double min, double max, double gain, uint32_t bits, uint32_t encoding) {
  if (encoding != OL_ENC_BINARY && encoding != OL_ENC_2SCOMP) return OLBADENCODING;
  if (bits == 0 || bits > 32) return OLBADRESOLUTION;
  if (!(max > min) || !isfinite(max - min)) return OLBADRANGE;
  return gain > 0 && isfinite(gain) ? OLNOERROR : OLBADGAIN;
}

static uint32_t full_scale(uint32_t bits) {
  return bits == 32 ? UINT32_MAX : (1u << bits) - 1;
}

static uint32_t code_to_volts(double min, double max, double gain, uint32_t bits, uint32_t encoding, int32_t value,
    double *volts) {
  uint32_t bad = check_scaling(min, max, gain, bits, encoding);
  if (bad) return bad;
  if (!volts) return OLBADRETURNPOINTER;
  uint32_t code = (uint32_t)value;
  if (encoding == OL_ENC_2SCOMP) code ^= 1u << (bits - 1);
  *volts = ((max - min) / ldexp(1, (int)bits) * (code & full_scale(bits)) + min) / gain;
  return OLNOERROR;
}

ECODE olDaCodeToVolts(double dfMinRangeVolts, double dfMaxRangeVolts, double dfGain, uint32_t uiBitsResolution,
    uint32_t uiEncoding, int32_t lCode, double *pdfVoltage) {
  ANSWER(code_to_volts(dfMinRangeVolts, dfMaxRangeVolts, dfGain, uiBitsResolution, uiEncoding, lCode, pdfVoltage));
}

static uint32_t volts_to_code(double min, double max, double gain, uint32_t bits, uint32_t encoding, double volts,
    int32_t *out) {
  uint32_t bad = check_scaling(min, max, gain, bits, encoding);
  if (bad) return bad;
  if (!out) return OLBADRETURNPOINTER;
  if (isnan(volts)) return OLBADVALUE;
  double steps = floor((volts * gain - min) * ldexp(1, (int)bits) / (max - min) + 0.5), top = full_scale(bits);
  uint32_t code = steps <= 0 ? 0 : steps >= top ? full_scale(bits) : (uint32_t)steps;
  if (encoding == OL_ENC_2SCOMP) {
    code ^= 1u << (bits - 1);
    if (code >> (bits - 1)) code |= ~full_scale(bits); /* the sign goes up to bit 31 */
  }
  *out = (int32_t)code;
  return OLNOERROR;
}

ECODE olDaVoltsToCode(double dfMinRangeVolts, double dfMaxRangeVolts, double dfGain, uint32_t uiBitsResolution,
    uint32_t uiEncoding, double dfVoltage, int32_t *plCode) {
  ANSWER(volts_to_code(dfMinRangeVolts, dfMaxRangeVolts, dfGain, uiBitsResolution, uiEncoding, dfVoltage, plCode));
}
