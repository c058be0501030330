/* SPDX-License-Identifier: MIT */
/*
 * record.mjs - writes the stream that run.c replays: letters, varints and length-prefixed bytes (see run.c for the
 * grammar). Records are gathered in one buffer and written to standard output when it is full.
 */
import fs from 'node:fs'

const text = new TextEncoder()
const nap = new Int32Array(new SharedArrayBuffer(4))

export class Recorder {
  constructor (fd = 1) {
    this.fd = fd
    this.data = Buffer.allocUnsafe(1 << 20)
    this.at = 0
  }

  need (n) {
    if (this.at + n <= this.data.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.data.length * 2, this.at + n))
    this.data.copy(grown, 0, 0, this.at)
    this.data = grown
  }

  letter (c) { this.need(1); this.data[this.at++] = c.charCodeAt(0) }

  uint (v) {
    this.need(10)
    while (v > 127) {
      this.data[this.at++] = (v % 128) | 128
      v = Math.floor(v / 128)
    }
    this.data[this.at++] = v
  }

  bytes (b) {
    this.uint(b.length)
    this.need(b.length)
    this.data.set(b, this.at)
    this.at += b.length
  }

  string (s) { this.bytes(text.encode(s)) }

  flush () {
    for (let from = 0; from < this.at;) {
      try {
        from += fs.writeSync(this.fd, this.data, from, this.at - from)
      } catch (e) {
        if (e.code !== 'EAGAIN') throw e
        Atomics.wait(nap, 0, 0, 1) // a full pipe that does not block
      }
    }
    this.at = 0
  }

  flushIfFull () { if (this.at > (1 << 19)) this.flush() }
}
