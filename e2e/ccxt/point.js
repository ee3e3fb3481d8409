// Points an unmodified ccxt exchange at a venue: only the hosts of its URLs change.
import ccxt from 'ccxt'
import { nextMillisecond } from './check.js'

// at rewrites every URL in the (nested) table to the venue's base.
const at = (table, base) => Object.fromEntries(Object.entries(table).map(([name, url]) => {
  if (typeof url === 'object') return [name, at(url, base)]
  const scheme = url.startsWith('ws') ? base.replace(/^http/, 'ws') : base
  return [name, scheme + new URL(url).pathname]
}))

// exchange is a ccxt client of the venue at base, such as http://127.0.0.1:8420, with a customer's key.
export const exchange = async (base, key = {}) => {
  const ex = new ccxt.pro.binance({ ...key, enableRateLimit: false, options: { defaultType: 'spot' } })
  ex.urls.api = at(ex.urls.api, base)
  await ex.loadHttpProxyAgent()
  // A question and a cancel with the same parameters have one signature where they fall into one millisecond, and the venue
  // takes it once: see docs/DIALECT-DIFFERENCES.md. Here they come that fast.
  for (const name of ['cancelOrder', 'cancelAllOrders']) {
    const cancel = ex[name].bind(ex)
    ex[name] = async (...args) => {
      await nextMillisecond()
      return cancel(...args)
    }
  }
  return ex
}
