import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { SigningKey, computeAddress } from "ethers";
import { before, describe, it } from "mocha";
import { createNetwork } from "../../../workers/devnet/createNetwork.js";
import { DevnetError } from "../../../workers/devnet/errors.js";
import { peersToml } from "../../../workers/devnet/engines/cliqueGeth.js";
import { exportNetwork } from "../../../workers/devnet/exportNetwork.js";
import { checkHosts } from "../../../workers/devnet/hosts.js";
import { layout } from "../../../workers/devnet/layout.js";
import type { Network } from "../../../workers/devnet/types.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { FakeNode } from "./fakeNode.js";

const options = {
  validators: 4,
  chainId: 20_298,
  blockPeriodSeconds: 2,
  gasLimit: 30_000_000,
  basePort: 18_850,
} as const;

/** What is said of hosts; nothing if they are good. */
function said(...names: readonly string[]): string | undefined {
  try {
    checkHosts(names);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a network that is carried to other machines", () => {
  const root = temporaryFolder();
  const hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];

  describe("Clique", () => {
    const folder = join(root, "clique");
    let network: Network;
    before(async () => {
      network = await createNetwork(folder, { ...options, tier: "wan", engine: "clique" });
      exportNetwork(folder, network, join(root, "carried"), hosts);
    });

    it("gives each operator its own keys and nobody else's, readable by the owner alone", () => {
      for (const { number, name } of network.validators) {
        const own = layout(join(root, "carried", name));
        for (const other of network.validators) {
          const { keystore, password, nodeKey } = own.validator(other.number);
          for (const file of [keystore, password, nodeKey, own.operatorKeystore(other.number)]) {
            expect(existsSync(file), file).to.equal(other.number === number);
            if (other.number === number) expect(statSync(file).mode & 0o077, file).to.equal(0);
          }
        }
      }
    });

    it("tells each where its peers are, and how it is started, without a secret or a path of this machine", () => {
      const own = join(root, "carried", "validator-2");
      const peers = readFileSync(layout(own).validator(2).config, "utf8");
      for (const host of hosts) expect(peers.includes(`@${host}:`)).to.equal(host !== "10.0.0.2");
      const service = readFileSync(join(own, "validator-2.service"), "utf8");
      expect(service)
        .to.include("--config validator-2/config.toml")
        .and.include("geth init --datadir validator-2")
        .and.include("--ipcpath sockets/2.ipc");
      // Where the keeper beside it looks, wherever the folder comes to lie.
      expect(layout(own).validator(2).socket).to.equal(join(own, "sockets", "2.ipc"));
      expect(statSync(join(own, "sockets")).mode & 0o077).to.equal(0);
      expect(service).to.not.include(root);
      expect(service).to.not.include(readFileSync(layout(folder).validator(2).password, "utf8").trim());
    });

    it("has a node seal with a majority, after a wait for the rest; and does not keep the keeper waiting", async () => {
      const own = join(root, "carried", "validator-2");
      const unit = readFileSync(join(own, "validator-2.service"), "utf8");
      // systemd would put variables of its own in place of these.
      expect(unit).to.not.match(/[$%]/u);
      const [, command] = /^ExecStartPost=(.*)$/mu.exec(unit)!;
      const node = new FakeNode(join(root, "fake"));
      const ended = node.run(command!);
      node.peers(1);
      await node.asked(2);
      expect(node.sealing).to.equal(false);
      node.peers(2);
      await ended;
      expect(node.sealing).to.equal(true);
      expect(node.slept).to.be.above(0);
      // With all three it does not wait.
      const full = new FakeNode(join(root, "full"));
      full.peers(3);
      await full.run(command!);
      expect(full.sealing).to.equal(true);
      expect(full.slept).to.equal(0);
      const keeper = readFileSync(join(own, "validator-2-keeper.service"), "utf8");
      expect(keeper).to.not.include("After=");
    });

    it("refuses a folder that exists, and hosts that are too few", () => {
      expect(() => exportNetwork(folder, network, join(root, "carried"))).to.throw(DevnetError, "exists");
      expect(() => exportNetwork(folder, network, join(root, "new"), ["10.0.0.1"])).to.throw(
        DevnetError,
        "1 hosts for 4 validators",
      );
      expect(existsSync(join(root, "new"))).to.equal(false);
    });
  });

  describe("to hosts", () => {
    it("takes names and IPv4 addresses, and this machine for several", () => {
      expect(said("10.0.0.1", "node-2.grid.example", "HOST", "localhost", "localhost")).to.equal(undefined);
      expect(said("127.0.0.1", "127.0.0.1")).to.equal(undefined);
    });

    it("refuses by its place what is none, and a machine for two", () => {
      for (const bad of ["", "::1", "fe80::1", "10.0.0", "10.0.0.256", "a b", "-a", "a..b", "h:1", 'a"b'])
        expect(said("10.0.0.1", bad)).to.equal(`host 2, "${bad}": expected a name or an IPv4 address`);
      expect(said("a", "b", "A")).to.include("A is host 1 and host 3");
    });

    it("listens on loopback alone where the host is this machine, by whatever name", () => {
      const own = { number: 1, nodeId: "ab".repeat(64), p2pPort: 7, rpcPort: 8, authPort: 9 };
      const addressOf = (host: string): string | undefined => {
        const validator = { ...own, host, name: "v", address: "0x" };
        const toml = peersToml({ validators: [validator] } as unknown as Network, validator);
        return /ListenAddr = "(.*)"/u.exec(toml)?.[1];
      };
      for (const host of ["127.0.0.1", "127.0.0.2", "localhost", "LOCALHOST", "::1"])
        expect(addressOf(host), host).to.equal("127.0.0.1:7");
      expect(addressOf("10.0.0.1")).to.equal(":7");
    });
  });

  describe("QBFT", () => {
    const folder = join(root, "qbft");
    const target = join(root, "composed");
    let network: Network;
    before(async () => {
      network = await createNetwork(folder, { ...options, tier: "wan", engine: "qbft" });
      exportNetwork(folder, network, target);
    });

    it("has validators seal with their node keys, which the genesis block lists", () => {
      const genesis = JSON.parse(readFileSync(join(target, "genesis.json"), "utf8")) as { extraData: string };
      for (const { number, address, nodeId } of network.validators) {
        const key = new SigningKey(
          `0x${readFileSync(join(target, `validator-${number}`, "nodekey"), "utf8")}`,
        );
        expect(computeAddress(key)).to.equal(address);
        expect(key.publicKey.slice(4)).to.equal(nodeId);
        expect(genesis.extraData).to.include(address.slice(2).toLowerCase());
      }
    });

    it("lets in the four nodes at their containers' addresses, and nobody else", () => {
      const [nodes, allowed] = ["static-nodes.json", "permissions.toml"].map((name) =>
        readFileSync(join(target, "validator-1", name), "utf8"),
      );
      const peers = JSON.parse(nodes!) as string[];
      expect(peers).to.deep.equal(
        network.validators.map(({ nodeId, number }) => `enode://${nodeId}@172.30.0.${10 + number}:30303`),
      );
      expect(JSON.parse(allowed!.replace("nodes-allowlist=", ""))).to.deep.equal(peers);
    });

    it("describes four services, published on loopback alone", () => {
      const compose = readFileSync(join(target, "compose.yaml"), "utf8");
      for (const { name, rpcPort, number } of network.validators) {
        expect(compose).to.include(`  ${name}:\n    image: hyperledger/besu:`);
        expect(compose).to.include(`- "127.0.0.1:${rpcPort}:8545"`);
        expect(compose).to.include(`- ./validator-${number}:/validator\n`);
      }
      expect(compose.match(/--node-private-key-file=\/validator\/nodekey/gu)).to.have.length(4);
      expect(compose.match(/"127\.0\.0\.1:/gu)).to.have.length(4);
    });
  });
});
