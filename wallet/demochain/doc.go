// Package demochain is a demo chain: a small chain of the Bitcoin family's shape in this process, for the demo, for
// simulations of thousands of schedules, and for replays where no daemon of a real chain is installed.
//
// What is real: transactions in the family's wire format, read by package coin and judged by txscript's engine, so that a
// wrong signature is refused; blocks with headers, merkle roots and hashes that link; and the rules of a node's mempool
// that a wallet meets: unknown inputs, conflicts, replacement (BIP 125), fees for relay, dust, long chains of
// unconfirmed transactions, and that a transaction which is mined and spent looks like one that never was. Refusals have
// the codes and words of real nodes; a test tells one story to this chain and to litecoind, and compares every answer.
//
// What it is not: there is no network, no proof of work, no difficulty, no halving and no witness commitment; blocks are
// made when somebody asks for them, by Mine or Reorg. Lock times are refused. Its first block exists by decree, and has no
// transactions. Its coins are worth nothing, and its treasury's key is in the source.
//
// A Chain has no clock and no randomness: the same options and the same calls give the same bytes. It owns all its
// state behind one lock, and may be used from many goroutines. It keeps every block and every transaction that it was
// given, so memory grows with use: an empty block takes less than 2 kB. With a file it goes on where it was when the process
// ends, all but its mempool; a file is one process's.
//
// It holds, whatever it is asked:
//   - no coin is spent twice in the best chain, and all its unspent coins together are what its blocks brought;
//   - its mempool could be mined as it stands, in order of arrival: every input is there and spent once.
//
// A Node is a view of a chain through one node that may be ill: replies are lost, calls cut off or carried out late, the
// view lags, lies, or is of another chain. A wallet that is tried with it meets the outcomes that were measured at real
// nodes.
package demochain
