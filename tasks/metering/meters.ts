import { startProgram } from "./startProgram.js";

export default startProgram("workers/metering/meter/main.ts");
