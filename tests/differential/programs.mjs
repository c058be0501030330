/* SPDX-License-Identifier: MIT */
/*
 * programs.mjs START COUNT [--skip STEP,STEP,...] [--steps N]
 * Writes the records of the programs START .. START+COUNT-1 to standard output, for run.c.
 */
import { Recorder } from './record.mjs'
import { Program } from './program.mjs'

const [start, count, ...rest] = process.argv.slice(2)
const option = name => rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined
const skip = new Set((option('--skip') ?? '').split(',').filter(s => s !== '').map(Number))
const out = new Recorder()
try {
  for (let i = 0; i < Number(count); i++) new Program(Number(start) + i, out, skip, Number(option('--steps') ?? Infinity))
  out.letter('Z')
  out.flush()
} catch (e) {
  if (e.code !== 'EPIPE') throw e // the reader has found a difference and says so itself
}
