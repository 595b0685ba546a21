// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "../../../contracts/grid/libraries/CodeStore.sol";
import {GridRecord} from "../../../contracts/grid/libraries/GridRecord.sol";
import {GeneralCertificate} from "../../../contracts/measurement/libraries/GeneralCertificate.sol";

/// @notice Evaluates general certificates from outside, for the comparison with the reference in TypeScript.
contract GeneralCertificateHarness {
    struct Submission {
        /// Three bytes by meter, and no more.
        bytes values;
        bytes angles;
        uint256 angleBytes;
        bytes tree;
        uint256 mu;
        uint256[] meters;
    }

    struct Verdict {
        uint256 objective;
        uint256 rows;
        int256[] gradient;
        uint256[] shares;
        uint256 treeBound;
        uint256 eigenBound;
        /// Of evaluation, tree bound and shares.
        uint256 gas;
    }

    GridRecord.Geometry private _geometry;
    address[] private _chunks;

    /// @notice Keeps a version, for the calls that follow.
    function store(GridRecord.Geometry calldata g, bytes[] calldata chunks) external {
        _geometry = g;
        delete _chunks;
        for (uint256 i = 0; i < chunks.length; ++i) _chunks.push(CodeStore.write(chunks[i]));
    }

    function evaluate(Submission calldata submission) external view returns (Verdict memory verdict) {
        address[] memory chunks = _chunks;
        bytes memory values = bytes.concat(submission.values, hex"000000");
        uint256 gas = gasleft();
        GeneralCertificate.Evaluation memory e = GeneralCertificate.evaluate(
            _geometry,
            chunks,
            values,
            submission.angles,
            submission.angleBytes
        );
        if (submission.tree.length != 0) verdict.treeBound = GeneralCertificate.treeBound(e, submission.tree);
        verdict.shares = GeneralCertificate.seatShares(e, submission.meters);
        verdict.gas = gas - gasleft();
        verdict.objective = e.objective;
        verdict.rows = e.rows;
        verdict.gradient = e.gradient;
        verdict.eigenBound = GeneralCertificate.eigenBound(e, submission.mu);
    }
}
