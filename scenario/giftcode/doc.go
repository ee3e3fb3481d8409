// Package giftcode replays how a wallet's gift codes were paid many times over in the summer of 2018: 56 codes, some 8,200 claims at a
// high rate, dust that made the coin's daemon slow, and a site that took a daemon's silence for a failure.
//
// The venue is the real one as far as money goes: an engine over a journal on disk behind the real gate, the wallet that a venue
// runs, a signer with its caps. The coins are those of a litecoind that the replay starts itself, on a chain of its own (regtest),
// behind a proxy that breaks calls; where there is no litecoind, those of the demo chain, whose node fails in the same ways. In the end
// it is the chain that is asked who was paid how much: every transaction of every block.
//
// Beside it the site of that summer may be replayed (naive.go), on a node of its own, with the same claims and the same faults, and a
// watch over what it owes.
//
// The schedule of claims, faults and accidents comes from a seed. Claims race one another, and a real daemon takes the time that it
// takes: which claim of a code comes first, and the lines that tell of it, differ from run to run. What is owed, what is paid, and that
// nothing is paid twice do not. What is made up: amounts, addresses, days within those that were published, and that a block comes
// every two hours or so.
//
// A replay owns its processes and directories, and leaves none behind.
package giftcode
