// Package binance is the pure wire knowledge of the venue's API dialect: what
// the Spot clients that customers already have send, and what they expect back.
// The venue answers in it; the vault and the bots ask in it.
//
// It owns the forms on the wire (parameters, requests, signing payloads, errors,
// answers, stream names and events, weights) and nothing else. It has no server, no
// client, no clock, no goroutine and no state that outlives a call. Values are
// owned by the caller: a Params is used by one goroutine.
//
// It refuses: parameters sent twice (in any placement), bad percent-escapes,
// invalid UTF-8, control characters, signs and exponents in decimals, parameters
// that nobody reads, and every size above the bounds that it names.
//
// Invariants:
//   - what was signed and what is read come out of one parser, so that they
//     cannot be made to differ;
//   - an AppendJSON method writes exactly what encoding/json writes for its type;
//   - a decimal is an integer of units at a scale, never a float;
//   - functions here return *Error, whose text says what was wrong and is safe to
//     send. Compare it with nil as a *Error, before it becomes an error.
//
// Times are int64 counts since the Unix epoch, in milliseconds, except where a
// client asked for microseconds: this package writes what it is given. Where it
// computes with them, names or docs give the unit.
package binance
