// Streams and the WebSocket API with an unmodified binance client: only its wsUrl and baseUrl are set. Same argument as rest.js.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { MainClient, WebsocketClient, WebsocketAPIClient, WS_KEY_MAP } from 'binance'
import { check, done } from '../ccxt/check.js'

const config = JSON.parse(readFileSync(process.argv[2]))
const symbol = 'BTCUSDT'
const wsUrl = config.base.replace(/^http/, 'ws')
const silent = { trace() {}, info() {}, error() {} }
const options = (key = {}) => ({
  api_key: key.apiKey, api_secret: key.secret, wsUrl, restOptions: { baseUrl: config.base }, beautify: false, reconnectTimeout: 100,
})
const rest = (key) => new MainClient({ baseUrl: config.base, api_key: key.apiKey, api_secret: key.secret })
const maker = rest(config.maker.hmac)
const taker = rest(config.taker.ed25519)
const limit = (side, quantity, price, more = {}) => ({ symbol, side, type: 'LIMIT', timeInForce: 'GTC', quantity, price, ...more })
const covered = new Set()

// heard collects the messages of a client; until waits for one that fits.
const heard = (ws, event = 'message') => {
  const list = []
  const waiting = new Set()
  ws.on(event, (m) => {
    list.push(m)
    for (const w of waiting) w()
  })
  return (fits) => new Promise((resolve) => {
    const look = () => {
      const found = list.find(fits)
      if (!found) return
      waiting.delete(look)
      resolve(found)
    }
    waiting.add(look)
    look()
  })
}
// trade makes trades until stopped.
const trading = () => {
  let on = true
  const flow = (async () => {
    while (on) {
      await maker.submitNewOrder(limit('SELL', 0.01, 31500))
      await taker.submitNewOrder(limit('BUY', 0.01, 31500))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  return async () => { on = false; await flow }
}
const data = (m) => m.data ?? m

await check('every market stream of the client', async () => {
  const ws = new WebsocketClient(options(), silent)
  ws.on('exception', () => {})
  const until = heard(ws)
  const calls = {
    subscribeSpotAggregateTrades: [symbol], subscribeSpotTrades: [symbol], subscribeSpotBlockTrades: [symbol],
    subscribeSpotKline: [symbol, '1m'], subscribeSpotSymbolMini24hrTicker: [symbol], subscribeSpotAllMini24hrTickers: [],
    subscribeSpotSymbol24hrTicker: [symbol], subscribeSpotAll24hrTickers: [], subscribeSpotSymbolBookTicker: [symbol],
    subscribeSpotPartialBookDepth: [symbol, 5, 1000], subscribeSpotDiffBookDepth: [symbol, 100],
    subscribeAllRollingWindowTickers: ['spot', '1h'],
  }
  for (const name of Object.getOwnPropertyNames(WebsocketClient.prototype)) {
    if (/^subscribeSpot/.test(name) && !/UserData/.test(name)) assert.ok(calls[name], `${name} is not driven`)
  }
  for (const [name, args] of Object.entries(calls)) {
    covered.add(name)
    ws[name](...args)
    await new Promise((resolve) => setTimeout(resolve, 250)) // a client may send five messages in a second
  }
  await new Promise((resolve) => setTimeout(resolve, 1000))
  ws.subscribe(['btcusdt@avgPrice', 'btcusdt@ticker_4h', 'btcusdt@kline_1h@+08:00', '!bookTicker'], WS_KEY_MAP.main)
  const stop = trading()
  for (const kind of ['aggTrade', 'trade', '24hrMiniTicker', '24hrTicker', 'depthUpdate', 'avgPrice', '4hTicker', 'bookTicker', 'depth5']) { // the client names the last two itself
    await until((m) => data(m).e === kind)
  }
  await until((m) => data(m).e === 'kline' && data(m).k.i === '1m')
  await until((m) => data(m).e === 'kline' && data(m).k.i === '1h')
  await until((m) => Array.isArray(data(m)) && data(m)[0].e === '1hTicker')
  await until((m) => Array.isArray(data(m)) && data(m)[0].e === '24hrTicker')
  await until((m) => Array.isArray(data(m)) && data(m)[0].e === '24hrMiniTicker')
  await stop()
  ws.closeAll(true)
})

for (const kind of Object.keys(config.maker)) {
  await check(`own events by listenKey with an ${kind} key`, async () => {
    const ws = new WebsocketClient(options(config.maker[kind]), silent)
    ws.on('exception', () => {})
    const until = heard(ws)
    const api = rest(config.maker[kind])
    const { listenKey } = await api.getSpotUserDataListenKey()
    covered.add('subscribeSpotUserDataStreamWithListenKey')
    await ws.subscribeSpotUserDataStreamWithListenKey(WS_KEY_MAP.main, listenKey)
    const o = await api.submitNewOrder(limit('BUY', 0.01, 20000))
    assert.equal((await until((m) => m.e === 'executionReport' && m.i === o.orderId)).X, 'NEW')
    await until((m) => m.e === 'outboundAccountPosition')
    await api.cancelOrder({ symbol, orderId: o.orderId })
    await until((m) => m.e === 'executionReport' && m.X === 'CANCELED' && m.i === o.orderId)
    ws.closeAll(true)
  })
}

const api = (key) => new WebsocketAPIClient({ ...options(key), attachEventListeners: false, muteLatencyWarning: true }, silent)

for (const kind of Object.keys(config.taker)) {
  await check(`the WebSocket API with an ${kind} key`, async () => {
    const c = api(config.taker[kind])
    const ws = c.getWSClient()
    ws.on('exception', () => {})
    const until = heard(ws)
    const ask = async (name, ...args) => {
      covered.add(name)
      const r = await c[name](...args)
      assert.equal(r.status, 200, `${name}: ${JSON.stringify(r)}`)
      return r.result
    }
    const now = () => ({ timestamp: Date.now() })
    await ask('subscribeUserDataStream', WS_KEY_MAP.mainWSAPI)
    assert.deepEqual(await ask('testSpotConnectivity'), {})
    assert.ok((await ask('getSpotServerTime')).serverTime > 0)
    assert.equal((await ask('getSpotExchangeInfo', { symbols: [symbol] })).symbols[0].symbol, symbol)
    await ask('getSpotOrderBook', { symbol, limit: 5 })
    assert.ok((await ask('getSpotRecentTrades', { symbol })).length > 0)
    assert.equal((await ask('getSpotHistoricalTrades', { symbol, fromId: 1, limit: 1 }))[0].id, 1)
    assert.deepEqual(await ask('getSpotHistoricalBlockTrades', { symbol, fromId: 0 }), [])
    assert.ok((await ask('getSpotAggregateTrades', { symbol })).length > 0)
    assert.equal((await ask('getSpotKlines', { symbol, interval: '1m', limit: 1 }))[0].length, 12)
    assert.equal((await ask('getSpotUIKlines', { symbol, interval: '1m', limit: 1 }))[0].length, 12)
    await ask('getSpotAveragePrice', { symbol })
    await ask('getSpotExecutionRules', { symbol })
    assert.equal((await ask('getSpot24hrTicker', { symbol })).symbol, symbol)
    assert.equal((await ask('getSpotTradingDayTicker', { symbol })).symbol, symbol)
    assert.equal((await ask('getSpotTicker', { symbol, windowSize: '1h' })).symbol, symbol)
    await ask('getSpotSymbolPriceTicker', { symbol })
    await ask('getSpotSymbolOrderBookTicker', { symbol })
    assert.equal((await ask('getSpotSessionStatus')).userDataStream, true)
    const o = await ask('submitNewSpotOrder', { ...limit('BUY', '0.01', '20000'), ...now() })
    assert.equal((await until((m) => (m.event ?? m).e === 'executionReport' && (m.event ?? m).i === o.orderId)) && o.status, 'NEW')
    assert.deepEqual(await ask('testSpotOrder', { ...limit('BUY', '0.01', '20000'), ...now() }), {})
    assert.equal((await ask('getSpotOrderStatus', { symbol, orderId: o.orderId, ...now() })).status, 'NEW')
    assert.equal((await ask('getSpotOpenOrders', { symbol, ...now() })).length, 1)
    const r = await ask('cancelReplaceSpotOrder', { ...limit('BUY', '0.02', '20000'), cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: o.orderId, ...now() })
    assert.equal(r.newOrderResult, 'SUCCESS')
    assert.equal((await ask('cancelSpotOrder', { symbol, orderId: r.newOrderResponse.orderId, ...now() })).status, 'CANCELED')
    await ask('submitNewSpotOrder', { ...limit('BUY', '0.01', '20000'), ...now() })
    assert.equal((await ask('cancelAllSpotOpenOrders', { symbol, ...now() })).length, 1)
    assert.ok((await ask('getSpotAccountInformation', now())).canTrade)
    assert.equal((await ask('getSpotOrderRateLimits', now())).length, 2)
    assert.ok((await ask('getSpotAllOrders', { symbol, ...now() })).length > 0)
    assert.ok((await ask('getSpotMyTrades', { symbol, ...now() })).length > 0)
    assert.deepEqual(await ask('getSpotPreventedMatches', { symbol, orderId: o.orderId, ...now() }), [])
    assert.deepEqual(await ask('getSpotAllocations', { symbol, ...now() }), [])
    assert.equal((await ask('getSpotAccountCommission', { symbol, ...now() })).symbol, symbol)
    const oco = { symbol, side: 'BUY', quantity: '0.01' }
    const list = await ask('placeSpotOCOOrderList', { ...oco, aboveType: 'STOP_LOSS', aboveStopPrice: '40000', belowType: 'LIMIT_MAKER', belowPrice: '20000', ...now() })
    assert.equal((await ask('getSpotOrderListStatus', { orderListId: list.orderListId, ...now() })).orders.length, 2)
    assert.equal((await ask('getSpotOpenOrderLists', now())).length, 1)
    await ask('cancelSpotOrderList', { symbol, orderListId: list.orderListId, ...now() })
    for (const [name, params] of [
      ['placeSpotOrderList', { ...oco, price: '20000', stopPrice: '40000' }],
      ['placeSpotOTOOrderList', { symbol, workingType: 'LIMIT', workingSide: 'BUY', workingPrice: '20000', workingQuantity: '0.01', workingTimeInForce: 'GTC', pendingType: 'MARKET', pendingSide: 'SELL', pendingQuantity: '0.01' }],
      ['placeSpotOTOCOOrderList', { symbol, workingType: 'LIMIT', workingSide: 'BUY', workingPrice: '20000', workingQuantity: '0.01', workingTimeInForce: 'GTC', pendingSide: 'SELL', pendingQuantity: '0.01', pendingAboveType: 'LIMIT_MAKER', pendingAbovePrice: '40000', pendingBelowType: 'STOP_LOSS', pendingBelowStopPrice: '15000' }],
    ]) {
      const placed = await ask(name, { ...params, ...now() })
      await ask('cancelSpotOrderList', { symbol, orderListId: placed.orderListId, ...now() })
    }
    assert.ok((await ask('getSpotAllOrderLists', now())).length >= 4)
    const large = await ask('submitNewSpotOrder', { ...limit('BUY', '0.02', '20000'), ...now() })
    assert.equal(Number((await ask('amendSpotOrderKeepPriority', { symbol, orderId: large.orderId, newQty: '0.01', ...now() })).amendedOrder.qty), 0.01)
    await ask('cancelSpotOrder', { symbol, orderId: large.orderId, ...now() })
    const { listenKey } = await ask('startUserDataStreamForKey', { apiKey: config.taker[kind].apiKey })
    await ask('pingUserDataStreamForKey', { apiKey: config.taker[kind].apiKey, listenKey })
    await ask('stopUserDataStreamForKey', { apiKey: config.taker[kind].apiKey, listenKey })
    for (const [name, code] of [['getSpotReferencePrice', -2043], ['getSpotReferencePriceCalculation', -2043], ['placeSpotSOROrder', -1020], ['testSpotSOROrder', -1020],
      ['placeSpotOPOOrderList', -1020], ['placeSpotOPOCOOrderList', -1020]]) {
      covered.add(name)
      const e = await c[name]({ ...limit('BUY', '0.01', '20000'), ...now() }).then(() => null, (e) => e)
      const error = e?.error ?? e?.body?.error ?? e
      assert.ok([code, -1104].includes(error?.code), `${name}: ${JSON.stringify(e)}`)
    }
    await ask('unsubscribeUserDataStream', WS_KEY_MAP.mainWSAPI)
    await c.disconnectAll()
  })
}

await check('all of the client is known here', async () => {
  const all = Object.getOwnPropertyNames(WebsocketAPIClient.prototype).filter((n) => /Spot|UserDataStream/.test(n) && !/^(try|clear|get.*State|handle)/.test(n))
  assert.deepEqual(all.filter((n) => !covered.has(n)), [])
  console.log(`covered ${covered.size}`)
})
done()
