/** Names as users write them in a row: `a < Pool.lock < "row lock"`. */

/** The names in their order; empty ones are left out, and quotes of any kind become double ones. */
export const writtenNames = (text: string, separator: '<' | ','): string[] =>
  text
    .split(separator)
    .map(name => name.trim().replace(/^(["'`])(.*)\1$/, '"$2"'))
    .filter(name => name !== '');
