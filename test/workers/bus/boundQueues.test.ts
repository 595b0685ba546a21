import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Aedes } from "aedes";
import { expect } from "chai";
import { describe, it } from "mocha";
import { connect, connectAsync, type MqttClient } from "mqtt";
import { boundQueues } from "../../../workers/bus/broker/boundQueues.js";
import { eventually } from "../../support/eventually.js";

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe("the queues of a broker", () => {
  const MOST = 20;

  it("keep the newest messages for a client that is away, and drop nothing of one that is there", async () => {
    const broker = await Aedes.createBroker();
    let dropped = 0;
    boundQueues(broker, MOST, () => dropped++);
    const server = createServer((socket) => void broker.handle(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const heard: number[] = [];
    const open: MqttClient[] = [];
    const sender = await connectAsync(url, { clientId: "meter", reconnectPeriod: 0 });
    const send = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n++) await sender.publishAsync("report/1", String(n), { qos: 1 });
    };
    /** It is there again: what was kept comes. */
    const listen = async (): Promise<MqttClient> => {
      const client = connect(url, { clientId: "concentrator", clean: false, reconnectPeriod: 0 });
      client.on("message", (_, payload) => heard.push(Number(String(payload))));
      await new Promise<void>((connected) => client.once("connect", () => connected()));
      open.push(client);
      return client;
    };
    const leave = async (client: MqttClient): Promise<void> => {
      await client.endAsync();
      await eventually("it is gone", () => broker.connectedClients === 1);
    };
    try {
      const first = await listen();
      await first.subscribeAsync("report/+", { qos: 1 });
      await send(0, 3 * MOST);
      await eventually("all is heard", () => heard.length === 3 * MOST);
      expect(dropped).to.equal(0);
      await leave(first);

      for (const round of [1, 2]) {
        heard.length = 0;
        dropped = 0;
        const from = round * 1_000;
        await send(from, from + MOST);
        expect(dropped, "not one more than is kept").to.equal(0);
        await send(from + MOST, from + 3 * MOST);
        expect(dropped).to.equal(2 * MOST);
        const again = await listen();
        await send(from + 500, from + 510);
        await eventually("what is new is heard", () => heard.includes(from + 509));
        expect(heard.toSorted((a, b) => a - b)).to.deep.equal([
          ...numbers(from + 2 * MOST, from + 3 * MOST),
          ...numbers(from + 500, from + 510),
        ]);
        expect(dropped).to.equal(2 * MOST);
        await leave(again);
      }
    } finally {
      for (const client of [sender, ...open]) client.end(true);
      await new Promise<void>((closed) => broker.close(() => closed()));
      await new Promise((closed) => server.close(closed));
    }
  }).timeout(20_000);
});
