/* SPDX-License-Identifier: MIT */
/*
 * traces.mjs YATA [--per-op] [NAME...]
 * Types recorded keystroke histories into yjs and, with `yata replay`, into Yata; the states must be the same bytes.
 *
 * The traces are data of others and not part of the project: the environment variable YATA_TRACES names their folder.
 * Without it there is nothing to do (exit code 77). A patch is [position, deleted, inserted] in code points.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import { spawnSync } from 'node:child_process'
import { Y } from './yjs.mjs'

const folder = process.env.YATA_TRACES
if (!folder) {
  console.log('YATA_TRACES names no folder: nothing compared')
  process.exit(77)
}
const [yata, ...rest] = process.argv.slice(2)
const perOp = rest.includes('--per-op')
const names = rest.filter(name => !name.startsWith('-'))

/* Units of UTF-16 before a code point: the two differ from the first character beyond U+FFFF on. */
function unitsOf (text, points, beyondBmp) {
  if (!beyondBmp) return points
  let units = 0
  for (const string = text.toString(); points > 0; points--) units += string.codePointAt(units) > 0xffff ? 2 : 1
  return units
}

function typed (trace) {
  const doc = new Y.Doc()
  doc.clientID = 1
  const text = doc.getText('text')
  let beyondBmp = /[\u{10000}-\u{10ffff}]/u.test(trace.startContent)
  if (trace.startContent) text.insert(0, trace.startContent)
  const patch = ([at, deleted, inserted]) => {
    const from = unitsOf(text, at, beyondBmp)
    if (deleted > 0) text.delete(from, unitsOf(text, at + deleted, beyondBmp) - from)
    beyondBmp ||= /[\u{10000}-\u{10ffff}]/u.test(inserted)
    if (inserted) text.insert(from, inserted)
  }
  for (const { patches } of trace.txns) {
    if (perOp) patches.forEach(patch)
    else doc.transact(() => patches.forEach(patch))
  }
  if (text.toString() !== trace.endContent) throw new Error('yjs does not end with the content of the trace')
  return Buffer.from(Y.encodeStateAsUpdate(doc))
}

let failed = 0
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'yata-traces-'))
for (const file of fs.readdirSync(folder).filter(f => f.endsWith('.json.gz')).sort()) {
  if (names.length && !names.some(name => file.startsWith(name))) continue
  const trace = JSON.parse(zlib.gunzipSync(fs.readFileSync(path.join(folder, file))).toString())
  if (trace.kind === 'concurrent') continue
  const expected = typed(trace)
  const out = path.join(temporary, 'state.bin')
  const run = spawnSync(yata, ['replay', '--out', out, ...(perOp ? ['--per-op'] : []), path.join(folder, file)], { encoding: 'utf8' })
  const same = run.status === 0 && expected.equals(fs.readFileSync(out))
  console.log(`${same ? 'same  ' : 'DIFFER'} ${file} (${expected.length} bytes)${run.status === 0 ? '' : ' ' + run.stderr.trim()}`)
  if (!same) failed++
}
fs.rmSync(temporary, { recursive: true })
process.exit(failed ? 1 : 0)
