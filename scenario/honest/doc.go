// Package honest measures how often honest people are stopped by loss budgets that they never asked for.
//
// Takers, makers, savers and customers of a thin market trade for days on a floor whose fair prices follow recorded candles
// (or seeded ones, where there are none): thousands of customers at once, each with an account, keys and the default budget,
// and an owner who confirms once a week. What they do comes from a seed. Counted is what was denied because of a budget, and
// what ended or was cut short by one, per kind of customer and turnover, with the 95% upper bound of the rate.
//
// It owns the floor that it drives, and nothing else. It refuses nothing: what the venue does not bear is what it counts.
package honest
