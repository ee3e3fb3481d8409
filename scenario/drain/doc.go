// Package drain replays thefts of October 2022: whoever had an API key that may only trade sold what the account held, bought
// an illiquid coin from himself at a high price and sold it to himself at a low one, thousands of times, until the account was
// empty. Nothing was withdrawn from it.
//
// A replay runs a house.Venue with a live market: makers who quote around fair prices, people who trade, people who buy a
// little every day, and a few who know the illiquid market. Fair prices walk at random; the harness knows them, the venue
// does not, and what was lost is counted by them alone. They, the honest and the thief draw from random streams of their own,
// so that gates compare; the same options give the same result and transcript, to the byte.
//
// A replay owns its state, shares nothing and sends nothing anywhere. What was published of each incident is in its Incident;
// amounts beyond that, prices and the time of day are made up.
package drain
