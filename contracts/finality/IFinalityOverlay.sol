// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../consortium/IConsortium.sol";

/**
 * @title What the validators' workers sign, above a consensus that is not final
 *
 * @notice Under Clique a block can always be undone: one signer that equivocates, together with a partition, keeps two
 * chains alive. So each seat's worker signs blocks that lie deep, EIP-712 typed data under the domain `GridProof Finality`,
 * version `1`, this chain and this contract:
 *
 *     Attestation(uint64 epoch,uint64 height,bytes32 blockHash)
 *
 * A worker signs at most one block of a height in an epoch, heights in growing order, and each block a descendant of
 * those that it signed before in that epoch. A block with the signatures of a quorum (`Quorum.sol`) is final, and so are its ancestors:
 * two blocks that exclude each other cannot both be, unless more than a third of the seats break the rule. Breaking it
 * leaves evidence that this contract judges:
 *
 * * `proveEquivocation`: two blocks of one height and epoch;
 * * `proveFork`: two blocks of one epoch, the higher no descendant of the lower. The headers between them show it.
 *
 * A worker that keeps the rule cannot be convicted by either. What a fault costs is for the members to vote on:
 * `checkFault` as the first call of a proposal makes a recorded fault its ground, and `Consortium.expelByVote` as the second
 * costs the seat.
 *
 * If a partition split the signatures so that no block can come to a quorum, the members begin another epoch by vote, and name
 * the block that all go on from.
 *
 * Signer keys belong to seats. One that is registered holds from a height that is not reached: what a key signed is
 * never judged by one that came after it, and old keys stay for the heights in which they held.
 */
interface IFinalityOverlay {
    /// @notice What a worker signs.
    struct Attestation {
        uint64 epoch;
        uint64 height;
        bytes32 blockHash;
    }

    /// @notice Two attestations of one seat that exclude each other.
    struct Fault {
        uint8 seat;
        uint64 epoch;
        /// The lower one; the same as the other's where the seat equivocated.
        uint64 height;
        uint64 otherHeight;
        bytes32 blockHash;
        bytes32 otherHash;
    }

    /// @notice A key, and from which height on it signs for a seat.
    struct SignerRecord {
        uint256 seat;
        uint256 fromHeight;
        address signer;
    }

    /// @notice What a worker needs to know before it signs.
    struct Standing {
        uint256 activeSeats;
        uint256 quorum;
        /// How often a key was registered.
        uint256 signerChanges;
        /// The block that the epoch began from, as the members voted; 0 and zero in epoch 0.
        bytes32 baseHash;
        /// The highest block that is recorded as final; 0 and zero while there is none.
        bytes32 finalHash;
        uint64 epoch;
        uint64 baseHeight;
        uint64 finalHeight;
    }

    /// @notice `signer` signs for `seat` from `fromHeight` on.
    event SignerSet(uint256 indexed seat, address indexed signer, uint256 fromHeight);
    /// @notice `seat` signed two blocks of one height. The fault is on record under `id`.
    event EquivocationProved(
        uint256 indexed id,
        uint256 indexed seat,
        uint64 epoch,
        uint64 height,
        bytes32 firstHash,
        bytes32 secondHash
    );
    /// @notice `seat` signed a block, and then one that does not descend from it. The fault is on record under `id`.
    event ForkProved(
        uint256 indexed id,
        uint256 indexed seat,
        uint64 epoch,
        uint64 height,
        bytes32 blockHash,
        uint64 laterHeight,
        bytes32 laterHash
    );
    /// @notice A block is final, signed by these seats (a bit map).
    event BlockFinal(uint64 indexed height, bytes32 blockHash, uint64 epoch, uint256 seats);
    /// @notice The members began `epoch`, from this block on.
    event EpochAdvanced(uint64 indexed epoch, uint64 height, bytes32 blockHash);

    /// @notice The zero address signs nothing.
    error FinalityOverlayZeroSigner();
    /// @notice A key can sign from height `least` on, not from `fromHeight`: from one that is not reached, and once the key
    /// that signs now has 40 heights.
    error FinalityOverlayBadStart(uint256 fromHeight, uint256 least);
    /// @notice `signer` is or was that of `seat`; a key counts for one seat, ever.
    error FinalityOverlaySignerTaken(address signer, uint256 seat);
    /// @notice The proof of possession was not made with the key of `want`; `got` is whose it is, zero if it is none
    /// (of another length, or malleable).
    error FinalityOverlayNotPossessed(address got, address want);
    /// @notice `seat` had no key at `height`.
    error FinalityOverlayNoSigner(uint256 seat, uint256 height);
    /// @notice The signature that is said to be of `seat` is not that of its key `want` over this attestation, on this chain
    /// and for this contract; `got` is whose it is, zero if it is none (of another length, or malleable).
    error FinalityOverlayBadSignature(uint256 seat, address got, address want);
    /// @notice Attestations of different epochs are no contradiction.
    error FinalityOverlayEpochsDiffer(uint256 first, uint256 second);
    /// @notice An equivocation is two blocks of one height.
    error FinalityOverlayHeightsDiffer(uint256 first, uint256 second);
    /// @notice Two signatures of one block are no contradiction.
    error FinalityOverlaySameBlock(bytes32 blockHash);
    /// @notice A fork is shown between a lower block and a higher one.
    error FinalityOverlayNotHigher(uint256 height, uint256 laterHeight);
    /// @notice From `laterHeight` down to `height` it is `want` headers, not `got`.
    error FinalityOverlayHeaderCount(uint256 got, uint256 want);
    /// @notice The higher block descends from the lower one.
    error FinalityOverlayDescends(bytes32 blockHash, bytes32 laterHash);
    /// @notice The fault of `seat` at this epoch and height is on record already, under `id`.
    error FinalityOverlayOnRecord(uint256 id);
    /// @notice There are the faults 1 to `count`.
    error FinalityOverlayNoFault(uint256 id, uint256 count);
    /// @notice Fault `id` is that of `seat`, `account` has another one.
    error FinalityOverlayFaultOfOther(uint256 id, uint256 seat, address account);
    /// @notice The attestation is of epoch `got`; it is epoch `want`.
    error FinalityOverlayWrongEpoch(uint256 got, uint256 want);
    /// @notice Of `seats` (a bit map) some are not active: `active` are.
    error FinalityOverlayInactiveSeats(uint256 seats, uint256 active);
    /// @notice `got` seats signed, and `want` make a block final.
    error FinalityOverlayNoQuorum(uint256 got, uint256 want);
    /// @notice Signatures are 65 bytes for each seat, in the order of the seats: `want` bytes, not `got`.
    error FinalityOverlayLength(uint256 got, uint256 want);
    /// @notice Block `height` is not there yet; this is block `number`.
    error FinalityOverlayFutureBlock(uint256 height, uint256 number);
    /// @notice Block `height` of this chain is `want`, not `got`.
    error FinalityOverlayForeignBlock(uint256 height, bytes32 got, bytes32 want);
    /// @notice Block `height` is on record as final already.
    error FinalityOverlayAlreadyFinal(uint256 height);
    /// @notice Block `height` with hash `recorded` is final; one with hash `got` has signatures too. More seats than a third
    /// broke the rule: prove it.
    error FinalityOverlayConflict(uint256 height, bytes32 got, bytes32 recorded);
    /// @notice An epoch begins by a vote, and not otherwise.
    error FinalityOverlayNotByVote(address caller);
    /// @notice Block `finalHeight` is final: an epoch begins from it or a later one, not from `height`.
    error FinalityOverlayBaseTooLow(uint256 height, uint256 finalHeight);

    /**
     * @notice As a member, has a key sign for the caller's seat from a height on. Registering another one replaces it from its
     * height on; one that still waits for its height is dropped.
     * @param signer Address of a secp256k1 key that no other seat has or had.
     * @param fromHeight Above the present block, and 40 or more after that of the key that signs now.
     * @param possession Signature of that key over `possessionHash`: who has no key cannot register it.
     * @custom:error ConsortiumNotMember, FinalityOverlayZeroSigner, FinalityOverlayBadStart, FinalityOverlaySignerTaken,
     * FinalityOverlayNotPossessed
     */
    function register(address signer, uint64 fromHeight, bytes calldata possession) external;

    /**
     * @notice Puts on record that `seat` signed two blocks of one height and epoch. Anyone may, at any time, in either order.
     * @return id Number of the fault, from 1.
     * @custom:error FinalityOverlayEpochsDiffer, FinalityOverlayHeightsDiffer, FinalityOverlaySameBlock,
     * FinalityOverlayOnRecord, FinalityOverlayNoSigner, FinalityOverlayBadSignature
     */
    function proveEquivocation(
        uint256 seat,
        Attestation calldata first,
        bytes calldata firstSignature,
        Attestation calldata second,
        bytes calldata secondSignature
    ) external returns (uint256 id);

    /**
     * @notice Puts on record that `seat` signed two blocks of one epoch, the later no descendant of the lower. Anyone may.
     * @param headers RLP of the headers from the later block (its own first) down to the one above the lower height.
     * @return id Number of the fault, from 1.
     * @custom:error FinalityOverlayEpochsDiffer, FinalityOverlayNotHigher, FinalityOverlayHeaderCount, HeadersMismatch,
     * HeadersNotHeader, FinalityOverlayDescends, FinalityOverlayOnRecord, FinalityOverlayNoSigner, FinalityOverlayBadSignature
     */
    function proveFork(
        uint256 seat,
        Attestation calldata lower,
        bytes calldata lowerSignature,
        Attestation calldata later,
        bytes calldata laterSignature,
        bytes[] calldata headers
    ) external returns (uint256 id);

    /**
     * @notice Records that a block is final, so that contracts can rely on it. Anyone may, at any height, once.
     * @param attestation Of the present epoch.
     * @param seats Who signed it, as a bit map of active seats: none counts twice.
     * @param signatures 65 bytes for each of them, the lowest seat's first.
     * @custom:error FinalityOverlayWrongEpoch, FinalityOverlayFutureBlock, FinalityOverlayForeignBlock,
     * FinalityOverlayConflict, FinalityOverlayAlreadyFinal, FinalityOverlayInactiveSeats, FinalityOverlayNoQuorum,
     * FinalityOverlayLength, FinalityOverlayNoSigner, FinalityOverlayBadSignature
     */
    function recordFinal(Attestation calldata attestation, uint256 seats, bytes calldata signatures) external;

    /**
     * @notice By vote, begins the epoch after `from`: attestations of earlier ones make no block final any more, and workers sign
     * descendants of this block alone.
     * @param from The present epoch, so that two votes do not advance it twice.
     * @custom:error FinalityOverlayNotByVote, FinalityOverlayWrongEpoch, FinalityOverlayFutureBlock,
     * FinalityOverlayForeignBlock, FinalityOverlayBaseTooLow, FinalityOverlayConflict
     */
    function advanceEpoch(uint64 from, uint64 height, bytes32 blockHash) external;

    /// @notice Passes if fault `id` is on record against the seat of `account`: the first call of a proposal to expel it.
    /// @custom:error FinalityOverlayNoFault, ConsortiumNotMember, FinalityOverlayFaultOfOther
    function checkFault(uint256 id, address account) external view;

    /// @notice Whose seats sign.
    function consortium() external view returns (IConsortium);

    /// @notice What a worker needs to know, in one call.
    function standing() external view returns (Standing memory);

    /// @notice The present epoch.
    function epoch() external view returns (uint64);

    /// @notice The hash of a block that is recorded as final; zero if none of this height is.
    function finalHash(uint256 height) external view returns (bytes32);

    /// @notice The highest block that is recorded as final; zeros while there is none.
    function latestFinal() external view returns (uint64 height, bytes32 blockHash);

    /// @notice The key that signs for `seat` at `height`; zero if none does.
    function signerAt(uint256 seat, uint256 height) external view returns (address);

    /// @notice The keys of all seats, by seat, then by height: of each the newest 16, so that no member can make the list too
    /// long to be read. `signerAt` knows the others.
    function signers() external view returns (SignerRecord[] memory);

    /// @notice How many faults are on record; they are numbered from 1.
    function faultCount() external view returns (uint256);

    /// @notice A fault.
    /// @custom:error FinalityOverlayNoFault
    function fault(uint256 id) external view returns (Fault memory);

    /// @notice What a worker signs: the EIP-712 hash of an attestation.
    function attestationHash(Attestation calldata attestation) external view returns (bytes32);

    /// @notice What a key signs to prove that the member has it: the EIP-712 hash of
    /// `Possession(uint256 seat,address signer,uint64 fromHeight)`.
    function possessionHash(uint256 seat, address signer, uint64 fromHeight) external view returns (bytes32);
}
