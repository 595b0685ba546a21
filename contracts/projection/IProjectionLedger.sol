// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ISlotLedger} from "../measurement/ISlotLedger.sol";

/// @title Algorithm 1 as the paper prints it: a measurement a transaction, which finalises what is due
///
/// @notice The baseline that `SlotLedger` is compared with (paper 003, sections 4.1 and 5.2). Slot s lasts from
/// `genesis + s·slotSeconds` for `slotSeconds`; values are taken until `cutOffSlots` slots after its end. A value has a
/// storage word of its own (section 5.4, the third optimisation). Finalising multiplies the values by the stored P.
///
/// A slot is settled under the model that was in force when it opened. Deposits are kept here: there is no consortium, and
/// nobody joins, leaves, or transfers.
interface IProjectionLedger {
    /// @notice How time is cut.
    struct Clock {
        /// Seconds: the start of slot 0.
        uint40 genesis;
        uint32 slotSeconds;
        /// T: slots from a slot's end to its cut-off.
        uint16 cutOffSlots;
    }

    event MeasurementProcessed(uint256 indexed slot, uint256 indexed meter, int256 value);
    /// @notice All meters reported. J and τ are times 2^32.
    event SlotFinalised(uint256 indexed slot, uint256 objectiveQ32, uint256 thresholdQ32);
    /// @notice `missing` values were missing; nothing was estimated.
    event SlotFinalisedIncomplete(uint256 indexed slot, uint256 missing);

    /// @notice A term is out of bounds.
    error ProjectionLedgerBadTerms(string what, uint256 got);
    /// @notice `slot` starts at `opensAt`, and it is `time`.
    error ProjectionLedgerNotOpen(uint256 slot, uint256 opensAt, uint256 time);
    /// @notice The cut-off of `slot` was at `cutOff`, and it is `time`.
    error ProjectionLedgerCutOff(uint256 slot, uint256 cutOff, uint256 time);
    /// @notice `account` has seat `got`; the meter belongs to seat `want`.
    error ProjectionLedgerNotOwner(address account, uint256 got, uint256 want);
    /// @notice The meter has a value for `slot` already.
    error ProjectionLedgerAlreadyReported(uint256 slot, uint256 meter);
    /// @notice The next slot, `slot`, is not due before `cutOff`, and it is `time`.
    error ProjectionLedgerNotDue(uint256 slot, uint256 cutOff, uint256 time);

    /**
     * @notice Takes the value of one meter for one slot, from its owner; then finalises the next slot, if its cut-off is
     * over. One slot at most: a slot takes a transaction for each of its meters, so that finalising never falls behind.
     * @param value Counts.
     * @custom:error ProjectionLedgerNotOpen, ProjectionLedgerCutOff, ProjectionLedgerNotOwner,
     * ProjectionLedgerAlreadyReported, ProjectionModelNotOperator, ProjectionModelNoSuchMeter
     */
    function processMeasurement(uint256 slot, uint256 meter, int32 value) external;

    /// @notice Finalises the next slot, when nobody has a value to bring. Anyone may. @custom:error ProjectionLedgerNotDue
    function finaliseTimeSlot() external;

    /// @notice The credits of each operator, by seat.
    function deposits() external view returns (uint256[] memory);

    /// @notice The slot that is finalised next.
    function nextSlot() external view returns (uint256);

    /// @notice What the operators agreed on; as in the main ledger.
    function terms() external view returns (ISlotLedger.Terms memory);
}
