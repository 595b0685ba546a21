// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CompactSignature} from "./CompactSignature.sol";
import {UsageRecord} from "./UsageRecord.sol";

/**
 * @title The ordinary report, taken in assembly
 * @notice Almost every report is of an interval after the newest, loses none from the window, is encrypted to the present
 * epoch key and signed by the present session key. This takes such a report, and leaves any other to `Metering._takeOne`,
 * which takes this one alike: it is equivalent to
 *
 *     if (isOrdinary) return _takeOne(…) == Skip.None; else return false;
 *
 * and saves 1,250 gas of 14,900 a report in batches of 50, by one pass without calls and checked arithmetic.
 */
library OrdinaryReport {
    /// @notice What holds for a whole batch.
    struct Terms {
        uint256 intervalSeconds;
        /// The latest τ.
        uint256 latest;
        /// The present epoch modulo 256; 256 if it is not in force.
        uint256 epoch;
        /// As `UsageRecord.prepare` gives it.
        uint256 scratch;
    }

    /**
     * @notice Copies the report to memory at `end`, and takes it if it is ordinary.
     * @param states Of the meters; see `MeterState`.
     * @param offset Of the report in calldata.
     * @param end Where there is room for its 158 bytes.
     * @return taken Whether it is, and its meter's state is written; if not, nothing is changed.
     */
    function take(
        mapping(uint256 meter => uint256) storage states,
        Terms memory terms,
        uint256 offset,
        uint256 end
    ) internal returns (bool taken) {
        uint256 size = UsageRecord.BYTES;
        uint256 most = CompactSignature.MOST_S;
        assembly ("memory-safe") {
            calldatacopy(end, offset, size)
            let head := mload(end)
            let time := and(shr(192, head), 0xffffffff)
            let epoch := and(shr(184, head), 0xff)

            // states[meter]
            mstore(0, shr(224, head))
            mstore(0x20, states.slot)
            let slot := keccak256(0, 0x40)
            let state := sload(slot)

            // Where the interval is not after the newest, `step - 1` is huge.
            let interval := div(time, mload(terms))
            let step := sub(interval, shr(224, state))
            let seen := and(shr(192, state), 0xffffffff)
            let hash := mload(add(end, 62))

            // At most 32 intervals on, and each that leaves the window has its report; τ is a multiple, and not ahead; the
            // session is not over, hence there is one; the epoch key is the present one; the hash is that of the
            // ciphertext.
            if and(
                and(
                    and(lt(sub(step, 1), 32), iszero(and(not(seen), sub(0xffffffff, shr(step, 0xffffffff))))),
                    and(eq(mul(interval, mload(terms)), time), iszero(gt(time, mload(add(terms, 0x20)))))
                ),
                and(
                    and(iszero(gt(timestamp(), and(shr(160, state), 0xffffffff))), eq(epoch, mload(add(terms, 0x40)))),
                    eq(hash, keccak256(add(end, 9), 53))
                )
            ) {
                // UsageRecord.signer
                let scratch := mload(add(terms, 0x60))
                mstore(add(scratch, 0x20), shr(224, head))
                mstore(add(scratch, 0x40), time)
                mstore(add(scratch, 0x60), epoch)
                mstore(add(scratch, 0x80), hash)
                mstore(add(scratch, 0xc2), keccak256(scratch, 0xa0))
                let vs := mload(add(end, 126))
                let s := and(vs, shr(1, not(0)))
                let input := add(scratch, 0x100)
                mstore(input, keccak256(add(scratch, 0xa0), 66))
                mstore(add(input, 0x20), add(27, shr(255, vs)))
                mstore(add(input, 0x40), mload(add(end, 94)))
                mstore(add(input, 0x60), s)
                mstore(0, 0)
                pop(staticcall(gas(), 1, input, 0x80, 0, 0x20))
                let signer := mload(0)
                if and(
                    and(iszero(gt(s, most)), gt(signer, 0)),
                    eq(signer, and(state, 0xffffffffffffffffffffffffffffffffffffffff))
                ) {
                    // MeterState.take
                    seen := and(or(shl(step, seen), shl(sub(step, 1), 1)), 0xffffffff)
                    sstore(slot, or(or(shl(224, interval), shl(192, seen)), and(state, shr(64, not(0)))))
                    taken := 1
                }
            }
        }
    }
}
