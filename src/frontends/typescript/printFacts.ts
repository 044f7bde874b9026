/** A compact, deterministic text of lowered facts, for tests and for looking at them: one line per step, values inlined. */
import type {
  Block,
  Condition,
  FunctionFacts,
  ModuleFacts,
  Place,
  Root,
  Step,
  Target,
  ValueId,
} from '../../model/facts.ts';

const DEEPEST_VALUE = 8;

/** Prints one function: a header, then its steps. */
export function printFunction(facts: FunctionFacts): string {
  return new FactsPrinter(facts).function();
}

/** Prints every function of a module, and its gaps. */
export function printModule(facts: ModuleFacts): string {
  const functions = facts.functions.map(printFunction);
  const gaps = facts.gaps.map(gap => `gap ${gap.reason}: ${gap.text}`);
  return [...functions, ...gaps].join('\n\n');
}

class FactsPrinter {
  readonly #facts: FunctionFacts;
  readonly #open = new Set<ValueId>();

  constructor(facts: FunctionFacts) {
    this.#facts = facts;
  }

  function(): string {
    const { id, calling, parameters, captures, slots, body } = this.#facts;
    const given = parameters.map(
      each =>
        `${each.rest ? '...' : ''}${each.name || '_'}${each.initial === undefined ? '' : ` = ${this.value(each.initial)}`}`,
    );
    const lines = [`${calling === 'value' ? '' : `${calling} `}${id}(${given.join(', ')})`];
    if (captures.length > 0)
      lines.push(`  captures ${captures.map(each => each.slot + (each.assignedAgain ? '!' : '')).join(', ')}`);
    for (const [name, slot] of Object.entries(slots))
      lines.push(
        `  slot ${name}${slot.assignedAgain ? '!' : ''} = ${slot.value === null ? 'nothing' : this.value(slot.value)}`,
      );
    return [...lines, ...this.#block(body, 1)].join('\n');
  }

  #block(block: Block, depth: number): string[] {
    return block.flatMap(step => this.#step(step, depth));
  }

  #step(step: Step, depth: number): string[] {
    const indent = '  '.repeat(depth);
    switch (step.kind) {
      case 'branch':
        return [
          `${indent}if ${this.#condition(step.condition)}${step.asProgram ? ' [as program]' : ''}`,
          ...step.arms.flatMap(arm => [
            `${indent}  ${arm.when}${arm.fallsThrough ? ' (falls through)' : ''}:`,
            ...this.#block(arm.body, depth + 2),
          ]),
        ];
      case 'loop': {
        const over = step.over === undefined ? '' : ` over ${this.value(step.over)}`;
        const test = step.condition ? ` while ${this.#condition(step.condition)}` : '';
        const label = step.label === undefined ? '' : ` ${step.label}:`;
        return [
          `${indent}loop${label}${step.awaitsEach ? ' await' : ''}${over} test ${step.test}${test} times ${this.#count(step.times)}`,
          ...this.#block(step.body, depth + 1),
        ];
      }
      case 'try': {
        const handlers = step.handlers.flatMap(each => [`${indent}catch`, ...this.#block(each.body, depth + 1)]);
        const last = step.finally.length > 0 ? [`${indent}finally`, ...this.#block(step.finally, depth + 1)] : [];
        return [`${indent}try`, ...this.#block(step.body, depth + 1), ...handlers, ...last];
      }
      default:
        return [indent + this.#simple(step)];
    }
  }

  #simple(step: Exclude<Step, { kind: 'branch' | 'loop' | 'try' }>): string {
    const named = `%${step.id} = `;
    switch (step.kind) {
      case 'call': {
        const receiver = step.receiver === undefined ? '' : ` on ${this.value(step.receiver)}`;
        const args = step.args
          .map((arg, index) => (step.spreads?.includes(index) ? '...' : '') + this.value(arg))
          .join(', ');
        const notes = [
          step.optional ? 'optional' : '',
          step.newOf === undefined ? '' : `new ${local(step.newOf)}`,
          step.gives === undefined ? '' : `gives ${step.gives}`,
          step.within === undefined ? '' : `within ${this.value(step.within.store)}`,
        ];
        return `${named}call ${this.#target(step.target)}(${args})${receiver}${notes
          .filter(Boolean)
          .map(note => ` [${note}]`)
          .join('')}`;
      }
      case 'spawn':
        return `${named}spawn ${step.how} ${this.value(step.body)}(${step.args.map(arg => this.value(arg)).join(', ')})`;
      case 'await':
        return `await ${step.until === 'all' ? '' : `${step.until} `}${step.values.map(value => this.value(value)).join(', ')}`;
      case 'chain':
        return `${named}chain ${this.value(step.of)}${this.#part(' then ', step.onFulfilled)}${this.#part(' catch ', step.onRejected)}${this.#part(' finally ', step.onFinally)}`;
      case 'settle':
        return `${step.how} ${this.#valueOrPlace(step.promise)}`;
      case 'acquire':
        return `acquire ${this.#valueOrPlace(step.lock)}${this.#part(' key ', step.key)}${step.mode === 'exclusive' ? '' : ` ${step.mode}`}${step.wait === 'endless' ? '' : ` ${step.wait}`}${this.#part(' if ', step.waitIf)}${this.#part(' by ', step.session)} [release %${step.id}]`;
      case 'release':
        if (step.session !== undefined)
          return `release ${step.session.whole ? 'all' : 'transaction'} of ${this.value(step.session.of)}`;
        return `release ${step.token === undefined ? this.#valueOrPlace(step.lock) : this.value(step.token)}${this.#part(' key ', step.key)}`;
      case 'access':
        return `${step.mode} ${this.place(step.place)}${step.mode === 'read' ? '' : this.#part(' = ', step.value)}`;
      case 'exit':
        return `${step.how}${step.label === undefined ? '' : ` ${step.label}`}${this.#part(' ', step.value)}`;
      case 'yield':
        return `${step.delegate ? `${named}yield*` : 'yield'}${this.#part(' ', step.value)}`;
      case 'drop':
        return `drop ${step.how} ${this.value(step.value)}`;
      case 'register':
        return `register ${step.entry.trigger} ${step.entry.label}: ${this.value(step.handler)}`;
      case 'wait':
        return `wait ${step.for} ${this.#valueOrPlace(step.on)}`;
      case 'notify':
        return `notify ${step.how} ${this.#valueOrPlace(step.on)}`;
      case 'cancel':
        return `cancel ${step.how} ${this.#valueOrPlace(step.what)}`;
      case 'blocking':
        return `blocking ${step.what} ${step.api}`;
    }
  }

  #part(before: string, value: ValueId | undefined): string {
    return value === undefined ? '' : before + this.value(value);
  }

  #valueOrPlace(what: ValueId | Place | undefined): string {
    if (what === undefined) return '?';
    return typeof what === 'number' ? this.value(what) : this.place(what);
  }

  #count(count: Extract<Step, { kind: 'loop' }>['times']): string {
    if (count.kind === 'exactly') return String(count.n);
    if (count.kind === 'length') return `length of ${this.value(count.of)}`;
    return count.kind === 'data' ? count.source : count.kind;
  }

  #target(target: Target): string {
    switch (target.kind) {
      case 'functions':
        return target.ids.map(local).join(' | ');
      case 'method':
        return `${local(target.type)}::${target.name}`;
      case 'value':
        return `(${this.value(target.of)})`;
      case 'external':
        return target.name;
      case 'unresolved':
        return `unresolved ${target.text}`;
    }
  }

  #condition(condition: Condition): string {
    switch (condition.kind) {
      case 'truthy':
        return this.value(condition.value);
      case 'nullish':
        return `${this.value(condition.value)} is nullish`;
      case 'equal':
      case 'less':
        return `${this.value(condition.left)} ${condition.kind === 'equal' ? '==' : '<'} ${this.value(condition.right)}`;
      case 'not':
        return `not (${this.#condition(condition.of)})`;
      case 'and':
      case 'or':
        return condition.of.map(each => `(${this.#condition(each)})`).join(` ${condition.kind} `);
      case 'other':
        return `other(${condition.reads.map(read => this.value(read)).join(', ')})`;
    }
  }

  /** A value as an expression; a value inside itself (a loop's variable) is named by its number. */
  value(id: ValueId): string {
    if (this.#open.has(id) || this.#open.size >= DEEPEST_VALUE) return `#${id}`;
    this.#open.add(id);
    try {
      return this.#valueText(id);
    } finally {
      this.#open.delete(id);
    }
  }

  #valueText(id: ValueId): string {
    const value = this.#facts.values[id];
    const list = (ids: readonly ValueId[]): string => ids.map(each => this.value(each)).join(', ');
    switch (value?.kind) {
      case undefined:
        return `no value ${id}`;
      case 'constant':
        return value.text;
      case 'function':
        return `fn ${local(value.id)}`;
      case 'class':
        return `class ${local(value.type)}`;
      case 'read':
        return this.place(value.place);
      case 'result':
        return `%${value.of}`;
      case 'settled':
        return `settled(${this.value(value.of)})`;
      case 'object': {
        const fields = Object.entries(value.fields).map(([name, field]) => `${name}: ${this.value(field)}`);
        return `{${[...value.spreads.map(spread => `...${this.value(spread)}`), ...fields].join(', ')}}`;
      }
      case 'array':
        return `[${value.values.map((each, index) => (value.spreads.includes(index) ? '...' : '') + this.value(each)).join(', ')}]`;
      case 'element':
        return `${this.value(value.of)}[${value.key === null ? '*' : typeof value.key === 'object' ? this.value(value.key.value) : value.key}]`;
      case 'from':
        return `${value.how}(${list(value.values)}${value.rest ? ` from ${value.rest}` : ''})`;
      case 'template':
        return `\`${value.parts.map(part => (typeof part === 'string' ? part : `\${${this.value(part)}}`)).join('')}\``;
      case 'choice':
        return value.when === null
          ? `(${value.values.map(each => this.value(each)).join(' | ')})`
          : `(${this.#condition(value.when)} ? ${value.values.map(each => this.value(each)).join(' : ')})`;
      case 'ordered':
        return `ordered(${this.value(value.of)} by ${value.key === null ? 'nothing' : value.key.join('.') || 'itself'}${value.falling ? ', falling' : ''})`;
      case 'view':
        return `view(${this.value(value.of)} ${value.wait})`;
      case 'combined':
        return `combined ${value.until}(${list(value.values)})`;
      case 'unknown':
        return `?${value.text}`;
    }
  }

  /** A place: `this.x`, `p.y` of a parameter, `^v` captured, `@v` of a module, `!x` outside. */
  place(place: Place): string {
    const path = place.path.map(step => {
      if ('field' in step) return `.${step.field}`;
      if ('any' in step) return '[*]';
      return typeof step.key === 'number' ? `[${this.value(step.key)}]` : `[${JSON.stringify(step.key)}]`;
    });
    return this.#root(place.root) + path.join('');
  }

  #root(root: Root): string {
    switch (root.kind) {
      case 'module':
        return this.#facts.id.startsWith(`${root.file}#`) ? `@${root.name}` : `@${root.file}#${root.name}`;
      case 'self':
        return 'this';
      case 'parameter':
        return this.#facts.parameters[root.index]?.name || `parameter ${root.index}`;
      case 'captured':
        return `^${root.slot}`;
      case 'value':
        return this.value(root.of);
      case 'external':
        return `!${root.name}`;
      case 'store':
        return `${root.store} ${this.value(root.key)}`;
      case 'unknown':
        return `?${root.text}`;
    }
  }
}

/** An id without its file. */
function local(id: string): string {
  const hash = id.indexOf('#');
  return /\.[cm]?[jt]sx?#/.test(id.slice(0, hash + 1)) ? id.slice(hash + 1) : id;
}
