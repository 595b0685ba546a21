// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "./GridRecord.sol";
import {VersionLayout} from "./VersionLayout.sol";
import {VersionProof} from "./VersionProof.sol";

/// @title The check of a factor by a random quadratic form
///
/// @notice The claim is `2^σ G = L Lᵀ + E + m I`, a matrix equation in integers over the buses but the roots. For a
/// vector s it gives one equation between numbers,
///
///     2^σ Σ_k w_k (h_kᵀ s)²  =  Σ_j (L_jᵀ s)² + sᵀ E s + m sᵀ s ,
///
/// over the rows h_k of H and the columns L_j of L, and each side takes one pass over its data. It is checked modulo the
/// prime `P = 2^256 - 189` with s_i drawn uniformly from 0 .. 2^160 - 1.
///
/// *What s is drawn from.* s_i is the upper 160 bits of keccak256(seed, i); the seed is the hash of the version's content
/// and of the whole claim: σ, m and the hash of every part. So all that is checked is fixed before s is known; whoever
/// changes a bit of it draws another s.
///
/// *Error.* The difference of the two sides is a polynomial of degree 2 in the s_i, whose coefficients are those of the matrix
/// equation. No entry of either side can wrap: with |b| < 2^39, w < 2^32 and 2^15 lines at a bus an entry of G is below
/// 2^156, times 2^σ below 2^220; L Lᵀ is below 2^15·2^118, m below 2^192. So the difference is below P and is zero modulo P
/// only if it is zero. If it is not, at most 2 in 2^160 vectors make the sides agree (Schwartz and Zippel): each try passes
/// with probability below 2^-159.
///
/// *What follows.* L Lᵀ is positive semidefinite, whatever L is: neither the order of elimination nor the shape of L
/// needs a proof, and a factor D, which could be forged with a negative entry, there is none. The spectral norm of E is at
/// most its Frobenius norm, at most `√(Σ e²)` over the coefficients e of s_i s_j in sᵀEs (off the diagonal e is twice the
/// entry of E). So `2^σ λ_min(G) >= m - √(Σ e²)`. That no coefficient is given twice follows from the order of the
/// entries.
///
/// **Entries**, 17 bytes each, column by column:
///
/// ```
/// 135             134  120  119   60 59    0
/// | begins a column | row   | l int60 | e int60 |
/// ```
///
/// Rows ascend within a column; the first is the column's own number, and columns ascend. Rows are tree records. An
/// entry of row i in column j is `L_ij = l` and the coefficient e of s_i s_j.
library FactorCheck {
    /// @dev As of `VersionProof`.
    uint256 internal constant P = VersionProof.P;

    /// @notice Bytes of an entry.
    uint256 internal constant ENTRY_BYTES = 17;

    /// @notice Most scale digits, σ.
    uint256 internal constant MAX_SCALE_DIGITS = 64;

    /// @notice What columns add up to.
    struct Columns {
        /// Σ (L_jᵀ s)² + sᵀ E s, modulo P.
        uint256 form;
        /// Σ e², below 2^148: at most 2^30 coefficients below 2^59.
        uint256 squares;
        /// The last column.
        uint256 last;
        /// Entries that are in order: all, or those before the first that is not.
        uint256 entries;
    }

    /// @notice The vector s, by tree record; zero for the roots, which have no column in H.
    function draw(bytes32 seed, uint256 roots, uint256 buses) internal pure returns (uint256[] memory s) {
        s = new uint256[](buses);
        assembly ("memory-safe") {
            mstore(0, seed)
            let first := add(s, 32)
            for {
                let i := roots
            } lt(i, buses) {
                i := add(i, 1)
            } {
                mstore(32, i)
                mstore(add(first, shl(5, i)), shr(96, keccak256(0, 64)))
            }
        }
    }

    /// @notice sᵀ s modulo P.
    function squareOf(uint256[] memory s) internal pure returns (uint256 sum) {
        // `not(188)` is P.
        assembly ("memory-safe") {
            let cursor := add(s, 32)
            for {
                let end := add(cursor, shl(5, mload(s)))
            } lt(cursor, end) {
                cursor := add(cursor, 32)
            } {
                let si := mload(cursor)
                sum := addmod(sum, mulmod(si, si, not(188)), not(188))
            }
        }
    }

    /// @notice `sᵀ G s = Σ w (hᵀ s)²` modulo P.
    /// @dev A flow is below 2^39·2^160, an injection below 2^215: sums need no modulus. Indices of buses are checked, as the
    /// records may not be proved yet.
    function gridForm(
        GridRecord.Geometry memory g,
        address[] memory chunks,
        uint256[] memory s
    ) internal view returns (uint256 sum) {
        bytes memory records = VersionLayout.read(chunks, 0, VersionLayout.recordsLength(g));
        int256[] memory injections = new int256[](g.buses);
        uint256 bad = _edges(g, records, s, injections);
        if (bad != 0) revert VersionProof.VersionProofUnsound(bad, VersionProof.Flaw.Endpoint);
        sum = _rows(g, records, injections);
    }

    /// @notice Takes in the columns of one part.
    /// @param data Whole entries, of which the first begins a column.
    /// @param next Columns must come after `next - 1`.
    function columns(bytes memory data, uint256[] memory s, uint256 next) internal pure returns (Columns memory sum) {
        // `not(188)` is P.
        assembly ("memory-safe") {
            let first := add(s, 32)
            let buses := mload(s)
            let cursor := add(data, 32)
            let end := add(cursor, mload(data))
            // Of the present column: its number, its s, Lᵀs and Σ e s. |L_jᵀs| and |Σ e s| stay below 2^15·2^59·2^160.
            let column := sub(next, 1)
            let own := 0
            let ls := 0
            let es := 0
            let form := 0
            let squares := 0
            let row := column
            for {} lt(cursor, end) {
                cursor := add(cursor, 17)
            } {
                let entry := mload(cursor)
                let r := and(shr(240, entry), 0x7fff)
                if slt(entry, 0) {
                    // The column before is complete. A negative number x is 2^256 + x here, and P + x in the field.
                    ls := sub(ls, mul(189, slt(ls, 0)))
                    es := sub(es, mul(189, slt(es, 0)))
                    form := addmod(
                        form,
                        addmod(mulmod(ls, ls, not(188)), mulmod(own, es, not(188)), not(188)),
                        not(188)
                    )
                    ls := 0
                    es := 0
                    row := column
                    column := r
                }
                if iszero(and(gt(r, row), lt(r, buses))) {
                    break
                }
                row := r
                let si := mload(add(first, shl(5, r)))
                if slt(entry, 0) {
                    own := si
                }
                ls := add(ls, mul(sar(196, shl(16, entry)), si))
                let e := sar(196, shl(76, entry))
                es := add(es, mul(e, si))
                squares := add(squares, mul(e, e))
            }
            ls := sub(ls, mul(189, slt(ls, 0)))
            es := sub(es, mul(189, slt(es, 0)))
            form := addmod(form, addmod(mulmod(ls, ls, not(188)), mulmod(own, es, not(188)), not(188)), not(188))
            mstore(sum, form)
            mstore(add(sum, 0x20), squares)
            mstore(add(sum, 0x40), column)
            mstore(add(sum, 0x60), div(sub(cursor, add(data, 32)), 17))
        }
    }

    /// @dev Adds the flows of the chords to the injections of their buses; returns the first record whose ends are not
    /// buses, 0 if there is none (record 0 is a root).
    function _edges(
        GridRecord.Geometry memory g,
        bytes memory records,
        uint256[] memory s,
        int256[] memory injections
    ) private pure returns (uint256 bad) {
        uint256 buses = g.buses;
        uint256 lines = buses + g.chords;
        uint256 total = lines + g.probes;
        assembly ("memory-safe") {
            for {
                let i := buses
            } lt(i, total) {
                i := add(i, 1)
            } {
                let slot := add(add(records, 32), shl(5, i))
                let record := mload(slot)
                let from := and(shr(49, record), 0x7fff)
                let to := and(shr(64, record), 0x7fff)
                if iszero(and(lt(from, buses), lt(to, buses))) {
                    bad := i
                    break
                }
                from := add(32, shl(5, from))
                to := add(32, shl(5, to))
                let flow := mul(sar(216, record), sub(mload(add(s, from)), mload(add(s, to))))
                if lt(i, lines) {
                    from := add(injections, from)
                    mstore(from, add(mload(from), flow))
                    to := add(injections, to)
                    mstore(to, sub(mload(to), flow))
                }
                // The flow, in place of the record, above the weight of its row: |flow| < 2^200.
                mstore(slot, or(shl(32, flow), and(shr(17, record), 0xffffffff)))
            }
        }
    }

    /// @dev Σ w (hᵀ s)² over injections, and over the rows that `_edges` left.
    function _rows(
        GridRecord.Geometry memory g,
        bytes memory records,
        int256[] memory injections
    ) private pure returns (uint256 sum) {
        uint256 buses = g.buses;
        uint256 total = buses + g.chords + g.probes;
        // `not(188)` is P.
        assembly ("memory-safe") {
            for {
                let i := 0
            } lt(i, total) {
                i := add(i, 1)
            } {
                let record := mload(add(add(records, 32), shl(5, i)))
                let weight := and(record, 0xffffffff)
                let x := sar(32, record)
                if lt(i, buses) {
                    weight := and(shr(17, record), 0xffffffff)
                    x := mload(add(add(injections, 32), shl(5, i)))
                }
                x := sub(x, mul(189, slt(x, 0)))
                sum := addmod(sum, mulmod(weight, mulmod(x, x, not(188)), not(188)), not(188))
            }
        }
    }
}
