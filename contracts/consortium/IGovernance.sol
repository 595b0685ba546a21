// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "./IConsortium.sol";

/// @title What members vote for, and when it is done
interface IGovernance {
    /// @notice How votes are held, and what no other contract keeps.
    struct Rules {
        /// The part of the active seats that carries a proposal: more than a half, at most all.
        uint16 supermajorityNumerator;
        uint16 supermajorityDenominator;
        /// How long a proposal can be voted on.
        uint32 votingSeconds;
        /// From when a proposal is carried to when it may be executed.
        uint32 delaySeconds;
        /// From then on, how long it may be executed.
        uint32 executionSeconds;
        /// Blocks on top of one that workers wait for before they rely on it.
        uint16 confirmationDepth;
    }

    /// @notice The rules are these from now on.
    event RulesChanged(Rules rules);

    /// @notice The rule `what` is out of bounds at `got`.
    error GovernanceBadRules(string what, uint256 got);

    /// @notice Whose members vote.
    function consortium() external view returns (IConsortium);

    /// @notice The rules.
    function rules() external view returns (Rules memory);
}
