/** Everything that ships with the tool: one place that knows all registries. */
import type { Registry } from './audit.ts';
import { checks } from './checks/index.ts';
import { frontends } from './frontends/index.ts';
import { libraries } from './libraries/index.ts';

export const REGISTRY: Registry = { frontends, libraries, checks };
