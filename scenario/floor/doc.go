// Package floor is a trading floor in simulated time: a bare venue (package core, without disk or wire), a few markets whose
// fair prices walk at random, and honest makers who quote around them. Only the floor knows the fair prices; the venue sees
// orders, trades and, where a market has one, an outside reference. Whatever a simulation asks about loss is asked of the fair
// prices, never of the venue's marks.
//
// It owns the state that it drives and everything that is random in it: the same options and the same calls give the same
// floor, to the byte. It has no clock; Pass and Live let time go by, in ticks as the engine gives them, so that the venue sees
// no jump that was not asked for. One goroutine uses a Floor.
//
// It refuses nothing that the venue does not refuse; a floor that could not be set up, or a venue that breaks a law, is Err.
package floor
