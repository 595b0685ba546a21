// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The threshold of the chi-square test
library ChiSquare {
    /// @notice The quantile of the chi-square distribution with `freedom` degrees of freedom that belongs to the normal
    /// quantile q, by Wilson and Hilferty: `k (1 - 2/(9k) + q √(2/(9k)))³`.
    /// @dev Against the exact quantile it is off by at most 0.2 % for k >= 10 and a false alarm rate of 1 % or more (1.2 %
    /// for 0.01 %), less as k grows (0.01 % at k = 100), and by up to 8 % at k = 1. In fixed point it is off from the
    /// formula by less than 2^-28 relative.
    /// @param freedom k, from 1 to 2^16.
    /// @param normalQuantileQ32 q times 2^32, from 0 to 8.
    /// @return thresholdQ32 The quantile times 2^32, rounded down.
    function threshold(uint256 freedom, uint256 normalQuantileQ32) internal pure returns (uint256 thresholdQ32) {
        uint256 a = (2 << 64) / (9 * freedom);
        uint256 x = (1 << 64) - a + ((normalQuantileQ32 * Math.sqrt(a << 64)) >> 32);
        uint256 cube = (((x * x) >> 64) * x) >> 64;
        return (freedom * cube) >> 32;
    }
}
