/** Which of the options that it is given a function looks at. */
import type { ValueId } from '../../model/facts.ts';
import { type FunctionUses, type Key, keyName } from '../promises/consumptionIndex.ts';

/** Some options of the parameter are read, never this one, and the parameter is handed on to nobody. */
export function looksAtOthersAlone(uses: FunctionUses, index: number, option: string): boolean {
  const isOther = ([first]: readonly Key[]): boolean => {
    const name = keyName(first);
    return name !== null && name !== option;
  };
  const isOnlyCalledOn = (value: ValueId): boolean =>
    uses.of(value).every(use => use.as === 'step' && use.role === 'receiver');
  const reads = uses.parameter(index);
  return (
    reads.length > 0 &&
    reads.every(({ value, keys }) => isOther(keys) || (keys.length === 0 && isOnlyCalledOn(value))) &&
    uses.parameterSteps(index).every(({ keys }) => isOther(keys))
  );
}
