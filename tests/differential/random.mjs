/* SPDX-License-Identifier: MIT */
/* random.mjs - a small deterministic generator (xorshift32 after a mixing step); the same everywhere, seed by seed. */
export class Random {
  constructor (...seeds) {
    let s = 0x9e3779b9
    for (const seed of seeds) {
      s = Math.imul(s ^ seed, 0x85ebca6b)
      s = Math.imul(s ^ (s >>> 13), 0xc2b2ae35)
      s ^= s >>> 16
    }
    this.state = s >>> 0 || 1
  }

  next () {
    let s = this.state
    s ^= s << 13
    s >>>= 0
    s ^= s >>> 17
    s ^= s << 5
    return (this.state = s >>> 0)
  }

  below (n) { return n > 0 ? this.next() % n : 0 }
  /* True in one of n cases. */
  one (n) { return this.below(n) === 0 }
  pick (list) { return list[this.below(list.length)] }
}
