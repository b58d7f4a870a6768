/** Applies `step` to every item, at most `limit` of them at a time; answers in the items' own order. */
export async function concurrently<A, B>(
  items: readonly A[],
  limit: number,
  step: (item: A) => Promise<B>,
): Promise<B[]> {
  const answers: B[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) answers[index] = await step(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return answers;
}
