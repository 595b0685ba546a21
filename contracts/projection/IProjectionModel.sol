// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Grid models with a stored projection matrix, as the paper prints it
///
/// @notice The baseline that the certificate of the main ledger is compared with (paper 003, section 5.2, Algorithms 2 and
/// 3). The life of a model:
///
/// 1. An operator proposes it: the topology, from which the contract builds H; the digits of A = G⁻¹ and P; and the hash of
///    every chunk of both. With that everything is fixed, and so are the vectors of Freivalds' check.
/// 2. Anyone stores the chunks, in any order.
/// 3. Anyone has the rows checked, in order and in as many transactions as it takes: `checkProducts` multiplies,
///    `checkFreivalds` draws. Either is enough; each keeps its own place.
/// 4. All operators approve it, by its content hash; anyone activates it. It is in force from then on.
///
/// Operators are fixed: joining, leaving and votes are the main consortium's. Numbers of models start at 1.
interface IProjectionModel {
    enum Status {
        None,
        Proposed,
        Checked,
        Active
    }

    /// @notice What a proposal consists of, besides the chunks.
    struct Topology {
        /// Buses, those from `states` on are references.
        uint16 buses;
        /// n: columns of H.
        uint16 states;
        /// Rows that are meters; the rest are zero injections.
        uint16 meters;
        /// A weight is 1/σ² times 2^weightDigits, σ in counts.
        uint8 weightDigits;
        /// a: A is kept times 2^a.
        uint8 inverseDigits;
        /// k: P is kept times 2^k.
        uint8 projectionDigits;
        /// 9 bytes a line, see `TopologyMatrix`.
        bytes lines;
        /// 8 bytes a row, see `TopologyMatrix`.
        bytes rows;
    }

    /// @notice What is known of a model.
    struct Summary {
        Status status;
        address proposer;
        uint16 buses;
        uint16 states;
        /// m: rows of H, meters and zero injections.
        uint16 rows;
        uint16 meters;
        uint8 weightDigits;
        uint8 inverseDigits;
        uint8 projectionDigits;
        /// Rows of A and P, of `states + rows`, that each check has been through.
        uint16 rowsByProducts;
        uint16 rowsByFreivalds;
        /// Seconds; 0 until it is activated.
        uint40 activatedAt;
        /// Seats that approved, as a bit map.
        uint256 approvals;
        /// g: a bound on the sum of all entries of G, without sign.
        uint256 gainBound;
        /// Commits to the topology and to every chunk, and to this contract and chain.
        bytes32 contentHash;
        /// The account whose code is H.
        address matrix;
    }

    event ModelProposed(uint256 indexed model, address indexed proposer, bytes32 contentHash);
    event ChunkStored(uint256 indexed model, uint256 indexed chunk, address account);
    /// @notice Rows up to `rowsDone`, of `rowCount`, are checked.
    event RowsChecked(uint256 indexed model, bool byFreivalds, uint256 rowsDone, uint256 rowCount);
    event ModelApproved(uint256 indexed model, uint256 indexed seat);
    event ModelActivated(uint256 indexed model);

    /// @notice There are 1 to 255 operators, not `count`, and each is another account than zero.
    error ProjectionModelBadOperators(uint256 count);
    /// @notice `account` is no operator.
    error ProjectionModelNotOperator(address account);
    /// @notice Nobody proposed `model`.
    error ProjectionModelUnknown(uint256 model);
    /// @notice `model` stands at `got`, and this asks for `want`.
    error ProjectionModelWrongStatus(uint256 model, Status got, Status want);
    /// @notice A size is out of bounds.
    error ProjectionModelBadSize(string what, uint256 got);
    /// @notice Row `row` belongs to seat `seat`, of `seats`.
    error ProjectionModelNoSuchSeat(uint256 row, uint256 seat, uint256 seats);
    /// @notice Susceptances, weights and rows are so large that their products could wrap: `got` is above `most`.
    error ProjectionModelTooLarge(uint256 got, uint256 most);
    /// @notice A with `digits` digits could be wrong enough to matter: `least` are needed.
    error ProjectionModelTooCoarse(uint256 digits, uint256 least);
    /// @notice The sizes ask for `want` chunks, `got` were named.
    error ProjectionModelChunkCount(uint256 got, uint256 want);
    /// @notice There is no chunk `chunk`.
    error ProjectionModelUnknownChunk(uint256 model, uint256 chunk);
    /// @notice Chunk `chunk` has `got` bytes, the sizes ask for `want`.
    error ProjectionModelChunkLength(uint256 model, uint256 chunk, uint256 got, uint256 want);
    /// @notice Chunk `chunk` hashes to `got`; the proposal commits to `want`.
    error ProjectionModelChunkMismatch(uint256 model, uint256 chunk, bytes32 got, bytes32 want);
    /// @notice Chunk `chunk` is stored already; nothing changed.
    error ProjectionModelChunkAlreadyStored(uint256 model, uint256 chunk);
    /// @notice Chunk `chunk` is needed and not stored yet.
    error ProjectionModelChunkMissing(uint256 model, uint256 chunk);
    /// @notice The check goes on at row `want`, not at `got`; nothing changed.
    error ProjectionModelRowOutOfOrder(uint256 model, uint256 got, uint256 want);
    /// @notice There are `rowCount` rows; `count` from `first` on are none, or too many.
    error ProjectionModelNoSuchRows(uint256 model, uint256 first, uint256 count, uint256 rowCount);
    /// @notice The content that is approved hashes to `want`, not `got`.
    error ProjectionModelContentMismatch(uint256 model, bytes32 got, bytes32 want);
    /// @notice `seat` approved already.
    error ProjectionModelAlreadyApproved(uint256 model, uint256 seat);
    /// @notice Not all operators approved: `approvals` is who did, `want` who should, as bit maps.
    error ProjectionModelNotApproved(uint256 model, uint256 approvals, uint256 want);
    /// @notice No model was in force at second `time`.
    error ProjectionModelNoneInForce(uint256 time);
    /// @notice `model` has `meters` meters, numbered from 0.
    error ProjectionModelNoSuchMeter(uint256 model, uint256 meter, uint256 meters);

    /**
     * @notice Proposes a model. The proposer approves it with that.
     * @param chunkHashes keccak256 of every chunk, those of A first; see `StoredMatrices`.
     * @custom:error ProjectionModelNotOperator, ProjectionModelBadSize, ProjectionModelNoSuchSeat, ProjectionModelTooLarge,
     * ProjectionModelTooCoarse, ProjectionModelChunkCount, TopologyMatrixLine, TopologyMatrixRow,
     * TopologyMatrixCoefficient, TopologyMatrixEmptyRow
     */
    function propose(Topology calldata topology, bytes32[] calldata chunkHashes) external returns (uint256 model);

    /**
     * @notice Stores a chunk of A or P. Anyone may.
     * @custom:error ProjectionModelUnknown, ProjectionModelUnknownChunk, ProjectionModelChunkAlreadyStored,
     * ProjectionModelChunkLength, ProjectionModelChunkMismatch
     */
    function storeChunk(uint256 model, uint256 chunk, bytes calldata data) external;

    /**
     * @notice Checks the next rows by multiplying: A G against I, then P against H A HᵀW. Anyone may.
     * @param first The row at which the check stands, so that a call sent twice does no harm.
     * @custom:error ProjectionModelUnknown, ProjectionModelRowOutOfOrder, ProjectionModelNoSuchRows,
     * ProjectionModelChunkMissing, ProjectionCheckWrongEntry
     */
    function checkProducts(uint256 model, uint256 first, uint256 count) external;

    /**
     * @notice Checks the next rows by Freivalds. Anyone may.
     * @custom:error As `checkProducts`, with ProjectionCheckWrongRound.
     */
    function checkFreivalds(uint256 model, uint256 first, uint256 count) external;

    /**
     * @notice Approves a model, by what it consists of.
     * @custom:error ProjectionModelNotOperator, ProjectionModelUnknown, ProjectionModelContentMismatch,
     * ProjectionModelAlreadyApproved
     */
    function approve(uint256 model, bytes32 contentHash) external;

    /**
     * @notice Brings a checked model that all approved into force. Anyone may.
     * @custom:error ProjectionModelUnknown, ProjectionModelWrongStatus, ProjectionModelNotApproved
     */
    function activate(uint256 model) external;

    /// @notice All that is known of a model. @custom:error ProjectionModelUnknown
    function summary(uint256 model) external view returns (Summary memory);

    /// @notice The accounts that hold A and P; zero until stored. @custom:error ProjectionModelUnknown
    function chunks(uint256 model) external view returns (address[] memory);

    /// @notice The model in force at second `time`. @custom:error ProjectionModelNoneInForce
    function inForceAt(uint256 time) external view returns (uint256 model);

    /// @notice The seat that owns a meter. @custom:error ProjectionModelUnknown, ProjectionModelNoSuchMeter
    function seatOfMeter(uint256 model, uint256 meter) external view returns (uint256 seat);

    /// @notice The seat of an operator. @custom:error ProjectionModelNotOperator
    function seatOf(address account) external view returns (uint256 seat);

    /// @notice The operators, by seat.
    function operators() external view returns (address[] memory);

    /// @notice How many models were proposed.
    function modelCount() external view returns (uint256);
}
