// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "../../../contracts/grid/libraries/CodeStore.sol";
import {GridRecord} from "../../../contracts/grid/libraries/GridRecord.sol";
import {PairedObjective} from "../../../contracts/measurement/libraries/PairedObjective.sol";

/// @notice Evaluates slots two at a time from outside, for the comparison with the reference in TypeScript.
contract PairedHarness {
    /// @notice Stores a version for the length of the call, and evaluates each set of angles against its values, together
    /// with the next one; the last with itself.
    /// @param values By set: three bytes by meter, and no more.
    function evaluate(
        GridRecord.Geometry calldata g,
        bytes[] calldata chunks,
        bytes[] calldata values,
        bytes[] calldata angles
    ) external returns (uint256[2][] memory objectives) {
        address[] memory accounts = new address[](chunks.length);
        for (uint256 i = 0; i < chunks.length; ++i) accounts[i] = CodeStore.write(chunks[i]);
        objectives = new uint256[2][](values.length);
        PairedObjective.Work memory work = PairedObjective.prepare(g);
        for (uint256 i = 0; i < values.length; ++i) {
            uint256 j = i + 1 < values.length ? i + 1 : i;
            copy(work.values0, values[i]);
            copy(work.values1, values[j]);
            PairedObjective.evaluate(work, accounts, start(angles[i]), start(angles[j]));
            objectives[i] = [work.objective0, work.objective1];
        }
    }

    function copy(uint256 target, bytes calldata values) private pure {
        assembly ("memory-safe") {
            calldatacopy(target, values.offset, values.length)
        }
    }

    function start(bytes calldata angles) private pure returns (uint256 offset) {
        assembly ("memory-safe") {
            offset := angles.offset
        }
    }
}
