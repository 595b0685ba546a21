// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Sets of seats as bit maps
/// @notice Bit s of the map is set if seat s belongs to the set.
library Seats {
    /// @notice Seat numbers go from 0 to one less than this.
    uint256 internal constant MAX = 96;

    /// @notice Whether `seat` is in the set. Any number may be asked for.
    function contains(uint256 bitmap, uint256 seat) internal pure returns (bool) {
        // A shift by 256 or more gives 0, so that no large number is mistaken for a seat.
        return (bitmap >> seat) & 1 == 1;
    }

    /// @notice The number of seats in the set.
    function count(uint256 bitmap) internal pure returns (uint256 number) {
        // b & (b - 1) is b without its lowest set bit; neither step can overflow while b is not zero.
        unchecked {
            for (; bitmap != 0; bitmap &= bitmap - 1) ++number;
        }
    }
}
