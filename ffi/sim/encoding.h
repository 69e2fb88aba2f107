/* Two's complement, for boards that were told to give it: made of the offset binary that everything else here uses. */
#ifndef DTOLSIM_ENCODING_H
#define DTOLSIM_ENCODING_H

#include "subsystem.h"

/* Turns samples that a plan has filled into the encoding of the subsystem. */
void encode(const struct Subsystem *s, void *samples, uint32_t count);

/* One sample as olDaGetSingleValue gives it: with its sign, where codes have one. */
int32_t encoded(const struct Subsystem *s, double code);

#endif
