/* Message windows for Linux. A window belongs to the thread that created it; only that thread gets its messages. */
#define _GNU_SOURCE
#include "user32_linux.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  WINDOWS = 256,
  QUEUE_LIMIT = 10000, /* messages per thread, as on Windows */
  PM_REMOVE = 1,
  MWMO_INPUTAVAILABLE = 4,
  QS_POSTED = 0x0108, /* QS_POSTMESSAGE or QS_ALLPOSTMESSAGE */
  WAIT_TIMEOUT = 258
};

static const uint32_t WAIT_FAILED = UINT32_MAX, INFINITE = UINT32_MAX;

/* The message queue of one thread, a ring that grows up to the limit. */
struct Queue {
  MSG *ring;
  uint32_t capacity, first, count;
  bool fresh; /* something came since the thread last looked: Windows waits for new input, not for unread input */
  pthread_cond_t posted;
};

static struct {
  struct Queue *queue;
  uint32_t generation;
} windows[WINDOWS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t queue_key;
static pthread_condattr_t monotonic;

/* Handles of windows fit in 32 bits on Windows as well. */
static HWND handle_of(uint32_t slot) {
  return (HWND)(windows[slot].generation & 0x7fff) << 16 | (slot + 1) << 2;
}

static int slot_of(HWND handle) {
  uint32_t slot = (uint32_t)(handle & 0xffff) / 4 - 1;
  return handle != 0 && slot < WINDOWS && windows[slot].queue && handle_of(slot) == handle ? (int)slot : -1;
}

static void drop_messages(struct Queue *queue, HWND window) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < queue->count; i++) {
    MSG message = queue->ring[(queue->first + i) % queue->capacity];
    if (message.hwnd != window) queue->ring[(queue->first + kept++) % queue->capacity] = message;
  }
  queue->count = kept;
}

static void destroy(uint32_t slot) {
  drop_messages(windows[slot].queue, handle_of(slot));
  windows[slot].queue = NULL;
  windows[slot].generation++;
}

static void thread_ends(void *memory) {
  struct Queue *queue = memory;
  pthread_mutex_lock(&lock);
  for (uint32_t slot = 0; slot < WINDOWS; slot++) {
    if (windows[slot].queue == queue) destroy(slot);
  }
  pthread_mutex_unlock(&lock);
  pthread_cond_destroy(&queue->posted);
  free(queue->ring);
  free(queue);
}

static void initialise(void) {
  pthread_key_create(&queue_key, thread_ends);
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
}

static struct Queue *queue_of_this_thread(void) {
  pthread_once(&once, initialise);
  struct Queue *queue = pthread_getspecific(queue_key);
  if (queue) return queue;
  queue = calloc(1, sizeof *queue);
  if (!queue) return NULL;
  pthread_cond_init(&queue->posted, &monotonic);
  pthread_setspecific(queue_key, queue);
  return queue;
}

HWND CreateWindowExW(uint32_t dwExStyle, const uint16_t *lpClassName, const uint16_t *lpWindowName,
    uint32_t dwStyle, int32_t x, int32_t y, int32_t nWidth, int32_t nHeight, HWND hWndParent, uint64_t hMenu,
    uint64_t hInstance, void *lpParam) {
  (void)dwExStyle, (void)lpWindowName, (void)dwStyle, (void)x, (void)y, (void)nWidth, (void)nHeight;
  (void)hWndParent, (void)hMenu, (void)hInstance, (void)lpParam;
  struct Queue *queue = queue_of_this_thread();
  if (!lpClassName || !queue) return 0;
  HWND handle = 0;
  pthread_mutex_lock(&lock);
  for (uint32_t slot = 0; slot < WINDOWS && !handle; slot++) {
    if (windows[slot].queue) continue;
    windows[slot].queue = queue;
    handle = handle_of(slot);
  }
  pthread_mutex_unlock(&lock);
  return handle;
}

int32_t DestroyWindow(HWND hWnd) {
  struct Queue *mine = queue_of_this_thread();
  pthread_mutex_lock(&lock);
  int slot = slot_of(hWnd);
  bool own = slot >= 0 && windows[slot].queue == mine; /* Windows refuses another thread's window */
  if (own) destroy((uint32_t)slot);
  pthread_mutex_unlock(&lock);
  return own;
}

int32_t IsWindow(HWND hWnd) {
  pthread_mutex_lock(&lock);
  int slot = slot_of(hWnd);
  pthread_mutex_unlock(&lock);
  return slot >= 0;
}

static bool grow(struct Queue *queue) {
  uint32_t capacity = queue->capacity ? queue->capacity * 2 : 64;
  MSG *ring = malloc(capacity * sizeof *ring);
  if (!ring) return false;
  for (uint32_t i = 0; i < queue->count; i++) ring[i] = queue->ring[(queue->first + i) % queue->capacity];
  free(queue->ring);
  queue->ring = ring;
  queue->capacity = capacity;
  queue->first = 0;
  return true;
}

static bool append(struct Queue *queue, const MSG *message) {
  if (queue->count >= QUEUE_LIMIT) return false;
  if (queue->count == queue->capacity && !grow(queue)) return false;
  queue->ring[(queue->first + queue->count++) % queue->capacity] = *message;
  queue->fresh = true;
  pthread_cond_signal(&queue->posted);
  return true;
}

static uint32_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

int32_t PostMessageW(HWND hWnd, uint32_t message, uint64_t wParam, int64_t lParam) {
  MSG posted = {.hwnd = hWnd, .message = message, .wParam = wParam, .lParam = lParam, .time = milliseconds()};
  struct Queue *mine = hWnd ? NULL : queue_of_this_thread(); /* a null window means the caller's own thread */
  pthread_mutex_lock(&lock);
  int slot = slot_of(hWnd);
  struct Queue *queue = slot >= 0 ? windows[slot].queue : mine;
  bool done = queue && append(queue, &posted);
  pthread_mutex_unlock(&lock);
  return done;
}

static bool wanted(const MSG *message, HWND window, uint32_t low, uint32_t high) {
  if (window && message->hwnd != window) return false;
  return (low == 0 && high == 0) || (message->message >= low && message->message <= high);
}

static void take_out(struct Queue *queue, uint32_t at) {
  for (; at > 0; at--) {
    queue->ring[(queue->first + at) % queue->capacity] = queue->ring[(queue->first + at - 1) % queue->capacity];
  }
  queue->first = (queue->first + 1) % queue->capacity;
  queue->count--;
}

int32_t PeekMessageW(MSG *lpMsg, HWND hWnd, uint32_t wMsgFilterMin, uint32_t wMsgFilterMax, uint32_t wRemoveMsg) {
  struct Queue *queue = queue_of_this_thread();
  if (!lpMsg || !queue) return 0;
  bool found = false;
  pthread_mutex_lock(&lock);
  queue->fresh = false;
  for (uint32_t i = 0; i < queue->count && !found; i++) {
    const MSG *message = &queue->ring[(queue->first + i) % queue->capacity];
    if (!wanted(message, hWnd, wMsgFilterMin, wMsgFilterMax)) continue;
    *lpMsg = *message;
    found = true;
    if (wRemoveMsg & PM_REMOVE) take_out(queue, i);
  }
  pthread_mutex_unlock(&lock);
  return found;
}

uint32_t MsgWaitForMultipleObjectsEx(uint32_t nCount, const uint64_t *pHandles, uint32_t dwMilliseconds,
    uint32_t dwWakeMask, uint32_t dwFlags) {
  (void)pHandles;
  struct Queue *queue = queue_of_this_thread();
  if (nCount != 0 || !queue) return WAIT_FAILED; /* there are no other objects to wait for here */
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  uint64_t nanoseconds = (uint64_t)until.tv_nsec + (uint64_t)(dwMilliseconds % 1000) * 1000000;
  until.tv_sec += (time_t)(dwMilliseconds / 1000 + nanoseconds / 1000000000);
  until.tv_nsec = (long)(nanoseconds % 1000000000);
  bool timed_out = false, there = false;
  pthread_mutex_lock(&lock);
  while (!timed_out) {
    there = (dwWakeMask & QS_POSTED) && queue->count > 0 && (queue->fresh || (dwFlags & MWMO_INPUTAVAILABLE));
    if (there) break;
    if (dwMilliseconds == INFINITE) pthread_cond_wait(&queue->posted, &lock);
    else timed_out = pthread_cond_timedwait(&queue->posted, &lock, &until) == ETIMEDOUT;
  }
  if (there) queue->fresh = false;
  pthread_mutex_unlock(&lock);
  return there ? 0 : WAIT_TIMEOUT;
}

uint32_t user32_windows(void) {
  uint32_t count = 0;
  pthread_mutex_lock(&lock);
  for (uint32_t slot = 0; slot < WINDOWS; slot++) count += windows[slot].queue != NULL;
  pthread_mutex_unlock(&lock);
  return count;
}

void user32_destroy_all(void) {
  pthread_mutex_lock(&lock);
  for (uint32_t slot = 0; slot < WINDOWS; slot++) {
    if (windows[slot].queue) destroy(slot);
  }
  pthread_mutex_unlock(&lock);
}
