// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "./CodeStore.sol";
import {GridRecord} from "./GridRecord.sol";

/// @title Where the parts of a version lie among its bytes
/// @notice Tree, chords, probes, ranges, directory, in this order, each in whole words; cut into chunks of `CodeStore.MAX_BYTES`,
/// of which the last may be shorter. A record never lies in two chunks. Sizes are below 2^16, so that no length here
/// reaches 2^24.
library VersionLayout {
    /// @notice Records in a chunk.
    uint256 internal constant CHUNK_RECORDS = CodeStore.MAX_BYTES / GridRecord.RECORD_BYTES;

    /// @notice Most bytes that values, angles and supplements of a settlement may have, so that its transaction stays below
    /// the 128 KiB that nodes take.
    uint256 internal constant MAX_SETTLEMENT_BYTES = 129_500;

    /// @notice Most gas that `settlementGas` may estimate, so that a settlement stays below 16.7 M.
    uint256 internal constant MAX_SETTLEMENT_GAS = 16_000_000;

    /// @notice Bytes of the values and angles of a settlement.
    function settlementBytes(uint256 meters, uint256 buses, bool factored) internal pure returns (uint256) {
        uint256 angle = factored ? GridRecord.FINE_ANGLE_BYTES : GridRecord.ANGLE_BYTES;
        return GridRecord.VALUE_BYTES * meters + angle * buses;
    }

    /// @notice About what the settlement of a complete slot without alarm costs, calldata included: measured at 13.8 M for
    /// 9,241 buses, 6,809 chords and 25,290 meters, where this gives 13.9 M. The square is that of memory.
    /// Of a factored version with alarm: measured at 13.7 M for 2,383 buses, 2,896 chords and 3,862 meters, where this
    /// gives 13.8 M.
    function settlementGas(GridRecord.Geometry memory g) internal pure returns (uint256) {
        uint256 edges = uint256(g.chords) + g.probes;
        if (g.factored) {
            uint256 records = uint256(g.buses) + edges;
            return 100_000 + 1_830 * records + 900 * uint256(g.meters) + (records * records) / 50;
        }
        uint256 words = 2 * uint256(g.buses) + edges;
        return 100_000 + 700 * uint256(g.buses) + 650 * edges + 64 * uint256(g.meters) + (words * words) / 512;
    }

    /// @notice Bytes of the records, with which the version begins.
    function recordsLength(GridRecord.Geometry memory g) internal pure returns (uint256) {
        unchecked {
            return (uint256(g.buses) + g.chords + g.probes) * GridRecord.RECORD_BYTES;
        }
    }

    /// @notice Bytes of a value of each meter, and of the ranges without their filling.
    function valuesLength(GridRecord.Geometry memory g) internal pure returns (uint256) {
        unchecked {
            return uint256(g.meters) * GridRecord.VALUE_BYTES;
        }
    }

    /// @notice Where the ranges begin.
    function rangesOffset(GridRecord.Geometry memory g) internal pure returns (uint256) {
        return recordsLength(g);
    }

    /// @notice Where the directory begins.
    function directoryOffset(GridRecord.Geometry memory g) internal pure returns (uint256) {
        unchecked {
            return rangesOffset(g) + _wholeWords(valuesLength(g));
        }
    }

    /// @notice Bytes of the version.
    function totalLength(GridRecord.Geometry memory g) internal pure returns (uint256) {
        unchecked {
            return directoryOffset(g) + _wholeWords(uint256(g.meters) * GridRecord.ENTRY_BYTES);
        }
    }

    /// @notice How many chunks it has.
    function chunkCount(GridRecord.Geometry memory g) internal pure returns (uint256) {
        unchecked {
            return (totalLength(g) + CodeStore.MAX_BYTES - 1) / CodeStore.MAX_BYTES;
        }
    }

    /// @notice How many chunks begin with a record.
    function recordChunks(GridRecord.Geometry memory g) internal pure returns (uint256) {
        unchecked {
            return (recordsLength(g) + CodeStore.MAX_BYTES - 1) / CodeStore.MAX_BYTES;
        }
    }

    /// @notice How many chunks a settlement reads: all but those that hold nothing but directory.
    function settlementChunks(GridRecord.Geometry memory g) internal pure returns (uint256) {
        unchecked {
            return (directoryOffset(g) + CodeStore.MAX_BYTES - 1) / CodeStore.MAX_BYTES;
        }
    }

    /// @notice Bytes that chunk `chunk` must have.
    function chunkLength(GridRecord.Geometry memory g, uint256 chunk) internal pure returns (uint256) {
        uint256 left = totalLength(g) - chunk * CodeStore.MAX_BYTES;
        return left < CodeStore.MAX_BYTES ? left : CodeStore.MAX_BYTES;
    }

    /// @notice `length` bytes of the version from `offset` on, which may lie in several chunks.
    /// @param chunks The accounts of all chunks.
    function read(address[] memory chunks, uint256 offset, uint256 length) internal view returns (bytes memory data) {
        data = new bytes(length);
        uint256 target;
        assembly ("memory-safe") {
            target := add(data, 32)
        }
        // Inside the version: the caller's bound.
        unchecked {
            while (length != 0) {
                address account = chunks[offset / CodeStore.MAX_BYTES];
                uint256 skip = offset % CodeStore.MAX_BYTES;
                uint256 take = CodeStore.MAX_BYTES - skip;
                if (take > length) take = length;
                assembly ("memory-safe") {
                    extcodecopy(account, target, add(skip, 1), take)
                }
                target += take;
                offset += take;
                length -= take;
            }
        }
    }

    function _wholeWords(uint256 length) private pure returns (uint256) {
        unchecked {
            return (length + 31) & ~uint256(31);
        }
    }
}
