/** proxy-chain: local proxies in front of others. Closing one gives whether it was open, and does not reject. */
import { defineLibrary } from './library.ts';
import { proxyChainStub } from './stubs/servers.ts';

export const proxyChain = defineLibrary({
  package: 'proxy-chain',
  language: 'typescript',
  apis: {
    anonymizeProxy: { does: [], gives: 'promise', known: { outside: 'network' } },
    closeAnonymizedProxy: { does: [], gives: 'promise', known: { neverRejects: true, outside: 'network' } },
  },
  stub: proxyChainStub,
  checked: { version: '2.5.9', how: 'fixtures/libraries/proxy-chain (read, not run)' },
});
