// Package venue is the customer's API: the requests of dialect/binance over HTTP and the WebSocket API, answered from a
// live engine.
//
// What it owns: reading and bounding requests, finding out who asks (the key's signature and the client's address), the
// limits of weight and orders, listenKeys, and the words of every answer, which package reference tells of. It owns no money and no order: a request that trades becomes
// an instruction for the engine, and its answer is built from the durable record of it. Queries read the engine's durable
// state, or the archive once that has caught up with what was durable when the query came in, so that whoever was told of
// something finds it.
//
// What it refuses: parameters sent twice or not known, bodies and headers above their bounds, signatures that are not the
// key's over the raw bytes, requests out of time, and everything that the gate denies. A refusal says what is wrong and
// what would be right. A server error (5xx) never says that a request failed, except where its text does.
//
// Instructions wait for their account's turn when there are many (package fair), and who is refused a place was never
// executed (−1008). What waits for slow readers is bounded over all connections (package backlog).
//
// The requests of one WebSocket connection are answered one after the other, in the order in which they came: the next is
// read when the one before is durable.
//
// One Venue serves any number of goroutines. Each request has a call of its own; what calls share (limits, the names of
// markets, orders just closed) is guarded where it lives.
package venue
