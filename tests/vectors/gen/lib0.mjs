/* SPDX-License-Identifier: MIT */
/*
 * lib0.mjs - makes ../lib0.txt with lib0 and with JSON of node: deterministic, so running it again must change nothing.
 *
 * ../README.md describes the lines.
 */
import fs from 'node:fs'
import { encoding, decoding } from '../../differential/yjs.mjs'

const lines = []
const hex = bytes => Buffer.from(bytes).toString('hex') || '-'
const text = s => hex(Buffer.from(s))
const written = write => { const e = encoding.createEncoder(); write(e); return encoding.toUint8Array(e) }
const anyBytes = value => written(e => encoding.writeAny(e, value))
const attempt = f => { try { return f() } catch { return 'error' } }

/* splitmix64, as in ../../harness/random.h */
const mask = (1n << 64n) - 1n
class Splitmix {
  constructor (seed) { this.state = seed; this.state = this.next() ^ 0x59617461n }
  next () {
    let z = this.state = (this.state + 0x9E3779B97F4A7C15n) & mask
    z = ((z ^ (z >> 30n)) * 0xBF58476D1CE4E5B9n) & mask
    z = ((z ^ (z >> 27n)) * 0x94D049BB133111EBn) & mask
    return z ^ (z >> 31n)
  }
}

const view = new DataView(new ArrayBuffer(8))
const fromBits = bits => { view.setBigUint64(0, bits); return view.getFloat64(0) }
const toBits = x => { view.setFloat64(0, x); return view.getBigUint64(0).toString(16).padStart(16, '0') }

/* ---- varUint, varInt ---- */

const borders = [0, 1, 63, 64, 127, 128, 300, 8191, 8192, 16383, 16384, 2 ** 21, 2 ** 28, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1,
  2 ** 32, 2 ** 35 - 1, 2 ** 42, 2 ** 49 - 1, 2 ** 49, 2 ** 53 - 2, 2 ** 53 - 1]
for (const x of borders) {
  lines.push(`uint ${x} ${hex(written(e => encoding.writeVarUint(e, x)))}`)
  lines.push(`int ${x} ${hex(written(e => encoding.writeVarInt(e, x)))}`)
  lines.push(`int ${x === 0 ? '-0' : -x} ${hex(written(e => encoding.writeVarInt(e, -x)))}`)
}

/* ---- values: bytes and JSON ---- */

function json (v) {
  if (typeof v === 'bigint') return v.toString()
  if (v === undefined) return undefined
  if (v === null || typeof v !== 'object') return JSON.stringify(v)
  if (v instanceof Uint8Array) return '{"$binary":"' + Buffer.from(v).toString('base64') + '"}'
  if (Array.isArray(v)) return '[' + v.map(x => json(x) ?? 'null').join(',') + ']'
  return '{' + Object.entries(v).filter(([, x]) => x !== undefined).map(([k, x]) => JSON.stringify(k) + ':' + json(x)).join(',') + '}'
}

const keys = (n, name) => Object.fromEntries(Array.from({ length: n }, (_, i) => [name(i), i]))
const nested = (n, make) => { let v = 1; while (n-- > 0) v = make(v); return v }
const numbers = [0, -0, 1, -1, 63, 64, 2 ** 31 - 1, 2 ** 31, -(2 ** 31 - 1), -(2 ** 31), 2 ** 31 + 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1,
  2 ** 53, -(2 ** 53), 2 ** 64, 1e21, 0.5, -0.5, 0.1, 1 / 3, 1.5e-45, 2 ** -149, 3 * 2 ** -149, 2 ** -150, 2 ** -126, 2 ** -127,
  2 ** -126 + 2 ** -149, 2 ** -126 + 2 ** -150, 3.4028234663852886e38, 3.4028235e38, 2 ** 128, 16777217.5, 16777216.5, 5e-324,
  Number.MAX_VALUE, Infinity, -Infinity, NaN, 1e300, 123456.789, 2147483647.5, 2147483648.5]
const values = [
  undefined, null, true, false, ...numbers,
  0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 9007199254740993n,
  '', 'a', 'äöü', '日本語', '😀', '\ud83d', 'a\u0000b', '"\\/\b\f\n\r\t\u0001\u001f\u007f\u2028', '\ufeffx', 'x'.repeat(127), 'x'.repeat(128),
  'é'.repeat(9000), new Uint8Array(0), new Uint8Array([0]), new Uint8Array([255, 254]), new Uint8Array([1, 2, 3]),
  Uint8Array.from({ length: 200 }, (_, i) => i),
  [], [1], [undefined], [[], {}], [1, 'a', null, true, 2.5, undefined, new Uint8Array([9])], Array.from({ length: 130 }, (_, i) => i),
  {}, { a: 1 }, { '': 0 }, { a: undefined }, { a: undefined, b: 1 }, { a: 1, b: undefined, c: 2 }, { b: 1, a: 2, 10: 3, 9: 4 },
  { 2: 'x', 1: 'y', b: 0 }, { 4294967294: 1, 4294967295: 2, '01': 3, '-1': 4, 1.5: 5, 0: 6 },
  { x: { y: { z: [{}, { 3: 1, 2: 2 }] } }, w: 1 }, keys(127, i => 'k' + i), keys(128, i => 'k' + i), keys(300, i => '' + i),
  keys(20, i => 'name of member ' + i), nested(100, v => [v]), nested(100, v => ({ a: v })), nested(512, v => [v]),
  new Date(0)
]
for (const v of values) {
  const bytes = anyBytes(v) /* what is read back: lone surrogates, functions and dates are gone */
  lines.push(`any ${hex(bytes)} ${text(json(decoding.readAny(decoding.createDecoder(bytes))) ?? 'null')}`)
}

/* ---- bytes read and written again ---- */

const reread = [
  '7d8000', '7dc000', '7d40', '7d00', '7dbfffffff0f', '7d8080808010', '7dffffffff1f', '7d81808000', '7d8080808080808001',
  '7c7fc00001', '7cff800001', '7501 7c7fc00000', '7b7ff0000000000001',
  '7c3f000000', '7c3f800000', '7c00000000', '7c80000000', '7c7fc00000', '7c7f800000', '7cff800000', '7c4f000000', '7c4effffff',
  '7b3ff0000000000000', '7b8000000000000000', '7b7ff8000000000001', '7bfff8000000000000', '7b7ff0000000000000',
  '7b41dfffffffc00000', '7b41e0000000000000', '7b3fe0000000000000', '7b3fb999999999999a', '7b3690000000000000', '7b36a0000000000000',
  '77810061', '77818080000061', '748100ff', '75810000', '7500', '758100', '7581007e', '7680', '768000', '76810001617e',
  '760102', '7601016179', '76020161780161 79', '76030161780162780161 79', '7602016278016179', '76020131780130 79', '7602 0130 78 0131 79',
  '7603 0161 78 0131 79 0162 7e', '7603 0131 78 0161 79 0131 7e', '7603 0132 78 0131 79 0132 7e', '7602 0a34323934393637323935 78 0131 79',
  '7602 0161 7602 0132 78 0131 79 0130 7e', '7501 7603 0161 7d01 0162 7d02 0161 7d03', '7602 00 78 00 79', '7604 0131 78 0131 79 0131 7e 0130 7f',
  '7d', '7c0000', '7b', '7a00', '77', '7702', '770161', '7701ff', '7703eda080', '7702c080', '7704f4908080', '76', '7601', '76010161',
  '7601 01ff 78', '75', '7502 78', '00', '73', '80', 'ff', '', '7d80', '7dff', '7580', '7d808080', '74', '7402 01'
]
for (const spaced of reread) {
  const bytes = Buffer.from(spaced.replaceAll(' ', ''), 'hex')
  const result = attempt(() => {
    if (bytes.length === 0 || bytes.toString('hex') === '7d') throw new Error('lib0 reads a number from nothing')
    return hex(anyBytes(decoding.readAny(decoding.createDecoder(bytes))))
  })
  lines.push(`read ${hex(bytes)} ${result}`)
}

/* ---- JSON text ---- */

const texts = [
  'null', 'true', 'false', ' null ', '\t\n\r 1 \t', '""', '"a"', '[]', '{}', '[ ]', '{ }', '[1,2]', '[ 1 , 2 ]', '{"a":1}', ' { "a" : 1 , "b" : [ ] } ',
  '{"b":1,"a":2,"10":3,"9":4}', '{"a":1,"a":2}', '{"a":1,"b":2,"a":3}', '{"1":1,"0":2,"1":3}', '{"__proto__":1}', '{"__proto__":{"a":1},"__proto__":2}',
  '{"constructor":1,"toString":null}', '{"4294967294":1,"4294967295":2,"0":3}', '{"a":{"2":1,"1":{"a":0,"a":1}},"0":[{"b":1,"1":2}]}',
  '"\\u0041\\u00e9\\u65e5\\ud83d\\ude00"', '"\\ud83d"', '"\\ud83dx"', '"\\ude00\\ud83d"', '"\\ud83d\\ud83d\\ude00"', '"\\ud83d\\n"', '"\\uD83D\\uDE00"',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u0000"', '"äöü😀"', '"\u007f\u2028"', '{"\\u0061":1,"a":2}',
  '0', '-0', '-0.0', '0.0', '1e3', '1E+3', '1e-3', '12.50', '1e400', '-1e400', '1e-400', '-1e-400', '9007199254740993', '123456789012345678901234567890',
  '0.1', '1.7976931348623157e308', '1.7976931348623159e308', '4.9e-324', '2.4703282292062327e-324', '2.4703282292062328e-324', '2e0000000000000000001',
  '1e99999999999999999999', '1e-99999999999999999999', '0e99999999999999999999', '2147483647', '2147483648', '-2147483648', '16777217',
  '', ' ', 'nul', 'nulll', 'True', 'undefined', 'NaN', '+1', '01', '-', '-a', '1.', '.5', '1e', '1e+', '0x10', '1 2', '[', ']', '[1', '[1,', '[1,]', '[,1]',
  '[1 2]', '{', '}', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{,}', '{a:1}', "{'a':1}", '{"a" 1}', '{"a":1 "b":2}', '{1:2}', '[1}', '{"a":1]',
  '"', '"a', '"\\', '"\\"', '"\\x"', '"\\u12"', '"\\u123g"', '"\\u"', '"\n"', '"\t"', '"\u0000"', '"a"b', 'null\u0000', '\u0000', '\ufeff1', '\u00a01',
  '//', '/**/1', '[1]//', '"\\ud83d\\u12"', 'tru', '[tru]', '{"a":nul}', '""""', '[[[]]', '[]]',
  '[' + Array.from({ length: 200 }, (_, i) => i).join() + ']', '{' + Array.from({ length: 150 }, (_, i) => `"k${i % 140}":[${i}]`).join() + '}',
  '{' + Array.from({ length: 150 }, (_, i) => `"${(i * 7) % 150}":${i}`).join() + '}', JSON.stringify(nested(512, v => [v])),
  JSON.stringify(nested(512, v => ({ b: v }))), '"' + '\\n'.repeat(200) + '"', '"' + 'x'.repeat(200) + '"',
  JSON.stringify(nested(40, v => ({ z: v, 7: Array(130).fill(0), z1: 1, 3: 2 })))
]
for (const t of texts) lines.push(`json ${text(t)} ${attempt(() => hex(anyBytes(JSON.parse(t))))}`)

/* ---- numbers as text ---- */

const special = [...numbers, 1e-5, 1e-6, 1e-7, 1.5e-7, 123456789012345680000, 1e20, 999999999999999900000, 1e21, 1.5e21, 100, 1.1e2, 4.35, 0.000001234,
  2 ** -1074, 2 ** -1022, 2.2250738585072011e-308, 2.225073858507201e-308, 9007199254740993, 9.5e-7, 4.5e15, 123456789.125, 0.3, 2 / 3, 1e23, 8.41e21,
  9.109e-31, 5e-324, 4.35e-320, 1.448997445238699, 2 ** 60, 2 ** 70, 9.999999999999999e22, 4503599627370497.5, 0.1 + 0.2, 99999.99999999999]
for (let e = -324; e <= 308; e += 3) special.push(Number(`1e${e}`), Number(`-9.999999999999999e${e}`))
for (let e = -1074; e <= 1023; e += 7) special.push(2 ** e)
for (const x of special) lines.push(`print ${toBits(x)} ${JSON.stringify(x)}`)

/* 20,480 doubles: FNV-1a of the texts of 256 at a time, each followed by a newline. */
for (let block = 0; block < 80; block++) {
  const random = new Splitmix(BigInt(block))
  let sum = 0xcbf29ce484222325n
  for (let i = 0; i < 256; i++) {
    let bits = random.next()
    const shape = i % 8
    if (shape === 1) bits &= ~((1n << (random.next() % 52n)) - 1n) /* few digits in binary */
    if (shape === 2) bits &= (1n << 53n) - 1n /* subnormal, or just above */
    if (shape === 3) bits = (bits & (((1n << 52n) - 1n) | (1n << 63n))) | ((1023n + bits % 64n) << 52n) /* of everyday size */
    let x = fromBits(bits)
    if (shape === 4) x = Number(bits % 1000000000n) / 1000
    if (shape === 5) x = Number(bits >> 11n) / 9007199254740992
    for (const c of Buffer.from(JSON.stringify(x) + '\n')) sum = ((sum ^ BigInt(c)) * 0x100000001b3n) & mask
  }
  lines.push(`prints ${block} ${sum.toString(16).padStart(16, '0')}`)
}

fs.writeFileSync(new URL('../lib0.txt', import.meta.url), lines.join('\n') + '\n')
