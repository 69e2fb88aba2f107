/* The script of faults: `name[:function][@k[+]][=value]`, separated by semicolons. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

enum { FAULTS = 64, SCRIPT = 4096 };

struct Entry {
  enum Fault fault;
  char function[48];
  uint64_t at, seen; /* strikes at occurrence `at`, counted from 1 */
  bool onwards;      /* and at every later one */
  uint32_t value;
};

static struct Entry faults[FAULTS];
static uint32_t count;
static bool loaded; /* from the environment */
static uint32_t clears;

static const struct {
  const char *name;
  enum Fault fault;
  bool function, at, value;
} grammar[] = {
  {"ecode", FAULT_CODE, true, true, true},      {"hang", FAULT_HANG, true, true, true},
  {"overrun", FAULT_OVERRUN, false, true, false}, {"late", FAULT_LATE, false, true, true},
  {"missing", FAULT_MISSING, false, true, false}, {"coalesced", FAULT_COALESCED, false, false, true},
  {"trigger_error", FAULT_TRIGGER, false, true, false},
  {"unplug", FAULT_UNPLUG, false, true, false},   {"underrun", FAULT_UNDERRUN, false, true, false},
  {"lent_taken", FAULT_LENT_TAKEN, false, true, false}, {"lent_moved", FAULT_LENT_MOVED, false, true, false},
};

/* Reads a decimal number at `*text` and moves behind it. */
static bool number(const char **text, uint64_t *out) {
  char *end;
  if (**text < '0' || **text > '9') return false;
  *out = strtoull(*text, &end, 10);
  *text = end;
  return *out <= UINT32_MAX;
}

static bool function_name(const char **text, char *out, size_t size) {
  size_t length = strcspn(*text, "@=;");
  if (length == 0 || length >= size) return false;
  memcpy(out, *text, length);
  out[length] = 0;
  *text += length;
  return strncmp(out, "ol", 2) == 0 || strncmp(out, "drvDm", 5) == 0;
}

static bool parse_one(const char *text, struct Entry *entry) {
  size_t length = strcspn(text, ":@=");
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof grammar / sizeof *grammar; i++) {
    if (strlen(grammar[i].name) != length || strncmp(text, grammar[i].name, length) != 0) continue;
    *entry = (struct Entry){.fault = grammar[i].fault};
    text += length;
    if (grammar[i].function && (*text++ != ':' || !function_name(&text, entry->function, sizeof entry->function)))
      return false;
    if (grammar[i].at && (*text++ != '@' || !number(&text, &entry->at) || entry->at == 0)) return false;
    if (grammar[i].at && *text == '+') entry->onwards = true, text++;
    if (grammar[i].value && (*text++ != '=' || !number(&text, &value))) return false;
    entry->value = (uint32_t)value;
    return *text == 0;
  }
  return false;
}

/* Adds a whole script or nothing. */
static bool add(const char *script) {
  struct Entry parsed[FAULTS];
  uint32_t n = 0;
  char copy[SCRIPT];
  if (strlen(script) >= sizeof copy) return false;
  strcpy(copy, script);
  for (char *rest = copy, *next; rest; rest = next) {
    next = strchr(rest, ';');
    if (next) *next++ = 0;
    if (*rest == 0) continue;
    if (count + n == FAULTS || !parse_one(rest, &parsed[n])) return false;
    n++;
  }
  memcpy(faults + count, parsed, n * sizeof *parsed);
  count += n;
  return true;
}

static void load_environment(void) {
  char script[SCRIPT];
  if (loaded) return;
  loaded = true;
  if (platform_env("DTOLSIM_FAULTS", script, sizeof script) && !add(script)) {
    fprintf(stderr, "dtolsim: cannot read DTOLSIM_FAULTS=\"%s\"; nothing of it is in effect\n", script);
  }
}

bool fault_hit(enum Fault fault, const char *function, uint32_t *value) {
  load_environment();
  bool hit = false;
  for (uint32_t i = 0; i < count; i++) {
    struct Entry *entry = &faults[i];
    if (entry->fault != fault || (function && strcmp(entry->function, function) != 0)) continue;
    entry->seen++;
    if (entry->seen != entry->at && !(entry->onwards && entry->seen > entry->at)) continue;
    hit = true;
    if (value) *value = entry->value;
  }
  return hit;
}

uint32_t fault_value(enum Fault fault) {
  load_environment();
  for (uint32_t i = count; i-- > 0;) {
    if (faults[i].fault == fault) return faults[i].value;
  }
  return 0;
}

uint32_t fault_clears(void) {
  return clears;
}

void core_reset(void) {
  count = 0;
  loaded = false;
  calls_reset();
}

/* Adds faults to the script; an empty text removes all. Answers 0, or 1 when the text is not understood. */
uint32_t dtolsim_fault(const char *script) {
  if (!script) return 1;
  platform_lock();
  load_environment();
  bool understood = true;
  if (*script == 0) {
    count = 0;
    clears++;
    platform_wake_all(); /* calls that hang go on */
  }
  else understood = add(script);
  platform_unlock();
  return understood ? 0 : 1;
}
