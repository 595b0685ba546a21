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
        verdicts = new Verdict[](values.length);
        for (uint256 i = 0; i < values.length; ++i) {
            bytes memory withZero = bytes.concat(values[i], hex"000000");
            SlotCertificate.Work memory work = SlotCertificate.evaluate(g, accounts, withZero, angles[i]);
            verdicts[i].objective = work.objective;
            verdicts[i].overStatement = work.overStatement;
            if (work.objective < 1 << 176) {
                verdicts[i].shares = byMeter(work, accounts, g.meters);
            }
        }
    }

    /// @dev A seat for each of some meters at a time, and one seat each for those before and after: seats are few.
    function byMeter(
        SlotCertificate.Work memory work,
        address[] memory accounts,
        uint256 meters
    ) private view returns (uint256[] memory shares) {
        shares = new uint256[](meters);
        for (uint256 first = 0; first < meters; first += 80) {
            uint256 count = meters - first < 80 ? meters - first : 80;
            uint256[] memory seats = new uint256[](count + 2);
            seats[0] = first;
            for (uint256 i = 1; i <= count; ++i) seats[i] = 1;
            seats[count + 1] = meters - first - count;
            uint256[] memory found = SlotCertificate.seatShares(work, accounts, seats);
            for (uint256 i = 0; i < count; ++i) shares[first + i] = found[i + 1];
        }
    }
}
