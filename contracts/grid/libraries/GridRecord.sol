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
/// 255     216 215  181 180 174    173 172   171         170  151 150 131 130       113 112  98 97    49 48        0
/// | b int40  | zero   | strength | sign int2 | childIsFrom | line  | bus   | 5·parent  | parent | main  | injection |
/// ```
///
/// `main` is a flow meter at the child's end (sign 1) or at the parent's end (sign -1, for it sees the flow the other way
/// round), or an anchor's PMU (sign 1); a root has neither (sign 0).
/// A *factored* version has no such forest: where no tree of meters reaches every bus, every bus but the roots is *free*.
/// A free record is like a root's: a number and perhaps an injection. All lines are chords, all PMUs probes, and
/// observability is proved by a factor (`FactorCheck`).
///
/// `strength` is ⌊log2(w b²)⌋ of the main row. Parents are named twice, as index and as offset of their angle, since a settlement needs both for every line.
///
/// **Chord records**, a word for each line that is not in the tree; then, in the same form, **probe records**, for each
/// meter that sees an edge which carries no power in the model: a PMU that is not in the tree (its edge goes to a root),
/// and the second meter of a line that is metered at both ends.
///
/// ```
/// 255     216 215    176 175  137 136  135 134         115 114  97 96     79 78  64 63    49 48  0
/// | b int40  | φ int40  | zero   | kind   | line or bus  | 5·to  | 5·from  | to   | from   | row  |
/// ```
///
/// The meter, if there is one, sits at `from`: a line that is metered at its to end is recorded the other way round.
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
    uint256 internal constant ANGLE_MASK = 0x3ffff;
    uint256 internal constant OFFSET_MASK = 0x1ffff;
    uint256 internal constant WEIGHT_MASK = 0xffffffff;
    uint256 internal constant NUMBER_MASK = 0xfffff;
    uint256 internal constant ROW_MASK = (1 << 49) - 1;

    uint256 internal constant TREE_MAIN_SHIFT = 49;
    uint256 internal constant TREE_PARENT_SHIFT = 98;
    uint256 internal constant TREE_PARENT_ANGLE_SHIFT = 113;
    uint256 internal constant TREE_BUS_SHIFT = 131;
    uint256 internal constant TREE_LINE_SHIFT = 151;
    uint256 internal constant TREE_CHILD_IS_FROM = 1 << 171;
    uint256 internal constant TREE_SIGN_SHIFT = 172;
    uint256 internal constant TREE_STRENGTH_SHIFT = 174;
    uint256 internal constant STRENGTH_MASK = 0x7f;
    uint256 internal constant TREE_PADDING = ((1 << 35) - 1) << 181;

    uint256 internal constant CHORD_FROM_SHIFT = 49;
    uint256 internal constant CHORD_TO_SHIFT = 64;
    uint256 internal constant CHORD_FROM_ANGLE_SHIFT = 79;
    uint256 internal constant CHORD_TO_ANGLE_SHIFT = 97;
    uint256 internal constant CHORD_PLACE_SHIFT = 115;
    uint256 internal constant CHORD_KIND_SHIFT = 135;
    uint256 internal constant CHORD_PADDING = ((1 << 39) - 1) << 137;

    uint256 internal constant KIND_INJECTION = 0;
    uint256 internal constant KIND_FLOW_FROM = 1;
    uint256 internal constant KIND_FLOW_TO = 2;
    uint256 internal constant KIND_PMU = 3;

    /// @notice Bytes of an angle, and of one of a factored version.
    uint256 internal constant ANGLE_BYTES = 5;
    uint256 internal constant FINE_ANGLE_BYTES = 8;
    /// @notice Bytes of a record, of a directory entry, and of a range (and of a value).
    uint256 internal constant RECORD_BYTES = 32;
    uint256 internal constant ENTRY_BYTES = 8;
    uint256 internal constant VALUE_BYTES = 3;

    /// @notice Sizes of a version.
    struct Geometry {
        /// Reference buses, first among the tree records.
        uint8 roots;
        /// Buses tied to a root by a PMU, next among the tree records.
        uint8 anchors;
        /// Tree records.
        uint16 buses;
        uint16 chords;
        uint16 probes;
        uint16 meters;
        /// Rows without a meter: zero injections.
        uint16 virtualRows;
        /// Weights are 1/σ² (σ in power units) times 2^weightDigits.
        uint8 weightDigits;
        /// Binary digits of an angle.
        uint8 angleDigits;
        /// kW in one power unit.
        uint16 powerUnitKw;
        /// No tree of meters spans the grid: every bus but the roots is free.
        bool factored;
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
