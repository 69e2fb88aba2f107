/**
 * Where a drainer's thread begins. The one file that names both backends.
 *
 * @module
 */

import { attachDataAcq } from "../board/dataacq_attach.ts";
import { attachSimulated } from "../board/simulated_intake.ts";
import { serveDrainer } from "./serve.ts";

serveDrainer({ dataacq: attachDataAcq, simulated: attachSimulated });
