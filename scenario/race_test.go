//go:build race

package scenario

// raced: the race detector makes everything about ten times slower, and finds nothing in what one goroutine does alone.
const raced = true

// histories is how many venues TestFaults tries at ci.
const histories = 4
