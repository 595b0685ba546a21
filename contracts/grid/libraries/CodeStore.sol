// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Data kept as contract code
/// @notice A byte of code costs 200 gas to store and, once the account is warm, next to nothing to read: the place for
/// data that is written once and read whole. A leading STOP byte keeps the data from ever being executed.
library CodeStore {
    /// @notice Most data bytes that fit in one account: the code limit of EIP-170 less the STOP byte, in whole words.
    uint256 internal constant MAX_BYTES = 24_544;

    /// @notice The account could not be created.
    error CodeStoreFailed(uint256 length);

    /// @notice Keeps `data` as the code of a new account.
    function write(bytes memory data) internal returns (address account) {
        // PUSH2 size, DUP1, PUSH1 12, PUSH1 0, CODECOPY, PUSH1 0, RETURN, then the code: STOP and the data.
        bytes memory creation = abi.encodePacked(hex"61", uint16(data.length + 1), hex"80600c6000396000f300", data);
        assembly ("memory-safe") {
            account := create(0, add(creation, 32), mload(creation))
        }
        if (account == address(0)) revert CodeStoreFailed(data.length);
    }

    /// @notice The whole data kept at `account`.
    function read(address account) internal view returns (bytes memory data) {
        uint256 length = account.code.length - 1;
        data = new bytes(length);
        assembly ("memory-safe") {
            extcodecopy(account, add(data, 32), 1, length)
        }
    }
}
