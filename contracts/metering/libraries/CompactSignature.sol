// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Compact signatures
/// @notice r, then s with the parity of R's y in its highest bit (EIP-2098). Of the two s that a signature could have, the
/// lower alone is taken, so that no signature has a second form.
library CompactSignature {
    /// @dev Half the order of secp256k1.
    uint256 internal constant MOST_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @notice Who signed; the zero address if nobody did.
    function signer(bytes32 digest, bytes32 r, bytes32 vs) internal pure returns (address) {
        uint256 s = uint256(vs) & (type(uint256).max >> 1);
        if (s > MOST_S) return address(0);
        // The precompile refuses r or s of zero, and answers with nothing.
        return ecrecover(digest, uint8(27 + (uint256(vs) >> 255)), r, bytes32(s));
    }
}
