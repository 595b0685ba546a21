// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "../grid/libraries/GridRecord.sol";

/// @title Certificates of slots in which values are missing
interface IReportedCertificate {
    /// @notice A slot as the ledger has it.
    struct Slot {
        uint256 slot;
        GridRecord.Geometry geometry;
        address[] chunks;
        /// Meters, by seat.
        uint256[] meters;
        /// Packed values, by meter, -2^23 where one is missing; one zero value more.
        bytes values;
        uint256 normalQuantileQ32;
        /// An accepted estimate over-states J by at most τ divided by this.
        uint256 overStatementDivisor;
    }

    /// @notice What the estimate shows. J and τ are times 2^32, the proven over-statement times 2^64.
    struct Verdict {
        uint256 objectiveQ32;
        uint256 thresholdQ32;
        uint256 overStatementQ64;
        /// w r² by seat, if J is above τ; else empty.
        uint256[] shares;
    }

    /// @notice Evaluates angles against the values that there are; reverts unless the tree proves them to be good enough.
    /// @param angles Five bytes for each bus, in the order of the version's tree; zero for the references.
    /// @param tree As `GeneralCertificate.treeBound` takes it.
    function evaluate(
        Slot calldata slot,
        bytes calldata angles,
        bytes calldata tree
    ) external view returns (Verdict memory verdict);
}
