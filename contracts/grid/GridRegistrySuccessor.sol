// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium, IConsortiumSuccessor} from "../consortium/IConsortium.sol";
import {ISlotLedger} from "../measurement/ISlotLedger.sol";
import {GridRegistry} from "./GridRegistry.sol";
import {IGridRegistry} from "./IGridRegistry.sol";

/// @title A grid registry that takes over the version in force from another one
/// @notice For a consortium that takes over from another one (`ConsortiumSuccessor`). What was proved there is not proved
/// again: the records are the same code, at the same accounts.
contract GridRegistrySuccessor is GridRegistry {
    /// @notice Whose version it takes over.
    IGridRegistry public immutable predecessor;

    constructor(
        IConsortium consortium_,
        uint40 vetoSeconds_,
        IGridRegistry predecessor_
    ) GridRegistry(consortium_, vetoSeconds_) {
        predecessor = predecessor_;
    }

    /// @notice Takes over the version in force, under its number. Anyone may, once, after the consortium took over the
    /// members. Labels are published anew, by anyone: their hash is the same.
    /// @custom:error GridRegistryForeign if the predecessor is not the old consortium's registry, or that one has not
    /// been retired.
    /// @custom:error GridRegistryAlreadyAdopted, GridRegistryUnknownVersion, ConsortiumNoSuchSeat
    function adopt() external {
        // Check: the registry of the consortium that ended in favour of ours; nothing here yet; something there.
        IConsortium old = IConsortiumSuccessor(address(consortium)).predecessor();
        if (old.successor() != address(consortium)) revert GridRegistryForeign(address(predecessor));
        if (address(ISlotLedger(old.ledger()).registry()) != address(predecessor))
            revert GridRegistryForeign(address(predecessor));
        if (versionCount != 0) revert GridRegistryAlreadyAdopted();
        uint24 version = predecessor.activeVersion();
        if (version == 0) revert GridRegistryUnknownVersion(0);

        // Effect: in force here as it was there, for the slots that start after this second.
        Summary memory summary_ = predecessor.summary(version);
        (, address[] memory chunks) = predecessor.records(version);
        Version storage v = _versions[version];
        v.status = Status.Active;
        v.proposer = summary_.proposer;
        v.vetoUntil = summary_.vetoUntil;
        v.partsProved = summary_.partsProved;
        v.activatedAt = uint40(block.timestamp);
        v.approvals = summary_.approvals;
        v.geometry = summary_.geometry;
        v.contentHash = summary_.contentHash;
        v.labelsHash = summary_.labelsHash;
        v.meters = summary_.meters;
        v.chunks = chunks;
        for (uint256 seat = 0; seat < summary_.meters.length; ++seat) {
            metersDigest[version][seat] = predecessor.metersDigest(version, seat);
        }
        versionCount = version;
        activeVersion = version;
        emit VersionAdopted(version, address(predecessor), summary_.contentHash);

        // Interaction: the ledger is told.
        _tell(consortium.ledger(), version);
    }
}
