// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title Array entries without a bounds check
 * @notice Each function says which expression it is equivalent to while `index` is below the array's length; beyond,
 * it reads or writes what is not the array's. For loops whose bound proves the index: a check costs about 60 gas, as
 * the compiler calls a function for it.
 */
library UncheckedArray {
    /// @notice Equivalent to `array[index]`.
    function readCalldata(int256[] calldata array, uint256 index) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := calldataload(add(array.offset, shl(5, index)))
        }
    }

    /// @notice Equivalent to `array[index]`.
    function read(uint256[] memory array, uint256 index) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(add(array, 32), shl(5, index)))
        }
    }

    /// @notice Equivalent to `array[index]`.
    function read(int256[] memory array, uint256 index) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := mload(add(add(array, 32), shl(5, index)))
        }
    }

    /// @notice Equivalent to `array[index] = value`.
    function write(uint256[] memory array, uint256 index, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(array, 32), shl(5, index)), value)
        }
    }

    /// @notice Equivalent to `array[index] = value`.
    function write(int256[] memory array, uint256 index, int256 value) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(array, 32), shl(5, index)), value)
        }
    }

    /// @notice Equivalent to `unchecked { array[index] += value; }`.
    function add(int256[] memory array, uint256 index, int256 value) internal pure {
        assembly ("memory-safe") {
            let entry := add(add(array, 32), shl(5, index))
            mstore(entry, add(mload(entry), value))
        }
    }
}
