// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IMeterRegistry} from "./IMeterRegistry.sol";
import {MeteringRoles} from "./MeteringRoles.sol";
import {MeterState} from "./libraries/MeterState.sol";

/// @title Household meters, their identities and session keys
abstract contract MeterRegistry is IMeterRegistry, MeteringRoles {
    using MeterState for uint256;

    /// @dev One word.
    struct Identity {
        /// Of the identity key.
        address key;
        uint32 sequence;
        uint32 since;
        State state;
    }

    /// @dev One word: what is kept of a session key for ever.
    struct Key {
        /// The session key before; what it was cut to by this one follows from `from`.
        address previous;
        uint32 meter;
        uint32 from;
        /// How long it holds, s, at most 30 days and the tolerance; shorter once revoked.
        uint24 life;
        bool revoked;
    }

    /// @dev One word: the session key before the present one.
    struct Previous {
        address key;
        uint32 until;
    }

    /// @dev In `_numbers`: the identity of an MDMS.
    uint256 internal constant _MDMS = 1 << 32;

    bytes32 private constant _REGISTRATION = keccak256("Registration(bytes32 hid,uint32 since)");
    bytes32 private constant _SESSION = keccak256(
        "Session(uint32 meter,uint32 sequence,address key,uint32 validUntil)"
    );
    bytes32 private constant _REVOKE_SESSIONS = keccak256("RevokeSessions(uint32 meter,uint32 sequence)");
    bytes32 private constant _REVOKE_METER = keccak256("RevokeMeter(uint32 meter)");

    /// @inheritdoc IMeterRegistry
    uint32 public meterCount;

    /// @dev What reports need: see `MeterState`. 0 until the meter is registered.
    mapping(uint256 meter => uint256) internal _states;
    mapping(uint256 meter => Previous) internal _previous;
    mapping(uint256 meter => Identity) internal _identities;
    mapping(address key => Key) internal _keys;
    mapping(uint256 meter => bytes32) private _hids;
    /// @dev The meter's number; `_MDMS` for an MDMS.
    mapping(bytes32 hid => uint256) internal _numbers;

    /// @inheritdoc IMeterRegistry
    function storeIdentities(bytes32[] calldata hids) external returns (uint32 firstMeter) {
        // Check: the caller; each is new.
        _checkUtility();
        uint32 meter = meterCount;
        firstMeter = meter + 1;
        for (uint256 i = 0; i < hids.length; ++i) {
            bytes32 hid = hids[i];
            _checkNewIdentity(hid);

            // Effect: it has a number.
            ++meter;
            _numbers[hid] = meter;
            _hids[meter] = hid;
            _identities[meter].state = State.Stored;
        }
        meterCount = meter;
        emit IdentitiesStored(firstMeter, hids);
    }

    /// @inheritdoc IMeterRegistry
    function registerMeters(Registration[] calldata requests) external returns (uint256 registered) {
        _checkConcentrator();
        for (uint256 i = 0; i < requests.length; ++i) {
            Registration calldata request = requests[i];
            bytes32 hid = _hidOf(request.saltedId, request.identity);
            // Check.
            (Decline reason, uint256 meter) = _checkRegistration(hid, request);
            if (reason != Decline.None) {
                emit RegistrationDeclined(hid, request.identity, reason);
                continue;
            }

            // Effect: everything before `since` counts as reported. Cast: numbers have 32 bits.
            _identities[meter] = Identity(request.identity, 0, request.since, State.Registered);
            _states[meter] = MeterState.start(_firstInterval(request.since));
            ++registered;
            emit MeterRegistered(uint32(meter), hid, request.identity, request.since);
        }
    }

    /// @inheritdoc IMeterRegistry
    function openSessions(SessionRequest[] calldata requests) external returns (uint256 opened) {
        _checkConcentrator();
        for (uint256 i = 0; i < requests.length; ++i) {
            SessionRequest calldata request = requests[i];
            // Check.
            Decline reason = _checkSession(request);
            if (reason != Decline.None) {
                emit SessionDeclined(request.meter, request.sequence, request.key, reason);
                continue;
            }

            // Effect: the key before holds for the overlap, if it holds so long.
            uint256 meter = request.meter;
            uint256 state = _states[meter];
            address before = state.signer();
            uint256 previousUntil = 0;
            if (before == address(0)) {
                // The first session, or the one after a revocation.
                before = _previous[meter].key;
            } else {
                previousUntil = block.timestamp + _overlapSeconds;
                if (previousUntil > state.until()) previousUntil = state.until();
                _previous[meter] = Previous(before, uint32(previousUntil));
            }
            // Casts: times have 32 bits; a session is at most 30 days and 120 s.
            _states[meter] = state.withSession(request.key, request.validUntil);
            _identities[meter].sequence = request.sequence;
            _keys[request.key] = Key(
                before,
                request.meter,
                uint32(block.timestamp),
                uint24(request.validUntil - block.timestamp),
                false
            );
            ++opened;
            emit SessionOpened(request.meter, request.sequence, request.key, request.validUntil, uint32(previousUntil));
        }
    }

    /// @inheritdoc IMeterRegistry
    function revokeSessions(uint32 meter) external {
        _checkUtility();
        _revokeSessions(meter, _registered(meter).sequence);
    }

    /// @inheritdoc IMeterRegistry
    function revokeSessionsSigned(uint32 meter, uint32 sequence, bytes32 r, bytes32 vs) external {
        // Check: the identity key, for this session: what it once signed cannot end a later one.
        Identity storage identity = _registered(meter);
        if (identity.sequence != sequence) revert MeteringWrongSequence(sequence, identity.sequence);
        address signer = _signer(keccak256(abi.encode(_REVOKE_SESSIONS, meter, sequence)), r, vs);
        if (signer != identity.key) revert MeteringBadSignature(signer, identity.key);

        _revokeSessions(meter, sequence);
    }

    /// @inheritdoc IMeterRegistry
    function revokeMeter(uint32 meter) external {
        // Check.
        _checkUtility();
        Identity storage identity = _identities[meter];
        if (identity.state == State.None) revert MeteringUnknownMeter(meter);
        if (identity.state == State.Revoked) revert MeteringMeterRevoked(meter);

        _revokeMeter(meter, identity);
    }

    /// @inheritdoc IMeterRegistry
    function revokeMeterSigned(uint32 meter, bytes32 r, bytes32 vs) external {
        // Check.
        Identity storage identity = _registered(meter);
        address signer = _signer(keccak256(abi.encode(_REVOKE_METER, meter)), r, vs);
        if (signer != identity.key) revert MeteringBadSignature(signer, identity.key);

        _revokeMeter(meter, identity);
    }

    /// @inheritdoc IMeterRegistry
    function meterOf(bytes32 hid) external view returns (uint32) {
        // Cast: the mark of an MDMS is above it.
        return uint32(_numbers[hid]);
    }

    /// @inheritdoc IMeterRegistry
    function meterAt(uint32 number) external view returns (Meter memory meter) {
        Identity storage identity = _identities[number];
        Previous storage previous = _previous[number];
        uint256 state = _states[number];
        meter.hid = _hids[number];
        meter.state = identity.state;
        meter.identity = identity.key;
        meter.since = identity.since;
        meter.sequence = identity.sequence;
        meter.key = state.signer();
        meter.keyUntil = state.until();
        meter.previousKey = previous.key;
        meter.previousKeyUntil = previous.until;
        meter.newestTime = state.newest() * _intervalSeconds;
        meter.window = uint32(state.window());
    }

    /// @inheritdoc IMeterRegistry
    function meterOfKey(address key) external view returns (uint32) {
        return _keys[key].meter;
    }

    /// @inheritdoc IMeterRegistry
    function sessionOf(address key) external view returns (Session memory session) {
        uint256 meter = _keys[key].meter;
        if (meter == 0) return session;
        // The key was opened for this meter: the walk back comes by it.
        uint256 nextFrom = 0;
        uint256 overNextFrom = 0;
        for (address later = _lastKey(meter); later != key; later = _keys[later].previous) {
            (nextFrom, overNextFrom) = (_keys[later].from, nextFrom);
        }
        return _session(key, nextFrom, overNextFrom);
    }

    /// @inheritdoc IMeterRegistry
    function sessionsAt(uint32 meter, uint256 time) external view returns (Session[] memory held) {
        // Twice the same walk from the last key back: to count, then to list.
        held = new Session[](_walk(meter, time, held));
        _walk(meter, time, held);
    }

    /// @dev The interval that the first report of a meter is of: the first to end after `since`.
    function _firstInterval(uint256 since) private view returns (uint256) {
        return since / _intervalSeconds + 1;
    }

    /// @dev The session key opened last; zero if there never was one.
    function _lastKey(uint256 meter) private view returns (address key) {
        key = _states[meter].signer();
        if (key == address(0)) key = _previous[meter].key;
    }

    /// @param nextFrom When the next session opened; 0 if there is none. `overNextFrom`: the one after that.
    function _session(address key, uint256 nextFrom, uint256 overNextFrom) private view returns (Session memory) {
        Key storage kept = _keys[key];
        uint256 from = kept.from;
        uint256 until = from + kept.life;
        if (nextFrom != 0 && nextFrom + _overlapSeconds < until) until = nextFrom + _overlapSeconds;
        // Two keys hold at a time. In the block that opens a third, the first may have signed before that.
        if (overNextFrom != 0 && overNextFrom < until) until = overNextFrom;
        return Session(kept.meter, key, kept.revoked, from, until);
    }

    /// @dev Puts the sessions that held at a time into `held`, as far as there is room, and counts them.
    function _walk(uint256 meter, uint256 time, Session[] memory held) private view returns (uint256 count) {
        uint256 nextFrom = 0;
        uint256 overNextFrom = 0;
        for (address key = _lastKey(meter); key != address(0); key = _keys[key].previous) {
            uint256 from = _keys[key].from;
            // No session is longer: this one and all before it had ended.
            if (from + _sessionSeconds + _AHEAD_SECONDS < time) break;
            Session memory session = _session(key, nextFrom, overNextFrom);
            if (from <= time && time <= session.until) {
                if (count < held.length) held[count] = session;
                ++count;
            }
            (nextFrom, overNextFrom) = (from, nextFrom);
        }
    }

    function _checkNewIdentity(bytes32 hid) internal view {
        if (hid == 0) revert MeteringZeroIdentity();
        if (_numbers[hid] != 0) revert MeteringIdentityStored(hid);
    }

    function _hidOf(bytes32 saltedId, address identity) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(saltedId, identity));
    }

    function _checkRegistration(bytes32 hid, Registration calldata request) private view returns (Decline, uint256) {
        uint256 meter = _numbers[hid];
        if (meter == 0 || meter == _MDMS) return (Decline.UnknownIdentity, 0);
        State state = _identities[meter].state;
        if (state == State.Registered) return (Decline.AlreadyRegistered, 0);
        if (state == State.Revoked) return (Decline.Revoked, 0);
        if (request.since > block.timestamp + _AHEAD_SECONDS) return (Decline.BadStart, 0);
        bytes32 structHash = keccak256(abi.encode(_REGISTRATION, hid, request.since));
        address signer = _signer(structHash, request.r, request.vs);
        if (signer == address(0) || signer != request.identity) return (Decline.BadSignature, 0);
        return (Decline.None, meter);
    }

    function _checkSession(SessionRequest calldata request) private view returns (Decline) {
        Identity storage identity = _identities[request.meter];
        State state = identity.state;
        if (state == State.Revoked) return Decline.Revoked;
        if (state != State.Registered) return Decline.Unregistered;
        if (request.sequence != uint256(identity.sequence) + 1) return Decline.WrongSequence;
        uint256 validUntil = request.validUntil;
        if (validUntil <= block.timestamp || validUntil > block.timestamp + _sessionSeconds + _AHEAD_SECONDS) {
            return Decline.BadValidity;
        }
        bytes32 structHash = keccak256(
            abi.encode(_SESSION, request.meter, request.sequence, request.key, request.validUntil)
        );
        if (_signer(structHash, request.r, request.vs) != identity.key) return Decline.BadSignature;
        if (_keys[request.key].meter != 0 || request.key == identity.key) return Decline.KeyUsed;
        address holder = _signer(structHash, request.keyR, request.keyVs);
        if (holder == address(0) || holder != request.key) return Decline.NotPossessed;
        return Decline.None;
    }

    function _registered(uint32 meter) private view returns (Identity storage identity) {
        identity = _identities[meter];
        if (identity.state == State.Revoked) revert MeteringMeterRevoked(meter);
        if (identity.state != State.Registered) revert MeteringUnknownMeter(meter);
    }

    function _revokeSessions(uint32 meter, uint32 sequence) private {
        // Effect: no key holds; what is kept of the two says so.
        _endKeys(meter);
        emit SessionsRevoked(meter, sequence);
    }

    function _revokeMeter(uint32 meter, Identity storage identity) private {
        // Effect.
        identity.state = State.Revoked;
        _endKeys(meter);
        emit MeterRevoked(meter, _hids[meter]);
    }

    /// @dev No key of the meter holds from now on. The last one stays known, as the one before the next.
    function _endKeys(uint256 meter) private {
        uint256 state = _states[meter];
        address key = state.signer();
        if (key == address(0)) return;
        _revokeKey(key);
        Previous storage previous = _previous[meter];
        if (previous.until >= block.timestamp) _revokeKey(previous.key);
        _previous[meter] = Previous(key, 0);
        _states[meter] = state.withSession(address(0), 0);
    }

    function _revokeKey(address key) private {
        Key storage kept = _keys[key];
        kept.revoked = true;
        // Cast: not above the life it had.
        uint256 lived = block.timestamp - kept.from;
        if (lived < kept.life) kept.life = uint24(lived);
    }
}
