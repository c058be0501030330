/* SPDX-License-Identifier: MIT */
/*
 * verdicts.mjs RUNNER BASES MUTANTS: do Yata and yjs accept the same bytes?
 *
 * RUNNER is the program built from hostile.c; it writes BASES and MUTANTS with --record. Every disagreement must belong
 * to a class of the list below; a class says what the bytes do to be in it. Exit code 1: one belongs to none.
 */
import fs from 'node:fs'
import { spawnSync } from 'node:child_process'
import { Y } from '../differential/yjs.mjs'

const [runner, basesFile, mutantsFile] = process.argv.slice(2)

function * records (file) {
  const bytes = fs.readFileSync(file)
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 4)
    yield { kind: bytes[at], base: bytes.readUInt16LE(at + 2), bytes: new Uint8Array(bytes.subarray(at + 8, at + 8 + length)) }
    at += 8 + length
  }
}

/* Yata refuses, yjs accepts: the status says why, and each reason is a promise of Yata. */
const stricter = new Map([
  ['number out of range', 'numbers beyond 2^53-1 that yjs reads as doubles, or reads beyond the end as 0'],
  ['limit exceeded', 'clocks beyond 2^32-1'],
  ['impossible value', 'structs that refer to themselves or to what comes after them'],
  ['unexpected end of input', 'a signed number at the very end, which yjs reads as 0']
])

/* yjs refuses, Yata accepts: the message of its exception. */
const wider = [
  [/Unexpected case|Cannot read properties|is not a function|undefined/, 'yjs stumbles while it integrates: it has changed the document already']
]

const say = line => process.stdout.write(line + '\n')
console.log = console.warn = () => {} // yjs talks when it leaves its client id
const bases = [...records(basesFile)].map(r => r.bytes)
const run = spawnSync(runner, ['--verdicts', basesFile, mutantsFile], { encoding: 'utf8', maxBuffer: 1 << 30 })
if (run.status !== 0) {
  say(run.stdout.slice(-2000) + run.stderr)
  process.exit(1)
}
const verdicts = run.stdout.trim().split('\n').map(line => line.split(' ').slice(2).join(' '))
const counts = new Map()
const count = (key, number) => { if (!counts.has(key)) counts.set(key, []); counts.get(key).push(number) }
let strangers = 0
let number = 0
for (const { kind, base, bytes } of records(mutantsFile)) {
  if (kind === 2) { // yjs makes as many structs as a few bytes claim: it would never end
    number++
    continue
  }
  const ours = verdicts[number]
  let theirs = 'ok'
  try {
    if (kind === 1) {
      const doc = new Y.Doc({ gc: number % 3 !== 0 })
      doc.clientID = 5
      Y.applyUpdate(doc, bases[base])
      Y.applyUpdate(doc, bytes)
      doc.destroy()
    } else {
      Y.decodeStateVector(bytes)
    }
  } catch (e) {
    theirs = e.message
  }
  const agree = (ours === 'ok') === (theirs === 'ok')
  if (agree) {
    count(`both ${ours === 'ok' ? 'accept' : 'refuse'} (kind ${kind})`, number)
  } else if (ours !== 'ok') {
    count(`only Yata refuses (kind ${kind}): ${ours}`, number)
    if (!stricter.has(ours)) strangers++
  } else {
    count(`only yjs refuses (kind ${kind}): ${theirs.slice(0, 60)}`, number)
    if (!wider.some(([pattern]) => pattern.test(theirs))) strangers++
  }
  number++
}
for (const [key, list] of [...counts].sort()) say(`${String(list.length).padStart(8)} ${key} ${list.slice(0, 3).join(' ')}`)
say(`${strangers} disagreements belong to no class`)
process.exit(strangers ? 1 : 0)
