// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ISlotRules} from "./ISlotRules.sol";
import {IReportedCertificate} from "./IReportedCertificate.sol";
import {IConsortium} from "../consortium/IConsortium.sol";
import {IGridRegistry} from "../grid/IGridRegistry.sol";
import {IQuietSlots} from "./IQuietSlots.sol";
import {ISuspects} from "./ISuspects.sol";

/// @title The measurements of each slot, and their settlement
///
/// @notice Time is cut into slots of `slotSeconds`, numbered through, without gaps. An operator uploads
/// one batch for a slot, and at most one supplement for values that were missing, from the start of the slot to its
/// cut-off, `cutOffSlots` after its end. Where `commitSlots` is not 0, so that nobody can fit its values to those of
/// others, it instead commits to its batch until `commitSlots` after the slot's end, and shows it from then to the
/// cut-off; there is no supplement then, and what is not shown is missing. After the cut-off anyone settles the slot, in the order of the slots, once (paper 003,
/// sections 4.1 and 5.2, Algorithm 1):
///
/// * `settle` if every meter reported: with angles whose certificate proves that J is over-stated by at most 10⁻⁶ τ;
/// * `settleMany`, several slots at once, if every meter reported in each and there is an alarm in none: with angles whose J is at
///   most τ;
/// * `closeIncomplete` if some did not, or if nobody settled it for `expirySlots` after the cut-off: on rewards and
///   penalties for missing values alone;
/// * where `penaliseIncomplete` holds, `settleIncomplete` if some did not: with a certificate over the reported values. An
///   incomplete slot can then be closed without one only when a grace has passed since the cut-off: `expirySlots`, but at most
///   64 slots.
///
/// All of these rules change by vote, from a slot on that has not begun; slots before it keep those of before.
///
/// State keeps a word for each operator and slot, in a ring that is reused; values are in the calldata of the transactions
/// that the events name.
///
/// A batch is a signed 24-bit big-endian integer for each meter of the operator, in the order of the version's directory;
/// -2^23 marks a missing value. A supplement is, for each value that it brings, the position in the batch (16 bits) and
/// the value (24 bits), ascending. The first value of a meter counts. A value outside its meter's range counts as missing.
interface ISlotLedger {
    /// @notice What the members agreed on.
    struct Terms {
        /// R: credits that each reported value earns its operator.
        uint64 reward;
        /// Q: credits that each missing value costs its operator (the paper's P).
        uint64 missingPenalty;
        /// A: more than an anomaly can cost for one meter.
        uint64 anomalyPenalty;
        /// The normal quantile of the false alarm rate α, times 2^32.
        uint40 normalQuantileQ32;
        /// Whether an anomaly costs credits in a slot with missing values, too.
        bool penaliseIncomplete;
    }

    /// @notice How time is cut.
    struct Clock {
        /// Seconds: the start of the first slot that goes by it; of slot 0 at the foundation.
        uint40 genesis;
        uint32 slotSeconds;
        /// T: slots from a slot's end to its cut-off.
        uint16 cutOffSlots;
        /// Slots from the cut-off until a slot may be closed without a certificate.
        uint16 expirySlots;
        /// Slots from a slot's end until commitments end and values are shown, below T; 0: values are uploaded at once.
        uint8 commitSlots;
    }

    /// @notice The values are in the calldata of this transaction.
    event BatchUploaded(uint256 indexed slot, uint256 indexed seat);
    /// @notice The entries are in the calldata of this transaction.
    event SupplementUploaded(uint256 indexed slot, uint256 indexed seat);
    /// @notice The seat committed to a batch.
    event BatchCommitted(uint256 indexed slot, uint256 indexed seat);
    /// @notice A slot of which `missing` values were missing is settled on the others; figures as for `SlotSettled`.
    event IncompleteSlotSettled(
        uint256 indexed slot,
        uint256 missing,
        uint256 objectiveQ32,
        uint256 thresholdQ32,
        uint256 overStatementQ64
    );
    /// @notice A complete slot is settled. Objective and threshold are times 2^32, the proven over-statement times 2^64.
    event SlotSettled(uint256 indexed slot, uint256 objectiveQ32, uint256 thresholdQ32, uint256 overStatementQ64);
    /// @notice A complete slot is settled together with others, without alarm: its J is at most `objectiveQ32`, which is at most the
    /// threshold. Both are times 2^32. How much smaller J is for the least-squares solution is not known.
    event QuietSlotSettled(uint256 indexed slot, uint256 objectiveQ32, uint256 thresholdQ32);
    /// @notice A slot is closed without an estimate; `missing` values were missing.
    event SlotClosedIncomplete(uint256 indexed slot, uint256 missing);

    /// @notice A term is out of bounds.
    error SlotLedgerBadTerms(string what, uint256 got);
    /// @notice Uploads come in a transaction of their own, not through or from contract `caller`: a settlement needs their values,
    /// which are kept nowhere but in the transaction.
    error SlotLedgerIndirect(address caller);
    /// @notice Only the ledger's own rules say which hold.
    error SlotLedgerNotRules(address caller);
    /// @notice Rules change by vote alone.
    error SlotLedgerNotGovernance(address caller);
    /// @notice The rules change from slot `firstSlot` on already; the next change has to wait until `nextSlot` has come there.
    error SlotLedgerRulesPending(uint256 firstSlot, uint256 nextSlot);
    /// @notice In `slot`, batches are committed to first and shown later, and there are no supplements.
    error SlotLedgerCommitFirst(uint256 slot);
    /// @notice In `slot`, batches are uploaded at once.
    error SlotLedgerNoCommitments(uint256 slot);
    /// @notice Commitments for `slot` ended at `end`, and it is `time`.
    error SlotLedgerCommitOver(uint256 slot, uint256 end, uint256 time);
    /// @notice `seat` committed to a batch for `slot` already.
    error SlotLedgerAlreadyCommitted(uint256 slot, uint256 seat);
    /// @notice Batches for `slot` are shown from `from` on, and it is `time`.
    error SlotLedgerRevealTooEarly(uint256 slot, uint256 from, uint256 time);
    /// @notice `seat` committed to nothing for `slot`.
    error SlotLedgerNoCommitment(uint256 slot, uint256 seat);
    /// @notice Values and salt are not those that `seat` committed to for `slot`.
    error SlotLedgerCommitmentMismatch(uint256 slot, uint256 seat);
    /// @notice By the rules of `slot`, an anomaly costs nothing where values are missing: close it without a certificate.
    error SlotLedgerNotPenalised(uint256 slot);
    /// @notice Nothing is missing in `slot`: settle it with a certificate over all values.
    error SlotLedgerComplete(uint256 slot);
    /// @notice By the rules of `slot`, in which values are missing, there is time for a certificate until `graceEnd`.
    error SlotLedgerCertificateDue(uint256 slot, uint256 graceEnd);
    /// @notice The reported values of `slot` are no more than its states: nothing can be told from their residuals.
    error SlotLedgerNoRedundancy(uint256 slot);
    /// @notice Only the grid registry says which version holds.
    error SlotLedgerNotRegistry(address caller);
    /// @notice Only the consortium says whose seat is whose, and when the ledger is retired.
    error SlotLedgerNotConsortium(address caller);
    /// @notice The ledger is retired by vote: `slot` belongs to the one that follows.
    error SlotLedgerRetired(uint256 slot);
    /// @notice `slot` starts at `start`: it began already, or never will. The ledger can be retired from a later slot on.
    error SlotLedgerSlotBegun(uint256 slot, uint256 start);
    /// @notice No grid version is in force at the start of `slot`.
    error SlotLedgerNoVersion(uint256 slot);
    /// @notice Slots are numbered in 40 bits.
    error SlotLedgerNoSuchSlot(uint256 slot);
    /// @notice `slot` starts at `opensAt`, and it is `time`.
    error SlotLedgerNotOpen(uint256 slot, uint256 opensAt, uint256 time);
    /// @notice The cut-off of `slot` was at `cutOff`, and it is `time`.
    error SlotLedgerCutOff(uint256 slot, uint256 cutOff, uint256 time);
    /// @notice `slot` is more than the ring's length ahead of `nextSlot`, which has to be settled first.
    error SlotLedgerRingFull(uint256 slot, uint256 nextSlot);
    /// @notice `account` owns no meter in the version of `slot`.
    error SlotLedgerNotOwner(uint256 slot, address account);
    /// @notice A batch of `want` bytes is due, `got` came.
    error SlotLedgerBatchLength(uint256 got, uint256 want);
    /// @notice `seat` uploaded its batch for `slot` already.
    error SlotLedgerAlreadyUploaded(uint256 slot, uint256 seat);
    /// @notice A supplement follows a batch; `seat` has none for `slot`.
    error SlotLedgerNoBatch(uint256 slot, uint256 seat);
    /// @notice `seat` uploaded its supplement for `slot` already.
    error SlotLedgerAlreadySupplemented(uint256 slot, uint256 seat);
    /// @notice A supplement has 5 bytes for each value and at least one value, not `got` bytes.
    error SlotLedgerSupplementLength(uint256 got);
    /// @notice Entry `entry` of a supplement names position `position`: not ascending, or not below `meters`.
    error SlotLedgerSupplementPosition(uint256 entry, uint256 position, uint256 meters);
    /// @notice A supplement of the caller may have `most` entries, its share of what a settlement has room for, not `got`.
    error SlotLedgerSupplementTooLong(uint256 got, uint256 most);
    /// @notice `slot` cannot be settled: `nextSlot` is next.
    error SlotLedgerOutOfOrder(uint256 slot, uint256 nextSlot);
    /// @notice `slot` cannot be settled before `cutOff`, and it is `time`.
    error SlotLedgerTooEarly(uint256 slot, uint256 cutOff, uint256 time);
    /// @notice The batches brought for settlement have `got` bytes, those uploaded `want`.
    error SlotLedgerValuesLength(uint256 got, uint256 want);
    /// @notice What was brought as the batch (and supplement) of `seat` is not what it uploaded.
    error SlotLedgerValuesMismatch(uint256 slot, uint256 seat);
    /// @notice The supplements brought for settlement end early, or go on after the last.
    error SlotLedgerSupplementsLength(uint256 got, uint256 want);
    /// @notice There is an angle of 5 bytes (8 under a factored version) for each bus: `want` bytes, not `got`.
    error SlotLedgerAnglesLength(uint256 got, uint256 want);
    /// @notice The angle of a reference bus, tree record `record`, is zero by definition.
    error SlotLedgerReferenceAngle(uint256 record);
    /// @notice `seat` uploaded nothing for `slot`: close it as incomplete.
    error SlotLedgerBatchMissing(uint256 slot, uint256 seat);
    /// @notice Some value of `slot` is missing or outside its meter's range: close it as incomplete.
    error SlotLedgerValueMissing(uint256 slot);
    /// @notice The angles over-state J by up to `overStatementQ64`; at most `allowedQ64` is accepted (both times 2^64).
    error SlotLedgerOverStated(uint256 slot, uint256 overStatementQ64, uint256 allowedQ64);
    /// @notice From 1 to `most` slots can be settled at once, not `got`.
    error SlotLedgerSlotCount(uint256 got, uint256 most);
    /// @notice Slots are settled at once under one grid version: `slot` has `got`, the first one `want`.
    error SlotLedgerOtherVersion(uint256 slot, uint24 got, uint24 want);
    /// @notice The angle of a reference bus, tree record `record`, is zero by definition; that for `slot` is not.
    error SlotLedgerReferenceAngleOf(uint256 slot, uint256 record);
    /// @notice Slots are settled at once under one set of rules, which change at `firstSlot`.
    error SlotLedgerOtherRules(uint256 firstSlot);
    /// @notice J of the angles for `slot` is above τ (both times 2^32, J rounded up): it is settled by itself.
    error SlotLedgerAlarm(uint256 slot, uint256 objectiveQ32, uint256 thresholdQ32);
    /// @notice Nothing is missing in `slot`: it needs a certificate until `expiry`.
    error SlotLedgerNothingMissing(uint256 slot, uint256 expiry);

    /// @notice Uploads the caller's batch for a slot.
    /// @param slot The slot.
    /// @param values Three bytes for each of the caller's meters.
    function upload(uint256 slot, bytes calldata values) external;

    /// @notice Commits to the caller's batch, in a slot in which that comes first.
    /// @param commitment keccak256(abi.encode(slot, seat, salt, keccak256(values))), with a salt that nobody can guess.
    function commit(uint256 slot, bytes32 commitment) external;

    /// @notice Shows the batch that the caller committed to.
    /// @param values As for `upload`.
    /// @param salt That of the commitment.
    function reveal(uint256 slot, bytes calldata values, bytes32 salt) external;

    /// @notice Uploads values that the caller's batch was missing.
    /// @param slot The slot.
    /// @param entries Five bytes for each value.
    function supplement(uint256 slot, bytes calldata entries) external;

    /// @notice Settles the next slot, in which every meter reported.
    /// @param slot The slot.
    /// @param values The batches of all operators, by seat.
    /// @param supplements The supplements, by seat, each preceded by its length in bytes (24 bits); of those who uploaded one.
    /// @param angles Five bytes for each bus, in the order of the version's tree; zero for the references. Under a factored
    /// version eight bytes for each, with 24 binary digits more.
    function settle(uint256 slot, bytes calldata values, bytes calldata supplements, bytes calldata angles) external;

    /// @notice Settles the next slots at once, in which every meter reported and J is at most τ.
    /// @dev Credits are what they are if each is settled by itself. Values, supplements and angles are those of `settle`, of one slot
    /// after the other.
    /// @param first The next slot to settle.
    /// @param count How many, under one grid version.
    /// @param values The batches, by slot, then seat.
    /// @param supplements The supplements, by slot, then seat, each preceded by its length in bytes (24 bits).
    /// @param angles Five bytes for each bus, by slot, then in the order of the version's tree.
    function settleMany(
        uint256 first,
        uint256 count,
        bytes calldata values,
        bytes calldata supplements,
        bytes calldata angles
    ) external;

    /// @notice Closes the next slot without an estimate: some value is missing, or it expired.
    /// @param values The batches of the operators that uploaded one, by seat.
    /// @param supplements As for `settle`.
    function closeIncomplete(uint256 slot, bytes calldata values, bytes calldata supplements) external;

    /// @notice Settles the next slot, in which values are missing, on those that were reported.
    /// @param values The batches of the operators that uploaded one, by seat.
    /// @param supplements As for `settle`.
    /// @param angles As for `settle`.
    /// @param tree A spanning forest of edges that a reported meter sees alone, as `GeneralCertificate.treeBound` takes it.
    function settleIncomplete(
        uint256 slot,
        bytes calldata values,
        bytes calldata supplements,
        bytes calldata angles,
        bytes calldata tree
    ) external;

    /// @notice Takes no slot from `slot` on, which has not begun. Slots before it are settled as ever. For the consortium,
    /// whose members vote for it.
    /// @custom:error SlotLedgerNotConsortium, SlotLedgerRetired, SlotLedgerNoSuchSlot, SlotLedgerSlotBegun
    function retire(uint256 slot) external;

    /// @notice Whose credits it redistributes.
    function consortium() external view returns (IConsortium);

    /// @notice Whose grid versions it goes by.
    function registry() external view returns (IGridRegistry);

    /// @notice The next slot to settle. Before the first version is in force there is none, and it is 0.
    function nextSlot() external view returns (uint256);

    /// @notice The slot that `time` (seconds) falls in; reverts before `genesis`.
    function slotAt(uint256 time) external view returns (uint256);

    /// @notice The start of slot 0, seconds.
    function genesis() external view returns (uint40);

    /// @notice The newest terms, which may be those of slots to come: `slotRules` knows those of every slot.
    function terms() external view returns (Terms memory);

    /// @notice The rules, for every slot, and how they change.
    function slotRules() external view returns (ISlotRules);

    /// @notice What evaluates the certificates of incomplete slots.
    function reportedCertificate() external view returns (IReportedCertificate);

    /// @notice The grid version that holds for a slot; 2^24 - 1 for slots that a retired ledger does not take.
    function versionOf(uint256 slot) external view returns (uint24);

    /// @notice Whether a seat uploaded its batch, and its supplement, for a slot that is not settled yet.
    function uploadsOf(uint256 slot, uint256 seat) external view returns (bool batch, bool supplemented);

    /// @notice The word of the ring for a slot and a seat below 88: what a batch and supplement that are brought again are
    /// compared with (`SlotRing`). Zero if the seat uploaded nothing, or its word was written over since.
    function ringWord(uint256 slot, uint256 seat) external view returns (uint256);

    /// @notice Slots that the ring holds.
    function ringSlots() external view returns (uint256);

    /// @notice What computes J of slots that are settled together.
    function quietSlots() external view returns (IQuietSlots);

    /// @notice Where suspects are named for slots that raised the alarm.
    function suspects() external view returns (ISuspects);
}
