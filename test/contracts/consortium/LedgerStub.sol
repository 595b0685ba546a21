// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium, IMemberFollower} from "../../../contracts/consortium/IConsortium.sol";

/// @notice Stands for the slot ledger: a contract that redistributes whatever it is told.
contract LedgerStub is IMemberFollower {
    event MemberRemoved(uint256 seat, address account);
    event AccountReplaced(uint256 seat, address from, address to);

    function redistribute(
        IConsortium consortium,
        int256[] calldata change,
        uint256[] calldata ownReward,
        uint256 remainderSeat
    ) external {
        consortium.redistribute(change, ownReward, remainderSeat);
    }

    function onMemberRemoved(uint256 seat, address account) external {
        emit MemberRemoved(seat, account);
    }

    function onAccountReplaced(uint256 seat, address from, address to) external {
        emit AccountReplaced(seat, from, to);
    }
}
