/* What the digital lines that follow the scan have carried. */
#ifndef DTOLSIM_SCAN_LINES_H
#define DTOLSIM_SCAN_LINES_H

#include "subsystem.h"

void scan_lines_begin(const struct Subsystem *s);
void scan_lines_add(const struct Subsystem *s, uint32_t samples); /* so many more have been taken */
void scan_lines_reset(void);

#endif
