// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IGridRegistry} from "./IGridRegistry.sol";

/// @title The proof of a grid version that no tree of meters spans
///
/// @notice For a factored version (`GridRecord.Geometry.factored`) somebody claims that
///
///     2^scaleDigits · G = L Lᵀ + E + shift · I
///
/// in integers, G = HᵀWH being the gain matrix in the integers of the version, L and E being disclosed. L Lᵀ has no negative
/// eigenvalue, whatever L is, so that `λ_min(G) >= (shift - ‖E‖)/2^scaleDigits`: if that is positive, the grid is
/// observable, and the over-statement of a slot's J is at most ‖g‖²/λ_min. The equation is checked with random vectors
/// (`FactorCheck`), in parts:
///
/// 1. `open` commits to the hash of every part, draws the vector from that, and computes the side of the grid;
/// 2. `check` takes the parts, in order, each in a transaction of its own. After the last the two sides must agree.
///
/// Anyone may do it; claims do not disturb one another; whoever comes again goes on where it stopped.
interface IFactorProof {
    /// @notice What is claimed of a version, but for the parts themselves.
    struct Claim {
        /// Binary digits by which G is scaled up, at most 64.
        uint8 scaleDigits;
        /// The multiple of the unit matrix, scaled like G.
        uint192 shift;
        /// keccak256 of each part: entries of L and E, column by column (`FactorCheck`).
        bytes32[] partHashes;
    }

    /// @notice The grid's side of a claim is computed; parts can come.
    event FactorOpened(uint256 indexed version, bytes32 indexed claim, uint256 partCount);
    event FactorPartChecked(uint256 indexed version, bytes32 indexed claim, uint256 part);
    /// @notice The smallest eigenvalue of the gain matrix of `version` is at least `eigenBound`.
    event FactorProved(uint256 indexed version, bytes32 indexed claim, uint256 eigenBound);

    /// @notice `version` has a tree of meters: its observability is proved by that.
    error FactorProofNotFactored(uint256 version);
    /// @notice A quantity of the claim is out of bounds: more than 64 scale digits, no shift, no part or above 65,535 parts.
    error FactorProofBadClaim(string what, uint256 got);
    /// @notice Chunk `chunk` of the version is needed and not stored yet.
    error FactorProofChunkMissing(uint256 version, uint256 chunk);
    /// @notice The claim is open already; go on with its parts.
    error FactorProofAlreadyOpen(bytes32 claim);
    /// @notice Nobody opened this claim.
    error FactorProofNotOpen(bytes32 claim);
    /// @notice The parts of the claim go on at part `want`, not at `got`.
    error FactorProofPartOutOfOrder(uint256 got, uint256 want);
    /// @notice Part `part` hashes to `got`; the claim commits to `want`.
    error FactorProofPartMismatch(uint256 part, bytes32 got, bytes32 want);
    /// @notice Part `part`, of `length` bytes, has no whole entries, or does not begin with a column.
    error FactorProofPartLength(uint256 part, uint256 length);
    /// @notice Entry `entry` of part `part` names a row that does not come after the row (or column) before it, or that
    /// there is not.
    error FactorProofBadEntry(uint256 part, uint256 entry);
    /// @notice Only the registry makes this call.
    error FactorProofNotRegistry(address caller);
    /// @notice The parts do not add up to the gain matrix of the version.
    error FactorProofUnequal(uint256 version, bytes32 claim);
    /// @notice The parts add up, but E may be as large as `size`, which leaves nothing of the `shift`.
    error FactorProofNoMargin(uint256 shift, uint256 size);

    /// @notice Commits to a claim and computes the grid's side of it. Every chunk of the version must be stored.
    /// @return key What the claim is called.
    function open(uint24 version, Claim calldata claim) external returns (bytes32 key);

    /// @notice Checks the next part of an open claim; with the last, the claim is proved.
    function check(uint24 version, Claim calldata claim, uint256 part, bytes calldata data) external;

    /// @notice Takes over the bound that was proved for the version that the registry takes over. For the registry alone.
    function adopt(uint24 version, uint256 bound) external;

    /// @notice What a claim is called.
    function keyOf(uint24 version, Claim calldata claim) external pure returns (bytes32);

    /// @notice Whether a claim is open, and the part that it goes on at.
    function progressOf(bytes32 key) external view returns (bool opened, uint256 nextPart);

    /// @notice The largest proved lower bound on the smallest eigenvalue of the gain matrix of a version, in the integers of
    /// its records; 0 if there is none.
    function eigenBound(uint24 version) external view returns (uint256);

    /// @notice The registry whose versions are proved.
    function registry() external view returns (IGridRegistry);
}
