package venue

import (
	"context"
	"net/http"
	"net/netip"

	"portcullis/core/instruction"
	"portcullis/venue/fair"
)

// line is whose turn it is before the engine: an account's keys, or a customer's owner. The owner's word waits in a line of
// its own, so that nobody who floods the venue with a stolen key keeps it from being heard.
type line struct {
	account instruction.Account
	owner   bool
}

// OwnerTurn waits until a customer's own word may go to the engine; leave must then be called. The error is one of package
// fair, or the context's.
func (v *Venue) OwnerTurn(ctx context.Context, customer instruction.Account) (leave func(), err error) {
	if err := v.turns.Enter(ctx, line{customer, true}, fair.Urgent); err != nil {
		return nil, err
	}
	return v.turns.Leave, nil
}

// Client is the network address that a request comes from, and the fingerprint of its client.
func (v *Venue) Client(r *http.Request) (netip.Addr, uint64) {
	return ClientAddr(r, v.proxies), fingerprint(r)
}

// Weigh has a request to what stands beside the API weigh so much. Where its address has used up its minute, it gives the
// status to refuse it with, and after how many seconds to come again; else 0.
func (v *Venue) Weigh(r *http.Request, weight int) (status int, wait int64) {
	if _, err := v.limits.weigh(v.engine.Now(), ClientAddr(r, v.proxies), weight); err != nil {
		v.metrics.refused(err)
		return err.Status, err.RetryAfter
	}
	return 0, 0
}
