// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "../grid/libraries/GridRecord.sol";

/// @title Slots without alarm, several at once
///
/// @notice Of every angles θ submitted for a slot, J(θ) is at least J at the least-squares solution. So a J(θ) of at most τ, computed
/// exactly, proves that there is no alarm in the slot, whatever θ is and whoever brings it: nothing has to be known of how
/// much J is over-stated, and nothing is drawn at random. See `docs/catching-up.md`.
interface IQuietSlots {
    /// @notice Consecutive slots under one grid version and one threshold.
    struct Slots {
        uint256 first;
        uint256 count;
        GridRecord.Geometry geometry;
        /// The version's, all that hold records or ranges.
        address[] chunks;
        /// Meters, by seat.
        uint256[] meters;
        /// The ring's words, by slot, then seat; of seats that own no meters they do not matter.
        uint256[] words;
        /// τ times 2^32.
        uint256 thresholdQ32;
    }

    /// @notice J of each slot, times 2^32, rounded up: at most τ, or the call reverts.
    /// @param values The batches, by slot, then seat.
    /// @param supplements The supplements, by slot, then seat, each preceded by its length in bytes (24 bits).
    /// @param angles Five bytes for each bus, by slot, then in the order of the version's tree.
    /// @custom:error SlotLedgerValuesLength, SlotLedgerSupplementsLength, SlotLedgerAnglesLength: of all slots together
    /// @custom:error SlotLedgerValuesMismatch, SlotLedgerValueMissing, SlotLedgerReferenceAngleOf, SlotLedgerAlarm: of a
    /// slot, the first of its pair that fails
    function objectives(
        Slots calldata slots,
        bytes calldata values,
        bytes calldata supplements,
        bytes calldata angles
    ) external view returns (uint256[] memory objectivesQ32);
}
