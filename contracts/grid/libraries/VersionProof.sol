// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "./GridRecord.sol";

/// @title The proof that a grid version is sound
///
/// @notice What is proved, by reading every record once:
///
/// 1. *Observable.* Each bus but the roots has an edge to a parent that stands before it, with b ≠ 0 and a meter that
///    sees the edge alone. The edges are a spanning forest, so `G = HᵀWH ⪰ Σ w b² (e_i - e_parent)(e_i - e_parent)ᵀ`
///    is positive definite (paper 003, section 5.2, asks for an invertible G).
/// 2. *Well formed.* Every index lies inside its sequence, padding is zero, no chord is a loop: what the settlement reads
///    and writes stays inside its memory areas.
/// 3. *Rows and directory are the same set.* With `f(meter, entry) = meter·2^64 + entry`, the products of
///    `(X + f)` over all row slots of real meters and over all directory entries are equal modulo the prime `P`.
///    Both are polynomials in X of degree at most 2^15, which agree at a random point with probability below
///    2^15/P < 2^-240 unless they are equal, that is, unless each meter has exactly one row, of the kind, place,
///    weight and range that the directory says. X is the hash of everything that was committed, chunk hashes included; a
///    proposer that tries another commitment draws another X.
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
        Entry
    }

    /// @notice Record number `record` of the tree or chords, or entry number `record` of the directory, is unsound.
    error VersionProofUnsound(uint256 record, Flaw flaw);

    /// @notice What is carried from one part of the proof to the next.
    struct Progress {
        /// Product over row slots.
        uint256 rowProduct;
        /// Product over directory entries.
        uint256 directoryProduct;
        uint256 virtualRows;
    }

    /// @notice Checks tree records `first ..` packed in `data`.
    function checkTree(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 first,
        bytes memory data
    ) internal pure {
        uint256 count = data.length / GridRecord.RECORD_BYTES;
        for (uint256 i = first; i < first + count; ++i) {
            uint256 record = _word(data, i - first);
            if (record & GridRecord.TREE_PADDING != 0) revert VersionProofUnsound(i, Flaw.Padding);
            uint256 bus = (record >> GridRecord.TREE_BUS_SHIFT) & GridRecord.NUMBER_MASK;
            if (bus == 0) revert VersionProofUnsound(i, Flaw.BusNumber);
            _injection(progress, g, x, i, record & GridRecord.SLOT_MASK, bus);

            if (i < g.roots) {
                // A root has a number and perhaps an injection, and nothing else.
                uint256 allowed = GridRecord.SLOT_MASK | (GridRecord.NUMBER_MASK << GridRecord.TREE_BUS_SHIFT);
                if (record & ~allowed != 0) revert VersionProofUnsound(i, Flaw.Root);
                continue;
            }
            _treeEdge(progress, g, x, i, record, bus);
        }
    }

    /// @notice Checks chord records `first ..` packed in `data`.
    function checkChords(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 first,
        bytes memory data
    ) internal pure {
        uint256 count = data.length / GridRecord.RECORD_BYTES;
        for (uint256 i = first; i < first + count; ++i) {
            uint256 record = _word(data, i - first);
            if (record & GridRecord.CHORD_PADDING != 0) revert VersionProofUnsound(i, Flaw.Padding);
            if (GridRecord.susceptance(record) == 0) revert VersionProofUnsound(i, Flaw.Susceptance);
            uint256 place = (record >> GridRecord.CHORD_PLACE_SHIFT) & GridRecord.NUMBER_MASK;
            if (place == 0) revert VersionProofUnsound(i, Flaw.LineNumber);
            uint256 from = (record >> GridRecord.CHORD_FROM_SHIFT) & GridRecord.METER_MASK;
            uint256 to = (record >> GridRecord.CHORD_TO_SHIFT) & GridRecord.METER_MASK;
            if (from >= g.buses || to >= g.buses) revert VersionProofUnsound(i, Flaw.Endpoint);
            if (from == to) revert VersionProofUnsound(i, Flaw.Loop);

            uint256 fromEnd = record & GridRecord.SLOT_MASK;
            uint256 toEnd = (record >> 52) & GridRecord.SLOT_MASK;
            if (record & GridRecord.CHORD_PMU == 0) {
                _meter(progress, g, x, i, fromEnd, GridRecord.KIND_FLOW_FROM, place);
                _meter(progress, g, x, i, toEnd, GridRecord.KIND_FLOW_TO, place);
            } else {
                if (from < g.roots || to >= g.roots) revert VersionProofUnsound(i, Flaw.Endpoint);
                if (fromEnd == 0 || toEnd != 0) revert VersionProofUnsound(i, Flaw.Row);
                _meter(progress, g, x, i, fromEnd, GridRecord.KIND_PMU, place);
            }
        }
    }

    /// @notice Takes in directory entries `first ..` packed in `data`.
    function checkDirectory(Progress memory progress, uint256 x, uint256 first, bytes memory data) internal pure {
        uint256 count = data.length / GridRecord.ENTRY_BYTES;
        uint256 product = progress.directoryProduct;
        for (uint256 i = 0; i < count; ++i) {
            uint256 entry;
            assembly ("memory-safe") {
                entry := shr(192, mload(add(add(data, 32), shl(3, i))))
            }
            if (entry >> 59 != 0) revert VersionProofUnsound(first + i, Flaw.Entry);
            product = mulmod(product, addmod(x, ((first + i) << 64) | entry, P), P);
        }
        progress.directoryProduct = product;
    }

    function _treeEdge(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 i,
        uint256 record,
        uint256 bus
    ) private pure {
        uint256 parent = (record >> GridRecord.TREE_PARENT_SHIFT) & GridRecord.METER_MASK;
        if (parent >= i) revert VersionProofUnsound(i, Flaw.Parent);
        if (GridRecord.susceptance(record) == 0) revert VersionProofUnsound(i, Flaw.Susceptance);
        uint256 line = (record >> GridRecord.TREE_LINE_SHIFT) & GridRecord.NUMBER_MASK;
        uint256 childEnd = (record >> 52) & GridRecord.SLOT_MASK;
        uint256 parentEnd = (record >> 104) & GridRecord.SLOT_MASK;
        if (childEnd | parentEnd == 0) revert VersionProofUnsound(i, Flaw.Unmetered);

        if (record & GridRecord.TREE_PMU == 0) {
            if (line == 0) revert VersionProofUnsound(i, Flaw.LineNumber);
            bool childIsFrom = record & GridRecord.TREE_CHILD_IS_FROM != 0;
            (uint256 atChild, uint256 atParent) = childIsFrom
                ? (GridRecord.KIND_FLOW_FROM, GridRecord.KIND_FLOW_TO)
                : (GridRecord.KIND_FLOW_TO, GridRecord.KIND_FLOW_FROM);
            _meter(progress, g, x, i, childEnd, atChild, line);
            _meter(progress, g, x, i, parentEnd, atParent, line);
        } else {
            if (line != 0) revert VersionProofUnsound(i, Flaw.LineNumber);
            if (record & GridRecord.TREE_CHILD_IS_FROM != 0) revert VersionProofUnsound(i, Flaw.Padding);
            if (parent >= g.roots) revert VersionProofUnsound(i, Flaw.Parent);
            if (parentEnd != 0) revert VersionProofUnsound(i, Flaw.Row);
            _meter(progress, g, x, i, childEnd, GridRecord.KIND_PMU, bus);
        }
    }

    /// @dev An injection row may also be virtual: meter number `meters`, a weight, no range.
    function _injection(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 i,
        uint256 slot,
        uint256 bus
    ) private pure {
        if (slot != 0 && GridRecord.meterOf(slot) == g.meters) {
            if (GridRecord.weightOf(slot) == 0 || GridRecord.rangeOf(slot) != 0) {
                revert VersionProofUnsound(i, Flaw.Row);
            }
            ++progress.virtualRows;
            return;
        }
        _meter(progress, g, x, i, slot, GridRecord.KIND_INJECTION, bus);
    }

    function _meter(
        Progress memory progress,
        GridRecord.Geometry memory g,
        uint256 x,
        uint256 i,
        uint256 slot,
        uint256 kind,
        uint256 place
    ) private pure {
        if (slot == 0) return;
        uint256 meter = GridRecord.meterOf(slot);
        uint256 range = GridRecord.rangeOf(slot);
        if (meter >= g.meters || GridRecord.weightOf(slot) == 0 || range == 0 || range > GridRecord.MAX_RANGE_BITS) {
            revert VersionProofUnsound(i, Flaw.Row);
        }
        uint256 value = (meter << 64) | GridRecord.entryOf(slot, kind, place);
        progress.rowProduct = mulmod(progress.rowProduct, addmod(x, value, P), P);
    }

    function _word(bytes memory data, uint256 index) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), shl(5, index)))
        }
    }
}
