/* Settings of the inputs of boards that know of sensors: numbers and coefficients per channel. */
#include <math.h>
#include <string.h>

#include "api.h"
#include "decisions.h"
#include "settings.h"

#define SENSOR(name) offsetof(struct Sensor, name)

static uint32_t judge_input(const struct Subsystem *s, int32_t capability, uint32_t channel) {
  if (s->type->type != OLSS_AD || !capable(s, capability)) return OLNOTSUPPORTED;
  return check_channel(s, channel);
}

/* The place of a setting that is to be written. */
static uint32_t writable(HDASS handle, int32_t capability, uint32_t channel, struct Subsystem **s) {
  uint32_t code = settable(handle, s);
  return code ? code : judge_input(*s, capability, channel);
}

static void write(struct Subsystem *s, uint32_t channel, size_t field, const void *value, size_t size) {
  memcpy((char *)&s->set.sensors[channel] + field, value, size);
  s->state = INITIALIZED;
}

static uint32_t set_choice(HDASS handle, int32_t capability, uint32_t channel, size_t field, uint32_t value,
    Judge *judge) {
  struct Subsystem *s;
  uint32_t code = writable(handle, capability, channel, &s);
  if (!code) code = judge(s, value);
  if (!code) write(s, channel, field, &value, sizeof value);
  return code;
}

static uint32_t set_coefficient(HDASS handle, int32_t capability, uint32_t channel, size_t field, double value) {
  struct Subsystem *s;
  uint32_t code = writable(handle, capability, channel, &s);
  if (!code && !isfinite(value)) code = OLBADVALUE;
  if (!code) write(s, channel, field, &value, sizeof value);
  return code;
}

static uint32_t get(HDASS handle, int32_t capability, uint32_t channel, size_t field, void *out, size_t size) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (!code) code = judge_input(s, capability, channel);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  memcpy(out, (char *)&s->set.sensors[channel] + field, size);
  return OLNOERROR;
}

static uint32_t judge_coupling(const struct Subsystem *s, uint32_t value) {
  (void)s;
  return value <= COUPLING_AC ? OLNOERROR : OLBADCOUPLINGTYPE;
}

ECODE olDaSetCouplingType(HDASS hDass, uint32_t uiChan, int32_t eCouplingType) {
  ANSWER(set_choice(hDass, OLSSC_SUP_AC_COUPLING, uiChan, SENSOR(coupling), (uint32_t)eCouplingType, judge_coupling));
}

ECODE olDaGetCouplingType(HDASS hDass, uint32_t uiChan, int32_t *pCouplingType) {
  ANSWER(get(hDass, OLSSC_SUP_AC_COUPLING, uiChan, SENSOR(coupling), pCouplingType, sizeof *pCouplingType));
}

static uint32_t judge_excitation_source(const struct Subsystem *s, uint32_t value) {
  if (value == EXCITATION_EXTERNAL && capable(s, OLSSC_SUP_EXTERNAL_EXCITATION_CURRENT_SOURCE)) return OLNOERROR;
  return value == EXCITATION_INTERNAL || value == EXCITATION_DISABLED ? OLNOERROR : OLBADEXCITATIONCURRENTSRC;
}

ECODE olDaSetExcitationCurrentSource(HDASS hDass, uint32_t uiChan, int32_t ExcitationCurrentSource) {
  ANSWER(set_choice(hDass, OLSSC_SUP_INTERNAL_EXCITATION_CURRENT_SOURCE, uiChan, SENSOR(excitation_source),
      (uint32_t)ExcitationCurrentSource, judge_excitation_source));
}

ECODE olDaGetExcitationCurrentSource(HDASS hDass, uint32_t uiChan, int32_t *pExcitationCurrentSource) {
  ANSWER(get(hDass, OLSSC_SUP_INTERNAL_EXCITATION_CURRENT_SOURCE, uiChan, SENSOR(excitation_source),
      pExcitationCurrentSource, sizeof *pExcitationCurrentSource));
}

static uint32_t judge_thermocouple(const struct Subsystem *s, uint32_t value) {
  (void)s;
  bool known = value >= OL_THERMOCOUPLE_TYPE_NONE && value <= OL_THERMOCOUPLE_TYPE_T;
  return known ? OLNOERROR : OLBADTHERMOCOUPLETYPE;
}

ECODE olDaSetThermocoupleType(HDASS hDass, uint32_t uiChan, uint32_t uiThermType) {
  ANSWER(set_choice(hDass, OLSSC_SUP_TEMPERATURE_DATA_IN_STREAM, uiChan, SENSOR(thermocouple),
      uiThermType, judge_thermocouple));
}

ECODE olDaGetThermocoupleType(HDASS hDass, uint32_t uiChan, uint32_t *puiThermType) {
  ANSWER(get(hDass, OLSSC_SUP_TEMPERATURE_DATA_IN_STREAM, uiChan, SENSOR(thermocouple),
      puiThermType, sizeof *puiThermType));
}

static uint32_t judge_rtd(const struct Subsystem *s, uint32_t value) {
  (void)s;
  return value >= OL_RTD_TYPE_PT3750 && value <= OL_RTD_TYPE_CUSTOM ? OLNOERROR : OLBADRTDTYPE;
}

ECODE olDaSetRtdType(HDASS hDass, uint32_t uiChan, uint32_t uiRtdType) {
  ANSWER(set_choice(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd), uiRtdType, judge_rtd));
}

ECODE olDaGetRtdType(HDASS hDass, uint32_t uiChan, uint32_t *puiRtdType) {
  ANSWER(get(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd), puiRtdType, sizeof *puiRtdType));
}

static uint32_t judge_strain(const struct Subsystem *s, uint32_t value) {
  (void)s;
  return value <= 6 ? OLNOERROR : OLBADVALUE;
}

ECODE olDaSetStrainBridgeConfiguration(HDASS hDass, uint32_t uiChan, int32_t eBridgeConfiguration) {
  ANSWER(set_choice(hDass, OLSSC_SUP_STRAIN_GAGE, uiChan, SENSOR(strain),
      (uint32_t)eBridgeConfiguration, judge_strain));
}

ECODE olDaGetStrainBridgeConfiguration(HDASS hDass, uint32_t uiChan, int32_t *peBridgeConfiguration) {
  ANSWER(get(hDass, OLSSC_SUP_STRAIN_GAGE, uiChan, SENSOR(strain),
      peBridgeConfiguration, sizeof *peBridgeConfiguration));
}

static uint32_t judge_bridge(const struct Subsystem *s, uint32_t value) {
  (void)s;
  return value == 0 || value == 3 || value == 5 ? OLNOERROR : OLBADVALUE;
}

ECODE olDaSetBridgeConfiguration(HDASS hDass, uint32_t uiChan, int32_t eBridgeConfiguration) {
  ANSWER(set_choice(hDass, OLSSC_SUP_BRIDGEBASEDSENSORS, uiChan, SENSOR(bridge),
      (uint32_t)eBridgeConfiguration, judge_bridge));
}

ECODE olDaGetBridgeConfiguration(HDASS hDass, uint32_t uiChan, int32_t *peBridgeConfiguration) {
  ANSWER(get(hDass, OLSSC_SUP_BRIDGEBASEDSENSORS, uiChan, SENSOR(bridge),
      peBridgeConfiguration, sizeof *peBridgeConfiguration));
}

static uint32_t judge_io_type(const struct Subsystem *s, uint32_t value) {
  for (uint32_t i = 0; i < MAX_IO_TYPES; i++) {
    if (value == (uint32_t)s->type->io_types[i]) return OLNOERROR;
  }
  return OLBADVALUE;
}

ECODE olDaSetMultiSensorType(HDASS hDass, uint32_t uiChan, int32_t ioType) {
  ANSWER(set_choice(hDass, OLSSC_SUP_MULTISENSOR, uiChan, SENSOR(io_type), (uint32_t)ioType, judge_io_type));
}

ECODE olDaGetMultiSensorType(HDASS hDass, uint32_t uiChan, int32_t *pIoType) {
  ANSWER(get(hDass, OLSSC_SUP_MULTISENSOR, uiChan, SENSOR(io_type), pIoType, sizeof *pIoType));
}

static uint32_t judge_wiring(const struct Subsystem *s, uint32_t value) {
  (void)s;
  return value <= 2 ? OLNOERROR : OLBADVALUE;
}

ECODE olDaSetSensorWiringConfiguration(HDASS hDass, uint32_t uiChan, int32_t sensorWiringConfiguration) {
  ANSWER(set_choice(hDass, OLSSC_SUP_MULTISENSOR, uiChan, SENSOR(wiring),
      (uint32_t)sensorWiringConfiguration, judge_wiring));
}

ECODE olDaGetSensorWiringConfiguration(HDASS hDass, uint32_t uiChan, int32_t *pSensorWiringConfiguration) {
  ANSWER(get(hDass, OLSSC_SUP_MULTISENSOR, uiChan, SENSOR(wiring),
      pSensorWiringConfiguration, sizeof *pSensorWiringConfiguration));
}

static uint32_t judge_switch(const struct Subsystem *s, uint32_t value) {
  (void)s, (void)value;
  return OLNOERROR;
}

ECODE olDaSetStrainShuntResistor(HDASS hDass, uint32_t uiChan, int32_t bShuntEnabled) {
  ANSWER(set_choice(hDass, OLSSC_SUP_SHUNT_CALIBRATION, uiChan, SENSOR(shunt), bShuntEnabled != 0, judge_switch));
}

ECODE olDaGetStrainShuntResistor(HDASS hDass, uint32_t uiChan, int32_t *pbShuntEnabled) {
  ANSWER(get(hDass, OLSSC_SUP_SHUNT_CALIBRATION, uiChan, SENSOR(shunt), pbShuntEnabled, sizeof *pbShuntEnabled));
}

/* One of the doubles that a board offers; `list` is their offset in its description. */
static uint32_t set_listed(HDASS handle, int32_t capability, uint32_t channel, size_t field, double value, size_t list,
    uint32_t count) {
  struct Subsystem *s;
  uint32_t code = writable(handle, capability, channel, &s);
  if (code) return code;
  const double *offered = (const double *)((const char *)s->type + list);
  for (uint32_t i = 0; i < count; i++) {
    if (value <= 0 || offered[i] != value) continue;
    write(s, channel, field, &value, sizeof value);
    return OLNOERROR;
  }
  return OLBADVALUE;
}

ECODE olDaSetExcitationCurrentValue(HDASS hDass, uint32_t uiChan, double dExcitationCurrentValue) {
  ANSWER(set_listed(hDass, OLSSC_SUP_INTERNAL_EXCITATION_CURRENT_SOURCE, uiChan, SENSOR(excitation),
      dExcitationCurrentValue, offsetof(struct Type, excitations), MAX_EXCITATIONS));
}

ECODE olDaGetExcitationCurrentValue(HDASS hDass, uint32_t uiChan, double *pdExcitationCurrentValue) {
  ANSWER(get(hDass, OLSSC_SUP_INTERNAL_EXCITATION_CURRENT_SOURCE, uiChan, SENSOR(excitation),
      pdExcitationCurrentValue, sizeof *pdExcitationCurrentValue));
}

ECODE olDaSetChannelFilter(HDASS hDass, uint32_t uiChan, double dCutOffFreq) {
  ANSWER(set_listed(hDass, OLSSC_SUP_FILTERPERCHAN, uiChan, SENSOR(filter), dCutOffFreq,
      offsetof(struct Type, filters), MAX_FILTERS));
}

ECODE olDaGetChannelFilter(HDASS hDass, uint32_t uiChan, double *pdCutOffFreq) {
  ANSWER(get(hDass, OLSSC_SUP_FILTERPERCHAN, uiChan, SENSOR(filter), pdCutOffFreq, sizeof *pdCutOffFreq));
}

static uint32_t set_thermocouple_eprom(HDASS handle, uint32_t channel, uint32_t letter) {
  struct Subsystem *s;
  uint32_t code = writable(handle, OLSSC_SUP_TEMPERATURE_DATA_IN_STREAM, channel, &s);
  if (!code) code = judge_thermocouple(s, letter);
  if (code) return code;
  sensor_keep(s->board, channel, letter);
  write(s, channel, SENSOR(thermocouple), &letter, sizeof letter);
  return OLNOERROR;
}

/* As olDaSetThermocoupleType, and what later handles begin with. */
ECODE olDaSetThermocoupleTypeEprom(HDASS hDass, uint32_t uiChan, uint32_t uiThermType) {
  ANSWER(set_thermocouple_eprom(hDass, uiChan, uiThermType));
}

ECODE olDaSetRtdR0(HDASS hDass, uint32_t uiChan, double R0) {
  ANSWER(set_coefficient(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd_r0), R0));
}

ECODE olDaGetRtdR0(HDASS hDass, uint32_t uiChan, double *pR0) {
  ANSWER(get(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd_r0), pR0, sizeof *pR0));
}

ECODE olDaSetRtdA(HDASS hDass, uint32_t uiChan, double A) {
  ANSWER(set_coefficient(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd_a), A));
}

ECODE olDaGetRtdA(HDASS hDass, uint32_t uiChan, double *pA) {
  ANSWER(get(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd_a), pA, sizeof *pA));
}

ECODE olDaSetRtdB(HDASS hDass, uint32_t uiChan, double B) {
  ANSWER(set_coefficient(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd_b), B));
}

ECODE olDaGetRtdB(HDASS hDass, uint32_t uiChan, double *pB) {
  ANSWER(get(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd_b), pB, sizeof *pB));
}

ECODE olDaSetRtdC(HDASS hDass, uint32_t uiChan, double C) {
  ANSWER(set_coefficient(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd_c), C));
}

ECODE olDaGetRtdC(HDASS hDass, uint32_t uiChan, double *pC) {
  ANSWER(get(hDass, OLSSC_SUP_RTDS, uiChan, SENSOR(rtd_c), pC, sizeof *pC));
}

ECODE olDaSetThermistorA(HDASS hDass, uint32_t uiChan, double A) {
  ANSWER(set_coefficient(hDass, OLSSC_SUP_THERMISTOR, uiChan, SENSOR(thermistor_a), A));
}

ECODE olDaGetThermistorA(HDASS hDass, uint32_t uiChan, double *pA) {
  ANSWER(get(hDass, OLSSC_SUP_THERMISTOR, uiChan, SENSOR(thermistor_a), pA, sizeof *pA));
}

ECODE olDaSetThermistorB(HDASS hDass, uint32_t uiChan, double B) {
  ANSWER(set_coefficient(hDass, OLSSC_SUP_THERMISTOR, uiChan, SENSOR(thermistor_b), B));
}

ECODE olDaGetThermistorB(HDASS hDass, uint32_t uiChan, double *pB) {
  ANSWER(get(hDass, OLSSC_SUP_THERMISTOR, uiChan, SENSOR(thermistor_b), pB, sizeof *pB));
}

ECODE olDaSetThermistorC(HDASS hDass, uint32_t uiChan, double C) {
  ANSWER(set_coefficient(hDass, OLSSC_SUP_THERMISTOR, uiChan, SENSOR(thermistor_c), C));
}

ECODE olDaGetThermistorC(HDASS hDass, uint32_t uiChan, double *pC) {
  ANSWER(get(hDass, OLSSC_SUP_THERMISTOR, uiChan, SENSOR(thermistor_c), pC, sizeof *pC));
}

/* Input termination: a switch of some boards that have no sensors otherwise. */

static uint32_t judge_terminated(const struct Subsystem *s, uint32_t channel) {
  return s->type->termination ? check_channel(s, channel) : OLNOTSUPPORTED;
}

static uint32_t set_termination(HDASS handle, uint32_t channel, uint32_t on) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (!code) code = judge_terminated(s, channel);
  if (!code) write(s, channel, SENSOR(termination), &on, sizeof on);
  return code;
}

ECODE olDaSetInputTerminationEnabled(HDASS hDass, uint32_t uiChan, int32_t bEnable) {
  ANSWER(set_termination(hDass, uiChan, bEnable != 0));
}

static uint32_t get_termination(HDASS handle, uint32_t channel, int32_t *out) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (!code) code = judge_terminated(s, channel);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  *out = (int32_t)s->set.sensors[channel].termination;
  return OLNOERROR;
}

ECODE olDaGetInputTerminationEnabled(HDASS hDass, uint32_t uiChan, int32_t *pbEnable) {
  ANSWER(get_termination(hDass, uiChan, pbEnable));
}
