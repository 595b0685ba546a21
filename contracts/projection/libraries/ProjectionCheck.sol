// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Freivalds} from "../../math/Freivalds.sol";
import {StoredMatrices} from "./StoredMatrices.sol";
import {TopologyMatrix} from "./TopologyMatrix.sol";

/**
 * @title Whether A and P are those of H and W
 * @notice Paper 003, Algorithms 2 and 3. With A kept times 2^a and P times 2^k, two claims are checked:
 *
 * * `F = A G - 2^a I` is zero but for the rounding of A by at most one unit: |F_ij| <= g, g the bound on Σ|G|;
 * * `D = 2^(a-k) P - H A HᵀW` is zero but for the rounding of P to nearest: |D_ij| <= 2^(a-k-1).
 *
 * Either row by row with the products themselves, without any error, or with Freivalds' vectors: `A(HᵀW(Hs)) ≈ 2^a s` and
 * `H(A(HᵀWs)) ≈ 2^(a-k) P s`. `docs/projection.md` has what follows for estimates.
 *
 * Rows are numbered through: those of A from 0, those of P from n.
 */
library ProjectionCheck {
    using TopologyMatrix for TopologyMatrix.Rows;
    using StoredMatrices for StoredMatrices.Shape;

    enum Matrix {
        Inverse,
        Projection
    }

    /// @notice What is checked.
    struct Claim {
        StoredMatrices.Shape shape;
        /// Accounts whose code holds A and P.
        address[] chunks;
        TopologyMatrix.Rows h;
        /// a and k.
        uint256 inverseDigits;
        uint256 projectionDigits;
        /// g.
        uint256 gainBound;
    }

    /// @notice Column `column` of row `row` of the product is off by `off`, more than the `allowed` of rounding.
    error ProjectionCheckWrongEntry(Matrix matrix, uint256 row, uint256 column, int256 off, uint256 allowed);
    /// @notice In round `round` row `row` is off by `off`, more than the `allowed` of rounding.
    error ProjectionCheckWrongRound(Matrix matrix, uint256 row, uint256 round, int256 off, uint256 allowed);

    /// @notice Checks rows `first` to `end - 1` by the products themselves.
    /// @custom:error ProjectionCheckWrongEntry
    function products(Claim memory claim, uint256 first, uint256 end) internal view {
        StoredMatrices.Shape memory s = claim.shape;
        uint256 inverse = s.loadInverse(claim.chunks);
        uint256 window = s.newWindow();
        int256[] memory left = new int256[](s.inverseStride / 16);
        int256[] memory product = new int256[](s.rows);
        for (uint256 row = first; row < end; ++row) {
            if (row < s.states) {
                _inverseRow(claim, row, inverse + row * s.inverseStride, left, product);
            } else {
                uint256 i = row - s.states;
                uint256 pointer = s.projectionRow(claim.chunks, window, i, row == first);
                _projectionRow(claim, i, pointer, inverse, left, product);
            }
        }
    }

    /// @notice Checks rows `first` to `end - 1` by Freivalds.
    /// @param seed A hash of all that the claim consists of.
    /// @custom:error ProjectionCheckWrongRound
    function freivalds(Claim memory claim, uint256 first, uint256 end, bytes32 seed) internal view {
        StoredMatrices.Shape memory s = claim.shape;
        uint256 inverse = s.loadInverse(claim.chunks);
        if (first < s.states) _inverseRounds(claim, first, end < s.states ? end : s.states, inverse, seed);
        if (end > s.states) {
            _projectionRounds(claim, first < s.states ? 0 : first - s.states, end - s.states, inverse, seed);
        }
    }

    /// @dev Row i of A times G, as (W H times the row) times H. Sizes: below 2^127 · 2^103 by what the model requires.
    function _inverseRow(
        Claim memory claim,
        uint256 i,
        uint256 row,
        int256[] memory left,
        int256[] memory product
    ) private pure {
        uint256 x = _first(left);
        uint256 values = _first(product);
        _clear(left);
        claim.shape.addInverseRow(row, 1, x);
        claim.h.multiplyWeighted(x, values);
        _clear(left);
        claim.h.addTransposed(values, x);
        left[i] -= int256(1 << claim.inverseDigits);
        uint256 j = Freivalds.firstBeyond(x, claim.shape.states, claim.gainBound);
        if (j < claim.shape.states) revert ProjectionCheckWrongEntry(Matrix.Inverse, i, j, left[j], claim.gainBound);
    }

    /// @dev Row i of P against row i of H, times A, times HᵀW.
    function _projectionRow(
        Claim memory claim,
        uint256 i,
        uint256 row,
        uint256 inverse,
        int256[] memory left,
        int256[] memory product
    ) private pure {
        StoredMatrices.Shape memory s = claim.shape;
        uint256 x = _first(left);
        _clear(left);
        for (uint256 t = claim.h.start[i]; t < claim.h.start[i + 1]; ++t) {
            int256 term = claim.h.terms[t];
            // Cast: the column.
            uint256 column = (uint256(term) >> 1) & 0xffff;
            s.addInverseRow(inverse + column * s.inverseStride, term >> 17, x);
        }
        uint256 values = _first(product);
        claim.h.multiplyWeighted(x, values);
        uint256 shift = claim.inverseDigits - claim.projectionDigits;
        StoredMatrices.differences(row, s.rows, shift, values);
        uint256 allowed = 1 << (shift - 1);
        uint256 j = Freivalds.firstBeyond(values, s.rows, allowed);
        if (j < s.rows) revert ProjectionCheckWrongEntry(Matrix.Projection, i, j, product[j], allowed);
    }

    /// @dev A(HᵀW(Hs)) against 2^a s.
    function _inverseRounds(
        Claim memory claim,
        uint256 first,
        uint256 end,
        uint256 inverse,
        bytes32 seed
    ) private pure {
        StoredMatrices.Shape memory s = claim.shape;
        int256[] memory vectors = Freivalds.draw(_purpose(seed, Matrix.Inverse), s.states);
        int256[] memory values = new int256[](Freivalds.ROUNDS * s.rows);
        for (uint256 j = 0; j < s.rows; ++j) claim.h.multiplySix(j, _first(vectors), _first(values) + 192 * j);
        uint256 x = _first(_gathered(claim, values));
        int256[] memory out = new int256[](Freivalds.ROUNDS);
        uint256 allowed = Freivalds.tolerance(claim.gainBound);
        for (uint256 i = first; i < end; ++i) {
            s.multiplySix(inverse + i * s.inverseStride, x, _first(out));
            unchecked {
                for (uint256 round = 0; round < Freivalds.ROUNDS; ++round) {
                    out[round] -= vectors[Freivalds.ROUNDS * i + round] << claim.inverseDigits;
                }
            }
            _requireNear(Matrix.Inverse, i, out, allowed);
        }
    }

    /// @dev H(A(HᵀWs)) against 2^(a-k) P s.
    function _projectionRounds(
        Claim memory claim,
        uint256 first,
        uint256 end,
        uint256 inverse,
        bytes32 seed
    ) private view {
        StoredMatrices.Shape memory s = claim.shape;
        int256[] memory vectors = Freivalds.draw(_purpose(seed, Matrix.Projection), s.rows);
        // Room for what a row is filled up with.
        int256[] memory packed = Freivalds.pack(vectors, s.projectionStride / 8);
        uint256 estimate = _estimate(claim, vectors, inverse);
        int256[] memory out = new int256[](Freivalds.ROUNDS);
        uint256 window = s.newWindow();
        uint256 shift = claim.inverseDigits - claim.projectionDigits;
        uint256 allowed = Freivalds.tolerance(s.rows << (shift - 1));
        for (uint256 i = first; i < end; ++i) {
            uint256 row = s.projectionRow(claim.chunks, window, i, i == first);
            claim.h.multiplySix(i, estimate, _first(out));
            _subtractFrom(s, row, packed, shift, out);
            _requireNear(Matrix.Projection, i, out, allowed);
        }
    }

    /// @dev out = 2^shift (a row of P times the six vectors) - out.
    function _subtractFrom(
        StoredMatrices.Shape memory s,
        uint256 row,
        int256[] memory packed,
        uint256 shift,
        int256[] memory out
    ) private pure {
        (int256 first, int256 second, int256 third) = s.multiplyThree(row, packed);
        unchecked {
            (int256 low, int256 high) = Freivalds.split(first);
            out[0] = (low << shift) - out[0];
            out[1] = (high << shift) - out[1];
            (low, high) = Freivalds.split(second);
            out[2] = (low << shift) - out[2];
            out[3] = (high << shift) - out[3];
            (low, high) = Freivalds.split(third);
            out[4] = (low << shift) - out[4];
            out[5] = (high << shift) - out[5];
        }
    }

    /// @dev Where A(HᵀWs) is in memory: six numbers for each state.
    function _estimate(
        Claim memory claim,
        int256[] memory vectors,
        uint256 inverse
    ) private pure returns (uint256 estimate) {
        StoredMatrices.Shape memory s = claim.shape;
        uint256 x = _first(_gathered(claim, vectors));
        estimate = _first(new int256[](Freivalds.ROUNDS * s.states));
        for (uint256 i = 0; i < s.states; ++i) {
            s.multiplySix(inverse + i * s.inverseStride, x, estimate + 192 * i);
        }
    }

    /// @dev HᵀW times six vectors, with room for what a row of A is filled up with.
    function _gathered(Claim memory claim, int256[] memory values) private pure returns (int256[] memory vectors) {
        vectors = new int256[](Freivalds.ROUNDS * (claim.shape.inverseStride / 16));
        claim.h.addTransposedSix(_first(values), _first(vectors));
    }

    function _requireNear(Matrix matrix, uint256 row, int256[] memory off, uint256 allowed) private pure {
        uint256 round = Freivalds.firstBeyond(_first(off), Freivalds.ROUNDS, allowed);
        if (round < Freivalds.ROUNDS) revert ProjectionCheckWrongRound(matrix, row, round, off[round], allowed);
    }

    /// @dev Vectors of one claim tell nothing about those of the other.
    function _purpose(bytes32 seed, Matrix matrix) private pure returns (bytes32) {
        return keccak256(abi.encode(seed, matrix));
    }

    /// @dev Where the first number of an array is in memory.
    function _first(int256[] memory array) private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(array, 32)
        }
    }

    /// @dev Sets every number to zero: there is nothing to copy beyond the end of the calldata.
    function _clear(int256[] memory array) private pure {
        assembly ("memory-safe") {
            calldatacopy(add(array, 32), calldatasize(), shl(5, mload(array)))
        }
    }
}
