// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium, IMemberFollower} from "../../../contracts/consortium/IConsortium.sol";
import {ISlotLedger} from "../../../contracts/measurement/ISlotLedger.sol";

/// @notice Stands for the slot ledger, and for its registry: a contract that redistributes whatever it is told, and in
/// which no slot and no version ever began.
contract LedgerStub is IMemberFollower {
    ISlotLedger.Terms public terms;

    event MemberRemoved(uint256 seat, address account);
    event AccountReplaced(uint256 seat, address from, address to);

    function redistribute(
        IConsortium consortium,
        int256[] calldata change,
        uint256[] calldata ownReward,
        uint256 remainderSeat
    ) external {
        consortium.netCredits(change, ownReward, remainderSeat);
    }

    function setTerms(ISlotLedger.Terms calldata terms_) external {
        terms = terms_;
    }

    function onMemberRemoved(uint256 seat, address account) external {
        emit MemberRemoved(seat, account);
    }

    function onAccountReplaced(uint256 seat, address from, address to) external {
        emit AccountReplaced(seat, from, to);
    }

    function registry() external view returns (address) {
        return address(this);
    }

    function nextSlot() external pure returns (uint256) {
        return 0;
    }

    function versionOf(uint256) external pure returns (uint24) {
        return 0;
    }

    function ownsMetersSince(uint256, uint24) external pure returns (bool) {
        return false;
    }
}
