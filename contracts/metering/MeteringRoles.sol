// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IConsortium} from "../consortium/IConsortium.sol";
import {IMeteringRoles} from "./IMeteringRoles.sol";
import {CompactSignature} from "./libraries/CompactSignature.sol";

/// @title Who does what in household metering
abstract contract MeteringRoles is IMeteringRoles, EIP712 {
    /// @dev By how much a clock may be ahead of the chain's, s.
    uint256 internal constant _AHEAD_SECONDS = 120;

    uint256 private constant _LEAST_INTERVAL = 1 minutes;
    uint256 private constant _MOST_INTERVAL = 1 days;
    uint256 private constant _MOST_SESSION = 30 days;

    /// @inheritdoc IMeteringRoles
    IConsortium public immutable consortium;

    uint256 internal immutable _intervalSeconds;
    uint256 internal immutable _sessionSeconds;
    uint256 internal immutable _overlapSeconds;

    /// @inheritdoc IMeteringRoles
    uint256 public utilitySeat;
    /// @inheritdoc IMeteringRoles
    mapping(address account => bool) public isConcentrator;

    /// @custom:error MeteringBadRules; ConsortiumNoSuchSeat
    constructor(IConsortium consortium_, uint256 utilitySeat_, Rules memory rules_) EIP712("GridProof Metering", "1") {
        if (rules_.intervalSeconds < _LEAST_INTERVAL || rules_.intervalSeconds > _MOST_INTERVAL) {
            revert MeteringBadRules("intervalSeconds", rules_.intervalSeconds);
        }
        if (rules_.sessionSeconds == 0 || rules_.sessionSeconds > _MOST_SESSION) {
            revert MeteringBadRules("sessionSeconds", rules_.sessionSeconds);
        }
        if (rules_.overlapSeconds >= rules_.sessionSeconds) {
            revert MeteringBadRules("overlapSeconds", rules_.overlapSeconds);
        }
        consortium = consortium_;
        _intervalSeconds = rules_.intervalSeconds;
        _sessionSeconds = rules_.sessionSeconds;
        _overlapSeconds = rules_.overlapSeconds;
        _appointUtility(consortium_, utilitySeat_);
    }

    /// @inheritdoc IMeteringRoles
    function appointUtility(uint256 seat) external {
        if (msg.sender != consortium.governance()) revert MeteringNotByVote(msg.sender);
        _appointUtility(consortium, seat);
    }

    /// @inheritdoc IMeteringRoles
    function appointConcentrator(address account) external {
        _checkUtility();
        _appoint(account);
    }

    /// @inheritdoc IMeteringRoles
    function dismissConcentrator(address account) external {
        _checkUtility();
        _dismiss(account);
    }

    /// @inheritdoc IMeteringRoles
    function replaceConcentrator(address lost, address account) external {
        _checkUtility();
        _dismiss(lost);
        _appoint(account);
    }

    /// @inheritdoc IMeteringRoles
    function rules() external view returns (Rules memory) {
        // Casts: they came as 32 bits.
        return Rules(uint32(_intervalSeconds), uint32(_sessionSeconds), uint32(_overlapSeconds));
    }

    function _checkUtility() internal view {
        uint256 seat = consortium.seatOf(msg.sender);
        if (seat != utilitySeat) revert MeteringNotUtility(msg.sender, seat, utilitySeat);
    }

    function _checkConcentrator() internal view {
        if (!isConcentrator[msg.sender]) revert MeteringNotConcentrator(msg.sender);
    }

    /// @dev Who signed a struct (EIP-712); the zero address if nobody did.
    function _signer(bytes32 structHash, bytes32 r, bytes32 vs) internal view returns (address) {
        return CompactSignature.signer(_hashTypedDataV4(structHash), r, vs);
    }

    function _appointUtility(IConsortium of_, uint256 seat) private {
        // Check: a seat that there is.
        of_.memberAt(seat);

        // Effect.
        utilitySeat = seat;
        emit UtilityAppointed(seat);
    }

    function _appoint(address account) private {
        if (account == address(0)) revert MeteringZeroAddress();
        if (isConcentrator[account]) revert MeteringAlreadyConcentrator(account);
        isConcentrator[account] = true;
        emit ConcentratorAppointed(account);
    }

    function _dismiss(address account) private {
        if (!isConcentrator[account]) revert MeteringNotConcentrator(account);
        isConcentrator[account] = false;
        emit ConcentratorDismissed(account);
    }
}
