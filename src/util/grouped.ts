/** What has the same key, together: groups in the order of their first members, members in the order of the list. */
export function grouped<T>(list: readonly T[], keyOf: (one: T) => unknown): [T, ...T[]][] {
  const groups = new Map<unknown, [T, ...T[]]>();
  for (const one of list) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}
