export { freePorts } from "../../workers/devnet/freePorts.js";
