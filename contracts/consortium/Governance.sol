// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "./IConsortium.sol";
import {IGovernance} from "./IGovernance.sol";

/// @title What members vote for, and when it is done
contract Governance is IGovernance {
    /// @inheritdoc IGovernance
    IConsortium public immutable consortium;

    Rules private _rules;

    constructor(IConsortium consortium_, Rules memory rules_) {
        consortium = consortium_;
        _setRules(rules_);
    }

    /// @inheritdoc IGovernance
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    function _setRules(Rules memory rules_) private {
        // Check: more than a half, so that two opposite proposals are not both carried; times that people can keep to.
        uint256 denominator = rules_.supermajorityDenominator;
        if (denominator == 0) revert GovernanceBadRules("supermajorityDenominator", denominator);
        uint256 numerator = rules_.supermajorityNumerator;
        if (2 * numerator <= denominator || numerator > denominator) {
            revert GovernanceBadRules("supermajorityNumerator", numerator);
        }
        _checkSeconds("votingSeconds", rules_.votingSeconds, 5 minutes);
        _checkSeconds("delaySeconds", rules_.delaySeconds, 1 minutes);
        _checkSeconds("executionSeconds", rules_.executionSeconds, 1 hours);
        if (rules_.confirmationDepth > 4096) revert GovernanceBadRules("confirmationDepth", rules_.confirmationDepth);

        // Effect.
        _rules = rules_;
        emit RulesChanged(rules_);
    }

    function _checkSeconds(string memory what, uint256 got, uint256 least) private pure {
        if (got < least || got > 90 days) revert GovernanceBadRules(what, got);
    }
}
