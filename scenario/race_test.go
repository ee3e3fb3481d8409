//go:build race

package scenario

// raced: the race detector makes everything about ten times slower.
const raced = true

// histories is how many venues TestFaults tries at ci.
const histories = 12
