/** Most calls of a batch under way at once. */
const AT_ONCE = 100;

/**
 * Answers the calls of a batch in their order, 100 at a time. Once the answers are longer than `mostLength` characters, the
 * calls that are left are refused and not passed on, and so are the answers that came too late.
 *
 * @returns the batch's answer, as text.
 * @throws what `answer` throws.
 */
export async function answerBatch<T>(
  calls: readonly T[],
  mostLength: number,
  answer: (call: T) => Promise<string>,
  refuse: (call: T) => string,
): Promise<string> {
  const answers: string[] = [];
  let next = 0;
  let length = 0;
  const work = async (): Promise<void> => {
    while (next < calls.length) {
      const place = next++;
      const call = calls[place]!;
      const text = length > mostLength ? "" : await answer(call);
      length += text.length;
      answers[place] = length > mostLength ? refuse(call) : text;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return `[${answers.join(",")}]`;
}
