// A few lines of test harness: each check prints one line that the Go test reads, "ok NAME" or "not ok NAME: why".
import assert from 'node:assert/strict'

let failed = 0

// A check that has no end fails after a while.
export const check = async (name, body, seconds = 20) => {
  try {
    await Promise.race([body(), new Promise((_, reject) => setTimeout(reject, seconds * 1000, new Error(`no answer in ${seconds} s`)).unref())])
    console.log(`ok ${name}`)
  } catch (e) {
    failed++
    console.log(`not ok ${name}: ${String(e?.constructor?.name)} ${String(e?.message ?? e).replaceAll('\n', ' ')}`)
  }
}

// fails asserts that the call ends in an error of that class, with all texts in its message.
export const fails = async (call, type, ...texts) => {
  let error
  try { await call() } catch (e) { error = e }
  assert.ok(error, `no ${type.name} was thrown`)
  assert.ok(error instanceof type, `${error.constructor.name} instead of ${type.name}: ${error.message}`)
  for (const text of texts) assert.ok(error.message.includes(text), `${JSON.stringify(text)} is not in: ${error.message}`)
}

// nextMillisecond waits until the clock shows another one.
export const nextMillisecond = async () => {
  for (const now = Date.now(); Date.now() === now;) await new Promise(setImmediate)
}

export const done = () => process.exit(failed ? 1 : 0)
