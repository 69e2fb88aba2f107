/* Sensors that say what they are: every input of a board with a choice of sensors has a TEDS of its own, made up. */
#include <assert.h>

#include "api.h"
#include "decisions.h"
#include "subsystem.h"

/* TEDSAPI.H */
typedef struct {
  int32_t manufacturerId, modelNumber;
  char versionLetter;
  int32_t versionNumber;
  uint32_t serialNumber;
  float minPhysicalValue, maxPhysicalValue, minElecVal, maxElecVal;
  int32_t gageType;
  float gageFactor, gageTransSens, gageOffset, poissonCoef, youngsMod, gageArea;
  int32_t tedsBridgeType;
  float sensorImped;
  double respTime;
  float exciteAmplNom, exciteAmplMax;
  uint32_t calDaysSince1_1_1998;
  char calInitials[3];
  uint32_t calPeriod, measID;
} STRAIN_GAGE_TEDS;

typedef struct {
  int32_t manufacturerId, modelNumber;
  char versionLetter;
  int32_t versionNumber;
  uint32_t serialNumber, calDaysSince1_1_1998;
  char calInitials[3];
  uint32_t calPeriod;
  float exciteAmplMax, exciteAmplMin, exciteAmplNom, maxElecVal, maxPhysicalValue;
  uint32_t measID;
  float minElecVal, minPhysicalValue;
  int32_t physicalMeasurand;
  double respTime;
  uint32_t selector;
  float sensorImped;
  int32_t tedsBridgeType;
} BRIDGE_SENSOR_TEDS;

static_assert(sizeof(STRAIN_GAGE_TEDS) == 104, "as on 64-bit Windows");
static_assert(sizeof(BRIDGE_SENSOR_TEDS) == 96, "as on 64-bit Windows");

enum { FULL_BRIDGE = 2, QUARTER_BRIDGE = 0, SINGLE_ELEMENT = 0, NEWTON = 4, CALIBRATED = 9862 /* 1 January 2025 */ };

/* Whether an input has a sensor of this kind with a TEDS. */
static uint32_t sensor_of(HDASS handle, uint32_t channel, uint32_t io_type, const void *out, struct Subsystem **s) {
  uint32_t code = own_subsystem(handle, s);
  if (!code && !capable(*s, OLSSC_SUP_MULTISENSOR)) code = OLNOTSUPPORTED;
  if (!code) code = check_channel(*s, channel);
  if (code) return code;
  if (!out) return OLBADRETURNPOINTER;
  return (*s)->set.sensors[channel].io_type == io_type ? OLNOERROR : DECIDED_NO_TEDS;
}

static uint32_t read_strain(HDASS handle, uint32_t channel, STRAIN_GAGE_TEDS *out) {
  struct Subsystem *s;
  uint32_t code = sensor_of(handle, channel, IO_STRAINGAGE, out, &s);
  if (code) return code;
  *out = (STRAIN_GAGE_TEDS){
    .manufacturerId = 64,
    .modelNumber = 350,
    .versionLetter = 'A',
    .versionNumber = 2,
    .serialNumber = s->board->serial * 10 + channel,
    .minPhysicalValue = -0.005f,
    .maxPhysicalValue = 0.005f,
    .minElecVal = -0.0026f,
    .maxElecVal = 0.0026f,
    .gageType = SINGLE_ELEMENT,
    .gageFactor = 2.08f,
    .gageTransSens = 0.4f,
    .gageOffset = 1e-6f,
    .poissonCoef = 0.285f,
    .youngsMod = 2.1e11f,
    .gageArea = 1.5e-5f,
    .tedsBridgeType = QUARTER_BRIDGE,
    .sensorImped = 350,
    .respTime = 1e-6,
    .exciteAmplNom = 2.5f,
    .exciteAmplMax = 5,
    .calDaysSince1_1_1998 = CALIBRATED,
    .calInitials = "SIM",
    .calPeriod = 365,
    .measID = 100 + channel,
  };
  return OLNOERROR;
}

ECODE olDaReadStrainGageHardwareTeds(HDASS hDass, uint32_t uiChan, void *pHardwareTeds) {
  ANSWER(read_strain(hDass, uiChan, pHardwareTeds));
}

static uint32_t read_bridge(HDASS handle, uint32_t channel, BRIDGE_SENSOR_TEDS *out) {
  struct Subsystem *s;
  uint32_t code = sensor_of(handle, channel, IO_BRIDGE, out, &s);
  if (code) return code;
  *out = (BRIDGE_SENSOR_TEDS){
    .manufacturerId = 64,
    .modelNumber = 5000,
    .versionLetter = 'B',
    .versionNumber = 1,
    .serialNumber = s->board->serial * 10 + channel,
    .calDaysSince1_1_1998 = CALIBRATED,
    .calInitials = "SIM",
    .calPeriod = 365,
    .exciteAmplMax = 10,
    .exciteAmplMin = 1,
    .exciteAmplNom = 5,
    .maxElecVal = 0.002f, /* volts per volt at 5 kN */
    .maxPhysicalValue = 5000,
    .measID = 200 + channel,
    .minElecVal = -0.002f,
    .minPhysicalValue = -5000,
    .physicalMeasurand = NEWTON,
    .respTime = 1e-3,
    .selector = 0,
    .sensorImped = 350,
    .tedsBridgeType = FULL_BRIDGE,
  };
  return OLNOERROR;
}

ECODE olDaReadBridgeSensorHardwareTeds(HDASS hDass, uint32_t uiChan, void *pHardwareTeds) {
  ANSWER(read_bridge(hDass, uiChan, pHardwareTeds));
}
