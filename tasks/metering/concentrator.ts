import { startProgram } from "./startProgram.js";

export default startProgram("workers/metering/concentrator/main.ts");
