// Package adversary searches for the worst that a thief can do with a customer's trading keys.
//
// The thief holds keys of the victim, has accounts and keys of his own and ten times the victim's capital, knows the fair
// prices, and has months of simulated time. What he does is a Plan: moves with parameters, drawn at random, and then bettered by
// changing the best. Search tries plan after plan, each on a floor of its own, and keeps what took most of what the loss
// budget is to bound: what the victim lost, by fair prices, in the worst 24 hours, between two confirmations by the owner,
// and overall.
//
// It owns nothing that outlives a try. The same options give the same tries, one after the other, to the byte; only how many
// of them there is time for is the caller's. While a try runs, what the venue charges for each fill is held against what was
// really lost by it, and afterwards all laws of the state are checked.
//
// It refuses no plan: what the venue does not let happen does not happen.
package adversary
