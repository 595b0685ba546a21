// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {FactorProof} from "../../../contracts/grid/FactorProof.sol";
import {IFactorProof} from "../../../contracts/grid/IFactorProof.sol";
import {IGridRegistry} from "../../../contracts/grid/IGridRegistry.sol";
import {CodeStore} from "../../../contracts/grid/libraries/CodeStore.sol";
import {FactorCheck} from "../../../contracts/grid/libraries/FactorCheck.sol";
import {GridRecord} from "../../../contracts/grid/libraries/GridRecord.sol";

/// @notice Stands for the registry, with one version of one chunk, and tries claims in one call.
contract FactorHarness {
    IFactorProof public immutable proof = new FactorProof();
    IGridRegistry.Summary private _summary;
    address[] private _chunks;

    function setVersion(GridRecord.Geometry calldata geometry, bytes calldata chunk) external {
        _summary.geometry = geometry;
        _summary.contentHash = keccak256(abi.encode(geometry, chunk));
        delete _chunks;
        _chunks.push(CodeStore.write(chunk));
    }

    function summary(uint24) external view returns (IGridRegistry.Summary memory) {
        return _summary;
    }

    function records(uint24) external view returns (GridRecord.Geometry memory, address[] memory) {
        return (_summary.geometry, _chunks);
    }

    /// @notice Brings a whole claim, its hashes made from the parts; returns the bound that is then proved.
    function prove(uint8 scaleDigits, uint192 shift, bytes[] calldata parts) external returns (uint256) {
        bytes32[] memory hashes = new bytes32[](parts.length);
        for (uint256 i = 0; i < parts.length; ++i) hashes[i] = keccak256(parts[i]);
        IFactorProof.Claim memory claim = IFactorProof.Claim(scaleDigits, shift, hashes);
        proof.open(1, claim);
        for (uint256 i = 0; i < parts.length; ++i) proof.check(1, claim, i, parts[i]);
        return proof.eigenBound(1);
    }

    /// @notice By bit from `first` on (the highest of byte 0 is bit 0): the error's data, empty if the claim with that bit
    /// of its only part turned is proved.
    function turnEach(
        uint8 scaleDigits,
        uint192 shift,
        bytes memory part,
        uint256 first,
        uint256 count
    ) external returns (bytes[] memory reasons) {
        reasons = new bytes[](count);
        bytes[] memory parts = new bytes[](1);
        parts[0] = part;
        for (uint256 i = 0; i < count; ++i) {
            uint256 bit = first + i;
            bytes1 mask = bytes1(uint8(0x80 >> (bit % 8)));
            part[bit / 8] ^= mask;
            try this.prove(scaleDigits, shift, parts) {} catch (bytes memory reason) {
                reasons[i] = reason;
            }
            part[bit / 8] ^= mask;
        }
    }

    function draw(bytes32 seed, uint256 roots, uint256 buses) external pure returns (uint256[] memory) {
        return FactorCheck.draw(seed, roots, buses);
    }

    function columns(
        bytes memory data,
        uint256[] memory s,
        uint256 next
    ) external pure returns (FactorCheck.Columns memory) {
        return FactorCheck.columns(data, s, next);
    }

    function gridForm(uint256[] memory s) external view returns (uint256) {
        return FactorCheck.gridForm(_summary.geometry, _chunks, s);
    }
}
