// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "../../grid/libraries/CodeStore.sol";
import {GridRecord} from "../../grid/libraries/GridRecord.sol";
import {VersionLayout} from "../../grid/libraries/VersionLayout.sol";

/// @title The certificate of a slot: how good the submitted angles are, exactly
///
/// @notice A settler submits angles θ. Everything is computed from them in integers, with no rounding but the last:
///
/// * residuals `r = z + bφ - Hθ`, in power units times 2^40, and the objective `J = Σ w r²` over all rows;
/// * the gradient `g = Hᵀ W r`. Least squares makes it zero. For any θ, J exceeds the smallest possible by exactly
///   `gᵀ G⁻¹ g`, which is at most `Σ y_k²/w_k` for any y over the rows with `Hᵀ y = g`. Over the rows of the spanning tree
///   that y is unique: the edge above bus e carries `b_e y_e = S_e`, the sum of g over the buses below it. So
///
///       η = Σ_e S_e² / (w_e b_e²)
///
///   bounds the over-statement of J, and √η bounds the error of every weighted residual √w·r. Deterministic: nothing is
///   sampled and nothing trusted. (Paper 003, Algorithm 1, takes r = z - Pz with a stored P of m² entries instead.)
///
/// Lines act as edges: with the injection rows' `u = w r` at its two ends and its own flow rows' `v`, a line adds
/// `q = b (v + u_from - u_to)` to g at its from bus and `-q` at its to bus. Four passes do it all:
///
/// 1. tree, from the roots: flows, injections so far, rows of the tree's lines;
/// 2. chords: flows, injections, their rows;
/// 3. tree, from the roots: injection rows; then q of the tree's lines, and of the chords, into g;
/// 4. tree, from the leaves: subtree sums and η.
///
/// Bounds (exact integers, all below 2^255). |θ|, |φ|, |b| < 2^39, so a flow is below 2^80 and, with 2^15 lines at one
/// bus, an injection below 2^95; |z| < 2^22, so |r| < 2^96, u and v < 2^129, J < 2^240 (2^225 a row, 2^15 rows), q < 2^170,
/// g and S < 2^187. S is squared only below 2^120, and 2^15 squares below 2^240 add up to less than 2^255.
library SlotCertificate {
    /// @notice Binary digits of a flow and a residual.
    uint256 internal constant FLOW_DIGITS = 40;
    /// @notice Bytes of an angle.
    uint256 internal constant ANGLE_BYTES = 5;
    /// @notice Bytes of a value.
    uint256 internal constant VALUE_BYTES = 3;

    /// @notice What a settlement learns.
    struct Verdict {
        /// J, scaled by 2^(80 + weightDigits).
        uint256 objective;
        /// The bound η, in the scale of J; all ones if it is out of all proportion.
        uint256 overStatement;
        /// Whether some value lies outside the range of its meter, or is marked missing.
        bool outOfRange;
    }

    /// @dev Memory areas; an entry is a word.
    struct Areas {
        /// Packed values, by meter; one zero value more for virtual rows.
        uint256 values;
        /// By tree record: θ·2^216 + 2^200 + injection, then u.
        uint256 cells;
        /// By tree record: v, then g, then S.
        uint256 sums;
        /// By chord record: v.
        uint256 chordRows;
        /// One chunk of records.
        uint256 buffer;
        /// By meter: w r²; zero if it is not asked for.
        uint256 shares;
    }

    /// @notice Evaluates angles against values.
    /// @param g Sizes of the version.
    /// @param chunks Its chunks.
    /// @param values Packed values, by meter, followed by one zero value.
    /// @param angles Packed angles of the buses that are not roots, in the order of their records; 5 bytes each, checked by
    /// the caller.
    function evaluate(
        GridRecord.Geometry memory g,
        address[] memory chunks,
        bytes memory values,
        bytes calldata angles
    ) internal view returns (Verdict memory verdict) {
        uint256 free = _freeMemory();
        Areas memory areas = _areas(g, values);
        _rows(g, chunks, areas, angles, verdict);
        _gradient(g, chunks, areas);
        _overStatement(g, chunks, areas, verdict);
        _release(free);
    }

    /// @notice The part of each meter in J: `w r²`, scaled as J, by meter. For the slots that raise the alarm.
    function meterShares(
        GridRecord.Geometry memory g,
        address[] memory chunks,
        bytes memory values,
        bytes calldata angles
    ) internal view returns (uint256[] memory shares) {
        // One entry more, for the virtual rows; cut off again below.
        shares = new uint256[](uint256(g.meters) + 1);
        Areas memory areas = _areas(g, values);
        uint256 first;
        assembly ("memory-safe") {
            first := add(shares, 32)
        }
        areas.shares = first;
        Verdict memory verdict;
        _rows(g, chunks, areas, angles, verdict);
        assembly ("memory-safe") {
            mstore(shares, sub(mload(shares), 1))
        }
    }

    /// @dev Passes 1 and 2, and the injection rows of pass 3: every row of H once.
    function _rows(
        GridRecord.Geometry memory g,
        address[] memory chunks,
        Areas memory areas,
        bytes calldata angles,
        Verdict memory verdict
    ) private view {
        (uint256 tree, uint256 chords, ) = VersionLayout.chunkCounts(g);
        uint256 cell = areas.cells;
        uint256 angle;
        assembly ("memory-safe") {
            angle := angles.offset
        }
        uint256 roots = g.roots;
        for (uint256 i = 0; i < tree; ++i) {
            uint256 end = _load(chunks[i], areas.buffer);
            (cell, angle) = _treeRows(areas, verdict, end, cell, angle, i == 0 ? roots : 0);
        }
        uint256 row = areas.chordRows;
        for (uint256 i = 0; i < chords; ++i) {
            row = _chordRows(areas, verdict, _load(chunks[tree + i], areas.buffer), row);
        }
        cell = areas.cells;
        for (uint256 i = 0; i < tree; ++i) {
            cell = _injectionRows(areas, verdict, _load(chunks[i], areas.buffer), cell);
        }
    }

    /// @dev The rest of pass 3: g by bus.
    function _gradient(GridRecord.Geometry memory g, address[] memory chunks, Areas memory areas) private view {
        (uint256 tree, uint256 chords, ) = VersionLayout.chunkCounts(g);
        uint256 offset = 0;
        for (uint256 i = 0; i < tree; ++i) {
            offset = _treeGradient(areas, _load(chunks[i], areas.buffer), offset, i == 0 ? g.roots : 0);
        }
        uint256 row = areas.chordRows;
        for (uint256 i = 0; i < chords; ++i) {
            row = _chordGradient(areas, _load(chunks[tree + i], areas.buffer), row);
        }
    }

    /// @dev Pass 4, from the last record to the first that is not a root.
    function _overStatement(
        GridRecord.Geometry memory g,
        address[] memory chunks,
        Areas memory areas,
        Verdict memory verdict
    ) private view {
        (uint256 tree, , ) = VersionLayout.chunkCounts(g);
        uint256 sum = areas.sums + uint256(g.buses) * 32;
        uint256 eta = 0;
        bool beyond = false;
        for (uint256 i = tree; i != 0; --i) {
            uint256 end = _load(chunks[i - 1], areas.buffer);
            uint256 skip = i == 1 ? uint256(g.roots) * 32 : 0;
            (sum, eta, beyond) = _subtreeSums(areas, end, sum, eta, beyond, skip);
        }
        verdict.overStatement = beyond ? type(uint256).max : eta;
    }

    /// @dev Pass 1 over one chunk. A root has angle 0 and no edge.
    /// In symbols: f = b (θ - θ_parent); injection += f, injection_parent -= f; for the meter at the child's end
    /// r = z - f, v = w r; for the one at the parent's end, which sees -f, r = z + f, v -= w r.
    function _treeRows(
        Areas memory areas,
        Verdict memory verdict,
        uint256 end,
        uint256 cell,
        uint256 angle,
        uint256 roots
    ) private pure returns (uint256, uint256) {
        assembly ("memory-safe") {
            let values := mload(areas)
            let cells := mload(add(areas, 0x20))
            let toSums := sub(mload(add(areas, 0x40)), cells)
            let cursor := mload(add(areas, 0x80))
            let shares := mload(add(areas, 0xa0))
            let objective := mload(verdict)
            let outside := 0

            for {
                let last := add(cursor, shl(5, roots))
            } lt(cursor, last) {
                cursor := add(cursor, 32)
            } {
                mstore(cell, shl(200, 1))
                mstore(add(cell, toSums), 0)
                cell := add(cell, 32)
            }
            for {} lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let theta := sar(216, calldataload(angle))
                angle := add(angle, 5)
                let parent := add(cells, and(shr(151, record), 0xfffe0))
                let parentCell := mload(parent)
                let flow := mul(sar(216, record), sub(theta, sar(216, parentCell)))
                let own := add(shl(216, theta), shl(200, 1))
                // A PMU's edge is not a line: it carries no power.
                if iszero(and(record, shl(212, 1))) {
                    mstore(parent, sub(parentCell, flow))
                    own := add(own, flow)
                }
                mstore(cell, own)

                let v := 0
                let weight := and(shr(72, record), 0xffffffff)
                if weight {
                    let meter := and(shr(52, record), 0x7fff)
                    let z := sar(232, mload(add(values, mul(3, meter))))
                    outside := or(outside, shr(and(shr(67, record), 0x1f), xor(z, sar(255, z))))
                    let r := sub(shl(40, z), flow)
                    v := mul(weight, r)
                    let share := mul(v, r)
                    objective := add(objective, share)
                    if shares {
                        mstore(add(shares, shl(5, meter)), share)
                    }
                }
                weight := and(shr(124, record), 0xffffffff)
                if weight {
                    let meter := and(shr(104, record), 0x7fff)
                    let z := sar(232, mload(add(values, mul(3, meter))))
                    outside := or(outside, shr(and(shr(119, record), 0x1f), xor(z, sar(255, z))))
                    let r := add(shl(40, z), flow)
                    let u := mul(weight, r)
                    v := sub(v, u)
                    let share := mul(u, r)
                    objective := add(objective, share)
                    if shares {
                        mstore(add(shares, shl(5, meter)), share)
                    }
                }
                mstore(add(cell, toSums), v)
                cell := add(cell, 32)
            }
            mstore(verdict, objective)
            if outside {
                mstore(add(verdict, 0x40), 1)
            }
        }
        return (cell, angle);
    }

    /// @dev Pass 2 over one chunk: f = b (θ_from - θ_to - φ), else as pass 1.
    function _chordRows(
        Areas memory areas,
        Verdict memory verdict,
        uint256 end,
        uint256 row
    ) private pure returns (uint256) {
        assembly ("memory-safe") {
            let values := mload(areas)
            let cells := mload(add(areas, 0x20))
            let shares := mload(add(areas, 0xa0))
            let objective := mload(verdict)
            let outside := 0

            for {
                let cursor := mload(add(areas, 0x80))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let from := add(cells, and(shr(156, record), 0xfffe0))
                let to := add(cells, and(shr(141, record), 0xfffe0))
                let fromCell := mload(from)
                let toCell := mload(to)
                let shift := signextend(4, shr(176, record))
                let flow := mul(sar(216, record), sub(sub(sar(216, fromCell), sar(216, toCell)), shift))
                if iszero(and(record, shl(104, 1))) {
                    mstore(from, add(fromCell, flow))
                    mstore(to, sub(toCell, flow))
                }

                let v := 0
                let weight := and(shr(20, record), 0xffffffff)
                if weight {
                    let meter := and(record, 0x7fff)
                    let z := sar(232, mload(add(values, mul(3, meter))))
                    outside := or(outside, shr(and(shr(15, record), 0x1f), xor(z, sar(255, z))))
                    let r := sub(shl(40, z), flow)
                    v := mul(weight, r)
                    let share := mul(v, r)
                    objective := add(objective, share)
                    if shares {
                        mstore(add(shares, shl(5, meter)), share)
                    }
                }
                weight := and(shr(72, record), 0xffffffff)
                if weight {
                    let meter := and(shr(52, record), 0x7fff)
                    let z := sar(232, mload(add(values, mul(3, meter))))
                    outside := or(outside, shr(and(shr(67, record), 0x1f), xor(z, sar(255, z))))
                    let r := add(shl(40, z), flow)
                    let u := mul(weight, r)
                    v := sub(v, u)
                    let share := mul(u, r)
                    objective := add(objective, share)
                    if shares {
                        mstore(add(shares, shl(5, meter)), share)
                    }
                }
                mstore(row, v)
                row := add(row, 32)
            }
            mstore(verdict, objective)
            if outside {
                mstore(add(verdict, 0x40), 1)
            }
        }
        return row;
    }

    /// @dev Injection rows of one chunk: r = z - injection, u = w r, which takes the cell's place.
    function _injectionRows(
        Areas memory areas,
        Verdict memory verdict,
        uint256 end,
        uint256 cell
    ) private pure returns (uint256) {
        assembly ("memory-safe") {
            let values := mload(areas)
            let shares := mload(add(areas, 0xa0))
            let objective := mload(verdict)
            let outside := 0

            for {
                let cursor := mload(add(areas, 0x80))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let u := 0
                let weight := and(shr(20, record), 0xffffffff)
                if weight {
                    let meter := and(record, 0x7fff)
                    let z := sar(232, mload(add(values, mul(3, meter))))
                    outside := or(outside, shr(and(shr(15, record), 0x1f), xor(z, sar(255, z))))
                    let injection := sub(shr(40, shl(40, mload(cell))), shl(200, 1))
                    let r := sub(shl(40, z), injection)
                    u := mul(weight, r)
                    let share := mul(u, r)
                    objective := add(objective, share)
                    if shares {
                        mstore(add(shares, shl(5, meter)), share)
                    }
                }
                mstore(cell, u)
                cell := add(cell, 32)
            }
            mstore(verdict, objective)
            if outside {
                mstore(add(verdict, 0x40), 1)
            }
        }
        return cell;
    }

    /// @dev Tree lines of one chunk: q = b (v + u - u_parent); g += q, g_parent -= q. A parent stands before its children, so
    /// that its v is used up when its g begins.
    function _treeGradient(
        Areas memory areas,
        uint256 end,
        uint256 offset,
        uint256 roots
    ) private pure returns (uint256) {
        assembly ("memory-safe") {
            let cells := mload(add(areas, 0x20))
            let sums := mload(add(areas, 0x40))
            offset := add(offset, shl(5, roots))
            for {
                let cursor := add(mload(add(areas, 0x80)), shl(5, roots))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let parent := and(shr(151, record), 0xfffe0)
                let sum := add(sums, offset)
                let q := mload(sum)
                if iszero(and(record, shl(212, 1))) {
                    q := add(q, sub(mload(add(cells, offset)), mload(add(cells, parent))))
                }
                q := mul(sar(216, record), q)
                mstore(sum, q)
                let parentSum := add(sums, parent)
                mstore(parentSum, sub(mload(parentSum), q))
                offset := add(offset, 32)
            }
        }
        return offset;
    }

    /// @dev Chords of one chunk: q = b (v + u_from - u_to); g_from += q, g_to -= q.
    function _chordGradient(Areas memory areas, uint256 end, uint256 row) private pure returns (uint256) {
        assembly ("memory-safe") {
            let cells := mload(add(areas, 0x20))
            let sums := mload(add(areas, 0x40))
            for {
                let cursor := mload(add(areas, 0x80))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let from := and(shr(156, record), 0xfffe0)
                let to := and(shr(141, record), 0xfffe0)
                let q := mload(row)
                row := add(row, 32)
                if iszero(and(record, shl(104, 1))) {
                    q := add(q, sub(mload(add(cells, from)), mload(add(cells, to))))
                }
                q := mul(sar(216, record), q)
                let sum := add(sums, from)
                mstore(sum, add(mload(sum), q))
                sum := add(sums, to)
                mstore(sum, sub(mload(sum), q))
            }
        }
        return row;
    }

    /// @dev Pass 4 over one chunk, backwards: S_parent += S; η += S²/(w b²), rounded up.
    function _subtreeSums(
        Areas memory areas,
        uint256 end,
        uint256 sum,
        uint256 eta,
        bool beyond,
        uint256 skip
    ) private pure returns (uint256, uint256, bool) {
        assembly ("memory-safe") {
            let sums := mload(add(areas, 0x40))
            let first := add(mload(add(areas, 0x80)), skip)
            for {
                let cursor := end
            } gt(cursor, first) {} {
                cursor := sub(cursor, 32)
                sum := sub(sum, 32)
                let record := mload(cursor)
                let s := mload(sum)
                let parentSum := add(sums, and(shr(151, record), 0xfffe0))
                mstore(parentSum, add(mload(parentSum), s))
                // |S| < 2^120: the squares and their sum fit.
                beyond := or(beyond, iszero(lt(add(s, shl(120, 1)), shl(121, 1))))
                let weight := add(and(shr(72, record), 0xffffffff), and(shr(124, record), 0xffffffff))
                let b := sar(216, record)
                eta := add(eta, add(div(mul(s, s), mul(weight, mul(b, b))), 1))
            }
        }
        return (sum, eta, beyond);
    }

    /// @dev Loads a chunk into the buffer; returns where its records end.
    function _load(address chunk, uint256 buffer) private view returns (uint256 end) {
        assembly ("memory-safe") {
            let length := sub(extcodesize(chunk), 1)
            extcodecopy(chunk, buffer, 1, length)
            end := add(buffer, length)
        }
    }

    function _areas(GridRecord.Geometry memory g, bytes memory values) private pure returns (Areas memory areas) {
        uint256 first;
        assembly ("memory-safe") {
            first := add(values, 32)
        }
        areas.values = first;
        areas.cells = _reserve(uint256(g.buses) * 32);
        areas.sums = _reserve(uint256(g.buses) * 32);
        areas.chordRows = _reserve(uint256(g.chords) * 32);
        uint256 longest = g.buses > g.chords ? g.buses : g.chords;
        uint256 chunk = longest * GridRecord.RECORD_BYTES;
        areas.buffer = _reserve(chunk < CodeStore.MAX_BYTES ? chunk : CodeStore.MAX_BYTES);
    }

    /// @dev Memory that is not cleared: every word is written before it is read.
    function _reserve(uint256 length) private pure returns (uint256 area) {
        assembly ("memory-safe") {
            area := mload(0x40)
            mstore(0x40, add(area, length))
        }
    }

    function _freeMemory() private pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// @dev Gives back everything reserved since `free`; the verdict was made before it.
    function _release(uint256 free) private pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }
}
