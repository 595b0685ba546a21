import { startProgram } from "./startProgram.js";

export default startProgram("workers/metering/mdms/main.ts");
