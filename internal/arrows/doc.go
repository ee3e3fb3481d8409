// Package arrows holds the house's arrows: which package may import which, and what may stand in the core. It has
// nothing but tests.
//
// table_test.go says who may import whom, inside the project and out of it, each row with its reason. A package without
// a row fails, and so does an import that its row does not name. Only product files are held; tests may
// reach further.
//
// pure_test.go reads the core's source with its types and refuses what would let two runs over one journal differ:
// clocks, randomness, goroutines, floats, iteration over a map, and any package not on its list.
//
// ungated_test.go keeps the gate that stands open to replays and measurements.
//
// sends_test.go reads every file of the tree and refuses whatever would have a node pay from a wallet of its own.
package arrows
