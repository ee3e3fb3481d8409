package owner

import (
	"portcullis/core/instruction"
	"portcullis/internal/strict"
)

// Route is one request of the API.
type Route struct {
	Method, Path string
	Kind         instruction.Kind // of the instruction that it becomes; 0 for one that only reads
}

// route is a Route with its words and with what answers it.
type route struct {
	Route
	summary string
	in, out any // zero values of what is asked and answered; in is nil for what has no body
	serve   func(*Server, *call) (any, *refusal)
}

// routes are all requests.
var routes = []route{
	asks("waiting", "What waits, for time or for your word", (*Server).waiting),
	asks("keys", "Your keys, deleted ones included", (*Server).keys),
	asks("accounts", "Your accounts, and how long what you add waits", (*Server).accounts),
	asks("addresses", "Where withdrawals may go", (*Server).addresses),
	asks("budgets", "What your keys and accounts may lose, what of it is gone, and when it comes back", (*Server).budgets),
	asks("markets", "Markets whose prices are not relied on for you, and which of them you named", (*Server).markets),
	asks("proceeds", "What is held since you gained it from a key that is taken for stolen, until when, and how to appeal", (*Server).proceeds),
	asks("codes", "Gift codes that your accounts issued, and how they stand", (*Server).codes),
	issues("codes/issue", "Issue gift codes: their worth leaves the balance at once, and whoever brings one may have it", (*Server).issueCodes),
	says("codes/return", instruction.KindReturnCode, "Take back a gift code that nobody has claimed", (*Server).returnCode),
	says("answer", instruction.KindAnswer, "Say yes or no to what waits", (*Server).answerMatter),
	says("keys/change", instruction.KindChangeMandate, "Give a key another mandate: what it takes away is gone at once, what it adds waits", (*Server).changeKey),
	says("keys/renew", instruction.KindRenewKey, "Say that a key is still wanted, for another year", (*Server).renewKey),
	says("keys/quarantine", instruction.KindQuarantineKey, "Leave a key nothing but reading and cancelling, and cancel its open orders", (*Server).quarantineKey),
	says("keys/restore", instruction.KindRestoreKey, "End a quarantine", (*Server).restoreKey),
	says("keys/revoke", instruction.KindRevokeKey, "Delete a key for ever, and cancel its open orders", (*Server).revokeKey),
	says("accounts/lock", instruction.KindLockAccount, "Leave all keys of an account nothing but reading and cancelling; its orders stay", (*Server).lock),
	says("accounts/unlock", instruction.KindUnlockAccount, "End a lock", (*Server).unlock),
	says("budgets/set", instruction.KindSetBudget, "Say what a key or an account may lose: less at once, and more too up to 5%; beyond that after the wait", (*Server).setBudget),
	says("budgets/confirm", instruction.KindConfirmBudget, "Say that what was lost so far was meant, so that the limit between two confirmations begins anew", (*Server).confirmBudget),
	says("markets/name", instruction.KindNameMarket, "Let what you receive in a thin market count for something, up to a cap", (*Server).nameMarket),
	says("markets/unname", instruction.KindNameMarket, "End that", (*Server).unnameMarket),
	says("proceeds/appeal", instruction.KindAppealProceeds, "Say why what is held should not be", (*Server).appeal),
	says("wait", instruction.KindSetWait, "Say how long what you add waits", (*Server).setWait),
	says("addresses/add", instruction.KindAddAddress, "Add an address to an address book, after the wait", (*Server).addAddress),
	says("addresses/remove", instruction.KindRemoveAddress, "Take an address out of the book at once", (*Server).removeAddress),
}

// Routes are all requests that are signed.
func Routes() []Route {
	list := make([]Route, len(routes))
	for i := range routes {
		list[i] = routes[i].Route
	}
	return list
}

// asks is a request that only reads.
func asks[Out any](path, summary string, read func(*Server, *call) (Out, *refusal)) route {
	var out Out
	return route{Route: Route{Method: "GET", Path: Path + "v1/" + path}, summary: summary, out: out, serve: func(s *Server, c *call) (any, *refusal) {
		if len(c.body) > 0 {
			return nil, malformed("This request only reads, and has no body.")
		}
		return read(s, c)
	}}
}

// says is a request that becomes an instruction.
func says[In any](path string, kind instruction.Kind, summary string, means func(*Server, *call, *In) (instruction.Instruction, *refusal)) route {
	var in In
	return route{Route: Route{Method: "POST", Path: Path + "v1/" + path, Kind: kind}, summary: summary, in: in, out: Done{}, serve: func(s *Server, c *call) (any, *refusal) {
		var in In
		if err := strict.Decode(c.body, &in); err != nil {
			return nil, malformed(sentence(err))
		}
		i, no := means(s, c, &in)
		if no != nil {
			return nil, no
		}
		return s.do(c, i)
	}}
}

// issues is a request that becomes an instruction, and shows what nobody can be shown again.
func issues[In, Out any](path, summary string, serve func(*Server, *call, *In) (Out, *refusal)) route {
	var in In
	var out Out
	return route{Route: Route{Method: "POST", Path: Path + "v1/" + path, Kind: instruction.KindIssueCodes}, summary: summary, in: in, out: out, serve: func(s *Server, c *call) (any, *refusal) {
		var in In
		if err := strict.Decode(c.body, &in); err != nil {
			return nil, malformed(sentence(err))
		}
		return serve(s, c, &in)
	}}
}
