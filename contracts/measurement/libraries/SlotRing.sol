// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title A word for each operator and slot, in a ring of slots that is reused
///
/// @notice ```
/// 255        232 231          231 230                                0
/// | turn uint24 | supplemented    | low 231 bits of the values' hash  |
/// ```
/// The turn is `slot / SLOTS + 1`, so that a word of an earlier turn is told from one of this slot and nothing is ever
/// cleared: reuse writes over a non-zero word. 231 bits leave 115 against two batches of one hash, which would only let an
/// operator bring either of two batches of its own.
library SlotRing {
    /// @notice Slots in the ring.
    uint256 internal constant SLOTS = 256;
    /// @notice Seats of the consortium.
    uint256 internal constant SEATS = 88;

    uint256 private constant _SUPPLEMENTED = 1 << 231;
    uint256 private constant _HASH = _SUPPLEMENTED - 1;

    struct Ring {
        uint256[22_528] words;
    }

    /// @notice The word of a seat for a slot; zero if it did not upload for this slot.
    function get(Ring storage ring, uint256 slot, uint256 seat) internal view returns (uint256 word) {
        word = ring.words[_position(slot, seat)];
        if (word >> 232 != _turn(slot)) word = 0;
    }

    /// @notice Keeps the hash of a batch.
    function setBatch(Ring storage ring, uint256 slot, uint256 seat, bytes32 batchHash) internal {
        ring.words[_position(slot, seat)] = batchWord(slot, batchHash);
    }

    /// @notice Keeps the hash of a supplement beside that of the batch, whose word is given.
    function setSupplement(Ring storage ring, uint256 slot, uint256 seat, uint256 word, bytes32 hash) internal {
        ring.words[_position(slot, seat)] = supplementedWord(word, hash);
    }

    /// @notice The word of a batch.
    function batchWord(uint256 slot, bytes32 batchHash) internal pure returns (uint256) {
        return (_turn(slot) << 232) | (uint256(batchHash) & _HASH);
    }

    /// @notice The word of a batch whose word is given, with a supplement.
    function supplementedWord(uint256 word, bytes32 hash) internal pure returns (uint256) {
        uint256 both = uint256(keccak256(abi.encode(word, hash))) & _HASH;
        return ((word >> 232) << 232) | _SUPPLEMENTED | both;
    }

    /// @notice Whether a supplement came.
    function isSupplemented(uint256 word) internal pure returns (bool) {
        return word & _SUPPLEMENTED != 0;
    }

    function _turn(uint256 slot) private pure returns (uint256) {
        // A quotient by 256 is below 2^248.
        unchecked {
            return (slot / SLOTS + 1) & 0xffffff;
        }
    }

    function _position(uint256 slot, uint256 seat) private pure returns (uint256) {
        // Below 256·88 + 88.
        unchecked {
            return (slot % SLOTS) * SEATS + seat;
        }
    }
}
