// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ChiSquare} from "../../../contracts/math/ChiSquare.sol";

/// @notice Calls the library from outside, for the comparison with the reference in TypeScript.
contract ChiSquareHarness {
    function thresholds(
        uint256[] memory freedom,
        uint256 normalQuantileQ32
    ) external pure returns (uint256[] memory thresholdsQ32) {
        thresholdsQ32 = new uint256[](freedom.length);
        for (uint256 i = 0; i < freedom.length; ++i) {
            thresholdsQ32[i] = ChiSquare.threshold(freedom[i], normalQuantileQ32);
        }
    }
}
