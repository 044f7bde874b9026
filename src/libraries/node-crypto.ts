/** `node:crypto` and `node:zlib`: their synchronous forms hold the event loop, slow ones by purpose. */
import { defineLibrary, type Api } from './library.ts';
import { callbackLast, does, nothing, same, sameMembers } from './rows.ts';
import { cryptoStub, zlibStub } from './stubs/node-data.ts';

const slow: Api = { does: [{ does: 'block', what: 'cpu', slow: true }] };
const busy: Api = { does: [{ does: 'block', what: 'cpu' }] };

export const crypto = defineLibrary({
  package: 'node:crypto',
  language: 'typescript',
  aliases: ['crypto'],
  supertypes: { Hash: ['node:stream#Transform'], Hmac: ['node:stream#Transform'], Cipher: ['node:stream#Transform'], Decipher: ['node:stream#Transform'], Sign: ['node:stream#Writable'], Verify: ['node:stream#Writable'] },
  apis: {
    // Key derivation and key making: slow on purpose.
    ...same(slow, 'pbkdf2Sync', 'scryptSync', 'generateKeyPairSync', 'generatePrimeSync', 'checkPrimeSync', 'hkdfSync', 'generateKeySync'),
    ...same(callbackLast(), 'pbkdf2', 'scrypt', 'generateKeyPair', 'generateKey', 'generatePrime', 'checkPrime', 'hkdf', 'randomFill'),
    // Without a callback they answer at once.
    ...same(callbackLast(), 'randomBytes', 'randomInt', 'sign', 'verify', 'pseudoRandomBytes'),
    ...same(nothing, 'createHash', 'createHmac', 'createCipheriv', 'createDecipheriv', 'createSign', 'createVerify', 'createDiffieHellman', 'createECDH', 'hash'),
    ...same(nothing, 'createPrivateKey', 'createPublicKey', 'createSecretKey', 'privateDecrypt', 'privateEncrypt', 'publicDecrypt', 'publicEncrypt', 'diffieHellman'),
    ...same(nothing, 'randomUUID', 'randomFillSync', 'timingSafeEqual', 'getCiphers', 'getHashes', 'getCurves', 'getRandomValues', 'getFips', 'setFips'),
    ...same(nothing, 'Hash.*', 'Hmac.*', 'Cipher.*', 'Decipher.*', 'CipherGCM.*', 'DecipherGCM.*', 'Sign.*', 'Verify.*', 'KeyObject.*', 'ECDH.*', 'DiffieHellman.*', 'X509Certificate.*', 'new X509Certificate'),
    'SubtleCrypto.*': { does: [], gives: 'promise' },
    ...sameMembers('Crypto', nothing, '*'),
  },
  stub: cryptoStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-data' },
});

const codecs = ['deflate', 'inflate', 'deflateRaw', 'inflateRaw', 'gzip', 'gunzip', 'unzip', 'brotliCompress', 'brotliDecompress'];
export const zlib = defineLibrary({
  package: 'node:zlib',
  language: 'typescript',
  aliases: ['zlib'],
  supertypes: Object.fromEntries(['Gzip', 'Gunzip', 'Deflate', 'Inflate', 'DeflateRaw', 'InflateRaw', 'Unzip', 'BrotliCompress', 'BrotliDecompress', 'Zlib'].map(type => [type, ['node:stream#Transform']])),
  apis: {
    ...same(callbackLast(), ...codecs),
    ...same(busy, ...codecs.map(name => `${name}Sync`)),
    ...same(nothing, 'createDeflate', 'createInflate', 'createDeflateRaw', 'createInflateRaw', 'createGzip', 'createGunzip', 'createUnzip', 'createBrotliCompress', 'createBrotliDecompress', 'crc32'),
    'Zlib.close': does({ does: 'cancel', what: 'receiver', how: 'close' }),
    'Zlib.flush': does({ does: 'invoke', callback: -1, when: 'later', times: 'once' }),
  },
  stub: zlibStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-data' },
});
