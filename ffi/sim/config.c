/* Settings: every setter is judged against the capabilities and the data flow, then needs a new olDaConfig. */
#include "api.h"
#include "decisions.h"
#include "settings.h"

static uint32_t judge_data_flow(const struct Subsystem *s, uint32_t value) {
  static const struct Choice flows[] = {
    {OL_DF_CONTINUOUS, OLSSC_SUP_CONTINUOUS},
    {OL_DF_SINGLEVALUE, OLSSC_SUP_SINGLEVALUE},
    {OL_DF_DTCONNECT_CONTINUOUS, OLSSC_SUP_DTCONNECT_CONTINUOUS},
    {OL_DF_DTCONNECT_BURST, OLSSC_SUP_DTCONNECT_BURST},
    {OL_DF_CONTINUOUS_PRETRIG, OLSSC_SUP_CONTINUOUS_PRETRIG},
    {OL_DF_CONTINUOUS_ABOUTTRIG, OLSSC_SUP_CONTINUOUS_ABOUTTRIG},
  };
  return choose(s, value, CHOICES(flows), OLBADDATAFLOW, OLNOTSUPPORTED);
}

ECODE olDaSetDataFlow(HDASS hDass, uint32_t uiDataFlow) {
  ANSWER(set_number(hDass, FIELD(data_flow), uiDataFlow, judge_data_flow));
}

ECODE olDaGetDataFlow(HDASS hDass, uint32_t *puiDataFlow) {
  ANSWER(get_number(hDass, FIELD(data_flow), puiDataFlow));
}

static uint32_t judge_wrap_mode(const struct Subsystem *s, uint32_t value) {
  static const struct Choice modes[] = {
    {OL_WRP_NONE, OLSSC_SUP_BUFFERING},
    {OL_WRP_MULTIPLE, OLSSC_SUP_WRPMULTIPLE},
    {OL_WRP_SINGLE, OLSSC_SUP_WRPSINGLE},
  };
  uint32_t code = choose(s, value, CHOICES(modes), OLBADWRAPMODE, OLNOTSUPPORTED);
  return !code && s->set.data_flow == OL_DF_SINGLEVALUE ? DECIDED_SETTER_MISMATCH : code;
}

ECODE olDaSetWrapMode(HDASS hDass, uint32_t uiWrapMode) {
  ANSWER(set_number(hDass, FIELD(wrap_mode), uiWrapMode, judge_wrap_mode));
}

ECODE olDaGetWrapMode(HDASS hDass, uint32_t *puiWrapMode) {
  ANSWER(get_number(hDass, FIELD(wrap_mode), puiWrapMode));
}

static uint32_t judge_channel_type(const struct Subsystem *s, uint32_t value) {
  static const struct Choice types[] = {
    {OL_CHNT_SINGLEENDED, OLSSC_SUP_SINGLEENDED},
    {OL_CHNT_DIFFERENTIAL, OLSSC_SUP_DIFFERENTIAL},
  };
  return choose(s, value, CHOICES(types), OLBADCHANNELTYPE, OLNOTSUPPORTED);
}

ECODE olDaSetChannelType(HDASS hDass, uint32_t uiType) {
  ANSWER(set_number(hDass, FIELD(channel_type), uiType, judge_channel_type));
}

ECODE olDaGetChannelType(HDASS hDass, uint32_t *puiType) {
  ANSWER(get_number(hDass, FIELD(channel_type), puiType));
}

static uint32_t judge_encoding(const struct Subsystem *s, uint32_t value) {
  static const struct Choice encodings[] = {{OL_ENC_BINARY, OLSSC_SUP_BINARY}, {OL_ENC_2SCOMP, OLSSC_SUP_2SCOMP}};
  return choose(s, value, CHOICES(encodings), OLBADENCODING, OLNOTSUPPORTED);
}

ECODE olDaSetEncoding(HDASS hDass, uint32_t uiEnc) {
  ANSWER(set_number(hDass, FIELD(encoding), uiEnc, judge_encoding));
}

ECODE olDaGetEncoding(HDASS hDass, uint32_t *puiEnc) {
  ANSWER(get_number(hDass, FIELD(encoding), puiEnc));
}

/* No board changes its resolution by software; naming the one it has is no change. */
static uint32_t judge_resolution(const struct Subsystem *s, uint32_t value) {
  if (value == 0 || value > 32) return OLBADRESOLUTION;
  return value == s->type->bits ? OLNOERROR : OLNOTSUPPORTED;
}

ECODE olDaSetResolution(HDASS hDass, uint32_t uiBits) {
  ANSWER(set_number(hDass, FIELD(bits), uiBits, judge_resolution));
}

ECODE olDaGetResolution(HDASS hDass, uint32_t *puiBits) {
  ANSWER(get_number(hDass, FIELD(bits), puiBits));
}

static uint32_t judge_clock_source(const struct Subsystem *s, uint32_t value) {
  static const struct Choice sources[] = {
    {OL_CLK_INTERNAL, OLSSC_SUP_INTCLOCK},
    {OL_CLK_EXTERNAL, OLSSC_SUP_EXTCLOCK},
    {OL_CLK_EXTRA, OLSSC_NUMEXTRACLOCKS},
  };
  if (!streams(s)) return OLNOTSUPPORTED;
  return choose(s, value, CHOICES(sources), OLBADCLOCKSOURCE, OLBADCLOCKSOURCE);
}

ECODE olDaSetClockSource(HDASS hDass, uint32_t uiClk) {
  ANSWER(set_number(hDass, FIELD(clock_source), uiClk, judge_clock_source));
}

ECODE olDaGetClockSource(HDASS hDass, uint32_t *puiClk) {
  ANSWER(get_number(hDass, FIELD(clock_source), puiClk));
}

static uint32_t set_frequency(HDASS handle, double hertz) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (code) return code;
  if (!streams(s)) return OLNOTSUPPORTED;
  const double *caps = s->type->caps;
  if (!(hertz >= caps[OLSSCE_MINTHROUGHPUT] && hertz <= caps[OLSSCE_MAXTHROUGHPUT])) return OLBADFREQUENCY;
  s->set.frequency = hertz;
  s->state = INITIALIZED;
  return OLNOERROR;
}

ECODE olDaSetClockFrequency(HDASS hDass, double dfFreq) {
  ANSWER(set_frequency(hDass, dfFreq));
}

ECODE olDaGetClockFrequency(HDASS hDass, double *pdfFreq) {
  ANSWER(get_double(hDass, FIELD(frequency), pdfFreq));
}

static uint32_t judge_divider(const struct Subsystem *s, uint32_t value) {
  if (!capable(s, OLSSC_SUP_EXTCLOCK)) return OLNOTSUPPORTED;
  const double *caps = s->type->caps;
  return value >= caps[OLSSCE_MINCLOCKDIVIDER] && value <= caps[OLSSCE_MAXCLOCKDIVIDER] ? OLNOERROR : OLBADDIVIDER;
}

ECODE olDaSetExternalClockDivider(HDASS hDass, uint32_t ulDivider) {
  ANSWER(set_number(hDass, FIELD(clock_divider), ulDivider, judge_divider));
}

ECODE olDaGetExternalClockDivider(HDASS hDass, uint32_t *pulDivider) {
  ANSWER(get_number(hDass, FIELD(clock_divider), pulDivider));
}

static uint32_t judge_dma(const struct Subsystem *s, uint32_t value) {
  if (!streams(s)) return OLNOTSUPPORTED;
  return value <= s->type->caps[OLSSC_NUMDMACHANS] ? OLNOERROR : OLNOTENOUGHDMACHANS;
}

ECODE olDaSetDmaUsage(HDASS hDass, uint32_t uiUse) {
  ANSWER(set_number(hDass, FIELD(dma_channels), uiUse, judge_dma));
}

ECODE olDaGetDmaUsage(HDASS hDass, uint32_t *puiUse) {
  ANSWER(get_number(hDass, FIELD(dma_channels), puiUse));
}

static bool has_range(const struct Subsystem *s) {
  return s->type->max > s->type->min;
}

static bool offers(const struct Type *type, double max, double min) {
  bool other = max == type->other_max && min == type->other_min && max > min;
  return other || (max == type->max && min == type->min);
}

/* Maximum first. The range of the subsystem is that of all its channels. */
static uint32_t set_range(HDASS handle, double max, double min) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (code) return code;
  if (!has_range(s)) return OLNOTSUPPORTED;
  if (!offers(s->type, max, min)) return OLBADRANGE;
  s->set.max = max;
  s->set.min = min;
  for (uint32_t i = 0; i < SENSORS; i++) s->set.sensors[i].max = max, s->set.sensors[i].min = min;
  s->state = INITIALIZED;
  return OLNOERROR;
}

ECODE olDaSetRange(HDASS hDass, double dMaxVoltage, double dMinVoltage) {
  ANSWER(set_range(hDass, dMaxVoltage, dMinVoltage));
}

static uint32_t get_range(HDASS handle, double *max, double *min) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code) return code;
  if (!has_range(s)) return OLNOTSUPPORTED;
  if (!max || !min) return OLBADRETURNPOINTER;
  *max = s->set.max;
  *min = s->set.min;
  return OLNOERROR;
}

ECODE olDaGetRange(HDASS hDass, double *pdMaxVoltage, double *pdMinVoltage) {
  ANSWER(get_range(hDass, pdMaxVoltage, pdMinVoltage));
}

static uint32_t judge_channel(const struct Subsystem *s, uint32_t channel) {
  return capable(s, OLSSC_SUP_RANGEPERCHANNEL) ? check_channel(s, channel) : OLNOTSUPPORTED;
}

static uint32_t set_channel_range(HDASS handle, uint32_t channel, double max, double min) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (!code) code = judge_channel(s, channel);
  if (!code && !offers(s->type, max, min)) code = OLBADRANGE;
  if (code) return code;
  s->set.sensors[channel].max = max;
  s->set.sensors[channel].min = min;
  s->state = INITIALIZED;
  return OLNOERROR;
}

ECODE olDaSetChannelRange(HDASS hDass, uint32_t uiChan, double dMaxVoltage, double dMinVoltage) {
  ANSWER(set_channel_range(hDass, uiChan, dMaxVoltage, dMinVoltage));
}

static uint32_t get_channel_range(HDASS handle, uint32_t channel, double *max, double *min) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (!code) code = judge_channel(s, channel);
  if (code) return code;
  if (!max || !min) return OLBADRETURNPOINTER;
  *max = s->set.sensors[channel].max;
  *min = s->set.sensors[channel].min;
  return OLNOERROR;
}

ECODE olDaGetChannelRange(HDASS hDass, uint32_t uiChan, double *pdMaxVoltage, double *pdMinVoltage) {
  ANSWER(get_channel_range(hDass, uiChan, pdMaxVoltage, pdMinVoltage));
}

static uint32_t judge_synchronous(const struct Subsystem *s, uint32_t value) {
  (void)value;
  return capable(s, OLSSC_SUP_SYNCHRONOUS_DIGITALIO) ? OLNOERROR : OLNOTSUPPORTED;
}

ECODE olDaSetSynchronousDigitalIOUsage(HDASS hDass, int32_t fUse) {
  ANSWER(set_number(hDass, FIELD(synchronous_digital), fUse != 0, judge_synchronous));
}

ECODE olDaGetSynchronousDigitalIOUsage(HDASS hDass, int32_t *pfUse) {
  ANSWER(get_number(hDass, FIELD(synchronous_digital), pfUse));
}

/* Nothing changes: the inputs are calibrated. */
static uint32_t auto_calibrate(HDASS handle) {
  struct Subsystem *s;
  uint32_t code = own_subsystem(handle, &s);
  if (code) return code;
  if (!capable(s, OLSSC_SUP_AUTO_CALIBRATE)) return OLNOTSUPPORTED;
  return is_running(s) ? OLINVALIDWHENADRUNNING : OLNOERROR;
}

ECODE olDaAutoCalibrate(HDASS hDass) {
  ANSWER(auto_calibrate(hDass));
}
