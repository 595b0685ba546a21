// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Memory for a while
/// @notice Memory beyond the first few hundred words costs by the square of its extent, so that what is needed only for
/// a moment is given back: everything allocated since `mark` may be written over after `release`.
library Scratch {
    /// @notice Where free memory begins.
    function mark() internal pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// @notice Lets free memory begin at an earlier mark again.
    function release(uint256 free) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
