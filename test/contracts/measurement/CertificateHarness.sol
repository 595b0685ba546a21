// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CodeStore} from "../../../contracts/grid/libraries/CodeStore.sol";
import {GridRecord} from "../../../contracts/grid/libraries/GridRecord.sol";
import {SlotCertificate} from "../../../contracts/measurement/libraries/SlotCertificate.sol";

/// @notice Evaluates certificates from outside, for the comparison with the reference in TypeScript.
contract CertificateHarness {
    struct Verdict {
        uint256 objective;
        uint256 overStatement;
        /// Empty where J is out of all proportion.
        uint256[] shares;
    }

    /// @notice Stores a version for the length of the call, and evaluates each set of angles against its values.
    /// @param values By set: three bytes by meter, and no more.
    function evaluate(
        GridRecord.Geometry calldata g,
        bytes[] calldata chunks,
        bytes[] calldata values,
        bytes[] calldata angles
    ) external returns (Verdict[] memory verdicts) {
        address[] memory accounts = new address[](chunks.length);
        for (uint256 i = 0; i < chunks.length; ++i) accounts[i] = CodeStore.write(chunks[i]);
        // A seat for each meter shows the share of each; more than 255 would not be told apart.
        require(g.meters < 256, "CertificateHarness: too many meters");
        uint256[] memory ownSeats = new uint256[](g.meters);
        for (uint256 i = 0; i < ownSeats.length; ++i) ownSeats[i] = 1;
        verdicts = new Verdict[](values.length);
        for (uint256 i = 0; i < values.length; ++i) {
            bytes memory withZero = bytes.concat(values[i], hex"000000");
            SlotCertificate.Work memory work = SlotCertificate.evaluate(g, accounts, withZero, angles[i]);
            verdicts[i].objective = work.objective;
            verdicts[i].overStatement = work.overStatement;
            if (work.objective < 1 << 176) {
                verdicts[i].shares = SlotCertificate.seatShares(work, accounts, ownSeats);
            }
        }
    }
}
