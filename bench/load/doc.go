// Package load is a load generator: customers who place orders, cancel, ask and listen, over the venue's own API.
//
// It sends on a schedule that was fixed before: request n is due at n/rate, whatever became of those before it, and its
// latency is counted from when it was due. A venue that stands still is thereby seen in every request that would have been
// sent meanwhile, not only in those that were.
//
// What it owns: the connections it made, and, where no venue is named, a venue of its own in a temporary directory, which
// ends with it. It is always bounded, in requests and in time.
//
// What it refuses: to run without bounds; a target beyond this machine unless it is told twice; to call an outcome that it
// does not know a failure. What became of such a request is asked for afterwards. On a venue of its own it also looks for
// every acknowledged order in the journal.
package load
