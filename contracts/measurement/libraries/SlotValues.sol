// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Packed values of a slot
/// @notice A value is a signed 24-bit integer, big-endian; -2^23 marks a missing one, and is out of every range. See
/// `ISlotLedger` for batches and supplements, `GridRecord` for ranges: a value x is in range if no bit of
/// `(x ^ 2x) & range` is set, that is, if every bit above the range equals the one below it, the sign in the end.
library SlotValues {
    uint256 internal constant VALUE_BYTES = 3;
    uint256 internal constant ENTRY_BYTES = 5;

    /// @notice A value that is missing.
    int256 internal constant MISSING_VALUE = -(2 ** 23);
    /// @dev The same as 24 bits.
    uint256 private constant _MISSING = 0x800000;

    /// @notice Position in the batch of entry `index` of a supplement.
    function positionAt(bytes calldata entries, uint256 index) internal pure returns (uint256 position) {
        assembly ("memory-safe") {
            position := shr(240, calldataload(add(entries.offset, mul(5, index))))
        }
    }

    /// @notice Value `index` of packed ones; the caller keeps it inside.
    function valueAt(bytes memory values, uint256 index) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := sar(232, mload(add(add(values, 32), mul(3, index))))
        }
    }

    /// @notice Copies `length` bytes of `source` from `from` on to byte `to` of `target`; returns their hash.
    /// @dev The caller keeps both ranges inside.
    function copy(
        bytes memory target,
        uint256 to,
        bytes calldata source,
        uint256 from,
        uint256 length
    ) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let start := add(add(target, 32), to)
            calldatacopy(start, add(source.offset, from), length)
            hash := keccak256(start, length)
        }
    }

    /// @notice Fills missing values of the batch at bytes `start .. start + length - 1` of `values` from a supplement. A
    /// value that the batch has stays: the first counts. Entries beyond the batch are passed over; an uploaded
    /// supplement has none.
    function fill(bytes memory values, uint256 start, bytes calldata entries, uint256 length) internal pure {
        uint256 count = entries.length / ENTRY_BYTES;
        for (uint256 i = 0; i < count; ++i) {
            uint256 offset = VALUE_BYTES * positionAt(entries, i);
            if (offset >= length) continue;
            offset += start;
            assembly ("memory-safe") {
                let target := add(add(values, 32), offset)
                if eq(shr(232, mload(target)), _MISSING) {
                    let value := shr(216, calldataload(add(entries.offset, mul(5, i))))
                    mstore8(target, shr(16, value))
                    mstore8(add(target, 1), shr(8, value))
                    mstore8(add(target, 2), value)
                }
            }
        }
    }

    /// @notice Whether any of the first `count` values is out of its range.
    /// @dev Ten values at a time, four times a turn while there are as many: the lowest bit of a range is never set, so that
    /// values do not disturb each other. Of the last, what lies beyond the values is masked.
    function anyOutOfRange(
        bytes memory values,
        bytes memory ranges,
        uint256 count
    ) internal pure returns (bool outside) {
        assembly ("memory-safe") {
            let value := add(values, 32)
            let range := add(ranges, 32)
            let found := 0
            for {
                let end := add(value, mul(120, div(count, 40)))
            } lt(value, end) {
                value := add(value, 120)
                range := add(range, 120)
            } {
                let x := mload(value)
                found := or(found, and(xor(x, shl(1, x)), mload(range)))
                x := mload(add(value, 30))
                let bits := and(xor(x, shl(1, x)), mload(add(range, 30)))
                x := mload(add(value, 60))
                bits := or(bits, and(xor(x, shl(1, x)), mload(add(range, 60))))
                x := mload(add(value, 90))
                bits := or(bits, and(xor(x, shl(1, x)), mload(add(range, 90))))
                found := or(found, bits)
            }
            found := and(found, not(0xffff))
            for {
                let rest := mul(24, mod(count, 40))
            } rest {} {
                // The bits of the next ten values, or of those that are left.
                let width := rest
                if gt(width, 240) {
                    width := 240
                }
                let x := mload(value)
                found := or(found, and(and(xor(x, shl(1, x)), mload(range)), not(shr(width, not(0)))))
                value := add(value, 30)
                range := add(range, 30)
                rest := sub(rest, width)
            }
            outside := iszero(iszero(found))
        }
    }

    /// @notice Writes -2^23 over those of the `count` values from meter `first` on that are out of their range, or over `all`
    /// of them; returns how many.
    function markMissing(
        bytes memory values,
        bytes memory ranges,
        uint256 first,
        uint256 count,
        bool all
    ) internal pure returns (uint256 missing) {
        assembly ("memory-safe") {
            let value := add(add(values, 32), mul(3, first))
            let range := add(add(ranges, 32), mul(3, first))
            for {
                let end := add(value, mul(3, count))
            } lt(value, end) {} {
                let x := shr(232, mload(value))
                if or(all, and(xor(x, shl(1, x)), shr(232, mload(range)))) {
                    missing := add(missing, 1)
                    mstore8(value, 0x80)
                    mstore8(add(value, 1), 0)
                    mstore8(add(value, 2), 0)
                }
                value := add(value, 3)
                range := add(range, 3)
            }
        }
    }
}
