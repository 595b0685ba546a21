import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { describe, it } from "mocha";
import { isAlive, processesOf, stopProcesses } from "../../../workers/devnet/processes.js";
import { eventually } from "../../support/eventually.js";

describe("stopping processes", () => {
  it("does not wait for one that ended and whose parent never looks", async () => {
    // The shell starts a child and becomes a program that does not wait for it.
    const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [said] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(said.toString());
      await eventually("the shell is that program", async () =>
        (await processesOf((command) => command === "sleep 60")).some((one) => one.pid === parent.pid),
      );
      expect(isAlive(pid)).to.equal(true);
      await stopProcesses([pid]);
      expect(isAlive(pid)).to.equal(false);
      // It is still in the system's list.
      expect(() => process.kill(pid, 0)).to.not.throw();
      expect(isAlive(parent.pid!)).to.equal(true);
    } finally {
      parent.kill("SIGKILL");
    }
    await eventually("the parent is gone", () => !isAlive(parent.pid!));
  });
});
