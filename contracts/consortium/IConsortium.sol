// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

/// @notice Told when an account loses its seat, or gives it to another: the slot ledger, which keeps accounts by version.
interface IMemberFollower {
    /// @notice `account` has lost `seat`, which stays empty.
    function onMemberRemoved(uint256 seat, address account) external;

    /// @notice `seat` was that of `from` and is that of `to`.
    function onAccountReplaced(uint256 seat, address from, address to) external;
}

/**
 * @title The consortium of operators: who is a member, and the credits each holds
 * @notice Every member has a seat, a number from 0 that is given in the order of joining and never given again.
 * Arrays "by seat" have one entry for every seat ever given. Only active seats, those of members, hold credits.
 * The sum of all credits is `totalCredits()`; no function here changes it after the founding.
 *
 * Roles: a member holds `OPERATOR_ROLE`, the slot ledger `LEDGER_ROLE`. The deployer's only power is to name the
 * ledger, once, with `concludeSetup`. Roles change only through the functions below: `grantRole`, `revokeRole` and
 * `renounceRole` of AccessControl always revert with `ConsortiumRolesFixed`.
 */
interface IConsortium is IAccessControl {
    /// @notice A founding member, as the constructor takes it.
    struct Founder {
        address account;
        string name;
    }

    /// @notice A member, present or past. `credits` is 0 and `active` false for one that was expelled.
    struct Member {
        uint256 seat;
        address account;
        bool active;
        uint64 credits;
        string name;
    }

    /// @notice `account` became a member with `credits`, on `seat`.
    event MemberJoined(address indexed account, uint256 indexed seat, string name, uint64 credits);

    /// @notice `account` is no longer a member; its seat stays empty.
    event MemberExpelled(address indexed account, uint256 indexed seat);

    /// @notice `amount` credits moved from one member to another, by the former's will.
    event CreditsTransferred(address indexed from, address indexed to, uint64 amount);

    /// @notice A settlement moved credits: `moved` is what each seat gained (positive) or lost (negative). Sums to 0.
    event CreditsRedistributed(int256[] moved);

    /// @notice The deployer named the slot ledger and the governance, and gave up its role.
    event SetupConcluded(address indexed ledger, address indexed governance);

    /// @notice A consortium needs at least one founder.
    error ConsortiumNoFounders();

    /// @notice Founders need a deposit: a member without credits could be expelled at once.
    error ConsortiumZeroDeposit();

    /// @notice The founding deposits add up to `total`, more than the `max` that every balance is sure to fit in.
    error ConsortiumDepositTooLarge(uint256 total, uint256 max);

    /// @notice More seats were asked for than there are.
    error ConsortiumTooManySeats(uint256 seats, uint256 max);

    /// @notice The zero address cannot be a member.
    error ConsortiumZeroAddress();

    /// @notice `account` is a member already.
    error ConsortiumAlreadyMember(address account);

    /// @notice `account` is not a member, or no longer one.
    error ConsortiumNotMember(address account);

    /// @notice No member ever had `seat`: there are `seatCount` seats, numbered from 0.
    error ConsortiumNoSuchSeat(uint256 seat, uint256 seatCount);

    /// @notice `seat` was never given or belongs to an expelled member; it takes no part in a settlement.
    error ConsortiumInactiveSeat(uint256 seat);

    /// @notice An array by seat has `got` entries where `expected` are wanted, or at most as many.
    error ConsortiumLengthMismatch(uint256 got, uint256 expected);

    /// @notice `account` has `have` credits, fewer than the `want` it would transfer.
    error ConsortiumInsufficientCredits(address account, uint64 have, uint64 want);

    /// @notice A transfer to oneself moves nothing.
    error ConsortiumSelfTransfer(address account);

    /// @notice `account` still has credits, so that not everyone may expel it.
    error ConsortiumHasCredits(address account, uint64 credits);

    /// @notice The slot ledger must be a contract.
    error ConsortiumLedgerNotContract(address ledger);

    /// @notice The governance must be a contract.
    error ConsortiumGovernanceNotContract(address governance);

    /// @notice `role` is given and taken by the consortium's own functions alone.
    error ConsortiumRolesFixed(bytes32 role);

    /**
     * @notice Names the slot ledger and the governance, and ends the setup: the caller, the deployer, gives up the
     * admin role, which nobody can have again.
     * @param ledger_ The contract that settles slots, an `IMemberFollower`.
     * @param governance_ The contract that does what the members vote for.
     * @custom:error AccessControlUnauthorizedAccount if the caller is not the deployer, or the setup has ended.
     * @custom:error ConsortiumLedgerNotContract if `ledger_` has no code.
     * @custom:error ConsortiumGovernanceNotContract if `governance_` has none.
     */
    function concludeSetup(address ledger_, address governance_) external;

    /**
     * @notice Transfers credits of the caller, a member, to another member.
     * @param to The member that receives them.
     * @param amount Credits, 0 allowed.
     * @custom:error ConsortiumNotMember if the caller or `to` is not a member.
     * @custom:error ConsortiumSelfTransfer if `to` is the caller.
     * @custom:error ConsortiumInsufficientCredits if the caller has fewer.
     */
    function transfer(address to, uint64 amount) external;

    /**
     * @notice Ends the membership of an operator that has run out of credits. Anyone may call.
     * The last member cannot be expelled: it holds all credits, and there are some.
     * @param account The member.
     * @custom:error ConsortiumNotMember if `account` is not a member.
     * @custom:error ConsortiumHasCredits if `account` has credits left.
     */
    function expel(address account) external;

    /**
     * @notice Moves credits between members as a slot's settlement asks, by the netting of `Netting.sol`.
     * Only for the slot ledger. Reverts as a whole or keeps the sum of credits.
     * Emits `CreditsRedistributed`, with an entry for every seat.
     * @param change By seat, Δ̃ in units of 1/(n-1) credits, n the number of active seats. Any value is allowed. Entries
     * missing at the end count as 0, which is seldom right for a member: one without meters pays for others too.
     * @param ownReward By seat, credits: what the member earned itself in this slot, the most that one without any
     * credits can be paid. As long as `change`.
     * @param remainderSeat Who gets the credits that rounding leaves over.
     * @custom:error AccessControlUnauthorizedAccount if the caller is not the slot ledger.
     * @custom:error ConsortiumLengthMismatch if `change` has more than `seatCount()` entries, or `ownReward` not as
     * many as `change`.
     * @custom:error ConsortiumInactiveSeat if `remainderSeat` is not active, or a seat that is not has an entry
     * other than 0.
     */
    function redistribute(int256[] calldata change, uint256[] calldata ownReward, uint256 remainderSeat) external;

    /**
     * @notice The seat of a member.
     * @custom:error ConsortiumNotMember if `account` is not a member.
     */
    function seatOf(address account) external view returns (uint256 seat);

    /**
     * @notice The credits of a member.
     * @custom:error ConsortiumNotMember if `account` is not a member.
     */
    function creditsOf(address account) external view returns (uint64 credits);

    /**
     * @notice Who has, or had, a seat.
     * @custom:error ConsortiumNoSuchSeat if nobody ever had it.
     */
    function memberAt(uint256 seat) external view returns (Member memory member);

    /// @notice All members, present and past, by seat.
    function members() external view returns (Member[] memory list);

    /// @notice The active seats as a bit map: bit s is set if seat s is that of a member. See `Seats.sol`.
    function activeSeats() external view returns (uint256 bitmap);

    /// @notice How many seats were ever given; seats are numbered from 0.
    function seatCount() external view returns (uint256 count);

    /// @notice `activeSeats()` and `seatCount()` in one call.
    function seating() external view returns (uint256 activeSeats, uint256 seatCount);

    /// @notice The sum of all members' credits.
    function totalCredits() external view returns (uint64 total);

    /// @notice The slot ledger, the only contract that redistributes credits; zero until the setup is concluded.
    function ledger() external view returns (address);

    /// @notice The contract that does what the members vote for; zero until the setup is concluded.
    function governance() external view returns (address);
}
