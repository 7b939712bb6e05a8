/** Answers that may come in another order than they were asked for. */

/** Returns a function that asks and takes the answer, unless that of a later question has been taken. */
export function newest<T>(take: (answer: T) => void): (ask: () => Promise<T>) => Promise<void> {
  let [asked, taken] = [0, 0];
  return async (ask) => {
    const own = ++asked;
    const answer = await ask();
    if (own < taken) return;
    taken = own;
    take(answer);
  };
}
