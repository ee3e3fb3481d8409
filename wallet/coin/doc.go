// Package coin knows chains of the Bitcoin family as bytes: the parameters of their networks, addresses and output
// scripts, the keys of one seed, transactions that spend our coins, and blocks as the scanner reads them.
//
// It decides nothing and keeps no state: which coins are spent, to whom and at which fee is planned by the core and is on
// record. What is given to it comes back as the same bytes every time, signatures included (RFC 6979), so that a signer
// may be asked twice.
//
// It refuses addresses of another network, by name, and addresses of forms that this network does not enforce (what is
// paid to a witness version that no rule guards is anybody's). It refuses to sign what spends more than its inputs hold,
// what pays nothing, and what no node would relay. Values are int64 in the smallest unit of the chain, of which 10^8
// are a coin.
//
// Our own coins are all P2WPKH, at m/84'/coin'/0'/branch/index of the seed: branch 0 has one address per account of the
// venue (index is the account's number), branch 1 the chain's hot address (index 0). Whoever has no need of the seed has
// the account's extended public key, which makes all addresses and no signature.
//
// Chain is what the wallet asks of a node, and Outcome what it may conclude from an answer. Package node speaks with real
// nodes, package demochain has a chain in memory.
package coin
