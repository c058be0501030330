/* SPDX-License-Identifier: MIT */
/*
 * shrink.mjs RUNNER SEED [PROGRAMS]: leaves out steps of a failing program as long as it still fails, then prints its transcript.
 * Works because every step draws from its own generator (see program.mjs).
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [runner, seed, generator = 'programs.mjs'] = process.argv.slice(2)
const programs = fileURLToPath(new URL(generator, import.meta.url))

function attempt (skip, steps, ...flags) {
  const records = spawnSync(process.execPath, [programs, seed, '1', '--skip', [...skip].join(','), '--steps', String(steps)],
    { maxBuffer: 1 << 30 })
  if (records.status !== 0) return { failed: false }
  const result = spawnSync(runner, flags, { input: records.stdout, maxBuffer: 1 << 30 })
  return { failed: result.status !== 0, output: result.stdout.toString() + result.stderr.toString() }
}

/* Nothing behind the step that fails is needed; a failure after all steps needs the end of the whole program. */
const found = /^seed \d+ step (\d+):/m.exec(attempt([], 256).output)
const last = Number(found?.[1] ?? 255) + 1
const steps = attempt([], last).failed ? last : 256
let skip = new Set()
let chunk = Math.max(1, Math.floor(last / 2))
while (chunk >= 1) {
  for (let from = last - chunk; from > -chunk; from -= chunk) {
    const more = new Set(skip)
    for (let i = Math.max(0, from); i < from + chunk; i++) more.add(i)
    if (more.size > skip.size && attempt(more, steps).failed) skip = more
  }
  chunk = Math.floor(chunk / 2)
}
console.log(`shrunk: --skip '${[...skip].join(',')}' --steps ${steps}`)
console.log(attempt(skip, steps, '--verbose').output)
