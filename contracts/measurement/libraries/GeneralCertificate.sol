// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {GridRecord} from "../../grid/libraries/GridRecord.sol";
import {VersionLayout} from "../../grid/libraries/VersionLayout.sol";
import {UncheckedArray} from "../../math/UncheckedArray.sol";
import {SlotCertificate} from "./SlotCertificate.sol";

/// @title The certificate of a slot, for every case but the common one
///
/// @notice `SlotCertificate` is for complete slots of versions whose flow meters span the grid, and is fast. This one
/// takes in missing values, versions without such a tree, and finer angles. In its symbols: it computes residuals r, J and
/// the gradient `g = Hᵀ W r` exactly, over the rows that have a value, and writes g down bus by bus. What J exceeds the
/// smallest possible by is `gᵀ G⁻¹ g`, which is bounded in one of two ways:
///
/// * `treeBound`: over a spanning forest that the caller brings, each of whose edges has a meter that sees the edge alone
///   and has a value. With S the sum of g over the buses below an edge, `η = Σ ⌈S²/(w b²)⌉`, as in `SlotCertificate`. The
///   forest needs no trust: that it is one is checked, and every one gives a valid bound;
/// * `eigenBound`: by `μ <= λ_min(G)`, proved elsewhere: `η = Σ ⌈g_i²/μ⌉`.
///
/// A line between buses i and k with susceptance b adds `q = b (v + u_i - u_k)` to g at i and -q at k, with u = w r of the
/// injection rows and v = w r of its own row; a probe, which is no line, adds `q = b v`.
///
/// Angles have 5 bytes, or 8: 24 binary digits more, for grids so weakly tied that η at 5 bytes is too large. With
/// D = 40 or 64 digits of a flow, r counts in 2^-D power units, J and η in 2^-(2D + weightDigits).
///
/// Bounds (exact integers), for 8 bytes: |θ| < 2^63, |b|, |φ| < 2^39, so a flow is below 2^105 and, with 2^17 lines at one
/// bus, an injection below 2^122. A residual of 2^112 or more is refused, and a J that does not fit in 256 bits too; so
/// w r < 2^144, q < 2^185, g < 2^202 and, over 2^15 buses, S < 2^217. Squares are divided in 512 bits.
library GeneralCertificate {
    using UncheckedArray for int256[];

    /// @notice Bytes of an entry of a tree that the caller brings: a bit that says which end of the edge is the bus below
    /// (0: the child of a tree record, the from bus of others), then the number of the edge's record.
    uint256 internal constant TREE_ENTRY_BYTES = 3;

    uint256 private constant _SECOND_END = 1 << 23;
    int256 private constant _RESIDUAL_LIMIT = 1 << 112;
    /// @dev -2^23.
    int256 private constant _MISSING = -(1 << 23);

    /// @notice Why an edge cannot be in the tree.
    enum TreeFlaw {
        /// There is no such record, or it is that of a root.
        Edge,
        /// No meter with a value sees the edge alone.
        Unmetered,
        /// The bus below is a root, or stood below an edge before.
        Bus,
        /// The other end stood below an edge before: it can be above none.
        Cycle
    }

    /// @notice The angles are so far off that `residual`, times 2^D, or the sum of the squares up to it is beyond 256 bits.
    error GeneralCertificateTooFar(int256 residual);
    /// @notice A tree has an entry of 3 bytes for each bus but the roots: `want` bytes, not `got`.
    error GeneralCertificateTreeLength(uint256 got, uint256 want);
    /// @notice Entry `entry` of the tree, on record `record`, is unsound.
    error GeneralCertificateBadTree(uint256 entry, uint256 record, TreeFlaw treeFlaw);

    /// @notice What was computed, and what bounds and shares need of it.
    struct Evaluation {
        /// J over the rows with a value.
        uint256 objective;
        /// How many those are, virtual ones included.
        uint256 rows;
        /// By tree record; 0 at the roots, which have no column.
        int256[] gradient;
        /// w r of the injection row, by tree record; 0 if it has none or no value.
        int256[] busRows;
        /// w r of an edge's own row, positive in the direction of the edge (child to parent, from to to), by record.
        int256[] edgeRows;
        bytes records;
        bytes values;
        uint256 roots;
        uint256 buses;
        /// Tree records and chords; and with the probes.
        uint256 lines;
        uint256 total;
        /// D.
        uint256 digits;
    }

    /// @notice Evaluates angles against values.
    /// @param g Sizes of the version, whose records are proved to be well formed. A bus without an edge to a parent has b = 0.
    /// @param chunks Its chunks.
    /// @param values Packed values, by meter, -2^23 where one is missing, followed by one zero value.
    /// @param angles Packed angles, by tree record; their length, and zero for the roots, checked by the caller.
    /// @param angleBytes Bytes of an angle: 5 or 8.
    function evaluate(
        GridRecord.Geometry memory g,
        address[] memory chunks,
        bytes memory values,
        bytes calldata angles,
        uint256 angleBytes
    ) internal view returns (Evaluation memory e) {
        e.values = values;
        e.roots = g.roots;
        e.buses = g.buses;
        e.lines = uint256(g.buses) + g.chords;
        e.total = e.lines + g.probes;
        e.digits = SlotCertificate.FLOW_DIGITS + 8 * (angleBytes - GridRecord.ANGLE_BYTES);
        e.records = VersionLayout.read(chunks, 0, VersionLayout.recordsLength(g));
        e.gradient = new int256[](e.buses);
        e.busRows = new int256[](e.buses);
        e.edgeRows = new int256[](e.total);
        _edgeResiduals(e, angles, angleBytes);
        _busResiduals(e);
        _gradient(e);
    }

    /// @notice η over a tree that the caller brings; all ones if it may be beyond 256 bits.
    /// @param tree An entry for each bus but the roots, from the leaves: the edges below a bus come before the edge above.
    function treeBound(Evaluation memory e, bytes calldata tree) internal pure returns (uint256 bound) {
        uint256 count = e.buses - e.roots;
        if (tree.length != TREE_ENTRY_BYTES * count) {
            revert GeneralCertificateTreeLength(tree.length, TREE_ENTRY_BYTES * count);
        }
        bytes memory done = new bytes(e.buses);
        int256[] memory sums = new int256[](e.buses);
        int256[] memory gradient = e.gradient;
        // No overflow: sums of at most 2^15 entries of g stay below 2^217, w b² below 2^110.
        unchecked {
            // Each entry lies inside the tree, whose length was checked.
            for (uint256 i = 0; i < count; ++i) {
                (uint256 bus, uint256 other, uint256 strength) = _treeEdge(e, tree, i, done);
                done[bus] = 0x01;
                int256 sum = sums.read(bus) + gradient.read(bus);
                sums.add(other, sum);
                bound = _addQuotient(bound, sum, strength);
            }
        }
    }

    /// @notice η by a bound on the smallest eigenvalue of G; all ones if it may be beyond 256 bits, and for μ = 0.
    /// @param mu μ, at most the smallest eigenvalue of `HᵀWH` in the integers of the records.
    function eigenBound(Evaluation memory e, uint256 mu) internal pure returns (uint256 bound) {
        if (mu == 0) return type(uint256).max;
        for (uint256 i = e.roots; i < e.buses; ++i) bound = _addQuotient(bound, e.gradient[i], mu);
    }

    /// @notice The part of each seat's meters in J, in the scale of J.
    /// @param meters How many meters each seat has.
    function seatShares(Evaluation memory e, uint256[] memory meters) internal pure returns (uint256[] memory shares) {
        // One entry more, for the virtual rows.
        shares = new uint256[](meters.length + 1);
        bytes memory seats = _seatOfMeter(meters);
        // Indices are those of proved records.
        for (uint256 i = 0; i < e.total; ++i) {
            uint256 record = _record(e, i);
            if (i < e.buses) {
                _addShare(shares, seats, record, e.busRows.read(i));
                record >>= GridRecord.TREE_MAIN_SHIFT;
            }
            _addShare(shares, seats, record, e.edgeRows.read(i));
        }
        assembly ("memory-safe") {
            mstore(shares, sub(mload(shares), 1))
        }
    }

    /// @dev Flows of all edges, those of lines into the injections of their buses; the rows of the edges.
    function _edgeResiduals(Evaluation memory e, bytes calldata angles, uint256 angleBytes) private pure {
        uint256 finer = e.digits - SlotCertificate.FLOW_DIGITS;
        uint256 buses = e.buses;
        uint256 total = e.total;
        int256[] memory injections = e.busRows;
        int256[] memory rows = e.edgeRows;
        // No overflow: see the bounds above. Indices are those of proved records.
        unchecked {
            for (uint256 i = e.roots; i < total; ++i) {
                uint256 record = _record(e, i);
                (uint256 from, uint256 to) = _ends(i, buses, record);
                int256 flow = _angleAt(angles, from, angleBytes) - _angleAt(angles, to, angleBytes);
                if (i >= buses) flow -= (int256(record << 40) >> 216) << finer;
                flow *= GridRecord.susceptance(record);
                if (_isLine(e, i, record)) {
                    injections.add(from, flow);
                    injections.add(to, -flow);
                }
                if (i >= buses) rows.write(i, _weighted(e, record, flow));
                else {
                    uint256 row = record >> GridRecord.TREE_MAIN_SHIFT;
                    bool reversed = _metersParent(record);
                    int256 weighted = _weighted(e, row, reversed ? -flow : flow);
                    rows.write(i, reversed ? -weighted : weighted);
                }
            }
        }
    }

    /// @dev The injection rows, in place of the injections.
    function _busResiduals(Evaluation memory e) private pure {
        uint256 buses = e.buses;
        int256[] memory rows = e.busRows;
        for (uint256 i = 0; i < buses; ++i) rows.write(i, _weighted(e, _record(e, i), rows.read(i)));
    }

    function _gradient(Evaluation memory e) private pure {
        uint256 buses = e.buses;
        uint256 total = e.total;
        int256[] memory gradient = e.gradient;
        int256[] memory busRows = e.busRows;
        int256[] memory edgeRows = e.edgeRows;
        // No overflow: see the bounds above. Indices are those of proved records.
        unchecked {
            for (uint256 i = e.roots; i < total; ++i) {
                uint256 record = _record(e, i);
                (uint256 from, uint256 to) = _ends(i, buses, record);
                int256 q = edgeRows.read(i);
                if (_isLine(e, i, record)) q += busRows.read(from) - busRows.read(to);
                q *= GridRecord.susceptance(record);
                gradient.add(from, q);
                gradient.add(to, -q);
            }
        }
        for (uint256 i = 0; i < e.roots; ++i) gradient[i] = 0;
    }

    /// @dev w r of a row for which the angles give `predicted`, added to J; 0 for no row, and for no value.
    function _weighted(Evaluation memory e, uint256 row, int256 predicted) private pure returns (int256 weighted) {
        int256 weight = int256(GridRecord.weightOf(row));
        int256 value = _valueOf(e, row);
        if (weight == 0 || value == _MISSING) return 0;
        // No overflow: |value| <= 2^23 and |predicted| < 2^122; then |r| < 2^112 and w < 2^32.
        unchecked {
            int256 r = (value << e.digits) - predicted;
            if (r >= _RESIDUAL_LIMIT || r <= -_RESIDUAL_LIMIT) revert GeneralCertificateTooFar(r);
            weighted = weight * r;
            uint256 objective = e.objective + uint256(r * r) * uint256(weight);
            if (objective < e.objective) revert GeneralCertificateTooFar(r);
            e.objective = objective;
            ++e.rows;
        }
    }

    /// @dev The buses of entry `i`, the one below first, and w b² of its edge.
    function _treeEdge(
        Evaluation memory e,
        bytes calldata tree,
        uint256 i,
        bytes memory done
    ) private pure returns (uint256 bus, uint256 other, uint256 strength) {
        uint256 entry;
        assembly ("memory-safe") {
            entry := shr(232, calldataload(add(tree.offset, mul(3, i))))
        }
        uint256 edge = entry & (_SECOND_END - 1);
        if (edge < e.roots || edge >= e.total) revert GeneralCertificateBadTree(i, edge, TreeFlaw.Edge);
        uint256 record = _record(e, edge);
        uint256 row = edge < e.buses ? record >> GridRecord.TREE_MAIN_SHIFT : record;
        uint256 b = SignedMath.abs(GridRecord.susceptance(record));
        strength = GridRecord.weightOf(row) * b * b;
        if (strength == 0 || _valueOf(e, row) == _MISSING) {
            revert GeneralCertificateBadTree(i, edge, TreeFlaw.Unmetered);
        }
        (bus, other) = _ends(edge, e.buses, record);
        if (entry & _SECOND_END != 0) (bus, other) = (other, bus);
        if (bus < e.roots || done[bus] != 0) revert GeneralCertificateBadTree(i, edge, TreeFlaw.Bus);
        if (done[other] != 0) revert GeneralCertificateBadTree(i, edge, TreeFlaw.Cycle);
    }

    /// @dev bound + ⌈x²/divisor⌉; all ones if that may be beyond 256 bits. The divisor is not zero.
    function _addQuotient(uint256 bound, int256 x, uint256 divisor) private pure returns (uint256) {
        uint256 size = SignedMath.abs(x);
        (uint256 high, ) = Math.mul512(size, size);
        if (high == 0) return Math.saturatingAdd(bound, Math.ceilDiv(size * size, divisor));
        // The quotient, rounded up, is at most 2^256 (high + 1) / divisor. No overflow: high is below 2^256 - 1.
        if (high + 1 >= divisor) return type(uint256).max;
        return Math.saturatingAdd(bound, Math.mulDiv(size, size, divisor, Math.Rounding.Ceil));
    }

    function _addShare(uint256[] memory shares, bytes memory seats, uint256 row, int256 weighted) private pure {
        if (weighted == 0) return;
        uint256 size = SignedMath.abs(weighted);
        uint256 meter = GridRecord.offsetOf(row) / GridRecord.VALUE_BYTES;
        uint256 seat;
        assembly ("memory-safe") {
            seat := byte(0, mload(add(add(seats, 32), meter)))
        }
        // No overflow: w r² is a part of J. The quotient is r, exactly.
        unchecked {
            shares[seat] += size * (size / GridRecord.weightOf(row));
        }
    }

    /// @dev A byte for each meter, and one for the virtual rows.
    function _seatOfMeter(uint256[] memory meters) private pure returns (bytes memory seats) {
        uint256 count = 0;
        for (uint256 seat = 0; seat < meters.length; ++seat) count += meters[seat];
        seats = new bytes(count + 1);
        uint256 next = 0;
        for (uint256 seat = 0; seat < meters.length; ++seat) {
            uint256 end = next + meters[seat];
            assembly ("memory-safe") {
                for {
                    let start := add(seats, 32)
                } lt(next, end) {
                    next := add(next, 1)
                } {
                    mstore8(add(start, next), seat)
                }
            }
        }
        seats[count] = bytes1(uint8(meters.length));
    }

    /// @dev The two buses of record `i`: child and parent, or from and to.
    function _ends(uint256 i, uint256 buses, uint256 record) private pure returns (uint256 from, uint256 to) {
        if (i < buses) return (i, (record >> GridRecord.TREE_PARENT_SHIFT) & GridRecord.INDEX_MASK);
        from = (record >> GridRecord.CHORD_FROM_SHIFT) & GridRecord.INDEX_MASK;
        to = (record >> GridRecord.CHORD_TO_SHIFT) & GridRecord.INDEX_MASK;
    }

    /// @dev Whether the edge carries power: a tree record of a line, or a chord.
    function _isLine(Evaluation memory e, uint256 i, uint256 record) private pure returns (bool) {
        if (i >= e.buses) return i < e.lines;
        return (record >> GridRecord.TREE_LINE_SHIFT) & GridRecord.NUMBER_MASK != 0;
    }

    /// @dev Whether the meter of a tree record sits at the parent's end.
    function _metersParent(uint256 record) private pure returns (bool) {
        return (record >> GridRecord.TREE_SIGN_SHIFT) & 3 == 3;
    }

    /// @dev The value of a row, which lies inside the values, or is the zero after them.
    function _valueOf(Evaluation memory e, uint256 row) private pure returns (int256 value) {
        bytes memory values = e.values;
        assembly ("memory-safe") {
            value := sar(232, mload(add(add(values, 32), and(row, 0x1ffff))))
        }
    }

    function _angleAt(bytes calldata angles, uint256 i, uint256 angleBytes) private pure returns (int256 angle) {
        assembly ("memory-safe") {
            angle := sar(sub(256, shl(3, angleBytes)), calldataload(add(angles.offset, mul(angleBytes, i))))
        }
    }

    /// @dev Record `i`, below `e.total`.
    function _record(Evaluation memory e, uint256 i) private pure returns (uint256 record) {
        bytes memory records = e.records;
        assembly ("memory-safe") {
            record := mload(add(add(records, 32), shl(5, i)))
        }
    }
}
