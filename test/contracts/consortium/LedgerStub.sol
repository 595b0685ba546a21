// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../../../contracts/consortium/IConsortium.sol";

/// @notice Stands for the slot ledger: a contract that redistributes whatever it is told.
contract LedgerStub {
    function redistribute(
        IConsortium consortium,
        int256[] calldata change,
        uint256[] calldata ownReward,
        uint256 remainderSeat
    ) external {
        consortium.redistribute(change, ownReward, remainderSeat);
    }
}
