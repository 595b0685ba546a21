// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AnomalyCharge} from "../../../contracts/measurement/libraries/AnomalyCharge.sol";

/// @notice Calls the library from outside, for the comparison with the reference in TypeScript.
contract AnomalyChargeHarness {
    function gains(
        uint256[] memory shares,
        uint256[] memory meters,
        uint256 totalMeters,
        uint256 penalty,
        uint256 scale
    ) external pure returns (int256[] memory gain) {
        return AnomalyCharge.gains(shares, meters, totalMeters, penalty, scale);
    }
}
