/* Settings of triggers: start, retrigger, reference. Where a board lacks a kind, its functions answer 36. */
#include "api.h"
#include "decisions.h"
#include "settings.h"

static const struct Choice sources[] = {
  {OL_TRG_SOFT, OLSSC_SUP_SOFTTRIG},
  {OL_TRG_EXTERN, OLSSC_SUP_EXTERNTRIG},
  {OL_TRG_THRESH, OLSSC_SUP_THRESHTRIGPOS},
  {OL_TRG_ANALOGEVENT, OLSSC_SUP_ANALOGEVENTTRIG},
  {OL_TRG_DIGITALEVENT, OLSSC_SUP_DIGITALEVENTTRIG},
  {OL_TRG_TIMEREVENT, OLSSC_SUP_TIMEREVENTTRIG},
  {OL_TRG_EXTRA, OLSSC_NUMEXTRATRIGGERS},
  {OL_TRG_THRESHPOS, OLSSC_SUP_THRESHTRIGPOS},
  {OL_TRG_THRESHNEG, OLSSC_SUP_THRESHTRIGNEG},
  {OL_TRG_SYNCBUS, OLSSC_SUP_SYNCHRONIZATION},
};

static uint32_t judge_trigger(const struct Subsystem *s, uint32_t value) {
  return streams(s) ? choose(s, value, CHOICES(sources), OLBADTRIGGER, OLBADTRIGGER) : OLNOTSUPPORTED;
}

ECODE olDaSetTrigger(HDASS hDass, uint32_t uiTrig) {
  ANSWER(set_number(hDass, FIELD(trigger), uiTrig, judge_trigger));
}

ECODE olDaGetTrigger(HDASS hDass, uint32_t *puiTrig) {
  ANSWER(get_number(hDass, FIELD(trigger), puiTrig));
}

/* Thresholds, of the start trigger and of the reference trigger. */

static uint32_t judge_level(const struct Subsystem *s, double volts, int32_t capability) {
  if (!capable(s, capability)) return OLNOTSUPPORTED;
  return volts >= s->type->min && volts <= s->type->max ? OLNOERROR : OLBADVALUE;
}

static uint32_t judge_channel(const struct Subsystem *s, uint32_t channel, int32_t capability) {
  if (!capable(s, capability)) return OLNOTSUPPORTED;
  return channel < s->type->threshold_channels ? OLNOERROR : OLBADCHANNEL;
}

static uint32_t judge_start_level(const struct Subsystem *s, double volts) {
  return judge_level(s, volts, OLSSC_SUP_THRESHTRIGPOS);
}

ECODE olDaSetTriggerThresholdLevel(HDASS hDass, double dfLevel) {
  ANSWER(set_double(hDass, FIELD(threshold_level), dfLevel, judge_start_level));
}

ECODE olDaGetTriggerThresholdLevel(HDASS hDass, double *pdLevel) {
  ANSWER(get_double_if(hDass, OLSSC_SUP_THRESHTRIGPOS, FIELD(threshold_level), pdLevel));
}

static uint32_t judge_start_channel(const struct Subsystem *s, uint32_t channel) {
  return judge_channel(s, channel, OLSSC_SUP_THRESHTRIGPOS);
}

ECODE olDaSetTriggerThresholdChannel(HDASS hDass, int32_t iChan) {
  ANSWER(set_number(hDass, FIELD(threshold_channel), (uint32_t)iChan, judge_start_channel));
}

ECODE olDaGetTriggerThresholdChannel(HDASS hDass, int32_t *piChan) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_THRESHTRIGPOS, FIELD(threshold_channel), piChan));
}

static uint32_t judge_reference(const struct Subsystem *s, uint32_t value) {
  static const struct Choice references[] = {
    {OL_TRG_SOFT, OLSSC_SUP_POST_REFERENCE_TRIG_SCANCOUNT}, /* no reference trigger */
    {OL_TRG_EXTERN, OLSSC_SUP_EXTERNTTLPOS_REFERENCE_TRIG},
    {OL_TRG_EXTRA, OLSSC_SUP_EXTERNTTLNEG_REFERENCE_TRIG},
    {OL_TRG_THRESHPOS, OLSSC_SUP_THRESHPOS_REFERENCE_TRIG},
    {OL_TRG_THRESHNEG, OLSSC_SUP_THRESHNEG_REFERENCE_TRIG},
    {OL_TRG_SYNCBUS, OLSSC_SUP_SYNCBUS_REFERENCE_TRIG},
  };
  if (!capable(s, OLSSC_SUP_POST_REFERENCE_TRIG_SCANCOUNT)) return OLNOTSUPPORTED;
  return choose(s, value, CHOICES(references), OLBADTRIGGER, OLBADTRIGGER);
}

ECODE olDaSetReferenceTrigger(HDASS hDass, uint32_t uiReferenceTrig) {
  ANSWER(set_number(hDass, FIELD(reference), uiReferenceTrig, judge_reference));
}

ECODE olDaGetReferenceTrigger(HDASS hDass, uint32_t *puiReferenceTrig) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_POST_REFERENCE_TRIG_SCANCOUNT, FIELD(reference), puiReferenceTrig));
}

static uint32_t judge_reference_level(const struct Subsystem *s, double volts) {
  return judge_level(s, volts, OLSSC_SUP_THRESHPOS_REFERENCE_TRIG);
}

ECODE olDaSetReferenceTriggerThresholdLevel(HDASS hDass, double dfLevel) {
  ANSWER(set_double(hDass, FIELD(reference_level), dfLevel, judge_reference_level));
}

ECODE olDaGetReferenceTriggerThresholdLevel(HDASS hDass, double *pdLevel) {
  ANSWER(get_double_if(hDass, OLSSC_SUP_THRESHPOS_REFERENCE_TRIG, FIELD(reference_level), pdLevel));
}

static uint32_t judge_reference_channel(const struct Subsystem *s, uint32_t channel) {
  return judge_channel(s, channel, OLSSC_SUP_THRESHPOS_REFERENCE_TRIG);
}

ECODE olDaSetReferenceTriggerThresholdChannel(HDASS hDass, int32_t iChan) {
  ANSWER(set_number(hDass, FIELD(reference_channel), (uint32_t)iChan, judge_reference_channel));
}

ECODE olDaGetReferenceTriggerThresholdChannel(HDASS hDass, int32_t *piChan) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_THRESHPOS_REFERENCE_TRIG, FIELD(reference_channel), piChan));
}

static uint32_t judge_post_scans(const struct Subsystem *s, uint32_t scans) {
  if (!capable(s, OLSSC_SUP_POST_REFERENCE_TRIG_SCANCOUNT)) return OLNOTSUPPORTED;
  return scans <= INT32_MAX ? OLNOERROR : OLBADVALUE;
}

ECODE olDaSetReferenceTriggerPostScanCount(HDASS hDass, int32_t iscanCount) {
  ANSWER(set_number(hDass, FIELD(reference_post), (uint32_t)iscanCount, judge_post_scans));
}

ECODE olDaGetReferenceTriggerPostScanCount(HDASS hDass, int32_t *piScanCount) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_POST_REFERENCE_TRIG_SCANCOUNT, FIELD(reference_post), piScanCount));
}

static uint32_t judge_pretrigger(const struct Subsystem *s, uint32_t value) {
  if (!capable(s, OLSSC_SUP_CONTINUOUS_PRETRIG)) return OLNOTSUPPORTED;
  return value == OL_TRG_SOFT ? OLBADPRETRIGGER : choose(s, value, CHOICES(sources), OLBADPRETRIGGER, OLBADPRETRIGGER);
}

ECODE olDaSetPretriggerSource(HDASS hDass, uint32_t uiTrig) {
  ANSWER(set_number(hDass, FIELD(pretrigger), uiTrig, judge_pretrigger));
}

ECODE olDaGetPretriggerSource(HDASS hDass, uint32_t *puiTrig) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_CONTINUOUS_PRETRIG, FIELD(pretrigger), puiTrig));
}

/* Triggered scans: each trigger runs the list a number of times. */

static uint32_t judge_triggered_scan(const struct Subsystem *s, uint32_t value) {
  (void)value;
  return capable(s, OLSSC_SUP_TRIGSCAN) ? OLNOERROR : OLNOTSUPPORTED;
}

ECODE olDaSetTriggeredScanUsage(HDASS hDass, int32_t fUse) {
  ANSWER(set_number(hDass, FIELD(triggered_scan), fUse != 0, judge_triggered_scan));
}

ECODE olDaGetTriggeredScanUsage(HDASS hDass, int32_t *pfUse) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_TRIGSCAN, FIELD(triggered_scan), pfUse));
}

static uint32_t judge_multiscan(const struct Subsystem *s, uint32_t count) {
  if (!capable(s, OLSSC_SUP_TRIGSCAN)) return OLNOTSUPPORTED;
  return count > 0 && count <= s->type->caps[OLSSC_MAXMULTISCAN] ? OLNOERROR : OLBADCOUNT;
}

ECODE olDaSetMultiscanCount(HDASS hDass, uint32_t uiCount) {
  ANSWER(set_number(hDass, FIELD(multiscan), uiCount, judge_multiscan));
}

ECODE olDaGetMultiscanCount(HDASS hDass, uint32_t *puiCount) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_TRIGSCAN, FIELD(multiscan), puiCount));
}

static uint32_t judge_retrigger_mode(const struct Subsystem *s, uint32_t value) {
  static const struct Choice modes[] = {
    {OL_RETRIGGER_INTERNAL, OLSS_SUP_RETRIGGER_INTERNAL},
    {OL_RETRIGGER_SCAN_PER_TRIGGER, OLSS_SUP_RETRIGGER_SCAN_PER_TRIGGER},
    {OL_RETRIGGER_EXTRA, OLSSC_SUP_RETRIGGER_EXTRA},
  };
  if (!capable(s, OLSSC_SUP_TRIGSCAN)) return OLNOTSUPPORTED;
  return choose(s, value, CHOICES(modes), OLBADRETRIGGERMODE, OLBADRETRIGGERMODE);
}

ECODE olDaSetRetriggerMode(HDASS hDass, uint32_t uiRetriggerMode) {
  ANSWER(set_number(hDass, FIELD(retrigger_mode), uiRetriggerMode, judge_retrigger_mode));
}

ECODE olDaGetRetriggerMode(HDASS hDass, uint32_t *lpuiRetriggerMode) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_TRIGSCAN, FIELD(retrigger_mode), lpuiRetriggerMode));
}

static uint32_t judge_retrigger(const struct Subsystem *s, uint32_t value) {
  if (!capable(s, OLSSC_SUP_RETRIGGER_EXTRA)) return OLNOTSUPPORTED;
  return value == OL_TRG_SOFT ? OLBADRETRIGGER : choose(s, value, CHOICES(sources), OLBADRETRIGGER, OLBADRETRIGGER);
}

ECODE olDaSetRetrigger(HDASS hDass, uint32_t uiTrig) {
  ANSWER(set_number(hDass, FIELD(retrigger), uiTrig, judge_retrigger));
}

ECODE olDaGetRetrigger(HDASS hDass, uint32_t *puiTrig) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_RETRIGGER_EXTRA, FIELD(retrigger), puiTrig));
}

static uint32_t judge_retrigger_frequency(const struct Subsystem *s, double hertz) {
  if (!capable(s, OLSS_SUP_RETRIGGER_INTERNAL)) return OLNOTSUPPORTED;
  const double *caps = s->type->caps;
  return hertz >= caps[OLSSCE_MINRETRIGGER] && hertz <= caps[OLSSCE_MAXRETRIGGER] ? OLNOERROR : OLBADRETRIGGERRATE;
}

ECODE olDaSetRetriggerFrequency(HDASS hDass, double dfFreq) {
  ANSWER(set_double(hDass, FIELD(retrigger_frequency), dfFreq, judge_retrigger_frequency));
}

ECODE olDaGetRetriggerFrequency(HDASS hDass, double *pdfFreq) {
  ANSWER(get_double_if(hDass, OLSS_SUP_RETRIGGER_INTERNAL, FIELD(retrigger_frequency), pdfFreq));
}

/* The synchronisation bus. */

static uint32_t judge_sync_mode(const struct Subsystem *s, uint32_t value) {
  if (!capable(s, OLSSC_SUP_SYNCHRONIZATION)) return OLNOTSUPPORTED;
  return value <= 2 ? OLNOERROR : OLBADSYNCMODE;
}

ECODE olDaSetSyncMode(HDASS hDass, uint32_t uiSyncMode) {
  ANSWER(set_number(hDass, FIELD(sync_mode), uiSyncMode, judge_sync_mode));
}

ECODE olDaGetSyncMode(HDASS hDass, uint32_t *puiSyncMode) {
  ANSWER(get_number_if(hDass, OLSSC_SUP_SYNCHRONIZATION, FIELD(sync_mode), puiSyncMode));
}
