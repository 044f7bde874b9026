/** Calls that give an object members of another: what the tables say of them. */

/** Which object gets members, and from where; numbers are indexes of arguments. */
export interface Copies {
  into: number | 'result';
  /** The first argument whose members are copied or inherited; with `rest` those after it too. */
  from?: number;
  rest?: boolean;
  /** They are inherited, not copied: the prototype of a function is a function. */
  inherits?: boolean;
  /** An object of property descriptors: their `value` or `get` is the member. */
  descriptors?: number;
  /** One member: its name, and its descriptor. */
  member?: { name: number; descriptor: number };
}
