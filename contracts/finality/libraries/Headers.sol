// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title From a block up to its ancestors
 * @notice A block's hash is that of its header, and the header begins with the hash of its parent. So headers that are
 * brought prove who a block descends from: keccak256(header) = hash, or the proof fails.
 *
 * A header is an RLP list that holds a bloom filter of 256 bytes, hence is longer than 255 bytes, and never reaches
 * 65,536: it starts with 0xf9, two bytes of length, then 0xa0 and the 32 bytes of the parent's hash.
 */
library Headers {
    uint256 private constant _PARENT = 4;
    uint256 private constant _PARENT_END = 36;

    /// @notice Header `index` hashes to `got`; the block to be shown has the hash `want`.
    error HeadersMismatch(uint256 index, bytes32 got, bytes32 want);
    /// @notice Item `index` has the right hash and is no block's header.
    error HeadersNotHeader(uint256 index);

    /// @notice The block as many generations above the block with `hash` as headers are brought: its own first, then
    /// its parent's, and so on.
    function ancestor(bytes32 hash, bytes[] calldata headers) internal pure returns (bytes32) {
        for (uint256 i = 0; i < headers.length; ++i) {
            bytes calldata header = headers[i];
            bytes32 got = keccak256(header);
            if (got != hash) revert HeadersMismatch(i, got, hash);
            if (header.length < _PARENT_END || header[0] != 0xf9 || header[3] != 0xa0) revert HeadersNotHeader(i);
            hash = bytes32(header[_PARENT:_PARENT_END]);
        }
        return hash;
    }
}
