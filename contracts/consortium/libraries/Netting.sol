// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PackedCredits} from "./PackedCredits.sol";
import {UncheckedArray} from "../../math/UncheckedArray.sol";
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
 * Bounds. Assumed: Σ B_o < 2¹²⁸ (the consortium keeps it so). Nothing is assumed of Δ̃: with |Δ̃_o| ≤ 2²⁵⁵,
 * n operators are due at most n·⌊(2²⁵⁵ - 1)/(n - 1)⌋ < 2²⁵⁶ for n ≥ 2, and Σp ≤ Σ B_o. The product of step 4 is
 * taken in 512 bits, and its quotient is at most Σp as d_o ≤ Σd. Solidity divides signed numbers toward zero, so
 * that -Δ̃/(n - 1) would round debts down: the sign is taken off first.
 */
library Netting {
    using UncheckedArray for int256[];
    using UncheckedArray for uint256[];

    /**
     * @notice What a slot moves.
     * @param words The credits at the slot's start, as `PackedCredits` packs them; of the seats that `change` and
     * `remainderSeat` speak of at least.
     * @param change By seat, Δ̃ in units of 1/(n - 1) credits. Seats beyond its end have 0.
     * @param ownReward By seat, credits: the cap of step 3. As long as `change`.
     * @param remainderSeat An active seat.
     * @param activeSeats Bit map of the active seats, n of them. Entries of other seats are left alone.
     * @param seats The length of `moved`: more than `remainderSeat`, at least the length of `change`.
     * @return moved By seat, credits gained (positive) or lost (negative). Sums to 0.
     */
    function net(
        uint256[] memory words,
        int256[] calldata change,
        uint256[] calldata ownReward,
        uint256 remainderSeat,
        uint256 activeSeats,
        uint256 seats
    ) internal pure returns (int256[] memory moved) {
        moved = new int256[](seats);
        uint256 others = Seats.count(activeSeats);
        // With one operator nothing moves; with none there is nobody to move anything.
        if (others <= 1) return moved;

        // No sum overflows and no difference is negative, by the bounds above. Casts: dues are below 2²⁵⁵, all else that
        // moves at most Σ B_o. Indices: `seat` is below the length of `change`, hence of `moved` and four times `words`.
        unchecked {
            --others;
            uint256 payments;
            uint256 totalDue;
            for (uint256 seat = 0; seat < change.length; ++seat) {
                int256 delta = change.readCalldata(seat);
                if (!Seats.contains(activeSeats, seat)) continue;
                uint256 balance = PackedCredits.inWord(words.read(seat / 4), seat);
                if (delta < 0) {
                    uint256 payment = paymentUp(delta, others, balance);
                    moved.write(seat, -int256(payment));
                    payments += payment;
                } else {
                    uint256 due = dueDown(delta, others);
                    if (balance == 0) due = Math.min(due, ownReward[seat]);
                    moved.write(seat, int256(due));
                    totalDue += due;
                }
            }

            if (payments < totalDue) totalDue = _scaleDown(moved, payments, totalDue);
            moved[remainderSeat] += int256(payments - totalDue);
        }
    }

    /// @notice Step 2: what an operator with `delta` < 0 pays, ⌈-delta/others⌉ or all of its balance.
    function paymentUp(int256 delta, uint256 others, uint256 balance) internal pure returns (uint256 payment) {
        // -delta is at least 1 and at most 2²⁵⁵, the latter for the least int256 too: 0 - 2²⁵⁵ ≡ 2²⁵⁵.
        unchecked {
            return Math.min(_quotient(0 - uint256(delta) - 1, others) + 1, balance);
        }
    }

    /// @notice Step 3 but for its cap: what an operator with `delta` ≥ 0 is due, ⌊delta/others⌋.
    function dueDown(int256 delta, uint256 others) internal pure returns (uint256 due) {
        return _quotient(uint256(delta), others);
    }

    /// @dev Equivalent to `dividend / divisor` for a divisor that is not 0; without a check of that, 45 gas less.
    function _quotient(uint256 dividend, uint256 divisor) private pure returns (uint256 quotient) {
        assembly ("memory-safe") {
            quotient := div(dividend, divisor)
        }
    }

    /// @dev Step 4, where payments fall short: dues become what is received of them.
    function _scaleDown(
        int256[] memory moved,
        uint256 payments,
        uint256 totalDue
    ) private pure returns (uint256 received) {
        // The sum is at most `payments`.
        unchecked {
            for (uint256 seat = 0; seat < moved.length; ++seat) {
                int256 due = moved.read(seat);
                if (due <= 0) continue;
                uint256 share = Math.mulDiv(uint256(due), payments, totalDue);
                moved.write(seat, int256(share));
                received += share;
            }
        }
    }
}
