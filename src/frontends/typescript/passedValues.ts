/** The arguments that an API gives to a callback. */
import type { Arg, Passed } from '../../libraries/library.ts';
import type { At, ValueId } from '../../model/facts.ts';
import type { FunctionBuilder } from './builder.ts';

/** What a callback is given, in terms of the function that calls it. */
export interface PassEnvironment {
  builder: FunctionBuilder;
  argument(arg: Arg): ValueId | undefined;
  token?: ValueId;
  accumulator?: ValueId;
  at: At;
  /** Of the API: types without a package are its own. */
  package: string;
}

/** The values for a callback's parameters; trailing ones that are not there are left out. */
export function passedValues(passes: readonly Passed[] | undefined, environment: PassEnvironment): ValueId[] {
  const values = (passes ?? []).map(each => passedValue(each, environment));
  let count = values.length;
  while (count > 0 && values[count - 1] === undefined) count--;
  return values.slice(0, count).map(value => value ?? environment.builder.constant('undefined'));
}

function passedValue(
  passed: Passed,
  { builder, argument, token, accumulator, at, package: packageName }: PassEnvironment,
): ValueId | undefined {
  if (typeof passed === 'object') {
    if ('argument' in passed) return argument(passed.argument);
    if ('fresh' in passed)
      return builder.value({
        kind: 'object',
        fields: {},
        spreads: [],
        type: passed.fresh.includes('#') ? passed.fresh : `${packageName}#${passed.fresh}`,
        at,
      });
    const container = argument(passed.element);
    return container === undefined
      ? builder.unknown('element')
      : builder.value({ kind: 'element', of: container, key: null });
  }
  if (passed === 'lock' || passed === 'token' || passed === 'done') return token ?? builder.unknown(passed);
  return passed === 'accumulator' && accumulator !== undefined ? accumulator : builder.unknown(passed);
}
