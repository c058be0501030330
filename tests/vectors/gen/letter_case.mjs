/* SPDX-License-Identifier: MIT */
/*
 * letter_case.mjs - writes the tables of src/base/letter_case.c from what this node thinks of letters.
 * node letter_case.mjs > table; their Unicode version is that of node's ICU (process.versions.unicode).
 */
const hex = c => '0x' + c.toString(16).toUpperCase()

function ranges (f) {
  const rows = []
  const several = []
  for (let c = 0x80; c < 0x110000; c++) {
    if (c >= 0xd800 && c < 0xe000) continue
    const to = [...f(String.fromCodePoint(c))].map(x => x.codePointAt(0))
    if (to.length > 1) { several.push([c, to]); continue }
    if (to[0] === c) continue
    const delta = to[0] - c
    const last = rows[rows.length - 1]
    const step = last ? c - last.end : 0
    if (last && last.delta === delta && (last.count === 1 ? step <= 2 : step === last.step)) {
      Object.assign(last, { end: c, step, count: last.count + 1 })
    } else rows.push({ start: c, end: c, step: 1, count: 1, delta })
  }
  return { rows, several }
}

const print = (name, rows) => {
  console.log(`static const stretch ${name}[] = {`)
  for (const r of rows) console.log(`    {${hex(r.start)}, ${r.delta}, ${r.count}, ${r.step}},`)
  console.log('};')
}

const lower = ranges(s => s.toLowerCase())
const upper = ranges(s => s.toUpperCase())
console.log(`/* Unicode ${process.versions.unicode} */`)
print('lower', lower.rows)
print('upper', upper.rows)
console.log('static const several upper_several[] = {')
for (const [c, to] of upper.several) console.log(`    {${hex(c)}, {${to.map(hex).join(', ')}}},`)
console.log('};')
if (lower.several.length !== 1 || lower.several[0][0] !== 0x130) throw new Error('more than one letter has a long lower case')
