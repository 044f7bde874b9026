/** Ambient declarations of `node:crypto` and `node:zlib`. */
export const cryptoStub = `
import { Transform, Writable } from 'node:stream';
type Binary = string | NodeJS.ArrayBufferView | ArrayBuffer;
type Key = any;
type Done<T> = (error: Error | null, result: T) => void;
export type BinaryToTextEncoding = 'base64' | 'base64url' | 'hex' | 'binary';
export class Hash extends Transform { copy(options?: object): Hash; update(data: Binary, encoding?: BufferEncoding): Hash; digest(): Buffer; digest(encoding: BinaryToTextEncoding): string }
export class Hmac extends Transform { update(data: Binary, encoding?: BufferEncoding): Hmac; digest(): Buffer; digest(encoding: BinaryToTextEncoding): string }
export class Cipher extends Transform { update(data: Binary): Buffer; update(data: any, input: any, output: BufferEncoding): string; final(): Buffer; final(encoding: BufferEncoding): string; setAutoPadding(on?: boolean): this; getAuthTag(): Buffer; setAAD(data: NodeJS.ArrayBufferView, options?: object): this }
export class Decipher extends Transform { update(data: Binary): Buffer; update(data: any, input: any, output: BufferEncoding): string; final(): Buffer; final(encoding: BufferEncoding): string; setAutoPadding(on?: boolean): this; setAuthTag(tag: NodeJS.ArrayBufferView): this; setAAD(data: NodeJS.ArrayBufferView, options?: object): this }
export class Sign extends Writable { update(data: Binary, encoding?: BufferEncoding): this; sign(key: Key): Buffer; sign(key: Key, encoding: BinaryToTextEncoding): string }
export class Verify extends Writable { update(data: Binary, encoding?: BufferEncoding): Verify; verify(key: Key, signature: Binary, encoding?: BinaryToTextEncoding): boolean }
export class KeyObject { readonly type: string; export(options?: object): string | Buffer; equals(other: KeyObject): boolean }
export class ECDH { generateKeys(): Buffer; computeSecret(other: Binary, encoding?: any): Buffer; getPublicKey(): Buffer; getPrivateKey(): Buffer; setPrivateKey(key: Binary, encoding?: any): void }
export class DiffieHellman { generateKeys(): Buffer; computeSecret(other: Binary, encoding?: any): Buffer; getPublicKey(): Buffer; getPrivateKey(): Buffer; getPrime(): Buffer; getGenerator(): Buffer }
export class X509Certificate { constructor(data: Binary); readonly subject: string; readonly issuer: string; readonly validFrom: string; readonly validTo: string; readonly fingerprint256: string; checkHost(name: string): string | undefined; verify(key: KeyObject): boolean }
export function createHash(algorithm: string, options?: object): Hash;
export function hash(algorithm: string, data: Binary, encoding?: string): string;
export function createHmac(algorithm: string, key: Key, options?: object): Hmac;
export function createCipheriv(algorithm: string, key: Key, iv: Binary | null, options?: object): Cipher;
export function createDecipheriv(algorithm: string, key: Key, iv: Binary | null, options?: object): Decipher;
export function createSign(algorithm: string, options?: object): Sign;
export function createVerify(algorithm: string, options?: object): Verify;
export function createECDH(curve: string): ECDH;
export function createDiffieHellman(prime: any, ...rest: any[]): DiffieHellman;
export function diffieHellman(options: object): Buffer;
export function createPrivateKey(key: Key): KeyObject;
export function createPublicKey(key: Key): KeyObject;
export function createSecretKey(key: any, encoding?: BufferEncoding): KeyObject;
export function privateDecrypt(key: Key, data: Binary): Buffer;
export function privateEncrypt(key: Key, data: Binary): Buffer;
export function publicDecrypt(key: Key, data: Binary): Buffer;
export function publicEncrypt(key: Key, data: Binary): Buffer;
export function sign(algorithm: string | null | undefined, data: NodeJS.ArrayBufferView, key: Key): Buffer;
export function sign(algorithm: string | null | undefined, data: NodeJS.ArrayBufferView, key: Key, callback: Done<Buffer>): void;
export function verify(algorithm: string | null | undefined, data: NodeJS.ArrayBufferView, key: Key, signature: NodeJS.ArrayBufferView): boolean;
export function verify(algorithm: string | null | undefined, data: NodeJS.ArrayBufferView, key: Key, signature: NodeJS.ArrayBufferView, callback: Done<boolean>): void;
export function pbkdf2(password: Binary, salt: Binary, iterations: number, length: number, digest: string, callback: Done<Buffer>): void;
export function pbkdf2Sync(password: Binary, salt: Binary, iterations: number, length: number, digest: string): Buffer;
export function scrypt(password: Binary, salt: Binary, length: number, callback: Done<Buffer>): void;
export function scrypt(password: Binary, salt: Binary, length: number, options: object, callback: Done<Buffer>): void;
export function scryptSync(password: Binary, salt: Binary, length: number, options?: object): Buffer;
export function hkdf(digest: string, key: Key, salt: Binary, info: Binary, length: number, callback: Done<ArrayBuffer>): void;
export function hkdfSync(digest: string, key: Key, salt: Binary, info: Binary, length: number): ArrayBuffer;
export function generateKeyPair(type: string, options: any, callback: (error: Error | null, publicKey: any, privateKey: any) => void): void;
export function generateKeyPairSync(type: string, options?: any): { publicKey: any; privateKey: any };
export function generateKey(type: string, options: { length: number }, callback: Done<KeyObject>): void;
export function generateKeySync(type: string, options: { length: number }): KeyObject;
export function generatePrime(size: number, callback: Done<ArrayBuffer>): void;
export function generatePrimeSync(size: number, options?: object): ArrayBuffer;
export function checkPrime(value: any, callback: Done<boolean>): void;
export function checkPrimeSync(value: any): boolean;
export function randomBytes(size: number): Buffer;
export function randomBytes(size: number, callback: Done<Buffer>): void;
export function randomInt(max: number): number;
export function randomInt(min: number, max: number): number;
export function randomInt(max: number, callback: Done<number>): void;
export function randomInt(min: number, max: number, callback: Done<number>): void;
export function randomFill<T>(buffer: T, callback: Done<T>): void;
export function randomFillSync<T>(buffer: T, offset?: number, size?: number): T;
export function randomUUID(options?: { disableEntropyCache?: boolean }): string;
export function timingSafeEqual(a: NodeJS.ArrayBufferView, b: NodeJS.ArrayBufferView): boolean;
export function getCiphers(): string[];
export function getHashes(): string[];
export function getCurves(): string[];
export function getRandomValues<T>(array: T): T;
export const subtle: SubtleCrypto;
export const webcrypto: Crypto;
export const constants: { readonly [name: string]: number };
`;

const codecs = [
  'deflate',
  'inflate',
  'deflateRaw',
  'inflateRaw',
  'gzip',
  'gunzip',
  'unzip',
  'brotliCompress',
  'brotliDecompress',
];
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
export const zlibStub = `
import { Transform } from 'node:stream';
type Input = string | ArrayBuffer | NodeJS.ArrayBufferView;
export interface ZlibOptions { level?: number; chunkSize?: number; windowBits?: number; memLevel?: number; strategy?: number; dictionary?: any; maxOutputLength?: number; params?: any; finishFlush?: number; flush?: number }
export interface Zlib { readonly bytesWritten: number; close(callback?: () => void): void; flush(kind?: number, callback?: () => void): void; flush(callback?: () => void): void }
${codecs
  .map(
    name => `export interface ${capital(name)} extends Transform, Zlib {}
export function create${capital(name)}(options?: ZlibOptions): ${capital(name)};
export function ${name}(input: Input, callback: (error: Error | null, result: Buffer) => void): void;
export function ${name}(input: Input, options: ZlibOptions, callback: (error: Error | null, result: Buffer) => void): void;
export namespace ${name} { function __promisify__(input: Input, options?: ZlibOptions): Promise<Buffer> }
export function ${name}Sync(input: Input, options?: ZlibOptions): Buffer;`,
  )
  .join('\n')}
export function crc32(data: string | NodeJS.ArrayBufferView, value?: number): number;
export const constants: { readonly [name: string]: number };
`;
