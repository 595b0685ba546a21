import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JsonRpcProvider, NonceManager } from "ethers";
import { createNetwork } from "../../../workers/devnet/createNetwork.js";
import { cliqueGeth } from "../../../workers/devnet/engines/cliqueGeth.js";
import type { Engine } from "../../../workers/devnet/engines/types.js";
import { layout, type Layout } from "../../../workers/devnet/layout.js";
import { type NetworkStatus, networkStatus } from "../../../workers/devnet/networkStatus.js";
import { operatorWallets } from "../../../workers/devnet/operatorWallets.js";
import { startNetwork } from "../../../workers/devnet/startNetwork.js";
import { deleteNetwork } from "../../../workers/devnet/stopNetwork.js";
import type { Network } from "../../../workers/devnet/types.js";
import type { WorkerConfig } from "../../../workers/operator/config.js";
import { freePorts } from "../freePorts.js";
import { type Partition, partitionable } from "../partition.js";
import { type DeployedGrid, deployGrid } from "./deployGrid.js";
import { Feeder } from "./feeder.js";
import { RpcProxy } from "./rpcProxy.js";
import { WorkerProcess } from "./workerProcess.js";

const VALIDATORS = 4;
/** Three for each validator, then those of the roads; the keeper's is the last. */
const PORTS_EACH = 3;
const PORTS = 100;

/** A time in which an operator could not reach the chain that counts: unix seconds. */
export interface Absence {
  readonly seat: number;
  readonly from: number;
  readonly to: number;
}

/** A network of geth with four operators at work on it, each through its own validator. */
export interface FaultNetwork {
  readonly folder: string;
  readonly network: Network;
  readonly engine: Engine;
  /** The links between the nodes. */
  readonly partition: Partition;
  readonly at: Layout;
  readonly deployed: DeployedGrid;
  readonly feeder: Feeder;
  /** By seat. */
  readonly workers: readonly WorkerProcess[];
  /** The road of each worker to its validator, by seat. */
  readonly roads: readonly RpcProxy[];
  /** A validator's JSON-RPC; numbers from 1. */
  readonly over: (number: number) => JsonRpcProvider;
  /** When a seat's values may be missing, since its node did not follow the chain. */
  readonly absences: Absence[];
  readonly status: () => Promise<NetworkStatus>;
  readonly close: () => Promise<void>;
}

/** Starts the validators, deploys, and has the operators' workers run and the readings come in. */
export async function openFaultNetwork(root: string, geth: string): Promise<FaultNetwork> {
  const folder = join(root, "net");
  const basePort = await freePorts(PORTS);
  const network = await createNetwork(folder, {
    tier: "wan",
    engine: "clique",
    validators: VALIDATORS,
    chainId: 20_399,
    blockPeriodSeconds: 1,
    gasLimit: 60_000_000,
    basePort,
  });
  const partition = await partitionable(cliqueGeth(geth), network);
  const { engine } = partition;
  const providers = network.validators.map(
    ({ rpcPort }) =>
      new JsonRpcProvider(`http://127.0.0.1:${rpcPort}`, network.chainId, {
        staticNetwork: true,
        cacheTimeout: -1,
        pollingInterval: 200,
      }),
  );
  const roads = network.validators.map(
    ({ rpcPort }, i) => new RpcProxy(basePort + PORTS_EACH * VALIDATORS + i, rpcPort),
  );
  const workers: WorkerProcess[] = [];
  let feeder: Feeder | undefined;
  const close = async (): Promise<void> => {
    feeder?.stop();
    await Promise.all(workers.map((worker) => worker.stop("SIGKILL")));
    await Promise.all(roads.map((road) => road.close()));
    for (const provider of providers) provider.destroy();
    if (existsSync(layout(folder).network)) await deleteNetwork(folder);
    await partition.close();
  };
  try {
    await startNetwork(folder, network, engine, () => undefined);
    await Promise.all(roads.map((road) => road.set("open")));
    const at = layout(folder);
    const wallets = await operatorWallets(folder, network);
    const members = wallets.map((wallet) => new NonceManager(wallet.connect(providers[0]!)));
    const deployed = await deployGrid(providers[0]!, members);
    const files = wallets.map((_, seat) => join(root, `operator-${seat + 1}`, "readings.csv"));
    for (const [seat, road] of roads.entries()) {
      const own = join(root, `operator-${seat + 1}`);
      mkdirSync(own);
      const config: Partial<WorkerConfig> = {
        rpcUrl: `http://127.0.0.1:${road.port}`,
        chainId: network.chainId,
        contracts: deployed.addresses,
        database: "worker.sqlite",
        measurements: "readings.csv",
        keystore: at.operatorKeystore(seat + 1),
        passwordFile: at.operatorPassword(seat + 1),
        pollMilliseconds: 250,
        maxBackoffMilliseconds: 1_000,
        requestTimeoutMilliseconds: 8_000,
        settleStaggerSeconds: 1,
      };
      writeFileSync(join(own, "worker.json"), JSON.stringify(config));
      workers.push(new WorkerProcess(join(own, "worker.json")));
    }
    feeder = new Feeder(deployed.demoGrid, files, deployed.firstSlot, deployed.startOf);
    for (const worker of workers) worker.start();
    return {
      folder,
      network,
      engine,
      partition,
      at,
      deployed,
      feeder,
      workers,
      roads,
      absences: [],
      over: (number) => providers[number - 1]!,
      status: async () => await networkStatus(folder, network, engine),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
