import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { runScript } from "./runScript.js";

/** Stands for ./gridproof on a network whose validator 4, carried elsewhere, ends at once. */
const GRIDPROOF = `#!/bin/sh
case "$*" in
  'devnet export '*)
    mkdir -p "$3/validator-4/validator-4/geth"
    printf 'ExecStartPre=true\nExecStart=false\nExecStartPost=sleep 1\n' >"$3/validator-4/validator-4.service" ;;
  'devnet status '*) echo '{"validators":[{"name":"validator-4","running":false}]}' ;;
esac
`;

describe("move-validator.sh that fails", () => {
  const root = temporaryFolder();

  it("says how to go back to where the validator was", async () => {
    const command = join(root, "gridproof");
    writeFileSync(command, GRIDPROOF, { mode: 0o755 });
    const net = join(root, "net");
    mkdirSync(join(net, "validator-4", "geth", "chaindata"), { recursive: true });
    const to = join(root, "elsewhere");
    const ran = await runScript("move-validator.sh", ["--dir", net, "--to", to], { GRIDPROOF: command });
    expect(ran.status).to.equal(1);
    expect(ran.stderr).to.include(`it ended; see ${to}/node.log`);
    expect(ran.stderr).to.include(
      `To go back: GRIDPROOF_DEVNET=${net} ./gridproof devnet start 4, and delete ${to}`,
    );
  });
});
