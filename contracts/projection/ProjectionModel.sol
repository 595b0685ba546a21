// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {CodeStore} from "../grid/libraries/CodeStore.sol";
import {Freivalds} from "../math/Freivalds.sol";
import {IProjectionModel} from "./IProjectionModel.sol";
import {ProjectionCheck} from "./libraries/ProjectionCheck.sol";
import {StoredMatrices} from "./libraries/StoredMatrices.sol";
import {TopologyMatrix} from "./libraries/TopologyMatrix.sol";

/// @title Grid models with a stored projection matrix
/// @dev Thin over `TopologyMatrix`, `StoredMatrices` and `ProjectionCheck`: roles, order, storage and events.
contract ProjectionModel is IProjectionModel {
    using StoredMatrices for StoredMatrices.Shape;

    /// @notice Least and most digits of P: a unit is small enough to settle with, and a - k leaves room in a word.
    uint256 public constant MIN_PROJECTION_DIGITS = 48;
    uint256 public constant MAX_PROJECTION_DIGITS = 62;
    uint256 public constant MAX_INVERSE_DIGITS = 230;
    uint256 public constant MAX_SHIFT = 168;

    /// @notice (Σ|h|)² w m may not be above 2^103: with entries of A below 2^127 and vectors of 23 bits no product wraps.
    uint256 public constant MAX_PRODUCT = 1 << 103;

    /// @notice Rows of F = AG/2^a - I that Freivalds may have missed add up to less than 2^-64.
    uint256 public constant INVERSE_BITS = 64;

    /// @notice The most rows of H.
    uint256 public constant MAX_ROWS = 3_068;

    address[] private _operators;
    mapping(address account => uint256 seatPlusOne) private _seatPlusOne;

    Summary[] private _models;
    mapping(uint256 model => bytes32[]) private _chunkHashes;
    mapping(uint256 model => address[]) private _chunks;
    /// @dev In the order in which they were activated.
    uint256[] private _activated;

    /// @param operators_ Who has seat 0, 1, ….
    /// @custom:error ProjectionModelBadOperators
    constructor(address[] memory operators_) {
        uint256 count = operators_.length;
        if (count == 0 || count > 255) revert ProjectionModelBadOperators(count);
        for (uint256 seat = 0; seat < count; ++seat) {
            address account = operators_[seat];
            if (account == address(0) || _seatPlusOne[account] != 0) revert ProjectionModelBadOperators(count);
            _seatPlusOne[account] = seat + 1;
        }
        _operators = operators_;
    }

    /// @inheritdoc IProjectionModel
    function propose(Topology calldata topology, bytes32[] calldata chunkHashes) external returns (uint256 model) {
        // Check: the caller is an operator, sizes and digits are in bounds, H can be built, and its products cannot wrap.
        uint256 seat = seatOf(msg.sender);
        uint256 rows = _checkSizes(topology);
        (bytes memory matrix, TopologyMatrix.Sizes memory sizes) = TopologyMatrix.build(
            topology.buses,
            topology.states,
            topology.meters,
            topology.lines,
            topology.rows
        );
        if (matrix.length > CodeStore.MAX_BYTES) revert ProjectionModelBadSize("terms", matrix.length);
        uint256 product = sizes.row * sizes.row * sizes.weight * rows;
        if (product > MAX_PRODUCT) revert ProjectionModelTooLarge(product, MAX_PRODUCT);
        uint256 least = Math.log2(sizes.gain * topology.states) + 1 + Freivalds.RANGE_BITS + INVERSE_BITS;
        if (topology.inverseDigits < least) revert ProjectionModelTooCoarse(topology.inverseDigits, least);
        uint256 chunkCount = _chunkCount(StoredMatrices.shape(topology.states, rows));
        if (chunkHashes.length != chunkCount) revert ProjectionModelChunkCount(chunkHashes.length, chunkCount);

        // Effect: a new model, H as code, and the hash of all that it consists of.
        Summary storage m = _models.push();
        model = _models.length;
        m.status = Status.Proposed;
        m.proposer = msg.sender;
        m.buses = topology.buses;
        m.states = topology.states;
        // Cast: at most MAX_ROWS.
        m.rows = uint16(rows);
        m.meters = topology.meters;
        m.weightDigits = topology.weightDigits;
        m.inverseDigits = topology.inverseDigits;
        m.projectionDigits = topology.projectionDigits;
        m.approvals = 1 << seat;
        m.gainBound = sizes.gain;
        m.matrix = CodeStore.write(matrix);
        m.contentHash = keccak256(abi.encode(block.chainid, address(this), model, topology, chunkHashes));
        _chunkHashes[model] = chunkHashes;
        _chunks[model] = new address[](chunkCount);
        emit ModelProposed(model, msg.sender, m.contentHash);
        emit ModelApproved(model, seat);
    }

    /// @inheritdoc IProjectionModel
    function storeChunk(uint256 model, uint256 chunk, bytes calldata data) external {
        // Check: a chunk that is due, with the length and hash that were proposed.
        Summary storage m = _model(model);
        address[] storage accounts = _chunks[model];
        if (chunk >= accounts.length) revert ProjectionModelUnknownChunk(model, chunk);
        if (accounts[chunk] != address(0)) revert ProjectionModelChunkAlreadyStored(model, chunk);
        uint256 length = StoredMatrices.shape(m.states, m.rows).chunkLength(chunk);
        if (data.length != length) revert ProjectionModelChunkLength(model, chunk, data.length, length);
        bytes32 hash = keccak256(data);
        bytes32 want = _chunkHashes[model][chunk];
        if (hash != want) revert ProjectionModelChunkMismatch(model, chunk, hash, want);

        // Effect: its account.
        address account = CodeStore.write(data);
        accounts[chunk] = account;
        emit ChunkStored(model, chunk, account);
    }

    /// @inheritdoc IProjectionModel
    function checkProducts(uint256 model, uint256 first, uint256 count) external {
        // Check: rows in order, then the rows themselves.
        Summary storage m = _model(model);
        uint256 end = _checkRows(m, model, first, count, m.rowsByProducts);
        ProjectionCheck.products(_claim(m, model), first, end);

        // Effect: how far the check is. Cast: at most 2 MAX_ROWS.
        m.rowsByProducts = uint16(end);
        _noteChecked(m, model, false, end);
    }

    /// @inheritdoc IProjectionModel
    function checkFreivalds(uint256 model, uint256 first, uint256 count) external {
        // Check: rows in order, then the rows themselves. The content hash fixes all that the vectors are applied to.
        Summary storage m = _model(model);
        uint256 end = _checkRows(m, model, first, count, m.rowsByFreivalds);
        ProjectionCheck.freivalds(_claim(m, model), first, end, m.contentHash);

        // Effect: how far the check is. Cast: at most 2 MAX_ROWS.
        m.rowsByFreivalds = uint16(end);
        _noteChecked(m, model, true, end);
    }

    /// @inheritdoc IProjectionModel
    function approve(uint256 model, bytes32 contentHash) external {
        // Check: an operator that knows what it approves, once.
        uint256 seat = seatOf(msg.sender);
        Summary storage m = _model(model);
        if (contentHash != m.contentHash) revert ProjectionModelContentMismatch(model, contentHash, m.contentHash);
        uint256 approvals = m.approvals;
        if (approvals & (1 << seat) != 0) revert ProjectionModelAlreadyApproved(model, seat);

        // Effect: the approval.
        m.approvals = approvals | (1 << seat);
        emit ModelApproved(model, seat);
    }

    /// @inheritdoc IProjectionModel
    function activate(uint256 model) external {
        // Check: a model that is checked and that all approved.
        Summary storage m = _model(model);
        if (m.status != Status.Checked) revert ProjectionModelWrongStatus(model, m.status, Status.Checked);
        uint256 all = (1 << _operators.length) - 1;
        if (m.approvals != all) revert ProjectionModelNotApproved(model, m.approvals, all);

        // Effect: in force from now on. Cast: seconds.
        m.status = Status.Active;
        m.activatedAt = uint40(block.timestamp);
        _activated.push(model);
        emit ModelActivated(model);
    }

    /// @inheritdoc IProjectionModel
    function summary(uint256 model) external view returns (Summary memory) {
        return _model(model);
    }

    /// @inheritdoc IProjectionModel
    function chunks(uint256 model) external view returns (address[] memory) {
        _model(model);
        return _chunks[model];
    }

    /// @inheritdoc IProjectionModel
    function inForceAt(uint256 time) external view returns (uint256 model) {
        for (uint256 i = _activated.length; i > 0; --i) {
            model = _activated[i - 1];
            if (_models[model - 1].activatedAt <= time) return model;
        }
        revert ProjectionModelNoneInForce(time);
    }

    /// @inheritdoc IProjectionModel
    function seatOfMeter(uint256 model, uint256 meter) external view returns (uint256 seat) {
        Summary storage m = _model(model);
        if (meter >= m.meters) revert ProjectionModelNoSuchMeter(model, meter, m.meters);
        address matrix = m.matrix;
        // The fifth byte of the meter's header, see `TopologyMatrix`.
        uint256 place = 1 + TopologyMatrix.ROW_BYTES * meter + 4;
        assembly ("memory-safe") {
            mstore(0, 0)
            extcodecopy(matrix, 31, place, 1)
            seat := mload(0)
        }
    }

    /// @inheritdoc IProjectionModel
    function operators() external view returns (address[] memory) {
        return _operators;
    }

    /// @inheritdoc IProjectionModel
    function modelCount() external view returns (uint256) {
        return _models.length;
    }

    /// @inheritdoc IProjectionModel
    function seatOf(address account) public view returns (uint256 seat) {
        uint256 seatPlusOne = _seatPlusOne[account];
        if (seatPlusOne == 0) revert ProjectionModelNotOperator(account);
        return seatPlusOne - 1;
    }

    function _noteChecked(Summary storage m, uint256 model, bool byFreivalds, uint256 end) private {
        uint256 rowCount = uint256(m.states) + m.rows;
        if (end == rowCount && m.status == Status.Proposed) m.status = Status.Checked;
        emit RowsChecked(model, byFreivalds, end, rowCount);
    }

    function _model(uint256 model) private view returns (Summary storage) {
        if (model == 0 || model > _models.length) revert ProjectionModelUnknown(model);
        return _models[model - 1];
    }

    /// @dev Sizes and digits, and that rows belong to operators. Returns the number of rows.
    function _checkSizes(Topology calldata t) private view returns (uint256 rows) {
        rows = t.rows.length / TopologyMatrix.ROW_BYTES;
        if (t.rows.length % TopologyMatrix.ROW_BYTES != 0) revert ProjectionModelBadSize("rows", t.rows.length);
        if (t.lines.length % TopologyMatrix.LINE_BYTES != 0) revert ProjectionModelBadSize("lines", t.lines.length);
        if (t.states == 0 || t.states >= t.buses) revert ProjectionModelBadSize("states", t.states);
        // More rows than states: else every residual is zero.
        if (rows <= t.states || rows > MAX_ROWS) revert ProjectionModelBadSize("rows", rows);
        // A row of A has to fit in a chunk.
        if (t.states > MAX_ROWS / 2) revert ProjectionModelBadSize("states", t.states);
        if (t.meters == 0 || t.meters > rows) revert ProjectionModelBadSize("meters", t.meters);
        if (t.weightDigits > 64) revert ProjectionModelBadSize("weightDigits", t.weightDigits);
        uint256 k = t.projectionDigits;
        if (k < MIN_PROJECTION_DIGITS || k > MAX_PROJECTION_DIGITS)
            revert ProjectionModelBadSize("projectionDigits", k);
        uint256 a = t.inverseDigits;
        if (a <= k || a > k + MAX_SHIFT || a > MAX_INVERSE_DIGITS) revert ProjectionModelBadSize("inverseDigits", a);
        uint256 seats = _operators.length;
        for (uint256 row = 0; row < rows; ++row) {
            uint256 seat = uint8(t.rows[TopologyMatrix.ROW_BYTES * row + 1]);
            if (seat >= seats) revert ProjectionModelNoSuchSeat(row, seat, seats);
        }
    }

    /// @dev The row at which the check would end.
    function _checkRows(
        Summary storage m,
        uint256 model,
        uint256 first,
        uint256 count,
        uint256 done
    ) private view returns (uint256 end) {
        uint256 rowCount = uint256(m.states) + m.rows;
        if (first != done) revert ProjectionModelRowOutOfOrder(model, first, done);
        if (count == 0 || count > rowCount - first) revert ProjectionModelNoSuchRows(model, first, count, rowCount);
        return first + count;
    }

    /// @dev All that is checked. Every chunk has to be there: the last row of P needs all of A.
    function _claim(Summary storage m, uint256 model) private view returns (ProjectionCheck.Claim memory claim) {
        address[] memory accounts = _chunks[model];
        for (uint256 chunk = 0; chunk < accounts.length; ++chunk) {
            if (accounts[chunk] == address(0)) revert ProjectionModelChunkMissing(model, chunk);
        }
        claim.shape = StoredMatrices.shape(m.states, m.rows);
        claim.chunks = accounts;
        claim.h = TopologyMatrix.load(CodeStore.read(m.matrix), m.rows);
        claim.inverseDigits = m.inverseDigits;
        claim.projectionDigits = m.projectionDigits;
        claim.gainBound = m.gainBound;
    }

    function _chunkCount(StoredMatrices.Shape memory s) private pure returns (uint256) {
        return s.inverseChunks + s.projectionChunks;
    }
}
