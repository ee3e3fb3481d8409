// Package book holds the open orders of one market: those that rest, in price-time priority, and those that wait for a stop
// price or for another order of their list. It finds any of them by id, by its owner's own name for it, or by account.
//
// The book decides no match and touches no money. Package core drives it by folding events, in live and in recovery
// alike: it places, fills and removes orders, and asks who is first and who is due to start. One goroutine owns a Book;
// nothing in it is safe for concurrent use.
//
// # How it is built
//
// Orders lie in slabs and are named by Handle, so that the garbage collector has nothing to scan and steady trading
// allocates nothing. A side of the book is a ladder: levels in pages of 16 neighbouring ticks. Pages are linked in order
// of price and found by a small direct-mapped cache for those near the market, and by a crit-bit tree for all. Two hash
// tables, whose chains run through the orders, lead from order id and client order id to handles; each account's orders
// are a list. What few orders have (More: stop price, part that shows, list, what was asked for) lies in slabs of its own.
//
// Orders that wait for a stop price lie in ladders like those of the book, by that price; those that trail it, and those
// that are to start, each in one queue.
//
// # Worst cases
//
// A page is found, added or dropped in at most 58 steps, whatever the prices are; random ones take about log2 of the
// pages. Client order ids are chosen by strangers, so their hash is seeded for each book; nothing that anyone can see
// depends on the seed, as with the runtime's own maps. Order ids are given out by the core in sequence; whoever wants
// many of them in one chain of n must place n orders for every one that stays, where n is at least the number of orders
// in the book. Slabs grow by chunks, without copying, and the hash tables by one chain at a time. A trade at a new price
// looks at every order that trails it, which MaxTrails bounds. Memory is about 210 bytes an order where levels are
// shared, at most about 660 when every order has a page of its own, and 12 for each account up to the highest with
// orders, in chunks of 1024 accounts; an order with more to it takes 120 bytes more. A capped order is put into
// a sorted list of handles: with ten thousand of them, that moves 40 kB at most.
//
// # What is reserved of budgets
//
// Package core says what of its owner's loss budget is reserved for an order (Risk), and the book has it shrink with what is
// left of the order. An order that started and that the budget does not bear at what it asked for is capped: it rests at
// another price, never past its own limit, as a limit order like any other. Its More keeps what it was asked as, which is
// what its owner is told (Asked); all else goes by what it is now.
//
// # Invariants
//
// Check holds them all. Order ids ascend with placement, and so does every queue of a level, but for orders with more to
// them: an iceberg goes to its end with each part, and whoever waited comes late. A level's quantity is the sum of what
// shows of its orders. A page without orders does not exist. Between records the best bid is below the best ask (Crossed)
// and no order is there that is only passing; within one, a taker may cross while it is matched.
//
// # What it refuses
//
// Place and PlaceMore refuse orders that could not be kept in order: see there. Fields refuses any bytes that it would
// not have written itself.
package book
