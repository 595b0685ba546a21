// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../../../contracts/consortium/IConsortium.sol";
import {IMeterRegistry} from "../../../contracts/metering/IMeterRegistry.sol";
import {IMeteringRoles} from "../../../contracts/metering/IMeteringRoles.sol";
import {Metering} from "../../../contracts/metering/Metering.sol";
import {MeterState} from "../../../contracts/metering/libraries/MeterState.sol";
import {UsageRecord} from "../../../contracts/metering/libraries/UsageRecord.sol";

interface MeteringVm {
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function warp(uint256 time) external;
}

/// @notice A consortium of which the caller of everything has seat 0.
contract OneSeat {
    function seatOf(address) external pure returns (uint256) {
        return 0;
    }

    function memberAt(uint256) external pure returns (IConsortium.Member memory member) {
        return member;
    }
}

/// @notice What a meter's window is, told by a plain list.
contract MeterStateTest {
    /// @dev From any state and to any interval near it, against 65 answers worked out one by one.
    function testFuzz_TakeMovesTheWindow(uint32 newest, uint32 window, uint160 rest, uint8 by) external pure {
        uint256 last = 1_000 + (uint256(newest) % 1e9);
        uint256 interval = last + by - 100;
        uint256 state = (last << 224) | (uint256(window) << 192) | rest;
        (MeterState.Verdict verdict, uint256 next, uint256 dropped) = MeterState.take(state, interval);
        if (interval + 32 < last) {
            assert(verdict == MeterState.Verdict.Behind);
            return;
        }
        if (_has(last, window, interval)) {
            assert(verdict == MeterState.Verdict.Seen);
            return;
        }
        assert(verdict == MeterState.Verdict.Taken);
        // Signer and end stay.
        assert(uint192(next) == uint192(state));
        uint256 now_ = next >> 224;
        assert(now_ == (interval > last ? interval : last));
        for (uint256 i = now_ - 32; i <= now_; ++i) {
            assert(_has(now_, uint32(next >> 192), i) == (i == interval || (i <= last && _has(last, window, i))));
        }
        for (uint256 i = 0; i < 32; ++i) {
            uint256 lost = last - 1 - i;
            bool leaves = lost + 32 < now_ && !_has(last, window, lost);
            assert((dropped >> i) & 1 == (leaves ? 1 : 0));
        }
        assert(dropped >> 32 == 0);
    }

    function _has(uint256 newest, uint256 window, uint256 interval) private pure returns (bool) {
        if (interval > newest || interval + 32 < newest) return false;
        return interval == newest || (window >> (newest - interval - 1)) & 1 == 1;
    }
}

/// @notice Opens, rotates and revokes sessions of two meters with keys of one pool, and reports with any of them.
contract MeteringHandler {
    MeteringVm private constant VM = MeteringVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant _POOL = 10;
    uint32 private constant _OVERLAP = 3_600;
    uint32 private constant _SESSION = 86_400;
    uint32 private constant _INTERVAL = 60;
    bytes32 private constant _PERSON = keccak256("salted");
    /// @dev The generator of the curve, whose private key is 1.
    bytes private constant _GENERATOR = hex"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    Metering public immutable metering;

    /// @notice What the handler knows of a key: its meter, its last second, whether it was revoked or ended by the next but
    /// one, and when a report of it was taken last.
    struct Known {
        uint256 meter;
        uint256 until;
        bool revoked;
        bool ended;
        uint256 signedAt;
    }
    mapping(uint256 key => Known) public known;
    uint256[3] public presentKey;
    uint256[3] public formerKey;
    uint256[3] private _sequence;
    uint256 public time = 1_800_000_000;
    uint256 private _slot = 1_800_000_000;

    /// @notice A report by a key that does not hold was taken, or one by a key that holds was not.
    bool public broken;

    constructor() {
        VM.warp(time);
        metering = new Metering(
            IConsortium(address(new OneSeat())),
            0,
            IMeteringRoles.Rules(_INTERVAL, _SESSION, _OVERLAP)
        );
        metering.appointConcentrator(address(this));
        bytes32[] memory hids = new bytes32[](2);
        IMeterRegistry.Registration[] memory requests = new IMeterRegistry.Registration[](2);
        for (uint256 meter = 1; meter <= 2; ++meter) {
            address identity = VM.addr(_identity(meter));
            hids[meter - 1] = keccak256(abi.encodePacked(_PERSON, identity));
        }
        metering.storeIdentities(hids);
        // Before the time from which reports count, all is reported.
        uint32 since = uint32(time - 86_400 * 300);
        for (uint256 meter = 1; meter <= 2; ++meter) {
            bytes32 structHash = keccak256(
                abi.encode(keccak256("Registration(bytes32 hid,uint32 since)"), hids[meter - 1], since)
            );
            (bytes32 r, bytes32 vs) = _sign(_identity(meter), structHash);
            requests[meter - 1] = IMeterRegistry.Registration(_PERSON, VM.addr(_identity(meter)), since, r, vs);
        }
        assert(metering.registerMeters(requests) == 2);
        _startMdms();
    }

    function open(uint256 meter, uint256 key, uint32 life) external {
        meter = 1 + (meter % 2);
        key = 2 + (key % _POOL);
        life %= _SESSION + 1_000;
        uint256 until = time + life;
        IMeterRegistry.SessionRequest[] memory requests = new IMeterRegistry.SessionRequest[](1);
        requests[0].meter = uint32(meter);
        requests[0].sequence = uint32(_sequence[meter] + 1);
        requests[0].key = VM.addr(key);
        requests[0].validUntil = uint32(until);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Session(uint32 meter,uint32 sequence,address key,uint32 validUntil)"),
                meter,
                _sequence[meter] + 1,
                VM.addr(key),
                until
            )
        );
        (requests[0].r, requests[0].vs) = _sign(_identity(meter), structHash);
        (requests[0].keyR, requests[0].keyVs) = _sign(key, structHash);
        bool expected = known[key].meter == 0 && life != 0 && life <= _SESSION + 120;
        if ((metering.openSessions(requests) == 1) != expected) broken = true;
        if (!expected) return;
        ++_sequence[meter];
        uint256 before = presentKey[meter];
        // The one before the last ends now, whatever is left of its overlap.
        if (before != 0) {
            Known storage former = known[formerKey[meter]];
            if (formerKey[meter] != 0 && former.until >= time) (former.until, former.ended) = (time, true);
            if (known[before].until > time + _OVERLAP) known[before].until = time + _OVERLAP;
            formerKey[meter] = before;
        }
        known[key] = Known(meter, until, false, false, 0);
        presentKey[meter] = key;
    }

    function revoke(uint256 meter) external {
        meter = 1 + (meter % 2);
        metering.revokeSessions(uint32(meter));
        uint256 present = presentKey[meter];
        if (present == 0) return;
        known[present].revoked = true;
        // One whose overlap is over has ended by itself.
        uint256 former = formerKey[meter];
        if (former != 0 && known[former].until >= time) known[former].revoked = true;
        (presentKey[meter], formerKey[meter]) = (0, 0);
    }

    function wait(uint32 moment) external {
        time += 1 + (moment % 5_000);
        VM.warp(time);
    }

    /// @dev A fresh interval each time, with every key of the pool: the right ones alone are taken, each once.
    function report(uint256 meter) external {
        meter = 1 + (meter % 2);
        for (uint256 key = 2; key < 2 + _POOL; ++key) {
            _slot += _INTERVAL;
            if (_slot > time) {
                time = _slot;
                VM.warp(time);
            }
            Known storage its = known[key];
            bool holds = its.meter == meter && !its.revoked && !its.ended && time <= its.until;
            bytes memory record = _record(meter, key);
            if ((metering.submit(record) == 1) != holds) broken = true;
            if (holds) its.signedAt = time;
            if (metering.submit(record) != 0) broken = true;
        }
    }

    /// @notice Whether what the contract tells of every key is what the handler knows.
    function historyAgrees() external view returns (bool) {
        for (uint256 key = 2; key < 2 + _POOL; ++key) {
            IMeterRegistry.Session memory session = metering.sessionOf(VM.addr(key));
            if (session.meter != known[key].meter) return false;
            if (session.meter == 0) continue;
            if (session.revoked != known[key].revoked) return false;
            if (!session.revoked && session.until != known[key].until) return false;
            if (known[key].signedAt > session.until) return false;
            if (metering.meterOfKey(VM.addr(key)) != session.meter) return false;
        }
        return true;
    }

    /// @notice How many keys of a meter hold after this second: in it, one may have ended.
    function holding(uint256 meter) external view returns (uint256) {
        return metering.sessionsAt(uint32(meter), time + 1).length;
    }

    function _startMdms() private {
        address identity = VM.addr(_identity(9));
        bytes32 hid = keccak256(abi.encodePacked(_PERSON, identity));
        metering.storeMdmsIdentity(hid);
        (bytes32 r, bytes32 vs) = _sign(
            _identity(9),
            keccak256(abi.encode(keccak256("MdmsRegistration(bytes32 hid)"), hid))
        );
        assert(metering.registerMdms(_PERSON, identity, r, vs));
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Epoch(uint32 epoch,bytes publicKey,uint32 validUntil)"),
                1,
                keccak256(_GENERATOR),
                type(uint32).max
            )
        );
        (r, vs) = _sign(_identity(9), structHash);
        (bytes32 keyR, bytes32 keyVs) = _sign(1, structHash);
        metering.openEpoch(1, _GENERATOR, type(uint32).max, r, vs, keyR, keyVs);
    }

    function _record(uint256 meter, uint256 key) private view returns (bytes memory) {
        bytes memory ciphertext = abi.encodePacked(_GENERATOR, uint160(uint256(keccak256(abi.encode(_slot)))));
        bytes32 hash = keccak256(ciphertext);
        (bytes32 r, bytes32 vs) = _sign(key, keccak256(abi.encode(UsageRecord.TYPE_HASH, meter, _slot, 1, hash)));
        // Casts: numbers, times and epochs of the test are small.
        return abi.encodePacked(uint32(meter), uint32(_slot), uint8(1), ciphertext, hash, r, vs);
    }

    function _identity(uint256 meter) private pure returns (uint256) {
        return 1_000 + meter;
    }

    function _sign(uint256 key, bytes32 structHash) private view returns (bytes32 r, bytes32 vs) {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", metering.domainSeparator(), structHash));
        (uint8 v, bytes32 r_, bytes32 s) = VM.sign(key, digest);
        return (r_, bytes32(uint256(s) | (uint256(v - 27) << 255)));
    }
}

/// @notice Invariants of session keys, see `test/invariants.md`.
contract MeteringInvariantsTest {
    MeteringHandler private _handler;

    function setUp() external {
        _handler = new MeteringHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_OnlyKeysThatHoldSign() external view {
        require(!_handler.broken(), "a key that does not hold signed, or one that holds could not");
    }

    function invariant_HistoryIsWhatHappened() external view {
        require(_handler.historyAgrees(), "the history differs");
    }

    function invariant_AtMostTwoKeysHold() external view {
        require(_handler.holding(1) <= 2 && _handler.holding(2) <= 2, "more than two keys hold");
    }
}
