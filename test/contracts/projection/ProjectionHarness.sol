// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "../../../contracts/grid/libraries/CodeStore.sol";
import {IProjectionModel} from "../../../contracts/projection/IProjectionModel.sol";
import {ProjectionCheck} from "../../../contracts/projection/libraries/ProjectionCheck.sol";
import {StoredMatrices} from "../../../contracts/projection/libraries/StoredMatrices.sol";
import {TopologyMatrix} from "../../../contracts/projection/libraries/TopologyMatrix.sol";

/// @notice Checks matrices of one chunk each over and over, each time with one entry changed.
contract ProjectionHarness {
    /// @notice An entry that is put in the place of another.
    struct Fault {
        bool inProjection;
        /// Its byte position in the chunk.
        uint256 position;
        bytes entry;
    }

    /// @notice By fault: the error's data, empty if the check finds nothing.
    function check(
        IProjectionModel.Topology calldata topology,
        bytes[2] memory chunks,
        Fault[] calldata faults,
        bool byFreivalds
    ) external returns (bytes[] memory reasons) {
        ProjectionCheck.Claim memory claim = _claim(topology);
        address[2] memory honest = [CodeStore.write(chunks[0]), CodeStore.write(chunks[1])];
        reasons = new bytes[](faults.length);
        for (uint256 i = 0; i < faults.length; ++i) {
            claim.chunks[0] = honest[0];
            claim.chunks[1] = honest[1];
            uint256 which = faults[i].inProjection ? 1 : 0;
            claim.chunks[which] = CodeStore.write(_changed(chunks[which], faults[i]));
            try this.run(claim, byFreivalds, keccak256(abi.encode(i, topology))) {} catch (bytes memory reason) {
                reasons[i] = reason;
            }
        }
    }

    function run(ProjectionCheck.Claim memory claim, bool byFreivalds, bytes32 seed) external view {
        uint256 rows = claim.shape.states + claim.shape.rows;
        if (byFreivalds) ProjectionCheck.freivalds(claim, 0, rows, seed);
        else ProjectionCheck.products(claim, 0, rows);
    }

    /// @notice H by rows, dense, as the contract built it: number `states·i + j`.
    function dense(IProjectionModel.Topology calldata topology) external pure returns (int256[] memory matrix) {
        ProjectionCheck.Claim memory claim = _claim(topology);
        uint256 states = topology.states;
        matrix = new int256[](states * claim.shape.rows);
        for (uint256 i = 0; i < claim.shape.rows; ++i) {
            for (uint256 t = claim.h.start[i]; t < claim.h.start[i + 1]; ++t) {
                matrix[states * i + ((uint256(claim.h.terms[t]) >> 1) & 0xffff)] += claim.h.terms[t] >> 17;
            }
        }
    }

    function _claim(IProjectionModel.Topology calldata t) private pure returns (ProjectionCheck.Claim memory claim) {
        (bytes memory matrix, TopologyMatrix.Sizes memory sizes) = TopologyMatrix.build(
            t.buses,
            t.states,
            t.meters,
            t.lines,
            t.rows
        );
        uint256 rows = t.rows.length / TopologyMatrix.ROW_BYTES;
        claim.shape = StoredMatrices.shape(t.states, rows);
        claim.chunks = new address[](2);
        claim.h = TopologyMatrix.load(matrix, rows);
        claim.inverseDigits = t.inverseDigits;
        claim.projectionDigits = t.projectionDigits;
        claim.gainBound = sizes.gain;
    }

    function _changed(bytes memory data, Fault calldata fault) private pure returns (bytes memory copy) {
        copy = bytes.concat(data);
        for (uint256 i = 0; i < fault.entry.length; ++i) copy[fault.position + i] = fault.entry[i];
    }
}
