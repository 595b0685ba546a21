// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "../grid/libraries/CodeStore.sol";
import {ChiSquare} from "../math/ChiSquare.sol";
import {AnomalyCharge} from "../measurement/libraries/AnomalyCharge.sol";
import {ISlotLedger} from "../measurement/ISlotLedger.sol";
import {IProjectionLedger} from "./IProjectionLedger.sol";
import {IProjectionModel} from "./IProjectionModel.sol";
import {PrintedCredits} from "./libraries/PrintedCredits.sol";
import {StoredMatrices} from "./libraries/StoredMatrices.sol";
import {TopologyMatrix} from "./libraries/TopologyMatrix.sol";

/// @title Algorithm 1 as the paper prints it
/// @dev Sizes on the way: a value is at most 2^31, an entry of P 2^63, and there are at most 3,068 rows. So a residual in
/// units of 2^-k is at most 2^93 + 3,068 · 2^94 < 2^105.6, w r² below 2^243.3, and their sum, J, below 2^255.
contract ProjectionLedger is IProjectionLedger {
    using StoredMatrices for StoredMatrices.Shape;
    using PrintedCredits for uint256[];

    /// @dev Set in the word of a value, so that 0 counts as reported.
    uint256 private constant _REPORTED = 1 << 255;

    IProjectionModel public immutable models;
    uint256 public immutable genesis;
    uint256 public immutable slotSeconds;
    uint256 public immutable cutOffSlots;
    uint256 public immutable normalQuantileQ32;

    /// @inheritdoc IProjectionLedger
    uint256 public nextSlot;

    ISlotLedger.Terms private _terms;
    uint256[] private _deposits;
    mapping(uint256 slot => mapping(uint256 meter => uint256)) private _values;

    /// @param deposit What each operator starts with.
    /// @custom:error ProjectionLedgerBadTerms
    /// @custom:error ProjectionModelNoneInForce if no model is in force at the start of slot 0.
    constructor(IProjectionModel models_, uint64 deposit, Clock memory clock, ISlotLedger.Terms memory terms_) {
        // Check: time moves on, a model is there, amounts are such that nothing overflows.
        if (clock.slotSeconds == 0) revert ProjectionLedgerBadTerms("slotSeconds", 0);
        if (deposit == 0) revert ProjectionLedgerBadTerms("deposit", 0);
        if (terms_.normalQuantileQ32 > 8 << 32) {
            revert ProjectionLedgerBadTerms("normalQuantileQ32", terms_.normalQuantileQ32);
        }
        models_.inForceAt(clock.genesis);

        // Effect: terms and deposits.
        models = models_;
        genesis = clock.genesis;
        slotSeconds = clock.slotSeconds;
        cutOffSlots = clock.cutOffSlots;
        normalQuantileQ32 = terms_.normalQuantileQ32;
        _terms = terms_;
        uint256 count = models_.operators().length;
        for (uint256 seat = 0; seat < count; ++seat) _deposits.push(deposit);
    }

    /// @inheritdoc IProjectionLedger
    function processMeasurement(uint256 slot, uint256 meter, int32 value) external {
        // Check: in time, by the owner, once.
        uint256 opensAt = _opensAt(slot);
        uint256 cutOff = opensAt + (1 + cutOffSlots) * slotSeconds;
        if (block.timestamp < opensAt) revert ProjectionLedgerNotOpen(slot, opensAt, block.timestamp);
        if (block.timestamp >= cutOff) revert ProjectionLedgerCutOff(slot, cutOff, block.timestamp);
        uint256 seat = models.seatOf(msg.sender);
        uint256 owner = models.seatOfMeter(models.inForceAt(opensAt), meter);
        if (seat != owner) revert ProjectionLedgerNotOwner(msg.sender, seat, owner);
        if (_values[slot][meter] != 0) revert ProjectionLedgerAlreadyReported(slot, meter);

        // Effect: the value; then the slot that is due. Cast: the 32 bits of the value.
        _values[slot][meter] = _REPORTED | uint32(value);
        emit MeasurementProcessed(slot, meter, value);
        if (block.timestamp >= _cutOff(nextSlot)) _finalise(nextSlot);
    }

    /// @inheritdoc IProjectionLedger
    function finaliseTimeSlot() external {
        // Check: the cut-off is over.
        uint256 slot = nextSlot;
        uint256 cutOff = _cutOff(slot);
        if (block.timestamp < cutOff) revert ProjectionLedgerNotDue(slot, cutOff, block.timestamp);

        // Effect: the slot.
        _finalise(slot);
    }

    /// @inheritdoc IProjectionLedger
    function deposits() external view returns (uint256[] memory) {
        return _deposits;
    }

    /// @inheritdoc IProjectionLedger
    function terms() external view returns (ISlotLedger.Terms memory) {
        return _terms;
    }

    /// @dev Rewards and penalties meter by meter; if all reported, the estimate.
    function _finalise(uint256 slot) private {
        uint256 model = models.inForceAt(_opensAt(slot));
        IProjectionModel.Summary memory m = models.summary(model);
        TopologyMatrix.Rows memory h = TopologyMatrix.load(CodeStore.read(m.matrix), m.rows);
        StoredMatrices.Shape memory shape = StoredMatrices.shape(m.states, m.rows);
        uint256[] memory balances = _deposits;
        // Room for what a row of P is filled up with.
        int256[] memory z = new int256[](shape.projectionStride / 8);
        uint256 missing = _applyReports(slot, m.meters, h.seat, z, balances);
        ++nextSlot;
        if (missing > 0) {
            emit SlotFinalisedIncomplete(slot, missing);
        } else {
            address[] memory chunks = models.chunks(model);
            (uint256 objective, uint256[] memory shares) = _residuals(m, shape, h, chunks, z, balances.length);
            _judge(slot, m, objective, shares, h.seat, balances);
        }
        _store(balances);
    }

    /// @dev Each meter's reward or penalty; the values go to z.
    function _applyReports(
        uint256 slot,
        uint256 meters,
        uint256[] memory seats,
        int256[] memory z,
        uint256[] memory balances
    ) private view returns (uint256 missing) {
        ISlotLedger.Terms memory agreed = _terms;
        mapping(uint256 meter => uint256) storage values = _values[slot];
        for (uint256 meter = 0; meter < meters; ++meter) {
            uint256 word = values[meter];
            if (word == 0) {
                ++missing;
                balances.penalise(seats[meter], agreed.missingPenalty);
            } else {
                // Casts: the low 32 bits, with their sign.
                z[meter] = int32(uint32(word));
                balances.reward(seats[meter], agreed.reward);
            }
        }
    }

    /// @dev r = z - Pz in units of 2^-k; J and its shares over the meters, as printed.
    function _residuals(
        IProjectionModel.Summary memory m,
        StoredMatrices.Shape memory shape,
        TopologyMatrix.Rows memory h,
        address[] memory chunks,
        int256[] memory z,
        uint256 seats
    ) private view returns (uint256 objective, uint256[] memory shares) {
        shares = new uint256[](seats);
        uint256 window = shape.newWindow();
        for (uint256 i = 0; i < m.meters; ++i) {
            uint256 row = shape.projectionRow(chunks, window, i, i == 0);
            unchecked {
                int256 residual = (z[i] << m.projectionDigits) - shape.multiply(row, z);
                // Cast: a square.
                uint256 weighted = h.weight[i] * uint256(residual * residual);
                shares[h.seat[i]] += weighted;
                objective += weighted;
            }
        }
    }

    /// @dev J against τ, and the charge if it is above.
    function _judge(
        uint256 slot,
        IProjectionModel.Summary memory m,
        uint256 objective,
        uint256[] memory shares,
        uint256[] memory seats,
        uint256[] memory balances
    ) private {
        uint256 thresholdQ32 = ChiSquare.threshold(m.rows - m.states, normalQuantileQ32);
        uint256 objectiveQ32 = objective >> (2 * uint256(m.projectionDigits) + m.weightDigits - 32);
        emit SlotFinalised(slot, objectiveQ32, thresholdQ32);
        if (objectiveQ32 <= thresholdQ32) return;

        uint256[] memory meters = new uint256[](balances.length);
        for (uint256 i = 0; i < m.meters; ++i) ++meters[seats[i]];
        int256[] memory gain = AnomalyCharge.gains(shares, meters, m.meters, _terms.anomalyPenalty, 1);
        // "the operator of a meter sampled uniformly at random": by a hash that all can compute.
        uint256 lucky = uint256(keccak256(abi.encode(slot, objective))) % m.meters;
        balances.applyAnomaly(gain, seats[lucky]);
    }

    function _store(uint256[] memory balances) private {
        for (uint256 seat = 0; seat < balances.length; ++seat) {
            if (_deposits[seat] != balances[seat]) _deposits[seat] = balances[seat];
        }
    }

    function _opensAt(uint256 slot) private view returns (uint256) {
        return genesis + slot * slotSeconds;
    }

    function _cutOff(uint256 slot) private view returns (uint256) {
        return _opensAt(slot) + (1 + cutOffSlots) * slotSeconds;
    }
}
