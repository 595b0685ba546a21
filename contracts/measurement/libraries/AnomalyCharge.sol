// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What the alarm costs each operator
/// @notice Paper 003, section 4.1, equation (1), with weights: a real meter i costs its operator `A (w r_i²/S - 1/|M|)`,
/// S the sum of w r² over all real meters. Over an operator's meters that is `A (S_o/S - m_o/|M|)`: it sums to zero over
/// the operators, is below A for a single meter, and is a gain for who is better than the average.
library AnomalyCharge {
    /// @notice What each seat gains (negative: is charged), times `scale`, rounded down: charges up, gains down.
    /// @param shares w r² by seat, in any common scale.
    /// @param meters How many meters each seat has.
    /// @param totalMeters |M|.
    /// @param penalty A, in credits, below 2^64.
    /// @param scale n - 1, below 2^7.
    function gains(
        uint256[] memory shares,
        uint256[] memory meters,
        uint256 totalMeters,
        uint256 penalty,
        uint256 scale
    ) internal pure returns (int256[] memory gain) {
        uint256 seats = shares.length;
        gain = new int256[](seats);
        uint256 total = 0;
        for (uint256 seat = 0; seat < seats; ++seat) total += shares[seat];
        if (total == 0) return gain;

        // 112 bits of S are kept, so that A·scale·S_o·|M| stays below 2^(64 + 7 + 112 + 15).
        uint256 bits = Math.log2(total) + 1;
        uint256 shift = bits > 112 ? bits - 112 : 0;
        total = 0;
        for (uint256 seat = 0; seat < seats; ++seat) total += shares[seat] >> shift;

        for (uint256 seat = 0; seat < seats; ++seat) {
            uint256 own = (shares[seat] >> shift) * totalMeters;
            uint256 average = total * meters[seat];
            uint256 whole = total * totalMeters;
            if (own > average) gain[seat] = -int256(Math.ceilDiv(penalty * scale * (own - average), whole));
            else gain[seat] = int256((penalty * scale * (average - own)) / whole);
        }
    }
}
