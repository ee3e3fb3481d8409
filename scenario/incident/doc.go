// Package incident replays the theft of January 2018, figure by figure, on a simulated venue with honest customers around.
//
// A replay runs a house.Venue in each of three ways: behind a gate that stands open, as venues of the time were; with keys as
// this venue makes them; and with the careless keys of the time brought over as they were. The same people do the same things
// in all three, as far as they get. What is random comes from a seed; the same options give the same result and transcript,
// to the byte, but for the one figure that is measured (Result.DropMillis).
//
// A replay owns its state and shares nothing. It sends nothing anywhere. Addresses are of ranges set aside for documentation
// and benchmarks; amounts and prices are made up, for the published figures of the incident say nothing of them.
package incident
