// SPDX-License-Identifier: MIT
// material.mjs - what the peers work on (bench/material.hpp describes the files), and how their rows are run.
import { existsSync, readFileSync } from 'node:fs'

let folder = '.'

export const bytes = file => new Uint8Array(readFileSync(`${folder}/${file}`))
export const text = file => readFileSync(`${folder}/${file}`, 'utf8')
export const has = file => existsSync(`${folder}/${file}`)

const cached = new Map()

/** Patches with positions in UTF-16 units: {at, deleted, inserted}. */
export const patches = history => {
  if (cached.has(history)) return cached.get(history)
  const raw = readFileSync(`${folder}/${history}.patches`)
  const all = new Array(raw.readUInt32LE(0))
  let at = 4
  for (let i = 0; i < all.length; i++) {
    const len = raw.readUInt32LE(at + 24)
    all[i] = {
      at: raw.readUInt32LE(at + 8),
      deleted: raw.readUInt32LE(at + 12),
      inserted: raw.toString('utf8', at + 28, at + 28 + len)
    }
    at += 29 + len
  }
  cached.set(history, all)
  return all
}

/** The first `count` small updates of a history. */
export const updates = (history, count) => {
  const raw = readFileSync(`${folder}/${history}.updates`)
  if (raw.readUInt32LE(0) < count) throw new Error('too few updates')
  const all = new Array(count)
  let at = 4
  for (let i = 0; i < count; i++) {
    const len = raw.readUInt32LE(at)
    all[i] = new Uint8Array(raw.subarray(at + 4, at + 4 + len))
    at += 4 + len
  }
  return all
}

/** The numbers of Random in bench/yffi/library.hpp, drawn ahead: BigInt is slow, and not what is measured. */
export class Random {
  constructor (seed, count) {
    const mask = (1n << 64n) - 1n
    let x = (BigInt(seed) * 0x9E3779B97F4A7C15n + 1n) & mask
    this.numbers = new Uint32Array(count)
    this.at = 0
    for (let i = 0; i < count; i++) {
      x ^= x >> 12n
      x = (x ^ (x << 25n)) & mask
      x ^= x >> 27n
      this.numbers[i] = Number(((x * 0x2545F4914F6CDD1Dn) & mask) >> 32n)
    }
  }

  below (n) {
    if (this.at === this.numbers.length) throw new Error('more numbers than were drawn')
    return this.numbers[this.at++] % n
  }
}

/** The phase that counts. */
export const measure = (ops, phase) => {
  const start = performance.now()
  const result = phase()
  return { seconds: (performance.now() - start) / 1000, ops, result }
}

/**
 * The main program of a peer: PROGRAM MATERIAL ROW REPETITIONS SECONDS. find(row) gives a function, or undefined; it
 * does the work once, checks it by `check`, and returns what `measure` returned. Prints a line of JSON for each
 * repetition; stops early when the seconds are over.
 */
export const main = async find => {
  const [, program, material, row, repetitions, seconds] = process.argv
  if (seconds === undefined) {
    console.error(`usage: ${program} MATERIAL ROW REPETITIONS SECONDS`)
    process.exit(2)
  }
  folder = material
  const body = find(row)
  if (!body) {
    console.error('no such row')
    process.exit(3)
  }
  const start = performance.now()
  for (let i = 0; i < Number(repetitions); i++) {
    if (i > 0 && performance.now() - start > Number(seconds) * 1000) break
    let checks = 0
    const check = (good, what) => {
      if (!good) {
        console.error(`${row}: ${what}`)
        process.exit(1)
      }
      checks++
    }
    if (global.gc) global.gc()
    const { seconds: time, ops, bytes = 0 } = await body(check)
    if (checks === 0) check(false, 'nothing was checked')
    console.log(JSON.stringify({ seconds: time, ops, bytes, checks }))
  }
}
