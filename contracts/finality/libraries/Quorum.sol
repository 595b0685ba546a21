// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title How many signatures make a block final
 * @notice Of n seats at most f = ⌊(n-1)/3⌋ are taken to be at fault. q = ⌊(n+f)/2⌋ + 1 signatures make a quorum:
 *
 * - 2q > n + f, so that any two quorums share more than f seats, hence one that is not at fault, and that one never
 *   signs against what it signed before;
 * - q <= n - f, as (n + f)/2 < n - f where 3f < n: the seats that are not at fault are a quorum by themselves.
 *
 * 3 of 4, 4 of 5, 5 of 7.
 */
library Quorum {
    /// @notice The quorum among `seats` seats, of which there is at least one.
    function among(uint256 seats) internal pure returns (uint256) {
        return (seats + (seats - 1) / 3) / 2 + 1;
    }
}
