//go:build !race

package scenario

const raced = false

// histories is how many venues TestFaults tries at ci.
const histories = 120
