// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {Seats} from "./Seats.sol";

/**
 * @title Netting: what a settled slot does to everyone's credits
 *
 * @notice When operator o gains x_o credits in a slot, each of the n - 1 other operators pays x_o/(n - 1); when it
 * loses, each gains. The penalties for an anomaly, a_o, sum to 0 by themselves. What all this changes for operator
 * o, in units of 1/(n - 1) credits, is the whole number
 *
 *     Δ̃_o = (n - 1)·x_o - Σ_{p≠o} x_p + (n - 1)·a_o = n·x_o - Σx + (n - 1)·a_o .
 *
 * It is paid in whole credits, once for the slot, from the balances B_o at the slot's start:
 *
 * 1. With one operator nothing moves.
 * 2. Who has Δ̃_o < 0 pays p_o = min(⌈-Δ̃_o/(n - 1)⌉, B_o): rounded up, at most what it has.
 * 3. Who has Δ̃_o > 0 is due d_o = ⌊Δ̃_o/(n - 1)⌋: rounded down. With B_o = 0 it is due at most its own rewards:
 *    penalties that others cannot collect from it must not reach it as gains either.
 * 4. It receives d_o if Σp ≥ Σd, else ⌊d_o·Σp/Σd⌋.
 * 5. What is left of Σp goes to the operator on the remainder seat.
 *
 * Hence the sum of balances stays, none becomes negative, and none exceeds the sum.
 *
 * Bounds. Assumed: Σ B_o < 2²⁵⁶ (the consortium keeps it below 2¹²⁸). Nothing is assumed of Δ̃: with |Δ̃_o| ≤ 2²⁵⁵,
 * n operators are due at most n·⌊(2²⁵⁵ - 1)/(n - 1)⌋ < 2²⁵⁶ for n ≥ 2, and Σp ≤ Σ B_o. The product of step 4 is
 * taken in 512 bits, and its quotient is at most Σp as d_o ≤ Σd. Solidity divides signed numbers toward zero, so
 * that -Δ̃/(n - 1) would round debts down: the sign is taken off first.
 */
library Netting {
    /**
     * @notice The balances after a slot.
     * @param balances By seat, credits at the slot's start.
     * @param change By seat, Δ̃ in units of 1/(n - 1) credits.
     * @param ownReward By seat, credits: the cap of step 3.
     * @param remainderSeat An active seat.
     * @param activeSeats Bit map of the active seats, n of them. Entries of other seats are left alone.
     * @return updated By seat, credits after it. A new array.
     */
    function net(
        uint256[] memory balances,
        int256[] memory change,
        uint256[] memory ownReward,
        uint256 remainderSeat,
        uint256 activeSeats
    ) internal pure returns (uint256[] memory updated) {
        uint256 seats = balances.length;
        uint256 others = Seats.count(activeSeats);
        updated = new uint256[](seats);
        for (uint256 seat = 0; seat < seats; ++seat) updated[seat] = balances[seat];
        // With one operator nothing moves; with none there is nobody to move anything.
        if (others <= 1) return updated;

        // No sum overflows and no difference is negative, by the bounds above.
        unchecked {
            --others;
            uint256[] memory dues = new uint256[](seats);
            uint256 payments;
            uint256 totalDue;
            for (uint256 seat = 0; seat < seats; ++seat) {
                int256 delta = change[seat];
                if (delta == 0 || !Seats.contains(activeSeats, seat)) continue;
                uint256 balance = balances[seat];
                if (delta < 0) {
                    uint256 payment = paymentUp(delta, others, balance);
                    updated[seat] = balance - payment;
                    payments += payment;
                } else {
                    uint256 due = dueDown(delta, others, balance, ownReward[seat]);
                    dues[seat] = due;
                    totalDue += due;
                }
            }

            uint256 left = payments;
            for (uint256 seat = 0; seat < seats; ++seat) {
                uint256 due = dues[seat];
                if (due == 0) continue;
                uint256 received = payments < totalDue ? Math.mulDiv(due, payments, totalDue) : due;
                updated[seat] += received;
                left -= received;
            }
            updated[remainderSeat] += left;
        }
    }

    /// @notice Step 2: what an operator with `delta` < 0 pays, ⌈-delta/others⌉ or all of its balance.
    function paymentUp(int256 delta, uint256 others, uint256 balance) internal pure returns (uint256 payment) {
        return Math.min(Math.ceilDiv(SignedMath.abs(delta), others), balance);
    }

    /// @notice Step 3: what an operator with `delta` > 0 is due, ⌊delta/others⌋, capped while it has no balance.
    function dueDown(
        int256 delta,
        uint256 others,
        uint256 balance,
        uint256 ownReward
    ) internal pure returns (uint256 due) {
        due = SignedMath.abs(delta) / others;
        if (balance == 0) due = Math.min(due, ownReward);
    }
}
