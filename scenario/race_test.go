//go:build race

package scenario

// raced: the race detector makes everything about ten times slower.
const raced = true
