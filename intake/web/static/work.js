// Finds a number such that SHA-256 of "token.number" begins with some zero bits. Plain arithmetic,
// for crypto.subtle is slower for so short texts and is missing where there is no TLS.
"use strict";

const K = new Uint32Array(64);
const START = new Uint32Array(8);
// FIPS 180-4: the fractional parts of the cube and square roots of the first primes.
for (let number = 2, found = 0; found < 64; number += 1) {
  let prime = true;
  for (let d = 2; d * d <= number; d += 1) if (number % d === 0) prime = false;
  if (!prime) continue;
  const part = (root) => ((root - Math.floor(root)) * 4294967296) >>> 0;
  if (found < 8) START[found] = part(Math.sqrt(number));
  K[found] = part(Math.cbrt(number));
  found += 1;
}

const W = new Uint32Array(64);

const block = (state, bytes, at) => {
  for (let i = 0; i < 16; i += 1) {
    const p = at + i * 4;
    W[i] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = W[i - 15];
    const y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
};

self.onmessage = (event) => {
  const prefix = new TextEncoder().encode(`${event.data.token}.`);
  const bits = event.data.bits;
  // The whole blocks of the token are the same each time.
  const fixed = Uint32Array.from(START);
  const whole = prefix.length - (prefix.length % 64);
  for (let at = 0; at < whole; at += 64) block(fixed, prefix, at);
  const rest = prefix.slice(whole);
  const state = new Uint32Array(8);
  for (let number = 0; ; number += 1) {
    const digits = String(number);
    const length = rest.length + digits.length;
    const tail = new Uint8Array(length + 9 > 64 ? 128 : 64);
    tail.set(rest);
    for (let i = 0; i < digits.length; i += 1) tail[rest.length + i] = digits.charCodeAt(i);
    tail[length] = 0x80;
    new DataView(tail.buffer).setUint32(tail.length - 4, (whole + length) * 8);
    state.set(fixed);
    for (let at = 0; at < tail.length; at += 64) block(state, tail, at);
    if (state[0] >>> (32 - bits) === 0) {
      self.postMessage(digits);
      return;
    }
  }
};
