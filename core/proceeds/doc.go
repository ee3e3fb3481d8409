// Package proceeds says what others gained from each key, and what is held of that where the key is taken for stolen.
//
// It owns three things. For each key that traded at prices that are not fair: who gained from it, by market, in the last
// Span. For each market: the moves of its price, and who sold into one that went up, or bought into one that went down. And
// the holds: of each what was gained, what of that is held where, until when, and what its owner says to it.
//
// A fair price is what its caller says that lags behind the trades: nothing that the thief does now moves it. What lies within
// it and the slack that it is told counts as nothing at all, so that honest trades leave no trace here and cost one comparison.
// Gains are counted in the quote asset and netted: what somebody lost back to the key is taken off.
//
// # Floods
//
// MaxGainers are named for a key and a market. Where one more comes, the least that is named is taken off everybody's
// gain, and his, until there is room (Misra and Gries). So nobody pushes another out by many small gains: whoever gained
// more than one part in MaxGainers+1 of all that was gained is named, what is named of him is never more than he gained, and
// at most such a part is missing. What is gained by no one who is named is known as a sum (Unnamed), to the unit.
//
// # Invariants
//
// What is claimed of all together is never more than the key lost in that market, net of what it won there, in the time that
// counts; of those who followed the move likewise, apart. Claiming takes what is claimed away: nothing is claimed twice. What
// is held for a claim never covers more than the claim. What expired changes no answer and no byte of the persisted form.
//
// It refuses to know of balances: package core holds and frees. One goroutine uses a Proceeds at a time.
package proceeds
