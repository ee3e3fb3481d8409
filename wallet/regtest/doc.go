// Package regtest starts a real node of litecoin on a chain of its own, where blocks are made on command and coins are
// worth nothing. It is for tests, replays and measurements; no venue runs on it.
//
// A Node owns one process, its directory and its port; it ends no other process. The process listens on the loopback only,
// knows no peers, and dies with this one. Where there is no litecoind, Start fails with ErrMissing: tests skip by name
// then, unless CI is "true".
//
// The node replaces transactions (BIP 125), which live nodes of litecoin do not: networks' parameters say so too.
package regtest
