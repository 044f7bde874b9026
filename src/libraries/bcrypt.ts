/** bcrypt: slow on purpose; the synchronous forms hold the event loop. */
import { defineLibrary, type Api } from './library.ts';
import { later, nothing, same } from './rows.ts';
import { bcryptStub } from './stubs/clients.ts';

const slow: Api = { does: [{ does: 'block', what: 'cpu', slow: true }] };
const hashing: Api = { does: [later(-1, ['unknown', 'unknown'])], gives: 'promise', known: { leavesTurn: true } };

export const bcrypt = defineLibrary({
  package: 'bcrypt',
  language: 'typescript',
  aliases: ['bcryptjs'],
  apis: {
    ...same(hashing, 'hash', 'compare', 'genSalt'),
    ...same(slow, 'hashSync', 'compareSync', 'genSaltSync'),
    getRounds: nothing,
  },
  stub: bcryptStub,
  checked: { version: '@types/bcrypt 6.0', how: 'fixtures/libraries/bcrypt (types only)' },
});
