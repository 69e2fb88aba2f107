/* What stands at an input of a board that knows of sensors, and in which unit its readings come. */
#ifndef DTOLSIM_SENSORS_H
#define DTOLSIM_SENSORS_H

#include "boards.h"

enum { SENSORS = 8 }; /* inputs of the widest such board */

/* Settings of one input. */
struct Sensor {
  uint32_t io_type, thermocouple, rtd, wiring, coupling, excitation_source, strain, shunt, bridge, termination;
  double max, min;   /* volts */
  double filter;     /* Hz */
  double excitation; /* amperes */
  double rtd_r0, rtd_a, rtd_b, rtd_c;
  double thermistor_a, thermistor_b, thermistor_c;
};

enum Unit { VOLTS, DEGREES, OHMS, AMPERES };

/* Readings beyond `low` or `high` are sentinels, but for volts, which saturate. */
struct Scale {
  enum Unit unit;
  double low, high;
};

struct Scale sensor_scale(const struct Type *type, const struct Sensor *sensor);

/* The range of an input. Boards without sensors may have more inputs, which then have one range. */
static inline const struct Sensor *sensor_at(const struct Sensor *sensors, uint32_t channel) {
  return &sensors[channel % SENSORS];
}

void sensor_defaults(const struct Board *board, const struct Type *type, struct Sensor *sensors);
void sensor_keep(const struct Board *board, uint32_t channel, uint32_t letter); /* in the board's EPROM */
void sensors_reset(void); /* forgets what boards were told to keep */

/* Degrees C where leads meet the terminals: 25 unless a control says otherwise. */
double junction(void);

#endif
