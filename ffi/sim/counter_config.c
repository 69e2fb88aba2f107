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

/* Edges and the bits of the capability stand in the same order. Numbers of other families: seen to answer 128. */
static uint32_t judge_measure_edge(const struct Subsystem *s, uint32_t value) {
  if (value < OL_GATE_RISING || value > OL_CT0_GATE_INPUT_RISING) return OLBADEDGE;
  uint32_t edges = (uint32_t)s->type->caps[OLSSC_SUP_CTMODE_MEASURE];
  if (!is_counter(s) || edges == 0) return OLNOTSUPPORTED;
  return edges >> (value - OL_GATE_RISING) & 1 ? OLNOERROR : OLBADEDGE;
}

ECODE olDaSetMeasureStartEdge(HDASS hDass, uint32_t uiStartEdge) {
  ANSWER(set_number(hDass, FIELD(start_edge), uiStartEdge, judge_measure_edge));
}

ECODE olDaGetMeasureStartEdge(HDASS hDass, uint32_t *puiStartEdge) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_CTMODE_MEASURE, FIELD(start_edge), puiStartEdge));
}

ECODE olDaSetMeasureStopEdge(HDASS hDass, uint32_t uiStopEdge) {
  ANSWER(set_number(hDass, FIELD(stop_edge), uiStopEdge, judge_measure_edge));
}

ECODE olDaGetMeasureStopEdge(HDASS hDass, uint32_t *puiStopEdge) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_CTMODE_MEASURE, FIELD(stop_edge), puiStopEdge));
}

static uint32_t set_quad_decoder(HDASS handle, uint32_t prescale, uint32_t x4, uint32_t index) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (code) return code;
  if (!capable(s, OLSSC_SUP_QUADRATURE_DECODER)) return OLNOTSUPPORTED;
  if (index < OL_INDEX_DISABLED || index > OL_INDEX_HIGH) return OLBADINDEX;
  if (x4 && index != OL_INDEX_DISABLED) return DECIDED_X4_WITH_INDEX;
  s->set.prescale = prescale;
  s->set.x4 = x4;
  s->set.index = index;
  s->state = INITIALIZED;
  return OLNOERROR;
}

ECODE olDaSetQuadDecoder(HDASS hDass, uint32_t ClockPreScale, int32_t X4Scaling, uint32_t IndexMode) {
  ANSWER(set_quad_decoder(hDass, ClockPreScale, X4Scaling != 0, IndexMode));
}

/* What only tachometers have is known by their stale flag. */

static uint32_t judge_edge(const struct Subsystem *s, uint32_t value) {
  if (!capable(s, OLSSC_SUP_STALE_DATA_FLAG)) return OLNOTSUPPORTED;
  return value == OL_EDGE_FALLING || value == OL_EDGE_RISING ? OLNOERROR : OLBADEDGE;
}

ECODE olDaSetEdgeType(HDASS hDass, uint32_t uiEdge) {
  ANSWER(set_number(hDass, FIELD(edge), uiEdge, judge_edge));
}

ECODE olDaGetEdgeType(HDASS hDass, uint32_t *puiEdge) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_STALE_DATA_FLAG, FIELD(edge), puiEdge));
}

static uint32_t judge_stale_flag(const struct Subsystem *s, uint32_t value) {
  (void)value;
  return capable(s, OLSSC_SUP_STALE_DATA_FLAG) ? OLNOERROR : OLNOTSUPPORTED;
}

ECODE olDaSetStaleDataFlagEnabled(HDASS hDass, int32_t bEnabled) {
  ANSWER(set_number(hDass, FIELD(stale_flag), bEnabled != 0, judge_stale_flag));
}

ECODE olDaGetStaleDataFlagEnabled(HDASS hDass, int32_t *pbEnabled) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_STALE_DATA_FLAG, FIELD(stale_flag), pbEnabled));
}
