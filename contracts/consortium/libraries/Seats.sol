// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Sets of seats as bit maps
/// @notice Bit s of the map is set if seat s belongs to the set.
library Seats {
    /// @notice Seat numbers go from 0 to one less than this: what a storage word holds beside an address and a count.
    uint256 internal constant MAX = 88;

    /// @dev Every second bit, every second pair of bits, every second half byte, every byte's lowest bit.
    uint256 private constant _BITS = type(uint256).max / 3;
    uint256 private constant _PAIRS = type(uint256).max / 5;
    uint256 private constant _HALF_BYTES = type(uint256).max / 17;
    uint256 private constant _BYTES = type(uint256).max / 255;

    /// @notice Whether `seat` is in the set. Any number may be asked for.
    function contains(uint256 bitmap, uint256 seat) internal pure returns (bool) {
        // A shift by 256 or more gives 0, so that no large number is mistaken for a seat.
        return (bitmap >> seat) & 1 == 1;
    }

    /// @notice The number of seats in the set.
    function count(uint256 bitmap) internal pure returns (uint256 number) {
        // Each field, of 2, 4, then 8 bits, comes to hold the number of bits set in it. The product's highest byte is
        // the sum of all bytes, at most MAX < 256; what the product has beyond 256 bits is not wanted.
        unchecked {
            number = bitmap - ((bitmap >> 1) & _BITS);
            number = (number & _PAIRS) + ((number >> 2) & _PAIRS);
            number = (number + (number >> 4)) & _HALF_BYTES;
            number = (number * _BYTES) >> 248;
        }
    }
}
