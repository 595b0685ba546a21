// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The packed form of a grid version
///
/// @notice A version is three sequences of records, kept as contract code in chunks.
///
/// **Tree records**, a word for each bus. The `roots` reference buses come first, then every other bus after its parent:
/// a spanning tree (a forest with one tree an island) whose edges all carry a meter that sees the edge alone.
///
/// ```
/// 255      216 215  213 212 211       210    191 190   171 170    156 155    104 103     52 51        0
/// | b int40   | zero   |pmu|childFrom| line     | bus     | parent   | parentEnd | childEnd | injection |
/// ```
///
/// **Chord records**, a word for each line that is not in the tree, and for each PMU that is not (its edge goes to a root).
///
/// ```
/// 255      216 215    176 175   161 160  146 145        126 125  105 104 103   52 51     0
/// | b int40   | φ int40  | from    | to     | line or bus  | zero   |pmu| toEnd   | fromEnd |
/// ```
///
/// A **row slot** (52 bits) describes one row of H: `weight uint32 | rangeBits uint5 | meter uint15`. Zero means that
/// there is no such row. `meter == meters` marks a virtual row (zero injection), whose value is always 0.
///
/// **Directory entries**, 8 bytes for each meter in the order of the batches (by seat, then as the proposer likes):
/// `zero 5 bits | kind uint2 | place uint20 | rangeBits uint5 | weight uint32`, big-endian; place is a bus number for an
/// injection or PMU and a line number for a flow.
///
/// b is in power units per radian times 2^(40 - angleDigits), angles in radians times 2^angleDigits, so that every
/// flow is in power units times 2^40. A PMU is an edge to its root with b = 2^20 counts per radian.
library GridRecord {
    uint256 internal constant METER_MASK = 0x7fff;
    uint256 internal constant RANGE_MASK = 0x1f;
    uint256 internal constant WEIGHT_MASK = 0xffffffff;
    uint256 internal constant NUMBER_MASK = 0xfffff;
    uint256 internal constant SLOT_MASK = (1 << 52) - 1;

    uint256 internal constant TREE_PARENT_SHIFT = 156;
    uint256 internal constant TREE_BUS_SHIFT = 171;
    uint256 internal constant TREE_LINE_SHIFT = 191;
    uint256 internal constant TREE_CHILD_IS_FROM = 1 << 211;
    uint256 internal constant TREE_PMU = 1 << 212;
    uint256 internal constant TREE_PADDING = 7 << 213;

    uint256 internal constant CHORD_PMU = 1 << 104;
    uint256 internal constant CHORD_PADDING = ((1 << 21) - 1) << 105;
    uint256 internal constant CHORD_PLACE_SHIFT = 126;
    uint256 internal constant CHORD_TO_SHIFT = 146;
    uint256 internal constant CHORD_FROM_SHIFT = 161;

    /// @notice Largest range of a meter, as a power of two. One less than the 23 bits of a value, so that the mark of a
    /// missing value, -2^23, is out of every range.
    uint256 internal constant MAX_RANGE_BITS = 22;

    uint256 internal constant KIND_INJECTION = 0;
    uint256 internal constant KIND_FLOW_FROM = 1;
    uint256 internal constant KIND_FLOW_TO = 2;
    uint256 internal constant KIND_PMU = 3;

    /// @notice Bytes of a tree or chord record, and of a directory entry.
    uint256 internal constant RECORD_BYTES = 32;
    uint256 internal constant ENTRY_BYTES = 8;

    /// @notice Sizes of a version.
    struct Geometry {
        /// Reference buses, first among the tree records.
        uint16 roots;
        /// Tree records.
        uint16 buses;
        uint16 chords;
        /// Directory entries.
        uint16 meters;
        /// Rows without a meter: zero injections.
        uint16 virtualRows;
        /// Weights are 1/σ² (σ in power units) times 2^weightDigits.
        uint8 weightDigits;
        /// Binary digits of an angle.
        uint8 angleDigits;
        /// kW in one power unit.
        uint32 powerUnitKw;
    }

    function susceptance(uint256 record) internal pure returns (int256) {
        return int256(record) >> 216;
    }

    function meterOf(uint256 slot) internal pure returns (uint256) {
        return slot & METER_MASK;
    }

    function rangeOf(uint256 slot) internal pure returns (uint256) {
        return (slot >> 15) & RANGE_MASK;
    }

    function weightOf(uint256 slot) internal pure returns (uint256) {
        return (slot >> 20) & WEIGHT_MASK;
    }

    /// @notice The directory entry that a row slot of a real meter must have.
    function entryOf(uint256 slot, uint256 kind, uint256 place) internal pure returns (uint256) {
        return (kind << 57) | (place << 37) | (rangeOf(slot) << 32) | weightOf(slot);
    }
}
