// Package house is where the replays of thefts take place: a venue in simulated time with the edge's own code before it, an
// agenda of what people are going to do there, and the transcript of what came of it.
//
// A Venue is a bare state. It stands against a thief in one of four ways (Gate); beyond that it is what runs live. Each
// replay owns one, for one goroutine; nothing in it knows a clock, a disk or a network.
package house
