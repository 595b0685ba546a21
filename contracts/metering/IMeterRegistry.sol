// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title Household meters, their identities and session keys
 * @notice Paper 002, phases 1 and 2, Algorithm 1.
 *
 * 1. The utility stores the hashed identity of each meter, HID = keccak256(keccak256(ID ‖ salt) ‖ address of the identity
 *    key). That gives the meter its number, from 1, for ever.
 * 2. The meter asks through a concentrator to be registered: it shows keccak256(ID ‖ salt) and signs with the identity key.
 *    So only the holder of that key can register, and nobody can guess an identity. Registered or declined, there is an
 *    event; a declined request does not stop the others of its batch.
 * 3. For each session the meter draws a key and registers its address, signed by the identity key and by the session key
 *    itself. Sessions are numbered; no key serves twice; the key before holds on for the overlap.
 *
 * The contract draws no keys, as the paper has it do: a chain keeps no secrets. The public key of a session can be recovered
 * from any signature that it made, the first of them in the transaction that opened the session.
 */
interface IMeterRegistry {
    enum State {
        /// The number is not given.
        None,
        /// The hashed identity is stored.
        Stored,
        Registered,
        /// For ever: a stolen identity is replaced by a new one.
        Revoked
    }

    /// @notice Why a request is declined.
    enum Decline {
        None,
        /// No such hashed identity is stored: of another salt or key, or never.
        UnknownIdentity,
        /// The identity was used.
        AlreadyRegistered,
        /// The meter is revoked.
        Revoked,
        /// The identity key did not sign this, here.
        BadSignature,
        /// The meter would count from a time that lies ahead.
        BadStart,
        /// No meter of this number is registered.
        Unregistered,
        /// Not the number after the last session.
        WrongSequence,
        /// The key served before, for this meter or another, or is the identity key: who found it in use could do all.
        KeyUsed,
        /// It would end in the past, or later than sessions may.
        BadValidity,
        /// The session key did not sign: nobody shows to have it.
        NotPossessed
    }

    /// @notice A meter asks to be registered: EIP-712 `Registration(bytes32 hid,uint32 since)`, by the identity key.
    struct Registration {
        /// keccak256(ID ‖ salt).
        bytes32 saltedId;
        /// Address of the identity key.
        address identity;
        /// From when on the meter's intervals count, s.
        uint32 since;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice A meter opens a session: EIP-712 `Session(uint32 meter,uint32 sequence,address key,uint32 validUntil)`.
    struct SessionRequest {
        uint32 meter;
        /// One more than of the session before, from 1.
        uint32 sequence;
        /// Address of the session key.
        address key;
        /// The last second at which it holds.
        uint32 validUntil;
        /// By the identity key.
        bytes32 r;
        bytes32 vs;
        /// By the session key.
        bytes32 keyR;
        bytes32 keyVs;
    }

    /// @notice A key and when it held.
    struct Session {
        uint32 meter;
        address key;
        bool revoked;
        /// Seconds, both included. The end counts what cut it short: the next session's overlap, a revocation.
        uint256 from;
        uint256 until;
    }

    /// @notice What is known of a meter.
    struct Meter {
        bytes32 hid;
        /// Of the identity key; zero until it is registered.
        address identity;
        /// Its intervals count from here on, s.
        uint32 since;
        /// Number of its last session; 0 before the first.
        uint32 sequence;
        /// Bit i: the interval i + 1 before the newest has its report, or needs none.
        uint32 window;
        /// The session key; zero if there is none, or it was revoked.
        address key;
        State state;
        uint256 keyUntil;
        /// The one before: until the overlap ends, or 0 since it was revoked.
        address previousKey;
        uint256 previousKeyUntil;
        /// End of the newest interval of which there is a report, s; of the last one up to `since` if there is none.
        uint256 newestTime;
    }

    /// @notice Hashed identities are stored; the meters have the numbers from `firstMeter` on.
    event IdentitiesStored(uint32 indexed firstMeter, bytes32[] hids);
    event MeterRegistered(uint32 indexed meter, bytes32 indexed hid, address identity, uint32 since);
    /// @notice A registration, of a meter or of an MDMS, is declined.
    event RegistrationDeclined(bytes32 indexed hid, address indexed identity, Decline reason);
    /// @notice From now on `key` signs for the meter; the key before holds until `previousUntil`.
    event SessionOpened(
        uint32 indexed meter,
        uint32 indexed sequence,
        address indexed key,
        uint32 validUntil,
        uint32 previousUntil
    );
    event SessionDeclined(uint32 indexed meter, uint32 sequence, address indexed key, Decline reason);
    /// @notice No session key of the meter up to this one holds any more.
    event SessionsRevoked(uint32 indexed meter, uint32 sequence);
    /// @notice The meter's identity is revoked, with all its keys.
    event MeterRevoked(uint32 indexed meter, bytes32 indexed hid);

    /// @notice The hashed identity `hid` is stored already.
    error MeteringIdentityStored(bytes32 hid);
    /// @notice Zero is no hashed identity.
    error MeteringZeroIdentity();
    /// @notice No meter `meter` is registered.
    error MeteringUnknownMeter(uint256 meter);
    /// @notice Meter `meter` is revoked.
    error MeteringMeterRevoked(uint256 meter);
    /// @notice `signer` signed this; zero: nobody. It has to be `want`.
    error MeteringBadSignature(address signer, address want);
    /// @notice Session `got` is not the present one, `want`.
    error MeteringWrongSequence(uint256 got, uint256 want);

    /// @notice As the utility, stores the hashed identities of meters.
    /// @return firstMeter The number of the first; the others follow.
    /// @custom:error ConsortiumNotMember, MeteringNotUtility, MeteringIdentityStored, MeteringZeroIdentity
    function storeIdentities(bytes32[] calldata hids) external returns (uint32 firstMeter);

    /// @notice As a concentrator, registers meters. What is wrong with one of them declines it alone.
    /// @return registered How many were.
    /// @custom:error MeteringNotConcentrator
    function registerMeters(Registration[] calldata requests) external returns (uint256 registered);

    /// @notice As a concentrator, opens sessions of meters. What is wrong with one of them declines it alone.
    /// @return opened How many were.
    /// @custom:error MeteringNotConcentrator
    function openSessions(SessionRequest[] calldata requests) external returns (uint256 opened);

    /// @notice As the utility, ends all sessions of a meter. It may open the next.
    /// @custom:error ConsortiumNotMember, MeteringNotUtility, MeteringUnknownMeter, MeteringMeterRevoked
    function revokeSessions(uint32 meter) external;

    /// @notice The same by the identity key, which signs `RevokeSessions(uint32 meter,uint32 sequence)`. Anyone may bring it.
    /// @param sequence Of the present session.
    /// @custom:error MeteringUnknownMeter, MeteringMeterRevoked, MeteringWrongSequence, MeteringBadSignature
    function revokeSessionsSigned(uint32 meter, uint32 sequence, bytes32 r, bytes32 vs) external;

    /// @notice As the utility, revokes a meter's identity, registered or only stored, for ever.
    /// @custom:error ConsortiumNotMember, MeteringNotUtility, MeteringUnknownMeter, MeteringMeterRevoked
    function revokeMeter(uint32 meter) external;

    /// @notice The same by the identity key, which signs `RevokeMeter(uint32 meter)`. Anyone may bring it.
    /// @custom:error MeteringUnknownMeter, MeteringMeterRevoked, MeteringBadSignature
    function revokeMeterSigned(uint32 meter, bytes32 r, bytes32 vs) external;

    /// @notice How many hashed identities of meters were stored; meters are numbered from 1.
    function meterCount() external view returns (uint32);

    /// @notice The number of a hashed identity; 0 if it is not stored, or an MDMS's.
    function meterOf(bytes32 hid) external view returns (uint32);

    /// @notice What is known of a meter; all zero if there is none of this number.
    function meterAt(uint32 meter) external view returns (Meter memory);

    /// @notice Whose session key an address is or was; 0 if it is none's. One read, however many sessions came since.
    function meterOfKey(address key) external view returns (uint32);

    /// @notice The session of a key; all zero if it never served. Costs a read for each session since then.
    function sessionOf(address key) external view returns (Session memory);

    /// @notice The sessions of a meter whose keys held at a time: the one opened last first. Costs a read for each session
    /// since then.
    function sessionsAt(uint32 meter, uint256 time) external view returns (Session[] memory);
}
