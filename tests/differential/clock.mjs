/* SPDX-License-Identifier: MIT */
/* clock.mjs - a clock that programs set. lib0 takes Date.now when it is loaded: import this before anything else. */
let now = 1000
Date.now = () => now
export const advance = ms => { now += ms }
