// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IFactorProof} from "./IFactorProof.sol";
import {IGridRegistry} from "./IGridRegistry.sol";
import {FactorCheck} from "./libraries/FactorCheck.sol";
import {GridRecord} from "./libraries/GridRecord.sol";

/// @title The proof of a grid version that no tree of meters spans
/// @dev Thin over `FactorCheck`: the order of the parts, and what is carried from one to the next. Created by the registry.
contract FactorProof is IFactorProof {
    /// @dev What is carried from part to part: scalars.
    struct Progress {
        /// What the random vector is drawn from.
        bytes32 seed;
        /// The grid's side less the columns so far, modulo `FactorCheck.P`.
        uint256 difference;
        /// Σ e² so far.
        uint184 squares;
        uint16 nextPart;
        uint16 nextColumn;
        uint8 roots;
        /// 0 until the claim is open.
        uint16 buses;
    }

    /// @inheritdoc IFactorProof
    IGridRegistry public immutable registry;
    /// @inheritdoc IFactorProof
    mapping(uint24 version => uint256) public eigenBound;
    mapping(bytes32 claim => Progress) private _progress;

    constructor() {
        registry = IGridRegistry(msg.sender);
    }

    /// @inheritdoc IFactorProof
    function open(uint24 version, Claim calldata claim) external returns (bytes32 key) {
        // Check: a claim within bounds, on a factored version whose chunks are all there.
        IGridRegistry.Summary memory summary = registry.summary(version);
        GridRecord.Geometry memory g = summary.geometry;
        if (!g.factored) revert FactorProofNotFactored(version);
        if (claim.scaleDigits > FactorCheck.MAX_SCALE_DIGITS) {
            revert FactorProofBadClaim("scaleDigits", claim.scaleDigits);
        }
        if (claim.shift == 0) revert FactorProofBadClaim("shift", 0);
        uint256 parts = claim.partHashes.length;
        if (parts == 0 || parts > type(uint16).max) revert FactorProofBadClaim("parts", parts);
        key = keyOf(version, claim);
        if (_progress[key].buses != 0) revert FactorProofAlreadyOpen(key);
        (, address[] memory chunks) = registry.records(version);
        for (uint256 i = 0; i < chunks.length; ++i) {
            if (chunks[i] == address(0)) revert FactorProofChunkMissing(version, i);
        }

        // Effect: the side of the grid.
        bytes32 seed = keccak256(abi.encode(address(this), summary.contentHash, key));
        uint256[] memory s = FactorCheck.draw(seed, g.roots, g.buses);
        uint256 p = FactorCheck.P;
        uint256 grid = mulmod(1 << claim.scaleDigits, FactorCheck.gridForm(g, chunks, s), p);
        uint256 shifted = mulmod(claim.shift, FactorCheck.squareOf(s), p);
        _progress[key] = Progress({
            seed: seed,
            difference: addmod(grid, p - shifted, p),
            squares: 0,
            nextPart: 0,
            nextColumn: g.roots,
            roots: g.roots,
            buses: g.buses
        });
        emit FactorOpened(version, key, parts);
    }

    /// @inheritdoc IFactorProof
    function check(uint24 version, Claim calldata claim, uint256 part, bytes calldata data) external {
        // Check: the next part, as the claim commits to it.
        bytes32 key = keyOf(version, claim);
        Progress memory progress = _progress[key];
        if (progress.buses == 0) revert FactorProofNotOpen(key);
        if (part != progress.nextPart || part >= claim.partHashes.length) {
            revert FactorProofPartOutOfOrder(part, progress.nextPart);
        }
        bytes memory entries = data;
        bytes32 hash = keccak256(entries);
        if (hash != claim.partHashes[part]) revert FactorProofPartMismatch(part, hash, claim.partHashes[part]);
        if (data.length == 0 || data.length % FactorCheck.ENTRY_BYTES != 0 || uint8(data[0]) < 0x80) {
            revert FactorProofPartLength(part, data.length);
        }

        // Check: its entries.
        uint256[] memory s = FactorCheck.draw(progress.seed, progress.roots, progress.buses);
        FactorCheck.Columns memory sum = FactorCheck.columns(entries, s, progress.nextColumn);
        if (FactorCheck.ENTRY_BYTES * sum.entries != data.length) revert FactorProofBadEntry(part, sum.entries);

        // Effect: the sums go on, or the claim is proved.
        uint256 p = FactorCheck.P;
        progress.difference = addmod(progress.difference, p - sum.form, p);
        progress.squares += uint184(sum.squares);
        progress.nextPart = uint16(part + 1);
        progress.nextColumn = uint16(sum.last + 1);
        _progress[key] = progress;
        emit FactorPartChecked(version, key, part);
        if (part + 1 == claim.partHashes.length) _conclude(version, claim, key, progress);
    }

    /// @inheritdoc IFactorProof
    function adopt(uint24 version, uint256 bound) external {
        // Check.
        if (msg.sender != address(registry)) revert FactorProofNotRegistry(msg.sender);

        // Effect.
        eigenBound[version] = bound;
    }

    /// @inheritdoc IFactorProof
    function progressOf(bytes32 key) external view returns (bool opened, uint256 nextPart) {
        Progress storage progress = _progress[key];
        return (progress.buses != 0, progress.nextPart);
    }

    /// @inheritdoc IFactorProof
    function keyOf(uint24 version, Claim calldata claim) public pure returns (bytes32) {
        return keccak256(abi.encode(version, claim.scaleDigits, claim.shift, claim.partHashes));
    }

    /// @dev After the last part: both sides agree, and E leaves something of the shift.
    function _conclude(uint24 version, Claim calldata claim, bytes32 key, Progress memory progress) private {
        // Check.
        if (progress.difference != 0) revert FactorProofUnequal(version, key);
        uint256 size = Math.sqrt(progress.squares, Math.Rounding.Ceil);
        uint256 bound = claim.shift > size ? (claim.shift - size) >> claim.scaleDigits : 0;
        if (bound == 0) revert FactorProofNoMargin(claim.shift, size);

        // Effect: the largest bound stands.
        if (bound > eigenBound[version]) eigenBound[version] = bound;
        emit FactorProved(version, key, bound);
    }
}
