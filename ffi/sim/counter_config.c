/* Settings of counters, quadrature decoders and tachometers. */
#include "api.h"
#include "decisions.h"
#include "settings.h"

static bool is_counter(const struct Subsystem *s) {
  return s->type->type == OLSS_CT;
}

static uint32_t judge_pulse(const struct Subsystem *s, uint32_t value) {
  static const struct Choice pulses[] = {
    {OL_PLS_HIGH2LOW, OLSSC_SUP_PLS_HIGH2LOW},
    {OL_PLS_LOW2HIGH, OLSSC_SUP_PLS_LOW2HIGH},
  };
  if (!is_counter(s)) return OLNOTSUPPORTED;
  return choose(s, value, CHOICES(pulses), OLBADPULSETYPE, OLNOTSUPPORTED);
}

ECODE olDaSetPulseType(HDASS hDass, uint32_t uiPulse) {
  ANSWER(set_number(hDass, FIELD(pulse), uiPulse, judge_pulse));
}

ECODE olDaGetPulseType(HDASS hDass, uint32_t *puiPulse) {
  ANSWER(get_number(hDass, FIELD(pulse), puiPulse));
}

static uint32_t judge_gate(const struct Subsystem *s, uint32_t value) {
  if (!is_counter(s)) return OLNOTSUPPORTED;
  if (value < OL_GATE_NONE || value > OL_GATE_LEVEL_DEBOUNCE) return OLBADGATE;
  /* Gates and their capabilities stand in the same order. */
  return capable(s, (int32_t)(value - OL_GATE_NONE) + OLSSC_SUP_GATE_NONE) ? OLNOERROR : OLNOTSUPPORTED;
}

ECODE olDaSetGateType(HDASS hDass, uint32_t uiGate) {
  ANSWER(set_number(hDass, FIELD(gate), uiGate, judge_gate));
}

ECODE olDaGetGateType(HDASS hDass, uint32_t *puiGate) {
  ANSWER(get_number(hDass, FIELD(gate), puiGate));
}

static uint32_t judge_counter_mode(const struct Subsystem *s, uint32_t value) {
  static const struct Choice modes[] = {
    {OL_CTMODE_COUNT, OLSSC_SUP_CTMODE_COUNT},
    {OL_CTMODE_RATE, OLSSC_SUP_CTMODE_RATE},
    {OL_CTMODE_ONESHOT, OLSSC_SUP_CTMODE_ONESHOT},
    {OL_CTMODE_ONESHOT_RPT, OLSSC_SUP_CTMODE_ONESHOT_RPT},
    {OL_CTMODE_UP_DOWN, OLSSC_SUP_CTMODE_UP_DOWN},
    {OL_CTMODE_MEASURE, OLSSC_SUP_CTMODE_MEASURE},
    {OL_CTMODE_CONT_MEASURE, OLSSC_SUP_CTMODE_CONT_MEASURE},
  };
  if (!is_counter(s)) return OLNOTSUPPORTED;
  return choose(s, value, CHOICES(modes), OLBADCOUNTERMODE, OLNOTSUPPORTED);
}

ECODE olDaSetCTMode(HDASS hDass, uint32_t uiCTMode) {
  ANSWER(set_number(hDass, FIELD(counter_mode), uiCTMode, judge_counter_mode));
}

ECODE olDaGetCTMode(HDASS hDass, uint32_t *puiCTMode) {
  ANSWER(get_number(hDass, FIELD(counter_mode), puiCTMode));
}

static uint32_t judge_cascade(const struct Subsystem *s, uint32_t value) {
  static const struct Choice modes[] = {{OL_CT_CASCADE, OLSSC_SUP_CASCADING}, {OL_CT_SINGLE, OLSSC_SUP_CTMODE_COUNT}};
  if (!is_counter(s)) return OLNOTSUPPORTED;
  return choose(s, value, CHOICES(modes), OLBADCASCADEMODE, OLCANTCASCADE);
}

ECODE olDaSetCascadeMode(HDASS hDass, uint32_t uiCascadeMode) {
  ANSWER(set_number(hDass, FIELD(cascade), uiCascadeMode, judge_cascade));
}

ECODE olDaGetCascadeMode(HDASS hDass, uint32_t *puiCascadeMode) {
  ANSWER(get_number(hDass, FIELD(cascade), puiCascadeMode));
}

static uint32_t set_pulse_width(HDASS handle, double percent) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (code) return code;
  if (!is_counter(s)) return OLNOTSUPPORTED;
  if (!(percent > 0 && percent < 100)) return OLBADPULSEWIDTH;
  s->set.pulse_width = percent;
  s->state = INITIALIZED;
  return OLNOERROR;
}

ECODE olDaSetPulseWidth(HDASS hDass, double dfPulseWidthPercent) {
  ANSWER(set_pulse_width(hDass, dfPulseWidthPercent));
}

ECODE olDaGetPulseWidth(HDASS hDass, double *pdfPulseWidthPercent) {
  ANSWER(get_double(hDass, FIELD(pulse_width), pdfPulseWidthPercent));
}

/* Measure edges: seen to answer 128 for numbers of another family. No board measures. */
static uint32_t judge_edge(const struct Subsystem *s, uint32_t value) {
  (void)s;
  return value >= 750 && value <= 776 ? OLNOTSUPPORTED : OLBADEDGE;
}

ECODE olDaSetMeasureStartEdge(HDASS hDass, uint32_t uiStartEdge) {
  ANSWER(set_number(hDass, 0, uiStartEdge, judge_edge));
}

ECODE olDaSetMeasureStopEdge(HDASS hDass, uint32_t uiStopEdge) {
  ANSWER(set_number(hDass, 0, uiStopEdge, judge_edge));
}
