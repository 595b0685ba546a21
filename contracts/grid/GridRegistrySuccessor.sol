// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../consortium/IConsortium.sol";
import {GridRegistry} from "./GridRegistry.sol";
import {IGridRegistry} from "./IGridRegistry.sol";

/// @title A grid registry that takes over the version in force from another one
/// @notice For a consortium that takes over from another one (`ConsortiumSuccessor`). The version stands here as proved and
/// agreed from the start, under its number; anyone activates it once the consortium has its members. What was proved
/// there is not proved again: the records are the same code, at the same accounts. Labels are published anew, by anyone:
/// their hash is the same.
contract GridRegistrySuccessor is GridRegistry {
    /// @notice Whose version it takes over.
    IGridRegistry public immutable predecessor;

    constructor(
        IConsortium consortium_,
        uint40 vetoSeconds_,
        IGridRegistry predecessor_
    ) GridRegistry(consortium_, vetoSeconds_) {
        predecessor = predecessor_;
        uint24 version = predecessor_.activeVersion();
        if (version == 0) return;

        // Effect: as it stands there. Those whose meters it has agreed to it before it came into force.
        Summary memory summary_ = predecessor_.summary(version);
        (, address[] memory chunks) = predecessor_.records(version);
        Version storage v = _versions[version];
        v.status = Status.Proved;
        v.proposer = summary_.proposer;
        v.vetoUntil = summary_.vetoUntil;
        v.partsProved = summary_.partsProved;
        v.approvals = type(uint96).max;
        v.geometry = summary_.geometry;
        v.contentHash = summary_.contentHash;
        v.labelsHash = summary_.labelsHash;
        v.meters = summary_.meters;
        v.chunks = chunks;
        for (uint256 seat = 0; seat < summary_.meters.length; ++seat) {
            metersDigest[version][seat] = predecessor_.metersDigest(version, seat);
        }
        versionCount = version;
        if (v.geometry.factored) factorProof.adopt(version, predecessor_.factorProof().eigenBound(version));
        emit VersionAdopted(version, address(predecessor_), summary_.contentHash);
    }
}
