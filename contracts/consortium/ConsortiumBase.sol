// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IGridRegistry} from "../grid/IGridRegistry.sol";
import {ISlotLedger} from "../measurement/ISlotLedger.sol";
import {IConsortium, IConsortiumSuccessor, IMemberFollower} from "./IConsortium.sol";
import {Netting} from "./libraries/Netting.sol";
import {PackedCredits} from "./libraries/PackedCredits.sol";
import {Seats} from "./libraries/Seats.sol";

/**
 * @title Members, their seats and credits
 * @notice See `IConsortium` for what it does and `Netting.sol` for how a settlement moves credits. How a consortium
 * comes to its first members is what `Consortium` and `ConsortiumSuccessor` add.
 *
 * Kept by every function: the credits of all seats sum to `totalCredits`, which fits in 64 bits, hence so does each
 * balance; an inactive seat has none; an account has a seat exactly if it has `OPERATOR_ROLE`, and never two.
 */
abstract contract ConsortiumBase is IConsortium, AccessControl {
    using PackedCredits for PackedCredits.Balances;

    /// @notice Held by every member, and by nobody else.
    bytes32 public constant OPERATOR_ROLE = keccak256("OPERATOR_ROLE");

    /// @notice Held by the slot ledger once the setup has ended.
    bytes32 public constant LEDGER_ROLE = keccak256("LEDGER_ROLE");

    /// @notice The most seats there can be, so that a settlement's arrays stay short.
    uint256 public constant MAX_SEATS = Seats.MAX;

    /// @dev What `SlotLedger.versionOf` says of slots that a retired ledger does not take.
    uint24 private constant _RETIRED = type(uint24).max;
    uint256 private constant _MAX_NAME_BYTES = 64;
    uint256 private constant _MAX_NODE_BYTES = 512;
    /// @dev In `_seatPlusOne`: the account had the seat, and has it no more.
    uint256 private constant _FORMER = 1 << 255;

    /// @dev Who has or had the seat of this position.
    struct Seat {
        address account;
        /// Seconds; 0 unless the member said that it will leave.
        uint40 leavingSince;
        string name;
    }

    /// @dev What a member seals blocks with, and where its peers find it.
    struct Node {
        address validator;
        string url;
    }

    /// @dev One word: what a settlement needs to know besides the balances.
    struct Seating {
        address ledger;
        uint88 activeSeats;
        uint8 seatCount;
    }

    /// @inheritdoc IConsortium
    uint64 public totalCredits;

    /// @inheritdoc IConsortium
    address public governance;

    /// @inheritdoc IConsortium
    address public nextLedger;

    /// @inheritdoc IConsortium
    address public successor;

    address private _lastLedger;

    Seating internal _seating;
    PackedCredits.Balances internal _credits;
    Seat[] private _seats;

    /// @dev One more than the member's seat; with `_FORMER` for an account that had it; 0 for everyone else.
    mapping(address account => uint256 seatPlusOne) private _seatPlusOne;
    mapping(uint256 seat => Node) private _nodes;
    /// @dev One more than the seat that recorded it last.
    mapping(address validator => uint256 seatPlusOne) private _validatorSeat;

    /// @inheritdoc IConsortium
    mapping(uint256 seat => mapping(address account => uint64)) public sponsorship;

    /// @inheritdoc IConsortium
    function concludeSetup(address ledger_, address governance_) external onlyRole(DEFAULT_ADMIN_ROLE) {
        // Check: an account with a key could redistribute or rule at will.
        if (ledger_.code.length == 0) revert ConsortiumLedgerNotContract(ledger_);
        if (governance_.code.length == 0) revert ConsortiumGovernanceNotContract(governance_);

        // Effect: the only holder of the admin role gives it up.
        _seating.ledger = ledger_;
        governance = governance_;
        _grantRole(LEDGER_ROLE, ledger_);
        _revokeRole(DEFAULT_ADMIN_ROLE, msg.sender);
        emit SetupConcluded(ledger_, governance_);
    }

    /// @inheritdoc IConsortium
    function transfer(address to, uint64 amount) external {
        // Check: two different members, and enough credits.
        _checkOpen();
        uint256 fromSeat = seatOf(msg.sender);
        uint256 toSeat = seatOf(to);
        if (fromSeat == toSeat) revert ConsortiumSelfTransfer(to);
        uint64 have = _credits.get(fromSeat);
        if (have < amount) revert ConsortiumInsufficientCredits(msg.sender, have, amount);

        // Effect: no overflow, as both balances are part of a sum that fits in 64 bits.
        _credits.set(fromSeat, have - amount);
        _credits.set(toSeat, _credits.get(toSeat) + amount);
        emit CreditsTransferred(msg.sender, to, amount);
    }

    /// @inheritdoc IConsortium
    function expel(address account) external {
        // Check: a member without credits, so that the sum of credits stays.
        _checkOpen();
        uint256 seat = seatOf(account);
        uint64 credits = _credits.get(seat);
        if (credits != 0) revert ConsortiumHasCredits(account, credits);
        // One without credits can be the last, where the others took theirs with them.
        _checkNotLast(account);

        // Effect.
        _empty(seat, account);
        emit MemberExpelled(account, seat);

        // Interaction.
        _tellRemoved(seat, account);
    }

    /// @inheritdoc IConsortium
    function expelByVote(address account) external {
        // Check: voted for, and somebody is left.
        _checkGoverned();
        uint256 seat = seatOf(account);
        _checkNotLast(account);

        // Effect: what it has goes to the others, in equal parts; what is left of that, one each to the lowest seats.
        uint64 credits = _credits.get(seat);
        _credits.set(seat, 0);
        _empty(seat, account);
        uint256 active = _seating.activeSeats;
        uint256 count = Seats.count(active);
        // Casts: parts of 64 bits.
        uint64 each = uint64(credits / count);
        uint64 rest = uint64(credits % count);
        uint64 left = rest;
        for (uint256 other = 0; active >> other != 0; ++other) {
            if (!Seats.contains(active, other)) continue;
            _credits.set(other, _credits.get(other) + each + (left == 0 ? 0 : 1));
            if (left != 0) --left;
        }
        emit CreditsShared(seat, credits, each, rest);
        emit MemberExpelled(account, seat);

        // Interaction.
        _tellRemoved(seat, account);
    }

    /// @inheritdoc IConsortium
    function sponsor(address account, uint64 credits) external {
        // Check.
        _checkOpen();
        uint256 seat = seatOf(msg.sender);

        // Effect.
        sponsorship[seat][account] = credits;
        emit Sponsored(seat, account, credits);
    }

    /// @inheritdoc IConsortium
    function admit(address account, string calldata name, address sponsor_, uint64 credits) external {
        // Check: voted for; a free seat; a name of its own; a sponsor that agreed and can pay.
        _checkGoverned();
        uint256 seat = _seating.seatCount;
        if (seat == MAX_SEATS) revert ConsortiumTooManySeats(seat + 1, MAX_SEATS);
        _checkName(name);
        if (credits == 0) revert ConsortiumZeroDeposit();
        uint256 payer = seatOf(sponsor_);
        uint64 agreed = sponsorship[payer][account];
        if (agreed < credits) revert ConsortiumNotSponsored(account, payer, agreed, credits);
        uint64 have = _credits.get(payer);
        if (have < credits) revert ConsortiumInsufficientCredits(sponsor_, have, credits);
        uint256 active = _seating.activeSeats;
        _checkAnomalyPenalty(_seating.ledger, Seats.count(active) + 1);

        // Effect: the sponsor pays; nothing is minted. Casts: seat < 88.
        delete sponsorship[payer][account];
        _credits.set(payer, have - credits);
        _seating.activeSeats = uint88(active | (1 << seat));
        _seating.seatCount = uint8(seat + 1);
        _seat(account, name, seat, credits);
    }

    /// @inheritdoc IConsortium
    function announceLeave() external {
        // Check.
        _checkOpen();
        uint256 seat = seatOf(msg.sender);

        // Effect.
        _seats[seat].leavingSince = uint40(block.timestamp);
        emit LeaveAnnounced(msg.sender, seat);
    }

    /// @inheritdoc IConsortium
    function completeLeave() external {
        // Check: announced, nothing of it is open any more, and somebody stays.
        _checkOpen();
        uint256 seat = seatOf(msg.sender);
        uint256 since = _seats[seat].leavingSince;
        if (since == 0) revert ConsortiumLeaveNotAnnounced(msg.sender);
        _checkNotLast(msg.sender);
        if (nextLedger != address(0)) revert ConsortiumLedgerChanging(nextLedger);
        if (_seating.ledger != address(0)) _checkNothingOpen(seat, since);

        // Effect: its credits leave with it.
        uint64 credits = _credits.get(seat);
        _credits.set(seat, 0);
        totalCredits -= credits;
        _empty(seat, msg.sender);
        emit MemberLeft(msg.sender, seat, credits);

        // Interaction.
        _tellRemoved(seat, msg.sender);
    }

    /// @inheritdoc IConsortium
    function replaceAccount(uint256 seat, address account) external {
        // Check: voted for; a member's seat, and an account that never had one.
        _checkGoverned();
        if (!Seats.contains(_seating.activeSeats, seat)) revert ConsortiumInactiveSeat(seat);
        _checkUnused(account);

        // Effect: the seat keeps name, credits, node and history. What a thief announced or promised is void where known.
        address before = _seats[seat].account;
        _seats[seat].account = account;
        _seats[seat].leavingSince = 0;
        _seatPlusOne[before] = _FORMER | (seat + 1);
        _seatPlusOne[account] = seat + 1;
        _revokeRole(OPERATOR_ROLE, before);
        _grantRole(OPERATOR_ROLE, account);
        emit AccountReplaced(seat, before, account);

        // Interaction: it uploads from now on.
        if (_seating.ledger != address(0)) {
            IMemberFollower(_seating.ledger).onAccountReplaced(seat, before, account);
        }
        if (nextLedger != address(0)) IMemberFollower(nextLedger).onAccountReplaced(seat, before, account);
    }

    /// @inheritdoc IConsortium
    function recordNode(address validator, string calldata url) external {
        // Check: a validator that no other member recorded.
        _checkOpen();
        uint256 seat = seatOf(msg.sender);
        uint256 holder = _validatorSeat[validator];
        if (holder != 0 && holder != seat + 1 && Seats.contains(_seating.activeSeats, holder - 1)) {
            revert ConsortiumValidatorTaken(validator, holder - 1);
        }
        if (bytes(url).length > _MAX_NODE_BYTES) revert ConsortiumTextTooLong(bytes(url).length, _MAX_NODE_BYTES);

        // Effect. The zero address stands for none, which any number of members may have.
        delete _validatorSeat[_nodes[seat].validator];
        if (validator != address(0)) _validatorSeat[validator] = seat + 1;
        _nodes[seat] = Node(validator, url);
        emit NodeRecorded(seat, validator, url);
    }

    /// @inheritdoc IConsortium
    function replaceLedger(address ledger_) external {
        // Check: voted for; a ledger of this consortium and its registry, which starts with a slot that has not begun.
        _checkGoverned();
        if (nextLedger != address(0)) revert ConsortiumLedgerChanging(nextLedger);
        if (ledger_.code.length == 0) revert ConsortiumLedgerNotContract(ledger_);
        ISlotLedger old = ISlotLedger(_seating.ledger);
        ISlotLedger next = ISlotLedger(ledger_);
        IGridRegistry registry = old.registry();
        if (
            address(next.consortium()) != address(this) ||
            address(next.registry()) != address(registry) ||
            ledger_ == address(old)
        ) {
            revert ConsortiumLedgerForeign(ledger_);
        }
        uint256 start = next.genesis();
        if (start <= block.timestamp) revert ConsortiumLedgerStart(start, block.timestamp);
        uint256 slot = old.slotAt(start);
        if (old.slotAt(start - 1) == slot) revert ConsortiumLedgerStart(start, block.timestamp);

        // Effect.
        nextLedger = ledger_;
        emit LedgerAnnounced(ledger_, slot);

        // Interaction: the old one takes slots before that alone, and the new one learns which version is in force.
        old.retire(slot);
        registry.introduce(ledger_);
    }

    /// @inheritdoc IConsortium
    function retireLedger(uint256 slot) external {
        // Check: voted for.
        _checkGoverned();

        // Interaction.
        ISlotLedger(_seating.ledger).retire(slot);
    }

    /// @inheritdoc IConsortium
    function switchLedger() external {
        // Check: the old one has settled all that it took.
        address next = nextLedger;
        if (next == address(0)) revert ConsortiumNoNextLedger();
        ISlotLedger old = ISlotLedger(_seating.ledger);
        _checkAllSettled(old);

        // Effect.
        _seating.ledger = next;
        nextLedger = address(0);
        _revokeRole(LEDGER_ROLE, address(old));
        _grantRole(LEDGER_ROLE, next);
        emit LedgerSwitched(address(old), next);
    }

    /// @inheritdoc IConsortium
    function retire(address successor_) external {
        // Check: voted for; all settled; a successor that nobody administers and that will take over from here.
        _checkGoverned();
        if (nextLedger != address(0)) revert ConsortiumLedgerChanging(nextLedger);
        if (successor_.code.length == 0) revert ConsortiumNotSuccessor(successor_);
        if (address(IConsortiumSuccessor(successor_).predecessor()) != address(this)) {
            revert ConsortiumNotSuccessor(successor_);
        }
        if (IConsortium(successor_).governance() == address(0)) revert ConsortiumSetupOpen(successor_);
        address next = IConsortium(successor_).ledger();
        _checkAnomalyPenalty(next, Seats.count(_seating.activeSeats));
        address last = _seating.ledger;
        uint24 want = ISlotLedger(last).registry().activeVersion();
        uint24 got = ISlotLedger(next).registry().versionCount();
        if (got != want) revert ConsortiumRegistryBehind(got, want);
        _checkAllSettled(ISlotLedger(last));

        // Effect: with the ledger's name goes its power to redistribute.
        successor = successor_;
        _lastLedger = last;
        _seating.ledger = address(0);
        _revokeRole(LEDGER_ROLE, last);
        emit Retired(successor_);
    }

    /// @inheritdoc IConsortium
    function netCredits(int256[] calldata change, uint256[] calldata ownReward, uint256 remainderSeat) external {
        // Check: the caller. The ledger alone has the role; its address comes with the word that is needed anyway.
        if (msg.sender != _seating.ledger) revert AccessControlUnauthorizedAccount(msg.sender, LEDGER_ROLE);

        // Check: the arrays speak of active seats only.
        uint256 seats = _seating.seatCount;
        uint256 active = _seating.activeSeats;
        uint256 entries = change.length;
        if (entries > seats) revert ConsortiumLengthMismatch(entries, seats);
        if (ownReward.length != entries) revert ConsortiumLengthMismatch(ownReward.length, entries);
        if (!Seats.contains(active, remainderSeat)) revert ConsortiumInactiveSeat(remainderSeat);
        // With every seat active, there is none to look at.
        if (active != (1 << seats) - 1) {
            for (uint256 seat = 0; seat < entries; ++seat) {
                if (Seats.contains(active, seat)) continue;
                if (change[seat] != 0 || ownReward[seat] != 0) revert ConsortiumInactiveSeat(seat);
            }
        }

        // Effect: the balances after netting. Seats after the last that is spoken of have no part in it.
        uint256[] memory words = _credits.load(remainderSeat < entries ? entries : remainderSeat + 1);
        int256[] memory moved = Netting.net(words, change, ownReward, remainderSeat, active, seats);
        _credits.addTo(words, moved);
        _emitRedistributed(moved);
    }

    /// @inheritdoc IConsortium
    function creditsOf(address account) external view returns (uint64 credits) {
        return _credits.get(seatOf(account));
    }

    /// @inheritdoc IConsortium
    function members() external view returns (Member[] memory list) {
        uint256 seats = _seats.length;
        list = new Member[](seats);
        for (uint256 seat = 0; seat < seats; ++seat) list[seat] = memberAt(seat);
    }

    /// @inheritdoc IConsortium
    function activeSeats() external view returns (uint256 bitmap) {
        return _seating.activeSeats;
    }

    /// @inheritdoc IConsortium
    function seatCount() external view returns (uint256 count) {
        return _seating.seatCount;
    }

    /// @inheritdoc IConsortium
    function activeSeatOverview() external view returns (uint256 activeSeats_, uint256 seatCount_) {
        return (_seating.activeSeats, _seating.seatCount);
    }

    /// @inheritdoc IConsortium
    function ledger() external view returns (address) {
        return successor == address(0) ? _seating.ledger : _lastLedger;
    }

    /// @inheritdoc IConsortium
    function nodeOf(uint256 seat) external view returns (address validator, string memory url) {
        return (_nodes[seat].validator, _nodes[seat].url);
    }

    /// @inheritdoc IConsortium
    function leavingSince(uint256 seat) external view returns (uint256 time) {
        return seat < _seats.length ? _seats[seat].leavingSince : 0;
    }

    /// @notice Always reverts: members join and leave by the consortium's own rules.
    function grantRole(bytes32 role, address) public pure override(AccessControl, IAccessControl) {
        revert ConsortiumRolesFixed(role);
    }

    /// @notice Always reverts: members join and leave by the consortium's own rules.
    function revokeRole(bytes32 role, address) public pure override(AccessControl, IAccessControl) {
        revert ConsortiumRolesFixed(role);
    }

    /// @notice Always reverts: a member that dropped its role would keep a seat that it cannot use.
    function renounceRole(bytes32 role, address) public pure override(AccessControl, IAccessControl) {
        revert ConsortiumRolesFixed(role);
    }

    /// @inheritdoc IConsortium
    function seatOf(address account) public view returns (uint256 seat) {
        uint256 seatPlusOne = _seatPlusOne[account];
        if (seatPlusOne == 0 || seatPlusOne >= _FORMER) revert ConsortiumNotMember(account);
        return seatPlusOne - 1;
    }

    /// @inheritdoc IConsortium
    function hadSeat(address account) public view virtual returns (bool) {
        return _seatPlusOne[account] != 0;
    }

    /// @inheritdoc IConsortium
    function memberAt(uint256 seat) public view returns (Member memory member) {
        if (seat >= _seats.length) revert ConsortiumNoSuchSeat(seat, _seats.length);
        Seat storage holder = _seats[seat];
        return
            Member({
                seat: seat,
                account: holder.account,
                active: Seats.contains(_seating.activeSeats, seat),
                credits: _credits.get(seat),
                name: holder.name
            });
    }

    /**
     * @dev Equivalent to `emit CreditsRedistributed(moved)`, which copies the array: 400 gas more at 4 seats, 2,400
     * at 28. The event's data are the number 32, the length and the entries. The array in memory has the latter two,
     * so that the first is put before it for a moment.
     */
    function _emitRedistributed(int256[] memory moved) private {
        bytes32 topic = CreditsRedistributed.selector;
        assembly ("memory-safe") {
            let data := sub(moved, 32)
            let kept := mload(data)
            mstore(data, 32)
            log1(data, add(64, shl(5, mload(moved))), topic)
            mstore(data, kept)
        }
    }

    /// @dev Puts a new member on the next seat. The caller has accounted for both in `_seating`.
    function _seat(address account, string memory name, uint256 seat, uint64 credits) internal {
        _checkUnused(account);
        _seats.push(Seat(account, 0, name));
        _seatPlusOne[account] = seat + 1;
        _credits.set(seat, credits);
        _grantRole(OPERATOR_ROLE, account);
        emit MemberJoined(account, seat, name, credits);
    }

    /// @dev Makes the next seat one that is empty already.
    function _emptySeat(address account, string memory name, uint256 seat) internal {
        _seats.push(Seat(account, 0, name));
        if (_seatPlusOne[account] == 0) _seatPlusOne[account] = _FORMER | (seat + 1);
    }

    /// @dev A larger penalty than (R + Q)/(members - 1) could make it pay to withhold values (paper 003, Corollary 2).
    function _checkAnomalyPenalty(address ledger_, uint256 members_) private view {
        ISlotLedger.Terms memory terms = ISlotLedger(ledger_).terms();
        uint256 most = uint256(terms.reward) + terms.missingPenalty;
        if (terms.anomalyPenalty * (members_ - 1) > most) {
            revert ConsortiumAnomalyPenalty(terms.anomalyPenalty, most / (members_ - 1));
        }
    }

    /// @dev Neither a member nor one that was: what an account did is always that of one seat.
    function _checkUnused(address account) internal view {
        if (account == address(0)) revert ConsortiumZeroAddress();
        uint256 seatPlusOne = _seatPlusOne[account];
        if (seatPlusOne != 0 && seatPlusOne < _FORMER) revert ConsortiumAlreadyMember(account);
        if (hadSeat(account)) revert ConsortiumFormerAccount(account);
    }

    /// @dev The seat stays empty for good. Cast: a seat is below 88.
    function _empty(uint256 seat, address account) private {
        _seating.activeSeats &= ~uint88(1 << seat);
        _seatPlusOne[account] = _FORMER | (seat + 1);
        _revokeRole(OPERATOR_ROLE, account);
    }

    /// @dev It may upload no more. Before the setup's end there is no ledger.
    function _tellRemoved(uint256 seat, address account) private {
        if (_seating.ledger != address(0)) IMemberFollower(_seating.ledger).onMemberRemoved(seat, account);
        if (nextLedger != address(0)) IMemberFollower(nextLedger).onMemberRemoved(seat, account);
    }

    /// @dev The consortium still runs.
    function _checkOpen() private view {
        if (successor != address(0)) revert ConsortiumRetired(successor);
    }

    /// @dev The consortium still runs, and its members voted for the call.
    function _checkGoverned() private view {
        if (msg.sender != governance) revert ConsortiumNotGovernance(msg.sender);
        _checkOpen();
    }

    function _checkNotLast(address account) private view {
        if (Seats.count(_seating.activeSeats) == 1) revert ConsortiumLastMember(account);
    }

    /// @dev Short, and not that of another member: metering plans name owners.
    function _checkName(string calldata name) private view {
        uint256 length = bytes(name).length;
        if (length == 0 || length > _MAX_NAME_BYTES) revert ConsortiumTextTooLong(length, _MAX_NAME_BYTES);
        bytes32 hash = keccak256(bytes(name));
        for (uint256 seat = 0; seat < _seats.length; ++seat) {
            if (!Seats.contains(_seating.activeSeats, seat)) continue;
            if (keccak256(bytes(_seats[seat].name)) == hash) revert ConsortiumNameTaken(name, seat);
        }
    }

    /// @dev Slots that began before a member said that it leaves are settled, and it owns no meter in those that are not.
    function _checkNothingOpen(uint256 seat, uint256 since) private view {
        ISlotLedger ledger_ = ISlotLedger(_seating.ledger);
        uint256 next = ledger_.nextSlot();
        uint24 oldest = ledger_.versionOf(next);
        bool runs = oldest != 0 && oldest != _RETIRED;
        if (runs && since >= ledger_.genesis()) {
            uint256 asked = ledger_.slotAt(since);
            if (next <= asked) revert ConsortiumSlotsUnsettled(next, asked);
        }
        if (ledger_.registry().ownsMetersSince(seat, oldest)) revert ConsortiumOwnsMeters(seat);
    }

    /// @dev The next slot of a ledger is one that it does not take: it is retired, or no version was ever in force.
    function _checkAllSettled(ISlotLedger ledger_) private view {
        uint256 next = ledger_.nextSlot();
        uint24 version = ledger_.versionOf(next);
        if (version != 0 && version != _RETIRED) revert ConsortiumLedgerRuns(address(ledger_), next);
    }
}
