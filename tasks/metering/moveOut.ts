import { moveOut } from "../../workers/metering/mdms/store/occupancies.js";
import { changeOccupancy } from "./changeOccupancy.js";

export default changeOccupancy<object>(
  async (database, usagePoint, at) => await moveOut(database, usagePoint, at),
);
