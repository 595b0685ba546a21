// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {CompactSignature} from "../../../contracts/metering/libraries/CompactSignature.sol";
import {CompressedPoint} from "../../../contracts/metering/libraries/CompressedPoint.sol";

/// @notice The pure libraries of metering, callable.
contract MeteringHarness {
    function addressOf(bytes calldata point) external view returns (address) {
        return CompressedPoint.addressOf(point);
    }

    function signer(bytes32 digest, bytes32 r, bytes32 vs) external pure returns (address) {
        return CompactSignature.signer(digest, r, vs);
    }
}
