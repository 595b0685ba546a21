// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IMdmsKeys} from "./IMdmsKeys.sol";
import {MeterRegistry} from "./MeterRegistry.sol";
import {CompressedPoint} from "./libraries/CompressedPoint.sol";

/// @title The meter data management system and its epoch keys
abstract contract MdmsKeys is IMdmsKeys, MeterRegistry {
    /// @dev Two words: the point, and the rest.
    struct KeptEpoch {
        bytes32 x;
        /// 2 or 3; 0 if there was no such epoch.
        uint8 sign;
        bool revoked;
        uint32 from;
        uint32 until;
        uint32 mdms;
    }

    /// @dev One word, read once a batch.
    struct InForce {
        uint32 current;
        /// The last second; 0 once revoked.
        uint32 currentUntil;
        uint32 previousUntil;
    }

    bytes32 private constant _REGISTRATION = keccak256("MdmsRegistration(bytes32 hid)");
    bytes32 private constant _EPOCH = keccak256("Epoch(uint32 epoch,bytes publicKey,uint32 validUntil)");
    bytes32 private constant _REVOKE_EPOCH = keccak256("RevokeEpoch(uint32 epoch)");
    /// @dev Reports carry the epoch modulo this.
    uint32 private constant _EPOCHS_IN_BYTE = 256;
    /// @dev In `_numbers`: the identity of an MDMS that registered.
    uint256 private constant _MDMS_USED = (1 << 32) | (1 << 33);

    InForce internal _inForce;

    address private _identity;
    uint32 private _number;
    bytes32 private _hid;
    mapping(uint256 epoch => KeptEpoch) private _epochs;
    mapping(address key => bool) private _usedEpochKeys;

    /// @inheritdoc IMdmsKeys
    function storeMdmsIdentity(bytes32 hid) external {
        // Check.
        _checkUtility();
        _checkNewIdentity(hid);

        // Effect.
        _numbers[hid] = _MDMS;
        emit MdmsIdentityStored(hid);
    }

    /// @inheritdoc IMdmsKeys
    function registerMdms(
        bytes32 saltedId,
        address identity,
        bytes32 r,
        bytes32 vs
    ) external returns (bool registered) {
        // Check: stored, not used, and the identity key agrees.
        bytes32 hid = _hidOf(saltedId, identity);
        Decline reason = Decline.None;
        if (_numbers[hid] == _MDMS_USED) {
            reason = Decline.AlreadyRegistered;
        } else if (_numbers[hid] != _MDMS) {
            reason = Decline.UnknownIdentity;
        } else {
            address signer = _signer(keccak256(abi.encode(_REGISTRATION, hid)), r, vs);
            if (signer == address(0) || signer != identity) reason = Decline.BadSignature;
        }
        if (reason != Decline.None) {
            emit RegistrationDeclined(hid, identity, reason);
            return false;
        }

        // Effect: what was encrypted to the one before is taken no more.
        _numbers[hid] = _MDMS_USED;
        _endEpoch(_inForce.current);
        if (_inForce.current != 0) _endEpoch(_inForce.current - 1);
        (_identity, _hid) = (identity, hid);
        ++_number;
        emit MdmsRegistered(_number, hid, identity);
        return true;
    }

    /// @inheritdoc IMdmsKeys
    function openEpoch(
        uint32 epoch,
        bytes calldata publicKey,
        uint32 validUntil,
        bytes32 r,
        bytes32 vs,
        bytes32 keyR,
        bytes32 keyVs
    ) external {
        // Check: the next epoch; a point of the curve, that nobody used; signed by both keys.
        InForce memory inForce = _inForce;
        if (_number == 0) revert MeteringNoMdms();
        if (epoch != uint256(inForce.current) + 1) revert MeteringWrongEpoch(epoch, uint256(inForce.current) + 1);
        if (validUntil <= block.timestamp) revert MeteringBadValidity(validUntil, block.timestamp);
        if (epoch > _EPOCHS_IN_BYTE) {
            // The epoch of the same byte ended when the next but one opened, and the last session that knew it is over.
            uint256 least = _epochs[epoch - _EPOCHS_IN_BYTE + 2].from + _sessionSeconds + _AHEAD_SECONDS + 1;
            if (block.timestamp < least) revert MeteringEpochTooSoon(epoch, least);
        }
        address key = CompressedPoint.addressOf(publicKey);
        if (key == address(0)) revert MeteringNotOnCurve(publicKey);
        if (_usedEpochKeys[key] || key == _identity) revert MeteringEpochKeyUsed(publicKey);
        bytes32 structHash = keccak256(abi.encode(_EPOCH, epoch, keccak256(publicKey), validUntil));
        _checkSigner(structHash, r, vs, _identity);
        _checkSigner(structHash, keyR, keyVs, key);

        // Effect: the one before holds for the overlap, if it holds so long. Casts: times have 32 bits.
        uint256 previousUntil = block.timestamp + _overlapSeconds;
        if (previousUntil > inForce.currentUntil) previousUntil = inForce.currentUntil;
        _inForce = InForce(epoch, validUntil, uint32(previousUntil));
        _usedEpochKeys[key] = true;
        _epochs[epoch] = KeptEpoch(
            bytes32(publicKey[1:]),
            uint8(publicKey[0]),
            false,
            uint32(block.timestamp),
            validUntil,
            _number
        );
        emit EpochOpened(epoch, _number, publicKey, validUntil, uint32(previousUntil), r, vs);
    }

    /// @inheritdoc IMdmsKeys
    function revokeEpoch(uint32 epoch) external {
        _checkUtility();
        if (!_endEpoch(epoch)) revert MeteringEpochOver(epoch);
    }

    /// @inheritdoc IMdmsKeys
    function revokeEpochSigned(uint32 epoch, bytes32 r, bytes32 vs) external {
        if (_number == 0) revert MeteringNoMdms();
        _checkSigner(keccak256(abi.encode(_REVOKE_EPOCH, epoch)), r, vs, _identity);
        if (!_endEpoch(epoch)) revert MeteringEpochOver(epoch);
    }

    /// @inheritdoc IMdmsKeys
    function mdms() external view returns (uint32 number, bytes32 hid, address identity) {
        return (_number, _hid, _identity);
    }

    /// @inheritdoc IMdmsKeys
    function epochs() external view returns (uint32 current, uint32 currentUntil, uint32 previousUntil) {
        InForce memory inForce = _inForce;
        return (inForce.current, inForce.currentUntil, inForce.previousUntil);
    }

    /// @inheritdoc IMdmsKeys
    function epochKey(uint32 epoch) external view returns (EpochKey memory key) {
        KeptEpoch memory kept = _epochs[epoch];
        if (kept.sign == 0) return key;
        uint256 until = kept.until;
        uint256 nextFrom = _epochs[uint256(epoch) + 1].from;
        if (nextFrom != 0 && nextFrom + _overlapSeconds < until) until = nextFrom + _overlapSeconds;
        // Two keys hold at a time. In the block that opens a third, a report to the first may have come before that.
        uint256 overNextFrom = _epochs[uint256(epoch) + 2].from;
        if (overNextFrom != 0 && overNextFrom < until) until = overNextFrom;
        return EpochKey(abi.encodePacked(kept.sign, kept.x), kept.from, until, kept.revoked, kept.mdms);
    }

    function _checkSigner(bytes32 structHash, bytes32 r, bytes32 vs, address want) private view {
        address signer = _signer(structHash, r, vs);
        if (signer != want) revert MeteringBadSignature(signer, want);
    }

    /// @dev Ends an epoch that is in force now.
    /// @return Whether it was.
    function _endEpoch(uint256 epoch) private returns (bool) {
        InForce storage inForce = _inForce;
        uint256 current = inForce.current;
        if (epoch == 0 || (epoch != current && epoch + 1 != current)) return false;
        if ((epoch == current ? inForce.currentUntil : inForce.previousUntil) < block.timestamp) return false;
        if (epoch == current) inForce.currentUntil = 0;
        else inForce.previousUntil = 0;
        // Cast: times have 32 bits.
        _epochs[epoch].revoked = true;
        _epochs[epoch].until = uint32(block.timestamp);
        // Casts: epochs have 32 bits.
        emit EpochRevoked(uint32(epoch));
        return true;
    }
}
