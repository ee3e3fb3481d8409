// Package node speaks with daemons of the Bitcoin family over their JSON-RPC and answers what coin.Chain asks. It owns the
// connections to one node and keeps nothing else.
//
// A call is one POST, written once. Nothing below this package tries again: not on a connection that broke, not on a
// redirect, not through a proxy of the environment. What becomes of a call that failed is told by Error: either the node
// certainly did not carry it out, or that cannot be known. The line between the two is whether a byte of the request
// reached the operating system; a connection that is given up is shut first, so that nothing is written later. Of
// everything the node can do, only sendrawtransaction moves money, and Send is the only one that asks for it.
//
// A node is believed as far as it cannot be checked: blocks must have the hash that was asked for and commit to their
// transactions, the name of a sent transaction must be its own, answers are bounded in size and must bear the number of
// their question. The password goes over the loopback or TLS only, and is read from the node's cookie file anew for
// each call where there is one, since nodes change it at each start.
//
// A Client may be used by many goroutines. Every call ends when its context does: give each one a deadline.
package node
