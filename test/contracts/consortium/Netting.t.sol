// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Seats} from "../../../contracts/consortium/libraries/Seats.sol";
import {NettingHarness} from "./NettingHarness.sol";

/// @notice The properties of netting, on slots made from a random seed: few and many seats, empty ones, balances of
/// zero, changes from nothing to the ends of int256.
contract NettingTest {
    NettingHarness private immutable _netting = new NettingHarness();

    /// @dev A slot, and what came of it.
    struct Slot {
        uint256[] balances;
        int256[] change;
        uint256[] ownReward;
        uint256 remainderSeat;
        uint256 activeSeats;
        uint256[] updated;
    }

    /// hardhat-config: fuzz.runs = 512
    function testFuzz_SumOfCreditsStays(uint256 seed) external view {
        Slot memory slot = settle(seed);
        require(sum(slot.updated) == sum(slot.balances), "the sum changed");
    }

    /// hardhat-config: fuzz.runs = 512
    function testFuzz_PayersPayTheirDebtRoundedUpOrAllTheyHave(uint256 seed) external view {
        Slot memory slot = settle(seed);
        uint256 others = Seats.count(slot.activeSeats) - 1;
        for (uint256 o = 0; o < slot.balances.length; ++o) {
            if (slot.change[o] >= 0 || others == 0) continue;
            uint256 owed = roundedUp(magnitude(slot.change[o]), others);
            uint256 kept = owed < slot.balances[o] ? slot.balances[o] - owed : 0;
            if (o == slot.remainderSeat) require(slot.updated[o] >= kept, "the remainder took credits");
            else require(slot.updated[o] == kept, "a payer paid something else");
        }
    }

    /// hardhat-config: fuzz.runs = 512
    function testFuzz_DuesAreNeverExceededButByTheRemainder(uint256 seed) external view {
        Slot memory slot = settle(seed);
        uint256 others = Seats.count(slot.activeSeats) - 1;
        for (uint256 o = 0; o < slot.balances.length; ++o) {
            if (slot.change[o] < 0 || o == slot.remainderSeat) continue;
            require(slot.updated[o] >= slot.balances[o], "one that owes nothing lost credits");
            uint256 gained = slot.updated[o] - slot.balances[o];
            if (others == 0) require(gained == 0, "a lone operator gained");
            else require(gained <= magnitude(slot.change[o]) / others, "more than was due");
            if (slot.balances[o] == 0) require(gained <= slot.ownReward[o], "more than the own rewards");
        }
    }

    /// hardhat-config: fuzz.runs = 512
    function testFuzz_DuesArePaidInFullOrInProportion(uint256 seed) external view {
        Slot memory slot = settle(seed);
        uint256 others = Seats.count(slot.activeSeats) - 1;
        if (others == 0) return;
        uint256 payments = 0;
        uint256 totalDue = 0;
        uint256[] memory dues = new uint256[](slot.balances.length);
        for (uint256 o = 0; o < dues.length; ++o) {
            if (slot.change[o] < 0) {
                uint256 owed = roundedUp(magnitude(slot.change[o]), others);
                payments += owed < slot.balances[o] ? owed : slot.balances[o];
            } else {
                dues[o] = magnitude(slot.change[o]) / others;
                if (slot.balances[o] == 0 && dues[o] > slot.ownReward[o]) dues[o] = slot.ownReward[o];
                totalDue += dues[o];
            }
        }
        // Products of larger numbers do not fit in a word; the comparison with the reference covers them.
        bool small = totalDue < 1 << 127;
        for (uint256 o = 0; o < dues.length; ++o) {
            if (slot.change[o] < 0 || o == slot.remainderSeat) continue;
            uint256 gained = slot.updated[o] - slot.balances[o];
            if (payments >= totalDue) {
                require(gained == dues[o], "not paid in full");
            } else if (small) {
                require(gained * totalDue <= dues[o] * payments, "more than its share");
                require((gained + 1) * totalDue > dues[o] * payments, "a credit less than its share");
            }
        }
    }

    /// hardhat-config: fuzz.runs = 256
    function testFuzz_EmptySeatsAreLeftAlone(uint256 seed) external view {
        Slot memory slot = settle(seed);
        for (uint256 o = 0; o < slot.balances.length; ++o) {
            if (Seats.contains(slot.activeSeats, o)) continue;
            require(slot.updated[o] == slot.balances[o], "an empty seat changed");
        }
    }

    /// hardhat-config: fuzz.runs = 256
    function testFuzz_ALoneOperatorKeepsWhatItHas(uint64 balance, int256 change, uint256 reward) external view {
        uint256[] memory updated = _netting.net(one(balance), one(change), one(reward), 0, 1);
        require(updated.length == 1 && updated[0] == balance, "something moved");
    }

    function testFuzz_TwoOperatorsAtTheEndsOfInt256(uint56 payer, uint56 receiver) external view {
        uint256[] memory balances = new uint256[](2);
        int256[] memory change = new int256[](2);
        uint256[] memory ownReward = new uint256[](2);
        (balances[0], balances[1]) = (payer, receiver);
        (change[0], change[1]) = (type(int256).min, type(int256).max);
        ownReward[1] = type(uint256).max;
        uint256[] memory updated = _netting.net(balances, change, ownReward, 0, 3);
        require(updated[0] == 0 && updated[1] == uint256(payer) + receiver, "not everything moved");
    }

    /// @dev The most seats, all due as much as there can be: the sum of dues stays below 2^256.
    function test_EverySeatDueTheMost() external view {
        for (uint256 seats = 2; seats <= Seats.MAX; ++seats) {
            uint256[] memory balances = new uint256[](seats);
            int256[] memory change = new int256[](seats);
            for (uint256 o = 0; o < seats; ++o) (balances[o], change[o]) = (o + 1, type(int256).max);
            uint256[] memory updated = _netting.net(balances, change, new uint256[](seats), 0, (1 << seats) - 1);
            require(keccak256(abi.encode(updated)) == keccak256(abi.encode(balances)), "gains without a payer");
        }
    }

    function settle(uint256 seed) private view returns (Slot memory slot) {
        uint256 seats = 1 + (draw(seed, "seats") % (draw(seed, "many") % 8 == 0 ? Seats.MAX : 6));
        slot.activeSeats = (1 << seats) - 1;
        if (draw(seed, "gaps") % 2 == 0) slot.activeSeats &= draw(seed, "active");
        slot.remainderSeat = draw(seed, "remainder") % seats;
        slot.activeSeats |= 1 << slot.remainderSeat;
        slot.balances = new uint256[](seats);
        slot.change = new int256[](seats);
        slot.ownReward = new uint256[](seats);
        // One size for all changes of a slot, from a few credits to the whole range, so that they can match.
        uint256 shift = draw(seed, "size") % 4 == 0 ? 0 : 256 - (4 + (draw(seed, "bits") % 140));
        for (uint256 o = 0; o < seats; ++o) {
            uint256 dice = uint256(keccak256(abi.encode(seed, o)));
            slot.balances[o] = dice % 4 == 0 ? 0 : (dice >> 200) >> (draw(seed, "poor") % 56);
            if (!Seats.contains(slot.activeSeats, o)) continue;
            slot.change[o] = dice % 7 == 0 ? int256(0) : int256(draw(dice, "change")) >> shift;
            slot.ownReward[o] = draw(dice, "reward") >> (shift + 2 > 255 ? 255 : shift + 2);
        }
        slot.updated = _netting.net(slot.balances, slot.change, slot.ownReward, slot.remainderSeat, slot.activeSeats);
    }

    function draw(uint256 seed, string memory what) private pure returns (uint256 number) {
        return uint256(keccak256(abi.encode(seed, what)));
    }

    function magnitude(int256 value) private pure returns (uint256 result) {
        return value >= 0 ? uint256(value) : uint256(-(value + 1)) + 1;
    }

    function roundedUp(uint256 value, uint256 divisor) private pure returns (uint256 result) {
        return value / divisor + (value % divisor == 0 ? 0 : 1);
    }

    function sum(uint256[] memory values) private pure returns (uint256 total) {
        for (uint256 o = 0; o < values.length; ++o) total += values[o];
    }

    function one(uint256 value) private pure returns (uint256[] memory values) {
        values = new uint256[](1);
        values[0] = value;
    }

    function one(int256 value) private pure returns (int256[] memory values) {
        values = new int256[](1);
        values[0] = value;
    }
}
