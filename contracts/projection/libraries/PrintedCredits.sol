// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title Credits as Algorithm 1 moves them: at each event, one after the other
 * @notice Paper 003, section 5.2, `changeDeposit`, and equation (1). Every function keeps the sum of the deposits: what one
 * gains is what others lost, after rounding. Its pseudocode was lost in the text that we have; `docs/projection.md` says
 * which sentence each rule comes from.
 */
library PrintedCredits {
    /// @notice The operator on `seat` earns `amount`: each other operator pays ⌊amount/(n-1)⌋, at most what it has, and the
    /// operator gets what they paid.
    function reward(uint256[] memory deposits, uint256 seat, uint256 amount) internal pure {
        uint256 count = deposits.length;
        if (count < 2) return;
        uint256 share = amount / (count - 1);
        uint256 paid = 0;
        for (uint256 other = 0; other < count; ++other) {
            if (other == seat) continue;
            uint256 pays = deposits[other] < share ? deposits[other] : share;
            deposits[other] -= pays;
            paid += pays;
        }
        deposits[seat] += paid;
    }

    /// @notice The operator on `seat` is fined `amount`, at most what it has: each other operator that has credits left gets
    /// ⌊fine/(n-1)⌋, and the operator pays what they got.
    function penalise(uint256[] memory deposits, uint256 seat, uint256 amount) internal pure {
        uint256 count = deposits.length;
        if (count < 2) return;
        uint256 fine = deposits[seat] < amount ? deposits[seat] : amount;
        uint256 share = fine / (count - 1);
        uint256 paid = 0;
        for (uint256 other = 0; other < count; ++other) {
            if (other == seat || deposits[other] == 0) continue;
            deposits[other] += share;
            paid += share;
        }
        deposits[seat] -= paid;
    }

    /// @notice The charge for an anomaly: who loses pays, at most what it has; who gains is paid from that, scaled down if it
    /// falls short; what is left over goes to `luckySeat`.
    /// @param gain By seat, credits; they sum to zero but for rounding.
    function applyAnomaly(uint256[] memory deposits, int256[] memory gain, uint256 luckySeat) internal pure {
        uint256 pot = 0;
        uint256 due = 0;
        for (uint256 seat = 0; seat < gain.length; ++seat) {
            // Casts: the sign was looked at.
            if (gain[seat] >= 0) {
                due += uint256(gain[seat]);
                continue;
            }
            uint256 charge = uint256(-gain[seat]);
            if (charge > deposits[seat]) charge = deposits[seat];
            deposits[seat] -= charge;
            pot += charge;
        }
        uint256 left = pot;
        for (uint256 seat = 0; seat < gain.length; ++seat) {
            if (gain[seat] <= 0) continue;
            uint256 paid = pot < due ? (uint256(gain[seat]) * pot) / due : uint256(gain[seat]);
            deposits[seat] += paid;
            left -= paid;
        }
        deposits[luckySeat] += left;
    }
}
