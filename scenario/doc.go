// Package scenario holds what the venue is tried with: a market of made-up customers, tapes of real trades that are
// traded again, and a generator of instructions that nobody sane would give.
//
//   - Crowd and Demo: makers, takers and noise traders with accounts and keys of their own. They live by their seed and by
//     what they see of their own instructions; nothing in them knows a clock or a network.
//   - Tape and Replay: every trade of a file becomes two customers' orders, signed and sent through the venue's own API, at
//     the time of the file.
//   - Random: valid, invalid and malicious instructions of every kind, for holding the laws of the core at each record.
//
// Everything here is a client like any other: it reaches the venue by Doer or by HTTP, and goes through the gate. The
// package owns no state of the venue, and no key of its demo market can sign anything: see Setup. What is random comes from
// a seed; the same seed gives the same instructions, to the byte. Prices and quantities are the venue's integers.
package scenario
