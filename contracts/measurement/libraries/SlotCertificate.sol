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
///   `gᵀ G⁻¹ g`, which is at most `Σ y_k²/w_k` for any y over the rows with `Hᵀ y = g`. Over the main rows of the tree
///   that y is unique: the edge above bus e carries `b_e y_e = S_e`, the sum of g over the buses below it. So
///
///       η = Σ_e S_e² / 2^k_e ,  2^k_e <= w_e b_e² < 2^(k_e + 1)
///
///   bounds the over-statement of J (the records hold k, so that no division is needed), and √η bounds the error of every weighted residual √w·r. Deterministic: nothing is
///   sampled and nothing trusted. (Paper 003, Algorithm 1, takes r = z - Pz with a stored P of m² entries instead.)
///
/// Lines act as edges: with the injection rows' `u = w r` at its two ends and its own flow rows' `v`, a line adds
/// `q = b (v + u_from - u_to)` to g at its from bus and `-q` at its to bus. What leaves a subtree is what crosses its edge:
/// `S_e = q_e + T_e`, with T_e the sum over the subtree of what chords and probes add; a probe, which is no line, adds
/// `q = b v`. Four passes do it all:
///
/// 1. chords and probes: flows, the chords' into the injections of both buses; their rows;
/// 2. tree, from the leaves: flows, injections, which are then complete; flow rows and injection rows;
/// 3. chords and probes: q into T;
/// 4. tree, from the leaves: T, S and η.
///
/// Bounds (exact integers). |θ|, |φ|, |b| < 2^39, so a flow is below 2^80 and, with 2^15 lines at one bus, an injection
/// below 2^95; |z| <= 2^23, so |r| < 2^96 and J < 2^240 (2^224 a row, 2^16 rows). A J of 2^176 or more ends the matter:
/// least squares has none without enormous phase shifts, since `Σ w z² < 2^174`. Below it |u|, |v| <= √(w J) < 2^104 and
/// |v + u| < 2^105, which share a word, q < 2^147 and T < 2^162. S is squared only below 2^120, and 2^15 squares below
/// 2^240 add up to less than 2^255.
library SlotCertificate {
    /// @notice Binary digits of a flow and a residual.
    uint256 internal constant FLOW_DIGITS = 40;

    /// @notice What the passes work on, and the verdict.
    struct Work {
        /// J, scaled by 2^(80 + weightDigits).
        uint256 objective;
        /// The bound η, in the scale of J; all ones if it is out of all proportion.
        uint256 overStatement;
        /// Memory: packed values, by meter; one zero value more for virtual rows.
        uint256 values;
        /// Calldata: packed angles, by tree record; those of the roots are zero.
        uint256 angles;
        /// Memory, two words by tree record: the injection, after pass 2 u·2^128 + (u + v mod 2^128); and T.
        uint256 cells;
        /// Memory, a word by chord and probe: v.
        uint256 edgeRows;
        /// Memory: the records of one chunk.
        uint256 buffer;
        /// Tree records before the first that is tied by a line: roots and anchors.
        uint256 roots;
        uint256 tied;
        uint256 buses;
        /// Tree records and chords; and with the probes.
        uint256 lines;
        uint256 records;
        /// The chunk in the buffer, plus one.
        uint256 loaded;
        /// Where a pass over the tree's records of one chunk starts, and ends, in the buffer.
        uint256 high;
        uint256 low;
        /// Not zero if some S is too large to be squared.
        uint256 beyond;
    }

    /// @notice Evaluates angles against values.
    /// @param g Sizes of the version.
    /// @param chunks Its chunks.
    /// @param values Packed values, by meter, followed by one zero value.
    /// @param angles Packed angles, 5 bytes each, by tree record; their length, and zero for the roots, checked by the
    /// caller.
    function evaluate(
        GridRecord.Geometry memory g,
        address[] memory chunks,
        bytes memory values,
        bytes calldata angles
    ) internal view returns (Work memory work) {
        _rows(work, g, chunks, values, angles);
        if (work.objective >= 1 << 176) {
            work.overStatement = type(uint256).max;
            return work;
        }
        _edges(work, chunks, false);
        _tree(work, chunks, false);
        if (work.beyond != 0) work.overStatement = type(uint256).max;
    }

    /// @notice The first two passes of `evaluate`: J alone, exact, and what `seatShares` needs, which fits if J is below
    /// 2^176.
    function evaluateRows(
        GridRecord.Geometry memory g,
        address[] memory chunks,
        bytes memory values,
        bytes calldata angles
    ) internal view returns (Work memory work) {
        _rows(work, g, chunks, values, angles);
    }

    /// @notice The part of each seat's meters in J, scaled as J. For the slots that raise the alarm.
    /// @param work As `evaluate` or `evaluateRows` left it: a row's `w r²` is `(w r)²/w`, exactly. Its values are written over.
    /// @param meters How many meters each seat has.
    function seatShares(
        Work memory work,
        address[] memory chunks,
        uint256[] memory meters
    ) internal view returns (uint256[] memory shares) {
        // One entry more, for the virtual rows.
        shares = new uint256[](meters.length + 1);
        _seatsOverValues(work, meters);
        for (uint256 first = 0; first < work.records; first += VersionLayout.CHUNK_RECORDS) {
            uint256 end = first + _load(work, chunks, first);
            uint256 tree = end < work.buses ? end : work.buses;
            if (first == 0) _tiedShares(work, shares);
            uint256 low = first < work.tied ? work.tied : first;
            if (low < tree) _treeShares(work, shares, first, low, tree);
            if (end > work.buses) _edgeShares(work, shares, first, first < work.buses ? work.buses : first, end);
        }
        assembly ("memory-safe") {
            mstore(shares, sub(mload(shares), 1))
        }
    }

    /// @dev Writes over each value where the entry of its seat lies among the shares: 32 times the seat, in the first two
    /// of its three bytes. The zero value after them belongs to one seat more.
    function _seatsOverValues(Work memory work, uint256[] memory meters) private pure {
        uint256 next = work.values;
        uint256 seats = meters.length;
        for (uint256 seat = 0; seat < seats; ++seat) {
            uint256 length = GridRecord.VALUE_BYTES * meters[seat];
            assembly ("memory-safe") {
                // Ten values at a time, and then what is left of them.
                let ten := mul(shl(13, seat), 0x0000010000010000010000010000010000010000010000010000010000010000)
                let end := add(next, length)
                for {} iszero(gt(add(next, 30), end)) {
                    next := add(next, 30)
                } {
                    mstore(next, or(ten, and(mload(next), 0xffff)))
                }
                for {} lt(next, end) {
                    next := add(next, 3)
                } {
                    mstore8(next, shr(3, seat))
                    mstore8(add(next, 1), shl(5, seat))
                }
            }
        }
        assembly ("memory-safe") {
            mstore8(next, shr(3, seats))
            mstore8(add(next, 1), shl(5, seats))
        }
    }

    /// @notice Angle `i` of packed ones; the caller keeps `i` below their number.
    function angleAt(bytes calldata angles, uint256 i) internal pure returns (int256 angle) {
        assembly ("memory-safe") {
            angle := sar(216, calldataload(add(angles.offset, mul(5, i))))
        }
    }

    /// @dev Passes 1 and 2.
    function _rows(
        Work memory work,
        GridRecord.Geometry memory g,
        address[] memory chunks,
        bytes memory values,
        bytes calldata angles
    ) private view {
        _prepare(work, g, values, angles);
        _edges(work, chunks, true);
        _tree(work, chunks, true);
    }

    /// @dev Pass 1 or 3 over all chords and probes.
    function _edges(Work memory work, address[] memory chunks, bool rows) private view {
        // Counts below 2^17 and addresses of memory: nothing overflows here, nor in what follows.
        unchecked {
            uint256 next = work.buses;
            uint256 row = work.edgeRows;
            while (next < work.records) {
                uint256 first = next - (next % VersionLayout.CHUNK_RECORDS);
                uint256 end = first + _load(work, chunks, first);
                bool chords = next < work.lines;
                if (chords && end > work.lines) end = work.lines;
                uint256 cursor = work.buffer + 32 * (next - first);
                uint256 count = end - next;
                if (rows) {
                    if (chords) _chordRows(work, cursor, count, row);
                    else _probeRows(work, cursor, count, row);
                } else {
                    if (chords) _chordSums(work, cursor, count, row);
                    else _probeSums(work, cursor, count, row);
                }
                row += 32 * count;
                next = end;
            }
        }
    }

    /// @dev Pass 2 or 4 over the tree, from the last record to the first.
    function _tree(Work memory work, address[] memory chunks, bool rows) private view {
        // As above: `first` goes down to 0 in whole chunks.
        unchecked {
            uint256 first = ((work.buses - 1) / VersionLayout.CHUNK_RECORDS) * VersionLayout.CHUNK_RECORDS;
            while (true) {
                uint256 last = first + VersionLayout.CHUNK_RECORDS;
                if (last > work.buses) last = work.buses;
                uint256 low = first < work.tied ? work.tied : first;
                work.high = work.buffer + 32 * (last - first);
                work.low = work.buffer + 32 * (low - first);
                // After them, so that the compiler forgets what they hold: it would compute the end anew at each turn.
                _load(work, chunks, first);
                if (rows) {
                    _treeRows(work, last);
                    if (first == 0) _tiedRows(work);
                } else {
                    _treeSums(work, last, last - low);
                    if (first == 0) _anchorSums(work);
                }
                if (first == 0) return;
                first -= VersionLayout.CHUNK_RECORDS;
            }
        }
    }

    /// @dev Pass 1 over `count` chords: f = b (θ_from - θ_to - φ); injection_from += f, injection_to -= f; r = z - f,
    /// v = w r.
    function _chordRows(Work memory work, uint256 cursor, uint256 count, uint256 row) private pure {
        assembly ("memory-safe") {
            let objective := mload(work)
            let values := mload(add(work, 0x40))
            let angles := mload(add(work, 0x60))
            let cells := mload(add(work, 0x80))
            for {
                let end := add(cursor, shl(5, count))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let flow := mul(
                    sar(216, record),
                    sub(
                        sub(
                            sar(216, calldataload(add(angles, and(shr(79, record), 0x3ffff)))),
                            sar(216, calldataload(add(angles, and(shr(97, record), 0x3ffff))))
                        ),
                        signextend(4, shr(176, record))
                    )
                )
                let cell := add(cells, and(shr(43, record), 0x1fffc0))
                mstore(cell, add(mload(cell), flow))
                cell := add(cells, and(shr(58, record), 0x1fffc0))
                mstore(cell, sub(mload(cell), flow))
                let r := sub(shl(40, sar(232, mload(add(values, and(record, 0x1ffff))))), flow)
                let v := mul(and(shr(17, record), 0xffffffff), r)
                objective := add(objective, mul(v, r))
                mstore(row, v)
                row := add(row, 32)
            }
            mstore(work, objective)
        }
    }

    /// @dev Pass 1 over `count` probes: as for chords, without the injections.
    function _probeRows(Work memory work, uint256 cursor, uint256 count, uint256 row) private pure {
        assembly ("memory-safe") {
            let objective := mload(work)
            let values := mload(add(work, 0x40))
            let angles := mload(add(work, 0x60))
            for {
                let end := add(cursor, shl(5, count))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let flow := mul(
                    sar(216, record),
                    sub(
                        sub(
                            sar(216, calldataload(add(angles, and(shr(79, record), 0x3ffff)))),
                            sar(216, calldataload(add(angles, and(shr(97, record), 0x3ffff))))
                        ),
                        signextend(4, shr(176, record))
                    )
                )
                let r := sub(shl(40, sar(232, mload(add(values, and(record, 0x1ffff))))), flow)
                let v := mul(and(shr(17, record), 0xffffffff), r)
                objective := add(objective, mul(v, r))
                mstore(row, v)
                row := add(row, 32)
            }
            mstore(work, objective)
        }
    }

    /// @dev Pass 2 over the tree's lines in the buffer, backwards; `last` is the record after them.
    /// f = b (θ - θ_parent); injection += f, injection_parent -= f; the main row r = ±z - f, v = w r (at the parent's end
    /// the meter sees -f); the injection row r = z - injection, u = w r.
    function _treeRows(Work memory work, uint256 last) private pure {
        assembly ("memory-safe") {
            let objective := mload(work)
            let values := mload(add(work, 0x40))
            let angles := mload(add(work, 0x60))
            let cells := mload(add(work, 0x80))
            let cursor := mload(add(work, 0x1a0))
            let end := mload(add(work, 0x1c0))
            let cell := add(cells, shl(6, last))
            let angle := add(angles, mul(5, last))
            for {} gt(cursor, end) {} {
                cursor := sub(cursor, 32)
                cell := sub(cell, 64)
                angle := sub(angle, 5)
                let record := mload(cursor)
                let flow := mul(
                    sar(216, record),
                    sub(
                        sar(216, calldataload(angle)),
                        sar(216, calldataload(add(angles, and(shr(113, record), 0x3ffff))))
                    )
                )
                let parent := add(cells, and(shr(92, record), 0x1fffc0))
                mstore(parent, sub(mload(parent), flow))

                // The two bits of the main row's sign, extended, are 1 or -1.
                let r := mul(sar(232, mload(add(values, and(shr(49, record), 0x1ffff)))), sar(254, shl(82, record)))
                r := sub(shl(40, r), flow)
                let v := mul(and(shr(66, record), 0xffffffff), r)
                objective := add(objective, mul(v, r))

                r := sub(sub(shl(40, sar(232, mload(add(values, and(record, 0x1ffff))))), mload(cell)), flow)
                let u := mul(and(shr(17, record), 0xffffffff), r)
                objective := add(objective, mul(u, r))
                mstore(cell, or(shl(128, u), shr(128, shl(128, add(u, v)))))
            }
            mstore(work, objective)
        }
    }

    /// @dev Pass 2 over anchors and roots. An anchor's PMU: r = z - b θ, v = w r, and the cell keeps v alone beside u.
    function _tiedRows(Work memory work) private pure {
        assembly ("memory-safe") {
            let objective := mload(work)
            let values := mload(add(work, 0x40))
            let roots := mload(add(work, 0xe0))
            for {
                let i := mload(add(work, 0x100))
            } i {} {
                i := sub(i, 1)
                let record := mload(add(mload(add(work, 0xc0)), shl(5, i)))
                let cell := add(mload(add(work, 0x80)), shl(6, i))
                let v := 0
                if iszero(lt(i, roots)) {
                    let theta := sar(216, calldataload(add(mload(add(work, 0x60)), mul(5, i))))
                    let r := sub(
                        shl(40, sar(232, mload(add(values, and(shr(49, record), 0x1ffff))))),
                        mul(sar(216, record), theta)
                    )
                    v := mul(and(shr(66, record), 0xffffffff), r)
                    objective := add(objective, mul(v, r))
                }
                let r := sub(shl(40, sar(232, mload(add(values, and(record, 0x1ffff))))), mload(cell))
                let u := mul(and(shr(17, record), 0xffffffff), r)
                objective := add(objective, mul(u, r))
                mstore(cell, or(shl(128, u), shr(128, shl(128, v))))
            }
            mstore(work, objective)
        }
    }

    /// @dev Pass 3 over `count` chords: q = b (v + u_from - u_to); T_from += q, T_to -= q.
    function _chordSums(Work memory work, uint256 cursor, uint256 count, uint256 row) private pure {
        assembly ("memory-safe") {
            let cells := mload(add(work, 0x80))
            for {
                let end := add(cursor, shl(5, count))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let from := add(cells, and(shr(43, record), 0x1fffc0))
                let to := add(cells, and(shr(58, record), 0x1fffc0))
                let q := mul(sar(216, record), add(mload(row), sub(sar(128, mload(from)), sar(128, mload(to)))))
                row := add(row, 32)
                from := add(from, 32)
                mstore(from, add(mload(from), q))
                to := add(to, 32)
                mstore(to, sub(mload(to), q))
            }
        }
    }

    /// @dev Pass 3 over `count` probes: q = b v; T_from += q, T_to -= q.
    function _probeSums(Work memory work, uint256 cursor, uint256 count, uint256 row) private pure {
        assembly ("memory-safe") {
            let sums := add(mload(add(work, 0x80)), 32)
            for {
                let end := add(cursor, shl(5, count))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let q := mul(sar(216, record), mload(row))
                row := add(row, 32)
                let sum := add(sums, and(shr(43, record), 0x1fffc0))
                mstore(sum, add(mload(sum), q))
                sum := add(sums, and(shr(58, record), 0x1fffc0))
                mstore(sum, sub(mload(sum), q))
            }
        }
    }

    /// @dev Pass 4 over the `count` lines of the tree in the buffer, backwards: T_parent += T; S = b (v + u - u_parent) + T;
    /// η += S²/2^k, rounded up.
    function _treeSums(Work memory work, uint256 last, uint256 count) private pure {
        assembly ("memory-safe") {
            let cells := mload(add(work, 0x80))
            let cursor := mload(add(work, 0x1a0))
            let end := mload(add(work, 0x1c0))
            let cell := add(cells, shl(6, last))
            let eta := 0
            let size := 0
            for {} gt(cursor, end) {} {
                cursor := sub(cursor, 32)
                cell := sub(cell, 64)
                let record := mload(cursor)
                let parent := add(cells, and(shr(92, record), 0x1fffc0))
                let s := mload(add(cell, 32))
                {
                    let sum := add(parent, 32)
                    mstore(sum, add(mload(sum), s))
                }
                s := add(s, mul(sar(216, record), sub(signextend(15, mload(cell)), sar(128, mload(parent)))))
                // |S|, or |S| - 1 of a negative S, joined bit by bit.
                size := or(size, xor(s, sar(255, s)))
                eta := add(eta, shr(and(shr(174, record), 0x7f), mul(s, s)))
            }
            mstore(add(work, 0x20), add(add(mload(add(work, 0x20)), eta), count))
            if shr(120, or(size, mload(add(work, 0x1e0)))) {
                mstore(add(work, 0x1e0), not(0))
            }
        }
    }

    /// @dev Pass 4 over the anchors, whose edges are no lines: S = b v + T.
    function _anchorSums(Work memory work) private pure {
        for (uint256 i = work.roots; i < work.tied; ++i) {
            assembly ("memory-safe") {
                let record := mload(add(mload(add(work, 0xc0)), shl(5, i)))
                let cell := add(mload(add(work, 0x80)), shl(6, i))
                let s := add(mul(sar(216, record), signextend(15, mload(cell))), mload(add(cell, 32)))
                let bound := shr(and(shr(174, record), 0x7f), mul(s, s))
                mstore(add(work, 0x20), add(add(mload(add(work, 0x20)), bound), 1))
                if shr(120, xor(s, sar(255, s))) {
                    mstore(add(work, 0x1e0), not(0))
                }
            }
        }
    }

    /// @dev Adds the rows of roots and anchors, whose cells keep v alone beside u, to the shares of their seats.
    function _tiedShares(Work memory work, uint256[] memory shares) private pure {
        for (uint256 i = 0; i < work.tied; ++i) {
            assembly ("memory-safe") {
                let record := mload(add(mload(add(work, 0xc0)), shl(5, i)))
                let v := mload(add(mload(add(work, 0x80)), shl(6, i)))
                let u := sar(128, v)
                v := signextend(15, v)
                let seats := mload(add(work, 0x40))
                let first := add(shares, 32)
                let share := add(first, shr(240, mload(add(seats, and(record, 0x1ffff)))))
                mstore(share, add(mload(share), div(mul(u, u), and(shr(17, record), 0xffffffff))))
                share := add(first, shr(240, mload(add(seats, and(shr(49, record), 0x1ffff)))))
                mstore(share, add(mload(share), div(mul(v, v), and(shr(66, record), 0xffffffff))))
            }
        }
    }

    /// @dev Adds the rows of tree records `low .. last - 1`, in the chunk that begins at record `first`. A missing row has
    /// weight 0, and x/0 is 0.
    function _treeShares(
        Work memory work,
        uint256[] memory shares,
        uint256 first,
        uint256 low,
        uint256 last
    ) private pure {
        assembly ("memory-safe") {
            shares := add(shares, 32)
            let seats := mload(add(work, 0x40))
            let cursor := add(mload(add(work, 0xc0)), shl(5, sub(low, first)))
            let cell := add(mload(add(work, 0x80)), shl(6, low))
            for {
                let end := add(cell, shl(6, sub(last, low)))
            } lt(cell, end) {
                cell := add(cell, 64)
            } {
                let record := mload(cursor)
                cursor := add(cursor, 32)
                let v := mload(cell)
                let u := sar(128, v)
                v := sub(signextend(15, v), u)
                let share := add(shares, shr(240, mload(add(seats, and(record, 0x1ffff)))))
                mstore(share, add(mload(share), div(mul(u, u), and(shr(17, record), 0xffffffff))))
                share := add(shares, shr(240, mload(add(seats, and(shr(49, record), 0x1ffff)))))
                mstore(share, add(mload(share), div(mul(v, v), and(shr(66, record), 0xffffffff))))
            }
        }
    }

    /// @dev Adds the rows of chord and probe records `from .. last - 1` of the chunk that begins at record `first`.
    function _edgeShares(
        Work memory work,
        uint256[] memory shares,
        uint256 first,
        uint256 from,
        uint256 last
    ) private pure {
        assembly ("memory-safe") {
            shares := add(shares, 32)
            let seats := mload(add(work, 0x40))
            let cursor := add(mload(add(work, 0xc0)), shl(5, sub(from, first)))
            let row := add(mload(add(work, 0xa0)), shl(5, sub(from, mload(add(work, 0x120)))))
            for {
                let end := add(row, shl(5, sub(last, from)))
            } lt(row, end) {
                row := add(row, 32)
            } {
                let record := mload(cursor)
                cursor := add(cursor, 32)
                let v := mload(row)
                let share := add(shares, shr(240, mload(add(seats, and(record, 0x1ffff)))))
                mstore(share, add(mload(share), div(mul(v, v), and(shr(17, record), 0xffffffff))))
            }
        }
    }

    /// @dev Loads the records of the chunk that begins at record `first`; returns how many they are.
    function _load(Work memory work, address[] memory chunks, uint256 first) private view returns (uint256 count) {
        // As above.
        unchecked {
            count = work.records - first;
            if (count > VersionLayout.CHUNK_RECORDS) count = VersionLayout.CHUNK_RECORDS;
            uint256 chunk = first / VersionLayout.CHUNK_RECORDS;
            if (work.loaded == chunk + 1) return count;
            work.loaded = chunk + 1;
            address account = chunks[chunk];
            uint256 buffer = work.buffer;
            assembly ("memory-safe") {
                extcodecopy(account, buffer, 1, shl(5, count))
            }
        }
    }

    function _prepare(
        Work memory work,
        GridRecord.Geometry memory g,
        bytes memory values,
        bytes calldata angles
    ) private pure {
        // As above.
        unchecked {
            work.roots = g.roots;
            work.tied = uint256(g.roots) + g.anchors;
            work.buses = g.buses;
            work.lines = work.buses + g.chords;
            work.records = work.lines + g.probes;
            assembly ("memory-safe") {
                mstore(add(work, 0x40), add(values, 32))
                mstore(add(work, 0x60), angles.offset)
            }
            // Injections and T begin at zero.
            work.cells = _reserve(64 * work.buses);
            uint256 cells = work.cells;
            assembly ("memory-safe") {
                calldatacopy(cells, calldatasize(), shl(6, mload(add(work, 0x120))))
            }
            work.edgeRows = _reserve(32 * (work.records - work.buses));
            uint256 buffer = 32 * work.records;
            work.buffer = _reserve(buffer < CodeStore.MAX_BYTES ? buffer : CodeStore.MAX_BYTES);
        }
    }

    /// @dev Memory that is not cleared: every word is written before it is read.
    function _reserve(uint256 length) private pure returns (uint256 area) {
        assembly ("memory-safe") {
            area := mload(0x40)
            mstore(0x40, add(area, length))
        }
    }
}
