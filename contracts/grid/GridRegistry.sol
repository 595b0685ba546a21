// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../consortium/IConsortium.sol";
import {Seats} from "../consortium/libraries/Seats.sol";
import {FactorProof} from "./FactorProof.sol";
import {IFactorProof} from "./IFactorProof.sol";
import {IGridRegistry, IVersionFollower} from "./IGridRegistry.sol";
import {CodeStore} from "./libraries/CodeStore.sol";
import {GridRecord} from "./libraries/GridRecord.sol";
import {VersionLayout} from "./libraries/VersionLayout.sol";
import {VersionProof} from "./libraries/VersionProof.sol";

/// @title Versions of the grid model
/// @dev Thin over `VersionProof` and `VersionLayout`: roles, order, storage and events.
contract GridRegistry is IGridRegistry {
    struct Version {
        Status status;
        address proposer;
        uint24 base;
        uint40 vetoUntil;
        uint16 partsProved;
        uint40 activatedAt;
        uint24 replaced;
        uint96 approvals;
        GridRecord.Geometry geometry;
        bytes32 contentHash;
        bytes32 labelsHash;
        VersionProof.Progress progress;
        /// By seat.
        uint16[] meters;
        bytes32[] chunkHashes;
        /// Zero until stored.
        address[] chunks;
    }

    /// @dev More would let one member hold up a version for good.
    uint40 private constant _MAX_VETO_SECONDS = 90 days;

    /// @inheritdoc IGridRegistry
    IConsortium public immutable consortium;
    /// @inheritdoc IGridRegistry
    uint40 public vetoSeconds;
    /// @inheritdoc IGridRegistry
    IFactorProof public immutable factorProof = new FactorProof();

    /// @inheritdoc IGridRegistry
    uint24 public activeVersion;
    /// @inheritdoc IGridRegistry
    uint24 public versionCount;

    mapping(uint24 version => Version) internal _versions;
    /// @inheritdoc IGridRegistry
    mapping(uint24 version => mapping(uint256 seat => bytes32)) public metersDigest;

    constructor(IConsortium consortium_, uint40 vetoSeconds_) {
        consortium = consortium_;
        _setVetoSeconds(vetoSeconds_);
    }

    /// @inheritdoc IGridRegistry
    function setVetoSeconds(uint40 vetoSeconds_) external {
        // Check: voted for.
        if (msg.sender != consortium.governance()) revert GridRegistryNotGovernance(msg.sender);

        // Effect: for windows that open from now on.
        _setVetoSeconds(vetoSeconds_);
    }

    /// @inheritdoc IGridRegistry
    function introduce(address ledger) external {
        // Check: the consortium changes its ledger.
        if (msg.sender != address(consortium)) revert GridRegistryNotConsortium(msg.sender);

        // Interaction: the new one is told what is in force, if anything is.
        if (activeVersion != 0) _tell(ledger, activeVersion);
    }

    /// @inheritdoc IGridRegistry
    function propose(
        GridRecord.Geometry calldata geometry,
        uint16[] calldata meters,
        bytes32[] calldata chunkHashes,
        bytes32 labelsHash
    ) external returns (uint24 version) {
        // Check: the caller is a member, and the parts fit together.
        consortium.seatOf(msg.sender);
        _checkGeometry(geometry);
        _checkOwners(meters, geometry.meters);
        uint256 count = VersionLayout.chunkCount(geometry);
        if (chunkHashes.length != count) revert GridRegistryChunkCount(chunkHashes.length, count);

        // Effect: a new version. Its products start at one, the empty product.
        version = ++versionCount;
        Version storage v = _versions[version];
        v.status = Status.Proposed;
        v.proposer = msg.sender;
        v.base = activeVersion;
        v.geometry = geometry;
        v.meters = meters;
        v.labelsHash = labelsHash;
        v.chunkHashes = chunkHashes;
        v.chunks = new address[](chunkHashes.length);
        v.progress = VersionProof.Progress({rowProduct: 1, directoryProduct: 1, virtualRows: 0});
        v.contentHash = keccak256(
            abi.encode(block.chainid, address(this), activeVersion, geometry, meters, chunkHashes, labelsHash)
        );
        emit VersionProposed(version, msg.sender, v.base, v.contentHash);
        (uint256 stripped, uint256 swollen) = flags(version);
        if (stripped | swollen != 0) emit VersionFlagged(version, stripped, swollen);
    }

    /// @inheritdoc IGridRegistry
    function storeChunk(uint24 version, uint256 chunk, bytes calldata data) external {
        // Check: the chunk is one that the proposal committed to, and is not there yet.
        Version storage v = _require(version, Status.Proposed);
        if (chunk >= v.chunkHashes.length) revert GridRegistryUnknownChunk(version, chunk);
        if (v.chunks[chunk] != address(0)) revert GridRegistryChunkAlreadyStored(version, chunk);
        uint256 length = VersionLayout.chunkLength(v.geometry, chunk);
        if (data.length != length) revert GridRegistryChunkLength(version, chunk, data.length, length);
        bytes32 hash = keccak256(data);
        if (hash != v.chunkHashes[chunk]) {
            revert GridRegistryChunkMismatch(version, chunk, hash, v.chunkHashes[chunk]);
        }

        // Effect: it becomes code.
        address account = CodeStore.write(data);
        v.chunks[chunk] = account;
        emit ChunkStored(version, chunk, account);
    }

    /// @inheritdoc IGridRegistry
    function publishLabels(uint24 version, uint256 part, bytes32[] calldata partHashes, bytes calldata data) external {
        // Check: the part that the proposal committed to, in the calldata of this transaction.
        // solhint-disable-next-line avoid-tx-origin
        if (msg.sender != tx.origin || msg.sender.code.length != 0) revert GridRegistryIndirect(msg.sender);
        Version storage v = _versions[version];
        if (v.status == Status.None) revert GridRegistryUnknownVersion(version);
        bytes32 hash = keccak256(abi.encodePacked(partHashes));
        if (hash != v.labelsHash) revert GridRegistryLabelsMismatch(version, hash, v.labelsHash);
        if (part >= partHashes.length) revert GridRegistryUnknownPart(version, part, partHashes.length);
        hash = keccak256(data);
        if (hash != partHashes[part]) revert GridRegistryLabelsMismatch(version, hash, partHashes[part]);

        emit LabelsPublished(version, part, partHashes.length);
    }

    /// @inheritdoc IGridRegistry
    function prove(uint24 version, uint256 first, uint256 last) external {
        // Check: the parts are the next ones.
        Version storage v = _require(version, Status.Proposed);
        GridRecord.Geometry memory g = v.geometry;
        uint256 parts = _partCount(v);
        if (first != v.partsProved) revert GridRegistryPartOutOfOrder(version, first, v.partsProved);
        if (last < first || last >= parts) revert GridRegistryUnknownPart(version, last, parts);

        // Check: every record of these parts.
        VersionProof.Progress memory progress = v.progress;
        uint256 x = uint256(v.contentHash) % VersionProof.P;
        for (uint256 part = first; part <= last; ++part) {
            _provePart(version, v, g, progress, x, part);
            emit PartProved(version, part, parts);
        }

        // Effect: the proof stands at the next part, or is complete.
        v.progress = progress;
        v.partsProved = uint16(last + 1);
        if (last + 1 == parts) {
            if (progress.rowProduct != progress.directoryProduct) revert GridRegistryDirectoryMismatch(version);
            if (progress.virtualRows != g.virtualRows) {
                revert GridRegistryVirtualRows(version, progress.virtualRows, g.virtualRows);
            }
            if (g.factored && factorProof.eigenBound(version) == 0) revert GridRegistryFactorMissing(version);
            v.status = Status.Proved;
            v.vetoUntil = uint40(block.timestamp) + vetoSeconds;
            emit VersionProved(version, v.vetoUntil);
        }
    }

    /// @inheritdoc IGridRegistry
    function approve(uint24 version, bytes32 contentHash) external {
        // Check: a member approves what it has read, once, while it is undecided.
        uint256 seat = consortium.seatOf(msg.sender);
        Version storage v = _undecided(version);
        if (contentHash != v.contentHash) {
            revert GridRegistryContentMismatch(version, contentHash, v.contentHash);
        }
        uint96 bit = uint96(1 << seat);
        if (v.approvals & bit != 0) revert GridRegistryAlreadyApproved(version, seat);

        // Effect.
        v.approvals |= bit;
        emit VersionApproved(version, seat);
    }

    /// @inheritdoc IGridRegistry
    function veto(uint24 version) external {
        // Check: a member, and in time.
        uint256 seat = consortium.seatOf(msg.sender);
        Version storage v = _undecided(version);
        if (v.status == Status.Proved && block.timestamp >= v.vetoUntil) {
            revert GridRegistryVetoWindowOver(version, v.vetoUntil);
        }

        // Effect.
        v.status = Status.Vetoed;
        emit VersionVetoed(version, seat);
    }

    /// @inheritdoc IGridRegistry
    function activate(uint24 version) external {
        // Check: proved, not vetoed, based on what is in force, and approved by everyone whose meters change.
        address successor = consortium.successor();
        if (successor != address(0)) revert GridRegistryRetired(successor);
        Version storage v = _require(version, Status.Proved);
        uint24 replaced = activeVersion;
        if (v.base != replaced) revert GridRegistryStaleVersion(version, v.base, replaced);
        if (block.timestamp < v.vetoUntil) revert GridRegistryVetoWindowOpen(version, v.vetoUntil);
        _checkApprovals(version, v, _versions[replaced].meters.length);

        // Effect: in force for the slots that start after this second.
        v.status = Status.Active;
        v.activatedAt = uint40(block.timestamp);
        v.replaced = replaced;
        if (replaced != 0) _versions[replaced].status = Status.Replaced;
        activeVersion = version;
        emit VersionActivated(version, replaced);

        // Interaction: the ledger is told, and the one that was voted to follow it.
        _tell(consortium.ledger(), version);
        address next = consortium.nextLedger();
        if (next != address(0)) _tell(next, version);
    }

    /// @inheritdoc IGridRegistry
    function versionAt(uint256 time) external view returns (uint24 version) {
        version = activeVersion;
        while (version != 0 && _versions[version].activatedAt >= time) version = _versions[version].replaced;
    }

    /// @inheritdoc IGridRegistry
    function ownsMetersSince(uint256 seat, uint24 oldest) external view returns (bool) {
        uint24 version = activeVersion;
        while (version != 0) {
            Version storage v = _versions[version];
            if (seat < v.meters.length && v.meters[seat] != 0) return true;
            if (version <= oldest) return false;
            version = v.replaced;
        }
        return false;
    }

    /// @inheritdoc IGridRegistry
    function summary(uint24 version) external view returns (Summary memory) {
        Version storage v = _versions[version];
        if (v.status == Status.None) revert GridRegistryUnknownVersion(version);
        return
            Summary({
                status: v.status,
                proposer: v.proposer,
                base: v.base,
                vetoUntil: v.vetoUntil,
                activatedAt: v.activatedAt,
                partsProved: v.partsProved,
                partCount: uint16(_partCount(v)),
                approvals: v.approvals,
                contentHash: v.contentHash,
                labelsHash: v.labelsHash,
                geometry: v.geometry,
                meters: v.meters
            });
    }

    /// @inheritdoc IGridRegistry
    function records(
        uint24 version
    ) external view returns (GridRecord.Geometry memory geometry, address[] memory chunks) {
        return (_versions[version].geometry, _versions[version].chunks);
    }

    /// @inheritdoc IGridRegistry
    function flags(uint24 version) public view returns (uint256 stripped, uint256 swollen) {
        Version storage v = _versions[version];
        if (v.status == Status.None) revert GridRegistryUnknownVersion(version);
        if (v.base == 0) return (0, 0);
        uint16[] memory now_ = v.meters;
        uint16[] memory before = _versions[v.base].meters;
        uint256 all = _versions[v.base].geometry.meters;
        uint256 seats = now_.length > before.length ? now_.length : before.length;
        for (uint256 seat = 0; seat < seats; ++seat) {
            uint256 had = seat < before.length ? before[seat] : 0;
            uint256 has = seat < now_.length ? now_[seat] : 0;
            if (had != 0 && 10 * has <= had) stripped |= 1 << seat;
            if (has > had && 10 * (has - had) > all) swollen |= 1 << seat;
        }
    }

    /// @dev Tells a ledger what it needs of a version that is in force.
    function _tell(address ledger, uint24 version) internal {
        Version storage v = _versions[version];
        uint16[] memory meters = v.meters;
        address[] memory owners = new address[](meters.length);
        for (uint256 seat = 0; seat < meters.length; ++seat) {
            if (meters[seat] != 0) owners[seat] = consortium.memberAt(seat).account;
        }
        IVersionFollower(ledger).onVersionActivated(version, v.geometry, v.chunks, owners, meters);
    }

    function _setVetoSeconds(uint40 vetoSeconds_) private {
        if (vetoSeconds_ > _MAX_VETO_SECONDS) revert GridRegistryVetoSeconds(vetoSeconds_, _MAX_VETO_SECONDS);
        vetoSeconds = vetoSeconds_;
        emit VetoSecondsChanged(vetoSeconds_);
    }

    /// @dev A part is the records of a chunk, or the meters of a seat.
    function _provePart(
        uint24 version,
        Version storage v,
        GridRecord.Geometry memory g,
        VersionProof.Progress memory progress,
        uint256 x,
        uint256 part
    ) private {
        uint256 recordChunks = VersionLayout.recordChunks(g);
        if (part >= recordChunks) {
            _proveMeters(version, v, g, progress, x, part - recordChunks);
            return;
        }
        bytes memory data = CodeStore.read(_chunk(version, v, part));
        uint256 length = VersionLayout.recordsLength(g) - part * CodeStore.MAX_BYTES;
        if (length < data.length) {
            // Records end within this chunk.
            assembly ("memory-safe") {
                mstore(data, length)
            }
        }
        VersionProof.checkRecords(progress, g, x, part * VersionLayout.CHUNK_RECORDS, data);
    }

    function _proveMeters(
        uint24 version,
        Version storage v,
        GridRecord.Geometry memory g,
        VersionProof.Progress memory progress,
        uint256 x,
        uint256 seat
    ) private {
        uint256 count = v.meters[seat];
        if (count == 0) return;
        uint256 first = 0;
        for (uint256 s = 0; s < seat; ++s) first += v.meters[s];
        address[] memory chunks = _allChunks(version, v);
        bytes memory entries = VersionLayout.read(
            chunks,
            VersionLayout.directoryOffset(g) + first * GridRecord.ENTRY_BYTES,
            count * GridRecord.ENTRY_BYTES
        );
        bytes memory ranges = VersionLayout.read(
            chunks,
            VersionLayout.rangesOffset(g) + first * GridRecord.VALUE_BYTES,
            count * GridRecord.VALUE_BYTES
        );
        VersionProof.checkMeters(progress, x, first, entries, ranges);
        // With the scales that give weights and values their meaning.
        metersDigest[version][seat] = keccak256(abi.encode(entries, ranges, g.weightDigits, g.powerUnitKw));
    }

    function _allChunks(uint24 version, Version storage v) private view returns (address[] memory accounts) {
        accounts = new address[](v.chunks.length);
        for (uint256 i = 0; i < accounts.length; ++i) accounts[i] = _chunk(version, v, i);
    }

    function _chunk(uint24 version, Version storage v, uint256 chunk) private view returns (address account) {
        account = v.chunks[chunk];
        if (account == address(0)) revert GridRegistryChunkMissing(version, chunk);
    }

    function _partCount(Version storage v) private view returns (uint256) {
        return VersionLayout.recordChunks(v.geometry) + v.meters.length;
    }

    function _require(uint24 version, Status want) private view returns (Version storage v) {
        v = _versions[version];
        if (v.status == Status.None) revert GridRegistryUnknownVersion(version);
        if (v.status != want) revert GridRegistryWrongStatus(version, v.status, want);
    }

    /// @dev Proposed or proved.
    function _undecided(uint24 version) private view returns (Version storage v) {
        v = _versions[version];
        if (v.status == Status.None) revert GridRegistryUnknownVersion(version);
        if (v.status != Status.Proposed && v.status != Status.Proved) {
            revert GridRegistryWrongStatus(version, v.status, Status.Proved);
        }
    }

    function _checkGeometry(GridRecord.Geometry calldata g) private pure {
        if (g.roots == 0) revert GridRegistryBadGeometry("roots", 0);
        // Roots and anchors stand in the first chunk.
        uint256 tied = uint256(g.roots) + g.anchors;
        if (g.factored && g.anchors != 0) revert GridRegistryBadGeometry("anchors", g.anchors);
        if (tied > VersionLayout.CHUNK_RECORDS || tied > g.buses) revert GridRegistryBadGeometry("anchors", g.anchors);
        if (g.buses <= g.roots || g.buses > GridRecord.INDEX_MASK) revert GridRegistryBadGeometry("buses", g.buses);
        if (g.chords > GridRecord.INDEX_MASK) revert GridRegistryBadGeometry("chords", g.chords);
        if (g.probes > GridRecord.INDEX_MASK) revert GridRegistryBadGeometry("probes", g.probes);
        if (g.meters == 0 || g.meters > GridRecord.INDEX_MASK) revert GridRegistryBadGeometry("meters", g.meters);
        // A settlement must fit into one transaction.
        uint256 length = VersionLayout.settlementBytes(g.meters, g.buses, g.factored);
        if (length > VersionLayout.MAX_SETTLEMENT_BYTES) revert GridRegistryBadGeometry("settlementBytes", length);
        uint256 gas = VersionLayout.settlementGas(g);
        if (gas > VersionLayout.MAX_SETTLEMENT_GAS) revert GridRegistryBadGeometry("settlementGas", gas);
        // The chi-square test needs at least one row more than states.
        uint256 rows = uint256(g.meters) + g.virtualRows;
        if (rows <= g.buses - g.roots) revert GridRegistryBadGeometry("rows", rows);
        if (g.weightDigits > 64) revert GridRegistryBadGeometry("weightDigits", g.weightDigits);
        if (g.angleDigits > 40) revert GridRegistryBadGeometry("angleDigits", g.angleDigits);
        if (g.powerUnitKw == 0) revert GridRegistryBadGeometry("powerUnitKw", 0);
    }

    function _checkOwners(uint16[] calldata meters, uint256 want) private view {
        uint256 active = consortium.activeSeats();
        uint256 sum = 0;
        // The last seat named owns meters, so that there are no more entries than seats.
        if (meters.length == 0) revert GridRegistryMeterCount(0, want);
        if (meters[meters.length - 1] == 0) revert GridRegistryOwnerWithoutMeters(meters.length - 1);
        for (uint256 seat = 0; seat < meters.length; ++seat) {
            if (meters[seat] != 0 && !Seats.contains(active, seat)) revert GridRegistryOwnerNotMember(seat);
            sum += meters[seat];
        }
        if (sum != want) revert GridRegistryMeterCount(sum, want);
    }

    /// @dev Every member whose directory slice differs between the version in force and the new one has approved;
    /// every owner is still a member.
    function _checkApprovals(uint24 version, Version storage v, uint256 baseSeats) private view {
        uint256 active = consortium.activeSeats();
        uint256 seats = v.meters.length > baseSeats ? v.meters.length : baseSeats;
        for (uint256 seat = 0; seat < seats; ++seat) {
            bool member = Seats.contains(active, seat);
            bytes32 digest = metersDigest[version][seat];
            if (!member) {
                if (digest != bytes32(0)) revert GridRegistryOwnerNotMember(seat);
                continue;
            }
            bool changed = digest != metersDigest[v.base][seat];
            if (changed && (v.approvals >> seat) & 1 == 0) revert GridRegistryApprovalMissing(version, seat);
        }
    }
}
