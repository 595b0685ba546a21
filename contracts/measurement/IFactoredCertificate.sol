// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "../grid/libraries/GridRecord.sol";

/// @title The certificate of a slot under a factored version
/// @notice Such a version has no tree to bound the over-statement by; `η = Σ ⌈g_i²/μ⌉` with the proved bound μ on the smallest
/// eigenvalue of the gain matrix (`IFactorProof`) does it, for angles of 8 bytes (`GeneralCertificate`). Holds no state.
interface IFactoredCertificate {
    /// @notice Which slot, and how J is judged.
    struct Slot {
        uint256 slot;
        /// A factored version that is proved.
        uint24 version;
        /// Normal quantile of the false alarm rate, times 2^32.
        uint256 normalQuantileQ32;
        /// An accepted estimate over-states J by at most τ divided by this.
        uint256 overStatementDivisor;
    }

    /// @notice What was found.
    struct Verdict {
        /// J, times 2^(80 + weightDigits), rounded down; below 2^176.
        uint256 objective;
        uint256 objectiveQ32;
        uint256 thresholdQ32;
        uint256 overStatementQ64;
        /// The part of each seat's meters in J, in a common scale, if J is above τ; else empty.
        uint256[] shares;
    }

    /// @notice Evaluates angles against values; reverts unless η is small enough.
    /// @param slot The slot.
    /// @param g Sizes of the version.
    /// @param chunks Its chunks, as far as a settlement needs them.
    /// @param values Packed values, by meter, all there and in range, followed by one zero value.
    /// @param angles Packed angles, 8 bytes each, by tree record.
    /// @param meters How many meters each seat has.
    /// @custom:error SlotLedgerAnglesLength, SlotLedgerReferenceAngle, SlotLedgerOverStated, GeneralCertificateTooFar
    function judge(
        Slot calldata slot,
        GridRecord.Geometry calldata g,
        address[] calldata chunks,
        bytes calldata values,
        bytes calldata angles,
        uint256[] calldata meters
    ) external view returns (Verdict memory verdict);
}
