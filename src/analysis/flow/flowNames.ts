/**
 * Members by name alone, for receivers of which nothing is known (parameters that only unknown code fills, untyped
 * JavaScript). Evidence, best first: an owner that the program keeps under the receiver's own name (`reply.send` of
 * `function Reply`, `res.send` of `const res = Object.create(…)`), then few members of that name at all. What only tests
 * define is what tests see, and files that no import connects see nothing of one another.
 */
import type { FunctionId, TypeId } from '../../model/facts.ts';
import type { FlowObjects } from './flowObjects.ts';
import type { FlowSolver, NodeId, TokenId } from './flowSolver.ts';
import type { Program } from '../program.ts';

/** Members of one name that a receiver of unknown type may have; where the owner's name agrees. */
const NAMED_LIMIT = 4;
const AGREED_LIMIT = 8;

export class FlowNames {
  readonly #program: Program;
  readonly #solver: FlowSolver;
  readonly #objects: FlowObjects;
  readonly #methods = new Map<string, { type: TypeId; id: FunctionId }[]>();
  /** What each owner of properties is called, in lower case. */
  readonly #called = new Map<string, Set<string>>();

  /** File → the part of the project that it belongs to. */
  readonly #parts = new Map<string, number>();

  /** Answers of this round. */
  readonly #answers = new Map<string, readonly TokenId[]>();

  constructor(program: Program, solver: FlowSolver, objects: FlowObjects, parts: readonly (readonly string[])[]) {
    parts.forEach((files, part) => {
      for (const file of files) this.#parts.set(file, part);
    });
    this.#program = program;
    this.#solver = solver;
    this.#objects = objects;
    for (const type of program.types.values()) {
      this.#call(`t ${type.id}`, type.name);
      for (const [name, id] of Object.entries(type.methods)) {
        const list = this.#methods.get(name);
        if (list) list.push({ type: type.id, id });
        else this.#methods.set(name, [{ type: type.id, id }]);
      }
    }
  }

  /** Notes the names of the variables that hold objects. */
  learn(slots: Iterable<readonly [string, NodeId]>): void {
    this.#answers.clear();
    for (const [key, node] of slots) {
      const name = key.slice(key.lastIndexOf(':') + 1);
      const held = this.#solver.tokens(node);
      if (held.size <= NAMED_LIMIT) for (const token of held) this.#call(this.#objects.ownerKey(token), name);
    }
  }

  #call(owner: string, name: string): void {
    const names = this.#called.get(owner);
    if (names) names.add(name.toLowerCase());
    else this.#called.set(owner, new Set([name.toLowerCase()]));
  }

  /**
   * The functions that `receiver.field` may be.
   * @param receiver the name of the receiver as the code has it
   * @param file where it is read
   */
  find(field: string, receiver: string | undefined, file: string): readonly TokenId[] {
    const key = `${field} ${receiver ?? ''} ${file}`;
    let found = this.#answers.get(key);
    if (!found) this.#answers.set(key, (found = this.#find(field, receiver, file)));
    return found;
  }

  #find(field: string, receiver: string | undefined, file: string): TokenId[] {
    const found = new Map<TokenId, boolean>();
    const add = (token: TokenId, owner: string): void => {
      const agrees = receiver !== undefined && (this.#called.get(owner)?.has(receiver.toLowerCase()) ?? false);
      found.set(token, agrees || (found.get(token) ?? false));
    };
    for (const { node, owner } of this.#objects.propertiesNamed(field))
      for (const token of this.#solver.tokens(node))
        if (this.#objects.token(token).kind === 'function') add(token, owner);
    for (const { type, id } of this.#methods.get(field) ?? []) add(this.#objects.functionToken(id), `t ${type}`);
    const agreed = this.#seenFrom(
      [...found].filter(([, agrees]) => agrees).map(([token]) => token),
      file,
    );
    if (agreed.length > 0 && agreed.length <= AGREED_LIMIT) return agreed;
    const all = this.#seenFrom([...found.keys()], file);
    return all.length <= NAMED_LIMIT ? all : [];
  }

  /** Of the same part of the project; without what other test files define, unless nothing else is. */
  #seenFrom(tokens: TokenId[], file: string): TokenId[] {
    const part = this.#parts.get(file);
    const near = tokens.filter(token => this.#parts.get(this.#fileOf(token) ?? '') === part);
    const seen = near.filter(token => {
      const own = this.#fileOf(token) ?? '';
      return own === file || this.#program.modules.get(own)?.test !== true;
    });
    return seen.length > 0 ? seen : near;
  }

  #fileOf(token: TokenId): string | undefined {
    const known = this.#objects.token(token);
    return known.kind === 'function' ? this.#program.fileOf(known.id) : undefined;
  }
}
