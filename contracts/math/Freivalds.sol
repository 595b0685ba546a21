// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title Freivalds' check of a matrix product, in fixed point
 * @notice Paper 003, Algorithm 3. To see that a matrix D, a claim less what it should be, is zero but for rounding, it is
 * multiplied by random vectors s; D itself is never computed. `docs/projection.md` has the derivation:
 *
 * * an entry of s is drawn evenly from the 2^23 integers -2^22 … 2^22 - 1;
 * * if |D_ij| <= u for all j, then |(Ds)_i| <= 2^22 Σ_j u: the tolerance, so that an honest claim always passes;
 * * if one |D_ij| = E is larger, then whatever the rest of the row and of s is, at most `2·tolerance/E + 1` of the 2^23
 *   values of s_j let the row pass. With E >= 2^23 m u that is a probability of at most 2^-22 a round;
 * * six rounds: 2^-132. So who tries many claims off the chain still passes with one in 2^128 at most, each.
 *
 * The argument holds modulo 2^256 as long as |D_ij|·2^23 + 2·tolerance < 2^256: no intermediate product needs a bound.
 * The vectors come from a hash of everything that they check, so that nothing can be changed after they are known.
 */
library Freivalds {
    /// @notice How many vectors there are.
    uint256 internal constant ROUNDS = 6;

    /// @notice Binary digits of an entry of a vector.
    uint256 internal constant RANGE_BITS = 23;

    /// @notice Words that hold the entries of all rounds at one position, two in each.
    uint256 internal constant WORDS = 3;

    uint256 private constant _RANGE_MASK = (1 << RANGE_BITS) - 1;
    int256 private constant _HALF_RANGE = int256(1 << (RANGE_BITS - 1));

    /// @notice The vectors of all rounds: number `6j + r` is the entry of round r at position j.
    /// @dev Position j takes its entries from `keccak256(abi.encode(seed, j))`, 23 bits each, the lowest first.
    /// @param seed A hash of everything that is checked, and of what the vectors are for.
    /// @param length How many entries a vector has.
    function draw(bytes32 seed, uint256 length) internal pure returns (int256[] memory vectors) {
        vectors = new int256[](ROUNDS * length);
        uint256 mask = _RANGE_MASK;
        int256 half = _HALF_RANGE;
        uint256 digits = RANGE_BITS;
        assembly ("memory-safe") {
            mstore(0, seed)
            let entry := add(vectors, 32)
            for {
                let j := 0
            } lt(j, length) {
                j := add(j, 1)
            } {
                mstore(32, j)
                let bits := keccak256(0, 64)
                for {
                    let end := add(entry, 192)
                } lt(entry, end) {
                    entry := add(entry, 32)
                } {
                    mstore(entry, sub(and(bits, mask), half))
                    bits := shr(digits, bits)
                }
            }
        }
    }

    /// @notice The vectors with two rounds in a word: word `3j + q` is `s_j + 2^128 s'_j`, s and s' of rounds 2q and 2q + 1.
    /// @param vectors As `draw` gives them.
    /// @param room Positions that the array is to have, at least as many as the vectors have; the rest are zero.
    function pack(int256[] memory vectors, uint256 room) internal pure returns (int256[] memory packed) {
        packed = new int256[](WORDS * room);
        assembly ("memory-safe") {
            let word := add(packed, 32)
            let entry := add(vectors, 32)
            for {
                let end := add(entry, shl(5, mload(vectors)))
            } lt(entry, end) {
                entry := add(entry, 64)
            } {
                mstore(word, add(mload(entry), shl(128, mload(add(entry, 32)))))
                word := add(word, 32)
            }
        }
    }

    /// @notice The two numbers of a packed word, or of a sum of packed words times whole numbers; each below 2^127 in size.
    function split(int256 word) internal pure returns (int256 low, int256 high) {
        // Casts: the lowest 128 bits as a signed number; what is left is a multiple of 2^128.
        low = int128(word);
        unchecked {
            high = (word - low) >> 128;
        }
    }

    /// @notice The position of the first number whose size is above `allowed`, or `count` if there is none.
    /// @param pointer Where the numbers are in memory.
    /// @param allowed Below 2^254.
    function firstBeyond(uint256 pointer, uint256 count, uint256 allowed) internal pure returns (uint256 position) {
        assembly ("memory-safe") {
            let span := shl(1, allowed)
            // |x| <= allowed exactly if x + allowed, modulo 2^256, is at most twice that.
            for {} lt(position, count) {
                position := add(position, 1)
            } {
                if gt(add(mload(pointer), allowed), span) {
                    break
                }
                pointer := add(pointer, 32)
            }
        }
    }

    /// @notice The most that an honest row can be off by in a round, if `sum` is what its entries' roundings add up to.
    function tolerance(uint256 sum) internal pure returns (uint256) {
        return sum << (RANGE_BITS - 1);
    }
}
