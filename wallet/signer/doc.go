// Package signer signs the transactions that move the venue's coins. It is asked for a spend by its number and nothing else: what
// the transaction takes, pays and leaves is what the signer's own view of the record says, built from its own seed's keys.
//
// Whoever breaks into the venue's process can have written what he likes, so the signer also bounds what it signs, by caps that
// its operator gave it and nobody else can change: for one payout, for 60 minutes (all that does not come back to the hot address,
// fees included), and for what 1000 virtual bytes may cost. What it signed it notes before it answers; a restart forgets nothing, and
// no clock that goes back frees anything.
//
// What leaves is counted by family. All of a family spend one coin first, the anchor, so that one of them at most can be mined:
// only what a replacement pays more than those before it counts anew.
//
// It refuses what its record does not have as planned, what contradicts itself, chains whose account or hot address are not its own
// seed's, networks that its operator did not name, a second form of a transaction that it signed, and what is over a cap. Signing is
// deterministic: who asks again gets the same bytes, and nothing counts twice.
//
// Signer decides and signs, in any process. Server and Client put a Unix socket between it and the wallet; Record is the view of a
// process of its own, from the files that a venue writes. A Signer may be used from several goroutines; one signs at a time.
package signer
