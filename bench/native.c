/* What plain C does in the same time: the other side of each comparison. Built with -O2 -march=native by native.ts. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

/* Sleeps from one moment to the next and notes how late it wakes: what the machine itself does to a thread that waits. */
void bench_lateness(uint32_t count, double period_ms, double *late_ms) {
  const double start = now_ms();
  for (uint32_t i = 0; i < count; i++) {
    const double due = start + (i + 1) * period_ms;
    const struct timespec until = {(time_t)(due / 1e3), (long)((due - (double)(time_t)(due / 1e3) * 1e3) * 1e6)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    late_ms[i] = now_ms() - due;
  }
}

struct Syncer {
  int file;
  double interval_ms;
  atomic_bool over;
};

/* One sync at a time, beside the writing, as the recorder's. */
static void *sync_now_and_then(void *argument) {
  struct Syncer *syncer = argument;
  const struct timespec moment = {0, 1000000};
  double next = now_ms() + syncer->interval_ms;
  while (!atomic_load(&syncer->over)) {
    nanosleep(&moment, NULL);
    if (now_ms() < next) continue;
    next = now_ms() + syncer->interval_ms;
    fdatasync(syncer->file);
  }
  return NULL;
}

static int write_all(int file, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(file, bytes, count);
    if (written <= 0) return 0;
    bytes += written;
    count -= (size_t)written;
  }
  return 1;
}

/* Writes chunks of a header and a payload, `step` bytes apart in memory. Gives milliseconds to the last write() and to the end of a last fdatasync(). */
int32_t bench_write(const char *path, const char *bytes, size_t step, uint32_t chunks, uint32_t header, uint32_t payload,
                    double sync_ms, double *out) {
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (file < 0) return 0;
  struct Syncer syncer = {.file = file, .interval_ms = sync_ms};
  pthread_t thread;
  int ok = 1;
  double start = now_ms();
  int syncing = sync_ms > 0 && pthread_create(&thread, NULL, sync_now_and_then, &syncer) == 0;
  for (uint32_t i = 0; ok && i < chunks; i++, bytes += step) {
    ok = write_all(file, bytes, header) && write_all(file, bytes + header, payload);
  }
  out[0] = now_ms() - start;
  atomic_store(&syncer.over, true);
  if (syncing) pthread_join(thread, NULL);
  fdatasync(file);
  out[1] = now_ms() - start;
  close(file);
  return ok;
}

/* Codes to volts by the SDK's formula; no division where the gain is 1, as ours. */
void bench_volts(const uint16_t *codes, double *volts, size_t count, double low, double high, double gain) {
  const double step = (high - low) / 65536;
  if (gain == 1) {
    for (size_t i = 0; i < count; i++) volts[i] = step * codes[i] + low;
  } else {
    for (size_t i = 0; i < count; i++) volts[i] = (step * codes[i] + low) / gain;
  }
}

void bench_deinterleave(const uint16_t *scans, uint16_t *by_channel, size_t channels, size_t samples) {
  for (size_t c = 0; c < channels; c++) {
    uint16_t *out = by_channel + c * samples;
    for (size_t i = 0; i < samples; i++) out[i] = scans[i * channels + c];
  }
}
