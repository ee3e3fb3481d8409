// Package stream tells the venue's customers what happens, as it happens: market data over WebSocket, and the events of an
// account to whoever serves its private streams. It is a part of the edge venue, and speaks dialect/binance.
//
// A Hub watches the engine's follower. So nothing is ever streamed that a power cut could take back, and what is streamed
// is a fold of the same records that every other reader folds.
//
// # Who owns what
//
// The feed (markets, watched accounts) is changed by the follower's goroutine while it folds, without any lock of its own:
// the follower excludes all readers then. Everybody else touches the feed inside engine.Read only, and of those only who
// holds Hub.mu may change it, and only the fields that feed and market name. One goroutine, the Hub's, turns what the feed
// collected into bytes, once per event and not per reader, and puts them into the queue of every connection. A connection
// has two goroutines: one reads requests, one empties the queue. Locks are taken in this order: Hub.mu, the follower,
// conn.mu.
//
// A reader that is too slow is closed, with the reason in the close frame: it never holds up the follower or anyone else,
// and no event is ever left out of a stream that goes on. The same holds where the Hub itself would be too slow.
//
// # Numbers that clients rely on
//
// Update ids are the journal's sequence. A depthUpdate covers every record from U to u, whether it concerned that market
// or not: U is one more than the u before it, and u is the last record folded when it was made. Its quantities are those
// after u. A snapshot's lastUpdateId is the last record folded into it. So the events that a client sees tile the sequence
// from some number at or below its later snapshot on, and there is never a gap, however quiet the market was.
//
// Aggregate trades: a maximal run of consecutive trade ids of one market with the same taker order and the same price is
// one aggregate. Its id (a) is the id of its first trade (f); so ids ascend but are not dense, and whoever has the trades
// with their taker orders arrives at the same aggregates. A run never leaves its record, so that it can be told at once;
// time is no part of the rule, since many records may bear the same.
//
// Candles open as binance.Interval says, in UTC or at UTC+8; those without trades stand at the price before. Tickers cover
// 1,440 whole minutes, the current one included, and average prices five. An execution id (I) is the sequence of the
// record, which all executions in that record share.
//
// Times are those of records. The clock of the engine is used for connections only: pings, limits and ages.
//
// # Events of an account
//
// Each record that concerns an account gives, in this order: a report of every step of its orders as they happened, the
// taker's side before the maker's; a balanceUpdate for what came in; then one outboundAccountPosition with the balances of
// the assets that the record moved, as they are after it. Refusals are no events.
//
// # What it refuses
//
// More than 300 connections in 5 minutes, or open at a time, from one address (an IPv6 /64 counts as one address), and
// 20,000 in all; more than 5 frames a second from a client; frames above 64 KiB, and compressed ones; more than 1,024
// streams on a connection, or 2 million in all; to subscribe and unsubscribe more than 4,096 streams in a minute; streams of
// symbols that do not exist. It closes connections that let 4 MiB wait, or a sixteenth of what is left of 256 MiB for all
// (package backlog); that let a write wait for 30 seconds, or three pings go unanswered; and every one after 24 hours.
package stream
