// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IGridRegistry} from "../grid/IGridRegistry.sol";
import {GridRecord} from "../grid/libraries/GridRecord.sol";
import {VersionLayout} from "../grid/libraries/VersionLayout.sol";
import {ISlotLedger} from "./ISlotLedger.sol";
import {ISuspects} from "./ISuspects.sol";
import {SlotCertificate} from "./libraries/SlotCertificate.sol";
import {SlotInputs} from "./libraries/SlotInputs.sol";
import {SlotValues} from "./libraries/SlotValues.sol";

/// @title Whose value is false: proved on the chain, for a slot that raised the alarm
/// @dev Created by the ledger that it serves. Thin over `SlotCertificate` and `SlotInputs`.
contract Suspects is ISuspects {
    /// @dev Three words; the first is all there is until a meter is named.
    struct StoredCase {
        /// J, in the scale of `SlotCertificate`.
        uint176 objective;
        uint24 version;
        uint40 until;
        /// Plus one; 0 if none is named.
        uint16 meter;
        uint176 drop;
        uint40 claimedAt;
        uint8 seat;
        bool concluded;
        address claimant;
    }

    /// @notice Slot lengths after a settlement during which claims are taken: a quarter of the ring, so that what was
    /// uploaded is still known unless the slot was settled very late.
    uint256 public constant WINDOW_SLOTS = 64;
    /// @dev A drop counts, and beats another, if it is larger by more than J divided by this: what a settled J may be
    /// over-stated by.
    uint256 private constant _PRECISION = 1e6;

    ISlotLedger public immutable ledger;
    IGridRegistry public immutable registry;

    /// @inheritdoc ISuspects
    mapping(address claimant => uint256) public rightlyNamed;
    /// @inheritdoc ISuspects
    mapping(uint256 seat => uint256) public timesSuspected;
    mapping(uint256 slot => StoredCase) private _cases;

    constructor(IGridRegistry registry_) {
        ledger = ISlotLedger(msg.sender);
        registry = registry_;
    }

    /// @inheritdoc ISuspects
    function onAlarm(uint256 slot, uint24 version, uint256 objective, uint256 slotSeconds) external {
        // Check.
        if (msg.sender != address(ledger)) revert SuspectsNotLedger(msg.sender);

        // Effect: what a claim is measured by.
        uint256 until = block.timestamp + WINDOW_SLOTS * slotSeconds;
        StoredCase storage stored = _cases[slot];
        stored.objective = uint176(objective);
        stored.version = version;
        stored.until = uint40(until);
        emit AlarmRaised(slot, until);
    }

    /// @inheritdoc ISuspects
    function name(
        uint256 slot,
        uint256 meter,
        bytes calldata values,
        bytes calldata supplements,
        bytes calldata angles
    ) external {
        // Check: there was an alarm, and it is not too late; the meter is one; the values are those that were uploaded.
        StoredCase memory stored = _case(slot);
        if (block.timestamp >= stored.until) revert SuspectsWindowOver(slot, stored.until, block.timestamp);
        (GridRecord.Geometry memory g, address[] memory chunks) = registry.records(stored.version);
        if (meter >= g.meters) revert SuspectsUnknownMeter(slot, meter, g.meters);
        uint16[] memory meters = registry.summary(stored.version).meters;
        bytes memory gathered = _gather(slot, g, meters, values, supplements);
        SlotInputs.checkAngles(g, angles);

        // Check: J falls without the meter, and by more than without the one that is named.
        uint256 rest = _objectiveWithout(g, chunks, gathered, angles, meter);
        uint256 least = stored.objective / _PRECISION;
        uint256 digits = _digits(g);
        if (rest + least >= stored.objective) {
            revert SuspectsNoDrop(slot, meter, rest >> digits, stored.objective >> digits);
        }
        uint256 drop = stored.objective - rest;
        if (stored.meter != 0 && drop <= stored.drop + least) {
            revert SuspectsNotLarger(slot, meter, drop >> digits, stored.meter - 1, stored.drop >> digits);
        }

        // Effect: it stands.
        uint256 seat = _seatOf(meters, meter);
        stored.meter = uint16(meter + 1);
        stored.drop = uint176(drop);
        stored.claimedAt = uint40(block.timestamp);
        stored.seat = uint8(seat);
        stored.claimant = msg.sender;
        _cases[slot] = stored;
        emit SuspectNamed(slot, meter, msg.sender, seat, drop >> digits);
    }

    /// @inheritdoc ISuspects
    function conclude(uint256 slot) external {
        // Check: the window is over, and there is something to conclude.
        StoredCase memory stored = _case(slot);
        if (block.timestamp < stored.until) revert SuspectsWindowOpen(slot, stored.until, block.timestamp);
        if (stored.meter == 0) revert SuspectsNobodyNamed(slot);
        if (stored.concluded) revert SuspectsAlreadyConcluded(slot);

        // Effect: the record of who was right, and about whom.
        _cases[slot].concluded = true;
        ++rightlyNamed[stored.claimant];
        ++timesSuspected[stored.seat];
        emit SuspectConcluded(slot, stored.meter - 1, stored.claimant, stored.seat);
    }

    /// @inheritdoc ISuspects
    function caseOf(uint256 slot) external view returns (Case memory) {
        StoredCase memory stored = _case(slot);
        (GridRecord.Geometry memory g, ) = registry.records(stored.version);
        uint256 digits = _digits(g);
        return
            Case({
                objectiveQ32: stored.objective >> digits,
                version: stored.version,
                until: stored.until,
                named: stored.meter != 0,
                meter: stored.meter == 0 ? 0 : stored.meter - 1,
                seat: stored.seat,
                dropQ32: stored.drop >> digits,
                claimant: stored.claimant,
                claimedAt: stored.claimedAt,
                concluded: stored.concluded
            });
    }

    /// @dev J of the angles over all rows but the meter's.
    function _objectiveWithout(
        GridRecord.Geometry memory g,
        address[] memory chunks,
        bytes memory values,
        bytes calldata angles,
        uint256 meter
    ) private view returns (uint256) {
        SlotCertificate.Work memory work = SlotCertificate.evaluateRows(g, chunks, values, angles);
        // Beyond that, residuals need not fit their cells: such angles prove nothing.
        if (work.objective >= 1 << 176) return work.objective;
        uint256[] memory parts = new uint256[](3);
        parts[0] = meter;
        parts[1] = 1;
        parts[2] = g.meters - meter - 1;
        return work.objective - SlotCertificate.seatShares(work, chunks, parts)[1];
    }

    /// @dev The values that were uploaded for a slot of which nothing was missing, and one zero value more.
    function _gather(
        uint256 slot,
        GridRecord.Geometry memory g,
        uint16[] memory meters,
        bytes calldata values,
        bytes calldata supplements
    ) private view returns (bytes memory gathered) {
        gathered = new bytes(VersionLayout.valuesLength(g) + SlotValues.VALUE_BYTES);
        uint256 taken = 0;
        uint256 supplementsTaken = 0;
        for (uint256 seat = 0; seat < meters.length; ++seat) {
            if (meters[seat] == 0) continue;
            uint256 word = ledger.ringWord(slot, seat);
            if (word == 0) revert SuspectsSlotForgotten(slot);
            uint256 length = SlotValues.VALUE_BYTES * meters[seat];
            // Batches lie as the values do, since no seat is left out.
            supplementsTaken = SlotInputs.takeBatch(
                gathered,
                taken,
                slot,
                seat,
                word,
                values,
                taken,
                length,
                supplements,
                supplementsTaken
            );
            taken += length;
        }
        SlotInputs.checkTaken(values, taken, supplements, supplementsTaken);
    }

    function _case(uint256 slot) private view returns (StoredCase memory stored) {
        stored = _cases[slot];
        if (stored.until == 0) revert SuspectsNoAlarm(slot);
    }

    /// @dev The owner of a meter of the version.
    function _seatOf(uint16[] memory meters, uint256 meter) private pure returns (uint256 seat) {
        for (uint256 own = meters[0]; meter >= own; own = meters[++seat]) meter -= own;
    }

    /// @dev Binary digits of J beyond 32.
    function _digits(GridRecord.Geometry memory g) private pure returns (uint256) {
        return 2 * SlotCertificate.FLOW_DIGITS + g.weightDigits - 32;
    }
}
