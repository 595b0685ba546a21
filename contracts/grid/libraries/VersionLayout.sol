// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "./CodeStore.sol";
import {GridRecord} from "./GridRecord.sol";

/// @title Where the records of a version lie
/// @notice Tree, chords and directory are each cut into chunks of `CodeStore.MAX_BYTES`; the last of each may be shorter.
/// Chunks are numbered through: tree, then chords, then directory.
library VersionLayout {
    /// @notice How many chunks each sequence has.
    function chunkCounts(
        GridRecord.Geometry memory g
    ) internal pure returns (uint256 tree, uint256 chords, uint256 directory) {
        tree = _chunks(uint256(g.buses) * GridRecord.RECORD_BYTES);
        chords = _chunks(uint256(g.chords) * GridRecord.RECORD_BYTES);
        directory = _chunks(uint256(g.meters) * GridRecord.ENTRY_BYTES);
    }

    /// @notice Bytes that chunk `chunk` must have.
    function chunkLength(GridRecord.Geometry memory g, uint256 chunk) internal pure returns (uint256) {
        (uint256 tree, uint256 chords, ) = chunkCounts(g);
        if (chunk < tree) return _length(uint256(g.buses) * GridRecord.RECORD_BYTES, chunk);
        if (chunk < tree + chords) return _length(uint256(g.chords) * GridRecord.RECORD_BYTES, chunk - tree);
        return _length(uint256(g.meters) * GridRecord.ENTRY_BYTES, chunk - tree - chords);
    }

    /// @notice Directory entries `first .. first + count - 1`, which may lie in several chunks.
    /// @param chunks Accounts of the directory's chunks.
    function entries(address[] memory chunks, uint256 first, uint256 count) internal view returns (bytes memory data) {
        uint256 position = first * GridRecord.ENTRY_BYTES;
        uint256 left = count * GridRecord.ENTRY_BYTES;
        data = new bytes(left);
        uint256 target;
        assembly ("memory-safe") {
            target := add(data, 32)
        }
        while (left != 0) {
            address account = chunks[position / CodeStore.MAX_BYTES];
            uint256 offset = position % CodeStore.MAX_BYTES;
            uint256 take = CodeStore.MAX_BYTES - offset;
            if (take > left) take = left;
            assembly ("memory-safe") {
                extcodecopy(account, target, add(offset, 1), take)
            }
            target += take;
            position += take;
            left -= take;
        }
    }

    function _chunks(uint256 length) private pure returns (uint256) {
        return (length + CodeStore.MAX_BYTES - 1) / CodeStore.MAX_BYTES;
    }

    function _length(uint256 total, uint256 chunk) private pure returns (uint256) {
        uint256 left = total - chunk * CodeStore.MAX_BYTES;
        return left < CodeStore.MAX_BYTES ? left : CodeStore.MAX_BYTES;
    }
}
