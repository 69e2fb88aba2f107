/* Sample buffers and the queues they stand on: at most one queue each. */
#ifndef DTOLSIM_BUFFERS_H
#define DTOLSIM_BUFFERS_H

#include "core.h"

struct Queue;

struct Buffer {
  HBUF handle;
  void *data;
  uint32_t bytes; /* of `data` */
  uint32_t width; /* bytes per sample */
  uint32_t valid; /* samples that count */
  uint32_t bits;  /* significant bits per sample */
  uint32_t ecode;
  uint32_t extra[2];
  uint32_t locks;
  TDS stamp;
  struct Queue *queue; /* NULL while the program holds the buffer */
  struct Buffer *next;
};

struct Queue {
  struct Buffer *first, *last;
  uint32_t count;
  HLIST handle; /* of a list made by the program; 0 for the queues of a subsystem */
};

SHARED struct Buffer *buffer_of(HBUF handle);
SHARED void buffer_stamp(struct Buffer *buffer);
void buffers_reset(void);
SHARED void olmem_reset(void); /* frees every buffer and list */

static inline uint32_t buffer_capacity(const struct Buffer *buffer) {
  return buffer->bytes / buffer->width;
}

static inline void queue_push(struct Queue *queue, struct Buffer *buffer) {
  buffer->queue = queue;
  buffer->next = NULL;
  if (queue->last) queue->last->next = buffer;
  else queue->first = buffer;
  queue->last = buffer;
  queue->count++;
}

static inline struct Buffer *queue_take(struct Queue *queue) {
  struct Buffer *buffer = queue->first;
  if (!buffer) return NULL;
  queue->first = buffer->next;
  if (!queue->first) queue->last = NULL;
  queue->count--;
  buffer->next = NULL;
  buffer->queue = NULL;
  return buffer;
}

#endif
