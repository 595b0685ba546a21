// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Netting} from "../../../contracts/consortium/libraries/Netting.sol";

/// @notice Calls the library from outside, for the comparison with the reference in TypeScript.
contract NettingHarness {
    function net(
        uint256[] memory balances,
        int256[] memory change,
        uint256[] memory ownReward,
        uint256 remainderSeat,
        uint256 activeSeats
    ) external pure returns (uint256[] memory updated) {
        return Netting.net(balances, change, ownReward, remainderSeat, activeSeats);
    }
}
