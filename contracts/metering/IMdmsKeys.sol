// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title The meter data management system and its epoch keys
 * @notice The MDMS registers as a meter does: the utility stores its hashed identity first, and the identity key signs. Then
 * it registers a key for each epoch, to which meters encrypt. Epochs are numbered from 1, and no key serves twice. The key is
 * a compressed point, which is checked to be on the curve; its holder signs with it, and the identity key signs the same:
 * what meters get over MQTT carries that signature, so that a concentrator cannot put in a key of its own. The key before
 * holds on for the overlap; then the MDMS destroys its private part once it has released what was encrypted to it.
 *
 * An MDMS that is lost is replaced: the utility stores another hashed identity, and when that registers, it is the MDMS, and
 * the epoch keys of the one before hold no more.
 */
interface IMdmsKeys {
    /// @notice A key and when it held.
    struct EpochKey {
        /// 33 bytes; none if there was no such epoch.
        bytes publicKey;
        /// Seconds, both included. The end counts what cut it short: the next epoch's overlap, a revocation.
        uint256 from;
        uint256 until;
        bool revoked;
        /// Number of the MDMS that registered it, from 1.
        uint32 mdms;
    }

    event MdmsIdentityStored(bytes32 indexed hid);
    /// @notice From now on this is the MDMS.
    event MdmsRegistered(uint32 indexed mdms, bytes32 indexed hid, address identity);
    /// @notice From now on meters encrypt to this key; the one before holds until `previousUntil`.
    event EpochOpened(
        uint32 indexed epoch,
        uint32 indexed mdms,
        bytes publicKey,
        uint32 validUntil,
        uint32 previousUntil,
        bytes32 r,
        bytes32 vs
    );
    /// @notice Nothing is taken any more that is encrypted to this key.
    event EpochRevoked(uint32 indexed epoch);

    /// @notice No MDMS is registered.
    error MeteringNoMdms();
    /// @notice The next epoch is `want`.
    error MeteringWrongEpoch(uint256 got, uint256 want);
    /// @notice These bytes are no point of secp256k1 in its compressed form of 33 bytes.
    error MeteringNotOnCurve(bytes publicKey);
    /// @notice The key served in an epoch before, or is the identity key, which cannot be destroyed when the epoch is over.
    error MeteringEpochKeyUsed(bytes publicKey);
    /// @notice A key cannot end at `validUntil`, as it is `time`.
    error MeteringBadValidity(uint256 validUntil, uint256 time);
    /// @notice Reports carry the epoch modulo 256. One that was held back since epoch `epoch` - 256 could be brought as one of this;
    /// not any more from `least` on, s.
    error MeteringEpochTooSoon(uint256 epoch, uint256 least);
    /// @notice Epoch `epoch` is not in force.
    error MeteringEpochOver(uint256 epoch);

    /// @notice As the utility, stores the hashed identity of an MDMS.
    /// @custom:error ConsortiumNotMember, MeteringNotUtility, MeteringIdentityStored, MeteringZeroIdentity
    function storeMdmsIdentity(bytes32 hid) external;

    /// @notice Registers the MDMS, or declines with an event. Anyone may bring the request.
    /// @param saltedId keccak256(ID ‖ salt).
    /// @param identity Address of the identity key, which signs `MdmsRegistration(bytes32 hid)`.
    /// @return registered Whether it was.
    function registerMdms(bytes32 saltedId, address identity, bytes32 r, bytes32 vs) external returns (bool registered);

    /// @notice Opens an epoch. Anyone may bring it.
    /// @param epoch The one after the last, from 1.
    /// @param publicKey 33 bytes.
    /// @param validUntil The last second at which it holds.
    /// @param r Of the identity key's signature of `Epoch(uint32 epoch,bytes publicKey,uint32 validUntil)`.
    /// @param keyR Of the epoch key's.
    /// @custom:error MeteringNoMdms, MeteringWrongEpoch, MeteringBadValidity, MeteringEpochTooSoon, MeteringNotOnCurve, MeteringEpochKeyUsed,
    /// MeteringBadSignature
    function openEpoch(
        uint32 epoch,
        bytes calldata publicKey,
        uint32 validUntil,
        bytes32 r,
        bytes32 vs,
        bytes32 keyR,
        bytes32 keyVs
    ) external;

    /// @notice As the utility, revokes an epoch key that is in force.
    /// @custom:error ConsortiumNotMember, MeteringNotUtility, MeteringEpochOver
    function revokeEpoch(uint32 epoch) external;

    /// @notice The same by the identity key, which signs `RevokeEpoch(uint32 epoch)`. Anyone may bring it.
    /// @custom:error MeteringNoMdms, MeteringEpochOver, MeteringBadSignature
    function revokeEpochSigned(uint32 epoch, bytes32 r, bytes32 vs) external;

    /// @notice The MDMS: its number from 1, hashed identity, and address of the identity key. All zero if there is none.
    function mdms() external view returns (uint32 number, bytes32 hid, address identity);

    /// @notice The epoch opened last, 0 if none was, and until when it and the one before hold, s; 0 if they do not.
    function epochs() external view returns (uint32 current, uint32 currentUntil, uint32 previousUntil);

    /// @notice The key of an epoch.
    function epochKey(uint32 epoch) external view returns (EpochKey memory);
}
