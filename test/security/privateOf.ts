import { Session } from "node:inspector";

interface Value {
  readonly objectId?: string;
  readonly value?: unknown;
}

interface Answer {
  readonly result?: unknown;
  readonly privateProperties?: readonly { readonly name: string; readonly value?: Value }[];
}

/**
 * What an object holds in a private field, as JSON: what somebody reads who has the whole memory of a process.
 *
 * @param field with its `#`.
 */
export function privateOf(object: object, field: string): string {
  const session = new Session();
  session.connect();
  const place = globalThis as unknown as Record<string, unknown>;
  const NAME = "gridproofTestLoot";
  place[NAME] = object;
  try {
    // The inspector answers at once. Its types lack private fields.
    const ask = (method: string, parameters: object): Answer => {
      let answer: Answer = {};
      session.post(method, parameters, (_, said) => (answer = (said ?? {}) as Answer));
      return answer;
    };
    const { objectId } = ask("Runtime.evaluate", { expression: `globalThis.${NAME}` }).result as Value;
    const { privateProperties = [] } = ask("Runtime.getProperties", { objectId, ownProperties: true });
    const found = privateProperties.find(({ name }) => name === field);
    if (found?.value === undefined) throw new Error(`there is no private field ${field}`);
    const said = ask("Runtime.callFunctionOn", {
      objectId: found.value.objectId,
      functionDeclaration: "function () { return JSON.stringify(this); }",
      returnByValue: true,
    });
    return (said.result as Value).value as string;
  } finally {
    delete place[NAME];
    session.disconnect();
  }
}
