// The same break as ccxt's reconnect.js, with an unmodified binance, which connects and subscribes anew by itself.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { MainClient, WebsocketClient, WebsocketAPIClient, WS_KEY_MAP } from 'binance'
import { check, done } from '../ccxt/check.js'

const config = JSON.parse(readFileSync(process.argv[2]))
const symbol = 'BTCUSDT'
const silent = { trace() {}, info() {}, error() {} }
const key = config.maker.ed25519
const options = { api_key: key.apiKey, api_secret: key.secret, wsUrl: config.base.replace(/^http/, 'ws'), restOptions: { baseUrl: config.base }, beautify: false, reconnectTimeout: 100 }
const rest = new MainClient({ baseUrl: config.base, api_key: key.apiKey, api_secret: key.secret })
const order = (price) => rest.submitNewOrder({ symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 0.1, price })
process.on('unhandledRejection', () => {}) // what the client rejects by itself while the venue is away

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const until = async (fits) => { while (!fits()) await pause(20) }
const own = new Set() // ids of orders that were told
const bids = new Set() // prices of the book that were told
const api = new WebsocketAPIClient({ ...options, attachEventListeners: false, resubscribeUserDataStreamDelaySeconds: 1 }, silent)
api.getWSClient().on('message', (m) => { const e = m.event ?? m; if (e.e === 'executionReport') own.add(e.i) })
api.getWSClient().on('exception', () => {})
const market = new WebsocketClient(options, silent)
market.on('message', (m) => { for (const [price] of (m.data ?? m).b ?? []) bids.add(Number(price)) })
market.on('exception', () => {})
let down = false
market.on('reconnecting', () => { down = true })
// heard places orders, each at another price, until one is told by both.
let price = 20000
const heard = async () => {
  for (;;) {
    const at = price++
    const o = await order(at).catch(() => null)
    await pause(300)
    if (o && own.has(o.orderId) && bids.has(at)) return
  }
}

await check('before the break', async () => {
  await api.subscribeUserDataStream(WS_KEY_MAP.mainWSAPI)
  market.subscribeSpotDiffBookDepth(symbol, 100)
  await heard()
})
const before = await rest.getOpenOrders({ symbol })
console.log('restart')
await check('events go on after it, and nothing was lost', async () => {
  await until(() => down)
  await heard()
  const now = await rest.getOpenOrders({ symbol })
  assert.deepEqual(now.slice(0, before.length), before)
}, 60)
done()
