// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title The packed form of a grid version
///
/// @notice A version is one sequence of bytes, cut into chunks that are kept as contract code:
///
/// **Tree records**, a word for each bus. The `roots` reference buses come first, then the `anchors`, buses tied to a root
/// by a PMU, then every other bus after its parent: a spanning forest whose edges all carry a meter that sees the edge
/// alone.
///
/// ```
/// 255     216 215  204 203            202         201  182 181 162 161    147 146    98 97    49 48        0
/// | b int40  | zero   | mainAtParent | childIsFrom | line  | bus   | parent  | second  | main  | injection |
/// ```
///
/// `main` is the flow meter at the child's end if there is one, else that at the parent's end, else (an anchor) the PMU;
/// `second` the one at the parent's end beside one at the child's end.
///
/// **Chord records**, a word for each line that is not in the tree, and for each PMU that is not (its edge goes to a root).
///
/// ```
/// 255     216 215    176 175  161 160 146 145  119 118 117        98 97   49 48     0
/// | b int40  | φ int40  | from   | to    | zero   |pmu| line or bus | toEnd | fromEnd |
/// ```
///
/// A **row** (49 bits) is one row of H: `weight uint32 | offset uint17`, the offset that of its value among all values:
/// three times the meter's number. Weight zero means that there is no such row, and then all is zero. The offset
/// `3·meters` marks a virtual row (zero injection), whose value is always 0.
///
/// **Ranges**, 3 bytes for each meter in the order of the batches (by seat, then as the proposer likes): the mask of the
/// bits that must equal the sign, `2^24 - 2^(e+1)` for a range -2^e <= z < 2^e, e <= 22.
///
/// **Directory**, 8 bytes for each meter: `zero 5 bits | kind uint2 | place uint20 | zero 5 bits | weight uint32`; place
/// is a bus number for an injection or PMU and a line number for a flow.
///
/// Ranges and directory are each filled up with zeros to whole words.
///
/// b is in power units per radian times 2^(40 - angleDigits), angles in radians times 2^angleDigits, so that every
/// flow is in power units times 2^40. A PMU is an edge to its root with b = 2^20 counts per radian.
library GridRecord {
    uint256 internal constant INDEX_MASK = 0x7fff;
    uint256 internal constant OFFSET_MASK = 0x1ffff;
    uint256 internal constant WEIGHT_MASK = 0xffffffff;
    uint256 internal constant NUMBER_MASK = 0xfffff;
    uint256 internal constant ROW_MASK = (1 << 49) - 1;

    uint256 internal constant TREE_PARENT_SHIFT = 147;
    uint256 internal constant TREE_BUS_SHIFT = 162;
    uint256 internal constant TREE_LINE_SHIFT = 182;
    uint256 internal constant TREE_CHILD_IS_FROM = 1 << 202;
    uint256 internal constant TREE_MAIN_AT_PARENT = 1 << 203;
    uint256 internal constant TREE_PADDING = ((1 << 12) - 1) << 204;

    uint256 internal constant CHORD_PLACE_SHIFT = 98;
    uint256 internal constant CHORD_PMU = 1 << 118;
    uint256 internal constant CHORD_PADDING = ((1 << 27) - 1) << 119;
    uint256 internal constant CHORD_TO_SHIFT = 146;
    uint256 internal constant CHORD_FROM_SHIFT = 161;

    uint256 internal constant KIND_INJECTION = 0;
    uint256 internal constant KIND_FLOW_FROM = 1;
    uint256 internal constant KIND_FLOW_TO = 2;
    uint256 internal constant KIND_PMU = 3;

    /// @notice Bytes of a tree or chord record, of a directory entry, and of a range (and of a value).
    uint256 internal constant RECORD_BYTES = 32;
    uint256 internal constant ENTRY_BYTES = 8;
    uint256 internal constant VALUE_BYTES = 3;

    /// @notice Sizes of a version.
    struct Geometry {
        /// Reference buses, first among the tree records.
        uint16 roots;
        /// Buses tied to a root by a PMU, next among the tree records.
        uint16 anchors;
        /// Tree records.
        uint16 buses;
        uint16 chords;
        uint16 meters;
        /// Rows without a meter: zero injections.
        uint16 virtualRows;
        /// Weights are 1/σ² (σ in power units) times 2^weightDigits.
        uint8 weightDigits;
        /// Binary digits of an angle.
        uint8 angleDigits;
        /// kW in one power unit.
        uint16 powerUnitKw;
    }

    function susceptance(uint256 record) internal pure returns (int256) {
        return int256(record) >> 216;
    }

    function weightOf(uint256 row) internal pure returns (uint256) {
        return (row >> 17) & WEIGHT_MASK;
    }

    function offsetOf(uint256 row) internal pure returns (uint256) {
        return row & OFFSET_MASK;
    }
}
