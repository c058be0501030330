/* SPDX-License-Identifier: MIT */
/*
 * verdicts.mjs RUNNER BASES MUTANTS: do Yata and yjs accept the same bytes, and do both lose what one loses?
 *
 * RUNNER is the program built from hostile.c; it writes BASES and MUTANTS with --record. Every disagreement must belong
 * to a class of the list below; a class says what the bytes do to be in it. Where a copy of Yata's document has other
 * content ("apart"), one of yjs' document must differ, too. Exit code 1: something belongs to no class.
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

/* Whether a client has two sections that claim the same clocks: yjs reads only the last (Q17 in spec/quirks.md). */
const claimsTwice = (bytes, kind) => {
  const ends = new Map()
  return (kind === 1 ? Y.decodeUpdate : Y.decodeUpdateV2)(bytes).structs.some(({ id, length }) => {
    const known = id.clock < (ends.get(id.client) ?? 0)
    ends.set(id.client, id.clock + length)
    return known
  })
}

/* Every unit that can be seen, by id, in order, and every entry of a map. */
const picture = doc => {
  const lines = []
  const types = [...doc.share].map(([name, type]) => [name, type])
  while (types.length > 0) {
    const [path, type] = types.pop()
    const units = []
    const look = (item, name) => {
      if (item.deleted) return
      for (let i = 0; i < item.length; i++) units.push(`${name}${item.id.client}:${item.id.clock + i}`)
      if (item.content.type instanceof Y.AbstractType) types.push([`${item.id.client}:${item.id.clock}`, item.content.type])
    }
    for (let item = type._start; item !== null; item = item.right) look(item, '')
    for (const [key, item] of [...type._map].sort(([a], [b]) => a < b ? -1 : 1)) look(item, key + '=')
    if (units.length > 0) lines.push(`${path} ${units.join(' ')}`)
  }
  return lines.sort().join('\n')
}

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
  const apart = verdicts[number].endsWith(', apart')
  if (kind === 2 && !apart) { // yjs makes as many structs as a few bytes claim: it would never end
    number++
    continue
  }
  const ours = verdicts[number].replace(', apart', '')
  let theirs = 'ok'
  try {
    if (kind !== 3) {
      const doc = new Y.Doc({ gc: number % 3 !== 0 })
      doc.clientID = 5
      Y.applyUpdate(doc, bases[base])
      ;(kind === 1 ? Y.applyUpdate : Y.applyUpdateV2)(doc, bytes)
      if (apart) {
        const copy = new Y.Doc({ gc: number % 3 !== 0 })
        Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
        const converged = picture(doc) === picture(copy)
        const twice = converged && claimsTwice(bytes, kind)
        count(`apart, ${!converged ? 'as in yjs' : twice ? 'of two sections of one client' : 'and yjs is not'} (kind ${kind})`, number)
        if (converged && !twice) strangers++
        copy.destroy()
      }
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
for (const [key, list] of [...counts].sort()) say(`${String(list.length).padStart(8)} ${key} ${list.slice(0, 8).join(' ')}`)
say(`${strangers} disagreements belong to no class`)
process.exit(strangers ? 1 : 0)
