import { expect } from "chai";
import { keccak256, ZeroAddress, ZeroHash } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { revertReason } from "../../../workers/chain/revertReason.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { checkProjection } from "../../../workers/projection/checkProjection.js";
import { agreeOnModel } from "../../../workers/projection/agreeOnModel.js";
import { deployModels } from "../../../workers/projection/deployProjection.js";
import { packMatrices } from "../../../workers/projection/packMatrices.js";
import { packTopology } from "../../../workers/projection/packTopology.js";
import { proposeProjection } from "../../../workers/projection/proposeProjection.js";
import { uploadProjection } from "../../../workers/projection/uploadProjection.js";
import type { ProjectionMatrices, ProjectionTopology } from "../../../workers/projection/types.js";
import { refusal } from "../measurement/ledgerFixture.js";
import { modelsFixture, type ModelsFixture, preparedCase } from "./projectionFixture.js";

const Status = { Proposed: 1n, Checked: 2n, Active: 3n };

describe("ProjectionModel with IEEE 14", () => {
  const { topology, matrices } = preparedCase(builtinCase("ieee14"));
  const chunks = packMatrices(matrices);
  const rowCount = matrices.states + matrices.rows;
  let fixture: ModelsFixture;
  let restore: () => Promise<void>;
  before(async () => {
    fixture = await modelsFixture();
    const snapshot = await fixture.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const propose = async (made: ProjectionTopology = topology, held: ProjectionMatrices = matrices) =>
    (await proposeProjection(fixture.models, made, held)).model;
  const stored = async (held = matrices): Promise<bigint> => {
    const model = await propose(topology, held);
    await uploadProjection(fixture.models, model, held);
    return model;
  };
  /** Everything that is known of the first model. */
  const known = async () => [
    await fixture.models.modelCount(),
    ...((await fixture.models.modelCount()) === 0n
      ? []
      : [...(await fixture.models.summary(1n)), ...(await fixture.models.chunks(1n))]),
  ];
  /** Refused by this error, and nothing changed. */
  const refused = async (call: () => Promise<unknown>, name: string, args = {}) => {
    const was = await known();
    const reason = await refusal(call());
    expect(reason.name, reason.message).to.equal(name);
    expect(reason.arguments).to.include(args);
    expect(await known()).to.deep.equal(was);
  };

  const proposal =
    (change: object, hashes = chunks.map((chunk) => keccak256(chunk))) =>
    async () =>
      await fixture.models.propose({ ...packTopology(topology, matrices), ...change }, hashes);

  describe("propose", () => {
    it("is for operators", async () => {
      const { models, stranger } = fixture;
      await refused(
        async () => await models.connect(stranger).propose(packTopology(topology, matrices), []),
        "ProjectionModelNotOperator",
        { account: stranger.address },
      );
    });

    it("refuses sizes and digits that are out of bounds", async () => {
      const { rows, lines } = packTopology(topology, matrices) as { rows: Uint8Array; lines: Uint8Array };
      const bad: [object, string][] = [
        [{ states: 0 }, "states"],
        [{ states: topology.buses }, "states"],
        [{ rows: rows.subarray(1) }, "rows"],
        [{ lines: lines.subarray(1) }, "lines"],
        [{ rows: rows.subarray(0, 8 * topology.states) }, "rows"],
        [{ rows: new Uint8Array(8 * 3069) }, "rows"],
        [{ meters: 0 }, "meters"],
        [{ meters: topology.meters + 1 }, "meters"],
        [{ weightDigits: 65 }, "weightDigits"],
        [{ projectionDigits: 47 }, "projectionDigits"],
        [{ projectionDigits: 63 }, "projectionDigits"],
        [{ inverseDigits: matrices.projectionDigits }, "inverseDigits"],
        [{ inverseDigits: 230 }, "inverseDigits"],
      ];
      for (const [change, what] of bad) await refused(proposal(change), "ProjectionModelBadSize", { what });
    });

    it("refuses digits that would let A be wrong enough to matter, and products that could wrap", async () => {
      await refused(proposal({ inverseDigits: 170 }), "ProjectionModelTooCoarse", { digits: "170" });
      const heavy = { ...topology, rows: topology.rows.map((row) => ({ ...row, weight: 2 ** 32 - 1 })) };
      const strong = {
        ...heavy,
        lines: topology.lines.map((line) => ({ ...line, susceptance: 2 ** 34 })),
      };
      const { rows, lines } = packTopology(strong, matrices);
      await refused(proposal({ rows, lines }), "ProjectionModelTooLarge");
    });

    it("refuses lines and rows that are none", async () => {
      const withLine = (change: object) =>
        packTopology(
          { ...topology, lines: [{ ...topology.lines[0]!, ...change }, ...topology.lines.slice(1)] },
          matrices,
        );
      const withRow = (change: object) =>
        packTopology(
          { ...topology, rows: [{ ...topology.rows[0]!, ...change }, ...topology.rows.slice(1)] },
          matrices,
        );
      for (const change of [{ from: 14 }, { to: 14 }, { to: topology.lines[0]!.from }, { susceptance: 0 }]) {
        await refused(proposal(withLine(change)), "TopologyMatrixLine", { line: "0" });
      }
      for (const change of [{ kind: 4 }, { place: 20 }, { weight: 0 }]) {
        await refused(proposal(withRow(change)), "TopologyMatrixRow", { row: "0" });
      }
      await refused(proposal(withRow({ seat: 4 })), "ProjectionModelNoSuchSeat", {
        row: "0",
        seat: "4",
        seats: "4",
      });
      await refused(proposal(withRow({ kind: 3, place: 13 })), "TopologyMatrixEmptyRow", { row: "0" });
      // A row beyond the meters is an injection that nobody owns.
      await refused(proposal({ meters: topology.meters - 1 }), "TopologyMatrixRow");
      const largest = {
        ...topology,
        lines: topology.lines.map((line) => ({ ...line, susceptance: 2 ** 39 - 1 })),
      };
      const many = { ...largest, lines: Array.from({ length: 300 }, () => largest.lines[0]!) };
      await refused(proposal({ ...packTopology(many, matrices) }), "TopologyMatrixCoefficient");
    });

    it("refuses another number of chunks than the sizes ask for", async () => {
      await refused(proposal({}, []), "ProjectionModelChunkCount", { got: "0", want: String(chunks.length) });
    });
  });

  describe("storeChunk", () => {
    it("takes chunks in any order, from anyone, once", async () => {
      const model = await propose();
      const models = fixture.models.connect(fixture.stranger);
      for (const chunk of [1, 0]) await models.storeChunk(model, chunk, chunks[chunk]!);
      for (const chunk of [0, 1]) {
        await refused(
          async () => await models.storeChunk(model, chunk, chunks[chunk]!),
          "ProjectionModelChunkAlreadyStored",
          { chunk: String(chunk) },
        );
      }
      const accounts = await models.chunks(model);
      for (const [chunk, account] of accounts.entries()) {
        const code = await fixture.connection.ethers.provider.getCode(account);
        expect(code).to.equal(`0x00${Buffer.from(chunks[chunk]!).toString("hex")}`);
      }
    });

    it("refuses what was not proposed", async () => {
      const model = await propose();
      const forged = Uint8Array.from(chunks[1]!);
      forged[100]! ^= 1;
      const { models } = fixture;
      await refused(async () => await models.storeChunk(model, 1, forged), "ProjectionModelChunkMismatch");
      await refused(async () => await models.storeChunk(model, 0, chunks[1]!), "ProjectionModelChunkLength");
      await refused(async () => await models.storeChunk(model, 2, chunks[1]!), "ProjectionModelUnknownChunk");
      await refused(async () => await models.storeChunk(2n, 0, chunks[0]!), "ProjectionModelUnknown");
      await refused(async () => await models.storeChunk(0n, 0, chunks[0]!), "ProjectionModelUnknown");
    });
  });

  const runOf =
    (check: "checkProducts" | "checkFreivalds") => async (model: bigint, first: number, count: number) =>
      await fixture.models.connect(fixture.stranger)[check](model, first, count);

  for (const check of ["checkProducts", "checkFreivalds"] as const) {
    describe(check, () => {
      const run = runOf(check);

      it("goes row by row, in order, and comes to the same whichever way it is cut", async () => {
        const model = await stored();
        for (let first = 0; first < rowCount; first++) {
          expect((await fixture.models.summary(model)).status).to.equal(Status.Proposed);
          await run(model, first, 1);
        }
        expect((await fixture.models.summary(model)).status).to.equal(Status.Checked);
        const other = await stored();
        await run(other, 0, rowCount - 1);
        await run(other, rowCount - 1, 1);
        expect((await fixture.models.summary(other)).status).to.equal(Status.Checked);
      });

      it("refuses rows out of order, twice, too many or none", async () => {
        const model = await stored();
        await run(model, 0, 5);
        for (const first of [0, 4, 6]) {
          await refused(async () => await run(model, first, 1), "ProjectionModelRowOutOfOrder", {
            want: "5",
          });
        }
        for (const count of [0, rowCount - 4]) {
          await refused(async () => await run(model, 5, count), "ProjectionModelNoSuchRows");
        }
        await refused(async () => await run(9n, 5, 1), "ProjectionModelUnknown");
      });

      it("waits for every chunk", async () => {
        const model = await propose();
        await fixture.models.storeChunk(model, 0, chunks[0]!);
        await refused(async () => await run(model, 0, 1), "ProjectionModelChunkMissing", { chunk: "1" });
      });

      it("refuses matrices with a false entry, at its row, and never lets them be activated", async () => {
        const inverse = [...matrices.inverse];
        inverse[3 * matrices.states + 2]! += 2n ** 90n;
        const projection = [...matrices.projection];
        projection[20 * matrices.rows + 7]! -= 2n ** 40n;
        for (const [held, row] of [
          [{ ...matrices, inverse }, 3],
          [{ ...matrices, projection }, matrices.states + 20],
        ] as const) {
          await restore();
          const model = await stored(held);
          await run(model, 0, row);
          const error = await run(model, row, 1).catch((thrown: unknown) => thrown);
          expect(revertReason(error)?.name).to.match(/^ProjectionCheckWrong(Entry|Round)$/u);
          const { models, operators } = fixture;
          const { contentHash } = await models.summary(model);
          for (const operator of operators.slice(1))
            await models.connect(operator).approve(model, contentHash);
          await refused(async () => await models.activate(model), "ProjectionModelWrongStatus", {
            got: "1",
            want: "2",
          });
        }
      });
    });
  }

  it("draws other vectors for any other content: the hash has everything in it", async () => {
    const hashes = new Set<string>();
    const [row, ...rest] = topology.rows;
    const projection = [...matrices.projection];
    projection[0]! += 1n;
    for (const [made, held] of [
      [topology, matrices],
      [{ ...topology, rows: [{ ...row!, weight: row!.weight + 1 }, ...rest] }, matrices],
      [topology, { ...matrices, projection }],
      [topology, { ...matrices, inverseDigits: matrices.inverseDigits - 1 }],
      [topology, matrices],
    ] as const) {
      hashes.add((await fixture.models.summary(await propose(made, held))).contentHash);
    }
    expect(hashes.size).to.equal(5);
  });

  it("the worker goes on where it was interrupted", async () => {
    const { models } = fixture;
    const model = await propose();
    await models.storeChunk(model, 1, chunks[1]!);
    expect(await uploadProjection(models, model, matrices)).to.have.length(1);
    expect(await uploadProjection(models, model, matrices)).to.have.length(0);
    await models.checkProducts(model, 0, 7);
    const progress: number[] = [];
    await checkProjection(models, model, "products", (done) => progress.push(done));
    expect(progress.at(-1)).to.equal(rowCount);
    expect(await checkProjection(models, model, "products")).to.have.length(0);
    expect((await models.summary(model)).rowsByFreivalds).to.equal(0n);
    await checkProjection(models, model, "freivalds");
    expect((await models.summary(model)).rowsByFreivalds).to.equal(BigInt(rowCount));
  });

  describe("approval", () => {
    it("takes everyone, each once, for this content", async () => {
      const { models, operators, stranger } = fixture;
      const model = await stored();
      await checkProjection(models, model, "freivalds");
      const { contentHash } = await models.summary(model);
      await refused(
        async () => await models.connect(stranger).approve(model, contentHash),
        "ProjectionModelNotOperator",
      );
      await refused(async () => await models.approve(model, contentHash), "ProjectionModelAlreadyApproved");
      await refused(
        async () => await models.connect(operators[1]).approve(model, ZeroHash),
        "ProjectionModelContentMismatch",
      );
      await models.connect(operators[1]).approve(model, contentHash);
      await refused(async () => await models.activate(model), "ProjectionModelNotApproved", {
        approvals: "3",
        want: "15",
      });
      await refused(async () => await models.inForceAt(2 ** 39), "ProjectionModelNoneInForce");
      await agreeOnModel(models, operators, model);
      expect((await models.summary(model)).status).to.equal(Status.Active);
      await refused(async () => await models.activate(model), "ProjectionModelWrongStatus");
    });

    it("keeps which model was in force when", async () => {
      const { models, operators, time } = fixture;
      const at: number[] = [];
      for (const _ of [1, 2]) {
        const model = await stored();
        await checkProjection(models, model, "freivalds");
        await time.increase(1000);
        await agreeOnModel(models, operators, model);
        at.push(await time.latest());
      }
      expect(await models.inForceAt(at[0]!)).to.equal(1n);
      expect(await models.inForceAt(at[1]! - 1)).to.equal(1n);
      expect(await models.inForceAt(at[1]!)).to.equal(2n);
      await refused(async () => await models.inForceAt(at[0]! - 1), "ProjectionModelNoneInForce");
    });
  });

  it("knows who owns which meter", async () => {
    const model = await propose();
    for (const [meter, { seat }] of topology.rows.entries()) {
      expect(await fixture.models.seatOfMeter(model, meter)).to.equal(BigInt(seat));
    }
    await refused(
      async () => await fixture.models.seatOfMeter(model, topology.meters),
      "ProjectionModelNoSuchMeter",
    );
  });

  it("is founded by 1 to 255 different accounts", async () => {
    const [operator] = fixture.operators;
    await refused(async () => await deployModels([operator!, operator!]), "ProjectionModelBadOperators");
    const { ethers } = fixture.connection;
    for (const accounts of [
      [],
      [ZeroAddress],
      Array.from({ length: 256 }, () => ethers.Wallet.createRandom().address),
    ]) {
      const reason = await refusal(ethers.deployContract("ProjectionModel", [accounts]));
      expect(reason.name).to.equal("ProjectionModelBadOperators");
    }
  });
});
