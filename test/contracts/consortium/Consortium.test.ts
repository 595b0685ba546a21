import { expect } from "chai";
import { network } from "hardhat";
import { describe, it } from "mocha";
import type { IConsortium } from "../../../typechain-types/consortium/Consortium.js";
import { Consortium__factory, type Consortium } from "../../../typechain-types/index.js";
import { deposit, foundConsortium } from "./foundConsortium.js";

const addressAt = (number: number) => `0x${(0xf000 + number).toString(16).padStart(40, "0")}`;
const founders = (count: number) =>
  Array.from({ length: count }, (_, seat) => ({ account: addressAt(seat), name: `TSO ${seat}` }));

/** Who holds which role, from the events alone, as "role account". */
async function roleHolders(consortium: Consortium): Promise<string[]> {
  const granted = await consortium.queryFilter(consortium.filters.RoleGranted);
  const revoked = await consortium.queryFilter(consortium.filters.RoleRevoked);
  const changes = [...granted, ...revoked].sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index);
  const holders = new Set<string>();
  for (const change of changes) {
    const holder = `${change.args.role} ${change.args.account}`;
    if (change.eventName === "RoleGranted") holders.add(holder);
    else holders.delete(holder);
  }
  return [...holders].sort();
}

/** A contract yet to be deployed, on a network of its own. */
async function factory() {
  const { ethers } = await network.create();
  const deployer = await ethers.provider.getSigner(0);
  return { contract: new Consortium__factory(deployer), zero: ethers.ZeroAddress };
}

/** Four founders, of which the one on seat 1 has given its credits to the one on seat 0 and was expelled. */
async function withEmptySeat() {
  const found = await foundConsortium(4);
  await found.consortium.connect(found.member(1)).transfer(found.member(0), deposit);
  await found.consortium.expel(found.member(1));
  return found;
}

/** A member as the contract returns it, without the positions that ethers adds. */
function fieldsOf({ seat, account, active, credits, name }: IConsortium.MemberStructOutput) {
  return { seat, account, active, credits, name };
}

describe("Consortium", () => {
  describe("constructor", () => {
    describe("given founders", () => {
      it("seats them in order with the deposit", async () => {
        const { consortium, members } = await foundConsortium(3, "open");
        expect((await consortium.members()).map(fieldsOf)).to.deep.equal(
          members.map((member, seat) => ({
            seat: BigInt(seat),
            account: member.address,
            active: true,
            credits: deposit,
            name: `TSO ${seat + 1}`,
          })),
        );
        expect(await consortium.activeSeats()).to.equal(0b111n);
        expect(await consortium.seatCount()).to.equal(3n);
        expect(await consortium.totalCredits()).to.equal(3n * deposit);
      });

      it("tells of each founder", async () => {
        const { consortium, members } = await foundConsortium(3, "open");
        const joined = await consortium.queryFilter(consortium.filters.MemberJoined);
        expect(
          joined.map(({ args }) => ({
            account: args.account,
            seat: args.seat,
            name: args.name,
            credits: args.credits,
          })),
        ).to.deep.equal(
          members.map((member, seat) => ({
            account: member.address,
            seat: BigInt(seat),
            name: `TSO ${seat + 1}`,
            credits: deposit,
          })),
        );
      });

      it("gives them the operator role and the deployer the admin role", async () => {
        const { consortium, members, deployer } = await foundConsortium(3, "open");
        const operator = await consortium.OPERATOR_ROLE();
        const admin = await consortium.DEFAULT_ADMIN_ROLE();
        expect(await roleHolders(consortium)).to.deep.equal(
          [`${admin} ${deployer.address}`, ...members.map(({ address }) => `${operator} ${address}`)].sort(),
        );
      });
    });

    describe("given as many founders as there are seats", () => {
      it("seats them all", async () => {
        const { contract } = await factory();
        const consortium = await contract.deploy(founders(88), 1n);
        expect(await consortium.activeSeats()).to.equal(2n ** 88n - 1n);
        expect(await consortium.seatOf(addressAt(87))).to.equal(87n);
        expect(await consortium.creditsOf(addressAt(87))).to.equal(1n);
        expect(await consortium.MAX_SEATS()).to.equal(88n);
      });
    });

    describe("given the largest deposit", () => {
      it("keeps it whole", async () => {
        const { contract } = await factory();
        const alone = await contract.deploy(founders(1), 2n ** 64n - 1n);
        expect(await alone.totalCredits()).to.equal(2n ** 64n - 1n);
        const two = await contract.deploy(founders(2), 2n ** 63n - 1n);
        expect(await two.totalCredits()).to.equal(2n ** 64n - 2n);
        expect(await two.creditsOf(addressAt(0))).to.equal(2n ** 63n - 1n);
      });
    });

    it("refuses to found without founders", async () => {
      const { contract } = await factory();
      await expect(contract.deploy([], 1n)).to.be.revertedWithCustomError(contract, "ConsortiumNoFounders");
    });

    it("refuses one founder more than there are seats", async () => {
      const { contract } = await factory();
      await expect(contract.deploy(founders(89), 1n))
        .to.be.revertedWithCustomError(contract, "ConsortiumTooManySeats")
        .withArgs(89n, 88n);
    });

    it("refuses a deposit of nothing", async () => {
      const { contract } = await factory();
      await expect(contract.deploy(founders(2), 0n)).to.be.revertedWithCustomError(
        contract,
        "ConsortiumZeroDeposit",
      );
    });

    it("refuses deposits whose sum does not fit in 64 bits", async () => {
      const { contract } = await factory();
      await expect(contract.deploy(founders(2), 2n ** 63n))
        .to.be.revertedWithCustomError(contract, "ConsortiumDepositTooLarge")
        .withArgs(2n ** 64n, 2n ** 64n - 1n);
    });

    it("refuses the zero address", async () => {
      const { contract, zero } = await factory();
      await expect(
        contract.deploy([...founders(1), { account: zero, name: "nobody" }], 1n),
      ).to.be.revertedWithCustomError(contract, "ConsortiumZeroAddress");
    });

    it("refuses the same founder twice", async () => {
      const { contract } = await factory();
      await expect(contract.deploy([...founders(2), ...founders(1)], 1n))
        .to.be.revertedWithCustomError(contract, "ConsortiumAlreadyMember")
        .withArgs(addressAt(0));
    });
  });

  describe("concludeSetup", () => {
    describe("given the deployer is not a founder", () => {
      it("names the ledger and leaves the deployer without any role", async () => {
        const { consortium, deployer, members, ledger, governance, ethers } = await foundConsortium(
          3,
          "open",
        );
        expect(await consortium.ledger()).to.equal(ethers.ZeroAddress);
        expect(await consortium.governance()).to.equal(ethers.ZeroAddress);
        await expect(consortium.concludeSetup(ledger, governance))
          .to.emit(consortium, "SetupConcluded")
          .withArgs(await ledger.getAddress(), await governance.getAddress());
        expect(await consortium.ledger()).to.equal(await ledger.getAddress());
        expect(await consortium.governance()).to.equal(await governance.getAddress());

        const operator = await consortium.OPERATOR_ROLE();
        const ledgerRole = await consortium.LEDGER_ROLE();
        const roles = [await consortium.DEFAULT_ADMIN_ROLE(), operator, ledgerRole];
        for (const role of roles) expect(await consortium.hasRole(role, deployer)).to.equal(false);
        expect(await roleHolders(consortium)).to.deep.equal(
          [
            `${ledgerRole} ${await ledger.getAddress()}`,
            ...members.map(({ address }) => `${operator} ${address}`),
          ].sort(),
        );
      });
    });

    describe("given the deployer is a founder", () => {
      it("leaves it the operator role only", async () => {
        const { ethers } = await network.create();
        const deployer = await ethers.provider.getSigner(0);
        const consortium = await new Consortium__factory(deployer).deploy(
          [...founders(1), { account: deployer.address, name: "TSO 2" }],
          1n,
        );
        await consortium.concludeSetup(
          await ethers.deployContract("LedgerStub"),
          await ethers.deployContract("LedgerStub"),
        );
        expect(await consortium.hasRole(await consortium.OPERATOR_ROLE(), deployer)).to.equal(true);
        expect(await consortium.hasRole(await consortium.DEFAULT_ADMIN_ROLE(), deployer)).to.equal(false);
        expect(await consortium.hasRole(await consortium.LEDGER_ROLE(), deployer)).to.equal(false);
      });
    });

    it("refuses anyone but the deployer", async () => {
      const { consortium, member, stranger, ledger } = await foundConsortium(2, "open");
      const admin = await consortium.DEFAULT_ADMIN_ROLE();
      for (const caller of [member(0), stranger]) {
        await expect(consortium.connect(caller).concludeSetup(ledger, ledger))
          .to.be.revertedWithCustomError(consortium, "AccessControlUnauthorizedAccount")
          .withArgs(caller.address, admin);
      }
    });

    it("refuses a second time", async () => {
      const { consortium, deployer, ledger } = await foundConsortium(2);
      await expect(consortium.concludeSetup(ledger, ledger))
        .to.be.revertedWithCustomError(consortium, "AccessControlUnauthorizedAccount")
        .withArgs(deployer.address, await consortium.DEFAULT_ADMIN_ROLE());
    });

    it("refuses a ledger without code, such as the deployer itself", async () => {
      const { consortium, deployer, ledger } = await foundConsortium(2, "open");
      await expect(consortium.concludeSetup(deployer, ledger))
        .to.be.revertedWithCustomError(consortium, "ConsortiumLedgerNotContract")
        .withArgs(deployer.address);
    });

    it("refuses a governance without code", async () => {
      const { consortium, deployer, ledger } = await foundConsortium(2, "open");
      await expect(consortium.concludeSetup(ledger, deployer))
        .to.be.revertedWithCustomError(consortium, "ConsortiumGovernanceNotContract")
        .withArgs(deployer.address);
    });
  });

  describe("grantRole, revokeRole, renounceRole", () => {
    for (const setup of ["open", "concluded"] as const) {
      it(`are refused to all, for all roles, with the setup ${setup}`, async () => {
        const { consortium, deployer, member, stranger } = await foundConsortium(2, setup);
        const before = await roleHolders(consortium);
        for (const role of [
          await consortium.DEFAULT_ADMIN_ROLE(),
          await consortium.OPERATOR_ROLE(),
          await consortium.LEDGER_ROLE(),
        ]) {
          for (const caller of [deployer, member(0), stranger]) {
            const as = consortium.connect(caller);
            for (const call of [
              () => as.grantRole(role, stranger),
              () => as.revokeRole(role, member(1)),
              () => as.renounceRole(role, caller),
            ]) {
              await expect(call())
                .to.be.revertedWithCustomError(consortium, "ConsortiumRolesFixed")
                .withArgs(role);
            }
          }
        }
        expect(await roleHolders(consortium)).to.deep.equal(before);
      });
    }
  });

  describe("transfer", () => {
    describe("given two members", () => {
      it("moves the amount, across storage words and within one", async () => {
        const { consortium, member, credits } = await foundConsortium(4);
        const a = member(0);
        const b = member(1);
        const c = member(2);
        const d = member(3);
        await consortium.connect(a).transfer(b, 1n);
        await consortium.connect(d).transfer(a, 20n);
        await consortium.connect(b).transfer(c, 300n);
        expect(await credits()).to.deep.equal([1_019n, 701n, 1_300n, 980n]);
        expect(await consortium.totalCredits()).to.equal(4_000n);
      });

      it("tells of it", async () => {
        const { consortium, member } = await foundConsortium();
        await expect(consortium.connect(member(0)).transfer(member(1), 5n))
          .to.emit(consortium, "CreditsTransferred")
          .withArgs(member(0).address, member(1).address, 5n);
      });

      it("moves everything, or nothing", async () => {
        const { consortium, member, credits } = await foundConsortium(2);
        const as = consortium.connect(member(0));
        await as.transfer(member(1), deposit);
        await as.transfer(member(1), 0n);
        expect(await credits()).to.deep.equal([0n, 2n * deposit]);
      });
    });

    it("refuses one credit more than the sender has", async () => {
      const { consortium, member, credits } = await foundConsortium(2);
      for (const amount of [deposit + 1n, 2n ** 64n - 1n]) {
        await expect(consortium.connect(member(0)).transfer(member(1), amount))
          .to.be.revertedWithCustomError(consortium, "ConsortiumInsufficientCredits")
          .withArgs(member(0).address, deposit, amount);
      }
      expect(await credits()).to.deep.equal([deposit, deposit]);
    });

    it("refuses a sender that is not a member", async () => {
      const { consortium, member, stranger } = await foundConsortium(2);
      await expect(consortium.connect(stranger).transfer(member(0), 0n))
        .to.be.revertedWithCustomError(consortium, "ConsortiumNotMember")
        .withArgs(stranger.address);
    });

    it("refuses a receiver that is not a member", async () => {
      const { consortium, member, stranger, ethers } = await foundConsortium(2);
      for (const receiver of [stranger.address, ethers.ZeroAddress]) {
        await expect(consortium.connect(member(0)).transfer(receiver, 1n))
          .to.be.revertedWithCustomError(consortium, "ConsortiumNotMember")
          .withArgs(receiver);
      }
    });

    it("refuses an expelled sender or receiver", async () => {
      const { consortium, member } = await foundConsortium(2);
      const expelled = member(0);
      const other = member(1);
      await consortium.connect(expelled).transfer(other, deposit);
      await consortium.expel(expelled);
      await expect(consortium.connect(expelled).transfer(other, 0n))
        .to.be.revertedWithCustomError(consortium, "ConsortiumNotMember")
        .withArgs(expelled.address);
      await expect(consortium.connect(other).transfer(expelled, 1n))
        .to.be.revertedWithCustomError(consortium, "ConsortiumNotMember")
        .withArgs(expelled.address);
    });

    it("refuses a transfer to oneself", async () => {
      const { consortium, member } = await foundConsortium(2);
      await expect(consortium.connect(member(0)).transfer(member(0), 1n))
        .to.be.revertedWithCustomError(consortium, "ConsortiumSelfTransfer")
        .withArgs(member(0).address);
    });
  });

  describe("expel", () => {
    describe("given a member without credits", () => {
      it("is open to anyone, and ends the membership", async () => {
        const { consortium, member, stranger } = await foundConsortium(3);
        const gone = member(1);
        const other = member(2);
        await consortium.connect(gone).transfer(other, deposit);
        await expect(consortium.connect(stranger).expel(gone))
          .to.emit(consortium, "MemberExpelled")
          .withArgs(gone.address, 1n);

        expect(await consortium.activeSeats()).to.equal(0b101n);
        expect(await consortium.seatCount()).to.equal(3n);
        expect(await consortium.totalCredits()).to.equal(3n * deposit);
        expect(await consortium.hasRole(await consortium.OPERATOR_ROLE(), gone)).to.equal(false);
        await expect(consortium.seatOf(gone))
          .to.be.revertedWithCustomError(consortium, "ConsortiumNotMember")
          .withArgs(gone.address);
        const past = await consortium.memberAt(1n);
        expect(fieldsOf(past)).to.deep.equal({
          seat: 1n,
          account: gone.address,
          active: false,
          credits: 0n,
          name: "TSO 2",
        });
        expect(await consortium.seatOf(other)).to.equal(2n);
      });
    });

    it("refuses while there is a single credit left", async () => {
      const { consortium, member } = await foundConsortium(2);
      await consortium.connect(member(0)).transfer(member(1), deposit - 1n);
      await expect(consortium.expel(member(0)))
        .to.be.revertedWithCustomError(consortium, "ConsortiumHasCredits")
        .withArgs(member(0).address, 1n);
    });

    it("refuses the last member, which holds all credits", async () => {
      const { consortium, member } = await foundConsortium(2);
      await consortium.connect(member(0)).transfer(member(1), deposit);
      await consortium.expel(member(0));
      await expect(consortium.expel(member(1)))
        .to.be.revertedWithCustomError(consortium, "ConsortiumHasCredits")
        .withArgs(member(1).address, 2n * deposit);
    });

    it("refuses one that is not a member, or no longer", async () => {
      const { consortium, member, stranger } = await foundConsortium(2);
      await consortium.connect(member(0)).transfer(member(1), deposit);
      await consortium.expel(member(0));
      for (const account of [stranger.address, member(0).address]) {
        await expect(consortium.expel(account))
          .to.be.revertedWithCustomError(consortium, "ConsortiumNotMember")
          .withArgs(account);
      }
    });
  });

  describe("redistribute", () => {
    const none = [0n, 0n, 0n, 0n];

    describe("given changes among members", () => {
      it("moves credits by netting and tells how many", async () => {
        const { consortium, redistribute, credits } = await foundConsortium(4);
        // In thirds of a credit: ⌈7/3⌉ = 3 and 1 are paid, ⌊6/3⌋ = 2 and ⌊4/3⌋ = 1 are due, 1 is left.
        await expect(redistribute([-7n, 6n, -3n, 4n], none, 2))
          .to.emit(consortium, "CreditsRedistributed")
          .withArgs([-3n, 2n, 0n, 1n]);
        expect(await credits()).to.deep.equal([997n, 1_002n, 1_000n, 1_001n]);
        expect(await consortium.totalCredits()).to.equal(4n * deposit);
      });

      it("takes at most what a member has, at the ends of the range", async () => {
        const { redistribute, credits } = await foundConsortium(4);
        await redistribute([-(2n ** 255n), 2n ** 255n - 1n, 0n, 0n], none, 3);
        expect(await credits()).to.deep.equal([0n, 2_000n, 1_000n, 1_000n]);
      });

      it("pays a member without credits at most its own rewards", async () => {
        const { redistribute, credits } = await foundConsortium(4);
        await redistribute([-3_000n, 3_000n, 0n, 0n], none, 1);
        expect(await credits()).to.deep.equal([0n, 2_000n, 1_000n, 1_000n]);
        await redistribute([60n, -60n, 0n, 0n], [7n, 0n, 0n, 0n], 3);
        expect(await credits()).to.deep.equal([7n, 1_980n, 1_000n, 1_013n]);
      });
    });

    describe("given an expelled member", () => {
      it("counts the members that are left", async () => {
        const { redistribute, credits } = await withEmptySeat();
        await redistribute([-4n, 0n, 2n, 2n], none, 0);
        expect(await credits()).to.deep.equal([1_998n, 0n, 1_001n, 1_001n]);
      });

      it("refuses a change, a reward or the remainder for its seat, and changes nothing", async () => {
        const { consortium, redistribute, credits } = await withEmptySeat();
        const before = await credits();
        const settlements: Parameters<typeof redistribute>[] = [
          [[-4n, 1n, 2n, 1n], none, 0],
          [[-4n, -1n, 2n, 3n], none, 0],
          [[-4n, 0n, 2n, 2n], [0n, 1n, 0n, 0n], 0],
          [[-4n, 0n, 2n, 2n], none, 1],
        ];
        for (const settlement of settlements) {
          await expect(redistribute(...settlement))
            .to.be.revertedWithCustomError(consortium, "ConsortiumInactiveSeat")
            .withArgs(1n);
        }
        expect(await credits()).to.deep.equal(before);
      });
    });

    describe("given one member", () => {
      it("moves nothing", async () => {
        const { consortium, redistribute, credits } = await foundConsortium(1);
        await expect(redistribute([-100n], [5n], 0))
          .to.emit(consortium, "CreditsRedistributed")
          .withArgs([0n]);
        expect(await credits()).to.deep.equal([deposit]);
      });
    });

    it("refuses a remainder seat that nobody ever had", async () => {
      const { consortium, redistribute } = await foundConsortium(4);
      for (const seat of [4n, 88n, 256n, 2n ** 256n - 1n]) {
        await expect(redistribute(none, none, seat))
          .to.be.revertedWithCustomError(consortium, "ConsortiumInactiveSeat")
          .withArgs(seat);
      }
    });

    describe("given arrays that end before the last seat", () => {
      it("counts what is missing as 0", async () => {
        for (let seats = 1; seats <= 6; ++seats) {
          const full = await foundConsortium(seats);
          const short = await foundConsortium(seats);
          for (let entries = 0; entries < seats; ++entries) {
            // Thirds and the like, so that there is a remainder; the first pays more than it has in the end.
            const change = [-5_003n, 311n, -7n, 1_001n, 13n].slice(0, entries);
            const ownReward = change.map(() => 5n);
            const missing = Array.from({ length: seats - entries }, () => 0n);
            for (let remainderSeat = 0; remainderSeat < seats; ++remainderSeat) {
              await full.redistribute([...change, ...missing], [...ownReward, ...missing], remainderSeat);
              await short.redistribute(change, ownReward, remainderSeat);
              expect(await short.credits()).to.deep.equal(await full.credits());
            }
          }
          const moved = async ({ consortium }: typeof full) =>
            (await consortium.queryFilter(consortium.filters.CreditsRedistributed)).map(({ args }) => [
              ...args.moved,
            ]);
          expect(await moved(short)).to.deep.equal(await moved(full));
        }
      });

      it("still refuses an expelled member's entry", async () => {
        const { consortium, redistribute } = await withEmptySeat();
        await expect(redistribute([-1n, 1n], [0n, 0n], 0))
          .to.be.revertedWithCustomError(consortium, "ConsortiumInactiveSeat")
          .withArgs(1n);
      });
    });

    it("refuses arrays with an entry too many", async () => {
      const { consortium, redistribute } = await foundConsortium(4);
      const long = [...none, 0n];
      for (const [change, ownReward] of [
        [long, long],
        [long, none],
        [none, long],
      ] as const) {
        await expect(redistribute(change, ownReward, 0))
          .to.be.revertedWithCustomError(consortium, "ConsortiumLengthMismatch")
          .withArgs(5n, 4n);
      }
    });

    it("refuses arrays of different lengths", async () => {
      const { consortium, redistribute } = await foundConsortium(4);
      for (const short of [none.slice(1), []]) {
        for (const [change, ownReward] of [
          [short, none],
          [none, short],
        ] as const) {
          await expect(redistribute(change, ownReward, 0))
            .to.be.revertedWithCustomError(consortium, "ConsortiumLengthMismatch")
            .withArgs(BigInt(ownReward.length), BigInt(change.length));
        }
      }
    });

    it("refuses anyone but the ledger", async () => {
      const { consortium, deployer, member, stranger } = await foundConsortium(4);
      const role = await consortium.LEDGER_ROLE();
      for (const caller of [deployer, member(0), stranger]) {
        await expect(consortium.connect(caller).netCredits(none, none, 0))
          .to.be.revertedWithCustomError(consortium, "AccessControlUnauthorizedAccount")
          .withArgs(caller.address, role);
      }
    });

    it("refuses the ledger before the setup has ended", async () => {
      const { consortium, redistribute, ledger } = await foundConsortium(4, "open");
      await expect(redistribute(none, none, 0))
        .to.be.revertedWithCustomError(consortium, "AccessControlUnauthorizedAccount")
        .withArgs(await ledger.getAddress(), await consortium.LEDGER_ROLE());
    });
  });

  describe("seating", () => {
    it("is the active seats and the number of seats, before and after an expulsion and the setup's end", async () => {
      const { consortium, member, ledger } = await foundConsortium(4, "open");
      expect(await consortium.activeSeatOverview()).to.deep.equal([0b1111n, 4n]);
      await consortium.concludeSetup(ledger, ledger);
      expect(await consortium.activeSeatOverview()).to.deep.equal([0b1111n, 4n]);
      await consortium.connect(member(1)).transfer(member(0), deposit);
      await consortium.expel(member(1));
      expect(await consortium.activeSeatOverview()).to.deep.equal([0b1101n, 4n]);
      expect(await consortium.ledger()).to.equal(await ledger.getAddress());
    });

    it("holds with every seat there can be", async () => {
      const { contract } = await factory();
      const consortium = await contract.deploy(founders(88), 1n);
      expect(await consortium.activeSeatOverview()).to.deep.equal([2n ** 88n - 1n, 88n]);
    });
  });

  describe("seatOf, creditsOf, memberAt", () => {
    it("answer for members", async () => {
      const { consortium, member } = await foundConsortium(3);
      expect(await consortium.seatOf(member(2))).to.equal(2n);
      expect(await consortium.creditsOf(member(2))).to.equal(deposit);
      expect((await consortium.memberAt(2n)).account).to.equal(member(2).address);
    });

    it("refuse an account that is not a member", async () => {
      const { consortium, stranger } = await foundConsortium(3);
      for (const view of [consortium.seatOf, consortium.creditsOf]) {
        await expect(view(stranger))
          .to.be.revertedWithCustomError(consortium, "ConsortiumNotMember")
          .withArgs(stranger.address);
      }
    });

    it("refuse a seat that nobody ever had", async () => {
      const { consortium } = await foundConsortium(3);
      for (const seat of [3n, 2n ** 256n - 1n]) {
        await expect(consortium.memberAt(seat))
          .to.be.revertedWithCustomError(consortium, "ConsortiumNoSuchSeat")
          .withArgs(seat, 3n);
      }
    });
  });
});
