/** Registration: one line for each subject, in the order in which they are told. */
import acquisitions from './acquisitions.ts';
import calls from './calls.ts';
import lockNotes from './lockNotes.ts';
import lockObjects from './lockObjects.ts';
import lockOrder from './lockOrder.ts';
import lockReentry from './lockReentry.ts';
import promises from './promises.ts';
import releases from './releases.ts';
import sections from './sections.ts';
import waits from './waits.ts';
import type { Explainer } from './reason.ts';

export const explainers: readonly Explainer[] = [
  lockOrder,
  lockReentry,
  lockNotes,
  acquisitions,
  releases,
  lockObjects,
  sections,
  waits,
  promises,
  calls,
];
