// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "../../grid/libraries/CodeStore.sol";

/**
 * @title A and P as they are kept: rows of whole words, in chunks of whole rows
 * @notice A = G⁻¹ has n rows of n entries of 16 bytes, P has m rows of m entries of 8 bytes, both signed and big-endian. A
 * row is filled up to whole words; what it is filled with is multiplied by zero wherever rows are read. A chunk holds as
 * many rows as fit in the code of one account, the last chunk of a matrix what is left. The chunks of A come first.
 */
library StoredMatrices {
    /// @notice Sizes of a model, and what follows from them.
    struct Shape {
        /// n, the columns of H.
        uint256 states;
        /// m, the rows of H.
        uint256 rows;
        /// Bytes of a row of A and of P.
        uint256 inverseStride;
        uint256 projectionStride;
        /// Rows that a chunk holds.
        uint256 inverseRows;
        uint256 projectionRows;
        /// How many chunks there are.
        uint256 inverseChunks;
        uint256 projectionChunks;
    }

    /// @notice The shape of a model, with strides that fit in a chunk: n <= 1,534 and m <= 3,068.
    function shape(uint256 states, uint256 rows) internal pure returns (Shape memory s) {
        s.states = states;
        s.rows = rows;
        s.inverseStride = ((states + 1) / 2) * 32;
        s.projectionStride = ((rows + 3) / 4) * 32;
        s.inverseRows = CodeStore.MAX_BYTES / s.inverseStride;
        s.projectionRows = CodeStore.MAX_BYTES / s.projectionStride;
        s.inverseChunks = (states + s.inverseRows - 1) / s.inverseRows;
        s.projectionChunks = (rows + s.projectionRows - 1) / s.projectionRows;
    }

    /// @notice How many bytes chunk `chunk` has.
    function chunkLength(Shape memory s, uint256 chunk) internal pure returns (uint256) {
        bool isInverse = chunk < s.inverseChunks;
        uint256 full = isInverse ? s.inverseRows : s.projectionRows;
        uint256 before = (isInverse ? chunk : chunk - s.inverseChunks) * full;
        uint256 left = (isInverse ? s.states : s.rows) - before;
        return (left < full ? left : full) * (isInverse ? s.inverseStride : s.projectionStride);
    }

    /// @notice A as one piece of memory: row i begins at `pointer + i·inverseStride`.
    function loadInverse(Shape memory s, address[] memory chunks) internal view returns (uint256 pointer) {
        bytes memory data = new bytes(s.states * s.inverseStride);
        assembly ("memory-safe") {
            pointer := add(data, 32)
        }
        uint256 to = pointer;
        for (uint256 chunk = 0; chunk < s.inverseChunks; ++chunk) {
            uint256 length = chunkLength(s, chunk);
            _copy(chunks[chunk], to, length);
            to += length;
        }
    }

    /// @notice Memory that holds one chunk of P, for `projectionRow`.
    function newWindow(Shape memory s) internal pure returns (uint256 pointer) {
        bytes memory data = new bytes(s.projectionRows * s.projectionStride);
        assembly ("memory-safe") {
            pointer := add(data, 32)
        }
    }

    /// @notice Where row `row` of P is in memory. Its chunk is copied into the window at row 0 of the chunk, and where
    /// `first` says that the caller has not asked for a row before.
    function projectionRow(
        Shape memory s,
        address[] memory chunks,
        uint256 window,
        uint256 row,
        bool first
    ) internal view returns (uint256 pointer) {
        uint256 place = row % s.projectionRows;
        if (place == 0 || first) {
            uint256 chunk = s.inverseChunks + row / s.projectionRows;
            _copy(chunks[chunk], window, chunkLength(s, chunk));
        }
        return window + place * s.projectionStride;
    }

    /// @notice Adds a row of A, times a factor, to a vector, modulo 2^256.
    /// @param out Where the vector is in memory: a number for each entry of the row with what it is filled up with.
    function addInverseRow(Shape memory s, uint256 row, int256 factor, uint256 out) internal pure {
        uint256 stride = s.inverseStride;
        assembly ("memory-safe") {
            for {
                let end := add(row, stride)
            } lt(row, end) {
                row := add(row, 32)
            } {
                let word := mload(row)
                mstore(out, add(mload(out), mul(factor, sar(128, word))))
                mstore(add(out, 32), add(mload(add(out, 32)), mul(factor, signextend(15, word))))
                out := add(out, 64)
            }
        }
    }

    /// @notice Takes a row of P, times 2^shift, from a vector, and turns its sign: `out[j] = P[j] 2^shift - out[j]`.
    /// @param out Where the vector is in memory, `count` numbers.
    function differences(uint256 row, uint256 count, uint256 shift, uint256 out) internal pure {
        assembly ("memory-safe") {
            for {
                let end := add(out, shl(5, count))
            } lt(out, end) {
                out := add(out, 32)
            } {
                mstore(out, sub(shl(shift, sar(192, mload(row))), mload(out)))
                row := add(row, 8)
            }
        }
    }

    /// @notice A row of P times a vector, modulo 2^256.
    /// @param x As long as the row with what it is filled up with: a multiple of four.
    function multiply(Shape memory s, uint256 row, int256[] memory x) internal pure returns (int256 sum) {
        uint256 stride = s.projectionStride;
        assembly ("memory-safe") {
            let pointer := add(x, 32)
            for {
                let end := add(row, stride)
            } lt(row, end) {
                row := add(row, 32)
            } {
                let word := mload(row)
                sum := add(sum, mul(sar(192, word), mload(pointer)))
                sum := add(sum, mul(sar(192, shl(64, word)), mload(add(pointer, 32))))
                sum := add(sum, mul(sar(192, shl(128, word)), mload(add(pointer, 64))))
                sum := add(sum, mul(sar(192, shl(192, word)), mload(add(pointer, 96))))
                pointer := add(pointer, 128)
            }
        }
    }

    /// @notice A row of P times three vectors whose numbers alternate, modulo 2^256.
    /// @param x Three numbers for each entry of the row with what it is filled up with.
    function multiplyThree(
        Shape memory s,
        uint256 row,
        int256[] memory x
    ) internal pure returns (int256 first, int256 second, int256 third) {
        uint256 stride = s.projectionStride;
        assembly ("memory-safe") {
            let pointer := add(x, 32)
            for {
                let end := add(row, stride)
            } lt(row, end) {
                row := add(row, 32)
            } {
                let word := mload(row)
                let entry := sar(192, word)
                first := add(first, mul(entry, mload(pointer)))
                second := add(second, mul(entry, mload(add(pointer, 32))))
                third := add(third, mul(entry, mload(add(pointer, 64))))
                entry := sar(192, shl(64, word))
                first := add(first, mul(entry, mload(add(pointer, 96))))
                second := add(second, mul(entry, mload(add(pointer, 128))))
                third := add(third, mul(entry, mload(add(pointer, 160))))
                entry := sar(192, shl(128, word))
                first := add(first, mul(entry, mload(add(pointer, 192))))
                second := add(second, mul(entry, mload(add(pointer, 224))))
                third := add(third, mul(entry, mload(add(pointer, 256))))
                entry := sar(192, shl(192, word))
                first := add(first, mul(entry, mload(add(pointer, 288))))
                second := add(second, mul(entry, mload(add(pointer, 320))))
                third := add(third, mul(entry, mload(add(pointer, 352))))
                pointer := add(pointer, 384)
            }
        }
    }

    /// @notice A row of A times six vectors whose numbers alternate, modulo 2^256; the sums go to `out`.
    /// @param x Where six numbers for each entry of the row, with what it is filled up with, are in memory.
    /// @param out Where six words are in memory.
    function multiplySix(Shape memory s, uint256 row, uint256 x, uint256 out) internal pure {
        uint256 stride = s.inverseStride;
        assembly ("memory-safe") {
            let a := 0
            let b := 0
            let c := 0
            let d := 0
            let e := 0
            let f := 0
            for {
                let end := add(row, stride)
            } lt(row, end) {
                row := add(row, 32)
            } {
                let entry := sar(128, mload(row))
                a := add(a, mul(entry, mload(x)))
                b := add(b, mul(entry, mload(add(x, 32))))
                c := add(c, mul(entry, mload(add(x, 64))))
                d := add(d, mul(entry, mload(add(x, 96))))
                e := add(e, mul(entry, mload(add(x, 128))))
                f := add(f, mul(entry, mload(add(x, 160))))
                entry := signextend(15, mload(row))
                a := add(a, mul(entry, mload(add(x, 192))))
                b := add(b, mul(entry, mload(add(x, 224))))
                c := add(c, mul(entry, mload(add(x, 256))))
                d := add(d, mul(entry, mload(add(x, 288))))
                e := add(e, mul(entry, mload(add(x, 320))))
                f := add(f, mul(entry, mload(add(x, 352))))
                x := add(x, 384)
            }
            mstore(out, a)
            mstore(add(out, 32), b)
            mstore(add(out, 64), c)
            mstore(add(out, 96), d)
            mstore(add(out, 128), e)
            mstore(add(out, 160), f)
        }
    }

    function _copy(address account, uint256 to, uint256 length) private view {
        assembly ("memory-safe") {
            extcodecopy(account, to, 1, length)
        }
    }
}
