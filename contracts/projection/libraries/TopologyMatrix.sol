// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title The measurement matrix H, built from the topology and kept by rows
 * @notice Paper 003, Appendix A. Buses are positions from 0; those from `states` on are references, whose angle is zero and
 * which have no column.
 *
 * * A line has 9 bytes: from (uint16), to (uint16), susceptance (int40).
 * * A row has 8 bytes: kind (0 injection, 1 flow at the from end, 2 flow at the to end, 3 PMU), seat of the owner, place
 *   (uint16: position of the bus or line), weight (uint32). Meters come first, then zero injections (kind 0, seat 0).
 *
 * Kept, H has 8 bytes for each row (weight, seat, a zero byte, number of terms), then 8 bytes for each term (column
 * uint16, coefficient int48), row after row. A column may occur twice in a row, as with parallel lines: terms add up.
 */
library TopologyMatrix {
    uint256 internal constant LINE_BYTES = 9;
    uint256 internal constant ROW_BYTES = 8;

    /// @notice What a PMU's row has: counts of its value for each unit of the angle.
    int256 internal constant PMU_COEFFICIENT = 1 << 26;

    uint256 private constant _INJECTION = 0;
    uint256 private constant _FLOW_FROM = 1;
    uint256 private constant _FLOW_TO = 2;
    uint256 private constant _PMU = 3;

    /// @notice H and W in memory. A term is `coefficient << 17 | column << 1`, and 1 more for the last of a row; row i has
    /// those from `start[i]` to `start[i+1]`.
    struct Rows {
        uint256[] start;
        int256[] terms;
        uint256[] weight;
        uint256[] seat;
    }

    /// @notice What bounds the products with H.
    struct Sizes {
        /// The largest sum of a row's coefficients, without sign.
        uint256 row;
        /// The largest weight.
        uint256 weight;
        /// Σ w (Σ|h|)², at least the sum of all entries of G without sign.
        uint256 gain;
    }

    /// @notice Line `line` names a bus that there is not, the same bus twice, or has no susceptance.
    error TopologyMatrixLine(uint256 line);
    /// @notice Row `row` names a kind or place that there is not, has no weight, or is a zero injection that is none.
    error TopologyMatrixRow(uint256 row);
    /// @notice The susceptances of the lines at the bus of column `column` add up to more than 47 bits hold.
    error TopologyMatrixCoefficient(uint256 column, int256 coefficient);
    /// @notice Row `row` has no column: it measures nothing.
    error TopologyMatrixEmptyRow(uint256 row);

    /// @notice Builds H from lines and rows.
    /// @param meters How many rows are meters.
    /// @return data H as it is kept.
    /// @return sizes What bounds products with it.
    /// @custom:error TopologyMatrixLine, TopologyMatrixRow, TopologyMatrixCoefficient, TopologyMatrixEmptyRow
    function build(
        uint256 buses,
        uint256 states,
        uint256 meters,
        bytes memory lines,
        bytes memory rows
    ) internal pure returns (bytes memory data, Sizes memory sizes) {
        _checkLines(buses, lines);
        uint256 count = rows.length / ROW_BYTES;
        bytes memory headers = new bytes(ROW_BYTES * count);
        bytes memory terms = new bytes(_mostTerms(buses, lines, rows) * ROW_BYTES);
        uint256 end;
        assembly ("memory-safe") {
            end := add(terms, 32)
        }
        uint256 first = end;
        for (uint256 row = 0; row < count; ++row) {
            uint256 head = _wordAt(rows, row * ROW_BYTES) >> 192;
            _checkRow(row, head, buses, row < meters, lines.length / LINE_BYTES);
            uint256 before = end;
            uint256 total;
            (end, total) = _writeRow(end, head, states, lines);
            if (end == before) revert TopologyMatrixEmptyRow(row);

            uint256 weight = head & 0xffffffff;
            if (total > sizes.row) sizes.row = total;
            if (weight > sizes.weight) sizes.weight = weight;
            // total < 2^57, as there are at most 2^16 lines of less than 2^39, twice; weight < 2^32; 2^13 rows at most.
            sizes.gain += weight * total * total;
            _write8(headers, row, (weight << 32) | (((head >> 48) & 0xff) << 24) | ((end - before) / ROW_BYTES));
        }
        assembly ("memory-safe") {
            mstore(terms, sub(end, first))
        }
        data = bytes.concat(headers, terms);
    }

    /// @notice H from what `build` made of it.
    function load(bytes memory data, uint256 count) internal pure returns (Rows memory h) {
        uint256 termCount = data.length / ROW_BYTES - count;
        h.start = new uint256[](count + 1);
        h.weight = new uint256[](count);
        h.seat = new uint256[](count);
        h.terms = new int256[](termCount);
        unchecked {
            for (uint256 i = 0; i < termCount; ++i) {
                uint256 word = _wordAt(data, (count + i) * ROW_BYTES);
                // Casts: the 48 bits after the column, with their sign; the column below them.
                h.terms[i] = ((int256(word << 16) >> 208) << 17) | int256((word >> 240) << 1);
            }
            uint256 last = 0;
            for (uint256 row = 0; row < count; ++row) {
                uint256 head = _wordAt(data, row * ROW_BYTES) >> 192;
                h.weight[row] = head >> 32;
                h.seat[row] = (head >> 24) & 0xff;
                last += head & 0xffff;
                h.start[row + 1] = last;
                h.terms[last - 1] |= 1;
            }
        }
    }

    /// @notice W H x: for every row i `w_i Σ coefficient · x[column]`, modulo 2^256, written to `out`.
    /// @dev Equivalent to a loop over the rows around one over a row's terms; the mark of a row's last term spares the
    /// inner loop, about half of the gas.
    /// @param x Where the vector's first number is in memory, one for each state.
    /// @param out Where to write one number for each row.
    function multiplyWeighted(Rows memory h, uint256 x, uint256 out) internal pure {
        int256[] memory terms = h.terms;
        uint256[] memory weights = h.weight;
        assembly ("memory-safe") {
            let weight := add(weights, 32)
            let sum := 0
            let pointer := add(terms, 32)
            for {
                let end := add(pointer, shl(5, mload(terms)))
            } lt(pointer, end) {
                pointer := add(pointer, 32)
            } {
                let term := mload(pointer)
                sum := add(sum, mul(sar(17, term), mload(add(x, shl(4, and(term, 0x1fffe))))))
                if and(term, 1) {
                    mstore(out, mul(sum, mload(weight)))
                    out := add(out, 32)
                    weight := add(weight, 32)
                    sum := 0
                }
            }
        }
    }

    /// @notice Adds Hᵀ v to x, modulo 2^256.
    /// @param values Where v is in memory, a number for each row.
    /// @param x Where to add, a number for each state.
    function addTransposed(Rows memory h, uint256 values, uint256 x) internal pure {
        int256[] memory terms = h.terms;
        assembly ("memory-safe") {
            let value := mload(values)
            let pointer := add(terms, 32)
            for {
                let end := add(pointer, shl(5, mload(terms)))
            } lt(pointer, end) {
                pointer := add(pointer, 32)
            } {
                let term := mload(pointer)
                let place := add(x, shl(4, and(term, 0x1fffe)))
                mstore(place, add(mload(place), mul(sar(17, term), value)))
                if and(term, 1) {
                    values := add(values, 32)
                    value := mload(values)
                }
            }
        }
    }

    /// @notice Row `row` of H times six vectors whose numbers alternate, modulo 2^256; the sums go to `out`.
    /// @param x Where six numbers for each state are in memory.
    function multiplySix(Rows memory h, uint256 row, uint256 x, uint256 out) internal pure {
        int256[] memory terms = h.terms;
        uint256 first = h.start[row];
        assembly ("memory-safe") {
            let a := 0
            let b := 0
            let c := 0
            let d := 0
            let e := 0
            let f := 0
            for {
                let pointer := add(add(terms, 32), shl(5, first))
                let more := 1
            } more {
                pointer := add(pointer, 32)
            } {
                let term := mload(pointer)
                let place := add(x, mul(96, and(term, 0x1fffe)))
                more := iszero(and(term, 1))
                term := sar(17, term)
                a := add(a, mul(term, mload(place)))
                b := add(b, mul(term, mload(add(place, 32))))
                c := add(c, mul(term, mload(add(place, 64))))
                d := add(d, mul(term, mload(add(place, 96))))
                e := add(e, mul(term, mload(add(place, 128))))
                f := add(f, mul(term, mload(add(place, 160))))
            }
            mstore(out, a)
            mstore(add(out, 32), b)
            mstore(add(out, 64), c)
            mstore(add(out, 96), d)
            mstore(add(out, 128), e)
            mstore(add(out, 160), f)
        }
    }

    /// @notice Adds HᵀW v to x for six v whose numbers alternate, modulo 2^256.
    /// @param values Where six numbers for each row are in memory.
    /// @param x Where to add, six numbers for each state.
    function addTransposedSix(Rows memory h, uint256 values, uint256 x) internal pure {
        int256[] memory terms = h.terms;
        uint256[] memory weights = h.weight;
        assembly ("memory-safe") {
            let weight := add(weights, 32)
            let pointer := add(terms, 32)
            for {
                let end := add(pointer, shl(5, mload(terms)))
            } lt(pointer, end) {
                pointer := add(pointer, 32)
            } {
                let term := mload(pointer)
                let place := add(x, mul(96, and(term, 0x1fffe)))
                let factor := mul(sar(17, term), mload(weight))
                for {
                    let lane := 0
                } lt(lane, 192) {
                    lane := add(lane, 32)
                } {
                    let spot := add(place, lane)
                    mstore(spot, add(mload(spot), mul(factor, mload(add(values, lane)))))
                }
                if and(term, 1) {
                    values := add(values, 192)
                    weight := add(weight, 32)
                }
            }
        }
    }

    function _checkLines(uint256 buses, bytes memory lines) private pure {
        for (uint256 line = 0; line < lines.length / LINE_BYTES; ++line) {
            (uint256 from, uint256 to, int256 susceptance) = _line(lines, line);
            if (from >= buses || to >= buses || from == to || susceptance == 0) revert TopologyMatrixLine(line);
        }
    }

    function _checkRow(uint256 row, uint256 head, uint256 buses, bool isMeter, uint256 lineCount) private pure {
        uint256 kind = head >> 56;
        uint256 place = (head >> 32) & 0xffff;
        bool isFlow = kind == _FLOW_FROM || kind == _FLOW_TO;
        bool sound = kind <= _PMU && place < (isFlow ? lineCount : buses) && head & 0xffffffff != 0;
        if (!isMeter && (kind != _INJECTION || (head >> 48) & 0xff != 0)) sound = false;
        if (!sound) revert TopologyMatrixRow(row);
    }

    /// @dev Writes the terms of a row from `end` on; returns where they end, and Σ|coefficient|.
    function _writeRow(
        uint256 end,
        uint256 head,
        uint256 states,
        bytes memory lines
    ) private pure returns (uint256, uint256 total) {
        uint256 kind = head >> 56;
        uint256 place = (head >> 32) & 0xffff;
        if (kind == _PMU) return _writeTerm(end, 0, place, PMU_COEFFICIENT, states);
        if (kind != _INJECTION) {
            (uint256 from, uint256 to, int256 susceptance) = _line(lines, place);
            if (kind == _FLOW_TO) susceptance = -susceptance;
            (end, total) = _writeTerm(end, 0, from, susceptance, states);
            return _writeTerm(end, total, to, -susceptance, states);
        }
        int256 own = 0;
        // Bounds: positions stay in `lines`; own is at most 2^16 susceptances of less than 2^39.
        unchecked {
            for (uint256 first = 0; first < lines.length; first += LINE_BYTES) {
                uint256 word = _wordAt(lines, first);
                uint256 from = word >> 240;
                uint256 to = (word >> 224) & 0xffff;
                if (from != place && to != place) continue;
                // Cast: the 40 bits after both ends, with their sign.
                int256 susceptance = int256(word << 32) >> 216;
                own += susceptance;
                (end, total) = _writeTerm(end, total, from == place ? to : from, -susceptance, states);
            }
        }
        return _writeTerm(end, total, place, own, states);
    }

    /// @dev A term at a reference, or one that cancelled, is none.
    function _writeTerm(
        uint256 end,
        uint256 total,
        uint256 column,
        int256 coefficient,
        uint256 states
    ) private pure returns (uint256, uint256) {
        if (column >= states || coefficient == 0) return (end, total);
        if (coefficient >= 1 << 47 || coefficient < -(1 << 47)) revert TopologyMatrixCoefficient(column, coefficient);
        uint256 word = (column << 240) | ((uint256(coefficient) & 0xffffffffffff) << 192);
        assembly ("memory-safe") {
            mstore(end, or(word, shr(64, shl(64, mload(end)))))
        }
        return (end + ROW_BYTES, total + uint256(coefficient < 0 ? -coefficient : coefficient));
    }

    /// @dev At most two for a flow, one for a PMU, one for each line and one more for an injection.
    function _mostTerms(uint256 buses, bytes memory lines, bytes memory rows) private pure returns (uint256 most) {
        uint256 count = lines.length / LINE_BYTES;
        uint256[] memory atBus = new uint256[](buses);
        for (uint256 line = 0; line < count; ++line) {
            (uint256 from, uint256 to, ) = _line(lines, line);
            ++atBus[from];
            ++atBus[to];
        }
        for (uint256 row = 0; row < rows.length; row += ROW_BYTES) {
            uint256 head = _wordAt(rows, row) >> 192;
            uint256 place = (head >> 32) & 0xffff;
            if (head >> 56 != _INJECTION) most += 2;
            else if (place < buses) most += atBus[place] + 1;
        }
    }

    function _line(
        bytes memory lines,
        uint256 line
    ) private pure returns (uint256 from, uint256 to, int256 susceptance) {
        uint256 word = _wordAt(lines, line * LINE_BYTES);
        from = word >> 240;
        to = (word >> 224) & 0xffff;
        // Cast: the 40 bits after both ends, with their sign.
        susceptance = int256(word << 32) >> 216;
    }

    /// @dev The 32 bytes from byte `first` on; what is beyond the end is not looked at by any caller.
    function _wordAt(bytes memory data, uint256 first) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), first))
        }
    }

    function _write8(bytes memory data, uint256 index, uint256 value) private pure {
        assembly ("memory-safe") {
            let place := add(add(data, 32), mul(index, 8))
            mstore(place, or(shl(192, value), shr(64, shl(64, mload(place)))))
        }
    }
}
