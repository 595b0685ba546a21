// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title Encrypted usage reports of household meters
 * @notice Paper 002, phase 3, Table 2: { E(UD), H(E(UD)), HID, Sig, τ }, 158 bytes (see `UsageRecord`). A concentrator sends
 * many at once, one after the other. Each is checked by itself; one that is wrong is skipped with an event that names meter
 * and reason, and the others count. Those that are taken are in one event, as they came: from that alone anyone can read
 * them, check them again, and the MDMS decrypt them.
 *
 * Each interval of a meter is taken once. It is open while it is at most 32 behind the newest; one that left that window
 * without a report waits, for ever, for a backfill. So a concentrator that skips, delays or re-orders loses nothing.
 */
interface IUsageReports {
    /// @notice Why a report is skipped. They are checked in this order, except that the window's come before the signature's.
    enum Skip {
        None,
        /// No meter of this number is registered.
        Unknown,
        /// The meter is revoked, or the session key was.
        Revoked,
        /// τ is no multiple of the interval's length.
        Misaligned,
        /// τ is more than 120 s ahead of the block.
        Future,
        /// Encrypted to a key of the MDMS that is not in force.
        WrongEpoch,
        /// The hash is not that of the ciphertext.
        HashMismatch,
        /// There is a report of this interval.
        Duplicate,
        /// Behind the window: by backfill, if it has no report.
        Stale,
        /// The meter's intervals count from a later one on.
        BeforeStart,
        /// In a backfill: still in the window, or ahead of it.
        Recent,
        /// Nobody signed this, or another key than the meter's.
        BadSignature,
        /// The meter's key signed, and its session is over.
        Expired,
        /// The meter has opened no session.
        NoSession
    }

    /// @notice What can still become of an interval of a meter.
    enum Standing {
        /// No such meter, or the interval counts from no report on.
        None,
        /// There is a report.
        Accepted,
        /// In the window or ahead of it: `submit`.
        Open,
        /// It left the window without a report: `backfill`.
        Missing
    }

    /// @notice These reports are taken: 158 bytes each, as they came.
    event ReportsAccepted(address indexed concentrator, bytes reports);
    /// @notice Report `index` of the batch, which says to be of `meter` and of the interval to `time`, is not.
    event ReportSkipped(uint32 indexed meter, uint32 time, Skip reason, uint256 index);

    /// @notice `length` bytes are no whole number of reports of `reportBytes`, or none at all.
    error MeteringBadBatch(uint256 length, uint256 reportBytes);

    /// @notice As a concentrator, brings reports.
    /// @param reports One after the other; at least one.
    /// @return accepted How many are taken.
    /// @custom:error MeteringNotConcentrator, MeteringBadBatch
    function submit(bytes calldata reports) external returns (uint256 accepted);

    /// @notice As a concentrator, brings reports of intervals that left the window. They are encrypted and signed afresh, with
    /// keys that hold now. Dearer.
    /// @return accepted How many are taken.
    /// @custom:error MeteringNotConcentrator, MeteringBadBatch
    function backfill(bytes calldata reports) external returns (uint256 accepted);

    /// @notice What can still become of the interval to `time`.
    function standingOf(uint32 meter, uint256 time) external view returns (Standing);

    /// @notice The EIP-712 domain separator under which meters sign.
    function domainSeparator() external view returns (bytes32);
}
