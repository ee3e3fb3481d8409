// Package leak replays how a bot platform's key store leaked in the autumn of 2022: a hundred thousand keys of forty
// platforms, of which one lost those it had been given by a certain day; thefts in waves, from networks of the thief; and among
// them people who were robbed in other ways, and people who robbed themselves to be paid.
//
// The venue is the real core in simulated time: keys are made by instructions, what a thief does is judged by the gate, and
// incidents, quarantines and drops are those of a venue that runs. After each theft that is noticed, the venue works out what
// its state knows (inquest/evidence), and shuts a source by itself where the operator's margin is reached. What is random comes
// from a seed: the same options give the same transcript and result, to the byte.
//
// What is made up: how many keys each platform has, the customers, the days of the thefts within their waves, and that a thief
// tries deleted keys too, which is how a theft is noticed here. Nothing is traded: whether a thief's order would be taken up is
// what counts.
package leak
