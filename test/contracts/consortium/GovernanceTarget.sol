// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IGovernance} from "../../../contracts/consortium/IGovernance.sol";

/// @notice What proposals of the tests call.
contract GovernanceTarget {
    uint256[] private _heard;

    error GovernanceTargetRefused(uint256 what);

    function hear(uint256 what) external {
        _heard.push(what);
    }

    function refuse(uint256 what) external pure {
        revert GovernanceTargetRefused(what);
    }

    function failSilently() external pure {
        assembly ("memory-safe") {
            revert(0, 0)
        }
    }

    /// @notice Executes another proposal from within one, or the same.
    function executeFromWithin(IGovernance governance, uint256 id, IGovernance.Call[] calldata calls) external {
        governance.execute(id, calls);
    }

    function heard() external view returns (uint256[] memory) {
        return _heard;
    }
}
