import { moveIn } from "../../workers/metering/mdms/store/occupancies.js";
import { changeOccupancy } from "./changeOccupancy.js";

export default changeOccupancy<{ readonly customer: string }>(
  async (database, usagePoint, at, { customer }) => await moveIn(database, usagePoint, customer, at),
);
