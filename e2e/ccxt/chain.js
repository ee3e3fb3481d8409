// Deposits and withdrawals of a coin that moves on a chain, as a customer's program sees them. Between two blocks are ten seconds.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import ccxt from 'ccxt'
import { check, fails, done } from './check.js'
import { exchange } from './point.js'

const config = JSON.parse(await readFile(process.argv[2], 'utf8'))
const customer = await exchange(config.base, config.demo)
const legacy = await exchange(config.base, config.legacy)
const coin = 'DEMO'
const other = config.other // somebody else's address
const hash = /^[0-9a-f]{64}$/
let address

// until asks again until an answer is as it should be; what it throws after that time is what is wrong.
const until = async (ask, seconds) => {
  for (const end = Date.now() + seconds * 1000; ;) {
    try { return await ask() } catch (e) { if (Date.now() > end) throw e }
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

await check('an address for deposits', async () => {
  const a = await until(() => customer.fetchDepositAddress(coin), 20)
  address = a.address
  assert.equal(a.currency, coin)
  assert.equal(a.tag, undefined)
  assert.equal((await customer.fetchDepositAddress(coin)).address, address)
  const { network } = (await customer.fetchCurrencies())[coin].networks[coin].info
  assert.equal(network, coin)
  const terms = (await customer.fetchCurrencies())[coin].networks[coin]
  assert.equal(terms.deposit, true)
  assert.equal(terms.withdraw, true)
  assert.equal(terms.fee, 0.00001)
  assert.equal(terms.limits.withdraw.min, 0.0001)
  assert.match(address, new RegExp(terms.info.addressRegex))
}, 30)

await check('a deposit', async () => {
  const d = await until(async () => {
    const [d] = await customer.fetchDeposits(coin)
    assert.ok(d, 'no deposit is seen')
    if (d.status === 'pending') assert.match(d.info.confirmTimes, /^[01]\/2$/)
    assert.equal(d.status, 'ok')
    return d
  }, 60)
  assert.equal(d.type, 'deposit')
  assert.equal(d.currency, coin)
  assert.equal(d.network, coin)
  assert.equal(d.amount, 100)
  assert.equal(d.address, address)
  assert.equal(d.info.confirmTimes, '2/2')
  assert.equal(d.internal, false)
  assert.match(d.txid, hash)
  assert.ok(Math.abs(d.timestamp - Date.now()) < 120_000)
  assert.equal((await customer.fetchBalance())[coin].free, 100)
}, 70)

await check('what cannot be withdrawn', async () => {
  await fails(() => legacy.withdraw(coin, 1, address), ccxt.BadRequest, '-4033', 'own')
  await fails(() => legacy.withdraw(coin, 1, 'ltc1qnowhere0000000'), ccxt.BadRequest, '-4033')
  await fails(() => legacy.withdraw(coin, 1, address, '7'), ccxt.BaseError, '-4008', 'tag')
  await fails(() => legacy.withdraw(coin, 0.00009999, other), ccxt.BadRequest, '-4022', '0.00010000')
  await fails(() => legacy.withdraw(coin, 101, other), ccxt.InsufficientFunds)
  assert.equal((await customer.fetchBalance())[coin].free, 100)
  assert.deepEqual(await legacy.fetchWithdrawals(coin), [])
})

await check('a withdrawal', async () => {
  const { id } = await legacy.withdraw(coin, 2, other)
  console.log('yes')
  const w = await until(async () => {
    const [w] = await legacy.fetchWithdrawals(coin)
    assert.match(w.txid ?? '', hash)
    assert.ok(w.info.confirmNo > 0, 'no block has it')
    return w
  }, 60)
  assert.equal(w.id, id)
  assert.equal(w.type, 'withdrawal')
  assert.equal(w.status, w.info.confirmNo < 3 ? 'pending' : 'ok')
  assert.equal(w.network, coin)
  assert.equal(w.address, other)
  assert.equal(w.amount, 1.99999)
  assert.equal(w.fee.cost, 0.00001)
  assert.equal(w.internal, false)
  assert.equal((await customer.fetchBalance())[coin].free, 98)
}, 70)

done()
