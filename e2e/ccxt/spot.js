// What a customer does with an unmodified ccxt: argument is the path of a JSON file with
// { base, maker: {kind: key}, taker: {kind: key}, readonly: key, revoked: key, fenced: key, payer: key, legacy: key }, where kind is hmac, ed25519 or rsa.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import ccxt from 'ccxt'
import { exchange } from './point.js'
import { check, done, fails } from './check.js'

const config = JSON.parse(readFileSync(process.argv[2]))
const symbol = 'BTC/USDT'
const kinds = Object.keys(config.maker)
const maker = await exchange(config.base, config.maker.hmac)
const taker = await exchange(config.base, config.taker.ed25519)
const open = async (ex) => (await ex.fetchOpenOrders(symbol)).map((o) => o.id)
const clean = async () => {
  for (const ex of [maker, taker]) for (const o of await ex.fetchOpenOrders(symbol)) await ex.cancelOrder(o.id, symbol)
}

await check('markets', async () => {
  const markets = await maker.loadMarkets()
  await taker.loadMarkets()
  const m = markets[symbol]
  assert.equal(m.id, 'BTCUSDT')
  assert.equal(m.spot && m.active, true)
  assert.equal(m.precision.price, 0.01)
  assert.equal(m.precision.amount, 0.00001)
  assert.ok(m.limits.cost.min > 0)
})

for (const kind of kinds) {
  await check(`balance with an ${kind} key`, async () => {
    const ex = await exchange(config.base, config.maker[kind])
    const b = await ex.fetchBalance()
    assert.ok(b.USDT.free > 0)
    assert.equal(b.USDT.total, b.USDT.free + b.USDT.used)
  })
  await check(`order and cancel with an ${kind} key`, async () => {
    const ex = await exchange(config.base, config.maker[kind])
    const o = await ex.createOrder(symbol, 'limit', 'buy', 0.001, 20000)
    assert.equal(o.status, 'open')
    assert.equal((await ex.cancelOrder(o.id, symbol)).status, 'canceled')
  })
}

await check('limit order rests, holds its money, and is cancelled', async () => {
  const before = await maker.fetchBalance()
  const o = await maker.createOrder(symbol, 'limit', 'buy', 0.1, 20000)
  const held = await maker.fetchBalance()
  assert.equal(held.USDT.used - before.USDT.used, 2000)
  assert.deepEqual(await open(maker), [o.id])
  const read = await maker.fetchOrder(o.id, symbol)
  assert.equal(read.price, 20000)
  assert.equal(read.amount, 0.1)
  assert.equal(read.clientOrderId, o.clientOrderId)
  await maker.cancelOrder(o.id, symbol)
  assert.deepEqual((await maker.fetchBalance()).USDT, before.USDT)
})

await check('limit orders trade, fees are in what is received', async () => {
  const a = await maker.createOrder(symbol, 'limit', 'sell', 0.2, 30000)
  const b = await taker.createOrder(symbol, 'limit', 'buy', 0.05, 30100)
  assert.equal(b.status, 'closed')
  assert.equal(b.filled, 0.05)
  assert.equal(b.average, 30000)
  assert.equal(b.trades.length, 1)
  assert.equal(b.trades[0].fee.currency, 'BTC')
  const [mine] = (await taker.fetchMyTrades(symbol)).slice(-1)
  assert.equal(mine.order, b.id)
  assert.equal(mine.takerOrMaker, 'taker')
  const made = await maker.fetchOrder(a.id, symbol)
  assert.equal(made.filled, 0.05)
  assert.equal(made.status, 'open')
  await clean()
})

await check('market orders by quantity and by cost', async () => {
  await maker.createOrder(symbol, 'limit', 'sell', 1, 30000)
  const a = await taker.createOrder(symbol, 'market', 'buy', 0.01)
  assert.equal(a.status, 'closed')
  assert.equal(a.cost, 300)
  const b = await taker.createMarketBuyOrderWithCost(symbol, 600)
  assert.equal(b.filled, 0.02)
  await clean()
  await maker.createOrder(symbol, 'limit', 'buy', 0.01, 29000)
  const c = await taker.createOrder(symbol, 'market', 'sell', 0.01)
  assert.equal(c.cost, 290)
})

await check('time in force', async () => {
  const ioc = await taker.createOrder(symbol, 'limit', 'buy', 0.01, 20000, { timeInForce: 'IOC' })
  assert.equal(ioc.status, 'expired')
  const fok = await taker.createOrder(symbol, 'limit', 'buy', 0.01, 20000, { timeInForce: 'FOK' })
  assert.equal(fok.status, 'expired')
})

await check('post-only is refused where it would take', async () => {
  await maker.createOrder(symbol, 'limit', 'sell', 0.1, 30000)
  await fails(() => taker.createOrder(symbol, 'limit', 'buy', 0.01, 30000, { postOnly: true }), ccxt.OrderImmediatelyFillable)
  const o = await taker.createOrder(symbol, 'limit', 'buy', 0.01, 29000, { postOnly: true })
  assert.equal(o.status, 'open')
  await clean()
})

await check('edit', async () => {
  const o = await maker.createOrder(symbol, 'limit', 'buy', 0.1, 20000)
  const e = await maker.editOrder(o.id, symbol, 'limit', 'buy', 0.2, 21000)
  assert.notEqual(e.id, o.id)
  assert.deepEqual(await open(maker), [e.id])
  assert.equal((await maker.fetchOrder(o.id, symbol)).status, 'canceled')
  await clean()
})

await check('stops', async () => {
  await maker.createOrder(symbol, 'limit', 'sell', 0.1, 30000)
  await taker.createOrder(symbol, 'limit', 'buy', 0.01, 30000) // the last price
  const up = await taker.createOrder(symbol, 'limit', 'buy', 0.01, 31100, { triggerPrice: 31000 })
  const seen = await taker.fetchOrder(up.id, symbol)
  assert.equal(seen.info.type, 'STOP_LOSS_LIMIT')
  assert.equal(seen.status, 'open')
  assert.equal(seen.triggerPrice, 31000)
  const down = await taker.createOrder(symbol, 'limit', 'buy', 0.01, 29100, { takeProfitPrice: 29000 })
  assert.equal((await taker.fetchOrder(down.id, symbol)).info.type, 'TAKE_PROFIT_LIMIT')
  const market = await taker.createOrder(symbol, 'market', 'sell', 0.01, undefined, { stopLossPrice: 28000 })
  assert.equal((await taker.fetchOrder(market.id, symbol)).info.type, 'STOP_LOSS')
  const trail = await taker.createOrder(symbol, 'STOP_LOSS', 'sell', 0.01, undefined, { trailingPercent: 1 })
  assert.equal((await taker.fetchOrder(trail.id, symbol)).info.trailingDelta, 100)
  assert.equal((await open(taker)).length, 4)
  await fails(() => taker.createOrder(symbol, 'limit', 'buy', 0.01, 31100, { triggerPrice: 29000 }), ccxt.OrderImmediatelyFillable)
  await clean()
})

await check('an iceberg, and no trade with oneself', async () => {
  const o = await maker.createOrder(symbol, 'limit', 'buy', 0.1, 25000, { icebergQty: 0.02 })
  assert.equal((await maker.fetchOrderBook(symbol)).bids[0][1], 0.02)
  const own = await maker.createOrder(symbol, 'limit', 'sell', 0.1, 25000, { selfTradePreventionMode: 'EXPIRE_TAKER' })
  assert.equal(own.info.status, 'EXPIRED_IN_MATCH')
  assert.deepEqual(await open(maker), [o.id])
  await clean()
})

await check('one cancels the other', async () => {
  const id = (await taker.loadMarkets())[symbol].id
  const list = await taker.privatePostOrderListOco({ symbol: id, side: 'BUY', quantity: '0.01', aboveType: 'STOP_LOSS', aboveStopPrice: '32000', belowType: 'LIMIT_MAKER', belowPrice: '20000' })
  assert.equal(list.listOrderStatus, 'EXECUTING')
  const all = await open(taker)
  assert.equal(all.length, 2)
  await taker.cancelOrder(all[0], symbol)
  assert.deepEqual(await open(taker), [])
  assert.equal((await taker.privateGetOrderList({ orderListId: list.orderListId })).listOrderStatus, 'ALL_DONE')
})

await check('test order places nothing', async () => {
  await maker.createOrder(symbol, 'limit', 'buy', 0.1, 20000, { test: true })
  assert.deepEqual(await open(maker), [])
})

await check('cancel all', async () => {
  await maker.createOrder(symbol, 'limit', 'buy', 0.1, 20000)
  await maker.createOrder(symbol, 'limit', 'buy', 0.1, 20001)
  await maker.cancelAllOrders(symbol)
  assert.deepEqual(await open(maker), [])
})

await check('order history', async () => {
  const all = await maker.fetchOrders(symbol)
  assert.ok(all.length >= 5)
  assert.ok(all.some((o) => o.status === 'canceled'))
  const closed = await taker.fetchClosedOrders(symbol)
  assert.ok(closed.every((o) => o.status === 'closed'))
})

await check('market data', async () => {
  await maker.createOrder(symbol, 'limit', 'sell', 0.5, 30000)
  await maker.createOrder(symbol, 'limit', 'buy', 0.5, 29000)
  const book = await taker.fetchOrderBook(symbol)
  assert.deepEqual(book.asks[0], [30000, 0.5])
  assert.deepEqual(book.bids[0], [29000, 0.5])
  await taker.createOrder(symbol, 'market', 'buy', 0.1)
  const trades = await taker.fetchTrades(symbol)
  assert.equal(trades.at(-1).price, 30000)
  const candles = await taker.fetchOHLCV(symbol, '1m')
  assert.equal(candles.at(-1)[4], 30000)
  const ticker = await taker.fetchTicker(symbol)
  assert.equal(ticker.last, 30000)
  assert.equal((await taker.fetchTickers([symbol]))[symbol].last, 30000)
  assert.equal((await taker.fetchBidsAsks([symbol]))[symbol].bid, 29000)
  assert.ok(Math.abs(await taker.fetchTime() - Date.now()) < 60_000)
  assert.equal((await taker.fetchStatus()).status, 'ok')
  assert.equal((await taker.fetchTradingFee(symbol)).taker, 0.001)
  await clean()
})

await check('currencies and wallet queries', async () => {
  const list = await maker.fetchCurrencies()
  assert.ok(list.BTC)
  assert.equal(list.BTC.withdraw, true)
  assert.ok(Array.isArray(await maker.fetchDeposits('BTC')))
})

await check('withdrawals', async () => {
  const payer = await exchange(config.base, config.payer)
  const legacy = await exchange(config.base, config.legacy)
  await fails(() => payer.withdraw('BTC', 0.5, 'bc1qnew'), ccxt.BaseError, '-4035', 'address book')
  await fails(() => maker.withdraw('BTC', 0.5, 'bc1qnew'), ccxt.BaseError, '-2015')
  const before = (await maker.fetchBalance()).BTC.free
  const w = await legacy.withdraw('BTC', 0.5, 'bc1qnew', undefined, { withdrawOrderId: 'rent' })
  assert.ok(w.id)
  assert.equal((await legacy.withdraw('BTC', 0.5, 'bc1qnew', undefined, { withdrawOrderId: 'rent' })).id, w.id)
  const [seen] = await legacy.fetchWithdrawals('BTC')
  assert.equal(seen.id, w.id)
  assert.equal(seen.status, 'pending')
  assert.equal(seen.amount, 0.5)
  assert.equal(seen.address, 'bc1qnew')
  assert.match(seen.info.info, /Stop it with your owner's key/)
  assert.equal(Math.round(((await maker.fetchBalance()).BTC.free - before) * 1e8), -0.5e8)
  await fails(() => legacy.withdraw('BTC', 5000, 'bc1qnew'), ccxt.InsufficientFunds)
})

await check('error: insufficient funds', () => fails(() => taker.createOrder(symbol, 'limit', 'buy', 9000, 30000), ccxt.InsufficientFunds))
await check('error: unknown order', () => fails(() => taker.cancelOrder('999999999', symbol), ccxt.OrderNotFound))
await check('error: unknown order is queried', () => fails(() => taker.fetchOrder('999999999', symbol), ccxt.OrderNotFound))
await check('error: unknown symbol', () => fails(() => taker.publicGetDepth({ symbol: 'NOSUCH' }), ccxt.BadSymbol))
await check('error: dust', () => fails(() => taker.privatePostOrder({ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.00001', price: '20000' }), ccxt.BaseError, '-1013', 'NOTIONAL'))
await check('error: off tick', () => fails(() => taker.privatePostOrder({ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '20000.001' }), ccxt.BaseError, 'PRICE_FILTER'))
await check('error: wrong secret', async () => {
  const ex = await exchange(config.base, { ...config.maker.hmac, secret: 'x'.repeat(64) })
  await fails(() => ex.fetchBalance(), ccxt.AuthenticationError, '-1022')
})
await check('error: malformed key', async () => {
  const ex = await exchange(config.base, { apiKey: 'no key', secret: 'x' })
  await fails(() => ex.fetchBalance(), ccxt.AuthenticationError, '-2014')
})
await check('error: unknown key', async () => {
  const ex = await exchange(config.base, { apiKey: 'A'.repeat(64), secret: 'x' })
  await fails(() => ex.fetchBalance(), ccxt.BaseError, '-2015')
})
await check('error: right missing', async () => {
  const ex = await exchange(config.base, config.readonly)
  await ex.fetchBalance()
  await fails(() => ex.createOrder(symbol, 'limit', 'buy', 0.01, 20000), ccxt.BaseError, '-2015', 'right')
})
await check('error: revoked key', async () => {
  const ex = await exchange(config.base, config.revoked)
  await fails(() => ex.fetchBalance(), ccxt.BaseError, '-2015', 'deleted')
})
await check('error: address not listed', async () => {
  const ex = await exchange(config.base, config.fenced)
  await fails(() => ex.fetchBalance(), ccxt.BaseError, '-2015', 'IP address')
})
await check('error: old timestamp', async () => {
  const ex = await exchange(config.base, config.maker.hmac)
  ex.nonce = () => Date.now() - 120_000
  await fails(() => ex.fetchBalance(), ccxt.InvalidNonce)
})

await clean()
done()
