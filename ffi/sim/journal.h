/* DTOLSIM_JOURNAL: a file that knows every change of an output, also after the process was killed. */
#ifndef DTOLSIM_JOURNAL_H
#define DTOLSIM_JOURNAL_H

#include "boards.h"

bool journal_open(void); /* whether there is one */
void journal_write(const struct Board *board, int32_t type, uint32_t channel, int32_t code);
void journal_reset(void); /* the environment is read again */

#endif
