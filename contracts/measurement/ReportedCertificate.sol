// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "../grid/libraries/GridRecord.sol";
import {ChiSquare} from "../math/ChiSquare.sol";
import {IReportedCertificate} from "./IReportedCertificate.sol";
import {ISlotLedger} from "./ISlotLedger.sol";
import {GeneralCertificate} from "./libraries/GeneralCertificate.sol";
import {SlotInputs} from "./libraries/SlotInputs.sol";

/// @title Certificates of slots in which values are missing
/// @dev Has no state: a part of the ledger, which creates it, for the ledger's code has a bound.
contract ReportedCertificate is IReportedCertificate {
    /// @inheritdoc IReportedCertificate
    function evaluate(
        Slot calldata slot,
        bytes calldata angles,
        bytes calldata tree
    ) external view returns (Verdict memory verdict) {
        // Check: an angle for each bus, those of the references zero.
        GridRecord.Geometry memory g = slot.geometry;
        SlotInputs.checkAngles(g, angles);

        // Check: rows enough for residuals, and an over-statement that is proved to be small.
        GeneralCertificate.Evaluation memory e = GeneralCertificate.evaluate(
            g,
            slot.chunks,
            slot.values,
            angles,
            GridRecord.ANGLE_BYTES
        );
        uint256 overStatement = GeneralCertificate.treeBound(e, tree);
        // The tree has a row for each state.
        uint256 freedom = e.rows + g.roots - g.buses;
        if (freedom == 0) revert ISlotLedger.SlotLedgerNoRedundancy(slot.slot);
        uint256 digits = 2 * e.digits + g.weightDigits;
        uint256 thresholdQ32 = ChiSquare.threshold(freedom, slot.normalQuantileQ32);
        uint256 threshold = thresholdQ32 << (digits - 32);
        uint256 allowed = threshold / slot.overStatementDivisor;
        verdict.overStatementQ64 = overStatement >> (digits - 64);
        if (overStatement > allowed) {
            revert ISlotLedger.SlotLedgerOverStated(slot.slot, verdict.overStatementQ64, allowed >> (digits - 64));
        }

        verdict.objectiveQ32 = e.objective >> (digits - 32);
        verdict.thresholdQ32 = thresholdQ32;
        if (e.objective > threshold) verdict.shares = GeneralCertificate.seatShares(e, slot.meters);
    }
}
