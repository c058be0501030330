/* SPDX-License-Identifier: MIT */
/* undo_programs.mjs: as programs.mjs, with undo managers (undo.mjs). A program in which yjs throws ends there. */
import { Failure, UndoProgram } from './undo.mjs'
import { Recorder } from './record.mjs'

const [start, count, ...rest] = process.argv.slice(2)
const option = name => rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined
const skip = new Set((option('--skip') ?? '').split(',').filter(s => s !== '').map(Number))
const out = new Recorder()
let threw = 0
try {
  for (let i = 0; i < Number(count); i++) {
    try {
      // eslint-disable-next-line no-new
      new UndoProgram(Number(start) + i, out, skip, Number(option('--steps') ?? Infinity))
    } catch (e) {
      if (!(e instanceof Failure)) throw e
      threw++
    }
  }
  out.letter('Z')
  out.flush()
  if (threw) console.error(`yjs threw in ${threw} of ${count} programs`)
} catch (e) {
  if (e.code !== 'EPIPE') throw e // the reader has found a difference and says so itself
}
