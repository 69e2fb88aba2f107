/* What boards and subsystems say they can do. */
#include "api.h"
#include "decisions.h"
#include "subsystem.h"

static uint32_t dev_caps(HDEV handle, int32_t which, uint32_t *out) {
  uint32_t code, sum = 0;
  const struct Board *board = board_of(handle, &code);
  if (code) return code;
  if (which < OLDC_TOTALELEMENTS || which > OLDC_SUP_INTERNAL_EXTERNAL_POWER) return OLBADDEVCAP;
  if (!out) return OLBADRETURNPOINTER;
  for (uint32_t i = 0; i < board->type_count; i++) { /* OLDC_* numbers are the OLSS_* numbers */
    if (which == OLDC_TOTALELEMENTS || board->types[i].type == which) sum += board->types[i].elements;
  }
  *out = sum;
  return OLNOERROR;
}

ECODE olDaGetDevCaps(HDEV hDev, int32_t OlDc, uint32_t *puiCap) {
  ANSWER(dev_caps(hDev, OlDc, puiCap));
}

static bool is_double(int32_t capability) {
  return (capability >= OLSSCE_MAXTHROUGHPUT && capability <= OLSSCE_RESOLUTION) ||
         capability == OLSSCE_CJC_MILLIVOLTS_PER_DEGREE_C || capability == OLSSCE_MIN_EXCITATION_VOLTAGE ||
         capability == OLSSCE_MAX_EXCITATION_VOLTAGE;
}

/* The integer and the floating question refuse each other's positions. */
static uint32_t ss_caps(HDASS handle, int32_t which, bool wants_double, const void *out, double *value) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code) return code;
  if (which < 0 || which >= CAPABILITIES || is_double(which) != wants_double) return OLBADSSCAP;
  if (!out) return OLBADRETURNPOINTER;
  *value = s->type->caps[which];
  return OLNOERROR;
}

static uint32_t integer_cap(HDASS handle, int32_t which, uint32_t *out) {
  double value;
  uint32_t code = ss_caps(handle, which, false, out, &value);
  if (!code) *out = (uint32_t)value;
  return code;
}

ECODE olDaGetSSCaps(HDASS hDass, int32_t OlSSc, uint32_t *puiCap) {
  ANSWER(integer_cap(hDass, OlSSc, puiCap));
}

static uint32_t double_cap(HDASS handle, int32_t which, double *out) {
  double value;
  uint32_t code = ss_caps(handle, which, true, out, &value);
  if (!code) *out = value;
  return code;
}

ECODE olDaGetSSCapsEx(HDASS hDass, int32_t OlSSc, double *pdCap) {
  ANSWER(double_cap(hDass, OlSSc, pdCap));
}

static void list_caps(const struct Type *type, uint32_t what, CAPSPROC callback, int64_t argument) {
  if (what == OL_ENUM_RANGES && type->max > type->min) callback(what, type->max, type->min, argument);
  if (what == OL_ENUM_RESOLUTIONS && type->caps[OLSSC_NUMRESOLUTIONS] > 0) callback(what, type->bits, 0, argument);
  bool thresholds = (what == OL_ENUM_THRESHOLD_START_TRIGGER_CHANNELS && type->caps[OLSSC_SUP_THRESHTRIGPOS] != 0) ||
                    (what == OL_ENUM_THRESHOLD_REFERENCE_TRIGGER_CHANNELS && type->caps[OLSSC_SUP_THRESHPOS_REFERENCE_TRIG] != 0);
  for (uint32_t c = 0; thresholds && c < type->threshold_channels && callback(what, c, 0, argument); c++) continue;
  if (what != OL_ENUM_GAINS) return;
  for (uint32_t i = 0; i < type->caps[OLSSC_NUMGAINS] && callback(what, type->gains[i], 0, argument); i++) continue;
}

static uint32_t enum_ss_caps(HDASS handle, uint32_t what, CAPSPROC callback, int64_t argument) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code) return code;
  if (what < OL_ENUM_FILTERS || what > OL_ENUM_THRESHOLD_REFERENCE_TRIGGER_CHANNELS) return OLBADENUMCAP;
  if (!callback) return OLBADENUMPROC;
  const struct Type *type = s->type; /* of the board, so it outlives the handle */
  platform_unlock();
  list_caps(type, what, callback, argument);
  platform_lock();
  return OLNOERROR;
}

ECODE olDaEnumSSCaps(HDASS hDass, uint32_t uiEnumCap, CAPSPROC pfnCapsProc, int64_t lParam) {
  ANSWER(enum_ss_caps(hDass, uiEnumCap, pfnCapsProc, lParam));
}

static uint32_t channel_caps(HDASS handle, uint32_t channel, int32_t which, uint32_t *out) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (!code) code = check_channel(s, channel);
  if (code) return code;
  if (which != OLCHANNELCAP_SUP_INPUT_TERMINATION) return OLBADCAP;
  if (!out) return OLBADRETURNPOINTER;
  *out = 0;
  return OLNOERROR;
}

ECODE olDaGetChannelCaps(HDASS hDass, uint32_t uiChan, int32_t OlChannelCap, uint32_t *puiCap) {
  ANSWER(channel_caps(hDass, uiChan, OlChannelCap, puiCap));
}
