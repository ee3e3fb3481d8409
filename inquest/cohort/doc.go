// Package cohort names the likely common exposure of stolen keys: from whom, over which time, or in which copy they leaked.
//
// It is pure computation over what it is given: all keys that there are, deleted ones too, and those of them that were used
// by a thief (victims). It owns no state, asks nobody and gives the same answer for the same input, to the bit on one kind of
// machine. No money is here, so numbers may be floats.
//
// A hypothesis names a set of m of all N keys. If the victims had nothing to do with it, each would be in the set with
// probability m/N; the likelihood ratio says how much better the share that was found explains them:
//
//	k ln(θ/q) + (n−k) ln((1−θ)/(1−q)),  θ = k/n,  q = m/N
//
// From it goes a penalty, the logarithm of how many hypotheses of that kind and size are looked at: among forty integrators
// and hundreds of windows some fit by chance. The rest is a score in nats; e to the score is about the odds against chance.
// The margin is the distance to the best hypothesis that is really another, and at most the score itself.
//
// A customer counts once, however many of his keys were used: each of them for its part.
//
// What it refuses: to name a source by a margin below that of Enough, and to say that the venue may act by itself on what
// a few customers could have staged (see MinFirm, Young and Report.Firm).
package cohort
