// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IConsortium, IMemberFollower} from "./IConsortium.sol";
import {Netting} from "./libraries/Netting.sol";
import {PackedCredits} from "./libraries/PackedCredits.sol";
import {Seats} from "./libraries/Seats.sol";

/**
 * @title Members, their seats and credits
 * @notice See `IConsortium` for what it does and `Netting.sol` for how a settlement moves credits.
 *
 * Kept by every function: the credits of all seats sum to `totalCredits`, which fits in 64 bits, hence so does each
 * balance; an inactive seat has none; an account has a seat exactly if it has `OPERATOR_ROLE`.
 */
contract Consortium is IConsortium, AccessControl {
    using PackedCredits for PackedCredits.Balances;

    /// @notice Held by every member, and by nobody else.
    bytes32 public constant OPERATOR_ROLE = keccak256("OPERATOR_ROLE");

    /// @notice Held by the slot ledger once the setup has ended.
    bytes32 public constant LEDGER_ROLE = keccak256("LEDGER_ROLE");

    /// @notice The most seats there can be, so that a settlement's arrays stay short.
    uint256 public constant MAX_SEATS = Seats.MAX;

    /// @dev Who has or had the seat of this position.
    struct Seat {
        address account;
        string name;
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

    Seating private _seating;
    PackedCredits.Balances private _credits;
    Seat[] private _seats;

    /// @dev One more than the member's seat, 0 for everyone else.
    mapping(address account => uint256 seatPlusOne) private _seatPlusOne;

    /**
     * @notice Founds the consortium. The deployer holds the admin role until it calls `concludeSetup`.
     * @param founders The first members; they get seats 0, 1, … in this order.
     * @param deposit Credits that each founder starts with.
     * @custom:error ConsortiumNoFounders, ConsortiumZeroDeposit, ConsortiumTooManySeats, ConsortiumDepositTooLarge,
     * ConsortiumZeroAddress, ConsortiumAlreadyMember
     */
    constructor(Founder[] memory founders, uint64 deposit) {
        // Check: at least one founder, no more than there are seats, and a sum of credits that fits in 64 bits.
        uint256 count = founders.length;
        if (count == 0) revert ConsortiumNoFounders();
        if (count > MAX_SEATS) revert ConsortiumTooManySeats(count, MAX_SEATS);
        if (deposit == 0) revert ConsortiumZeroDeposit();
        uint256 total = count * deposit;
        if (total > type(uint64).max) revert ConsortiumDepositTooLarge(total, type(uint64).max);

        // Effect: seats, credits and roles.
        // Casts: count ≤ 88, and 2^count - 1 < 2^88 with it; total was checked.
        _seating = Seating(address(0), uint88((1 << count) - 1), uint8(count));
        totalCredits = uint64(total);
        for (uint256 seat = 0; seat < count; ++seat) {
            _seat(founders[seat].account, founders[seat].name, seat, deposit);
        }
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
    }

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
        uint256 seat = seatOf(account);
        uint64 credits = _credits.get(seat);
        if (credits != 0) revert ConsortiumHasCredits(account, credits);

        // Effect: the seat stays empty for good. Cast: a seat is below 88.
        _seating.activeSeats &= ~uint88(1 << seat);
        delete _seatPlusOne[account];
        _revokeRole(OPERATOR_ROLE, account);
        emit MemberExpelled(account, seat);

        // Interaction: it may upload no more. Before the setup's end there is no ledger.
        address follower = _seating.ledger;
        if (follower != address(0)) IMemberFollower(follower).onMemberRemoved(seat, account);
    }

    /// @inheritdoc IConsortium
    function redistribute(int256[] calldata change, uint256[] calldata ownReward, uint256 remainderSeat) external {
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
    function seating() external view returns (uint256 activeSeats_, uint256 seatCount_) {
        return (_seating.activeSeats, _seating.seatCount);
    }

    /// @inheritdoc IConsortium
    function ledger() external view returns (address) {
        return _seating.ledger;
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
        if (seatPlusOne == 0) revert ConsortiumNotMember(account);
        return seatPlusOne - 1;
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
    function _seat(address account, string memory name, uint256 seat, uint64 credits) private {
        if (account == address(0)) revert ConsortiumZeroAddress();
        if (_seatPlusOne[account] != 0) revert ConsortiumAlreadyMember(account);
        _seats.push(Seat(account, name));
        _seatPlusOne[account] = seat + 1;
        _credits.set(seat, credits);
        _grantRole(OPERATOR_ROLE, account);
        emit MemberJoined(account, seat, name, credits);
    }
}
