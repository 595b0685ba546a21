// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../consortium/IConsortium.sol";
import {Seats} from "../consortium/libraries/Seats.sol";
import {IGridRegistry, IVersionFollower} from "../grid/IGridRegistry.sol";
import {GridRecord} from "../grid/libraries/GridRecord.sol";
import {VersionLayout} from "../grid/libraries/VersionLayout.sol";
import {ChiSquare} from "../math/ChiSquare.sol";
import {ISlotLedger} from "./ISlotLedger.sol";
import {AnomalyCharge} from "./libraries/AnomalyCharge.sol";
import {SlotCertificate} from "./libraries/SlotCertificate.sol";
import {SlotRing} from "./libraries/SlotRing.sol";
import {SlotValues} from "./libraries/SlotValues.sol";

/// @title The measurements of each slot, and their settlement
/// @dev Thin over its libraries: who may do what, in which order, and what is written down.
contract SlotLedger is ISlotLedger, IVersionFollower {
    using SlotRing for SlotRing.Ring;

    /// @dev One word, read by every call.
    struct State {
        uint40 genesis;
        uint32 slotSeconds;
        uint16 cutOffSlots;
        uint16 expirySlots;
        uint40 nextSlot;
        /// The newest grid version, and since when it holds; 0 before the first.
        uint24 version;
        uint40 versionFrom;
    }

    /// @dev What a settlement works on.
    struct Round {
        uint256 slot;
        uint24 version;
        GridRecord.Geometry geometry;
        address[] chunks;
        /// Active seats, as a bit map.
        uint256 active;
        /// Meters, by seat.
        uint256[] meters;
        /// Ring words, by seat; zero if the seat uploaded nothing.
        uint256[] words;
        /// Packed values, by meter, and one zero value more.
        bytes values;
        /// Ranges, by meter.
        bytes ranges;
    }

    /// @dev What the ledger keeps of a version.
    struct StoredVersion {
        GridRecord.Geometry geometry;
        mapping(uint256 chunk => address) chunks;
        /// Sixteen counts of meters to a word, by seat.
        mapping(uint256 word => uint256) meters;
        /// seat·2^16 + meters, for the accounts that own any.
        mapping(address account => uint256) owners;
    }

    /// @dev An accepted estimate over-states J by at most τ divided by this.
    uint256 private constant _OVER_STATEMENT_DIVISOR = 1e6;
    /// @dev Most normal quantile: 8, a false alarm rate below 10^-15.
    uint256 private constant _MAX_QUANTILE_Q32 = 8 << 32;

    IConsortium public immutable consortium;
    IGridRegistry public immutable registry;

    State private _state;
    Terms private _terms;
    SlotRing.Ring private _ring;
    mapping(uint256 version => StoredVersion) private _versions;

    constructor(IConsortium consortium_, IGridRegistry registry_, Clock memory clock_, Terms memory terms_) {
        // Check: terms under which sharing pays (paper 003, Corollary 2) and a clock that runs.
        if (clock_.slotSeconds == 0) revert SlotLedgerBadTerms("slotSeconds", 0);
        if (clock_.cutOffSlots > SlotRing.SLOTS / 2) revert SlotLedgerBadTerms("cutOffSlots", clock_.cutOffSlots);
        if (clock_.expirySlots == 0) revert SlotLedgerBadTerms("expirySlots", 0);
        if (terms_.normalQuantileQ32 > _MAX_QUANTILE_Q32) {
            revert SlotLedgerBadTerms("normalQuantileQ32", terms_.normalQuantileQ32);
        }
        uint256 others = Seats.count(consortium_.activeSeats()) - 1;
        if (terms_.anomalyPenalty * others > uint256(terms_.reward) + terms_.missingPenalty) {
            revert SlotLedgerBadTerms("anomalyPenalty", terms_.anomalyPenalty);
        }

        // Effect.
        consortium = consortium_;
        registry = registry_;
        _state.genesis = clock_.genesis;
        _state.slotSeconds = clock_.slotSeconds;
        _state.cutOffSlots = clock_.cutOffSlots;
        _state.expirySlots = clock_.expirySlots;
        _terms = terms_;
    }

    /// @inheritdoc ISlotLedger
    function upload(uint256 slot, bytes calldata values) external {
        // Check: an owner of meters, in time, for the first time, with a value for each meter.
        (uint24 version, uint256 seat, uint256 meters) = _checkOpen(slot);
        if (values.length != SlotValues.VALUE_BYTES * meters) {
            revert SlotLedgerBatchLength(values.length, SlotValues.VALUE_BYTES * meters);
        }
        if (_ring.get(slot, seat) != 0) revert SlotLedgerAlreadyUploaded(slot, seat);

        // Effect: one word.
        bytes32 hash = keccak256(values);
        _ring.setBatch(slot, seat, hash);
        emit BatchUploaded(slot, seat, version, hash);
    }

    /// @inheritdoc ISlotLedger
    function supplement(uint256 slot, bytes calldata entries) external {
        // Check: an owner whose batch is there, in time, for the first time, with ascending positions.
        (uint24 version, uint256 seat, uint256 meters) = _checkOpen(slot);
        uint256 word = _ring.get(slot, seat);
        if (word == 0) revert SlotLedgerNoBatch(slot, seat);
        if (SlotRing.isSupplemented(word)) revert SlotLedgerAlreadySupplemented(slot, seat);
        _checkPositions(entries, meters);

        // Effect: the same word.
        bytes32 hash = keccak256(entries);
        _ring.setSupplement(slot, seat, word, hash);
        emit SupplementUploaded(slot, seat, version, hash);
    }

    /// @inheritdoc ISlotLedger
    function settle(uint256 slot, bytes calldata values, bytes calldata supplements, bytes calldata angles) external {
        // Check: it is this slot's turn, everything is there, and the certificate holds.
        Round memory round = _begin(slot);
        _gather(round, values, supplements);
        _checkComplete(round);
        _checkAngles(round.geometry, angles);
        SlotCertificate.Work memory work = SlotCertificate.evaluate(round.geometry, round.chunks, round.values, angles);
        Terms memory terms_ = _terms;
        bool alarm = _checkCertificate(round, work, terms_);

        // Effect: rewards, and the charge for an anomaly.
        int256[] memory gains = alarm ? _anomalyGains(round, work, terms_) : new int256[](round.meters.length);
        _close(round, terms_, round.meters, gains);
    }

    /// @inheritdoc ISlotLedger
    function closeIncomplete(uint256 slot, bytes calldata values, bytes calldata supplements) external {
        // Check: it is this slot's turn, and something is missing or the slot expired.
        Round memory round = _begin(slot);
        _gather(round, values, supplements);
        (uint256[] memory reported, uint256 missing) = _countReported(round);
        State memory state = _state;
        uint256 expiry = _cutOff(state, slot) + uint256(state.expirySlots) * state.slotSeconds;
        if (missing == 0 && block.timestamp < expiry) revert SlotLedgerNothingMissing(slot, expiry);

        // Effect: rewards and penalties for missing values.
        emit SlotClosedIncomplete(slot, round.version, missing);
        _close(round, _terms, reported, new int256[](round.meters.length));
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
        stored.geometry = geometry;
        for (uint256 i = 0; i < chunks.length; ++i) stored.chunks[i] = chunks[i];
        for (uint256 seat = 0; seat < meters.length; ++seat) {
            if (meters[seat] == 0) continue;
            stored.meters[seat / 16] |= uint256(meters[seat]) << ((seat % 16) * 16);
            stored.owners[owners[seat]] = (seat << 16) | meters[seat];
        }
        State memory state = _state;
        if (state.version == 0) state.nextSlot = uint40(_firstSlotFrom(state, block.timestamp));
        state.version = version;
        state.versionFrom = uint40(block.timestamp);
        _state = state;
    }

    /// @inheritdoc ISlotLedger
    function nextSlot() external view returns (uint256) {
        return _state.nextSlot;
    }

    /// @inheritdoc ISlotLedger
    function slotAt(uint256 time) external view returns (uint256) {
        return (time - _state.genesis) / _state.slotSeconds;
    }

    /// @inheritdoc ISlotLedger
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc ISlotLedger
    function clock() external view returns (Clock memory) {
        State memory state = _state;
        return
            Clock({
                genesis: state.genesis,
                slotSeconds: state.slotSeconds,
                cutOffSlots: state.cutOffSlots,
                expirySlots: state.expirySlots
            });
    }

    /// @inheritdoc ISlotLedger
    function versionOf(uint256 slot) external view returns (uint24) {
        return _versionOf(_state, slot);
    }

    /// @inheritdoc ISlotLedger
    function uploadsOf(uint256 slot, uint256 seat) external view returns (bool batch, bool supplemented) {
        uint256 word = _ring.get(slot, seat);
        return (word != 0, SlotRing.isSupplemented(word));
    }

    /// @inheritdoc ISlotLedger
    function ringSlots() external pure returns (uint256) {
        return SlotRing.SLOTS;
    }

    /// @dev The slot takes uploads now, and the caller owns meters in its version.
    function _checkOpen(uint256 slot) private view returns (uint24 version, uint256 seat, uint256 meters) {
        State memory state = _state;
        if (slot > type(uint40).max) revert SlotLedgerNotOpen(slot, type(uint40).max, block.timestamp);
        uint256 opensAt = _start(state, slot);
        if (block.timestamp < opensAt) revert SlotLedgerNotOpen(slot, opensAt, block.timestamp);
        uint256 cutOff = _cutOff(state, slot);
        if (block.timestamp >= cutOff) revert SlotLedgerCutOff(slot, cutOff, block.timestamp);
        version = _versionOf(state, slot);
        if (version == 0) revert SlotLedgerNoVersion(slot);
        if (slot >= uint256(state.nextSlot) + SlotRing.SLOTS) revert SlotLedgerRingFull(slot, state.nextSlot);
        uint256 owner = _versions[version].owners[msg.sender];
        if (owner == 0) revert SlotLedgerNotOwner(slot, msg.sender);
        return (version, owner >> 16, owner & 0xffff);
    }

    /// @dev It is the slot's turn to be settled. The next slot moves on; whatever reverts later undoes that.
    function _begin(uint256 slot) private returns (Round memory round) {
        State memory state = _state;
        if (state.version == 0) revert SlotLedgerNoVersion(slot);
        if (slot != state.nextSlot) revert SlotLedgerOutOfOrder(slot, state.nextSlot);
        uint256 cutOff = _cutOff(state, slot);
        if (block.timestamp < cutOff) revert SlotLedgerTooEarly(slot, cutOff, block.timestamp);
        _state.nextSlot = state.nextSlot + 1;

        round.slot = slot;
        round.version = _versionOf(state, slot);
        StoredVersion storage stored = _versions[round.version];
        round.geometry = stored.geometry;
        round.chunks = new address[](VersionLayout.chunkCount(round.geometry));
        for (uint256 i = 0; i < round.chunks.length; ++i) round.chunks[i] = stored.chunks[i];
        round.ranges = VersionLayout.read(
            round.chunks,
            VersionLayout.rangesOffset(round.geometry),
            SlotValues.VALUE_BYTES * uint256(round.geometry.meters)
        );
        round.active = consortium.activeSeats();
        uint256 seats = consortium.seatCount();
        round.meters = new uint256[](seats);
        round.words = new uint256[](seats);
        uint256 counts = 0;
        for (uint256 seat = 0; seat < seats; ++seat) {
            if (seat % 16 == 0) counts = stored.meters[seat / 16];
            round.meters[seat] = counts & 0xffff;
            counts >>= 16;
            if (round.meters[seat] != 0) round.words[seat] = _ring.get(slot, seat);
        }
    }

    /// @dev Brings the values together and checks them against the ring.
    function _gather(Round memory round, bytes calldata values, bytes calldata supplements) private pure {
        round.values = new bytes(SlotValues.VALUE_BYTES * (uint256(round.geometry.meters) + 1));
        uint256 target = 0;
        uint256 taken = 0;
        uint256 supplementsTaken = 0;
        for (uint256 seat = 0; seat < round.meters.length; ++seat) {
            uint256 length = SlotValues.VALUE_BYTES * round.meters[seat];
            uint256 word = round.words[seat];
            if (word != 0) {
                if (taken + length > values.length) revert SlotLedgerValuesLength(values.length, taken + length);
                bytes calldata batch = values[taken:taken + length];
                taken += length;
                _copy(round.values, target, batch);
                uint256 got = SlotRing.batchWord(round.slot, keccak256(batch));
                if (SlotRing.isSupplemented(word)) {
                    bytes calldata entries = _nextSupplement(supplements, supplementsTaken);
                    supplementsTaken += 3 + entries.length;
                    got = SlotRing.supplementedWord(got, keccak256(entries));
                    if (got != word) revert SlotLedgerValuesMismatch(round.slot, seat);
                    SlotValues.fill(round.values, target, entries);
                } else if (got != word) {
                    revert SlotLedgerValuesMismatch(round.slot, seat);
                }
            }
            target += length;
        }
        if (taken != values.length) revert SlotLedgerValuesLength(values.length, taken);
        if (supplementsTaken != supplements.length) {
            revert SlotLedgerSupplementsLength(supplements.length, supplementsTaken);
        }
    }

    /// @dev Every owner uploaded, and every value is in range.
    function _checkComplete(Round memory round) private pure {
        for (uint256 seat = 0; seat < round.meters.length; ++seat) {
            if (round.meters[seat] != 0 && round.words[seat] == 0) revert SlotLedgerBatchMissing(round.slot, seat);
        }
        if (SlotValues.anyOutOfRange(round.values, round.ranges, round.geometry.meters)) {
            revert SlotLedgerValueMissing(round.slot);
        }
    }

    /// @dev There is an angle for each bus, and those of the references are zero.
    function _checkAngles(GridRecord.Geometry memory g, bytes calldata angles) private pure {
        uint256 want = SlotCertificate.ANGLE_BYTES * g.buses;
        if (angles.length != want) revert SlotLedgerAnglesLength(angles.length, want);
        for (uint256 i = 0; i < g.roots; ++i) {
            uint256 first = SlotCertificate.ANGLE_BYTES * i;
            if (bytes5(angles[first:first + SlotCertificate.ANGLE_BYTES]) != 0) revert SlotLedgerReferenceAngle(i);
        }
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
        emit SlotSettled(round.slot, round.version, work.objective >> (digits - 32), thresholdQ32, overStatementQ64);
        return work.objective > threshold;
    }

    function _anomalyGains(
        Round memory round,
        SlotCertificate.Work memory work,
        Terms memory terms_
    ) private view returns (int256[] memory) {
        uint256[] memory byMeter = SlotCertificate.meterShares(work, round.chunks, round.geometry.meters);
        uint256[] memory bySeat = new uint256[](round.meters.length);
        uint256 meter = 0;
        for (uint256 seat = 0; seat < bySeat.length; ++seat) {
            uint256 end = meter + round.meters[seat];
            uint256 sum = 0;
            for (; meter < end; ++meter) sum += byMeter[meter];
            bySeat[seat] = sum;
        }
        uint256 scale = Seats.count(round.active) - 1;
        return AnomalyCharge.gains(bySeat, round.meters, round.geometry.meters, terms_.anomalyPenalty, scale);
    }

    /// @dev How many of each seat's meters reported a value in range.
    function _countReported(Round memory round) private pure returns (uint256[] memory reported, uint256 missing) {
        reported = new uint256[](round.meters.length);
        uint256 first = 0;
        for (uint256 seat = 0; seat < reported.length; ++seat) {
            uint256 own = round.meters[seat];
            if (round.words[seat] != 0) {
                reported[seat] = own - SlotValues.countOutOfRange(round.values, round.ranges, first, own);
            }
            missing += own - reported[seat];
            first += own;
        }
    }

    /// @dev Moves the credits of a slot. In symbols: x = R·reported - Q·missing, Δ̃ = n x - Σx + (n - 1) a.
    function _close(Round memory round, Terms memory terms_, uint256[] memory reported, int256[] memory gains) private {
        uint256 seats = round.meters.length;
        int256[] memory change = new int256[](seats);
        uint256[] memory rewards = new uint256[](seats);
        int256 sum = 0;
        for (uint256 seat = 0; seat < seats; ++seat) {
            if (!Seats.contains(round.active, seat)) continue;
            rewards[seat] = terms_.reward * reported[seat];
            change[seat] =
                int256(rewards[seat]) - int256(terms_.missingPenalty * (round.meters[seat] - reported[seat]));
            sum += change[seat];
        }
        int256 operators = int256(Seats.count(round.active));
        for (uint256 seat = 0; seat < seats; ++seat) {
            if (Seats.contains(round.active, seat)) change[seat] = operators * change[seat] - sum + gains[seat];
        }
        consortium.redistribute(change, rewards, _remainderSeat(round));
    }

    /// @dev The owner of the meter that the slot's hashes draw; the next member if the owner is one no longer.
    function _remainderSeat(Round memory round) private pure returns (uint256 seat) {
        uint256 draw = uint256(keccak256(abi.encode(round.slot, round.version, round.words)));
        uint256 meter = draw % round.geometry.meters;
        while (meter >= round.meters[seat]) {
            meter -= round.meters[seat];
            ++seat;
        }
        while (!Seats.contains(round.active, seat)) seat = (seat + 1) % round.meters.length;
    }

    function _versionOf(State memory state, uint256 slot) private view returns (uint24) {
        uint256 start = _start(state, slot);
        return start >= state.versionFrom ? state.version : registry.versionAt(start);
    }

    /// @dev Rows less states.
    function _freedom(GridRecord.Geometry memory g) private pure returns (uint256) {
        return uint256(g.meters) + g.virtualRows + g.roots - g.buses;
    }

    function _start(State memory state, uint256 slot) private pure returns (uint256) {
        return state.genesis + slot * state.slotSeconds;
    }

    function _cutOff(State memory state, uint256 slot) private pure returns (uint256) {
        return _start(state, slot) + (1 + uint256(state.cutOffSlots)) * state.slotSeconds;
    }

    /// @dev The first slot that starts at or after `time`.
    function _firstSlotFrom(State memory state, uint256 time) private pure returns (uint256) {
        if (time <= state.genesis) return 0;
        return (time - state.genesis + state.slotSeconds - 1) / state.slotSeconds;
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

    function _nextSupplement(bytes calldata supplements, uint256 offset) private pure returns (bytes calldata entries) {
        if (offset + 3 > supplements.length) revert SlotLedgerSupplementsLength(supplements.length, offset + 3);
        uint256 length = uint24(bytes3(supplements[offset:offset + 3]));
        if (offset + 3 + length > supplements.length) {
            revert SlotLedgerSupplementsLength(supplements.length, offset + 3 + length);
        }
        return supplements[offset + 3:offset + 3 + length];
    }

    function _copy(bytes memory target, uint256 offset, bytes calldata source) private pure {
        assembly ("memory-safe") {
            calldatacopy(add(add(target, 32), offset), source.offset, source.length)
        }
    }
}
