import { startProgram } from "./startProgram.js";

export default startProgram("workers/bus/broker/main.ts");
