// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {SlotValues} from "../../../contracts/measurement/libraries/SlotValues.sol";

/// @notice Holds values against their ranges from outside.
contract RangesHarness {
    /// @notice Three bytes by meter each, with junk after them in memory.
    function anyOutOfRange(
        bytes calldata values,
        bytes calldata ranges,
        uint256 count
    ) external pure returns (bool, uint256) {
        bytes memory held = bytes.concat(values, bytes32(type(uint256).max / 3));
        bytes memory masks = bytes.concat(ranges, bytes32(type(uint256).max));
        return (SlotValues.anyOutOfRange(held, masks, count), SlotValues.markMissing(held, masks, 0, count, false));
    }
}
