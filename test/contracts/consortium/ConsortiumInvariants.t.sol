// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Seats} from "../../../contracts/consortium/libraries/Seats.sol";
import {Consortium} from "../../../contracts/consortium/Consortium.sol";
import {IConsortium, IMemberFollower} from "../../../contracts/consortium/IConsortium.sol";
import {ISlotLedger} from "../../../contracts/measurement/ISlotLedger.sol";

interface PrankVm {
    function prank(address sender) external;
}

/// @notice Acts on a consortium as its members, its ledger and its governance would, with random choices. Never reverts.
contract ConsortiumHandler is IMemberFollower {
    PrankVm private constant VM = PrankVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    IConsortium private immutable _consortium;

    /// @notice Credits that left with their members.
    uint256 public left;
    /// @notice Whoever is none any more, and accounts that were replaced.
    address[] public former;
    uint160 private _nextAccount = 0xA000;

    constructor(IConsortium consortium) {
        _consortium = consortium;
    }

    function transfer(uint256 from, uint256 to, uint256 amount) external {
        IConsortium.Member memory sender = activeMember(from);
        IConsortium.Member memory receiver = activeMember(to);
        if (sender.seat == receiver.seat) return;
        VM.prank(sender.account);
        // Cast: at most the sender's credits.
        _consortium.transfer(receiver.account, uint64(amount % (uint256(sender.credits) + 1)));
    }

    function transferEverything(uint256 from, uint256 to) external {
        IConsortium.Member memory sender = activeMember(from);
        IConsortium.Member memory receiver = activeMember(to);
        if (sender.seat == receiver.seat) return;
        VM.prank(sender.account);
        _consortium.transfer(receiver.account, sender.credits);
    }

    /// @dev Changes of up to 2^14 or, for `bits` of 255, up to the whole range: the sum of credits is 5,000.
    function redistribute(uint256 seed, uint8 bits, uint256 remainder) external {
        uint256 seats = _consortium.seatCount();
        uint256 active = _consortium.activeSeats();
        int256[] memory change = new int256[](seats);
        uint256[] memory ownReward = new uint256[](seats);
        uint256 shift = bits == 255 ? 0 : 255 - (bits % 15);
        for (uint256 seat = 0; seat < seats; ++seat) {
            if (!Seats.contains(active, seat)) continue;
            change[seat] = int256(uint256(keccak256(abi.encode(seed, seat, "change")))) >> shift;
            ownReward[seat] = uint256(keccak256(abi.encode(seed, seat, "reward"))) >> shift;
        }
        _consortium.netCredits(change, ownReward, activeMember(remainder).seat);
    }

    function expelWhoeverHasNothing() external {
        IConsortium.Member[] memory members = _consortium.members();
        for (uint256 seat = 0; seat < members.length; ++seat) {
            if (!members[seat].active || members[seat].credits != 0 || _alone()) continue;
            _consortium.expel(members[seat].account);
            former.push(members[seat].account);
        }
    }

    /// @dev With a sponsor that may have less than is voted for.
    function join(uint256 sponsorSeat, uint256 credits, bool agreed) external {
        IConsortium.Member memory sponsor = activeMember(sponsorSeat);
        address account = address(++_nextAccount);
        // Cast: at most a little more than all credits.
        uint64 amount = uint64(credits % (uint256(sponsor.credits) + 3));
        if (agreed) {
            VM.prank(sponsor.account);
            _consortium.sponsor(account, amount);
        }
        bool can = agreed && amount != 0 && amount <= sponsor.credits && _consortium.seatCount() < 88;
        string memory name = string(abi.encodePacked("joined ", account));
        try _consortium.admit(account, name, sponsor.account, amount) {
            require(can, "admitted against the rules");
        } catch {
            require(!can, "not admitted");
        }
    }

    function leaves(uint256 pick) external {
        IConsortium.Member memory member = activeMember(pick);
        if (_alone()) return;
        VM.prank(member.account);
        _consortium.announceLeave();
        VM.prank(member.account);
        _consortium.completeLeave();
        left += member.credits;
        former.push(member.account);
    }

    function expelByVote(uint256 pick) external {
        IConsortium.Member memory member = activeMember(pick);
        if (_alone()) return;
        _consortium.expelByVote(member.account);
        former.push(member.account);
    }

    /// @dev By an account that is new, or by one that had a seat, which is refused.
    function replaceAccount(uint256 pick, uint256 old) external {
        IConsortium.Member memory member = activeMember(pick);
        if (old % 3 == 0 && former.length != 0) {
            try _consortium.replaceAccount(member.seat, former[old % former.length]) {
                revert("a former account came back");
            } catch {}
            return;
        }
        _consortium.replaceAccount(member.seat, address(++_nextAccount));
        former.push(member.account);
    }

    function formerCount() external view returns (uint256) {
        return former.length;
    }

    function terms() external pure returns (ISlotLedger.Terms memory none) {}

    function registry() external view returns (address) {
        return address(this);
    }

    function nextSlot() external pure returns (uint256) {
        return 0;
    }

    function versionOf(uint256) external pure returns (uint24) {
        return 0;
    }

    function ownsMetersSince(uint256, uint24) external pure returns (bool) {
        return false;
    }

    function _alone() private view returns (bool) {
        return Seats.count(_consortium.activeSeats()) == 1;
    }

    function onMemberRemoved(uint256, address) external {}

    function onAccountReplaced(uint256, address, address) external {}

    /// @dev The first member at or after a random seat, going round.
    function activeMember(uint256 pick) private view returns (IConsortium.Member memory member) {
        uint256 seats = _consortium.seatCount();
        uint256 active = _consortium.activeSeats();
        uint256 seat = pick % seats;
        while (!Seats.contains(active, seat)) seat = (seat + 1) % seats;
        return _consortium.memberAt(seat);
    }
}

/// @notice What holds for the consortium after any sequence of transfers, settlements, joins, leaves, expulsions and new
/// accounts, as `test/invariants.md` words it.
contract ConsortiumInvariantsTest {
    uint256 private constant FOUNDERS = 5;
    uint64 private constant DEPOSIT = 1_000;

    ConsortiumHandler private _handler;
    Consortium private _consortium;

    function setUp() external {
        IConsortium.Founder[] memory founders = new IConsortium.Founder[](FOUNDERS);
        for (uint256 seat = 0; seat < FOUNDERS; ++seat) {
            founders[seat] = IConsortium.Founder(address(uint160(0xF000 + seat)), "founder");
        }
        _consortium = new Consortium(founders, DEPOSIT);
        _handler = new ConsortiumHandler(_consortium);
        _consortium.concludeSetup(address(_handler), address(_handler));
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_CreditsSumToTheFoundingDepositsLessWhatLeft() external view {
        IConsortium.Member[] memory members = _consortium.members();
        uint256 sum = 0;
        for (uint256 seat = 0; seat < members.length; ++seat) sum += members[seat].credits;
        require(sum + _handler.left() == FOUNDERS * DEPOSIT, "the sum of credits changed");
        require(_consortium.totalCredits() == sum, "the recorded total is not the sum");
    }

    function invariant_EmptySeatsHoldNothing() external view {
        IConsortium.Member[] memory members = _consortium.members();
        for (uint256 seat = 0; seat < members.length; ++seat) {
            require(members[seat].active || members[seat].credits == 0, "credits on an empty seat");
        }
    }

    function invariant_SeatRoleAndBitAgree() external view {
        IConsortium.Member[] memory members = _consortium.members();
        uint256 bitmap = _consortium.activeSeats();
        for (uint256 seat = 0; seat < members.length; ++seat) {
            bool active = members[seat].active;
            require(_consortium.hadSeat(members[seat].account), "a member that never had a seat");
            require(members[seat].seat == seat, "a seat moved");
            require(Seats.contains(bitmap, seat) == active, "the bit map differs");
            require(_consortium.hasRole(_consortium.OPERATOR_ROLE(), members[seat].account) == active, "role differs");
            try _consortium.seatOf(members[seat].account) returns (uint256 found) {
                require(active && found == seat, "seatOf differs");
            } catch {
                require(!active, "a member without a seat");
            }
        }
        require(_consortium.seatCount() == members.length && bitmap >> members.length == 0, "a seat without a member");
        require(bitmap != 0, "nobody is left");
    }

    function invariant_WhoIsNoMemberHasNoSeatAndNoRole() external view {
        bytes32 role = _consortium.OPERATOR_ROLE();
        for (uint256 i = 0; i < _handler.formerCount(); ++i) {
            address account = _handler.former(i);
            require(!_consortium.hasRole(role, account), "a former account kept its role");
            require(_consortium.hadSeat(account), "a former account is forgotten");
            try _consortium.seatOf(account) {
                revert("a former account has a seat");
            } catch {}
        }
    }

    function invariant_NobodyAdministersRoles() external view {
        bytes32 admin = _consortium.DEFAULT_ADMIN_ROLE();
        require(!_consortium.hasRole(admin, address(this)), "the deployer is admin");
        require(!_consortium.hasRole(admin, address(_handler)), "the ledger is admin");
        require(_consortium.hasRole(_consortium.LEDGER_ROLE(), address(_handler)), "the ledger lost its role");
    }
}
