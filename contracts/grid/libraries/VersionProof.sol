// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {GridRecord} from "./GridRecord.sol";

/// @title The proof that a grid version is sound
///
/// @notice What is proved, by reading every record once:
///
/// 1. *Observable.* Each bus but the roots has an edge to a parent that stands before it, with b ≠ 0 and a meter that
///    sees the edge alone. The edges are a spanning forest, so `G = HᵀWH ⪰ Σ w b² (e_i - e_parent)(e_i - e_parent)ᵀ`
///    is positive definite (paper 003, section 5.2, asks for an invertible G). In a factored version no bus has such an
///    edge, and `FactorProof` proves it.
/// 2. *Well formed.* Every index lies inside its sequence, padding is zero, no chord is a loop: what the settlement reads
///    and writes stays inside its memory areas.
/// 3. *Rows and directory are the same set.* With `f(meter, entry) = meter·2^64 + entry`, the products of
///    `(X + f)` over all rows of real meters and over all directory entries are equal modulo the prime `P`.
///    Both are polynomials in X of degree at most 2^15, which agree at a random point with probability below
///    2^15/P < 2^-240 unless they are equal, that is, unless each meter has exactly one row, of the kind, place and weight
///    that the directory says. X is the hash of everything that was committed, chunk hashes included; a proposer that
///    tries another commitment draws another X.
library VersionProof {
    /// @dev The largest prime below 2^256.
    uint256 internal constant P = type(uint256).max - 188;

    /// @notice Why a record cannot stand.
    enum Flaw {
        Padding,
        Root,
        BusNumber,
        LineNumber,
        Parent,
        Susceptance,
        Unmetered,
        Row,
        Loop,
        Endpoint,
        Entry,
        Range,
        Angle,
        Sign,
        Strength,
        Free
    }

    /// @notice Record number `record` (tree, chords and probes counted through) or the directory entry or range of meter
    /// `record` is unsound.
    error VersionProofUnsound(uint256 record, Flaw flaw);

    /// @notice What is carried from one part of the proof to the next.
    struct Progress {
        /// Product over rows.
        uint256 rowProduct;
        /// Product over directory entries.
        uint256 directoryProduct;
        uint256 virtualRows;
    }

    /// @notice Checks the records `first ..` packed in `data`.
    function checkRecords(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 first,
        bytes memory data
    ) internal pure {
        uint256 count = data.length / GridRecord.RECORD_BYTES;
        for (uint256 i = first; i < first + count; ++i) {
            uint256 record;
            assembly ("memory-safe") {
                record := mload(add(add(data, 32), shl(5, sub(i, first))))
            }
            if (i < g.buses) _checkBus(progress, g, x, i, record);
            else _checkChord(progress, g, x, i, record);
        }
    }

    /// @notice Takes in the directory entries and ranges of the meters `first ..`.
    function checkMeters(
        Progress memory progress,
        uint256 x,
        uint256 first,
        bytes memory entries,
        bytes memory ranges
    ) internal pure {
        uint256 count = entries.length / GridRecord.ENTRY_BYTES;
        uint256 product = progress.directoryProduct;
        for (uint256 i = 0; i < count; ++i) {
            uint256 entry;
            uint256 range;
            assembly ("memory-safe") {
                entry := shr(192, mload(add(add(entries, 32), shl(3, i))))
                range := shr(232, mload(add(add(ranges, 32), mul(3, i))))
            }
            if (entry & ~uint256(0x7ffffe0ffffffff) != 0) revert VersionProofUnsound(first + i, Flaw.Entry);
            // Ones from the top down: the sign bit and everything else above the range, but never the lowest bit, beside
            // which the next value's sign would be read.
            uint256 span = (1 << 24) - range;
            if (range >> 23 == 0 || span == 1 || span & (span - 1) != 0)
                revert VersionProofUnsound(first + i, Flaw.Range);
            product = mulmod(product, addmod(x, ((first + i) << 64) | entry, P), P);
        }
        progress.directoryProduct = product;
    }

    function _checkBus(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 i,
        uint256 record
    ) private pure {
        if (record & GridRecord.TREE_PADDING != 0) revert VersionProofUnsound(i, Flaw.Padding);
        uint256 bus = (record >> GridRecord.TREE_BUS_SHIFT) & GridRecord.NUMBER_MASK;
        if (bus == 0) revert VersionProofUnsound(i, Flaw.BusNumber);
        _injection(progress, g, x, i, record & GridRecord.ROW_MASK, bus);

        if (i < g.roots || g.factored) {
            // A root or free bus has a number and perhaps an injection, and nothing else.
            uint256 allowed = GridRecord.ROW_MASK | (GridRecord.NUMBER_MASK << GridRecord.TREE_BUS_SHIFT);
            if (record & ~allowed != 0) revert VersionProofUnsound(i, i < g.roots ? Flaw.Root : Flaw.Free);
        } else {
            _treeEdge(progress, g, x, i, record, bus);
        }
    }

    function _treeEdge(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 i,
        uint256 record,
        uint256 bus
    ) private pure {
        uint256 parent = (record >> GridRecord.TREE_PARENT_SHIFT) & GridRecord.INDEX_MASK;
        if (parent >= i) revert VersionProofUnsound(i, Flaw.Parent);
        _checkAngle(i, record >> GridRecord.TREE_PARENT_ANGLE_SHIFT, parent);
        if (GridRecord.susceptance(record) == 0) revert VersionProofUnsound(i, Flaw.Susceptance);
        uint256 line = (record >> GridRecord.TREE_LINE_SHIFT) & GridRecord.NUMBER_MASK;
        uint256 main = (record >> GridRecord.TREE_MAIN_SHIFT) & GridRecord.ROW_MASK;
        if (main == 0) revert VersionProofUnsound(i, Flaw.Unmetered);
        uint256 sign = (record >> GridRecord.TREE_SIGN_SHIFT) & 3;
        uint256 b = SignedMath.abs(GridRecord.susceptance(record));
        uint256 strength = (record >> GridRecord.TREE_STRENGTH_SHIFT) & GridRecord.STRENGTH_MASK;
        if (strength != Math.log2(GridRecord.weightOf(main) * b * b)) revert VersionProofUnsound(i, Flaw.Strength);

        if (i < uint256(g.roots) + g.anchors) {
            if (line != 0) revert VersionProofUnsound(i, Flaw.LineNumber);
            if (parent >= g.roots) revert VersionProofUnsound(i, Flaw.Parent);
            if (record & GridRecord.TREE_CHILD_IS_FROM != 0) revert VersionProofUnsound(i, Flaw.Padding);
            if (sign != 1) revert VersionProofUnsound(i, Flaw.Sign);
            _row(progress, g, x, i, main, GridRecord.KIND_PMU, bus);
            return;
        }
        if (line == 0) revert VersionProofUnsound(i, Flaw.LineNumber);
        // The sign is 1 or -1 in two bits.
        if (sign & 1 == 0) revert VersionProofUnsound(i, Flaw.Sign);
        bool atFrom = (record & GridRecord.TREE_CHILD_IS_FROM != 0) == (sign == 1);
        _row(progress, g, x, i, main, atFrom ? GridRecord.KIND_FLOW_FROM : GridRecord.KIND_FLOW_TO, line);
    }

    function _checkChord(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 i,
        uint256 record
    ) private pure {
        if (record & GridRecord.CHORD_PADDING != 0) revert VersionProofUnsound(i, Flaw.Padding);
        if (GridRecord.susceptance(record) == 0) revert VersionProofUnsound(i, Flaw.Susceptance);
        uint256 place = (record >> GridRecord.CHORD_PLACE_SHIFT) & GridRecord.NUMBER_MASK;
        if (place == 0) revert VersionProofUnsound(i, Flaw.LineNumber);
        uint256 from = (record >> GridRecord.CHORD_FROM_SHIFT) & GridRecord.INDEX_MASK;
        uint256 to = (record >> GridRecord.CHORD_TO_SHIFT) & GridRecord.INDEX_MASK;
        if (from >= g.buses || to >= g.buses) revert VersionProofUnsound(i, Flaw.Endpoint);
        if (from == to) revert VersionProofUnsound(i, Flaw.Loop);

        _checkAngle(i, record >> GridRecord.CHORD_FROM_ANGLE_SHIFT, from);
        _checkAngle(i, record >> GridRecord.CHORD_TO_ANGLE_SHIFT, to);

        uint256 row = record & GridRecord.ROW_MASK;
        uint256 kind = (record >> GridRecord.CHORD_KIND_SHIFT) & 3;
        bool probe = i >= uint256(g.buses) + g.chords;
        if (kind == GridRecord.KIND_INJECTION || (probe && row == 0)) revert VersionProofUnsound(i, Flaw.Row);
        if (kind == GridRecord.KIND_PMU) {
            if (!probe) revert VersionProofUnsound(i, Flaw.Row);
            if (from < g.roots || to >= g.roots) revert VersionProofUnsound(i, Flaw.Endpoint);
        }
        _row(progress, g, x, i, row, kind, place);
    }

    /// @dev The offset of an angle is five times the index of its bus.
    function _checkAngle(uint256 i, uint256 field, uint256 index) private pure {
        if (field & GridRecord.ANGLE_MASK != GridRecord.ANGLE_BYTES * index) {
            revert VersionProofUnsound(i, Flaw.Angle);
        }
    }

    /// @dev An injection row may also be virtual.
    function _injection(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 i,
        uint256 row,
        uint256 bus
    ) private pure {
        if (row != 0 && GridRecord.offsetOf(row) == GridRecord.VALUE_BYTES * g.meters) {
            if (GridRecord.weightOf(row) == 0) revert VersionProofUnsound(i, Flaw.Row);
            ++progress.virtualRows;
        } else {
            _row(progress, g, x, i, row, GridRecord.KIND_INJECTION, bus);
        }
    }

    function _row(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 i,
        uint256 row,
        uint256 kind,
        uint256 place
    ) private pure {
        if (row == 0) return;
        uint256 weight = GridRecord.weightOf(row);
        uint256 offset = GridRecord.offsetOf(row);
        uint256 meter = offset / GridRecord.VALUE_BYTES;
        if (weight == 0 || meter >= g.meters || offset % GridRecord.VALUE_BYTES != 0) {
            revert VersionProofUnsound(i, Flaw.Row);
        }
        uint256 value = (meter << 64) | (kind << 57) | (place << 37) | weight;
        progress.rowProduct = mulmod(progress.rowProduct, addmod(x, value, P), P);
    }
}
