/* The channel list with its gains and digital values. */
#include "api.h"
#include "decisions.h"
#include "subsystem.h"

uint32_t check_channel(const struct Subsystem *s, uint32_t channel) {
  const double *caps = s->type->caps;
  if (s->type->type != OLSS_AD) return channel < caps[OLSSC_NUMCHANNELS] ? OLNOERROR : OLBADCHANNEL;
  if (channel == DECIDED_PORT_CHANNEL && channel < caps[OLSSC_NUMCHANNELS]) return OLNOERROR;
  bool differential = s->set.channel_type == OL_CHNT_DIFFERENTIAL;
  return channel < caps[differential ? OLSSC_MAXDICHANS : OLSSC_MAXSECHANS] ? OLNOERROR : OLBADCHANNEL;
}

uint32_t check_gain(const struct Subsystem *s, double gain) {
  for (uint32_t i = 0; i < MAX_GAINS; i++) {
    if (gain > 0 && s->type->gains[i] == gain) return OLNOERROR;
  }
  return OLBADGAIN;
}

static bool has_list(const struct Subsystem *s) {
  return capable(s, OLSSC_CGLDEPTH);
}

static uint32_t set_size(HDASS handle, uint32_t size) {
  struct Subsystem *s;
  uint32_t code = settable(handle, &s);
  if (code) return code;
  if (!has_list(s)) return OLNOTSUPPORTED;
  if (size == 0 || size > s->type->caps[OLSSC_CGLDEPTH]) return OLBADLISTSIZE;
  s->set.list_size = size;
  s->state = INITIALIZED;
  return OLNOERROR;
}

ECODE olDaSetChannelListSize(HDASS hDass, uint32_t uiSize) {
  ANSWER(set_size(hDass, uiSize));
}

static uint32_t get_size(HDASS handle, uint32_t *out) {
  struct Subsystem *s;
  uint32_t code = any_subsystem(handle, &s);
  if (code) return code;
  if (!has_list(s)) return OLNOTSUPPORTED;
  if (!out) return OLBADRETURNPOINTER;
  *out = s->set.list_size;
  return OLNOERROR;
}

ECODE olDaGetChannelListSize(HDASS hDass, uint32_t *puiSize) {
  ANSWER(get_size(hDass, puiSize));
}

/* Resolves a handle whose list position is to be written. */
static uint32_t writable(HDASS handle, uint32_t position, struct Subsystem **out) {
  uint32_t code = settable(handle, out);
  if (code) return code;
  if (!has_list(*out)) return OLNOTSUPPORTED;
  return position < (*out)->set.list_size ? OLNOERROR : OLBADLISTENTRY;
}

static uint32_t readable(HDASS handle, uint32_t position, const void *result, struct Subsystem **out) {
  uint32_t code = any_subsystem(handle, out);
  if (code) return code;
  if (!has_list(*out)) return OLNOTSUPPORTED;
  if (position >= (*out)->set.list_size) return OLBADLISTENTRY;
  return result ? OLNOERROR : OLBADRETURNPOINTER;
}

static uint32_t set_channel(HDASS handle, uint32_t position, uint32_t channel) {
  struct Subsystem *s;
  uint32_t code = writable(handle, position, &s);
  if (!code) code = check_channel(s, channel);
  if (code) return code;
  s->set.channels[position] = channel;
  s->state = INITIALIZED;
  return OLNOERROR;
}

ECODE olDaSetChannelListEntry(HDASS hDass, uint32_t uiEntry, uint32_t uiChan) {
  ANSWER(set_channel(hDass, uiEntry, uiChan));
}

static uint32_t get_channel(HDASS handle, uint32_t position, uint32_t *out) {
  struct Subsystem *s;
  uint32_t code = readable(handle, position, out, &s);
  if (!code) *out = s->set.channels[position];
  return code;
}

ECODE olDaGetChannelListEntry(HDASS hDass, uint32_t uiEntry, uint32_t *puiChan) {
  ANSWER(get_channel(hDass, uiEntry, puiChan));
}

static uint32_t set_gain(HDASS handle, uint32_t position, double gain) {
  struct Subsystem *s;
  uint32_t code = writable(handle, position, &s);
  if (!code) code = check_gain(s, gain);
  if (code) return code;
  s->set.gains[position] = gain;
  s->state = INITIALIZED;
  return OLNOERROR;
}

ECODE olDaSetGainListEntry(HDASS hDass, uint32_t uiEntry, double dGain) {
  ANSWER(set_gain(hDass, uiEntry, dGain));
}

static uint32_t get_gain(HDASS handle, uint32_t position, double *out) {
  struct Subsystem *s;
  uint32_t code = readable(handle, position, out, &s);
  if (!code) *out = s->set.gains[position];
  return code;
}

ECODE olDaGetGainListEntry(HDASS hDass, uint32_t uiEntry, double *pdGain) {
  ANSWER(get_gain(hDass, uiEntry, pdGain));
}

static uint32_t set_digital(HDASS handle, uint32_t position, uint32_t value) {
  struct Subsystem *s;
  uint32_t code = writable(handle, position, &s);
  if (code) return code;
  if (!capable(s, OLSSC_SUP_SYNCHRONOUS_DIGITALIO)) return OLNOTSUPPORTED;
  if (value > s->type->caps[OLSSC_MAX_DIGITALIOLIST_VALUE]) return OLBADDIGITALIOLISTVALUE;
  s->set.digital[position] = value;
  s->state = INITIALIZED;
  return OLNOERROR;
}

ECODE olDaSetDigitalIOListEntry(HDASS hDass, uint32_t uiEntry, uint32_t uiValue) {
  ANSWER(set_digital(hDass, uiEntry, uiValue));
}

static uint32_t get_digital(HDASS handle, uint32_t position, uint32_t *out) {
  struct Subsystem *s;
  uint32_t code = readable(handle, position, out, &s);
  if (!code && !capable(s, OLSSC_SUP_SYNCHRONOUS_DIGITALIO)) code = OLNOTSUPPORTED;
  if (!code) *out = s->set.digital[position];
  return code;
}

ECODE olDaGetDigitalIOListEntry(HDASS hDass, uint32_t uiEntry, uint32_t *puiValue) {
  ANSWER(get_digital(hDass, uiEntry, puiValue));
}

static uint32_t channel_map(HDASS handle, uint32_t position, CHANNELMAP *out) {
  struct Subsystem *s;
  uint32_t code = readable(handle, position, out, &s);
  if (code) return code;
  int32_t channel = (int32_t)s->set.channels[position];
  bool port = channel == DECIDED_PORT_CHANNEL;
  *out = (CHANNELMAP){port ? OLSS_DIN : OLSS_AD, port ? 0 : channel, 0, channel};
  return OLNOERROR;
}

ECODE olDaGetSSChanMap(HDASS hDass, uint32_t ChanIndex, CHANNELMAP *pChanMap) {
  ANSWER(channel_map(hDass, ChanIndex, pChanMap));
}
