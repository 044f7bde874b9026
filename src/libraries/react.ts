/** React: effects are called after rendering, and nobody gets the promise of one; its rejection is lost. */
import { defineLibrary } from './library.ts';
import { does, entry, nothing, once, same } from './rows.ts';
import { reactStub } from './stubs/react.ts';

export const react = defineLibrary({
  package: 'react',
  language: 'typescript',
  apis: {
    ...same(
      does({
        does: 'register',
        handler: 0,
        entry: entry('hook', { label: 'effect', awaitsHandler: false, rejection: 'lost' }),
      }),
      'useEffect',
      'useLayoutEffect',
      'useInsertionEffect',
    ),
    // The same function, for as long as what it depends on is the same.
    ...same(does({ does: 'give', what: { argument: 0 } }), 'useCallback', 'useEffectEvent', 'memo', 'forwardRef'),
    useMemo: does(once(0), { does: 'give', what: 'result' }),
    useState: does({ ...once(0), returns: 'value' }),
    useReducer: does({ does: 'invoke', callback: 0, when: 'later', times: 'many', returns: 'value' }, once(2)),
    useSyncExternalStore: does({ does: 'invoke', callback: 0, when: 'later', times: 'once' }, once(1)),
    useImperativeHandle: does({ does: 'invoke', callback: 1, when: 'later', times: 'once', returns: 'taken' }),
    lazy: does({ does: 'invoke', callback: 0, when: 'later', times: 'once', returns: 'taken' }),
    // Since version 19 a promise of the function is awaited, and its rejection goes to the error boundary.
    startTransition: [
      { ...does(once(0)), versions: '>=19' },
      { ...does({ ...once(0), returns: 'ignored' }), versions: '<19' },
    ],
    ...same(nothing, 'useContext', 'useRef', 'useId', 'useDeferredValue', 'useDebugValue', 'useTransition'),
    ...same(nothing, 'createContext', 'createRef', 'isValidElement'),
  },
  stub: reactStub,
  checked: { version: '19.3.1', how: 'fixtures/libraries/react' },
});
