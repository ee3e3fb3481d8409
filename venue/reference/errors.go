package reference

// code is an error of the dialect.
type code struct {
	number int
	status int // HTTP status that it mostly comes with
	about  string
}

// codes are all errors that the venue's answers may have, by number.
var codes = []code{
	{-1000, 500, "Something unknown went wrong; the outcome is unknown."},
	{-1001, 500, "The request could not be processed; try again."},
	{-1002, 401, "The account or key may not do this; the text says what is missing."},
	{-1003, 429, "Too much request weight. With 418 the address is banned until the time that Retry-After says; each ban is twice as long as the one before, from two minutes to three days."},
	{-1006, 502, "The record of the request may or may not be on disk: the outcome is unknown. Ask for the order."},
	{-1008, 503, "The venue is too busy, or its disk is full; the text says whether the request was carried out."},
	{-1013, 400, "A filter of the symbol is not kept; the text names it."},
	{-1014, 400, "The order's fields do not go together."},
	{-1015, 429, "Too many unfilled orders; Retry-After says when there is room."},
	{-1016, 503, "The venue is stopping, or has stopped."},
	{-1020, 400, "The venue does not offer this; the text says what there is instead. Paths that do not exist have 404, methods 405."},
	{-1021, 400, "timestamp is outside of recvWindow, or more than a second ahead."},
	{-1022, 400, "The signature is not the key's over the bytes that were sent."},
	{-1034, 429, "Too many connections from this address."},
	{-1100, 400, "A character that is not allowed there."},
	{-1101, 400, "Too many parameters, or one that was sent twice: neither is taken. Bodies that are too long have 413."},
	{-1102, 400, "A mandatory parameter is missing."},
	{-1104, 400, "A parameter that nobody knows; the text names it."},
	{-1105, 400, "A parameter that is empty."},
	{-1106, 400, "A parameter that this type of order has no use for."},
	{-1108, 400, "A number that is too large."},
	{-1111, 400, "More places than the asset has."},
	{-1115, 400, "No such timeInForce."},
	{-1116, 400, "No such order type, or the symbol does not take it."},
	{-1117, 400, "No such side."},
	{-1120, 400, "No such interval."},
	{-1121, 400, "No such symbol."},
	{-1122, 400, "No such symbolStatus."},
	{-1125, 400, "No such listenKey of this account."},
	{-1127, 400, "startTime and endTime are too far apart."},
	{-1128, 400, "Optional parameters that do not go together."},
	{-1130, 400, "A parameter whose value is none of the legal ones; the text says which those are."},
	{-1131, 400, "recvWindow is above 60000."},
	{-1134, 400, "strategyType is below 1,000,000."},
	{-1135, 400, "JSON that is not well formed."},
	{-1139, 400, "No such type of ticker."},
	{-1145, 400, "No such cancelRestrictions."},
	{-1151, 400, "A symbol is in the list twice."},
	{-1158, 400, "An order type that the list does not take."},
	{-1160, 400, "An icebergQty without GTC."},
	{-1168, 400, "A parameter that this list cannot have."},
	{-1194, 400, "No such time unit."},
	{-1196, 400, "The list has no orders that go together."},
	{-1197, 400, "The list's legs are the wrong way round."},
	{-1220, 400, "The symbol is doing something else than symbolStatus."},
	{-2010, 400, "The order was refused: nothing was placed. The text says why and what the owner can do."},
	{-2011, 400, "The cancel was refused; the order stands as it did."},
	{-2013, 400, "No such order of this account."},
	{-2014, 401, "What was sent as an API key cannot be one."},
	{-2015, 401, "The key, its address or its right is at fault; the text says which, and what the owner can do."},
	{-2021, 409, "Of cancel and new order one was done and one not."},
	{-2022, 400, "Of cancel and new order neither was done."},
	{-2035, 400, "This account is being listened to on this connection already."},
	{-2036, 400, "There is no such subscription."},
	{-2038, 400, "The order was not amended and stands as it did. The text says why."},
	{-2043, 400, "No symbol has a reference price."},
	{-4008, 400, "The asset's chain has no tags: what asks for one is another chain."},
	{-4015, 400, "Too many of the account's withdrawals wait or are under way, or the customer owes of a deposit that its chain undid."},
	{-4018, 400, "No such asset."},
	{-4022, 400, "The withdrawal is less than withdrawMin. Nothing was sent."},
	{-4023, 400, "The withdrawal is more than the key may send, and nobody can confirm it. Nothing was sent."},
	{-4026, 400, "Not enough of the asset is free."},
	{-4033, 400, "The address or tag cannot be one, is one of another chain, or is the venue's own; the text says which. Nothing was sent."},
	{-4035, 400, "The address is not in the account's address book. Nothing was sent."},
	{-4036, 400, "The address is in the book, and its wait is not over; the text says until when. Nothing was sent."},
}

func codeOf(number int) *code {
	for i := range codes {
		if codes[i].number == number {
			return &codes[i]
		}
	}
	return nil
}
