package instruction

// What many features share. A count over a window is decayed: each thing counts for e^(-age/window), so that a steady rate
// reads as what it makes in one window, and nothing falls out at a stroke.
const (
	flag  = "0 or 1"
	hours = "hours"
	bips  = "basis points"

	perMille = "per mille of equity"
	percent  = "percent"

	atOnce = "now"
	in5m   = "5 minutes, decayed"
	in1h   = "1 hour, decayed"
	in24h  = "24 hours, decayed"
	in90d  = "90 days"
	ever   = "since it began"
)

// features has each feature's facts, by its number.
var features = [...]FeatureFacts{
	RequestOrder:      {"request.order", flag, atOnce, "The request places or replaces an order, or places a list of them. Amendments only make orders smaller: rules are not asked about them.", "request.order == 1 && key.loss_1h > 20", true},
	RequestWithdrawal: {"request.withdrawal", flag, atOnce, "The request withdraws to an address outside, or issues gift codes.", "request.withdrawal == 1 && key.network_new == 1", true},
	RequestTransfer:   {"request.transfer", flag, atOnce, "The request moves money to another account of the same customer.", "request.transfer == 1 && account.withdrawals_1h > 3", true},
	RequestWorth:      {"request.worth", perMille, atOnce, "What the order, withdrawal or transfer moves; 0 where that has no known value.", "request.worth > 500", true},
	RequestSlip: {"request.slip", bips, atOnce, "How much worse than the market's lagging fair price the order may trade: by the worst price that it would meet among the " +
		"first 64 orders, or by its limit where a part of it would rest or meet more of them; 0 where it is no worse, and where no fair price is known.", "request.slip > 300 && market.thin == 1", true},
	RequestHosting: {"request.hosting", flag, atOnce, "The client's address lies in the operator's list of hosting networks. Trading bots live there too: by itself it says nothing.", "request.hosting == 1 && key.network_new == 1", true},
	RequestAddressHours: {"request.address_hours", hours, "the last 8 addresses", "How long ago the account first withdrew to the withdrawal's address, or first issued gift codes; 0 where it never did, or " +
		"where eight others were used since, and for what is no withdrawal.", "request.withdrawal == 1 && request.address_hours < 48", true},
	RequestAddressNew: {"request.address_new", flag, "24 hours", "The withdrawal goes to an address that the account first withdrew to less than 24 hours ago, or never; 1 for gift codes likewise, and 0 for what is no withdrawal.", "request.address_new == 1 && key.idle_hours > 720", true},

	KeyAgeHours:     {"key.age_hours", hours, ever, "Since the key was created, here or where it came from.", "key.age_hours < 24", false},
	KeyIdleHours:    {"key.idle_hours", hours, ever, "For how long the key had moved no money before this request; of a key that never did, since it was created.", "key.idle_hours > 2160 && key.network_new == 1", false},
	KeyRenewedHours: {"key.renewed_hours", hours, ever, "Since somebody last said that the key is wanted.", "key.renewed_hours > 4380", false},
	KeyWidenedHours: {"key.widened_hours", hours, ever, "Since the key's mandate was last changed; of one that never was, since it was created.", "key.widened_hours < 24 && request.worth > 200", false},
	KeyLegacy:       {"key.legacy", flag, atOnce, "The key was brought from elsewhere as it was held there.", "key.legacy == 1 && key.network_new == 1", false},
	KeyIntegrated:   {"key.integrated", flag, atOnce, "The key was made for a third party.", "key.integrated == 1 && integrator.strangers_1h > 5", false},
	KeyNetworkNew: {"key.network_new", flag, in90d, "The key first moved money from this network less than 24 hours ago, or has not done so within 90 days. What a key uses on its first " +
		"day is not new to it; what only reads or cancels makes no network known.", "key.network_new == 1 && request.hosting == 1", true},
	KeyNetworks:     {"key.networks", "networks, at most 7", in90d, "From how many networks the key moved money.", "key.networks >= 5", false},
	KeyNetworkHours: {"key.network_hours", hours, in90d, "Since the key first moved money from this network; 0 where it never did.", "key.network_hours < 72 && request.worth > 300", true},
	KeyMarketNew:    {"key.market_new", flag, in90d, "The key first placed an order in this market less than 24 hours ago, or has not done so within 90 days; not so of what it used on its first day.", "key.market_new == 1 && market.thin == 1", true},
	KeyMarkets:      {"key.markets", "markets, at most 6", in90d, "In how many markets the key placed orders.", "key.markets == 0", false},
	KeyOrders5m:     {"key.orders_5m", "orders", in5m, "How many orders the key placed.", "key.orders_5m > 200", false},
	KeyOrders1h:     {"key.orders_1h", "orders", in1h, "How many orders the key placed.", "key.orders_1h > 10 * key.orders_24h / 24 + 100", false},
	KeyOrders24h:    {"key.orders_24h", "orders", in24h, "How many orders the key placed.", "key.orders_24h == 0", false},
	KeyNotional1h:   {"key.notional_1h", perMille, in1h, "What the key traded, as maker and taker.", "key.notional_1h > 3000", false},
	KeyNotional24h:  {"key.notional_24h", perMille, in24h, "What the key traded, as maker and taker.", "key.notional_24h > 20000", false},
	KeyLoss1h: {"key.loss_1h", perMille, in1h, "What the key's trades lost against the market's lagging fair price, thin or liquid. A fair trade loses nothing; nothing is gained " +
		"back. This is not the loss that budgets count, which is cautious.", "key.loss_1h > 20 && key.partner_share > 60", false},
	KeyLoss24h:      {"key.loss_24h", perMille, in24h, "What the key's trades lost against the market's lagging fair price, as key.loss_1h.", "key.loss_24h > 50", false},
	KeyPartnerShare: {"key.partner_share", percent, in24h, "How much of what the key traded was with its biggest counterparty, all accounts of a customer together; told up to a quarter too low where there are many.", "key.partner_share > 80 && key.notional_1h > 200", false},
	KeyPartners:     {"key.partners", "customers, at most 3", in24h, "With how many counterparties the key traded.", "key.partners == 1", false},
	KeyDenied1h:     {"key.denied_1h", "requests", in1h, "How many requests of the key, signed by it, were denied.", "key.denied_1h > 20", false},
	KeyBurst: {"key.burst", "hundredths of a nat", ever, "How strongly the key's orders speak for a rate four times its own usual one (a CUSUM): each adds 139, and time takes off three " +
		"times its usual rate. The usual rate is that of seven days, at least 6 orders an hour. At most 10,000.", "key.burst > 3000", false},
	KeySprt: {"key.sprt", "hundredths of a nat", ever, "How strongly the key's orders speak for somebody who trades badly on purpose (an SPRT): one that was filled more than 100 basis points " +
		"worse than fair adds 322, any other takes off 34, each once; from 0 to 10,000.", "key.sprt > 1300", false},

	AccountAgeHours:       {"account.age_hours", hours, ever, "Since the account was opened.", "account.age_hours < 24", false},
	AccountLoss1h:         {"account.loss_1h", perMille, in1h, "What the trades of all its keys lost, as key.loss_1h.", "account.loss_1h > 30", false},
	AccountLoss24h:        {"account.loss_24h", perMille, in24h, "What the trades of all its keys lost, as key.loss_1h.", "account.loss_24h > 80", false},
	AccountPartnerShare:   {"account.partner_share", percent, in24h, "How much of what the account traded was with its biggest counterparty, as key.partner_share; told up to a ninth too low.", "account.partner_share > 70", false},
	AccountWithdrawals1h:  {"account.withdrawals_1h", "withdrawals", in1h, "How many withdrawals were taken up, and batches of gift codes issued.", "account.withdrawals_1h >= 5", false},
	AccountWithdrawals24h: {"account.withdrawals_24h", "withdrawals", in24h, "How many withdrawals were taken up, and batches of gift codes issued.", "account.withdrawals_24h >= 20", false},
	AccountWithdrawn24h:   {"account.withdrawn_24h", perMille, in24h, "What was withdrawn, or issued as gift codes.", "account.withdrawn_24h > 500 && request.address_new == 1", false},

	MarketVolumeBurst: {"market.volume_burst", percent, "60 minutes", "The last hour's volume against the mean of the whole hours of the last 7 days; 0 in a market's first hour.", "market.volume_burst > 1000 && market.range_1h > 150", true},
	MarketRange1h:     {"market.range_1h", "per mille of the highest price", "60 minutes", "How far apart the highest and the lowest price lay.", "market.range_1h > 150", true},
	MarketThin:        {"market.thin", flag, atOnce, "The market is not liquid, as its operator says.", "market.thin == 1 && key.market_new == 1", true},
	MarketTakerShare:  {"market.taker_share", percent, in1h, "How much of the market's volume its biggest taker took.", "market.taker_share > 60 && market.volume_burst > 500", true},
	MarketKnown:       {"market.known", flag, atOnce, "A lagging fair price is known. Where none is, slip and loss are 0.", "market.known == 0 && request.worth > 100", true},

	NetworkTombstones:   {"network.tombstones", "keys, at most 8", "30 days", "How many deleted keys and decoys were used from there.", "network.tombstones >= 1", true},
	NetworkKeys1h:       {"network.keys_1h", "keys", in1h, "How many keys moved money from there, each once in an hour of the clock.", "network.keys_1h > 50", true},
	NetworkStrangers1h:  {"network.strangers_1h", "keys", in1h, "For how many keys that had moved money from elsewhere before the network was new when they did from there; of one customer once.", "network.strangers_1h >= 3", true},
	NetworkStrangers24h: {"network.strangers_24h", "keys", in24h, "As network.strangers_1h, within a day.", "network.strangers_24h >= 5 && key.network_new == 1", true},
	NetworkDenied1h:     {"network.denied_1h", "requests", in1h, "How many signed requests from there were denied.", "network.denied_1h > 50", true},

	PairTrades24h: {"pair.trades_24h", "trades", in24h, "How often the account traded with the customer whom the order would trade most with, among the first 64 orders that it meets; 0 where it meets none.", "pair.trades_24h > 20", true},
	PairLoss24h:   {"pair.loss_24h", perMille, in24h, "What the account lost to that customer, net of what it gained from him, against fair prices.", "pair.loss_24h > 10", true},
	PairShare:     {"pair.share", percent, in24h, "How much of what the account traded was with that customer.", "pair.share > 60 && pair.loss_24h > 5", true},
	PairAgeHours:  {"pair.age_hours", hours, "the 8 weightiest pairs", "Since the two first traded; 0 where they never did.", "pair.age_hours < 2 && pair.loss_24h > 5", true},

	IntegratorKeys1h:      {"integrator.keys_1h", "keys", in1h, "How many of its keys moved money, each once in an hour of the clock.", "integrator.keys_1h > 1000", false},
	IntegratorStrangers1h: {"integrator.strangers_1h", "keys", in1h, "How many of its keys came from a network that was new for them, as network.strangers_1h.", "integrator.strangers_1h >= 5 && key.network_new == 1", false},
	IntegratorFlagged24h:  {"integrator.flagged_24h", "keys", in24h, "How many of its keys were put into quarantine by an alarm or a rule; of one customer once.", "integrator.flagged_24h >= 3 && key.network_new == 1", false},
	IntegratorLoss1h:      {"integrator.loss_1h", "basis points of what its keys traded", in1h, "What the trades of its keys lost against fair prices.", "integrator.loss_1h > 200", false},
}

// featuresByName has each feature by its name.
var featuresByName = func() map[string]Feature {
	by := make(map[string]Feature, len(features))
	for f := range features {
		if features[f].Name != "" {
			by[features[f].Name] = Feature(f) // #nosec G115 -- the table is short
		}
	}
	return by
}()
