import { expect } from "chai";
import { describe, it } from "mocha";
import { finalDepartures } from "../../../workers/devnet/finalDepartures.js";
import type { Network, Validator } from "../../../workers/devnet/types.js";
import { foundConsortium } from "../../contracts/consortium/foundConsortium.js";

const address = (number: number): string => `0x${number.toString(16).padStart(2, "0").repeat(20)}`;
const nodeId = (number: number): string => number.toString(16).padStart(2, "0").repeat(64);

describe("validators of members that departed", () => {
  const validators: Validator[] = [1, 2, 3, 4].map((number) => ({
    number,
    name: `Operator ${number}`,
    address: address(number),
    nodeId: nodeId(number),
    host: "127.0.0.1",
    p2pPort: 1,
    rpcPort: 2,
    authPort: 3,
  }));
  const network = { validators } as unknown as Network;

  it("count once the departure is final, and while it holds", async () => {
    const { consortium, member, ethers } = await foundConsortium(4);
    const height = async (): Promise<number> => await ethers.provider.getBlockNumber();
    const record = async (seat: number, validator: number): Promise<void> => {
      const url = `enode://${nodeId(validator)}@127.0.0.1:1`;
      await consortium.connect(member(seat)).recordNode(address(validator), url);
    };
    const numbers = async (final: number | undefined) => {
      const out = await finalDepartures(network, consortium, 0, final);
      return [out.final, out.waiting].map((list) => list.map(({ number }) => number));
    };
    for (const seat of [0, 1, 2, 3]) await record(seat, seat + 1);
    const whole = await height();
    expect(await numbers(whole)).to.deep.equal([[], []]);

    await consortium.connect(member(3)).transfer(member(0).address, 1_000n);
    await consortium.expel(member(3).address);
    const expelled = await height();
    expect(await numbers(undefined)).to.deep.equal([[], [4]]);
    expect(await numbers(whole)).to.deep.equal([[], [4]]);
    expect(await numbers(expelled - 1)).to.deep.equal([[], [4]]);
    expect(await numbers(expelled)).to.deep.equal([[4], []]);

    // One that recorded another validator, and then its old one again, has not departed, whatever was final in between.
    await record(2, 9);
    const replaced = await height();
    expect(await numbers(replaced)).to.deep.equal([[3, 4], []]);
    await record(2, 3);
    expect(await numbers(replaced)).to.deep.equal([[4], []]);
  });
});
