// Order book, trades, tickers and the customer's own orders over WebSocket, with an unmodified ccxt. Same argument as spot.js.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { exchange } from './point.js'
import { check, done } from './check.js'

const config = JSON.parse(readFileSync(process.argv[2]))
const symbol = 'BTC/USDT'
const maker = await exchange(config.base, config.maker.hmac)
const taker = await exchange(config.base, config.taker.ed25519)
await maker.loadMarkets()
await taker.loadMarkets()

// until calls watch again and again until its result fits; first is what an earlier call gave.
const until = async (watch, fits, first) => {
  for (let result = first ?? await watch(); ; result = await watch()) {
    if (fits(result)) return result
  }
}
// book follows the order book until it fits; what came while nobody watched is in the client's own copy.
const book = (fits) => until(() => taker.watchOrderBook(symbol), fits, taker.orderbooks[symbol])
const level = (side, price) => side.find(([p]) => p === price)?.[1]

await check('order book stream follows orders and cancels', async () => {
  const first = taker.watchOrderBook(symbol)
  const o = await maker.createOrder(symbol, 'limit', 'buy', 0.3, 25000)
  await first
  await book((b) => level(b.bids, 25000) === 0.3)
  const p = await maker.createOrder(symbol, 'limit', 'buy', 0.2, 25000)
  await book((b) => level(b.bids, 25000) === 0.5)
  await maker.cancelOrder(o.id, symbol)
  await maker.cancelOrder(p.id, symbol)
  await book((b) => level(b.bids, 25000) === undefined)
})

await check('own orders, fills and balances', async () => {
  const orders = []
  const watching = until(() => maker.watchOrders(symbol), (list) => {
    orders.push(...list.map((o) => ({ ...o })))
    return orders.some((o) => o.status === 'closed')
  })
  const balance = maker.watchBalance()
  await new Promise((resolve) => setTimeout(resolve, 500)) // a client cannot see that its subscription stands
  const o = await maker.createOrder(symbol, 'limit', 'sell', 0.01, 31000)
  await taker.createOrder(symbol, 'limit', 'buy', 0.01, 31000)
  await watching
  const mine = orders.filter((x) => x.id === o.id)
  assert.equal(mine[0].status, 'open')
  assert.equal(mine.at(-1).status, 'closed')
  assert.equal(mine.at(-1).filled, 0.01)
  assert.equal(mine.at(-1).average, 31000)
  assert.ok((await balance).BTC)
})

for (const [kind, key] of Object.entries(config.maker)) {
  await check(`own orders with an ${kind} key`, async () => {
    const ex = await exchange(config.base, key)
    await ex.loadMarkets()
    const seen = ex.watchOrders(symbol)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const o = await ex.createOrder(symbol, 'limit', 'buy', 0.01, 20000)
    assert.equal((await seen)[0].id, o.id)
    await ex.cancelOrder(o.id, symbol)
    await ex.close()
  })
}

await check('trades, best prices and tickers', async () => {
  const trades = taker.watchTrades(symbol)
  const best = taker.watchBidsAsks([symbol])
  const ticker = taker.watchTicker(symbol)
  const candle = taker.watchOHLCV(symbol, '1m')
  let stop = false
  const flow = (async () => {
    while (!stop) {
      await maker.createOrder(symbol, 'limit', 'sell', 0.01, 31500)
      await taker.createOrder(symbol, 'limit', 'buy', 0.01, 31500)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  assert.equal((await trades).at(-1).price, 31500)
  assert.ok((await best)[symbol])
  assert.equal((await ticker).last, 31500)
  assert.equal((await candle).at(-1)[4], 31500)
  stop = true
  await flow
})

await maker.close()
await taker.close()
done()
