// Package book holds the resting orders of one market in price-time priority, and finds any of them by id, by its
// owner's own name for it, or by account.
//
// The book decides no match and touches no money. Package core drives it by folding events, in live and in recovery
// alike: it places, fills and removes orders, and asks who is first. One goroutine owns a Book; nothing in it is safe
// for concurrent use.
//
// # How it is built
//
// Orders lie in slabs and are named by Handle, so that the garbage collector has nothing to scan and steady trading
// allocates nothing. A side of the book is a ladder of pages, each 16 neighbouring ticks wide with its levels inside.
// Pages are linked in order of price and found by a small direct-mapped cache for those near the market, and by a
// crit-bit tree for all. Three hash tables lead from order id, client order id and account to slabs.
//
// # Worst cases
//
// No choice of prices, ids or client order ids makes an operation slow. A page is found, added or dropped in at most 58
// steps of the tree, whatever the prices are (random ones: about log2 of the pages). Client order ids are chosen by
// strangers, so their hash is seeded per process; nothing that anyone can observe depends on the seed, as with the
// runtime's own maps. Order ids are given out by the core in sequence and spread evenly. Growing costs amortised
// constant time: slabs grow by chunks without copying, the tables by doubling. Memory is at most about 700 bytes an
// order, when every order has a page of its own; about 200 where pages are shared.
//
// # Invariants
//
// Check holds them all. Order ids ascend with placement, so that a level's queue is ascending too. A level's quantity is
// the sum of what is left of its orders. A page without orders does not exist. Between records the best bid is below
// the best ask (Crossed) and no order is there that does not rest; within one, a taker may cross while it is matched.
//
// # What it refuses
//
// Place refuses orders that could not be kept in order: see there. Fields refuses any bytes that it would not have
// written itself.
package book
