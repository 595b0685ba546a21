// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../consortium/IConsortium.sol";

/**
 * @title Who does what in household metering
 * @notice One deployment serves one utility, a member of the consortium: whoever has its seat. It stores hashed identities
 * (the paper's system initiator), appoints data concentrators, and revokes what is lost. The members can vote for another.
 * The deployer has no part in it.
 */
interface IMeteringRoles {
    /// @notice What a deployment keeps to, for ever.
    struct Rules {
        /// Length of an interval, s: from 60 to 86,400. Reports end at its multiples.
        uint32 intervalSeconds;
        /// How long a session key of a meter holds at most, s: up to 30 days.
        uint32 sessionSeconds;
        /// How long a session or epoch key still holds beside the one that follows it, s: shorter than a session.
        uint32 overlapSeconds;
    }

    /// @notice The member on `seat` is the utility from now on.
    event UtilityAppointed(uint256 indexed seat);
    /// @notice `concentrator` may send batches.
    event ConcentratorAppointed(address indexed concentrator);
    /// @notice `concentrator` may no longer send batches.
    event ConcentratorDismissed(address indexed concentrator);

    /// @notice The rule `what` is out of bounds at `got`.
    error MeteringBadRules(string what, uint256 got);
    /// @notice `caller` has seat `got`, and the utility's is `want`.
    error MeteringNotUtility(address caller, uint256 got, uint256 want);
    /// @notice Another utility is appointed by the vote of the members, and not otherwise.
    error MeteringNotByVote(address caller);
    /// @notice `caller` is no data concentrator.
    error MeteringNotConcentrator(address caller);
    /// @notice `account` is a concentrator already.
    error MeteringAlreadyConcentrator(address account);
    /// @notice The zero address is nobody.
    error MeteringZeroAddress();

    /// @notice By vote, appoints the member on a seat as the utility.
    /// @custom:error MeteringNotByVote; ConsortiumNoSuchSeat if nobody ever had the seat
    function appointUtility(uint256 seat) external;

    /// @notice As the utility, lets an account send batches.
    /// @custom:error ConsortiumNotMember, MeteringNotUtility, MeteringZeroAddress, MeteringAlreadyConcentrator
    function appointConcentrator(address account) external;

    /// @notice As the utility, ends that.
    /// @custom:error ConsortiumNotMember, MeteringNotUtility, MeteringNotConcentrator
    function dismissConcentrator(address account) external;

    /// @notice As the utility, puts another account in a lost one's place, at once.
    /// @custom:error as of the two
    function replaceConcentrator(address lost, address account) external;

    /// @notice Whose member the utility is.
    function consortium() external view returns (IConsortium);

    /// @notice The utility's seat.
    function utilitySeat() external view returns (uint256);

    /// @notice Whether an account is a data concentrator.
    function isConcentrator(address account) external view returns (bool);

    /// @notice The rules.
    function rules() external view returns (Rules memory);
}
