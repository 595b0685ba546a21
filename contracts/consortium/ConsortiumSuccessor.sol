// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ConsortiumBase} from "./ConsortiumBase.sol";
import {IConsortium, IConsortiumSuccessor} from "./IConsortium.sol";

/// @title A consortium that takes over the members, seats and credits of another one
/// @notice It has no members until its predecessor was retired in its favour by vote; then anyone calls `adopt`.
contract ConsortiumSuccessor is ConsortiumBase, IConsortiumSuccessor {
    /// @inheritdoc IConsortiumSuccessor
    IConsortium public immutable predecessor;

    /// @notice The deployer holds the admin role until it calls `concludeSetup`, which it must before the vote.
    constructor(IConsortium predecessor_) {
        predecessor = predecessor_;
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
    }

    /**
     * @notice Takes over every seat with its account, name and credits, and empty seats as such. Anyone may, once.
     * Nodes are recorded anew by the members.
     * @custom:error ConsortiumNotSuccessor if the predecessor was not retired in favour of this contract.
     * @custom:error ConsortiumAlreadyAdopted, ConsortiumSumDiffers
     */
    function adopt() external {
        // Check: voted for, and not done yet.
        if (predecessor.successor() != address(this)) revert ConsortiumNotSuccessor(address(this));
        if (_seating.seatCount != 0) revert ConsortiumAlreadyAdopted();

        // Effect: seat by seat.
        Member[] memory list = predecessor.members();
        uint256 active = predecessor.activeSeats();
        uint256 sum = 0;
        for (uint256 seat = 0; seat < list.length; ++seat) {
            Member memory member = list[seat];
            if (member.active) {
                _seat(member.account, member.name, seat, member.credits);
                sum += member.credits;
            } else {
                _emptySeat(member.account, member.name, seat);
            }
        }
        // Casts: at most 88 seats; the sum is one of 64 bits, as is checked.
        _seating.activeSeats = uint88(active);
        _seating.seatCount = uint8(list.length);
        uint64 total = predecessor.totalCredits();
        if (sum != total) revert ConsortiumSumDiffers(sum, total);
        totalCredits = total;
        emit Adopted(address(predecessor), list.length, total);
    }

    /// @inheritdoc ConsortiumBase
    function hadSeat(address account) public view override returns (bool) {
        // While members are taken over, what they had there is no obstacle.
        return super.hadSeat(account) || (_seating.seatCount != 0 && predecessor.hadSeat(account));
    }
}
