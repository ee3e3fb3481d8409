// Package inquest watches a venue's incidents and shuts the cohort of a leak by itself, where the operator let it.
//
// It owns no state: what it knows it reads from the engine, and what it does is an instruction that the core judges. It looks
// once a second whether an open incident has something new, and works out what the victims have in common only then, and only
// while a margin is set; the next look waits for as long again as ten times the last one took. No writer ever waits for it.
//
// What it refuses: to act on claims, on young keys, on fewer customers than core/instruction.LeastVictims, on networks and
// clients, and twice on one source of one incident. To raise anything: that is people's.
package inquest
