// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/**
 * @title Balances by seat, two a storage word
 * @notice A settlement reads and writes every balance; in pairs, that is half the words.
 *
 *     word w:  | 255 … 128: credits of seat 2w + 1 | 127 … 0: credits of seat 2w |
 */
library PackedCredits {
    using SafeCast for uint256;

    /// @dev Half of `Seats.MAX` words; the compiler takes no library constant here.
    struct Balances {
        uint256[48] words;
    }

    /// @notice The balance of one seat, below `Seats.MAX`.
    function get(Balances storage self, uint256 seat) internal view returns (uint128 credits) {
        return uint128(self.words[seat / 2] >> _shift(seat));
    }

    /// @notice Sets the balance of one seat, below `Seats.MAX`.
    function set(Balances storage self, uint256 seat, uint128 credits) internal {
        uint256 shift = _shift(seat);
        uint256 word = self.words[seat / 2] & ~(uint256(type(uint128).max) << shift);
        self.words[seat / 2] = word | (uint256(credits) << shift);
    }

    /// @notice The balances of the first `seats` seats.
    function load(Balances storage self, uint256 seats) internal view returns (uint256[] memory balances) {
        balances = new uint256[](seats);
        for (uint256 seat = 0; seat < seats; seat += 2) {
            uint256 word = self.words[seat / 2];
            balances[seat] = uint128(word);
            if (seat + 1 < seats) balances[seat + 1] = word >> 128;
        }
    }

    /// @notice Sets the balances of the first seats, all that were ever given.
    /// @custom:error SafeCastOverflowedUintDowncast if one does not fit in 128 bits.
    function store(Balances storage self, uint256[] memory balances) internal {
        uint256 seats = balances.length;
        for (uint256 seat = 0; seat < seats; seat += 2) {
            uint256 high = seat + 1 < seats ? balances[seat + 1].toUint128() : 0;
            self.words[seat / 2] = (high << 128) | balances[seat].toUint128();
        }
    }

    function _shift(uint256 seat) private pure returns (uint256 bits) {
        return (seat % 2) * 128;
    }
}
