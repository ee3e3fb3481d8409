// What a customer does over REST with an unmodified binance client: only its baseUrl is set. The argument is as for ccxt's
// spot.js. At its end it prints "covered" and "refused": which of the client's methods were driven, and which of the others
// the venue refuses in words.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { MainClient } from 'binance'
import { check, done, nextMillisecond } from '../ccxt/check.js'

const config = JSON.parse(readFileSync(process.argv[2]))
const symbol = 'BTCUSDT'
const driven = new Set()

// client notes which methods are called.
const client = (key = {}, options = {}) => {
  const c = new MainClient({ baseUrl: config.base, api_key: key.apiKey, api_secret: key.secret, ...options })
  return new Proxy(c, {
    get: (_, name) => {
      const f = c[name]
      if (typeof f !== 'function') return f
      return (...args) => { driven.add(name); return f.apply(c, args) }
    },
  })
}
const maker = client(config.maker.hmac)
const taker = client(config.taker.ed25519)
const open = client()
// refused asserts the venue's error code, and that its text says so.
const refused = async (call, code, text = '') => {
  let error
  try { await call() } catch (e) { error = e }
  assert.ok(error, 'nothing was thrown')
  assert.equal(error.code, code, JSON.stringify(error))
  assert.ok(String(error.message).includes(text), `${JSON.stringify(text)} is not in: ${error.message}`)
}
const limit = (side, quantity, price, more = {}) => ({ symbol, side, type: 'LIMIT', timeInForce: 'GTC', quantity, price, ...more })
const clean = async () => {
  for (const c of [maker, taker]) {
    if ((await c.getOpenOrders({ symbol })).length === 0) continue
    await nextMillisecond() // the two have one signature in one millisecond, which the venue takes once
    await c.cancelAllSymbolOrders({ symbol })
  }
}

await check('public: connectivity and rules', async () => {
  assert.deepEqual(await open.testConnectivity(), {})
  const all = await open.getExchangeInfo()
  assert.equal(all.symbols[0].symbol, symbol)
  assert.equal((await open.getExchangeInfo({ symbols: [symbol] })).symbols.length, 1)
  assert.equal((await open.getExchangeInfo({ symbol })).symbols[0].filters[0].filterType, 'PRICE_FILTER')
  assert.deepEqual((await open.getExecutionRules({ symbol })).symbolRules, [{ symbol, rules: [] }])
  assert.deepEqual(await open.getSystemStatus(), { status: 0, msg: 'normal' })
})

for (const kind of Object.keys(config.maker)) {
  await check(`orders with an ${kind} key`, async () => {
    const c = client(config.maker[kind])
    const o = await c.submitNewOrder(limit('BUY', 0.001, 20000, { newOrderRespType: 'FULL' }))
    assert.equal(o.status, 'NEW')
    assert.equal((await c.getOrder({ symbol, orderId: o.orderId })).clientOrderId, o.clientOrderId)
    assert.deepEqual((await c.getOpenOrders({ symbol })).map((x) => x.orderId), [o.orderId])
    await nextMillisecond()
    assert.equal((await c.cancelOrder({ symbol, orderId: o.orderId })).status, 'CANCELED')
  })
}

await check('orders: limit, market, by cost, maker, replace, test', async () => {
  const sell = await maker.submitNewOrder(limit('SELL', 1, 30000, { newClientOrderId: maker.generateNewOrderId() }))
  const full = await taker.submitNewOrder(limit('BUY', 0.05, 30000, { newOrderRespType: 'FULL' }))
  assert.equal(full.status, 'FILLED')
  assert.equal(full.fills[0].commissionAsset, 'BTC')
  const market = await taker.submitNewOrder({ symbol, side: 'BUY', type: 'MARKET', quantity: 0.01 })
  assert.equal(Number(market.cummulativeQuoteQty), 300)
  const cost = await taker.submitNewOrder({ symbol, side: 'BUY', type: 'MARKET', quoteOrderQty: 600 })
  assert.equal(Number(cost.executedQty), 0.02)
  assert.equal((await taker.submitNewOrder(limit('BUY', 0.01, 20000, { timeInForce: 'IOC' }))).expiryReason, 'UNFILLED_IOC_QUANTITY_EXPIRED')
  await refused(() => taker.submitNewOrder({ symbol, side: 'BUY', type: 'LIMIT_MAKER', quantity: 0.01, price: 30000 }), -2010, 'match and take')
  const replaced = await maker.replaceOrder(limit('SELL', 2, 31000, { cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: sell.orderId }))
  assert.equal(replaced.cancelResult, 'SUCCESS')
  await refused(() => maker.cancelOrder({ symbol, orderId: replaced.newOrderResponse.orderId, cancelRestrictions: 'ONLY_PARTIALLY_FILLED' }), -2011, 'restrictions')
  assert.deepEqual(await maker.testNewOrder(limit('BUY', 0.1, 20000)), {})
  const rates = await maker.testNewOrder({ ...limit('BUY', 0.1, 20000), computeCommissionRates: true })
  assert.equal(Number(rates.standardCommissionForOrder.taker), 0.001)
  await refused(() => maker.testNewOrder(limit('BUY', 0.1, 20000.001)), -1013, 'PRICE_FILTER')
  assert.ok(taker.getRateLimitStates()['x-mbx-order-count-1d'] > 0)
  await clean()
})

await check('orders: stops, icebergs, lists', async () => {
  await maker.submitNewOrder(limit('SELL', 1, 30000))
  await taker.submitNewOrder({ symbol, side: 'BUY', type: 'MARKET', quantity: 0.01 }) // so that there is a last price
  const stop = await taker.submitNewOrder({ symbol, side: 'SELL', type: 'STOP_LOSS_LIMIT', timeInForce: 'GTC', quantity: 0.01, price: 19900, stopPrice: 20000 })
  const waits = await taker.getOrder({ symbol, orderId: stop.orderId })
  assert.equal(waits.isWorking, false)
  assert.equal(Number(waits.stopPrice), 20000)
  const iceberg = await taker.submitNewOrder(limit('BUY', 0.1, 20000, { icebergQty: 0.05, newOrderRespType: 'RESULT' }))
  assert.equal(Number(iceberg.icebergQty), 0.05)
  const oco = await taker.submitNewOrderList({ symbol, side: 'SELL', quantity: 0.01, aboveType: 'LIMIT_MAKER', abovePrice: 40000, belowType: 'STOP_LOSS_LIMIT', belowStopPrice: 20000, belowPrice: 19900, belowTimeInForce: 'GTC' })
  assert.equal(oco.contingencyType, 'OCO')
  assert.equal((await taker.getOCO({ orderListId: oco.orderListId })).orders.length, 2)
  assert.equal((await taker.getAllOpenOCO()).length, 1)
  assert.equal((await taker.cancelOCO({ symbol, orderListId: oco.orderListId })).listOrderStatus, 'ALL_DONE')
  const older = await taker.submitNewOCO({ symbol, side: 'SELL', quantity: 0.01, price: 40000, stopPrice: 20000, stopLimitPrice: 19900, stopLimitTimeInForce: 'GTC' })
  await taker.cancelOCO({ symbol, orderListId: older.orderListId })
  const oto = await taker.submitNewOrderListOTO({ symbol, workingType: 'LIMIT', workingSide: 'BUY', workingPrice: 20000, workingQuantity: 0.01, workingTimeInForce: 'GTC', pendingType: 'LIMIT', pendingSide: 'SELL', pendingPrice: 40000, pendingQuantity: 0.01, pendingTimeInForce: 'GTC' })
  assert.equal(oto.contingencyType, 'OTO')
  await taker.cancelOCO({ symbol, orderListId: oto.orderListId })
  const three = await taker.submitNewOrderListOTOCO({ symbol, workingType: 'LIMIT', workingSide: 'BUY', workingPrice: 20000, workingQuantity: 0.01, workingTimeInForce: 'GTC', pendingSide: 'SELL', pendingQuantity: 0.01, pendingAboveType: 'LIMIT_MAKER', pendingAbovePrice: 40000, pendingBelowType: 'STOP_LOSS', pendingBelowStopPrice: 15000 })
  assert.equal(three.orders.length, 3)
  await taker.cancelOCO({ symbol, orderListId: three.orderListId })
  assert.equal((await taker.getAllOCO({})).length, 4)
  await clean()
})

await check('account', async () => {
  const a = await taker.getAccountInformation()
  assert.ok(a.canTrade && a.balances.some((b) => b.asset === 'BTC' && Number(b.free) > 0))
  assert.ok((await taker.getAllOrders({ symbol })).length >= 4)
  const [mine] = (await taker.getAccountTradeList({ symbol })).slice(-1)
  assert.equal(mine.isMaker, false)
  assert.equal((await taker.getOrderRateLimit()).length, 2)
  assert.deepEqual(await taker.getPreventedMatches({ symbol, orderId: 1 }), [])
  assert.deepEqual(await taker.getAllocations({ symbol }), [])
  assert.equal(Number((await taker.getCommissionRates({ symbol })).standardCommission.maker), 0.001)
})

await check('market data', async () => {
  await maker.submitNewOrder(limit('SELL', 0.5, 30000))
  await maker.submitNewOrder(limit('BUY', 0.5, 29000))
  assert.deepEqual((await open.getOrderBook({ symbol, limit: 5 })).asks[0].map(Number), [30000, 0.5])
  assert.equal(Number((await open.getRecentTrades({ symbol, limit: 1 }))[0].price), 30000)
  assert.equal((await open.getHistoricalTrades({ symbol, fromId: 1, limit: 1 }))[0].id, 1)
  assert.deepEqual(await open.getHistoricalBlockTrades({ symbol, fromId: 0 }), [])
  assert.ok((await open.getAggregateTrades({ symbol })).length >= 3)
  assert.equal((await open.getKlines({ symbol, interval: '1m', limit: 1 }))[0].length, 12)
  assert.equal((await open.getUIKlines({ symbol, interval: '1h', limit: 1 }))[0].length, 12)
  assert.ok(Number((await open.getAvgPrice({ symbol })).price) > 0)
  assert.equal(Number((await open.get24hrChangeStatistics({ symbol })).lastPrice), 30000)
  assert.equal((await open.get24hrChangeStatistics({ symbols: [symbol] })).length, 1)
  assert.equal(Number((await open.getTradingDayTicker({ symbol })).lastPrice), 30000)
  assert.equal((await open.getTradingDayTicker({ symbols: [symbol] })).length, 1)
  assert.equal(Number((await open.getSymbolPriceTicker({ symbol })).price), 30000)
  assert.equal(Number((await open.getSymbolOrderBookTicker({ symbol })).bidPrice), 29000)
  assert.equal(Number((await open.getRollingWindowTicker({ symbol, windowSize: '1h' })).lastPrice), 30000)
  await refused(() => open.getReferencePrice({ symbol }), -2043)
  await refused(() => open.getReferencePriceCalculation({ symbol }), -2043)
  await clean()
})

await check('wallet', async () => {
  assert.ok((await maker.getBalances()).some((x) => x.coin === 'BTC'))
  assert.deepEqual(await maker.getWithdrawHistory({ coin: 'BTC' }), [])
  assert.ok((await maker.getDepositHistory({ coin: 'BTC' }))[0].amount)
  assert.ok((await maker.getUserAsset({ asset: 'BTC' })).length === 1)
  assert.equal((await maker.getAssetDetail()).BTC.withdrawStatus, true)
  assert.equal((await maker.getTradeFee({ symbol }))[0].symbol, symbol)
  assert.equal((await maker.getApiKeyPermissions()).enableReading, true)
  assert.equal((await maker.getAccountStatus()).data, 'Normal')
  assert.equal((await maker.getAccountInfo()).vipLevel, 0)
  assert.deepEqual(await maker.getWithdrawAddresses(), [])
  await refused(() => client(config.payer).withdraw({ coin: 'BTC', address: 'x', amount: 1 }), -4035, 'address book')
  const { id } = await client(config.legacy).withdraw({ coin: 'BTC', address: 'x', amount: 1 })
  assert.equal((await maker.getWithdrawHistory({ coin: 'BTC', status: 2 }))[0].id, id)
  await refused(() => maker.getDepositAddress({ coin: 'BTC' }), -1020, 'operator')
})

await check('listenKeys', async () => {
  const { listenKey } = await maker.getSpotUserDataListenKey()
  assert.equal(listenKey.length, 64)
  assert.equal((await maker.getSpotUserDataListenKey()).listenKey, listenKey)
  assert.deepEqual(await maker.keepAliveSpotUserDataListenKey(listenKey), {})
  assert.deepEqual(await maker.closeSpotUserDataListenKey(listenKey), {})
  await refused(() => maker.keepAliveSpotUserDataListenKey(listenKey), -1125)
})

await check('errors', async () => {
  await refused(() => taker.submitNewOrder(limit('BUY', 9000, 30000)), -2010, 'insufficient balance')
  await refused(() => taker.cancelOrder({ symbol, orderId: 999999999 }), -2011)
  await refused(() => taker.getOrder({ symbol, orderId: 999999999 }), -2013)
  await refused(() => open.getOrderBook({ symbol: 'NOSUCH' }), -1121)
  await refused(() => taker.submitNewOrder(limit('BUY', 0.00001, 20000)), -1013, 'NOTIONAL')
  await refused(() => client({ ...config.maker.hmac, secret: 'x'.repeat(64) }).getAccountInformation(), -1022)
  await refused(() => client({ apiKey: 'no key', secret: 'x' }).getAccountInformation(), -2014)
  await refused(() => client({ apiKey: 'A'.repeat(64), secret: 'x' }).getAccountInformation(), -2015)
  await refused(() => client(config.revoked).getAccountInformation(), -2015, 'deleted')
  await refused(() => client(config.fenced).getAccountInformation(), -2015, 'address')
  await refused(() => client(config.readonly).submitNewOrder(limit('BUY', 0.01, 20000)), -2015, 'right')
  const late = client(config.maker.hmac)
  late.setTimeOffset(-120_000)
  await refused(() => late.getAccountInformation(), -1021)
})

// The client's own bug: its time goes to a fixed host, whatever baseUrl says, so it is not called here.
const own = new Set(['getServerTime', 'fetchLatencySummary', 'fetchTimeOffset', 'syncTime', 'requestDomain'])
// What one of the other clients asks for before it does anything, and is answered empty.
const subAccounts = /sub-?account/i
const empty = new Set(['getAllCrossMarginPairs', 'getIsolatedMarginAllSymbols'])

await check('every other method of the client is refused in words', async () => {
  const plain = new MainClient({ baseUrl: config.base, api_key: config.maker.ed25519.apiKey, api_secret: config.maker.ed25519.secret })
  const silent = []
  const first = (name) => /Rebate/.test(name) ? 7 : /AutoInvest/.test(name) ? { symbol, details: [] } : { symbol } // what it cannot do without
  let n = 0
  for (const name of Object.getOwnPropertyNames(MainClient.prototype)) {
    if (name === 'constructor' || driven.has(name) || own.has(name) || empty.has(name)) continue
    if (!/(get|post|put|delete)(Private)?\(/.test(MainClient.prototype[name].toString())) continue
    n++
    try {
      const answer = JSON.stringify(await plain[name](first(name)))
      if (!subAccounts.test(name)) silent.push(`${name} answered ${answer.slice(0, 80)}`)
    } catch (e) {
      const asked = subAccounts.test(name) && e.code < 0 // the venue has some of these, and says what it misses
      if (!asked && e.code !== -1020 || !e.message) silent.push(`${name}: ${e.code} ${e.message ?? e}`)
    }
  }
  assert.deepEqual(silent, [])
  console.log(`refused ${n}`)
})

console.log(`covered ${[...driven].filter((name) => MainClient.prototype[name]).length}`)
await clean()
done()
