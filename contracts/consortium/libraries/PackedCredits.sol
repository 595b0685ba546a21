// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {UncheckedArray} from "../../math/UncheckedArray.sol";

/**
 * @title Balances by seat, four a storage word
 * @notice A settlement reads and writes every balance; packed, that is a quarter of the words. The consortium keeps the
 * sum of all balances below 2⁶⁴, hence each of them.
 *
 *     word w:  | 255 … 192: credits of seat 4w + 3 | … | 63 … 0: credits of seat 4w |
 */
library PackedCredits {
    using UncheckedArray for int256[];
    using UncheckedArray for uint256[];

    /// @dev A quarter of `Seats.MAX` words; the compiler takes no library constant here.
    struct Balances {
        uint256[22] words;
    }

    /// @notice The balance of one seat, below `Seats.MAX`.
    function get(Balances storage self, uint256 seat) internal view returns (uint64 credits) {
        return inWord(self.words[seat / 4], seat);
    }

    /// @notice Sets the balance of one seat, below `Seats.MAX`.
    function set(Balances storage self, uint256 seat, uint64 credits) internal {
        uint256 shift = _shift(seat);
        uint256 word = self.words[seat / 4] & ~(uint256(type(uint64).max) << shift);
        self.words[seat / 4] = word | (uint256(credits) << shift);
    }

    /// @notice The words that hold the balances of the first `seats` seats, at most `Seats.MAX`.
    function load(Balances storage self, uint256 seats) internal view returns (uint256[] memory words) {
        // No overflow: there are few seats.
        unchecked {
            words = new uint256[]((seats + 3) / 4);
            for (uint256 w = 0; w < words.length; ++w) words.write(w, self.words[w]);
        }
    }

    /**
     * @notice Writes back what `load` gave, with `moved` added by seat.
     * @param words At most as many as it takes for the seats of `moved`.
     * @param moved By seat, credits gained or lost. Assumed: it leaves each balance in 0 … 2⁶⁴ - 1, and is 0 for seats
     * that are not in `words`.
     */
    function addTo(Balances storage self, uint256[] memory words, int256[] memory moved) internal {
        // The balances of a word stay in their quarters. Hence the new word, as a number below 2²⁵⁶, is the old one plus
        // Σ 2^(64·i)·moved_i, and taking all of these modulo 2²⁵⁶ gives the same.
        unchecked {
            for (uint256 w = 0; w < words.length; ++w) {
                uint256 seat = 4 * w;
                uint256 end = seat + 4 < moved.length ? seat + 4 : moved.length;
                uint256 word = words.read(w);
                for (; seat < end; ++seat) word += uint256(moved.read(seat)) << _shift(seat);
                _setWord(self, w, word);
            }
        }
    }

    /// @notice The balance of `seat`, out of the word that holds it.
    function inWord(uint256 word, uint256 seat) internal pure returns (uint64 credits) {
        return uint64(word >> _shift(seat));
    }

    /// @dev Equivalent to `self.words[w] = word` for w below its length. Without that check, and without the compiler's
    /// reading of the word before it writes all of it, 270 gas less.
    function _setWord(Balances storage self, uint256 w, uint256 word) private {
        assembly ("memory-safe") {
            sstore(add(self.slot, w), word)
        }
    }

    function _shift(uint256 seat) private pure returns (uint256 bits) {
        return (seat & 3) << 6;
    }
}
