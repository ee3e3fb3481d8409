//go:build race

package main

// raced: the race detector is on.
const raced = true
