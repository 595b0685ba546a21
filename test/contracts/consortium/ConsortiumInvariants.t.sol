// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Seats} from "../../../contracts/consortium/libraries/Seats.sol";
import {Consortium} from "../../../contracts/consortium/Consortium.sol";
import {IConsortium, IMemberFollower} from "../../../contracts/consortium/IConsortium.sol";

interface PrankVm {
    function prank(address sender) external;
}

/// @notice Acts on a consortium as its members and its ledger would, with random choices. Never reverts.
contract ConsortiumHandler is IMemberFollower {
    PrankVm private constant VM = PrankVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    IConsortium private immutable _consortium;

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
        _consortium.redistribute(change, ownReward, activeMember(remainder).seat);
    }

    function expelWhoeverHasNothing() external {
        IConsortium.Member[] memory members = _consortium.members();
        for (uint256 seat = 0; seat < members.length; ++seat) {
            if (members[seat].active && members[seat].credits == 0) _consortium.expel(members[seat].account);
        }
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

/// @notice What holds for the consortium after any sequence of transfers, settlements and expulsions, as
/// `test/invariants.md` words it.
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
        _consortium.concludeSetup(address(_handler), address(this));
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_CreditsSumToTheFoundingDeposits() external view {
        IConsortium.Member[] memory members = _consortium.members();
        uint256 sum = 0;
        for (uint256 seat = 0; seat < members.length; ++seat) sum += members[seat].credits;
        require(sum == FOUNDERS * DEPOSIT, "the sum of credits changed");
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
            require(members[seat].seat == seat, "a seat moved");
            require(Seats.contains(bitmap, seat) == active, "the bit map differs");
            require(_consortium.hasRole(_consortium.OPERATOR_ROLE(), members[seat].account) == active, "role differs");
            try _consortium.seatOf(members[seat].account) returns (uint256 found) {
                require(active && found == seat, "seatOf differs");
            } catch {
                require(!active, "a member without a seat");
            }
        }
        require(_consortium.seatCount() == FOUNDERS && bitmap >> FOUNDERS == 0, "a seat appeared");
        require(bitmap != 0, "nobody is left");
    }

    function invariant_NobodyAdministersRoles() external view {
        bytes32 admin = _consortium.DEFAULT_ADMIN_ROLE();
        require(!_consortium.hasRole(admin, address(this)), "the deployer is admin");
        require(!_consortium.hasRole(admin, address(_handler)), "the ledger is admin");
        require(_consortium.hasRole(_consortium.LEDGER_ROLE(), address(_handler)), "the ledger lost its role");
    }
}
