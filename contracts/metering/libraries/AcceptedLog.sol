// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {UsageRecord} from "./UsageRecord.sol";

/**
 * @title The one event of a batch
 * @notice Collects the reports that are taken, as they came, and emits them together. Equivalent to `bytes.concat` of them
 * and `emit ReportsAccepted(msg.sender, …)`, which would copy the whole for every report, and again for the event.
 */
library AcceptedLog {
    /// @dev Where the event's data are in memory (offset word, length word, reports), and where the next report goes.
    struct Log {
        uint256 start;
        uint256 end;
    }

    uint256 private constant _HEADER = 0x40;

    /// @notice Room for all reports of a batch of `size` bytes.
    function open(uint256 size) internal pure returns (Log memory log) {
        uint256 start;
        assembly ("memory-safe") {
            start := mload(0x40)
            // One word more, to fill the last one up.
            mstore(0x40, add(start, and(add(add(size, _HEADER), 0x3f), not(0x1f))))
            mstore(start, 0x20)
        }
        log.start = start;
        log.end = start + _HEADER;
    }

    /// @notice Adds the report at an offset in calldata.
    function append(Log memory log, uint256 offset) internal pure {
        uint256 end = log.end;
        uint256 size = UsageRecord.BYTES;
        assembly ("memory-safe") {
            calldatacopy(end, offset, size)
        }
        log.end = end + size;
    }

    /// @notice Emits the event, if a report was added.
    /// @param topic That of `ReportsAccepted(address indexed concentrator, bytes reports)`.
    /// @return How many were.
    function emitAccepted(Log memory log, bytes32 topic) internal returns (uint256) {
        (uint256 start, uint256 end) = (log.start, log.end);
        uint256 size = end - start - _HEADER;
        if (size == 0) return 0;
        assembly ("memory-safe") {
            mstore(add(start, 0x20), size)
            // What follows the last report in its word is zero, as ABI has it.
            mstore(end, 0)
            log2(start, and(add(sub(end, start), 0x1f), not(0x1f)), topic, caller())
        }
        return size / UsageRecord.BYTES;
    }
}
