import { z } from "zod";

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/u);
const port = z.number().int().min(1).max(65_535);

/**
 * Least gas of a block. Deploying a contract of the largest size there is, 24,576 bytes (EIP-170), takes about 6 million, and a
 * node seals nothing at all with next to none.
 */
const LEAST_GAS = 10_000_000;

/** One validator of a network, as every participant may know it. */
const validatorSchema = z.object({
  /** From 1. */
  number: z.number().int().positive(),
  name: z.string().min(1),
  /** The account that seals blocks; it holds nothing. */
  address,
  /** The node's identity among its peers: 64 bytes of public key, hexadecimal. */
  nodeId: z.string().regex(/^[0-9a-f]{128}$/u),
  host: z.string().min(1),
  p2pPort: port,
  /** Where its operator's worker finds it: the gate in front of the node. */
  rpcPort: port,
  /**
   * Of geth's engine API, on loopback, which cannot be turned off and nothing uses here. It would use the node's account, for
   * who has the secret in the node's `jwt` file (0600).
   */
  authPort: port,
  /** Number of the operator it seals for; left out, the one with its own number. */
  operator: z.number().int().positive().optional(),
});

/** What `network.json` in a network's folder holds: nothing secret. */
export const networkSchema = z.object({
  format: z.literal("gridproof-devnet/1"),
  tier: z.string().regex(/^[a-z][a-z0-9-]{0,19}$/u),
  engine: z.enum(["clique", "qbft"]),
  chainId: z.number().int().positive(),
  blockPeriodSeconds: z.number().int().positive(),
  gasLimit: z
    .number()
    .int()
    .min(LEAST_GAS, `expected at least ${LEAST_GAS}: with less, contracts could not be deployed`),
  /** Where its keeper serves health and metrics, on loopback; `healthPortOf` tells where it was not written down. */
  healthPort: port.optional(),
  validators: z.array(validatorSchema).min(1),
  /** Accounts of the operators, funded in the genesis block; the first deploys. */
  operators: z.array(z.object({ name: z.string().min(1), address })).min(1),
});

export type Validator = z.infer<typeof validatorSchema>;
export type Network = z.infer<typeof networkSchema>;
