/** The structs of EIP-712 that identity keys, session keys and epoch keys sign; as in `contracts/metering`. */

export const REGISTRATION = {
  Registration: [
    { name: "hid", type: "bytes32" },
    { name: "since", type: "uint32" },
  ],
};

export const SESSION = {
  Session: [
    { name: "meter", type: "uint32" },
    { name: "sequence", type: "uint32" },
    { name: "key", type: "address" },
    { name: "validUntil", type: "uint32" },
  ],
};

export const REVOKE_SESSIONS = {
  RevokeSessions: [
    { name: "meter", type: "uint32" },
    { name: "sequence", type: "uint32" },
  ],
};

export const REVOKE_METER = { RevokeMeter: [{ name: "meter", type: "uint32" }] };

export const MDMS_REGISTRATION = { MdmsRegistration: [{ name: "hid", type: "bytes32" }] };

export const EPOCH = {
  Epoch: [
    { name: "epoch", type: "uint32" },
    { name: "publicKey", type: "bytes" },
    { name: "validUntil", type: "uint32" },
  ],
};

export const REVOKE_EPOCH = { RevokeEpoch: [{ name: "epoch", type: "uint32" }] };
