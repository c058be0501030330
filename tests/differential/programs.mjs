/* SPDX-License-Identifier: MIT */
/*
 * programs.mjs START COUNT [--skip STEP,STEP,...] [--steps N]
 * Writes the records of the programs START .. START+COUNT-1 to standard output, for run.c. A program in which yjs throws
 * ends there.
 */
import { Recorder } from './record.mjs'
import { Failure, Program } from './program.mjs'

const [start, count, ...rest] = process.argv.slice(2)
const option = name => rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined
const skip = new Set((option('--skip') ?? '').split(',').filter(s => s !== '').map(Number))
const out = new Recorder()
let threw = 0

function program (seed) {
  try {
    new Program(seed, out, skip, Number(option('--steps') ?? Infinity)) // eslint-disable-line no-new
  } catch (e) {
    if (e instanceof Failure) { threw++; return }
    if (e.code !== 'EPIPE') e.message = `seed ${seed}: ${e.message}`
    throw e
  }
}

try {
  for (let i = 0; i < Number(count); i++) program(Number(start) + i)
  out.letter('Z')
  out.flush()
  if (threw) console.error(`yjs threw in ${threw} of ${count} programs`)
} catch (e) {
  if (e.code !== 'EPIPE') throw e // the reader has found a difference and says so itself
}
