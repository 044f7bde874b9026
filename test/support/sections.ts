/** Sections that are held until told otherwise, for tests of locks, queues and pools. */

/** Lets everything run that needs no timer. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};
/** A section that is held until told otherwise, and the order in which sections are entered. */
export function recorder(): { enter(name: string): () => Promise<void>; leave(): void; log: string[]; most(): number } {
  const log: string[] = [];
  const open: (() => void)[] = [];
  let inside = 0;
  let most = 0;
  return {
    log,
    most: () => most,
    leave: () => open.shift()?.(),
    enter: name => async () => {
      log.push(name);
      most = Math.max(most, ++inside);
      await new Promise<void>(resolve => open.push(resolve));
      inside--;
    },
  };
}
/** `pending`, or how it settled. */
export async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'pending';
  promise.then(
    () => (state = 'fulfilled'),
    () => (state = 'rejected'),
  );
  await settle();
  return state;
}
