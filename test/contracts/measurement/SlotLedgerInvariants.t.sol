// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Consortium} from "../../../contracts/consortium/Consortium.sol";
import {IConsortium} from "../../../contracts/consortium/IConsortium.sol";
import {GridRegistry} from "../../../contracts/grid/GridRegistry.sol";
import {GridRecord} from "../../../contracts/grid/libraries/GridRecord.sol";
import {ISlotLedger} from "../../../contracts/measurement/ISlotLedger.sol";
import {ISlotRules} from "../../../contracts/measurement/ISlotRules.sol";
import {SlotLedger} from "../../../contracts/measurement/SlotLedger.sol";

interface LedgerVm {
    function prank(address sender, address origin) external;

    function warp(uint256 timestamp) external;
}

/// @notice Three operators, a line between two buses, and a meter of each that sees it: the flow, and the injections at
/// both ends. In steps of 2^20 of the angle the line carries one count of power.
contract LedgerHandler {
    LedgerVm private constant VM = LedgerVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant METERS = 3;
    bytes3 private constant MISSING = 0x800000;

    Consortium public immutable consortium;
    SlotLedger public immutable ledger;

    uint256 public settled;
    uint256 public incomplete;
    uint256 public settledIncomplete;
    uint256 public changes;

    ISlotRules private immutable _RULES;
    uint256 private _now;
    uint256 private _lastNext;
    mapping(uint256 slot => bytes3[3]) private _batch;
    mapping(uint256 slot => bytes3[3]) private _late;
    mapping(uint256 slot => bool[3]) private _uploaded;
    mapping(uint256 slot => bool[3]) private _supplemented;
    mapping(uint256 slot => bytes3[3]) private _promised;
    mapping(uint256 slot => bool[3]) private _committed;

    constructor(Consortium consortium_, SlotLedger ledger_) {
        consortium = consortium_;
        ledger = ledger_;
        _RULES = ledger_.slotRules();
        _now = block.timestamp;
        _lastNext = ledger_.nextSlot();
    }

    function wait(uint256 time) external {
        _now += time % 90;
        VM.warp(_now);
        _check();
    }

    /// @dev For a slot that may be open, over or yet to come; twice at times, and by strangers.
    function upload(uint256 pick, uint256 seat, uint256 noise) external {
        VM.warp(_now);
        seat %= METERS + 1;
        uint256 slot = ledger.slotAt(_now) - 2 + (pick % 4);
        bytes3 value = _reading(slot, seat, noise);
        _as(seat);
        try ledger.upload(slot, abi.encodePacked(value)) {
            require(seat < METERS, "a stranger uploaded");
            require(slot >= ledger.nextSlot(), "a settled slot took a batch");
            require(!_uploaded[slot][seat], "a second batch");
            require(_RULES.rulesAt(slot).commitSlots == 0, "a batch without a commitment");
            _uploaded[slot][seat] = true;
            _batch[slot][seat] = value;
        } catch {}
        _check();
    }

    function supplement(uint256 pick, uint256 seat, uint256 noise) external {
        VM.warp(_now);
        seat %= METERS;
        uint256 slot = ledger.slotAt(_now) - 2 + (pick % 4);
        bytes3 value = _reading(slot, seat, noise);
        _as(seat);
        try ledger.supplement(slot, abi.encodePacked(uint16(0), value)) {
            require(_uploaded[slot][seat] && !_supplemented[slot][seat], "a supplement out of order");
            require(slot >= ledger.nextSlot(), "a settled slot took a supplement");
            require(_RULES.rulesAt(slot).commitSlots == 0, "a supplement after commitments");
            _supplemented[slot][seat] = true;
            _late[slot][seat] = value;
        } catch {}
        _check();
    }

    function commit(uint256 pick, uint256 seat, uint256 noise) external {
        VM.warp(_now);
        seat %= METERS + 1;
        uint256 slot = ledger.slotAt(_now) - 2 + (pick % 4);
        bytes3 value = _reading(slot, seat, noise);
        _as(seat);
        try ledger.commit(slot, _commitment(slot, seat, value)) {
            require(seat < METERS, "a stranger committed");
            require(slot >= ledger.nextSlot(), "a settled slot took a commitment");
            require(!_committed[slot][seat], "a second commitment");
            require(_now < _commitEnd(slot), "a commitment when others were shown");
            _committed[slot][seat] = true;
            _promised[slot][seat] = value;
        } catch {}
        _check();
    }

    /// @dev What was committed to or, one time in four, another value.
    function reveal(uint256 pick, uint256 seat, uint256 lie) external {
        VM.warp(_now);
        seat %= METERS;
        uint256 slot = ledger.slotAt(_now) - 3 + (pick % 5);
        bytes3 value = lie % 4 == 0 ? _reading(slot, seat, lie >> 2) : _promised[slot][seat];
        _as(seat);
        try ledger.reveal(slot, abi.encodePacked(value), _salt(slot, seat)) {
            require(slot >= ledger.nextSlot(), "a settled slot took a batch");
            require(_committed[slot][seat] && !_uploaded[slot][seat], "a batch out of order");
            require(value == _promised[slot][seat], "another batch than was committed to");
            require(_now >= _commitEnd(slot), "a batch shown while others may commit");
            _uploaded[slot][seat] = true;
            _batch[slot][seat] = value;
        } catch {}
        _check();
    }

    /// @dev Other rules from one of the next slots on: of another length, with a commit phase or without, that penalise
    /// incomplete slots or do not.
    function changeRules(uint256 ahead, uint256 length, uint256 phases) external {
        VM.warp(_now);
        ISlotRules.Rules memory last = _RULES.rules();
        uint256 firstSlot = ledger.slotAt(_now) + 1 + (ahead % 3);
        if (firstSlot <= last.firstSlot) return;
        uint256 start = last.start + (firstSlot - last.firstSlot) * last.slotSeconds;
        ISlotLedger.Clock memory clock;
        // Casts: a time, and small numbers.
        clock.genesis = uint40(start);
        clock.slotSeconds = uint32(40 + (length % 50));
        clock.cutOffSlots = uint16(1 + (phases % 3));
        clock.expirySlots = 2;
        clock.commitSlots = uint8((phases >> 8) % (1 + (phases % 3)));
        last.terms.penaliseIncomplete = (phases >> 16) % 2 != 0;
        last.terms.missingPenalty = uint64(30_000 + ((phases >> 24) % 20_000));
        bool pending = ledger.nextSlot() < last.firstSlot;
        address governance = consortium.governance();
        VM.prank(governance, governance);
        try _RULES.change(firstSlot, clock, last.terms) {
            require(!pending, "a second change of rules under way");
            require(ledger.slotAt(start) == firstSlot, "the first slot does not start where the last one ends");
            require(ledger.slotAt(start - 1) + 1 == firstSlot, "a slot was left out");
            require(_RULES.rulesAt(firstSlot - 1).firstSlot < firstSlot, "a slot before has the new rules");
            ++changes;
        } catch {
            require(pending, "a change of rules was refused");
        }
        _check();
    }

    /// @dev The next slot, with honest angles or others.
    function settle(uint256 lie) external {
        VM.warp(_now);
        uint256 slot = ledger.nextSlot();
        (bytes memory values, bytes memory supplements) = _brought(slot);
        int256 theta = _estimate(slot) + (lie % 4 == 0 ? int256(lie % 2 ** 30) : int256(0));
        bytes memory angles = abi.encodePacked(bytes5(0), bytes5(uint40(uint256(theta))));
        try ledger.settle(slot, values, supplements, angles) {
            require(_complete(slot), "an incomplete slot was settled");
            ++settled;
            _closed(slot);
        } catch {
            _stays(slot);
        }
    }

    /// @dev The next slot, by the values that were reported, with honest angles or others.
    function settleIncomplete(uint256 lie) external {
        VM.warp(_now);
        uint256 slot = ledger.nextSlot();
        (bytes memory values, bytes memory supplements) = _brought(slot);
        int256 theta = _estimate(slot) + (lie % 4 == 0 ? int256(lie % 2 ** 30) : int256(0));
        bytes memory angles = abi.encodePacked(bytes5(0), bytes5(uint40(uint256(theta))));
        // The line is the tree: its record is the second.
        try ledger.settleIncomplete(slot, values, supplements, angles, abi.encodePacked(uint24(1))) {
            require(!_complete(slot), "a complete slot was settled as an incomplete one");
            require(_reported(slot, 0), "the tree has no meter");
            require(_RULES.rulesAt(slot).terms.penaliseIncomplete, "its rules do not have it");
            ++settledIncomplete;
            _closed(slot);
        } catch {
            _stays(slot);
        }
    }

    function closeIncomplete() external {
        VM.warp(_now);
        uint256 slot = ledger.nextSlot();
        (bytes memory values, bytes memory supplements) = _brought(slot);
        try ledger.closeIncomplete(slot, values, supplements) {
            ISlotRules.Rules memory rules = _RULES.rulesAt(slot);
            uint256 slots = 1 + uint256(rules.cutOffSlots);
            if (_complete(slot) || rules.terms.penaliseIncomplete) slots += rules.expirySlots;
            require(_now >= _startOf(slot) + slots * rules.slotSeconds, "closed before its time");
            ++incomplete;
            _closed(slot);
        } catch {
            _stays(slot);
        }
    }

    /// @dev A slot that is not the next one: never.
    function settleAnother(uint256 pick, bool complete) external {
        VM.warp(_now);
        uint256 slot = ledger.nextSlot() + (pick % 7);
        slot = slot < 3 ? 0 : slot - 3;
        if (slot == ledger.nextSlot()) return;
        (bytes memory values, bytes memory supplements) = _brought(slot);
        bytes memory angles = abi.encodePacked(bytes5(0), bytes5(uint40(uint256(_estimate(slot)))));
        bool done;
        if (complete) {
            try ledger.settle(slot, values, supplements, angles) {
                done = true;
            } catch {}
        } else {
            try ledger.closeIncomplete(slot, values, supplements) {
                done = true;
            } catch {}
        }
        require(!done, "a slot was settled out of order, or again");
        _check();
    }

    function transfer(uint256 from, uint256 to, uint256 amount) external {
        uint256 seat = from % METERS;
        IConsortium.Member memory sender = consortium.memberAt(seat);
        IConsortium.Member memory receiver = consortium.memberAt(to % METERS);
        if (!sender.active || !receiver.active || sender.seat == receiver.seat) return;
        _as(seat);
        // Everything, one time in four. Cast: at most the sender's credits.
        uint256 part = amount % 4 == 0 ? sender.credits : amount % (uint256(sender.credits) + 1);
        consortium.transfer(receiver.account, uint64(part));
        _check();
    }

    function expel(uint256 seat, uint256 chance) external {
        IConsortium.Member memory member = consortium.memberAt(seat % METERS);
        if (!member.active || member.credits != 0 || chance % 4 != 0) return;
        consortium.expel(member.account);
        _check();
    }

    function account(uint256 seat) public pure returns (address) {
        return address(uint160(0xF000 + seat));
    }

    function _as(uint256 seat) private {
        VM.prank(account(seat), account(seat));
    }

    /// @dev The line carries the slot's number; a meter's error is small, or gross, or the value is missing.
    function _reading(uint256 slot, uint256 seat, uint256 noise) private pure returns (bytes3) {
        if (noise % 8 == 0) return MISSING;
        int256 value = int256(slot % 1000) * (seat == 2 ? int256(-1) : int256(1)) + int256((noise >> 8) % 3) - 1;
        if (noise % 8 == 1) value += 5_000;
        if (noise % 8 == 2) value = type(int24).max;
        return bytes3(uint24(int24(value)));
    }

    function _startOf(uint256 slot) private view returns (uint256) {
        ISlotRules.Rules memory rules = _RULES.rulesAt(slot);
        return rules.start + (slot - rules.firstSlot) * rules.slotSeconds;
    }

    function _commitEnd(uint256 slot) private view returns (uint256) {
        ISlotRules.Rules memory rules = _RULES.rulesAt(slot);
        require(rules.commitSlots != 0, "a slot without a commit phase");
        return _startOf(slot) + (1 + uint256(rules.commitSlots)) * rules.slotSeconds;
    }

    function _salt(uint256 slot, uint256 seat) private pure returns (bytes32) {
        return keccak256(abi.encode(slot, seat));
    }

    function _commitment(uint256 slot, uint256 seat, bytes3 value) private pure returns (bytes32) {
        return keccak256(abi.encode(slot, seat, _salt(slot, seat), keccak256(abi.encodePacked(value))));
    }

    /// @dev Equal weights: the mean of what the meters that reported say of the line.
    function _estimate(uint256 slot) private view returns (int256) {
        int256 sum = 0;
        int256 count = 0;
        for (uint256 seat = 0; seat < METERS; ++seat) {
            if (!_reported(slot, seat)) continue;
            sum += seat == 2 ? -_value(slot, seat) : _value(slot, seat);
            ++count;
        }
        return count == 0 ? int256(0) : (sum * 2 ** 20) / count;
    }

    function _reported(uint256 slot, uint256 seat) private view returns (bool) {
        int256 value = _value(slot, seat);
        return _uploaded[slot][seat] && value < 2 ** 22 && value >= -(2 ** 22);
    }

    function _value(uint256 slot, uint256 seat) private view returns (int256) {
        bytes3 value = _batch[slot][seat];
        if (value == MISSING && _supplemented[slot][seat]) value = _late[slot][seat];
        return int24(uint24(value));
    }

    function _complete(uint256 slot) private view returns (bool) {
        for (uint256 seat = 0; seat < METERS; ++seat) {
            if (!_reported(slot, seat)) return false;
        }
        return true;
    }

    function _brought(uint256 slot) private view returns (bytes memory values, bytes memory supplements) {
        for (uint256 seat = 0; seat < METERS; ++seat) {
            if (_uploaded[slot][seat]) values = bytes.concat(values, _batch[slot][seat]);
            if (!_supplemented[slot][seat]) continue;
            supplements = bytes.concat(supplements, bytes3(uint24(5)), bytes2(0), _late[slot][seat]);
        }
    }

    function _closed(uint256 slot) private {
        require(ledger.nextSlot() == slot + 1, "the next slot did not move by one");
        _lastNext = slot + 1;
    }

    function _stays(uint256 slot) private view {
        require(ledger.nextSlot() == slot, "a refusal moved the next slot");
    }

    function _check() private view {
        require(ledger.nextSlot() == _lastNext, "the next slot moved without a settlement");
    }
}

/// @notice What holds for the ledger after any sequence of uploads, commitments, settlements, changes of rules, transfers and
/// expulsions, as `test/invariants.md` words it. The handler checks after each call what a state alone cannot show.
contract SlotLedgerInvariantsTest {
    LedgerVm private constant VM = LedgerVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant MEMBERS = 3;
    uint64 private constant DEPOSIT = 200_000;
    uint256 private constant WEIGHT = 1 << 20;

    LedgerHandler private _handler;
    Consortium private _consortium;

    function setUp() external {
        // Ten seconds before slot 10.
        VM.warp(999_990);
        IConsortium.Founder[] memory founders = new IConsortium.Founder[](MEMBERS);
        for (uint256 seat = 0; seat < MEMBERS; ++seat) {
            founders[seat] = IConsortium.Founder(address(uint160(0xF000 + seat)), "founder");
        }
        _consortium = new Consortium(founders, DEPOSIT);
        GridRegistry registry = new GridRegistry(_consortium, 0);
        SlotLedger ledger = new SlotLedger(
            _consortium,
            registry,
            ISlotLedger.Clock({genesis: 999_400, slotSeconds: 60, cutOffSlots: 1, expirySlots: 2, commitSlots: 0}),
            ISlotLedger.Terms({
                reward: 10_000,
                missingPenalty: 30_000,
                anomalyPenalty: 20_000,
                normalQuantileQ32: 2 << 32,
                penaliseIncomplete: false
            })
        );
        _consortium.concludeSetup(address(ledger), address(this));
        _activate(registry);
        VM.warp(1_000_120);
        _handler = new LedgerHandler(_consortium, ledger);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// hardhat-config: invariant.runs = 12
    /// hardhat-config: invariant.depth = 150
    function invariant_CreditsSumToTheFoundingDeposits() external view {
        IConsortium.Member[] memory members = _consortium.members();
        uint256 sum = 0;
        for (uint256 seat = 0; seat < members.length; ++seat) sum += members[seat].credits;
        require(sum == MEMBERS * DEPOSIT, "the sum of credits changed");
    }

    /// @dev The tiny version is one that slots can be settled and closed under; else the handler would do nothing.
    function test_ASlotIsSettledAndOthersClosed() external {
        // Slots 10 and 11 are over; everyone uploads for 12 (its pick is 2), and all but one for 13.
        require(_handler.ledger().nextSlot() == 10, "not at slot 10");
        for (uint256 i = 0; i < 2; ++i) {
            for (uint256 seat = i; seat < MEMBERS; ++seat) _handler.upload(2, seat, 11);
            _handler.wait(60);
        }
        _handler.wait(60);
        _handler.closeIncomplete();
        _handler.closeIncomplete();
        _handler.settle(1);
        _handler.closeIncomplete();
        require(_handler.settled() == 1 && _handler.incomplete() == 3, "nothing happened");
    }

    /// @dev The same for slots with a commit phase that are penalised when incomplete.
    function test_CommittedSlotsAreShownAndSettled() external {
        // From slot 13 on: slots of 60 s, three to the cut-off, one to commit.
        _handler.changeRules(0, 20, 2 | (1 << 8) | (1 << 16));
        require(_handler.changes() == 1, "the rules did not change");
        // Everyone commits for 13, all but the last for 14; all of it is shown two slots later.
        for (uint256 i = 0; i < 2; ++i) {
            _handler.wait(60);
            for (uint256 seat = 0; seat + i < MEMBERS; ++seat) _handler.commit(2, seat, 11);
        }
        for (uint256 i = 0; i < 2; ++i) {
            _handler.wait(60);
            for (uint256 seat = 0; seat + i < MEMBERS; ++seat) _handler.reveal(1, seat, 1);
        }
        for (uint256 i = 0; i < 2; ++i) _handler.wait(60);
        for (uint256 slot = 10; slot < 13; ++slot) _handler.closeIncomplete();
        _handler.settle(1);
        require(_handler.settled() == 1 && _handler.incomplete() == 3, "the first was not settled");
        _handler.closeIncomplete();
        require(_handler.incomplete() == 3, "an incomplete slot was closed within its grace");
        _handler.settleIncomplete(1);
        require(_handler.settledIncomplete() == 1, "the second was not settled");
    }

    function _activate(GridRegistry registry) private {
        uint256 row = WEIGHT << 17;
        bytes memory data = abi.encodePacked(
            // Bus 1, the reference, with meter 2; bus 2, from which line 1 leads there, with meters 0 and 1.
            (uint256(1) << GridRecord.TREE_BUS_SHIFT) | row | 6,
            (uint256(1) << 236) |
                GridRecord.TREE_CHILD_IS_FROM |
                (uint256(1) << GridRecord.TREE_LINE_SHIFT) |
                (uint256(2) << GridRecord.TREE_BUS_SHIFT) |
                (uint256(60) << GridRecord.TREE_STRENGTH_SHIFT) |
                (uint256(1) << GridRecord.TREE_SIGN_SHIFT) |
                (row << GridRecord.TREE_MAIN_SHIFT) |
                (row | 3),
            bytes32(hex"800000800000800000"),
            _entry(GridRecord.KIND_FLOW_FROM, 1),
            _entry(GridRecord.KIND_INJECTION, 2),
            _entry(GridRecord.KIND_INJECTION, 1),
            bytes8(0)
        );
        uint16[] memory meters = new uint16[](MEMBERS);
        for (uint256 seat = 0; seat < MEMBERS; ++seat) meters[seat] = 1;
        bytes32[] memory hashes = new bytes32[](1);
        hashes[0] = keccak256(data);
        GridRecord.Geometry memory geometry;
        (geometry.roots, geometry.buses, geometry.meters) = (1, 2, 3);
        (geometry.weightDigits, geometry.angleDigits, geometry.powerUnitKw) = (20, 34, 1);
        VM.prank(address(0xF000), address(0xF000));
        registry.propose(geometry, meters, hashes, bytes32(0));
        registry.storeChunk(1, 0, data);
        registry.prove(1, 0, MEMBERS);
        bytes32 content = registry.summary(1).contentHash;
        for (uint256 seat = 0; seat < MEMBERS; ++seat) {
            VM.prank(address(uint160(0xF000 + seat)), address(uint160(0xF000 + seat)));
            registry.approve(1, content);
        }
        registry.activate(1);
    }

    function _entry(uint256 kind, uint256 place) private pure returns (bytes8) {
        return bytes8(uint64((kind << 57) | (place << 37) | WEIGHT));
    }
}
