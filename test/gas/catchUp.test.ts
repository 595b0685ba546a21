import hre from "hardhat";
import { catchUpGas } from "../../bench/catchUpGas.js";
import { deployDemo } from "../../tasks/support/deployDemo.js";
import { builtinCase } from "../../workers/grid/builtinCase.js";

const names = ["Operator 1", "Operator 2", "Operator 3", "Operator 4"];
describe("gas of catching up", () => {
  it("118", async () => {
    console.log(JSON.stringify(await catchUpGas(await deployDemo(names, hre), builtinCase("ieee118"), [1,2,8, 96])));
  });
});
