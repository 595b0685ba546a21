import { besuArguments } from "./engines/besuQbft.js";
import type { Network } from "./types.js";

/** The release that the compose file asks for. */
const BESU_IMAGE = "hyperledger/besu:24.12.2";
/** Ports inside a container. */
const RPC_PORT = 8545;
const P2P_PORT = 30303;

/** A network as its containers see it: an address of its own for each, the same ports in all. */
export function containerNetwork(network: Network): Network {
  return {
    ...network,
    validators: network.validators.map((validator) => ({
      ...validator,
      host: `172.30.0.${10 + validator.number}`,
      rpcPort: RPC_PORT,
      p2pPort: P2P_PORT,
    })),
  };
}

/**
 * A compose file for a QBFT network of one organisation a validator, each with a folder `validator-N` beside the file. JSON-RPC
 * is published on the host's loopback, on the ports of the network.
 *
 * @param network As `createNetwork` made it.
 */
export function besuCompose(network: Network): string {
  const inside = containerNetwork(network);
  const services = network.validators.map((validator, i) => {
    const args = besuArguments(
      inside,
      inside.validators[i]!,
      {
        genesis: "/network/genesis.json",
        data: "/validator/data",
        nodeKey: "/validator/nodekey",
        staticNodes: "/validator/static-nodes.json",
        permissions: "/validator/permissions.toml",
      },
      "0.0.0.0",
    );
    return `  ${validator.name}:
    image: ${BESU_IMAGE}
    command:
${args.map((arg) => `      - ${JSON.stringify(arg)}`).join("\n")}
    volumes:
      - ./genesis.json:/network/genesis.json:ro
      - ./validator-${validator.number}:/validator
    ports:
      - "127.0.0.1:${validator.rpcPort}:${RPC_PORT}"
    networks:
      consortium:
        ipv4_address: ${inside.validators[i]!.host}
    restart: unless-stopped
`;
  });
  return `name: gridproof-${network.tier}
services:
${services.join("")}networks:
  consortium:
    ipam:
      config:
        - subnet: 172.30.0.0/24
`;
}
