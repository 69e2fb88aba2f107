#include "journal.h"

#include <stdio.h>

#include "platform.h"

static FILE *file;
static bool loaded; /* from the environment */

bool journal_open(void) {
  char path[1024];
  if (loaded) return file != NULL;
  loaded = true;
  if (!platform_env("DTOLSIM_JOURNAL", path, sizeof path) || !*path) return false;
  file = fopen(path, "ab");
  if (!file) fprintf(stderr, "dtolsim: cannot write DTOLSIM_JOURNAL=\"%s\"\n", path);
  return file != NULL;
}

/* One line a change, at once in the hands of the system. */
void journal_write(const struct Board *board, int32_t type, uint32_t channel, int32_t code) {
  if (!journal_open()) return;
  fprintf(file, "%s %d %u %d\n", board->name, type, channel, code);
  fflush(file);
}

void journal_reset(void) {
  if (file) fclose(file);
  file = NULL;
  loaded = false;
}
