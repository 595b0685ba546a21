// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IConsortium} from "../consortium/IConsortium.sol";
import {Seats} from "../consortium/libraries/Seats.sol";
import {IFinalityOverlay} from "./IFinalityOverlay.sol";
import {Headers} from "./libraries/Headers.sol";
import {Quorum} from "./libraries/Quorum.sol";

/// @title What the validators' workers sign, above a consensus that is not final
/// @dev Beside the consortium whose seats sign, which does not know of it. Nothing here calls a contract that could call back.
contract FinalityOverlay is IFinalityOverlay, EIP712 {
    using Checkpoints for Checkpoints.Trace160;

    bytes32 private constant _ATTESTATION = keccak256("Attestation(uint64 epoch,uint64 height,bytes32 blockHash)");
    bytes32 private constant _POSSESSION = keccak256("Possession(uint256 seat,address signer,uint64 fromHeight)");
    uint256 private constant _SIGNATURE_BYTES = 65;
    /// @dev Keys of a seat in `signers`, and the least heights of each: 15 of them span the 512 that workers look at.
    uint256 private constant _MOST_LISTED = 16;
    uint256 private constant _LEAST_HEIGHTS = 40;

    /// @inheritdoc IFinalityOverlay
    IConsortium public immutable consortium;

    /// @inheritdoc IFinalityOverlay
    uint64 public epoch;
    uint64 private _baseHeight;
    uint64 private _finalHeight;
    uint64 private _signerChanges;
    bytes32 private _baseHash;

    /// @inheritdoc IFinalityOverlay
    mapping(uint256 height => bytes32) public finalHash;
    /// @dev Keys by the height from which they sign.
    mapping(uint256 seat => Checkpoints.Trace160) private _signers;
    /// @dev One more than the seat that registered it.
    mapping(address signer => uint256) private _seatPlusOne;
    Fault[] private _faults;
    /// @dev The number of the fault of a seat at an epoch and height.
    mapping(uint256 seat => mapping(uint256 epoch => mapping(uint256 height => uint256))) private _faultId;

    constructor(IConsortium consortium_) EIP712("GridProof Finality", "1") {
        consortium = consortium_;
    }

    /// @inheritdoc IFinalityOverlay
    function register(address signer, uint64 fromHeight, bytes calldata possession) external {
        // Check: a member; a height to come, some after that of the key that signs now; a key of no other seat, which
        // the caller has.
        uint256 seat = consortium.seatOf(msg.sender);
        if (signer == address(0)) revert FinalityOverlayZeroSigner();
        Checkpoints.Trace160 storage trace = _signers[seat];
        uint256 reached = trace.length();
        bool oneWaits = reached != 0 && trace.at(uint32(reached - 1))._key > block.number;
        if (oneWaits) --reached;
        uint256 least = block.number + 1;
        if (reached != 0) least = Math.max(least, trace.at(uint32(reached - 1))._key + _LEAST_HEIGHTS);
        if (fromHeight < least) revert FinalityOverlayBadStart(fromHeight, least);
        uint256 holder = _seatPlusOne[signer];
        if (holder != 0 && holder != seat + 1) revert FinalityOverlaySignerTaken(signer, holder - 1);
        address got = _recover(possessionHash(seat, signer, fromHeight), possession);
        if (got != signer) revert FinalityOverlayNotPossessed(got, signer);

        // Effect: one that still waits for its height makes place.
        if (oneWaits) trace._checkpoints.pop();
        trace.push(fromHeight, uint160(signer));
        _seatPlusOne[signer] = seat + 1;
        ++_signerChanges;
        emit SignerSet(seat, signer, fromHeight);
    }

    /// @inheritdoc IFinalityOverlay
    function proveEquivocation(
        uint256 seat,
        Attestation calldata first,
        bytes calldata firstSignature,
        Attestation calldata second,
        bytes calldata secondSignature
    ) external returns (uint256 id) {
        // Check: two blocks, one epoch and height, both signed by the key that held there.
        if (first.epoch != second.epoch) revert FinalityOverlayEpochsDiffer(first.epoch, second.epoch);
        if (first.height != second.height) revert FinalityOverlayHeightsDiffer(first.height, second.height);
        if (first.blockHash == second.blockHash) revert FinalityOverlaySameBlock(first.blockHash);
        _checkNotOnRecord(seat, second);
        _checkSigned(seat, first, firstSignature);
        _checkSigned(seat, second, secondSignature);

        // Effect.
        id = _record(seat, first, second);
        emit EquivocationProved(id, seat, first.epoch, first.height, first.blockHash, second.blockHash);
    }

    /// @inheritdoc IFinalityOverlay
    function proveFork(
        uint256 seat,
        Attestation calldata lower,
        bytes calldata lowerSignature,
        Attestation calldata later,
        bytes calldata laterSignature,
        bytes[] calldata headers
    ) external returns (uint256 id) {
        // Check: one epoch; the later block's ancestor at the lower height is another one; both signed.
        if (lower.epoch != later.epoch) revert FinalityOverlayEpochsDiffer(lower.epoch, later.epoch);
        if (later.height <= lower.height) revert FinalityOverlayNotHigher(lower.height, later.height);
        uint256 generations = later.height - lower.height;
        if (headers.length != generations) revert FinalityOverlayHeaderCount(headers.length, generations);
        if (Headers.ancestor(later.blockHash, headers) == lower.blockHash) {
            revert FinalityOverlayDescends(lower.blockHash, later.blockHash);
        }
        _checkNotOnRecord(seat, later);
        _checkSigned(seat, lower, lowerSignature);
        _checkSigned(seat, later, laterSignature);

        // Effect.
        id = _record(seat, lower, later);
        emit ForkProved(id, seat, lower.epoch, lower.height, lower.blockHash, later.height, later.blockHash);
    }

    /// @inheritdoc IFinalityOverlay
    function recordFinal(Attestation calldata attestation, uint256 seats, bytes calldata signatures) external {
        // Check: this epoch; a block of this chain that is not on record.
        if (attestation.epoch != epoch) revert FinalityOverlayWrongEpoch(attestation.epoch, epoch);
        uint256 height = attestation.height;
        bytes32 hash = attestation.blockHash;
        _checkOfThisChain(height, hash);
        if (finalHash[height] != 0) revert FinalityOverlayAlreadyFinal(height);

        // Check: a quorum of the active seats, each with its own signature. A bit map has no seat twice.
        uint256 active = consortium.activeSeats();
        if (seats & ~active != 0) revert FinalityOverlayInactiveSeats(seats, active);
        uint256 count = Seats.count(seats);
        uint256 quorum = Quorum.among(Seats.count(active));
        if (count < quorum) revert FinalityOverlayNoQuorum(count, quorum);
        if (signatures.length != count * _SIGNATURE_BYTES) {
            revert FinalityOverlayLength(signatures.length, count * _SIGNATURE_BYTES);
        }
        uint256 from = 0;
        for (uint256 seat = 0; seats >> seat != 0; ++seat) {
            if (!Seats.contains(seats, seat)) continue;
            _checkSigned(seat, attestation, signatures[from:from + _SIGNATURE_BYTES]);
            from += _SIGNATURE_BYTES;
        }

        // Effect.
        finalHash[height] = hash;
        if (height > _finalHeight) _finalHeight = uint64(height);
        emit BlockFinal(uint64(height), hash, attestation.epoch, seats);
    }

    /// @inheritdoc IFinalityOverlay
    function advanceEpoch(uint64 from, uint64 height, bytes32 blockHash) external {
        // Check: voted for, once; a block of this chain that undoes nothing final.
        if (msg.sender != consortium.governance()) revert FinalityOverlayNotByVote(msg.sender);
        if (from != epoch) revert FinalityOverlayWrongEpoch(from, epoch);
        if (height < _finalHeight) revert FinalityOverlayBaseTooLow(height, _finalHeight);
        _checkOfThisChain(height, blockHash);

        // Effect.
        epoch = from + 1;
        _baseHeight = height;
        _baseHash = blockHash;
        emit EpochAdvanced(from + 1, height, blockHash);
    }

    /// @inheritdoc IFinalityOverlay
    function checkFault(uint256 id, address account) external view {
        uint256 seat = fault(id).seat;
        if (consortium.seatOf(account) != seat) revert FinalityOverlayFaultOfOther(id, seat, account);
    }

    /// @inheritdoc IFinalityOverlay
    function standing() external view returns (Standing memory) {
        uint256 active = consortium.activeSeats();
        return
            Standing({
                epoch: epoch,
                baseHeight: _baseHeight,
                baseHash: _baseHash,
                finalHeight: _finalHeight,
                finalHash: finalHash[_finalHeight],
                activeSeats: active,
                quorum: Quorum.among(Seats.count(active)),
                signerChanges: _signerChanges
            });
    }

    /// @inheritdoc IFinalityOverlay
    function latestFinal() external view returns (uint64 height, bytes32 blockHash) {
        return (_finalHeight, finalHash[_finalHeight]);
    }

    /// @inheritdoc IFinalityOverlay
    function signers() external view returns (SignerRecord[] memory list) {
        uint256 seats = consortium.seatCount();
        uint256 count = 0;
        for (uint256 seat = 0; seat < seats; ++seat) count += Math.min(_signers[seat].length(), _MOST_LISTED);
        list = new SignerRecord[](count);
        uint256 next = 0;
        for (uint256 seat = 0; seat < seats; ++seat) {
            Checkpoints.Trace160 storage trace = _signers[seat];
            uint256 length = trace.length();
            for (uint256 i = length - Math.min(length, _MOST_LISTED); i < length; ++i) {
                Checkpoints.Checkpoint160 memory set = trace.at(uint32(i));
                list[next++] = SignerRecord(seat, set._key, address(set._value));
            }
        }
    }

    /// @inheritdoc IFinalityOverlay
    function faultCount() external view returns (uint256) {
        return _faults.length;
    }

    /// @inheritdoc IFinalityOverlay
    function fault(uint256 id) public view returns (Fault memory) {
        if (id == 0 || id > _faults.length) revert FinalityOverlayNoFault(id, _faults.length);
        return _faults[id - 1];
    }

    /// @inheritdoc IFinalityOverlay
    function signerAt(uint256 seat, uint256 height) public view returns (address) {
        if (height > type(uint64).max) return address(0);
        return address(_signers[seat].upperLookupRecent(uint96(height)));
    }

    /// @inheritdoc IFinalityOverlay
    function attestationHash(Attestation calldata attestation) public view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(abi.encode(_ATTESTATION, attestation.epoch, attestation.height, attestation.blockHash))
            );
    }

    /// @inheritdoc IFinalityOverlay
    function possessionHash(uint256 seat, address signer, uint64 fromHeight) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(_POSSESSION, seat, signer, fromHeight)));
    }

    /// @dev Cast: a seat with a key is below 88.
    function _record(
        uint256 seat,
        Attestation calldata first,
        Attestation calldata second
    ) private returns (uint256 id) {
        _faults.push(Fault(uint8(seat), first.epoch, first.height, second.height, first.blockHash, second.blockHash));
        id = _faults.length;
        _faultId[seat][second.epoch][second.height] = id;
    }

    function _checkNotOnRecord(uint256 seat, Attestation calldata later) private view {
        uint256 id = _faultId[seat][later.epoch][later.height];
        if (id != 0) revert FinalityOverlayOnRecord(id);
    }

    /// @dev The key that held at the height signed the attestation.
    function _checkSigned(uint256 seat, Attestation calldata attestation, bytes calldata signature) private view {
        address want = signerAt(seat, attestation.height);
        if (want == address(0)) revert FinalityOverlayNoSigner(seat, attestation.height);
        address got = _recover(attestationHash(attestation), signature);
        if (got != want) revert FinalityOverlayBadSignature(seat, got, want);
    }

    /// @dev A block that is there, as far as this chain can say of it, and that does not contradict what is final.
    function _checkOfThisChain(uint256 height, bytes32 hash) private view {
        if (height >= block.number) revert FinalityOverlayFutureBlock(height, block.number);
        // Known of the last 256 blocks, zero of others.
        bytes32 own = blockhash(height);
        if (own != 0 && own != hash) revert FinalityOverlayForeignBlock(height, hash, own);
        bytes32 recorded = finalHash[height];
        if (recorded != 0 && recorded != hash) revert FinalityOverlayConflict(height, hash, recorded);
    }

    /// @dev Whose signature it is; zero if it is none. Other lengths than 65 and the upper half of s are refused, so that
    /// no signature has a second form.
    function _recover(bytes32 hash, bytes calldata signature) private pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecover(hash, signature);
    }
}
