// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @notice Calls on behalf of whoever calls it, as an account that is a contract would.
contract Forwarder {
    function forward(address target, bytes calldata data) external {
        (bool success, bytes memory reason) = target.call(data);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
