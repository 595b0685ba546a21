// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IGridRegistry} from "../grid/IGridRegistry.sol";
import {GridRecord} from "../grid/libraries/GridRecord.sol";
import {ChiSquare} from "../math/ChiSquare.sol";
import {IFactoredCertificate} from "./IFactoredCertificate.sol";
import {ISlotLedger} from "./ISlotLedger.sol";
import {GeneralCertificate} from "./libraries/GeneralCertificate.sol";
import {SlotCertificate} from "./libraries/SlotCertificate.sol";

/// @title The certificate of a slot under a factored version
/// @dev Thin over `GeneralCertificate`. Created by the slot ledger.
contract FactoredCertificate is IFactoredCertificate {
    /// @dev Where the proved bounds are.
    IGridRegistry private immutable _REGISTRY;

    constructor(IGridRegistry registry) {
        _REGISTRY = registry;
    }

    /// @inheritdoc IFactoredCertificate
    function judge(
        Slot calldata slot,
        GridRecord.Geometry calldata g,
        address[] calldata chunks,
        bytes calldata values,
        bytes calldata angles,
        uint256[] calldata meters
    ) external view returns (Verdict memory verdict) {
        // Check: an angle for each bus, and a certificate that holds. J counts in 2^-digits.
        _checkAngles(g, angles);
        GeneralCertificate.Evaluation memory e = GeneralCertificate.evaluate(
            g,
            chunks,
            values,
            angles,
            GridRecord.FINE_ANGLE_BYTES
        );
        uint256 bound = GeneralCertificate.eigenBound(e, _REGISTRY.factorProof().eigenBound(slot.version));
        uint256 digits = 2 * e.digits + g.weightDigits;
        uint256 freedom = uint256(g.meters) + g.virtualRows + g.roots - g.buses;
        verdict.thresholdQ32 = ChiSquare.threshold(freedom, slot.normalQuantileQ32);
        // Below 2^49·2^(128 + 64 - 32).
        uint256 threshold = verdict.thresholdQ32 << (digits - 32);
        uint256 allowed = threshold / slot.overStatementDivisor;
        verdict.overStatementQ64 = bound >> (digits - 64);
        // From 2^-(2·64 + weightDigits) to the scale of `SlotCertificate`, and its bound.
        verdict.objective = e.objective >> (2 * (e.digits - SlotCertificate.FLOW_DIGITS));
        if (bound > allowed || verdict.objective >= 1 << 176) {
            revert ISlotLedger.SlotLedgerOverStated(slot.slot, verdict.overStatementQ64, allowed >> (digits - 64));
        }

        // What the ledger puts on record.
        verdict.objectiveQ32 = e.objective >> (digits - 32);
        if (e.objective > threshold) verdict.shares = GeneralCertificate.seatShares(e, meters);
    }

    /// @dev There is an angle for each bus, and those of the references are zero.
    function _checkAngles(GridRecord.Geometry calldata g, bytes calldata angles) private pure {
        uint256 want = GridRecord.FINE_ANGLE_BYTES * g.buses;
        if (angles.length != want) revert ISlotLedger.SlotLedgerAnglesLength(angles.length, want);
        for (uint256 i = 0; i < g.roots; ++i) {
            uint256 start = GridRecord.FINE_ANGLE_BYTES * i;
            bytes8 angle = bytes8(angles[start:start + GridRecord.FINE_ANGLE_BYTES]);
            if (angle != 0) revert ISlotLedger.SlotLedgerReferenceAngle(i);
        }
    }
}
