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

/// @notice A consortium that takes over from another one.
interface IConsortiumSuccessor {
    /// @notice Whose members, seats and credits it takes over.
    function predecessor() external view returns (IConsortium);
}

/**
 * @title The consortium of operators: who is a member, and the credits each holds
 * @notice Every member has a seat, a number from 0 that is given in the order of joining and never given again.
 * Arrays "by seat" have one entry for every seat ever given. Only active seats, those of members, hold credits.
 * The sum of all credits is `totalCredits()`; after the founding it changes only when a member leaves with its own.
 *
 * Members join, and are expelled while they have credits, by vote: `governance()` alone makes those calls.
 *
 * Roles: a member holds `OPERATOR_ROLE`, the slot ledger `LEDGER_ROLE`. The deployer's only power is to name the
 * ledger and the governance, once, with `concludeSetup`. Roles change only through the functions below: `grantRole`, `revokeRole` and
 * `renounceRole` of AccessControl always revert with `ConsortiumRolesFixed`.
 */
interface IConsortium is IAccessControl {
    /// @notice A founding member, as the constructor takes it.
    struct Founder {
        address account;
        string name;
    }

    /// @notice A member, present or past. `credits` is 0 and `active` false for one that was expelled or left.
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

    /// @notice A member left and took `credits` with it; the sum of all fell by as many.
    event MemberLeft(address indexed account, uint256 indexed seat, uint64 credits);

    /// @notice A member said that it will leave.
    event LeaveAnnounced(address indexed account, uint256 indexed seat);

    /// @notice The `credits` of an expelled member went to the others, `each` to everyone and one more to the `rest` of
    /// them with the lowest seats.
    event CreditsShared(uint256 indexed seat, uint64 credits, uint64 each, uint64 rest);

    /// @notice The member on `seat` would pay up to `credits` for `account` to join.
    event Sponsored(uint256 indexed seat, address indexed account, uint64 credits);

    /// @notice By vote, `to` has the seat that `from` had.
    event AccountReplaced(uint256 indexed seat, address indexed from, address indexed to);

    /// @notice The member on `seat` seals blocks as `validator`, and its node is found at `url`.
    event NodeRecorded(uint256 indexed seat, address indexed validator, string url);

    /// @notice By vote, `ledger` takes the slots from where the present ledger's `slot` would start.
    event LedgerAnnounced(address indexed ledger, uint256 slot);

    /// @notice The ledger that was announced now redistributes.
    event LedgerSwitched(address indexed from, address indexed to);

    /// @notice By vote, `successor` takes over; nothing moves here any more.
    event Retired(address indexed successor);

    /// @notice Members, seats and credits were taken over.
    event Adopted(address indexed predecessor, uint256 seats, uint64 totalCredits);

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

    /// @notice Only the governance makes this call, after a vote.
    error ConsortiumNotGovernance(address caller);

    /// @notice This consortium has ended; `successor` is the one now.
    error ConsortiumRetired(address successor);

    /// @notice `account` had a seat once; what an account did is always that of one seat.
    error ConsortiumFormerAccount(address account);

    /// @notice The member on `seat` has this name already.
    error ConsortiumNameTaken(string name, uint256 seat);

    /// @notice A text of `length` bytes: a name has 1 to `max`, the URL of a node at most.
    error ConsortiumTextTooLong(uint256 length, uint256 max);

    /// @notice The member on `seat` agreed to pay `agreed` credits for `account`, not `want`.
    error ConsortiumNotSponsored(address account, uint256 seat, uint64 agreed, uint64 want);

    /// @notice With one member more the anomaly penalty A could be `most`; it is `penalty`. Lower it first.
    error ConsortiumAnomalyPenalty(uint256 penalty, uint256 most);

    /// @notice `account` is the last member.
    error ConsortiumLastMember(address account);

    /// @notice Say that you will leave first.
    error ConsortiumLeaveNotAnnounced(address account);

    /// @notice Slot `nextSlot` is next to be settled; the member said in slot `announcedIn` that it will leave.
    error ConsortiumSlotsUnsettled(uint256 nextSlot, uint256 announcedIn);

    /// @notice The member on `seat` owns meters in the version in force, or in one of a slot that is not settled.
    error ConsortiumOwnsMeters(uint256 seat);

    /// @notice The member on `seat` recorded this validator.
    error ConsortiumValidatorTaken(address validator, uint256 seat);

    /// @notice The slot ledger is about to change to `next`.
    error ConsortiumLedgerChanging(address next);

    /// @notice `ledger` is the present one, or one of another consortium or registry.
    error ConsortiumLedgerForeign(address ledger);

    /// @notice A ledger starts with a slot of the present one, later than `time`; this one starts at `start`.
    error ConsortiumLedgerStart(uint256 start, uint256 time);

    /// @notice No other ledger was voted for.
    error ConsortiumNoNextLedger();

    /// @notice `ledger` is not retired, or has yet to settle `nextSlot`.
    error ConsortiumLedgerRuns(address ledger, uint256 nextSlot);

    /// @notice `account` does not take over from this consortium, or was not voted to.
    error ConsortiumNotSuccessor(address account);

    /// @notice The successor's registry took over version `got`, and `want` is in force.
    error ConsortiumRegistryBehind(uint256 got, uint256 want);

    /// @notice The setup of `consortium` has not ended.
    error ConsortiumSetupOpen(address consortium);

    /// @notice Members were taken over already.
    error ConsortiumAlreadyAdopted();

    /// @notice The credits taken over sum to `got`, not `want`.
    error ConsortiumSumDiffers(uint256 got, uint256 want);

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
     * @param account The member.
     * @custom:error ConsortiumNotMember if `account` is not a member.
     * @custom:error ConsortiumHasCredits if `account` has credits left.
     * @custom:error ConsortiumLastMember if it is the only one.
     */
    function expel(address account) external;

    /**
     * @notice By vote, ends the membership of an operator that has credits. They go to the others: the same to each, and
     * of what is left of that one each to those with the lowest seats. The sum stays.
     * @custom:error ConsortiumNotGovernance, ConsortiumRetired, ConsortiumNotMember, ConsortiumLastMember
     */
    function expelByVote(address account) external;

    /**
     * @notice As a member, agrees to pay up to `credits` for `account` to join; 0 takes that back.
     * @custom:error ConsortiumNotMember, ConsortiumRetired
     */
    function sponsor(address account, uint64 credits) external;

    /**
     * @notice By vote, makes `account` a member on the next seat. Its sponsor pays what it starts with.
     * @param name Not that of another member; 1 to 64 bytes.
     * @param sponsor_ The member that agreed, with `sponsor`, to pay at least `credits`.
     * @param credits What the new member starts with; above 0.
     * @custom:error ConsortiumNotGovernance, ConsortiumRetired, ConsortiumTooManySeats, ConsortiumTextTooLong,
     * ConsortiumNameTaken, ConsortiumZeroDeposit, ConsortiumNotMember, ConsortiumNotSponsored,
     * ConsortiumInsufficientCredits, ConsortiumAnomalyPenalty, ConsortiumZeroAddress, ConsortiumAlreadyMember,
     * ConsortiumFormerAccount
     */
    function admit(address account, string calldata name, address sponsor_, uint64 credits) external;

    /**
     * @notice As a member, says that one will leave: the first of two steps.
     * @custom:error ConsortiumNotMember, ConsortiumRetired
     */
    function announceLeave() external;

    /**
     * @notice As a member, leaves with one's credits, once every slot that began before `announceLeave` is settled and
     * one owns no meter in the version in force or in one of a slot that is not settled.
     * @custom:error ConsortiumNotMember, ConsortiumRetired, ConsortiumLeaveNotAnnounced, ConsortiumLastMember,
     * ConsortiumLedgerChanging, ConsortiumSlotsUnsettled, ConsortiumOwnsMeters
     */
    function completeLeave() external;

    /**
     * @notice By vote, gives a member's seat to another account of that member, whose key was lost or stolen. The seat
     * keeps its name, credits, votes, node and history.
     * @custom:error ConsortiumNotGovernance, ConsortiumRetired, ConsortiumInactiveSeat, ConsortiumZeroAddress,
     * ConsortiumAlreadyMember, ConsortiumFormerAccount
     */
    function replaceAccount(uint256 seat, address account) external;

    /**
     * @notice As a member, records who seals blocks for one and where the node is, so that others know whom to vote out
     * and which peer to drop when one is a member no longer.
     * @param validator The address that seals; zero for none. No other member may have recorded it.
     * @param url The node's enode URL; at most 512 bytes.
     * @custom:error ConsortiumNotMember, ConsortiumRetired, ConsortiumValidatorTaken, ConsortiumTextTooLong
     */
    function recordNode(address validator, string calldata url) external;

    /**
     * @notice By vote, has `ledger_` take the slots from its genesis on, which must be the start of a slot of the present
     * ledger that has not begun. That one settles what comes before. Then anyone calls `switchLedger`.
     * @custom:error ConsortiumNotGovernance, ConsortiumRetired, ConsortiumLedgerChanging, ConsortiumLedgerNotContract,
     * ConsortiumLedgerForeign, ConsortiumLedgerStart
     */
    function replaceLedger(address ledger_) external;

    /**
     * @notice By vote, has the ledger take no slot from `slot` on, which has not begun: before `retire`.
     * @custom:error ConsortiumNotGovernance, ConsortiumRetired, SlotLedgerRetired, SlotLedgerSlotBegun
     */
    function retireLedger(uint256 slot) external;

    /**
     * @notice Lets the ledger that was voted for redistribute, once the present one has settled its last slot. Anyone may.
     * @custom:error ConsortiumNoNextLedger, ConsortiumLedgerRuns
     */
    function switchLedger() external;

    /**
     * @notice By vote, ends this consortium in favour of another one, which reads from here whatever it takes over. The
     * ledger has been retired by vote and has settled its last slot.
     * @custom:error ConsortiumNotGovernance, ConsortiumRetired, ConsortiumLedgerChanging, ConsortiumNotSuccessor,
     * ConsortiumSetupOpen, ConsortiumAnomalyPenalty, ConsortiumRegistryBehind, ConsortiumLedgerRuns
     */
    function retire(address successor_) external;

    /**
     * @notice (This name and that of `activeSeatOverview` have low selectors: every slot calls both, and each function
     * before one costs 22 gas.)
     *
     * Moves credits between members as a slot's settlement asks, by the netting of `Netting.sol`.
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
    function netCredits(int256[] calldata change, uint256[] calldata ownReward, uint256 remainderSeat) external;

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
    function activeSeatOverview() external view returns (uint256 activeSeats, uint256 seatCount);

    /// @notice The sum of all members' credits.
    function totalCredits() external view returns (uint64 total);

    /// @notice Up to how many credits the member on `seat` would pay for `account` to join.
    function sponsorship(uint256 seat, address account) external view returns (uint64 credits);

    /// @notice Who seals blocks for the member on `seat`, and where its node is, as it recorded.
    function nodeOf(uint256 seat) external view returns (address validator, string memory url);

    /// @notice When (seconds) the member on `seat` said that it will leave; 0 if it did not.
    function leavingSince(uint256 seat) external view returns (uint256 time);

    /// @notice Whether `account` is or was that of a seat.
    function hadSeat(address account) external view returns (bool);

    /// @notice The ledger that was voted for and waits for the present one's last settlement; zero if there is none.
    function nextLedger() external view returns (address);

    /// @notice The consortium that took over; zero while this one runs.
    function successor() external view returns (address);

    /// @notice The slot ledger, the only contract that redistributes credits; zero until the setup is concluded. After
    /// the consortium's end the last one, which does so no more.
    function ledger() external view returns (address);

    /// @notice The contract that does what the members vote for; zero until the setup is concluded.
    function governance() external view returns (address);
}
