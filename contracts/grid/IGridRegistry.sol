// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../consortium/IConsortium.sol";
import {IFactorProof} from "./IFactorProof.sol";
import {GridRecord} from "./libraries/GridRecord.sol";

/// @notice Told when a version comes into force, with all that it needs of it, so that the busiest calls need not ask.
interface IVersionFollower {
    /// @notice Version `version` holds for every slot that starts after this second.
    /// @param geometry Sizes and scales.
    /// @param chunks The accounts whose code holds the version.
    /// @param owners Accounts of the seats that own meters; zero for other seats.
    /// @param meters How many meters each seat owns, by seat.
    function onVersionActivated(
        uint24 version,
        GridRecord.Geometry calldata geometry,
        address[] calldata chunks,
        address[] calldata owners,
        uint16[] calldata meters
    ) external;
}

/// @title Versions of the grid model
///
/// @notice The life of a version (paper 003, section 5.2, "Grid Change"; the proof replaces its Algorithm 2):
///
/// 1. A member proposes it: sizes, the meters of each seat, and the hash of every chunk of records.
/// 2. Anyone uploads the chunks, in any order, and proves the version part by part (`VersionProof`).
/// 3. From the end of the proof any member may veto it for `vetoSeconds`; every operator whose meters differ from those of
///    the version that it replaces must approve.
/// 4. Anyone activates it. It holds for the slots that start after that second; slots that started before keep theirs.
///
/// Numbers start at 1. 0 stands for "none".
interface IGridRegistry {
    enum Status {
        None,
        Proposed,
        Proved,
        Active,
        Replaced,
        Vetoed
    }

    /// @notice What is known of a version.
    struct Summary {
        Status status;
        address proposer;
        /// The version that it replaces, and the only one that it can.
        uint24 base;
        /// Seconds; 0 until the proof is complete.
        uint40 vetoUntil;
        /// Seconds; 0 until it is activated.
        uint40 activatedAt;
        /// Parts of the proof done, of `partCount`.
        uint16 partsProved;
        uint16 partCount;
        /// Seats that approved, as a bit map.
        uint96 approvals;
        /// Commits to sizes, owners, chunks and labels.
        bytes32 contentHash;
        /// keccak256 of the hashes of the parts of the labels: the case and the names of the meters, published as calldata.
        bytes32 labelsHash;
        GridRecord.Geometry geometry;
        /// How many meters each seat owns, by seat.
        uint16[] meters;
    }

    event VersionProposed(uint256 indexed version, address indexed proposer, uint256 base, bytes32 contentHash);
    event ChunkStored(uint256 indexed version, uint256 indexed chunk, address account);
    /// @notice Part `part` of the labels is in the calldata of this transaction.
    event LabelsPublished(uint256 indexed version, uint256 indexed part, uint256 partCount);
    event PartProved(uint256 indexed version, uint256 indexed part, uint256 partCount);
    event VersionProved(uint256 indexed version, uint256 vetoUntil);
    event VersionApproved(uint256 indexed version, uint256 indexed seat);
    event VersionVetoed(uint256 indexed version, uint256 indexed seat);
    event VersionActivated(uint256 indexed version, uint256 replaced);
    /// @notice A version takes at least nine of ten meters from the seats `stripped`, or adds to those `swollen` more than a
    /// tenth of all meters that there were; bit maps. See `flags`.
    event VersionFlagged(uint256 indexed version, uint256 stripped, uint256 swollen);
    event VetoSecondsChanged(uint256 vetoSeconds);
    /// @notice Version `version` was taken over as it is in force in `predecessor`.
    event VersionAdopted(uint256 indexed version, address indexed predecessor, bytes32 contentHash);

    /// @notice Only the governance makes this call, after a vote.
    error GridRegistryNotGovernance(address caller);
    /// @notice Only the consortium makes this call.
    error GridRegistryNotConsortium(address caller);
    /// @notice A veto window of `got` seconds; at most `max`.
    error GridRegistryVetoSeconds(uint256 got, uint256 max);
    /// @notice The consortium has ended in favour of `successor`; its grid changes there.
    error GridRegistryRetired(address successor);
    /// @notice Nobody proposed `version`.
    error GridRegistryUnknownVersion(uint256 version);
    /// @notice `version` stands at `got`, and this asks for `want`.
    error GridRegistryWrongStatus(uint256 version, Status got, Status want);
    /// @notice A size is out of bounds: no bus besides the roots, no root, no meter, no redundancy, or digits beyond 64.
    error GridRegistryBadGeometry(string what, uint256 got);
    /// @notice Labels, or their parts' hashes, hash to `got`; the proposal commits to `want`.
    error GridRegistryLabelsMismatch(uint256 version, bytes32 got, bytes32 want);
    /// @notice Labels come in a transaction of their own, not through contract `caller`: they are read from its calldata.
    error GridRegistryIndirect(address caller);
    /// @notice The seats' meters add up to `got`, the geometry says `want`.
    error GridRegistryMeterCount(uint256 got, uint256 want);
    /// @notice `seat` owns meters and is not the seat of a member.
    error GridRegistryOwnerNotMember(uint256 seat);
    /// @notice The list of owners ends with `seat`, which owns no meter.
    error GridRegistryOwnerWithoutMeters(uint256 seat);
    /// @notice The sizes ask for `want` chunks, `got` were named.
    error GridRegistryChunkCount(uint256 got, uint256 want);
    /// @notice There is no chunk `chunk`.
    error GridRegistryUnknownChunk(uint256 version, uint256 chunk);
    /// @notice Chunk `chunk` hashes to `got`; the proposal commits to `want`.
    error GridRegistryChunkMismatch(uint256 version, uint256 chunk, bytes32 got, bytes32 want);
    /// @notice Chunk `chunk` has `got` bytes, the sizes ask for `want`.
    error GridRegistryChunkLength(uint256 version, uint256 chunk, uint256 got, uint256 want);
    /// @notice Chunk `chunk` is stored already; nothing changed.
    error GridRegistryChunkAlreadyStored(uint256 version, uint256 chunk);
    /// @notice Chunk `chunk` is needed and not stored yet.
    error GridRegistryChunkMissing(uint256 version, uint256 chunk);
    /// @notice The proof goes on at part `want`, not at `got`; nothing changed.
    error GridRegistryPartOutOfOrder(uint256 version, uint256 got, uint256 want);
    /// @notice There are parts up to `partCount` only.
    error GridRegistryUnknownPart(uint256 version, uint256 part, uint256 partCount);
    /// @notice Row slots and directory do not describe the same meters.
    error GridRegistryDirectoryMismatch(uint256 version);
    /// @notice `got` virtual rows were found, the sizes say `want`.
    error GridRegistryVirtualRows(uint256 version, uint256 got, uint256 want);
    /// @notice `version` is factored, and no factor of it is proved (`IFactorProof`).
    error GridRegistryFactorMissing(uint256 version);
    /// @notice The content that is voted on hashes to `want`, not `got`.
    error GridRegistryContentMismatch(uint256 version, bytes32 got, bytes32 want);
    /// @notice `seat` approved already.
    error GridRegistryAlreadyApproved(uint256 version, uint256 seat);
    /// @notice The veto window of `version` is over since `vetoUntil`.
    error GridRegistryVetoWindowOver(uint256 version, uint256 vetoUntil);
    /// @notice The veto window of `version` lasts until `vetoUntil`.
    error GridRegistryVetoWindowOpen(uint256 version, uint256 vetoUntil);
    /// @notice `version` replaces version `base`, which is not the one in force, `active`.
    error GridRegistryStaleVersion(uint256 version, uint256 base, uint256 active);
    /// @notice The meters of `seat` change, and it has not approved.
    error GridRegistryApprovalMissing(uint256 version, uint256 seat);

    /// @notice Proposes a version. Only for members.
    /// @param geometry Sizes and scales.
    /// @param meters How many meters each seat owns, by seat, up to the last seat that owns any.
    /// @param chunkHashes keccak256 of each chunk of the version's bytes.
    /// @param labelsHash keccak256 of the joined keccak256 of the parts of the labels.
    /// @return version Its number.
    /// @custom:error ConsortiumNotMember if the caller is not a member.
    /// @custom:error GridRegistryBadGeometry, GridRegistryMeterCount, GridRegistryOwnerNotMember,
    /// GridRegistryChunkCount if the parts do not fit together.
    function propose(
        GridRecord.Geometry calldata geometry,
        uint16[] calldata meters,
        bytes32[] calldata chunkHashes,
        bytes32 labelsHash
    ) external returns (uint24 version);

    /// @notice Stores a chunk of records that the proposal committed to. Anyone may; in any order.
    function storeChunk(uint24 version, uint256 chunk, bytes calldata data) external;

    /// @notice Publishes part `part` of the labels, in calldata. Anyone may, in a transaction of its own; in any order, and
    /// again.
    /// @param partHashes keccak256 of each part.
    function publishLabels(uint24 version, uint256 part, bytes32[] calldata partHashes, bytes calldata data) external;

    /// @notice Checks parts `first .. last` of a version: a part is the records of a chunk or, after those, the
    /// meters of a seat. Anyone may; parts come in order.
    /// @custom:error VersionProofUnsound naming the first record that cannot stand.
    function prove(uint24 version, uint256 first, uint256 last) external;

    /// @notice Approves a version as the caller's seat, before it is activated.
    /// @param contentHash What the caller has read and agrees to.
    function approve(uint24 version, bytes32 contentHash) external;

    /// @notice Ends a version as any member, until its veto window is over.
    function veto(uint24 version) external;

    /// @notice Brings a proved and approved version into force. Anyone may.
    function activate(uint24 version) external;

    /// @notice By vote, changes how long a veto is possible. Windows that are open keep their end.
    /// @custom:error GridRegistryNotGovernance, GridRegistryVetoSeconds
    function setVetoSeconds(uint40 vetoSeconds_) external;

    /// @notice Tells a ledger that was voted for which version is in force. Only for the consortium.
    /// @custom:error GridRegistryNotConsortium
    function introduce(address ledger) external;

    /// @notice Whose members propose, approve and veto.
    function consortium() external view returns (IConsortium);

    /// @notice Whether a seat owns meters in the version in force, or in one that was since version `oldest` was.
    function ownsMetersSince(uint256 seat, uint24 oldest) external view returns (bool);

    /// @notice The operators that voters should look at, by the numbers of meters against the version that is replaced:
    /// `stripped` lose at least nine of ten of theirs; `swollen` gain more than a tenth of all that there were. Bit maps by
    /// seat. Nobody is flagged by the first version.
    function flags(uint24 version) external view returns (uint256 stripped, uint256 swollen);

    /// @notice Where factored versions are proved to be observable.
    function factorProof() external view returns (IFactorProof);

    /// @notice Seconds that any member has for a veto.
    function vetoSeconds() external view returns (uint40);

    /// @notice The newest version in force; 0 before the first.
    function activeVersion() external view returns (uint24);

    /// @notice How many versions were ever proposed.
    function versionCount() external view returns (uint24);

    /// @notice The version in force at `time` (seconds); 0 if there was none.
    function versionAt(uint256 time) external view returns (uint24 version);

    /// @notice What is known of a version.
    function summary(uint24 version) external view returns (Summary memory);

    /// @notice Sizes and the accounts whose code holds the chunks; zero for those that are not stored yet.
    function records(
        uint24 version
    ) external view returns (GridRecord.Geometry memory geometry, address[] memory chunks);

    /// @notice keccak256 of a seat's directory entries and ranges in a proved version, and of its scales: the seat's
    /// meters, with kinds, places, weights, ranges and the unit of their values.
    function metersDigest(uint24 version, uint256 seat) external view returns (bytes32);
}
