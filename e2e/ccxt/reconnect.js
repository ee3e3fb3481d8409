// What a customer sees of a venue that falls over and comes back, with an unmodified ccxt: after "restart" is printed the
// venue is killed and started anew at the same address. Same argument as spot.js.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import ccxt from 'ccxt'
import { exchange } from './point.js'
import { check, done } from './check.js'

const config = JSON.parse(readFileSync(process.argv[2]))
const symbol = 'BTC/USDT'
const maker = await exchange(config.base, config.maker.hmac)
const taker = await exchange(config.base, config.taker.ed25519)
for (const ex of [maker, taker]) await ex.loadMarkets()

// The client rejects promises of its own that nobody holds when it cannot connect: they say nothing that watch does not say.
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (e) => { if (!(e instanceof ccxt.NetworkError)) throw e })
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
let breaks = 0
// follow calls watch for ever, also across a break, and gives every result to see.
const follow = async (watch, see) => {
  for (;;) {
    try {
      see(await watch())
    } catch (e) {
      if (!(e instanceof ccxt.NetworkError)) { see(null, e); return }
      breaks++
      await pause(100)
    }
  }
}
const seen = new Map() // of own orders: the latest that was told
const book = { bids: [] }
let wrong
const fail = (e) => { wrong = e }
follow(() => maker.watchOrders(symbol), (list, e) => { if (e) return fail(e); for (const o of list) seen.set(o.id, { ...o }) })
follow(() => taker.watchOrderBook(symbol), (b, e) => { if (e) return fail(e); book.bids = b.bids.map((l) => [...l]) })
const until = async (fits) => { while (!fits()) { assert.ok(!wrong, String(wrong)); await pause(20) } }
// eventually does what only a venue that is up can do.
const eventually = async (call) => {
  for (;;) {
    try { return await call() } catch (e) {
      if (!(e instanceof ccxt.NetworkError)) throw e
      await pause(100)
    }
  }
}
const level = (price) => book.bids.find(([p]) => p === price)?.[1]

let resting
await check('before the break', async () => {
  await pause(1000) // a client cannot see that its subscription stands
  resting = await maker.createOrder(symbol, 'limit', 'buy', 0.3, 25000)
  await until(() => seen.get(resting.id)?.status === 'open' && level(25000) === 0.3)
})
const before = await maker.fetchBalance()
console.log('restart')
await check('orders and balances are as they were', async () => {
  await until(() => breaks > 0)
  const list = await eventually(() => maker.fetchOpenOrders(symbol))
  assert.deepEqual(list.map((o) => o.id), [resting.id])
  assert.deepEqual((await eventually(() => maker.fetchBalance())).USDT, before.USDT)
}, 60)
await check('own events and the book go on after it', async () => {
  // The client subscribes anew by itself; it cannot be seen when, so that orders are placed until one is heard of.
  for (;;) {
    const o = await eventually(() => maker.createOrder(symbol, 'limit', 'buy', 0.1, 24000))
    await pause(300)
    if (seen.get(o.id)) break
  }
  await eventually(() => taker.createOrder(symbol, 'limit', 'sell', 0.1, 25000))
  await until(() => seen.get(resting.id)?.filled === 0.1)
  await until(() => Math.abs((level(25000) ?? 0) - 0.2) < 1e-9)
}, 60)
await check('what was told is what is', async () => {
  for (const o of seen.values()) {
    const now = await maker.fetchOrder(o.id, symbol)
    assert.deepEqual([now.status, now.filled, now.price], [o.status, o.filled, o.price])
  }
})
done()
