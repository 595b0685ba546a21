// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "../../grid/libraries/CodeStore.sol";
import {GridRecord} from "../../grid/libraries/GridRecord.sol";
import {VersionLayout} from "../../grid/libraries/VersionLayout.sol";

/// @title The objective of two slots at a time, exactly
///
/// @notice `J = Σ w r²` of submitted angles, as `SlotCertificate` computes it and with its bounds, but no bound on what J is
/// over-stated by: for a slot without alarm there is none needed, since `J(θ̂) <= J(θ) <= τ` for any θ that keeps J(θ) below
/// τ. Two passes:
///
/// 1. chords and probes: flows, the chords' into the injections of both buses; their rows;
/// 2. tree, from the leaves: flows, injections, which are then complete; flow rows and injection rows.
///
/// Up to the square of a residual all is linear in z and θ with whole numbers for coefficients, so that one word works for
/// two slots: `x₀ + 2^128·x₁ mod 2^256`. A residual is below 2^96, so that its low half, extended, is the residual
/// of slot 0, and what is left of the word without it that of slot 1: exactly, whatever the numbers before it were.
library PairedObjective {
    /// @notice What the passes work on.
    struct Work {
        /// J of both slots, scaled by 2^(80 + weightDigits).
        uint256 objective0;
        uint256 objective1;
        /// Memory: packed values of both slots, by meter; one zero value more for virtual rows.
        uint256 values0;
        uint256 values1;
        /// Memory, two words by tree record: the angles and the injections of both slots.
        uint256 cells;
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
        /// The records of a pass in the buffer: after the last, and the first. The compiler would compute ends that it
        /// knows anew at each turn.
        uint256 high;
        uint256 low;
    }

    /// @notice Memory for `evaluate`, for one pair of slots after the other.
    function prepare(GridRecord.Geometry memory g) internal pure returns (Work memory work) {
        // Counts below 2^17: nothing overflows.
        unchecked {
            work.roots = g.roots;
            work.tied = uint256(g.roots) + g.anchors;
            work.buses = g.buses;
            work.lines = work.buses + g.chords;
            work.records = work.lines + g.probes;
            work.cells = _reserve(64 * (work.buses + 3));
            uint256 buffer = 32 * work.records;
            work.buffer = _reserve(buffer < CodeStore.MAX_BYTES ? buffer : CodeStore.MAX_BYTES);
            uint256 length = VersionLayout.valuesLength(g) + GridRecord.VALUE_BYTES;
            work.values0 = _zeros(length);
            work.values1 = _zeros(length);
        }
    }

    /// @notice Evaluates two slots, whose values lie in `work`.
    /// @param angles0 Where the packed angles of slot 0 begin in calldata: 5 bytes each, by tree record; their length, and
    /// zero for the roots, checked by the caller.
    /// @param angles1 Those of slot 1.
    function evaluate(Work memory work, address[] memory chunks, uint256 angles0, uint256 angles1) internal view {
        work.objective0 = 0;
        work.objective1 = 0;
        _spreadAngles(work, angles0, angles1);
        _edges(work, chunks);
        _tree(work, chunks);
    }

    /// @dev Puts the angles of both slots into the cells, four buses a turn, and zeros into the injections. There is room
    /// for three buses more, which nothing reads.
    function _spreadAngles(Work memory work, uint256 angles0, uint256 angles1) private pure {
        assembly ("memory-safe") {
            let cell := mload(add(work, 0x80))
            let length := shl(6, mload(add(work, 0x100)))
            calldatacopy(cell, calldatasize(), length)
            for {
                let end := add(cell, length)
            } lt(cell, end) {
                cell := add(cell, 256)
                angles0 := add(angles0, 20)
                angles1 := add(angles1, 20)
            } {
                mstore(cell, add(sar(216, calldataload(angles0)), shl(128, sar(216, calldataload(angles1)))))
                mstore(
                    add(cell, 64),
                    add(sar(216, calldataload(add(angles0, 5))), shl(128, sar(216, calldataload(add(angles1, 5)))))
                )
                mstore(
                    add(cell, 128),
                    add(sar(216, calldataload(add(angles0, 10))), shl(128, sar(216, calldataload(add(angles1, 10)))))
                )
                mstore(
                    add(cell, 192),
                    add(sar(216, calldataload(add(angles0, 15))), shl(128, sar(216, calldataload(add(angles1, 15)))))
                )
            }
        }
    }

    /// @dev Pass 1 over all chords and probes.
    function _edges(Work memory work, address[] memory chunks) private view {
        // Counts below 2^17 and addresses of memory: nothing overflows here, nor in what follows.
        unchecked {
            uint256 next = work.buses;
            while (next < work.records) {
                uint256 first = next - (next % VersionLayout.CHUNK_RECORDS);
                uint256 end = first + _load(work, chunks, first);
                bool chords = next < work.lines;
                if (chords && end > work.lines) end = work.lines;
                work.low = work.buffer + 32 * (next - first);
                work.high = work.buffer + 32 * (end - first);
                if (chords) _chordRows(work);
                else _probeRows(work);
                next = end;
            }
        }
    }

    /// @dev Pass 2 over the tree, from the last record to the first.
    function _tree(Work memory work, address[] memory chunks) private view {
        // As above: `first` goes down to 0 in whole chunks.
        unchecked {
            uint256 first = ((work.buses - 1) / VersionLayout.CHUNK_RECORDS) * VersionLayout.CHUNK_RECORDS;
            while (true) {
                uint256 last = first + VersionLayout.CHUNK_RECORDS;
                if (last > work.buses) last = work.buses;
                uint256 low = first < work.tied ? work.tied : first;
                work.high = work.buffer + 32 * (last - first);
                work.low = work.buffer + 32 * (low - first);
                _load(work, chunks, first);
                _treeRows(work, last);
                if (first == 0) {
                    _tiedRows(work);
                    return;
                }
                first -= VersionLayout.CHUNK_RECORDS;
            }
        }
    }

    /// @dev Pass 1 over the chords in the buffer: f = b (θ_from - θ_to - φ); injection_from += f, injection_to -= f; r = z - f.
    /// Scratch memory holds the objectives: on the stack, there would be no room for what else is used more than once.
    function _chordRows(Work memory work) private pure {
        assembly ("memory-safe") {
            mstore(0, mload(work))
            mstore(32, mload(add(work, 0x20)))
            let values0 := mload(add(work, 0x40))
            let values1 := mload(add(work, 0x60))
            let cells := mload(add(work, 0x80))
            let cursor := mload(add(work, 0x1a0))
            for {
                let end := mload(add(work, 0x180))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let record := mload(cursor)
                let from := add(cells, and(shr(43, record), 0x1fffc0))
                let to := add(cells, and(shr(58, record), 0x1fffc0))
                let flow := sub(mload(from), mload(to))
                {
                    let shift := signextend(4, shr(176, record))
                    if shift {
                        flow := sub(flow, add(shift, shl(128, shift)))
                    }
                }
                flow := mul(sar(216, record), flow)
                from := add(from, 32)
                mstore(from, add(mload(from), flow))
                to := add(to, 32)
                mstore(to, sub(mload(to), flow))
                {
                    let offset := and(record, 0x1ffff)
                    flow := sub(
                        add(
                            shl(40, sar(232, mload(add(values0, offset)))),
                            shl(168, sar(232, mload(add(values1, offset))))
                        ),
                        flow
                    )
                }
                record := and(shr(17, record), 0xffffffff)
                let r0 := signextend(15, flow)
                mstore(0, add(mload(0), mul(record, mul(r0, r0))))
                r0 := sar(128, sub(flow, r0))
                mstore(32, add(mload(32), mul(record, mul(r0, r0))))
            }
            mstore(work, mload(0))
            mstore(add(work, 0x20), mload(32))
        }
    }

    /// @dev Pass 1 over the probes in the buffer: as for chords, without the injections.
    function _probeRows(Work memory work) private pure {
        uint256 cells = work.cells;
        // Modulo 2^256: the low half may carry.
        unchecked {
            for (uint256 cursor = work.low; cursor < work.high; cursor += 32) {
                uint256 record;
                uint256 flow;
                assembly ("memory-safe") {
                    record := mload(cursor)
                    flow := signextend(4, shr(176, record))
                    flow := sub(
                        sub(
                            mload(add(cells, and(shr(43, record), 0x1fffc0))),
                            mload(add(cells, and(shr(58, record), 0x1fffc0)))
                        ),
                        add(flow, shl(128, flow))
                    )
                }
                _addRow(work, record, uint256(GridRecord.susceptance(record)) * flow);
            }
        }
    }

    /// @dev Pass 2 over the tree's lines in the buffer, backwards; `last` is the record after them.
    /// f = b (θ - θ_parent); injection += f, injection_parent -= f; the main row r = ±z - f (at the parent's end the meter
    /// sees -f); the injection row r = z - injection. Scratch memory as above.
    function _treeRows(Work memory work, uint256 last) private pure {
        assembly ("memory-safe") {
            mstore(0, mload(work))
            mstore(32, mload(add(work, 0x20)))
            let values0 := mload(add(work, 0x40))
            let values1 := mload(add(work, 0x60))
            let cells := mload(add(work, 0x80))
            let cursor := mload(add(work, 0x180))
            let end := mload(add(work, 0x1a0))
            let cell := add(cells, shl(6, last))
            for {} gt(cursor, end) {} {
                cursor := sub(cursor, 32)
                cell := sub(cell, 64)
                let record := mload(cursor)
                let flow
                {
                    let parent := add(cells, and(shr(92, record), 0x1fffc0))
                    flow := mul(sar(216, record), sub(mload(cell), mload(parent)))
                    parent := add(parent, 32)
                    mstore(parent, sub(mload(parent), flow))
                }

                // The injection row.
                let r := and(record, 0x1ffff)
                r := sub(
                    sub(
                        add(shl(40, sar(232, mload(add(values0, r)))), shl(168, sar(232, mload(add(values1, r))))),
                        mload(add(cell, 32))
                    ),
                    flow
                )
                let square0
                let square1
                {
                    let weight := and(shr(17, record), 0xffffffff)
                    let r0 := signextend(15, r)
                    square0 := mul(weight, mul(r0, r0))
                    r := sar(128, sub(r, r0))
                    square1 := mul(weight, mul(r, r))
                }

                // The main row. The two bits of its sign, extended, are 1 or -1.
                r := and(shr(49, record), 0x1ffff)
                r := sub(
                    mul(
                        add(shl(40, sar(232, mload(add(values0, r)))), shl(168, sar(232, mload(add(values1, r))))),
                        sar(254, shl(82, record))
                    ),
                    flow
                )
                {
                    let weight := and(shr(66, record), 0xffffffff)
                    let r0 := signextend(15, r)
                    mstore(0, add(mload(0), add(square0, mul(weight, mul(r0, r0)))))
                    r := sar(128, sub(r, r0))
                    mstore(32, add(mload(32), add(square1, mul(weight, mul(r, r)))))
                }
            }
            mstore(work, mload(0))
            mstore(add(work, 0x20), mload(32))
        }
    }

    /// @dev Pass 2 over anchors and roots. An anchor's PMU: r = z - b θ; a root has no main row.
    function _tiedRows(Work memory work) private pure {
        for (uint256 i = 0; i < work.tied; ++i) {
            uint256 record;
            uint256 angle;
            uint256 injection;
            assembly ("memory-safe") {
                record := mload(add(mload(add(work, 0xa0)), shl(5, i)))
                let cell := add(mload(add(work, 0x80)), shl(6, i))
                angle := mload(cell)
                injection := mload(add(cell, 32))
            }
            // Modulo 2^256: the low half may carry.
            unchecked {
                if (i >= work.roots) {
                    uint256 flow = uint256(GridRecord.susceptance(record)) * angle;
                    _addRow(work, record >> GridRecord.TREE_MAIN_SHIFT, flow);
                }
                _addRow(work, record, injection);
            }
        }
    }

    /// @dev r = z - predicted.
    function _addRow(Work memory work, uint256 row, uint256 predicted) private pure {
        assembly ("memory-safe") {
            let offset := and(row, 0x1ffff)
            let r := sub(
                add(
                    shl(40, sar(232, mload(add(mload(add(work, 0x40)), offset)))),
                    shl(168, sar(232, mload(add(mload(add(work, 0x60)), offset))))
                ),
                predicted
            )
            let weight := and(shr(17, row), 0xffffffff)
            let r0 := signextend(15, r)
            mstore(work, add(mload(work), mul(mul(weight, r0), r0)))
            r := sar(128, sub(r, r0))
            mstore(add(work, 0x20), add(mload(add(work, 0x20)), mul(mul(weight, r), r)))
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

    /// @dev Memory that is not cleared: every word is written before it is read.
    function _reserve(uint256 length) private pure returns (uint256 area) {
        assembly ("memory-safe") {
            area := mload(0x40)
            mstore(0x40, add(area, length))
        }
    }

    /// @dev Zeros, from the end of what is returned on; whole words, and one more as values are read a word at a time.
    function _zeros(uint256 length) private pure returns (uint256 area) {
        length = (length + 63) & ~uint256(31);
        area = _reserve(length);
        assembly ("memory-safe") {
            calldatacopy(area, calldatasize(), length)
        }
    }
}
