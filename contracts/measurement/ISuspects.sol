// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Whose value is false: proved on the chain, for a slot that raised the alarm
///
/// @notice J of a slot exceeds τ: some values do not fit the others. The meter to suspect is the one with the largest
/// normalised residual `r_N,i = r_i/√Ω_ii` (paper 003, section 2.1; Ω = W⁻¹ - H G⁻¹ Hᵀ is the covariance of the residuals).
/// Its square is exactly what J falls by when meter i is left out:
///
///     min over θ of (J(θ) - w_i r_i(θ)²) = J(θ̂) - r_N,i²
///
/// So a claim is a meter and angles. The contract computes J of these angles over all rows but the meter's, from the
/// values that the ring has the hashes of, and with the settled J
///
///     drop = J_settled - J_without(θ') <= r_N,i² + η ,
///
/// with equality, up to η, at the least-squares angles of the other rows: whatever angles are brought, a claim can prove too
/// little and never too much. Exact integers; nothing is sampled, nothing trusted, no inverse is needed.
///
/// The residual of a critical meter is always zero and its drop at most η <= 10⁻⁶ τ < 10⁻⁶ J. A drop counts if it is
/// larger than J/10⁶; so a critical meter is never named, and no honest claim is lost (the largest drop is at least the
/// largest w r² of a meter). To replace the standing claim, a drop must be larger by more than J/10⁶ as well:
/// copying a claim with its last digits turned gains nothing.
///
/// Claims are taken for `WINDOW_SLOTS` slot lengths after the settlement. Then the standing one is final. No credits move:
/// what follows from it is for the members to decide.
interface ISuspects {
    /// @notice What is known of a slot that raised the alarm. Objective and drops are times 2^32.
    struct Case {
        /// J as settled.
        uint256 objectiveQ32;
        /// The version that holds for the slot.
        uint24 version;
        /// Seconds: claims are taken before.
        uint40 until;
        /// Whether a meter is named; what follows is zero otherwise.
        bool named;
        /// Number of the meter in the version, and the seat that owns it.
        uint16 meter;
        uint8 seat;
        /// The proven drop of J: the square of the meter's normalised residual, or a little less.
        uint256 dropQ32;
        /// Who named it, and when.
        address claimant;
        uint40 claimedAt;
        /// Whether the claim was written down as the final one.
        bool concluded;
    }

    /// @notice A slot raised the alarm; claims are taken before `until`.
    event AlarmRaised(uint256 indexed slot, uint256 until);
    /// @notice `claimant` proved that J falls by `dropQ32` (times 2^32) without `meter`. It stands until a larger one comes.
    event SuspectNamed(
        uint256 indexed slot,
        uint256 indexed meter,
        address indexed claimant,
        uint256 seat,
        uint256 dropQ32
    );
    /// @notice Nobody proved a larger drop in time: `claimant` was right.
    event SuspectConcluded(uint256 indexed slot, uint256 indexed meter, address indexed claimant, uint256 seat);

    /// @notice Only the slot ledger raises an alarm.
    error SuspectsNotLedger(address caller);
    /// @notice `slot` was not settled with J above τ.
    error SuspectsNoAlarm(uint256 slot);
    /// @notice Claims for `slot` were taken before `until`, and it is `time`.
    error SuspectsWindowOver(uint256 slot, uint256 until, uint256 time);
    /// @notice Claims for `slot` are taken until `until`, and it is `time`.
    error SuspectsWindowOpen(uint256 slot, uint256 until, uint256 time);
    /// @notice The version of `slot` has the meters 0 to `meters` - 1.
    error SuspectsUnknownMeter(uint256 slot, uint256 meter, uint256 meters);
    /// @notice The hashes of `slot` were written over, by a slot that came a turn of the ring later.
    error SuspectsSlotForgotten(uint256 slot);
    /// @notice Without `meter` the angles still give J = `restQ32`, against `objectiveQ32` with it: no drop of more than a millionth.
    error SuspectsNoDrop(uint256 slot, uint256 meter, uint256 restQ32, uint256 objectiveQ32);
    /// @notice A drop of `dropQ32` is not larger than `standingQ32`, that of `standingMeter`, by more than a millionth of J.
    error SuspectsNotLarger(uint256 slot, uint256 meter, uint256 dropQ32, uint256 standingMeter, uint256 standingQ32);
    /// @notice No meter was named for `slot`.
    error SuspectsNobodyNamed(uint256 slot);
    /// @notice The claim for `slot` was concluded before.
    error SuspectsAlreadyConcluded(uint256 slot);

    /// @notice The ledger says that a slot was settled with J above τ.
    /// @param slot The slot.
    /// @param version The version that holds for it.
    /// @param objective J, times 2^(80 + weightDigits), below 2^176.
    /// @param slotSeconds How long a slot lasts by its rules.
    function onAlarm(uint256 slot, uint24 version, uint256 objective, uint256 slotSeconds) external;

    /// @notice Names the suspect of a slot.
    /// @param slot The slot.
    /// @param meter The meter's number in the version.
    /// @param values The batches of all operators, by seat, as for `ISlotLedger.settle`.
    /// @param supplements The supplements, likewise.
    /// @param angles Five bytes for each bus, under a factored version too: the estimate without the meter.
    function name(
        uint256 slot,
        uint256 meter,
        bytes calldata values,
        bytes calldata supplements,
        bytes calldata angles
    ) external;

    /// @notice Writes down, once the window is over, who was right.
    function conclude(uint256 slot) external;

    /// @notice The standing claim of a slot.
    /// @custom:error SuspectsNoAlarm if there is none to be had.
    function caseOf(uint256 slot) external view returns (Case memory);

    /// @notice How many claims of an account were concluded.
    function rightlyNamed(address claimant) external view returns (uint256);

    /// @notice How many times a meter of a seat was the suspect in the end.
    function timesSuspected(uint256 seat) external view returns (uint256);
}
