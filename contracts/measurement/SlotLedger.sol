// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IConsortium, IMemberFollower} from "../consortium/IConsortium.sol";
import {UncheckedArray} from "../math/UncheckedArray.sol";
import {Seats} from "../consortium/libraries/Seats.sol";
import {IGridRegistry, IVersionFollower} from "../grid/IGridRegistry.sol";
import {GridRecord} from "../grid/libraries/GridRecord.sol";
import {VersionLayout} from "../grid/libraries/VersionLayout.sol";
import {ChiSquare} from "../math/ChiSquare.sol";
import {IReportedCertificate} from "./IReportedCertificate.sol";
import {FactoredCertificate} from "./FactoredCertificate.sol";
import {IFactoredCertificate} from "./IFactoredCertificate.sol";
import {IQuietSlots} from "./IQuietSlots.sol";
import {ISlotLedger} from "./ISlotLedger.sol";
import {IRulesFollower, ISlotRules} from "./ISlotRules.sol";
import {ReportedCertificate} from "./ReportedCertificate.sol";
import {SlotRules} from "./SlotRules.sol";
import {ISuspects} from "./ISuspects.sol";
import {QuietSlots} from "./QuietSlots.sol";
import {Suspects} from "./Suspects.sol";
import {Scratch} from "../math/Scratch.sol";
import {AnomalyCharge} from "./libraries/AnomalyCharge.sol";
import {LedgerState} from "./libraries/LedgerState.sol";
import {SlotCertificate} from "./libraries/SlotCertificate.sol";
import {SlotInputs} from "./libraries/SlotInputs.sol";
import {SlotRing} from "./libraries/SlotRing.sol";
import {SlotValues} from "./libraries/SlotValues.sol";

/// @title The measurements of each slot, and their settlement
/// @dev Thin over its libraries: who may do what, in which order, and what is written down.
contract SlotLedger is ISlotLedger, IVersionFollower, IMemberFollower, IRulesFollower {
    using SlotRing for SlotRing.Ring;
    using UncheckedArray for uint256[];
    using UncheckedArray for int256[];

    /// @dev What a settlement works on.
    struct Round {
        uint256 slot;
        uint24 version;
        /// The slot goes by rules of before the newest.
        bool former;
        GridRecord.Geometry geometry;
        address[] chunks;
        /// Meters, by seat.
        uint256[] meters;
        /// Seats that own meters and uploaded nothing, as a bit map.
        uint256 absent;
        /// Hash of the ring words.
        uint256 seed;
        /// Packed values, by meter, and one zero value more.
        bytes values;
        /// How many of them are missing.
        uint256 missing;
    }

    /// @dev What the ledger keeps of a version; its first word is all that a small one needs.
    struct StoredVersion {
        address firstChunk;
        /// 0 marks a factored version.
        uint8 roots;
        uint8 anchors;
        uint16 buses;
        uint16 chords;
        uint16 probes;
        uint16 meters;
        uint16 virtualRows;
        /// From 1.
        mapping(uint256 chunk => address) chunks;
        /// By seat / 15: fifteen counts of meters, above 16 bits that hold seats·2^8 + weightDigits in the first word.
        mapping(uint256 word => uint256) counts;
        /// seat·2^16 + meters, for the accounts that own any.
        mapping(address account => uint256) owners;
        /// The version that was in force before; 0 for the first.
        uint24 previous;
        /// Of a factored version; 0 for others.
        uint8 factoredRoots;
    }

    /// @dev An accepted estimate over-states J by at most τ divided by this.
    uint256 private constant _OVER_STATEMENT_DIVISOR = 1e6;
    /// @dev Most slots after the cut-off in which an incomplete slot waits for a certificate: with the most slots to the
    /// cut-off, three quarters of the ring.
    uint256 private constant _MAX_GRACE_SLOTS = SlotRing.SLOTS / 4;

    /// @dev Stands for the version of the slots that a retired ledger does not take.
    uint24 private constant _RETIRED = type(uint24).max;

    /// @inheritdoc ISlotLedger
    IConsortium public immutable consortium;
    /// @inheritdoc ISlotLedger
    IGridRegistry public immutable registry;
    /// @inheritdoc ISlotLedger
    IQuietSlots public immutable quietSlots;
    /// @inheritdoc ISlotLedger
    ISuspects public immutable suspects;
    /// @dev What certifies slots under factored versions.
    IFactoredCertificate private immutable _FACTORED;

    /// @inheritdoc ISlotLedger
    IReportedCertificate public immutable reportedCertificate = new ReportedCertificate();
    /// @inheritdoc ISlotLedger
    ISlotRules public immutable slotRules;
    /// @inheritdoc ISlotLedger
    uint40 public immutable genesis;

    LedgerState private _state;
    /// @dev Of the newest rules.
    Terms private _terms;
    SlotRing.Ring private _ring;
    mapping(uint256 version => StoredVersion) private _versions;
    /// @dev Commitments to batches that are yet to be shown.
    SlotRing.Ring private _commitments;

    constructor(IConsortium consortium_, IGridRegistry registry_, Clock memory clock_, Terms memory terms_) {
        consortium = consortium_;
        registry = registry_;
        genesis = clock_.genesis;
        slotRules = new SlotRules(consortium_, clock_, terms_);
        (uint256 schedule, uint256 words) = slotRules.wordsAt(0);
        _setRules(schedule, words);
        _FACTORED = new FactoredCertificate(registry_);
        quietSlots = new QuietSlots();
        suspects = new Suspects(registry_);
    }

    /// @inheritdoc ISlotLedger
    function upload(uint256 slot, bytes calldata values) external {
        // Check: an owner of meters, in time, for the first time, with a value for each meter.
        (LedgerState state, , uint256 seat, uint256 meters) = _checkOpen(slot);
        if (state.commitSlots() != 0) revert SlotLedgerCommitFirst(slot);
        _takeBatch(slot, seat, meters, values, keccak256(values));
    }

    /// @inheritdoc ISlotLedger
    function commit(uint256 slot, bytes32 commitment) external {
        // Check: an owner of meters, in time, for the first time.
        (LedgerState state, , uint256 seat, ) = _checkOpen(slot);
        uint256 end = _commitEnd(state, slot);
        if (block.timestamp >= end) revert SlotLedgerCommitOver(slot, end, block.timestamp);
        if (_commitments.get(slot, seat) != 0) revert SlotLedgerAlreadyCommitted(slot, seat);

        // Effect: one word.
        _commitments.setBatch(slot, seat, commitment);
        emit BatchCommitted(slot, seat);
    }

    /// @inheritdoc ISlotLedger
    function reveal(uint256 slot, bytes calldata values, bytes32 salt) external {
        // Check: an owner of meters whose commitment is to these values, after all commitments, for the first time.
        (LedgerState state, , uint256 seat, uint256 meters) = _checkOpen(slot);
        uint256 end = _commitEnd(state, slot);
        if (block.timestamp < end) revert SlotLedgerRevealTooEarly(slot, end, block.timestamp);
        uint256 word = _commitments.get(slot, seat);
        if (word == 0) revert SlotLedgerNoCommitment(slot, seat);
        bytes32 hash = keccak256(values);
        // The slot, against replay; the seat, against copying.
        if (SlotRing.batchWord(slot, keccak256(abi.encode(slot, seat, salt, hash))) != word) {
            revert SlotLedgerCommitmentMismatch(slot, seat);
        }
        _takeBatch(slot, seat, meters, values, hash);
    }

    /// @inheritdoc ISlotLedger
    function supplement(uint256 slot, bytes calldata entries) external {
        // Check: an owner whose batch is there, in time, for the first time, with ascending positions.
        (LedgerState state, uint24 version, uint256 seat, uint256 meters) = _checkOpen(slot);
        if (state.commitSlots() != 0) revert SlotLedgerCommitFirst(slot);
        uint256 word = _ring.get(slot, seat);
        if (word == 0) revert SlotLedgerNoBatch(slot, seat);
        if (SlotRing.isSupplemented(word)) revert SlotLedgerAlreadySupplemented(slot, seat);
        _checkPositions(entries, meters);
        uint256 most = _supplementBudget(_versions[version], meters);
        uint256 count = entries.length / SlotValues.ENTRY_BYTES;
        if (count > most) revert SlotLedgerSupplementTooLong(count, most);

        // Effect: the same word.
        _ring.setSupplement(slot, seat, word, keccak256(entries));
        emit SupplementUploaded(slot, seat);
    }

    /// @inheritdoc ISlotLedger
    function settle(uint256 slot, bytes calldata values, bytes calldata supplements, bytes calldata angles) external {
        // Check: it is this slot's turn, everything is there, and the certificate holds.
        Round memory round = _begin(slot);
        _gather(round, values, supplements);
        _checkComplete(round);
        if (round.geometry.roots == 0) {
            _settleFactored(round, angles);
            return;
        }
        SlotInputs.checkAngles(round.geometry, angles);
        SlotCertificate.Work memory work = SlotCertificate.evaluate(round.geometry, round.chunks, round.values, angles);
        Terms memory terms_ = _termsOf(round);
        bool alarm = _checkCertificate(round, work, terms_);

        // Effect: rewards, and the charge for an anomaly.
        uint256[] memory shares;
        if (alarm) shares = SlotCertificate.seatShares(work, round.chunks, round.meters);
        _close(round, terms_, round.meters, shares);

        // Interaction: from now on a suspect may be named.
        if (alarm) _raiseAlarm(round, work.objective);
    }

    /// @inheritdoc ISlotLedger
    function settleMany(
        uint256 first,
        uint256 count,
        bytes calldata values,
        bytes calldata supplements,
        bytes calldata angles
    ) external {
        // Check: it is their turn, they are alike, everything is there, and J is at most τ in each.
        if (count == 0 || count > SlotRing.SLOTS) revert SlotLedgerSlotCount(count, SlotRing.SLOTS);
        Round memory round = _begin(first);
        _checkAlike(round, count);
        if (round.geometry.roots == 0) round.geometry.roots = _versions[round.version].factoredRoots;
        (IQuietSlots.Slots memory slots, uint256[] memory seeds) = _readRing(round, count);
        Terms memory terms_ = _termsOf(round);
        slots.thresholdQ32 = ChiSquare.threshold(_freedom(round.geometry), terms_.normalQuantileQ32);
        uint256[] memory objectivesQ32 = quietSlots.objectives(slots, values, supplements, angles);

        // Effect: the rewards, slot after slot, as each settled by itself.
        _state = _state.withNextSlot(first + count);
        (int256[] memory change, uint256[] memory rewards, uint256 active) = _changes(
            round,
            terms_,
            round.meters,
            new uint256[](0)
        );
        // Indices: both arrays have an entry for each slot. No overflow: slots have 40 bits.
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                round.slot = first + i;
                round.seed = seeds.read(i);
                emit QuietSlotSettled(round.slot, objectivesQ32.read(i), slots.thresholdQ32);
                consortium.netCredits(change, rewards, _remainderSeat(round, active));
            }
        }
    }

    /// @inheritdoc ISlotLedger
    function closeIncomplete(uint256 slot, bytes calldata values, bytes calldata supplements) external {
        // Check: it is this slot's turn, and something is missing or the slot expired. Where a missing value is no way
        // around the charge, time is left for a certificate over the reported ones.
        (Round memory round, uint256[] memory reported, Terms memory terms_) = _gatherReported(
            slot,
            values,
            supplements
        );
        if (round.missing == 0) _checkExpired(slot);
        else if (terms_.penaliseIncomplete) {
            LedgerState state = _stateOf(slot);
            uint256 graceEnd = _afterCutOff(state, slot, Math.min(state.expirySlots(), _MAX_GRACE_SLOTS));
            if (block.timestamp < graceEnd) revert SlotLedgerCertificateDue(slot, graceEnd);
        }

        // Effect: rewards and penalties for missing values.
        emit SlotClosedIncomplete(slot, round.missing);
        _close(round, terms_, reported, new uint256[](0));
    }

    /// @inheritdoc ISlotLedger
    function settleIncomplete(
        uint256 slot,
        bytes calldata values,
        bytes calldata supplements,
        bytes calldata angles,
        bytes calldata tree
    ) external {
        // Check: it is this slot's turn, by its rules it may, something is missing, and the certificate holds.
        (Round memory round, uint256[] memory reported, Terms memory terms_) = _gatherReported(
            slot,
            values,
            supplements
        );
        if (!terms_.penaliseIncomplete) revert SlotLedgerNotPenalised(slot);
        if (round.missing == 0) revert SlotLedgerComplete(slot);
        if (round.geometry.roots == 0) round.geometry.roots = _versions[round.version].factoredRoots;
        IReportedCertificate.Verdict memory verdict = reportedCertificate.evaluate(
            IReportedCertificate.Slot({
                slot: slot,
                geometry: round.geometry,
                chunks: round.chunks,
                meters: round.meters,
                values: round.values,
                normalQuantileQ32: terms_.normalQuantileQ32,
                overStatementDivisor: _OVER_STATEMENT_DIVISOR
            }),
            angles,
            tree
        );

        // Effect: rewards, penalties for missing values, and the charge for an anomaly over the reported ones.
        emit IncompleteSlotSettled(
            slot,
            round.missing,
            verdict.objectiveQ32,
            verdict.thresholdQ32,
            verdict.overStatementQ64
        );
        _close(round, terms_, reported, verdict.shares);
    }

    /// @inheritdoc IRulesFollower
    function onRulesChanged(uint256 schedule, uint256 terms_) external {
        // Check.
        if (msg.sender != address(slotRules)) revert SlotLedgerNotRules(msg.sender);

        // Effect.
        _setRules(schedule, terms_);
    }

    /// @inheritdoc IVersionFollower
    function onVersionActivated(
        uint24 version,
        GridRecord.Geometry calldata geometry,
        address[] calldata chunks,
        address[] calldata owners,
        uint16[] calldata meters
    ) external {
        // Check.
        if (msg.sender != address(registry)) revert SlotLedgerNotRegistry(msg.sender);

        // Effect: what uploads and settlements need of it. The first version starts the ledger at the next slot.
        StoredVersion storage stored = _versions[version];
        stored.firstChunk = chunks[0];
        if (geometry.factored) stored.factoredRoots = geometry.roots;
        else stored.roots = geometry.roots;
        stored.anchors = geometry.anchors;
        stored.buses = geometry.buses;
        stored.chords = geometry.chords;
        stored.probes = geometry.probes;
        stored.meters = geometry.meters;
        stored.virtualRows = geometry.virtualRows;
        for (uint256 i = 1; i < chunks.length; ++i) stored.chunks[i] = chunks[i];
        stored.counts[0] = (meters.length << 8) | geometry.weightDigits;
        for (uint256 seat = 0; seat < meters.length; ++seat) {
            if (meters[seat] == 0) continue;
            stored.counts[seat / 15] |= uint256(meters[seat]) << ((seat % 15) * 16 + 16);
            stored.owners[owners[seat]] = (seat << 16) | meters[seat];
        }
        LedgerState state = _state;
        stored.previous = state.version();
        if (state.version() == _RETIRED) {
            // It is older than "retired", and newer than what was in force when that was voted.
            stored.previous = _versions[_RETIRED].previous;
            _versions[_RETIRED].previous = version;
            return;
        }
        // From the next second on: batches of this second were checked under the version before.
        uint256 from = block.timestamp + 1;
        if (state.version() == 0) state = state.withNextSlot(slotRules.firstSlotFrom(from));
        _state = state.withVersion(version, from);
    }

    /// @inheritdoc ISlotLedger
    function retire(uint256 slot) external {
        // Check: voted for; nobody can have uploaded for the slot.
        _checkConsortium();
        LedgerState state = _stateOf(slot);
        uint24 version = state.version();
        if (version == _RETIRED) revert SlotLedgerRetired(slot);
        _checkSlot(slot);
        uint256 start = _start(state, slot);
        if (start <= block.timestamp || start > type(uint40).max) revert SlotLedgerSlotBegun(slot, start);

        // Effect.
        _versions[_RETIRED].previous = version;
        _state = _state.withVersion(_RETIRED, start);
    }

    /// @inheritdoc IMemberFollower
    function onMemberRemoved(uint256, address account) external {
        _moveOwner(account, address(0));
    }

    /// @inheritdoc IMemberFollower
    function onAccountReplaced(uint256, address from, address to) external {
        _moveOwner(from, to);
    }

    /// @inheritdoc ISlotLedger
    function nextSlot() external view returns (uint256) {
        return _state.nextSlot();
    }

    /// @inheritdoc ISlotLedger
    function slotAt(uint256 time) external view returns (uint256) {
        return slotRules.slotAt(time);
    }

    /// @inheritdoc ISlotLedger
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc ISlotLedger
    function versionOf(uint256 slot) external view returns (uint24) {
        _checkSlot(slot);
        return _versionOf(_stateOf(slot), slot);
    }

    /// @inheritdoc ISlotLedger
    function uploadsOf(uint256 slot, uint256 seat) external view returns (bool batch, bool supplemented) {
        if (seat >= SlotRing.SEATS) return (false, false);
        uint256 word = _ring.get(slot, seat);
        return (word != 0, SlotRing.isSupplemented(word));
    }

    /// @inheritdoc ISlotLedger
    function ringWord(uint256 slot, uint256 seat) external view returns (uint256) {
        return _ring.get(slot, seat);
    }

    /// @inheritdoc ISlotLedger
    function ringSlots() external pure returns (uint256) {
        return SlotRing.SLOTS;
    }

    /// @dev Whoever could upload as `from`, under any version, can as `to`, or as nobody if that is zero. Versions are few:
    /// those whose owners differ agreed on each.
    function _moveOwner(address from, address to) private {
        // Check.
        _checkConsortium();

        // Effect.
        for (uint256 version = _state.version(); version != 0; version = _versions[version].previous) {
            mapping(address => uint256) storage owners = _versions[version].owners;
            if (to != address(0)) owners[to] = owners[from];
            owners[from] = 0;
        }
    }

    function _checkConsortium() private view {
        if (msg.sender != address(consortium)) revert SlotLedgerNotConsortium(msg.sender);
    }

    /// @dev The slot takes uploads now, and the caller owns meters in its version.
    function _checkOpen(
        uint256 slot
    ) private view returns (LedgerState state, uint24 version, uint256 seat, uint256 meters) {
        // Values are read back from the calldata of the transaction: it must be this call's. An account with code (EIP-7702)
        // may be both sender and origin, and call from within.
        // solhint-disable-next-line avoid-tx-origin
        if (msg.sender != tx.origin || msg.sender.code.length != 0) revert SlotLedgerIndirect(msg.sender);
        state = _stateOf(slot);
        _checkSlot(slot);
        uint256 opensAt = _start(state, slot);
        if (block.timestamp < opensAt) revert SlotLedgerNotOpen(slot, opensAt, block.timestamp);
        uint256 cutOff = _cutOff(state, slot);
        if (block.timestamp >= cutOff) revert SlotLedgerCutOff(slot, cutOff, block.timestamp);
        version = _versionOf(state, slot);
        if (version == 0) revert SlotLedgerNoVersion(slot);
        if (slot >= state.nextSlot() + SlotRing.SLOTS) revert SlotLedgerRingFull(slot, state.nextSlot());
        uint256 owner = _versions[version].owners[msg.sender];
        if (owner == 0) {
            // Nobody owns anything in what is no version.
            if (version == _RETIRED) revert SlotLedgerRetired(slot);
            revert SlotLedgerNotOwner(slot, msg.sender);
        }
        return (state, version, owner >> 16, owner & 0xffff);
    }

    /// @dev The values are a whole batch, the first of the seat for this slot.
    function _takeBatch(uint256 slot, uint256 seat, uint256 meters, bytes calldata values, bytes32 hash) private {
        // Check.
        if (values.length != SlotValues.VALUE_BYTES * meters) {
            revert SlotLedgerBatchLength(values.length, SlotValues.VALUE_BYTES * meters);
        }
        if (_ring.get(slot, seat) != 0) revert SlotLedgerAlreadyUploaded(slot, seat);

        // Effect: one word.
        _ring.setBatch(slot, seat, hash);
        emit BatchUploaded(slot, seat);
    }

    /// @dev It is the slot's turn to be settled. The next slot moves on; whatever reverts later undoes that.
    function _begin(uint256 slot) private returns (Round memory round) {
        LedgerState state = _state;
        if (state.version() == 0) revert SlotLedgerNoVersion(slot);
        if (slot != state.nextSlot()) revert SlotLedgerOutOfOrder(slot, state.nextSlot());
        if (slot < state.firstSlot()) {
            round.former = true;
            state = _former(state, slot);
        }
        uint256 cutOff = _cutOff(state, slot);
        if (block.timestamp < cutOff) revert SlotLedgerTooEarly(slot, cutOff, block.timestamp);
        _state = _state.withNextSlot(slot + 1);

        round.slot = slot;
        round.version = _versionOf(state, slot);
        if (round.version == 0 || round.version == _RETIRED) revert SlotLedgerRetired(slot);
        StoredVersion storage stored = _versions[round.version];
        GridRecord.Geometry memory g = round.geometry;
        g.roots = stored.roots;
        g.anchors = stored.anchors;
        g.buses = stored.buses;
        g.chords = stored.chords;
        g.probes = stored.probes;
        g.meters = stored.meters;
        g.virtualRows = stored.virtualRows;
        round.chunks = new address[](VersionLayout.settlementChunks(g));
        round.chunks[0] = stored.firstChunk;
        for (uint256 i = 1; i < round.chunks.length; ++i) round.chunks[i] = stored.chunks[i];
    }

    /// @dev The cut-off of each of `count` slots from the round's on has passed, and one version holds for all.
    function _checkAlike(Round memory round, uint256 count) private view {
        LedgerState state = _state;
        uint256 last = round.slot + count - 1;
        // A change is the only one while slots before it are not settled, so that they all have the rules before.
        if (round.former && last >= state.firstSlot()) revert SlotLedgerOtherRules(state.firstSlot());
        state = _stateOf(round.slot);
        uint256 cutOff = _cutOff(state, last);
        if (block.timestamp < cutOff) revert SlotLedgerTooEarly(last, cutOff, block.timestamp);
        // Versions follow one another: if the last slot has that of the first, so have those between.
        if (_versionOf(state, last) == round.version) return;
        for (uint256 slot = round.slot; ; ++slot) {
            uint24 version = _versionOf(state, slot);
            if (version != round.version) revert SlotLedgerOtherVersion(slot, version, round.version);
        }
    }

    /// @dev What was uploaded for `count` slots from the round's on, and the seed of each. Reads the round's meters, too.
    function _readRing(
        Round memory round,
        uint256 count
    ) private view returns (IQuietSlots.Slots memory slots, uint256[] memory seeds) {
        _readMeters(round);
        slots.first = round.slot;
        slots.count = count;
        slots.geometry = round.geometry;
        slots.chunks = round.chunks;
        slots.meters = round.meters;
        uint256 seats = round.meters.length;
        slots.words = new uint256[](count * seats);
        seeds = new uint256[](count);
        // Indices: both arrays have room for all slots. No overflow: counts of slots, seats and words.
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                seeds.write(i, _readWords(round.meters, round.slot + i, slots.words, i * seats));
            }
        }
    }

    /// @dev How many meters each seat has in the round's version.
    function _readMeters(Round memory round) private view {
        StoredVersion storage stored = _versions[round.version];
        uint256 counts = stored.counts[0];
        round.geometry.weightDigits = uint8(counts);
        uint256[] memory meters = new uint256[]((counts >> 8) & 0xff);
        for (uint256 seat = 0; seat < meters.length; ++seat) {
            counts >>= 16;
            if (seat % 15 == 0 && seat != 0) counts = stored.counts[seat / 15] >> 16;
            meters[seat] = counts & 0xffff;
        }
        round.meters = meters;
    }

    /// @dev Puts the slot's words, of the seats that own meters, into `words` from `first` on; returns its seed.
    function _readWords(
        uint256[] memory meters,
        uint256 slot,
        uint256[] memory words,
        uint256 first
    ) private view returns (uint256 seed) {
        uint256 seats = meters.length;
        // Indices: the caller made room for each seat.
        unchecked {
            for (uint256 seat = 0; seat < seats; ++seat) {
                if (meters.read(seat) == 0) continue;
                uint256 word = _ring.get(slot, seat);
                if (word == 0) revert SlotLedgerBatchMissing(slot, seat);
                seed = _mix(seed, word);
                words.write(first + seat, word);
            }
        }
    }

    /// @dev Brings the values together and checks them against the ring.
    function _gather(Round memory round, bytes calldata values, bytes calldata supplements) private view {
        StoredVersion storage stored = _versions[round.version];
        uint256 counts = stored.counts[0];
        round.geometry.weightDigits = uint8(counts);
        uint256 seats = (counts >> 8) & 0xff;
        uint256[] memory meters = new uint256[](seats);
        bytes memory gathered = new bytes(VersionLayout.valuesLength(round.geometry) + SlotValues.VALUE_BYTES);
        uint256 slot = round.slot;
        uint256 seed = 0;
        uint256 target = 0;
        uint256 taken = 0;
        uint256 supplementsTaken = 0;
        // No overflow: seats < 2^8, and lengths of calldata and of values are far below 2^255.
        unchecked {
            for (uint256 seat = 0; seat < seats; ++seat) {
                counts >>= 16;
                if (seat % 15 == 0 && seat != 0) counts = stored.counts[seat / 15] >> 16;
                uint256 length = counts & 0xffff;
                if (length == 0) continue;
                meters.write(seat, length);
                length *= SlotValues.VALUE_BYTES;

                uint256 word = _ring.get(slot, seat);
                seed = _mix(seed, word);
                if (word == 0) {
                    round.absent |= 1 << seat;
                } else {
                    // As `SlotInputs.takeBatch`, without the price of a call on the busiest path.
                    uint256 end = taken + length;
                    if (end > values.length) revert SlotLedgerValuesLength(values.length, end);
                    bytes32 hash = SlotValues.copy(gathered, target, values, taken, length);
                    taken = end;
                    uint256 got = SlotRing.batchWord(slot, hash);
                    if (SlotRing.isSupplemented(word)) {
                        bytes calldata entries = SlotInputs.nextSupplement(supplements, supplementsTaken);
                        supplementsTaken += 3 + entries.length;
                        got = SlotRing.supplementedWord(got, keccak256(entries));
                        SlotValues.fill(gathered, target, entries, length);
                    }
                    if (got != word) revert SlotLedgerValuesMismatch(slot, seat);
                }
                target += length;
            }
        }
        SlotInputs.checkTaken(values, taken, supplements, supplementsTaken);
        round.meters = meters;
        round.seed = seed;
        round.values = gathered;
    }

    /// @dev It is the slot's turn. Brings its values together, and says how many of each seat's were reported, and by which
    /// terms it goes.
    function _gatherReported(
        uint256 slot,
        bytes calldata values,
        bytes calldata supplements
    ) private returns (Round memory round, uint256[] memory reported, Terms memory terms_) {
        round = _begin(slot);
        _gather(round, values, supplements);
        return (round, _countReported(round), _termsOf(round));
    }

    /// @dev The ranges of all meters, in memory that whoever comes next may use again.
    function _ranges(Round memory round) private view returns (bytes memory ranges) {
        uint256 free = Scratch.mark();
        GridRecord.Geometry memory g = round.geometry;
        ranges = VersionLayout.read(round.chunks, VersionLayout.rangesOffset(g), VersionLayout.valuesLength(g));
        Scratch.release(free);
    }

    /// @dev Every owner uploaded, and every value is in range.
    function _checkComplete(Round memory round) private view {
        if (round.absent != 0) revert SlotLedgerBatchMissing(round.slot, _lowest(round.absent));
        if (SlotValues.anyOutOfRange(round.values, _ranges(round), round.geometry.meters)) {
            revert SlotLedgerValueMissing(round.slot);
        }
    }

    function _raiseAlarm(Round memory round, uint256 objective) private {
        suspects.onAlarm(round.slot, round.version, objective, _stateOf(round.slot).slotSeconds());
    }

    /// @dev Goes on with a settlement under a factored version, whose certificate is a contract of its own.
    function _settleFactored(Round memory round, bytes calldata angles) private {
        // Check: the certificate holds.
        Terms memory terms_ = _termsOf(round);
        round.geometry.roots = _versions[round.version].factoredRoots;
        IFactoredCertificate.Verdict memory verdict = _FACTORED.judge(
            IFactoredCertificate.Slot(round.slot, round.version, terms_.normalQuantileQ32, _OVER_STATEMENT_DIVISOR),
            round.geometry,
            round.chunks,
            round.values,
            angles,
            round.meters
        );
        emit SlotSettled(round.slot, verdict.objectiveQ32, verdict.thresholdQ32, verdict.overStatementQ64);

        // Effect: rewards, and the charge for an anomaly.
        _close(round, terms_, round.meters, verdict.shares);

        // Interaction: from now on a suspect may be named.
        if (verdict.shares.length != 0) _raiseAlarm(round, verdict.objective);
    }

    /// @dev Whether the certificate, which must hold, raises the alarm.
    function _checkCertificate(
        Round memory round,
        SlotCertificate.Work memory work,
        Terms memory terms_
    ) private returns (bool alarm) {
        // J counts in 2^-(80 + weightDigits).
        uint256 digits = 2 * SlotCertificate.FLOW_DIGITS + round.geometry.weightDigits;
        uint256 thresholdQ32 = ChiSquare.threshold(_freedom(round.geometry), terms_.normalQuantileQ32);
        uint256 threshold = thresholdQ32 << (digits - 32);
        uint256 allowed = threshold / _OVER_STATEMENT_DIVISOR;
        uint256 overStatementQ64 = work.overStatement >> (digits - 64);
        if (work.overStatement > allowed) {
            revert SlotLedgerOverStated(round.slot, overStatementQ64, allowed >> (digits - 64));
        }
        emit SlotSettled(round.slot, work.objective >> (digits - 32), thresholdQ32, overStatementQ64);
        return work.objective > threshold;
    }

    /// @dev How many of each seat's meters reported a value in range. All others are marked as missing, and counted.
    function _countReported(Round memory round) private view returns (uint256[] memory reported) {
        reported = new uint256[](round.meters.length);
        // The last to be allocated here, since it is given back already.
        bytes memory ranges = _ranges(round);
        uint256 first = 0;
        for (uint256 seat = 0; seat < reported.length; ++seat) {
            uint256 own = round.meters[seat];
            bool absent = Seats.contains(round.absent, seat);
            uint256 missing = SlotValues.markMissing(round.values, ranges, first, own, absent);
            reported[seat] = own - missing;
            round.missing += missing;
            first += own;
        }
    }

    /// @dev Moves the credits of a slot.
    function _close(
        Round memory round,
        Terms memory terms_,
        uint256[] memory reported,
        uint256[] memory shares
    ) private {
        (int256[] memory change, uint256[] memory rewards, uint256 active) = _changes(round, terms_, reported, shares);
        consortium.netCredits(change, rewards, _remainderSeat(round, active));
    }

    /// @dev What a slot changes. In symbols: x = R·reported - Q·missing, Δ̃ = n x - Σx + (n - 1) a, the last from
    /// the seats' shares in J, over the meters that reported, if there was an alarm.
    function _changes(
        Round memory round,
        Terms memory terms_,
        uint256[] memory reported,
        uint256[] memory shares
    ) private view returns (int256[] memory change, uint256[] memory rewards, uint256 active) {
        // A member without meters has its part in Σx, so that every seat ever given has an entry.
        uint256 seats;
        (active, seats) = consortium.activeSeatOverview();
        uint256 members = Seats.count(active);
        uint256 owners = round.meters.length;
        change = new int256[](seats);
        rewards = new uint256[](seats);
        if (shares.length != 0) {
            int256[] memory gains = AnomalyCharge.gains(
                shares,
                reported,
                round.geometry.meters - round.missing,
                terms_.anomalyPenalty,
                members - 1
            );
            for (uint256 seat = 0; seat < owners; ++seat) change[seat] = gains[seat];
        }
        // No overflow: R, Q < 2^64, counts < 2^16, members < 2^7, gains < 2^87. Indices: owners are at most as many as
        // seats, and `reported` is as long as `round.meters`.
        unchecked {
            int256 sum = 0;
            for (uint256 seat = 0; seat < owners; ++seat) {
                if ((active >> seat) & 1 == 0) continue;
                uint256 count = reported.read(seat);
                uint256 reward = terms_.reward * count;
                rewards.write(seat, reward);
                int256 own = int256(reward) - int256(terms_.missingPenalty * (round.meters.read(seat) - count));
                change.write(seat, change.read(seat) + int256(members) * own);
                sum += own;
            }
            for (uint256 seat = 0; seat < seats; ++seat) {
                change.write(seat, (active >> seat) & 1 == 0 ? int256(0) : change.read(seat) - sum);
            }
        }
    }

    /// @dev The owner of the meter that the slot's hashes draw; the next member if the owner is one no longer.
    function _remainderSeat(Round memory round, uint256 active) private pure returns (uint256 seat) {
        uint256 draw = uint256(keccak256(abi.encode(round.slot, round.version, round.seed)));
        uint256 meter = draw % round.geometry.meters;
        // The meters add up to more than `meter`, so that it ends at a seat of the list.
        unchecked {
            for (uint256 own = round.meters.read(0); meter >= own; own = round.meters.read(++seat)) meter -= own;
        }
        while (!Seats.contains(active, seat)) seat = (seat + 1) % Seats.MAX;
    }

    /// @dev The lowest seat of a set that is not empty.
    function _lowest(uint256 seats) private pure returns (uint256 seat) {
        while (!Seats.contains(seats, seat)) ++seat;
    }

    /// @dev keccak256(seed ‖ word).
    function _mix(uint256 seed, uint256 word) private pure returns (uint256 mixed) {
        assembly ("memory-safe") {
            mstore(0, seed)
            mstore(32, word)
            mixed := keccak256(0, 64)
        }
    }

    function _versionOf(LedgerState state, uint256 slot) private view returns (uint24) {
        uint256 start = _start(state, slot);
        return start >= state.versionFrom() ? state.version() : registry.versionAt(start);
    }

    /// @dev How many entries the supplement of a seat with `own` meters may have: its share of what a settlement, which
    /// brings all of them, has room for beside values and angles.
    function _supplementBudget(StoredVersion storage stored, uint256 own) private view returns (uint256) {
        uint256 meters = stored.meters;
        uint256 used = VersionLayout.settlementBytes(meters, stored.buses, stored.roots == 0);
        uint256 budget = (VersionLayout.MAX_SETTLEMENT_BYTES - used) / SlotValues.ENTRY_BYTES;
        uint256 most = (budget * own) / meters;
        return most == 0 ? 1 : most;
    }

    /// @dev Slots are counted in 40 bits.
    function _checkSlot(uint256 slot) private pure {
        if (slot > type(uint40).max) revert SlotLedgerNoSuchSlot(slot);
    }

    /// @dev Rows less states.
    function _freedom(GridRecord.Geometry memory g) private pure returns (uint256) {
        return uint256(g.meters) + g.virtualRows + g.roots - g.buses;
    }

    /// @dev When a slot starts, under the rules that hold for it.
    function _start(LedgerState state, uint256 slot) private pure returns (uint256) {
        // Slots that are asked for by a caller were checked to be below 2^40: no overflow, and below 2^73.
        unchecked {
            return state.start() + (slot - state.firstSlot()) * state.slotSeconds();
        }
    }

    function _cutOff(LedgerState state, uint256 slot) private pure returns (uint256) {
        return _afterCutOff(state, slot, 0);
    }

    /// @dev So many slots after the cut-off.
    function _afterCutOff(LedgerState state, uint256 slot, uint256 slots) private pure returns (uint256) {
        // Below 2^73 + 2^50.
        unchecked {
            return _start(state, slot) + (1 + state.cutOffSlots() + slots) * state.slotSeconds();
        }
    }

    /// @dev When commitments for a slot end, and values may be shown.
    function _commitEnd(LedgerState state, uint256 slot) private pure returns (uint256) {
        if (state.commitSlots() == 0) revert SlotLedgerNoCommitments(slot);
        // Before the cut-off.
        unchecked {
            return _start(state, slot) + (1 + state.commitSlots()) * state.slotSeconds();
        }
    }

    /// @dev A complete slot that nobody settled for long.
    function _checkExpired(uint256 slot) private view {
        LedgerState state = _stateOf(slot);
        uint256 expiry = _afterCutOff(state, slot, state.expirySlots());
        if (block.timestamp < expiry) revert SlotLedgerNothingMissing(slot, expiry);
    }

    /// @dev The state, with the schedule that holds for a slot.
    function _stateOf(uint256 slot) private view returns (LedgerState state) {
        state = _state;
        if (slot < state.firstSlot()) state = _former(state, slot);
    }

    /// @dev The state, with the schedule of a slot before the newest rules.
    function _former(LedgerState state, uint256 slot) private view returns (LedgerState) {
        (uint256 schedule, ) = slotRules.wordsAt(slot);
        return state.withSchedule(schedule);
    }

    function _termsOf(Round memory round) private view returns (Terms memory terms_) {
        if (!round.former) return _terms;
        (, uint256 word) = slotRules.wordsAt(round.slot);
        terms_.reward = uint64(word);
        terms_.missingPenalty = uint64(word >> 64);
        terms_.anomalyPenalty = uint64(word >> 128);
        terms_.normalQuantileQ32 = uint40(word >> 192);
        terms_.penaliseIncomplete = (word >> 232) & 1 != 0;
    }

    /// @dev Makes rules the newest. Schedules fill the lowest 152 bits of their word, as they do of the state.
    function _setRules(uint256 schedule, uint256 terms_) private {
        _state = _state.withSchedule(schedule);
        assembly ("memory-safe") {
            sstore(_terms.slot, terms_)
        }
    }

    function _checkPositions(bytes calldata entries, uint256 meters) private pure {
        if (entries.length == 0 || entries.length % SlotValues.ENTRY_BYTES != 0) {
            revert SlotLedgerSupplementLength(entries.length);
        }
        uint256 least = 0;
        for (uint256 i = 0; i < entries.length / SlotValues.ENTRY_BYTES; ++i) {
            uint256 position = SlotValues.positionAt(entries, i);
            if (position < least || position >= meters) revert SlotLedgerSupplementPosition(i, position, meters);
            least = position + 1;
        }
    }
}
