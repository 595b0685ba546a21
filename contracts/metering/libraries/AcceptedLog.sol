// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {UsageRecord} from "./UsageRecord.sol";

/**
 * @title The one event of a batch
 * @notice The reports that are taken, as they came, one after the other in memory, and then emitted together. Equivalent to `bytes.concat` of them
 * and `emit ReportsAccepted(msg.sender, …)`, which would copy the whole for every report, and again for the event.
 */
library AcceptedLog {
    uint256 private constant _HEADER = 0x40;

    /// @notice Room for all reports of a batch of `size` bytes.
    /// @return end Where the first report goes.
    function open(uint256 size) internal pure returns (uint256 end) {
        assembly ("memory-safe") {
            let start := mload(0x40)
            // One word more, to fill the last one up.
            mstore(0x40, add(start, and(add(add(size, _HEADER), 0x3f), not(0x1f))))
            mstore(start, 0x20)
            end := add(start, _HEADER)
        }
    }

    /// @notice Puts the report at an offset in calldata to the end.
    /// @return The end after it.
    function put(uint256 end, uint256 offset) internal pure returns (uint256) {
        uint256 size = UsageRecord.BYTES;
        assembly ("memory-safe") {
            calldatacopy(end, offset, size)
        }
        return end + size;
    }

    /// @notice Emits the event, if there is a report.
    /// @param first What `open` gave.
    /// @param end After the last report.
    /// @param topic That of `ReportsAccepted(address indexed concentrator, bytes reports)`.
    /// @return How many there are.
    function emitAccepted(uint256 first, uint256 end, bytes32 topic) internal returns (uint256) {
        uint256 size = end - first;
        if (size == 0) return 0;
        assembly ("memory-safe") {
            let start := sub(first, _HEADER)
            mstore(add(start, 0x20), size)
            // What follows the last report in its word is zero, as ABI has it.
            mstore(end, 0)
            log2(start, and(add(sub(end, start), 0x1f), not(0x1f)), topic, caller())
        }
        return size / UsageRecord.BYTES;
    }
}
