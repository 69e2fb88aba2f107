#include "sensors.h"

#include "control.h"
#include "core.h"
#include "decisions.h"

static double cold = 25;
static uint32_t kept[BOARDS][SENSORS]; /* thermocouple types in the EPROM; 0: none written */

static struct Scale thermocouple(const struct Sensor *sensor) {
  static const struct Scale scales[] = {
    /* J, K, B, E, N, R, S, T: the ranges of ITS-90 */
    {DEGREES, -210, 1200}, {DEGREES, -270, 1372}, {DEGREES, 0, 1820},  {DEGREES, -270, 1000},
    {DEGREES, -270, 1300}, {DEGREES, -50, 1768.1}, {DEGREES, -50, 1768.1}, {DEGREES, -270, 400},
  };
  if (sensor->thermocouple == OL_THERMOCOUPLE_TYPE_NONE) return (struct Scale){VOLTS, sensor->min, sensor->max};
  return scales[sensor->thermocouple - OL_THERMOCOUPLE_TYPE_J];
}

struct Scale sensor_scale(const struct Type *type, const struct Sensor *sensor) {
  if (type->caps[OLSSC_RETURNS_FLOATS] == 0) return (struct Scale){VOLTS, sensor->min, sensor->max};
  if (type->caps[OLSSC_SUP_MULTISENSOR] == 0) return thermocouple(sensor);
  switch (sensor->io_type) {
    case IO_THERMOCOUPLE: return thermocouple(sensor);
    case IO_RTD: return (struct Scale){DEGREES, -200, 850};
    case IO_THERMISTOR: return (struct Scale){DEGREES, DECIDED_THERMISTOR_LOW, DECIDED_THERMISTOR_HIGH};
    case IO_RESISTANCE: return (struct Scale){OHMS, 0, DECIDED_MAX_OHMS};
    case IO_CURRENT: return (struct Scale){AMPERES, -DECIDED_MAX_AMPERES, DECIDED_MAX_AMPERES};
    default: return (struct Scale){VOLTS, sensor->min, sensor->max};
  }
}

void sensor_defaults(const struct Board *board, const struct Type *type, struct Sensor *sensors) {
  for (uint32_t i = 0; i < SENSORS; i++) {
    uint32_t letter = type->type == OLSS_AD ? kept[board - boards][i] : 0;
    sensors[i] = (struct Sensor){
      .io_type = IO_VOLTAGEIN,
      .thermocouple = letter ? letter : OL_THERMOCOUPLE_TYPE_NONE,
      .rtd = OL_RTD_TYPE_PT3850,
      .excitation_source = DECIDED_EXCITATION_SOURCE,
      .max = type->max,
      .min = type->min,
      .filter = type->filters[MAX_FILTERS - 1],
      .excitation = type->excitations[0],
      .rtd_r0 = 100,
      .rtd_a = 3.9083e-3,
      .rtd_b = -5.775e-7,
      .rtd_c = -4.183e-12,
      .thermistor_a = 1.0295e-3, /* a 44006 */
      .thermistor_b = 2.391e-4,
      .thermistor_c = 1.568e-7,
    };
  }
}

void sensor_keep(const struct Board *board, uint32_t channel, uint32_t letter) {
  kept[board - boards][channel] = letter;
}

double junction(void) {
  return cold;
}

void sensors_reset(void) {
  cold = 25;
  for (uint32_t b = 0; b < BOARDS; b++) {
    for (uint32_t i = 0; i < SENSORS; i++) kept[b][i] = 0;
  }
}

/* The temperature of the terminals, in degrees C. Acts on the next start or single value. */
uint32_t dtolsim_cjc(double degrees) {
  platform_lock();
  bool sane = degrees >= -50 && degrees <= 150;
  if (sane) cold = degrees;
  platform_unlock();
  return sane ? 0 : 1;
}
