/** Preact: its hooks mean what those of React do. */
import { defineLibrary } from './library.ts';
import { nothing, same } from './rows.ts';
import { react } from './react.ts';
import { preactStub } from './stubs/react.ts';

export const preact = defineLibrary({
  package: 'preact',
  language: 'typescript',
  aliases: ['preact/hooks', 'preact/compat'],
  apis: {
    ...react.apis,
    ...same(nothing, 'useErrorBoundary', 'h', 'createElement', 'cloneElement', 'render', 'hydrate'),
  },
  stub: preactStub,
  checked: { version: '11.2.0', how: 'fixtures/libraries/preact' },
});
