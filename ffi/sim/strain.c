/* Volts of bridges to strain and to what other sensors with a bridge measure: arithmetic without a handle. */
#include <math.h>

#include "api.h"
#include "core.h"

/* The configurations by their number, for gages of which those in tension make the output negative. */
static double strain_of(int32_t configuration, double ratio, double factor, double poisson) {
  switch (configuration) {
    case 0: return -ratio / factor;
    case 1: return -2 * ratio / (factor * (poisson + 1));
    case 2: return -2 * ratio / (factor * ((poisson + 1) - ratio * (poisson - 1)));
    case 3: return -4 * ratio / (factor * ((1 + poisson) - 2 * ratio * (poisson - 1)));
    case 4: return -2 * ratio / factor;
    default: return -4 * ratio / (factor * (1 + 2 * ratio));
  }
}

static uint32_t to_strain(int32_t configuration, double unstrained, double strained, double excitation, double factor,
    double gage, double lead, double poisson, double shunt, double *out) {
  if (configuration < 0 || configuration > 6) return OLBADVALUE;
  if (!out) return OLBADRETURNPOINTER;
  double strain = strain_of(configuration, (strained - unstrained) / excitation, factor, poisson) * shunt;
  if (configuration > 2) strain *= 1 + lead / gage; /* full bridges sense their excitation */
  if (!isfinite(strain)) return OLBADVALUE;
  *out = strain;
  return OLNOERROR;
}

ECODE olDaVoltsToStrain(int32_t uiBridgeConfig, double dfVu, double dfVs, double dfVex, double dfGF, double dfRg,
    double dfRl, double dfPr, double dfMSShuntCorrection, double *pdfE) {
  ANSWER(to_strain(uiBridgeConfig, dfVu, dfVs, dfVex, dfGF, dfRg, dfRl, dfPr, dfMSShuntCorrection, pdfE));
}

static uint32_t to_sensor(double zero, double loaded, double excitation, double capacity, double bridge, double lead,
    double rated, double shunt, double *out) {
  if (!out) return OLBADRETURNPOINTER;
  double value = (loaded - zero) / excitation * 1000 / rated * capacity * (1 + lead / bridge) * shunt;
  if (!isfinite(value)) return OLBADVALUE;
  *out = value;
  return OLNOERROR;
}

ECODE olDaVoltsToBridgeBasedSensor(double dfVu, double dfVs, double dfVex, double dfTc, double dfRg, double dfRl,
    double dfRoInmV_V, double dfMSShuntCorrection, double *pdfE) {
  ANSWER(to_sensor(dfVu, dfVs, dfVex, dfTc, dfRg, dfRl, dfRoInmV_V, dfMSShuntCorrection, pdfE));
}
