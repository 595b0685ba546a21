// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Freivalds} from "../../../contracts/math/Freivalds.sol";

/// @notice The library from outside, and a row that is checked over and over.
contract FreivaldsHarness {
    function draw(bytes32 seed, uint256 length) external pure returns (int256[] memory) {
        return Freivalds.draw(seed, length);
    }

    /// @notice The vectors, packed and taken apart again.
    function packAndSplit(bytes32 seed, uint256 length, uint256 room) external pure returns (int256[] memory all) {
        int256[] memory packed = Freivalds.pack(Freivalds.draw(seed, length), room);
        all = new int256[](2 * packed.length);
        for (uint256 i = 0; i < packed.length; ++i) (all[2 * i], all[2 * i + 1]) = Freivalds.split(packed[i]);
    }

    function split(int256 word) external pure returns (int256 low, int256 high) {
        return Freivalds.split(word);
    }

    function firstBeyond(int256[] memory numbers, uint256 allowed) external pure returns (uint256) {
        uint256 pointer;
        assembly ("memory-safe") {
            pointer := add(numbers, 32)
        }
        return Freivalds.firstBeyond(pointer, numbers.length, allowed);
    }

    /// @notice How many of `trials` seeds a row of D passes in all rounds, and in how many rounds altogether.
    /// @param sum What the tolerance is made of: the roundings that the row is allowed, added up.
    function passes(
        int256[] memory d,
        uint256 sum,
        uint256 trials
    ) external pure returns (uint256 inAllRounds, uint256 rounds) {
        uint256 allowed = Freivalds.tolerance(sum);
        for (uint256 trial = 0; trial < trials; ++trial) {
            int256[] memory vectors = Freivalds.draw(keccak256(abi.encode(trial, d)), d.length);
            uint256 passed = 0;
            for (uint256 round = 0; round < Freivalds.ROUNDS; ++round) {
                int256 product = 0;
                // Modulo 2^256, as the contracts do it.
                unchecked {
                    for (uint256 j = 0; j < d.length; ++j) product += d[j] * vectors[Freivalds.ROUNDS * j + round];
                    if (uint256(product) + allowed <= 2 * allowed) ++passed;
                }
            }
            rounds += passed;
            if (passed == Freivalds.ROUNDS) ++inAllRounds;
        }
    }
}
