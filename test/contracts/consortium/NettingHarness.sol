// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Netting} from "../../../contracts/consortium/libraries/Netting.sol";
import {PackedCredits} from "../../../contracts/consortium/libraries/PackedCredits.sol";

/// @notice Calls the library from outside, with balances by seat before and after in place of packed words.
contract NettingHarness {
    function net(
        uint256[] memory balances,
        int256[] calldata change,
        uint256[] calldata ownReward,
        uint256 remainderSeat,
        uint256 activeSeats
    ) external pure returns (uint256[] memory updated) {
        uint256[] memory words = new uint256[]((balances.length + 3) / 4);
        for (uint256 seat = 0; seat < balances.length; ++seat) {
            require(balances[seat] < 1 << 64, "a balance of more than 64 bits");
            words[seat / 4] |= balances[seat] << (64 * (seat % 4));
        }
        int256[] memory moved = Netting.net(words, change, ownReward, remainderSeat, activeSeats, balances.length);
        updated = new uint256[](balances.length);
        for (uint256 seat = 0; seat < balances.length; ++seat) {
            int256 credits = int256(balances[seat]) + moved[seat];
            require(credits >= 0 && credits < 1 << 64, "a balance left its quarter of the word");
            updated[seat] = uint256(credits);
        }
    }
}
