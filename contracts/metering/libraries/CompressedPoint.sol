// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title Compressed points of secp256k1
 * @notice A public key comes in 33 bytes: 2 for an even y, 3 for an odd one, then x. That x belongs to a point of the curve
 * y² = x³ + 7 is found by taking the root: since p = 3 mod 4, it is (x³ + 7)^((p + 1)/4), if there is one; one power by
 * the precompile at 5, about 1,400 gas. The point at infinity has no such form.
 */
library CompressedPoint {
    uint256 internal constant BYTES = 33;

    uint256 private constant _P = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F;
    address private constant _POWER = address(5);

    /// @notice The address of a public key: whom `ecrecover` names where it signed.
    /// @return The zero address if the bytes are no point.
    function addressOf(bytes memory point) internal view returns (address) {
        if (point.length != BYTES) return address(0);
        uint256 sign = uint8(point[0]);
        uint256 x;
        assembly ("memory-safe") {
            // Within the 33 bytes: x follows the first of them.
            x := mload(add(point, 33))
        }
        if ((sign != 2 && sign != 3) || x >= _P) return address(0);
        uint256 square = addmod(mulmod(x, mulmod(x, x, _P), _P), 7, _P);
        uint256 y = _power(square, (_P + 1) / 4);
        if (mulmod(y, y, _P) != square) return address(0);
        // y is not 0: the group's order is odd, so no point is its own negative.
        if (y & 1 != sign & 1) y = _P - y;
        return address(uint160(uint256(keccak256(abi.encode(x, y)))));
    }

    function _power(uint256 base, uint256 exponent) private view returns (uint256) {
        (bool done, bytes memory result) = _POWER.staticcall(
            abi.encode(uint256(32), uint256(32), uint256(32), base, exponent, _P)
        );
        // It fails for want of gas alone, and then there is not enough to go on either.
        assert(done);
        return abi.decode(result, (uint256));
    }
}
