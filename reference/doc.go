// Package reference tells the engine what outside references say of markets' prices: programs and services that the operator
// names, a file or an address each. Nothing is referred to unless one is named.
//
// A source holds lines, each a price with the time that it is of: see Parse. It is read every Every, and after it failed with
// pauses that grow to MaxPause. What it says becomes a Refer instruction, which the core judges again and writes down; whoever
// wants to know what a mark was made of finds it in the journal.
//
// It owns no state of the venue. A reference widens a mark and never narrows it, but a fresh one also lets a market count as liquid
// for customers worth more than its depth. So whoever controls one can stop a market's trading, and can vouch for a price that
// a thief made: it has to be as trustworthy as the operator. What is still bounded is how it comes in. The package refuses
//
//   - what comes too late or too large: a source gets Patience to answer with MaxBytes at most;
//   - to be led elsewhere: redirects are not followed, no proxy of the environment is used, and http goes to this machine alone;
//   - prices of the future and prices that are no longer fresh, whenever they were read; prices that say the same time twice and
//     differ; prices of markets for which the operator expects none;
//   - to let sources contradict each other in turn: a market's price is of the source that was named first, of the next when that
//     has said nothing for as long as a price is fresh, and so on;
//   - to fill log or journal: one price a market and source each time, and a line of log in TellEvery.
//
// What an address has behind its host may be secret and is never told.
package reference
