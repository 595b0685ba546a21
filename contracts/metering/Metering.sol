// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../consortium/IConsortium.sol";
import {IUsageReports} from "./IUsageReports.sol";
import {MdmsKeys} from "./MdmsKeys.sol";
import {MeteringRoles} from "./MeteringRoles.sol";
import {AcceptedLog} from "./libraries/AcceptedLog.sol";
import {MeterState} from "./libraries/MeterState.sol";
import {MissedIntervals} from "./libraries/MissedIntervals.sol";
import {OrdinaryReport} from "./libraries/OrdinaryReport.sol";
import {UsageRecord} from "./libraries/UsageRecord.sol";

/// @title Household metering of one utility
/// @notice Roles, identities, keys and reports, in one contract: a report reads one word of its meter, here.
contract Metering is IUsageReports, MdmsKeys {
    using MeterState for uint256;
    using MissedIntervals for MissedIntervals.Missed;
    using OrdinaryReport for mapping(uint256 meter => uint256);
    /// @dev What holds for a whole batch.
    struct Batch {
        /// As `UsageRecord.prepare` gives it.
        uint256 scratch;
        InForce inForce;
        bool late;
    }

    mapping(uint256 meter => MissedIntervals.Missed) private _missed;

    /// @custom:error MeteringBadRules; ConsortiumNoSuchSeat
    constructor(
        IConsortium consortium_,
        uint256 utilitySeat_,
        Rules memory rules_
    ) MeteringRoles(consortium_, utilitySeat_, rules_) {}

    /// @inheritdoc IUsageReports
    function submit(bytes calldata reports) external returns (uint256 accepted) {
        return _take(reports, false);
    }

    /// @inheritdoc IUsageReports
    function backfill(bytes calldata reports) external returns (uint256 accepted) {
        return _take(reports, true);
    }

    /// @inheritdoc IUsageReports
    function standingOf(uint32 meter, uint256 time) external view returns (Standing) {
        uint256 state = _states[meter];
        if (state == 0 || time % _intervalSeconds != 0 || time > type(uint32).max) return Standing.None;
        uint256 interval = time / _intervalSeconds;
        if (interval <= _identities[meter].since / _intervalSeconds) return Standing.None;
        (MeterState.Verdict verdict, , ) = state.take(interval);
        if (verdict == MeterState.Verdict.Taken) return Standing.Open;
        return _missed[meter].contains(interval) ? Standing.Missing : Standing.Accepted;
    }

    /// @inheritdoc IUsageReports
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    function _take(bytes calldata reports, bool late) private returns (uint256) {
        // Check: the caller, and whole reports.
        _checkConcentrator();
        if (reports.length == 0 || reports.length % UsageRecord.BYTES != 0) {
            revert MeteringBadBatch(reports.length, UsageRecord.BYTES);
        }
        Batch memory batch = Batch(UsageRecord.prepare(_domainSeparatorV4()), _inForce, late);
        OrdinaryReport.Terms memory terms = OrdinaryReport.Terms(
            _intervalSeconds,
            block.timestamp + _AHEAD_SECONDS,
            block.timestamp <= batch.inForce.currentUntil ? batch.inForce.current & 0xff : 256,
            batch.scratch
        );
        uint256 first = AcceptedLog.open(reports.length);
        uint256 end = first;
        uint256 offset;
        assembly ("memory-safe") {
            offset := reports.offset
        }
        // No overflow: offsets in calldata and memory.
        unchecked {
            uint256 stop = offset + reports.length;
            for (uint256 start = offset; offset < stop; offset += UsageRecord.BYTES) {
                // Check and effect: each by itself.
                if (!late && _states.take(terms, offset, end)) {
                    end += UsageRecord.BYTES;
                    continue;
                }
                (uint256 meter, uint256 time, uint256 epoch) = UsageRecord.head(offset);
                Skip reason = _takeOne(batch, offset, meter, time, epoch);
                if (reason == Skip.None) {
                    end = AcceptedLog.put(end, offset);
                } else {
                    // Casts: they came as 32 bits.
                    emit ReportSkipped(uint32(meter), uint32(time), reason, (offset - start) / UsageRecord.BYTES);
                }
            }
        }
        return AcceptedLog.emitAccepted(first, end, ReportsAccepted.selector);
    }

    /// @dev Takes one report, or says why not, and then nothing is changed.
    function _takeOne(
        Batch memory batch,
        uint256 offset,
        uint256 meter,
        uint256 time,
        uint256 epoch
    ) private returns (Skip) {
        // Check: what is cheap.
        uint256 state = _states[meter];
        if (state == 0) return _identities[meter].state == State.Revoked ? Skip.Revoked : Skip.Unknown;
        uint256 interval = time / _intervalSeconds;
        if (interval * _intervalSeconds != time) return Skip.Misaligned;
        if (time > block.timestamp + _AHEAD_SECONDS) return Skip.Future;
        if (!_isInForce(batch.inForce, epoch)) return Skip.WrongEpoch;
        if (!UsageRecord.isHashRight(offset, batch.scratch)) return Skip.HashMismatch;

        // Check: the interval.
        (MeterState.Verdict verdict, uint256 next, uint256 dropped) = state.take(interval);
        if (batch.late) {
            if (verdict == MeterState.Verdict.Taken) return Skip.Recent;
            if (verdict == MeterState.Verdict.Seen || !_missed[meter].contains(interval)) {
                return _nameTaken(meter, interval, Skip.Duplicate);
            }
        } else if (verdict != MeterState.Verdict.Taken) {
            Skip reason = verdict == MeterState.Verdict.Seen ? Skip.Duplicate : Skip.Stale;
            return _nameTaken(meter, interval, reason);
        }

        // Check: who signed.
        address signer = UsageRecord.signer(offset, batch.scratch, meter, time, epoch);
        if (signer == address(0)) return Skip.BadSignature;
        if (signer != state.signer() || block.timestamp > state.until()) {
            Skip reason = _checkOtherKey(meter, state, signer);
            if (reason != Skip.None) return reason;
        }

        // Effect.
        if (batch.late) {
            _missed[meter].remove(interval);
        } else {
            _states[meter] = next;
            uint256 newest = state.newest();
            if (dropped != 0 || interval > newest + 1 + MeterState.WINDOW) {
                _missed[meter].add(newest, interval, dropped);
            }
        }
        return Skip.None;
    }

    function _isInForce(InForce memory inForce, uint256 epoch) private view returns (bool) {
        // Reports carry the epoch modulo 256. There is none before the first.
        if (epoch == inForce.current & 0xff) return block.timestamp <= inForce.currentUntil;
        return (epoch + 1) & 0xff == inForce.current & 0xff && block.timestamp <= inForce.previousUntil;
    }

    /// @dev The reason for an interval that is not open, unless the meter did not count then.
    function _nameTaken(uint256 meter, uint256 interval, Skip reason) private view returns (Skip) {
        return interval <= _identities[meter].since / _intervalSeconds ? Skip.BeforeStart : reason;
    }

    /// @dev Whether another key than the present one may have signed; it can be the one before, in the overlap.
    function _checkOtherKey(uint256 meter, uint256 state, address signer) private view returns (Skip) {
        Previous storage previous = _previous[meter];
        if (signer == previous.key && block.timestamp <= previous.until) return Skip.None;
        Key storage kept = _keys[signer];
        if (_identities[meter].state == State.Revoked || (kept.meter == meter && kept.revoked)) return Skip.Revoked;
        if (kept.meter == meter) return Skip.Expired;
        return state.signer() == address(0) && previous.key == address(0) ? Skip.NoSession : Skip.BadSignature;
    }
}
