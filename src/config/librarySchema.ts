/** The shape of a library table in the configuration: that of `Library`, checked so that the front ends can trust it. */
import { z } from 'zod';
import type { Library } from '../libraries/library.ts';

const effect = z.looseObject({ does: z.string() });
const api = z.looseObject({ does: z.array(effect) });

export const librarySchema: z.ZodType<Library> = z.custom<Library>(value => z.looseObject({ package: z.string(), language: z.enum(['typescript', 'python']), apis: z.record(z.string(), z.union([api, z.array(api)])) }).safeParse(value).success);
