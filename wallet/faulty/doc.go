// Package faulty stands before a node as a proxy and breaks calls on a schedule: connections that are reset before or after
// the node did what it was asked, replies that never arrive, errors that nodes give under load or at a start. It is for
// tests and replays of what a wallet must survive; no venue runs on it.
//
// A Proxy owns its listener, the counts of what it was asked, passed on and answered, and nothing of the node. It never
// asks the node twice for one call. What becomes of a call depends on its method and on how many of that method came
// before, so that one schedule gives one history, however calls interleave.
package faulty
