// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CompactSignature} from "./CompactSignature.sol";

/**
 * @title A usage report in calldata
 * @notice
 *
 *     byte 0       4      8       9               42      46    62     94          158
 *          | meter | time | epoch | ephemeral key | usage | tag | hash | signature |
 *                                 |<--- ciphertext E(UD) --->|
 *
 * Numbers are big-endian. `workers/metering/report/layout.ts` has the same layout. `offset` is a report's offset in
 * calldata. Assembly reuses one scratch memory for all reports of a batch; the Solidity that it stands for is beside it.
 */
library UsageRecord {
    uint256 internal constant BYTES = 158;

    bytes32 internal constant TYPE_HASH = keccak256(
        "UsageReport(uint32 meter,uint32 time,uint8 epoch,bytes ciphertext)"
    );

    /**
     * @notice Lays out memory for `signer`, once a batch:
     *
     *     0x000  type hash, meter, time, epoch, hash      the struct
     *     0x0a0  0x1901, domain separator, struct hash    what is signed, 66 bytes
     *     0x100  digest, v, r, s                          the input of ecrecover
     */
    function prepare(bytes32 separator) internal pure returns (uint256 scratch) {
        bytes32 typeHash = TYPE_HASH;
        assembly ("memory-safe") {
            scratch := mload(0x40)
            mstore(0x40, add(scratch, 0x180))
            mstore(scratch, typeHash)
            mstore(add(scratch, 0xa0), shl(240, 0x1901))
            mstore(add(scratch, 0xa2), separator)
        }
    }

    /// @notice Meter, time and epoch.
    function head(uint256 offset) internal pure returns (uint256 meter, uint256 time, uint256 epoch) {
        uint256 word;
        assembly ("memory-safe") {
            word := calldataload(offset)
        }
        meter = word >> 224;
        time = uint32(word >> 192);
        epoch = uint8(word >> 184);
    }

    /// @notice Whether the hash is that of the ciphertext.
    function isHashRight(uint256 offset, uint256 scratch) internal pure returns (bool right) {
        // Equivalent to bytes32(msg.data[offset + 62:]) == keccak256(msg.data[offset + 9:offset + 62]), without a memory array.
        assembly ("memory-safe") {
            let input := add(scratch, 0x100)
            calldatacopy(input, add(offset, 9), 53)
            right := eq(calldataload(add(offset, 62)), keccak256(input, 53))
        }
    }

    /// @notice Who signed the report; the zero address if nobody did. Its hash must be right.
    function signer(
        uint256 offset,
        uint256 scratch,
        uint256 meter,
        uint256 time,
        uint256 epoch
    ) internal view returns (address who) {
        uint256 most = CompactSignature.MOST_S;
        // Equivalent to CompactSignature.signer(_hashTypedDataV4(keccak256(abi.encode(TYPE_HASH, meter, time, epoch,
        // hash))), r, vs).
        assembly ("memory-safe") {
            mstore(add(scratch, 0x20), meter)
            mstore(add(scratch, 0x40), time)
            mstore(add(scratch, 0x60), epoch)
            mstore(add(scratch, 0x80), calldataload(add(offset, 62)))
            mstore(add(scratch, 0xc2), keccak256(scratch, 0xa0))
            let input := add(scratch, 0x100)
            mstore(input, keccak256(add(scratch, 0xa0), 66))
            let vs := calldataload(add(offset, 126))
            let s := and(vs, shr(1, not(0)))
            if iszero(gt(s, most)) {
                mstore(add(input, 0x20), add(27, shr(255, vs)))
                mstore(add(input, 0x40), calldataload(add(offset, 94)))
                mstore(add(input, 0x60), s)
                // Where nobody signed it answers with nothing, and the word stays 0.
                mstore(0, 0)
                pop(staticcall(gas(), 1, input, 0x80, 0, 0x20))
                who := mload(0)
            }
        }
    }
}
