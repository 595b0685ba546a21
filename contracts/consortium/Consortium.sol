// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ConsortiumBase} from "./ConsortiumBase.sol";

/// @title A consortium that its founders pay in to
contract Consortium is ConsortiumBase {
    /**
     * @notice Founds the consortium. The deployer holds the admin role until it calls `concludeSetup`.
     * @param founders The first members; they get seats 0, 1, … in this order.
     * @param deposit Credits that each founder starts with.
     * @custom:error ConsortiumNoFounders, ConsortiumZeroDeposit, ConsortiumTooManySeats, ConsortiumDepositTooLarge,
     * ConsortiumZeroAddress, ConsortiumAlreadyMember
     */
    constructor(Founder[] memory founders, uint64 deposit) {
        // Check: at least one founder, no more than there are seats, and a sum of credits that fits in 64 bits.
        uint256 count = founders.length;
        if (count == 0) revert ConsortiumNoFounders();
        if (count > MAX_SEATS) revert ConsortiumTooManySeats(count, MAX_SEATS);
        if (deposit == 0) revert ConsortiumZeroDeposit();
        uint256 total = count * deposit;
        if (total > type(uint64).max) revert ConsortiumDepositTooLarge(total, type(uint64).max);

        // Effect: seats, credits and roles.
        // Casts: count ≤ 88, and 2^count - 1 < 2^88 with it; total was checked.
        _seating = Seating(address(0), uint88((1 << count) - 1), uint8(count));
        totalCredits = uint64(total);
        for (uint256 seat = 0; seat < count; ++seat) {
            _seat(founders[seat].account, founders[seat].name, seat, deposit);
        }
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
    }
}
