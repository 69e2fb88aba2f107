/* Cold junctions measured by the board, and what concerns a whole subsystem of sensors. */
#include "api.h"
#include "decisions.h"
#include "settings.h"

static uint32_t judge_return(const struct Subsystem *s, uint32_t value) {
  (void)value;
  return capable(s, OLSSC_SUP_INTERLEAVED_CJC_IN_STREAM) ? OLNOERROR : OLNOTSUPPORTED;
}

ECODE olDaSetReturnCjcTemperatureInStream(HDASS hDass, int32_t bReturnCjc) {
  ANSWER(set_number(hDass, FIELD(return_junctions), bReturnCjc != 0, judge_return));
}

ECODE olDaGetReturnCjcTemperatureInStream(HDASS hDass, int32_t *pbReturnCjc) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_INTERLEAVED_CJC_IN_STREAM, FIELD(return_junctions), pbReturnCjc));
}

static uint32_t measuring(HDASS handle, const void *out, struct Subsystem **s) {
  uint32_t code = own_subsystem(handle, s);
  if (code) return code;
  if (!capable(*s, OLSSC_SUP_CJC_SOURCE_INTERNAL)) return OLNOTSUPPORTED;
  return out ? OLNOERROR : OLBADRETURNPOINTER;
}

static uint32_t temperature(HDASS handle, float *out, uint32_t channel) {
  struct Subsystem *s;
  uint32_t code = measuring(handle, out, &s);
  if (!code) code = check_channel(s, channel);
  if (!code) *out = (float)junction();
  return code;
}

ECODE olDaGetCjcTemperature(HDASS hDass, float *pfValue, uint32_t uiChannel) {
  ANSWER(temperature(hDass, pfValue, uiChannel));
}

/* One for each channel of the board. */
static uint32_t temperatures(HDASS handle, float *out) {
  struct Subsystem *s;
  uint32_t code = measuring(handle, out, &s);
  for (uint32_t i = 0; !code && i < s->type->caps[OLSSC_NUMCHANNELS]; i++) out[i] = (float)junction();
  return code;
}

ECODE olDaGetCjcTemperatures(HDASS hDass, float *pfValue) {
  ANSWER(temperatures(hDass, pfValue));
}

static uint32_t judge_filter(const struct Subsystem *s, uint32_t value) {
  if (!capable(s, OLSSC_SUP_DATA_FILTERS)) return OLNOTSUPPORTED;
  return value == OL_DATA_FILTER_RAW || value == OL_DATA_FILTER_MOVING_AVERAGE ? OLNOERROR : OLBADDATAFILTERTYPE;
}

ECODE olDaSetDataFilterType(HDASS hDass, uint32_t uiFilterType) {
  ANSWER(set_number(hDass, FIELD(data_filter), uiFilterType, judge_filter));
}

ECODE olDaGetDataFilterType(HDASS hDass, uint32_t *puiFilterType) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_DATA_FILTERS, FIELD(data_filter), puiFilterType));
}

/* The voltage for strain gages and bridges. */

static uint32_t judge_bridge_source(const struct Subsystem *s, uint32_t value) {
  if (!capable(s, OLSSC_SUP_INTERNAL_EXCITATION_VOLTAGE_SOURCE)) return OLNOTSUPPORTED;
  bool external = value == 1 && capable(s, OLSSC_SUP_EXTERNAL_EXCITATION_VOLTAGE_SOURCE);
  return value == 0 || external ? OLNOERROR : OLBADVALUE;
}

ECODE olDaSetStrainExcitationVoltageSource(HDASS hDass, int32_t eVoltageSource) {
  ANSWER(set_number(hDass, FIELD(bridge_source), (uint32_t)eVoltageSource, judge_bridge_source));
}

ECODE olDaGetStrainExcitationVoltageSource(HDASS hDass, int32_t *peVoltageSource) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_INTERNAL_EXCITATION_VOLTAGE_SOURCE, FIELD(bridge_source), peVoltageSource));
}

static uint32_t judge_bridge_volts(const struct Subsystem *s, double volts) {
  if (!capable(s, OLSSC_SUP_INTERNAL_EXCITATION_VOLTAGE_SOURCE)) return OLNOTSUPPORTED;
  const double *caps = s->type->caps;
  bool inside = volts >= caps[OLSSCE_MIN_EXCITATION_VOLTAGE] && volts <= caps[OLSSCE_MAX_EXCITATION_VOLTAGE];
  return inside ? OLNOERROR : OLBADVALUE;
}

ECODE olDaSetStrainExcitationVoltage(HDASS hDass, double dExcitationVoltage) {
  ANSWER(set_double(hDass, FIELD(bridge_volts), dExcitationVoltage, judge_bridge_volts));
}

ECODE olDaGetStrainExcitationVoltage(HDASS hDass, double *pdExcitationVoltage) {
  ANSWER(get_double_if(hDass, OLSSC_SUP_INTERNAL_EXCITATION_VOLTAGE_SOURCE, FIELD(bridge_volts),
      pdExcitationVoltage));
}
