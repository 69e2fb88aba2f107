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

static bool thresholds(const struct Type *type, uint32_t what) {
  bool start = what == OL_ENUM_THRESHOLD_START_TRIGGER_CHANNELS && type->caps[OLSSC_SUP_THRESHTRIGPOS] != 0;
  bool reference = type->caps[OLSSC_SUP_THRESHPOS_REFERENCE_TRIG] != 0;
  return start || (what == OL_ENUM_THRESHOLD_REFERENCE_TRIGGER_CHANNELS && reference);
}

/* The values of a kind, in `first` and `second`: false after the last one. */
static bool listed(const struct Type *type, uint32_t what, uint32_t i, double *first, double *second) {
  *second = 0;
  switch (what) {
    case OL_ENUM_RANGES:
      *first = i == 0 ? type->max : type->other_max;
      *second = i == 0 ? type->min : type->other_min;
      return i < type->caps[OLSSC_NUMRANGES] && *first > *second;
    case OL_ENUM_FILTERS:
      *first = i < MAX_FILTERS ? type->filters[i] : 0;
      return i < type->caps[OLSSC_NUMFILTERS];
    case OL_ENUM_RESOLUTIONS:
      *first = type->bits;
      return i < type->caps[OLSSC_NUMRESOLUTIONS];
    case OL_ENUM_GAINS:
      *first = i < MAX_GAINS ? type->gains[i] : 0;
      return i < type->caps[OLSSC_NUMGAINS];
    case OL_ENUM_EXCITATION_CURRENT_VALUES:
      *first = i < MAX_EXCITATIONS ? type->excitations[i] : 0;
      return *first > 0;
    default: /* a channel number */
      *first = i;
      return thresholds(type, what) && i < type->threshold_channels;
  }
}

static void list_caps(const struct Type *type, uint32_t what, CAPSPROC callback, int64_t argument) {
  double first, second;
  for (uint32_t i = 0; listed(type, what, i, &first, &second) && callback(what, first, second, argument); i++) continue;
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
  *out = s->type->termination;
  return OLNOERROR;
}

ECODE olDaGetChannelCaps(HDASS hDass, uint32_t uiChan, int32_t OlChannelCap, uint32_t *puiCap) {
  ANSWER(channel_caps(hDass, uiChan, OlChannelCap, puiCap));
}

static uint32_t enum_channel_caps(HDASS handle, uint32_t channel, uint32_t what, CHANNELCAPSPROC callback,
    int64_t argument) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (!code && !capable(s, OLSSC_SUP_MULTISENSOR)) code = OLNOTSUPPORTED;
  if (!code) code = check_channel(s, channel);
  if (code) return code;
  if (what != OL_ENUM_CHANNEL_SUPPORTED_MULTISENSOR_TYPES) return OLBADENUMCAP;
  if (!callback) return OLBADENUMPROC;
  const int32_t *types = s->type->io_types;
  platform_unlock();
  for (uint32_t i = 0; i < MAX_IO_TYPES && callback(what, (uint32_t)types[i], 0, argument); i++) continue;
  platform_lock();
  return OLNOERROR;
}

ECODE olDaEnumChannelCaps(HDASS hDass, uint32_t uiChanenum, uint32_t uiEnumCap, CHANNELCAPSPROC pfnCapsProc,
    int64_t lParam) {
  ANSWER(enum_channel_caps(hDass, uiChanenum, uiEnumCap, pfnCapsProc, lParam));
}
