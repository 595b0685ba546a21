// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "../../../contracts/grid/libraries/GridRecord.sol";
import {VersionLayout} from "../../../contracts/grid/libraries/VersionLayout.sol";
import {VersionProof} from "../../../contracts/grid/libraries/VersionProof.sol";

/// @notice Proves a version of one chunk over and over, each time with one bit turned.
contract ProofHarness {
    error RowsAndDirectoryDiffer();
    error VirtualRowsDiffer();

    /// @notice By bit from `first` on (the highest of byte 0 is bit 0): the error's data, empty if the proof holds.
    function turnEach(
        GridRecord.Geometry calldata g,
        bytes memory data,
        uint256 first,
        uint256 count
    ) external view returns (bytes[] memory reasons) {
        reasons = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 bit = first + i;
            bytes1 mask = bytes1(uint8(0x80 >> (bit % 8)));
            data[bit / 8] ^= mask;
            try this.prove(g, data) {} catch (bytes memory reason) {
                reasons[i] = reason;
            }
            data[bit / 8] ^= mask;
        }
    }

    /// @notice Reverts unless the version is sound, as the registry sees it. X depends on all data, as there.
    function prove(GridRecord.Geometry calldata g, bytes calldata data) external pure {
        VersionProof.Progress memory progress = VersionProof.Progress(1, 1, 0);
        uint256 x = uint256(keccak256(abi.encode(g, data))) % VersionProof.P;
        uint256 records = VersionLayout.recordsLength(g);
        VersionProof.checkRecords(progress, g, x, 0, data[:records]);
        uint256 entries = VersionLayout.directoryOffset(g);
        uint256 ranges = VersionLayout.rangesOffset(g);
        VersionProof.checkMeters(
            progress,
            x,
            0,
            data[entries:entries + GridRecord.ENTRY_BYTES * g.meters],
            data[ranges:ranges + GridRecord.VALUE_BYTES * g.meters]
        );
        if (progress.rowProduct != progress.directoryProduct) revert RowsAndDirectoryDiffer();
        if (progress.virtualRows != g.virtualRows) revert VirtualRowsDiffer();
    }
}
