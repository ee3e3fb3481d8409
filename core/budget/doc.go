// Package budget counts what keys and accounts lose against the mark and pay in fees, and says what they may still lose and
// pay; and what customers acquired and gave in thin markets that they named. What a fill costs, at which marks, and what
// becomes of an order that is not borne is worked out by its caller.
//
// # Meters
//
// There is one meter for each credential and one for each account; a master account's counts for all accounts of its customer.
// So what a key of a sub-account loses counts three times, and neither another key nor another sub-account makes room for more.
// Each meter has a budget, as a part of equity: its own, or where none was set that of the next, credential, account, master
// account, and at last instruction.DefaultBudget. A master account's is a part of its whole customer's equity, others of their
// account's.
//
// A meter has two limits, for losses and for fees each:
//
//   - In 24 hours: what counts in its window, and what is reserved for open orders, and what is asked for, are at most
//     rate × equity. Windows expire in whole slots: see package window.
//   - Between two confirmations by the owner: likewise all that was lost since the last one, at most instruction.LossDays times
//     (for fees instruction.FeeDays times) as much. What is reserved counts here too, so that an order which was taken up is
//     borne by both limits alike.
//
// Left is the least of them all and says whose it is. Limits follow equity and budgets at once, in both directions; what was
// spent stays spent, and where it is more than the limit nothing is left, not even to orders that reserved something before.
// No equity and no rate leave nothing.
//
// # Gains
//
// A gain, which the caller credits in liquid markets only, takes out of the newest slots that still count, never below zero, and
// as much out of the sum since the last confirmation. So it is given back once: not again when a slot expires, not against
// what comes later, and not of what had expired. Hence what counts is at any time at least what was lost, net, since any moment
// of the last 24 hours, and since any moment after the last confirmation. Fees are never given back.
//
// # Thin markets
//
// Expose counts by whole days, 30 and the one under way, what a customer acquired of a base asset and the worth that left for
// it, both with their signs. Exposure.Net adds the worth that went out, net, to the base asset that went out, net, at its
// high. That is more than the net quantity at its price, on purpose: a thief who buys from himself at a pumped price and sells
// back at a dumped one ends with no net quantity, and may begin again; each such cycle takes all that the cap allows. The worth
// that went out stays out, so all cycles of 30 days together take at most the cap. TestCycles shows both.
//
// Net is also never less than what may have been lost since any later day that counts: were it not, a sale before the price
// fell would leave a credit that a thief could take on top of the cap. What holds is this: whatever one unit of the asset is
// worth, if it is the same for as long as is looked at and no more than the high, what was lost since any day that counts is
// at most Net. What changes of worth do to a position is no loss that is counted here; and a high that was talked down for as
// long as it looks back bounds only the worth that goes out, not what the asset was worth before.
//
// # State
//
// One goroutine uses Budgets at a time. Charges, budgets, confirmations, names and trades are state, and Fields is their
// persisted form. What is reserved is derived from the books: whoever reads Fields reserves anew. Asking changes nothing.
// Times are the clock of waits; while it stands still nothing comes back.
//
// Amounts are in units of the valuation asset. They stop at money.MaxAmount and never wrap; a sum that stopped there is not known
// any more, and no gain lowers it. Each meter takes 320 bytes, an id without one 4 at most, and only a first charge allocates.
//
// The package refuses a budget below nothing or above the whole of equity, and bytes that it would not have written. More freed
// than was reserved is a fault of the caller, which Check tells from then on.
package budget
