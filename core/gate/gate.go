// Package gate says of every instruction whether it may pass: its verdict, with reasons. It is the one place where that
// is decided; what it lets through can still come to nothing for want of money or a sensible price.
//
// What it judges today, in this order: whether a signed request is in time and new; whether the operator has dropped the
// class of instructions; standing (is the credential known, alive, in time, not in quarantine, locked or aged, and not where
// deleted keys of others are used); then the mandate (right, network, market, caps on what is traded, accounts of a transfer,
// caps and address of a withdrawal). It owns the memory of requests taken up, the drops, and what counts against the caps of
// keys that have any. It is asked inside the single writer, has no clock of its own, and changes nothing while it judges.
//
// It fails closed for what moves money. An expired key still reads and cancels, so that nobody is locked in with open
// orders.
package gate

import (
	"net/netip"
	"slices"

	"portcullis/core/instruction"
)

// Standing is what the gate must know of a credential.
type Standing struct {
	Known      bool
	Canary     bool
	Legacy     bool
	HMAC       bool             // whoever verifies its signatures could make them
	Revoked    instruction.Time // 0 while it lives
	Account    instruction.Account
	Mandate    *instruction.Mandate // without its end, and its network where it has one alone
	Expires    instruction.Time     // the end of its mandate; 0 for none
	Network    netip.Prefix         // the only one of its mandate; not valid where that has none or several
	Integrator string
	Created    instruction.Time
	Renewed    instruction.Time // by the clock of waits
	Imported   instruction.Time // of a legacy one: when it came here, by the clock of waits
	Quarantine instruction.QuarantineCause
	Incident   instruction.IncidentID // for which it is in quarantine
	Locked     instruction.Account    // its account, or its customer's, where that is locked
}

// Owner says that it is an owner's credential.
func (s *Standing) Owner() bool { return s.Mandate.Rights.Has(instruction.MayOwn) }

// listed says that its owner has named the networks that it comes from.
func (s *Standing) listed() bool { return s.Network.IsValid() || len(s.Mandate.Networks) > 0 }

// within says whether it may come from the address.
func (s *Standing) within(a netip.Addr) bool {
	if s.Network.IsValid() {
		return s.Network.Contains(a.Unmap())
	}
	return Within(s.Mandate.Networks, a)
}

// Venue is where the gate looks up what it judges by.
type Venue interface {
	Standing(instruction.Credential) Standing
	// Customer is the master account of the account's customer, 0 where there is none.
	Customer(instruction.Account) instruction.Account
	// Assets are those of a market, 0 where there is none.
	Assets(instruction.Market) (base, quote instruction.Asset)
	// Withdrawal is how a withdrawal from the account stands.
	Withdrawal(instruction.Account, *instruction.Withdraw) Outgoing
	// Owned says that the account's customer has a living owner's key.
	Owned(instruction.Account) bool
	// Matter is whose account a matter concerns that waits, 0 where there is none.
	Matter(instruction.MatterID) instruction.Account
	// Gainer is the customer of whom something is held under the number as proceeds; 0 where nothing is.
	Gainer(instruction.ProceedsID) instruction.Account
	// Code is what a gift code is worth of which asset, and whose it was; zeros where there is none that is known.
	Code(instruction.CodeHash) (asset instruction.Asset, issuer instruction.Account)
	// Issuer is whose a gift code was, 0 where it is not known.
	Issuer(instruction.CodeID) instruction.Account
	// Asks is what an instruction of a key that exists would trade. It is asked only for keys with caps.
	Asks(instruction.Credential, instruction.Instruction) Asks
	// Locked is the account by whose lock an account is locked, itself or its master; 0 for none.
	Locked(instruction.Account) instruction.Account
	// AtHome says whether the customer of a credential in quarantine had been at home at the address before it was put there.
	AtHome(*instruction.Principal) bool
	// Suspect is how many deleted keys were used from the network of who gives an instruction, where its customer is not at
	// home and they are not all his own; 0 where nothing is suspect there.
	Suspect(*instruction.Principal) int
	// Bears says whether loss budgets and price bands bear what an instruction would trade, and, where they do not, the verdict
	// that says why.
	Bears(*instruction.Principal, instruction.Instruction) (instruction.Verdict, bool)
	// Ruled is what detection rules say of an instruction that all else lets pass with a verdict: that verdict, or a stricter one.
	Ruled(*instruction.Principal, instruction.Instruction, instruction.Verdict) instruction.Verdict
}

// Now is the time of what is judged.
type Now struct {
	Wall  instruction.Time // of the record
	Waits instruction.Time // by which waits and windows go
}

// maxAhead is how far a request's timestamp may lie ahead of the venue's clock.
const maxAhead = instruction.Second

// maxWindow is the longest that a request stays open after its timestamp; a longer wish is cut to it.
const maxWindow = 60 * instruction.Second

// Gate judges. The zero Gate is not ready; see New.
type Gate struct {
	venue    Venue
	requests requests
	drops    drops
	meters   meters
	claims   claims
	off      bool // see NewOff
	detects  bool // see NewDetectors
}

// New is a gate before a venue, where nothing is dropped, that remembers no request.
func New(v Venue) *Gate {
	return &Gate{venue: v, requests: newRequests(), meters: newMeters()}
}

// Before is the same gate before a venue that is looked at in another way. It is to be asked only, and not kept.
func (g *Gate) Before(v Venue) *Gate {
	x := *g
	x.venue = v
	return &x
}

// Judge says whether the instruction may pass now. It does not change the gate; see Remember.
func (g *Gate) Judge(now Now, p *instruction.Principal, in instruction.Instruction) instruction.Verdict {
	n := needs(in)
	switch p.Giver {
	case instruction.ByEngine:
		if n.engine {
			return instruction.Say(instruction.Allow, instruction.EngineClock, 0)
		}
		return deny(instruction.NotForCredentials, int64(in.Kind()))
	case instruction.ByVenue:
		if n.venue {
			return instruction.Say(instruction.Allow, instruction.VenueSaw, 0)
		}
		return deny(instruction.NotForCredentials, int64(in.Kind()))
	case instruction.ByWallet:
		if n.wallet {
			return instruction.Say(instruction.Allow, instruction.WalletSaw, 0)
		}
		return deny(instruction.NotForCredentials, int64(in.Kind()))
	case instruction.ByBearer:
		if !n.bearer {
			return deny(instruction.NotForCredentials, int64(in.Kind()))
		}
		return g.brought(now, p, in)
	case instruction.ByOperator:
		if n.operator {
			return instruction.Say(instruction.Allow, instruction.OperatorWord, int64(p.Operator))
		}
		return deny(instruction.RightMissing, int64(in.Kind()))
	}
	s := g.venue.Standing(p.Credential)
	if n.owns && s.Known && s.Owner() {
		n.right = instruction.MayOwn
	}
	if i, ok := in.(*instruction.ClaimCode); ok {
		n.asset, _ = g.venue.Code(i.Hash)
	}
	switch {
	case g.detects:
		return g.watched(&s, &n, p, in)
	case g.off:
		return g.open(&s, &n, p, in.Kind())
	}
	if v, ok := g.request(now.Wall, p); !ok {
		return v
	}
	if d := g.dropped(p, &s, &n); d != nil {
		v := deny(reasons[d.Class], int64(d.ID))
		if bad, ok := g.standing(now, p, &s, n.cancels); !ok {
			v = v.And(bad.Reason(), bad.Findings()[0].Value).With(bad.Measures)
		}
		return v
	}
	return g.mandate(now, p, &s, &n, in)
}

// request judges whether a signed request is in time and new.
func (g *Gate) request(now instruction.Time, p *instruction.Principal) (instruction.Verdict, bool) {
	if p.Request.IsZero() {
		return instruction.Verdict{}, true
	}
	switch {
	case p.Sent >= now+maxAhead:
		return deny(instruction.RequestTooEarly, int64(p.Sent-now)), false
	case p.Sent < 0: // so far back that the age below could wrap around and seem young
		return deny(instruction.RequestTooOld, int64(now)), false
	case now-p.Sent > min(p.Window, maxWindow):
		return deny(instruction.RequestTooOld, int64(now-p.Sent)), false
	case g.requests.has(&p.Request, closes(p)):
		return deny(instruction.RequestSeen, int64(p.Sent)), false
	case g.requests.full():
		return deny(instruction.LossyWindow, maxRequests), false
	}
	return instruction.Verdict{}, true
}

// mandate judges standing and mandate of a credential.
func (g *Gate) mandate(now Now, p *instruction.Principal, s *Standing, n *need, in instruction.Instruction) instruction.Verdict {
	if n.right == 0 {
		return deny(instruction.NotForCredentials, int64(in.Kind()))
	}
	v, ok := g.standing(now, p, s, n.cancels)
	m := s.Mandate
	switch {
	case !ok:
		return v
	case n.right == instruction.MayOwn && !s.Owner():
		return deny(instruction.OwnerOnly, int64(in.Kind()))
	case !m.Rights.Has(n.right):
		return deny(instruction.RightMissing, int64(n.right))
	case n.right == instruction.MayOwn:
		return g.said(s, n, p, in)
	case n.code != 0 && g.venue.Issuer(n.code) != s.Account:
		return deny(instruction.UnknownCode, int64(n.code)) // #nosec G115 -- shown as evidence only
	case n.market != 0 && len(m.Markets) > 0 && !slices.Contains(m.Markets, n.market):
		return deny(instruction.MarketNotListed, int64(n.market))
	case n.right == instruction.MayTrade && !n.cancels && len(m.Trades) > 0:
		a := g.venue.Asks(p.Credential, in)
		if r, value := g.TradeCap(now.Waits, p.Credential, m, &a); r != 0 {
			return deny(r, value)
		}
	case n.from != 0 || n.to != 0:
		if bad := g.stranger(s.Account, n); bad != 0 {
			return deny(instruction.AccountNotYours, int64(bad))
		}
		if lock := g.venue.Locked(n.from); lock != 0 {
			return deny(instruction.LockedAccount, int64(lock))
		}
	}
	switch i := in.(type) {
	case *instruction.Withdraw:
		if v = g.withdrawal(now, p, s, i); v.Decision != instruction.Deny {
			v = g.venue.Ruled(p, in, v)
		}
		return v
	case *instruction.IssueCodes:
		if v = g.issue(now, p, s, i); v.Decision != instruction.Deny {
			v = g.venue.Ruled(p, in, v)
		}
		return v
	case *instruction.ClaimCode:
		return g.claim(now, p, instruction.Say(instruction.Allow, instruction.WithinMandate, int64(m.Rights)))
	}
	if n.right == instruction.MayTrade && !n.cancels {
		if v, ok := g.venue.Bears(p, in); !ok {
			return v
		}
	}
	v = instruction.Say(instruction.Allow, instruction.WithinMandate, int64(m.Rights))
	if n.cancels {
		return v
	}
	return g.venue.Ruled(p, in, v)
}

// word judges an owner's word: it reaches what is the customer's, and nothing else.
func (g *Gate) word(s *Standing, n *need) instruction.Verdict {
	customer := g.venue.Customer(s.Account)
	account := n.account
	switch {
	case n.credential != 0:
		x := g.venue.Standing(n.credential)
		if account = x.Account; g.venue.Customer(account) != customer {
			return deny(instruction.KeyNotYours, int64(n.credential))
		}
	case n.proceeds != 0:
		if account = g.venue.Gainer(n.proceeds); g.venue.Customer(account) != customer {
			return deny(instruction.UnknownProceeds, int64(n.proceeds))
		}
	case n.code != 0:
		if account = g.venue.Issuer(n.code); g.venue.Customer(account) != customer {
			return deny(instruction.UnknownCode, int64(n.code)) // #nosec G115 -- a count from 1, shown as evidence only
		}
	case n.matter != 0:
		if account = g.venue.Matter(n.matter); g.venue.Customer(account) != customer {
			return deny(instruction.UnknownMatter, int64(n.matter)) // #nosec G115 -- a count from 1, shown as evidence only
		}
	}
	if account == 0 || g.venue.Customer(account) != customer {
		return deny(instruction.AccountNotYours, int64(account))
	}
	return instruction.Say(instruction.Allow, instruction.OwnerSaid, int64(account))
}

// MayRead judges a request that only reads. Reads are no instructions: the verdict says what to answer.
func (g *Gate) MayRead(now Now, p *instruction.Principal) instruction.Verdict {
	s := g.venue.Standing(p.Credential)
	if g.off {
		return g.open(&s, &need{right: instruction.MayRead}, p, 0)
	}
	v, ok := g.standing(now, p, &s, true)
	switch {
	case !ok:
		return v
	case !s.Mandate.Rights.Has(instruction.MayRead):
		return deny(instruction.RightMissing, int64(instruction.MayRead))
	}
	return instruction.Say(instruction.Allow, instruction.WithinMandate, int64(s.Mandate.Rights))
}

// stranger is the account of a transfer that the giver, who stands in an account, has no say over; or 0. A master account
// has a say over all of its customer's accounts, a sub-account over what leaves itself.
func (g *Gate) stranger(own instruction.Account, n *need) instruction.Account {
	customer := g.venue.Customer(own)
	switch {
	case g.venue.Customer(n.from) != customer, own != customer && n.from != own:
		return max(n.from, 1)
	case g.venue.Customer(n.to) != customer:
		return max(n.to, 1)
	}
	return 0
}

// Learning is how long after it was brought here a legacy key is not taken for stolen because of where it is used: its
// customer's homes are not known yet.
const Learning = 7 * instruction.Day

// standing judges what does not depend on the instruction; open is for reading and cancelling. An owner's key does not age,
// and neither a lock nor an alarm holds it back: it is the way out of one.
func (g *Gate) standing(now Now, p *instruction.Principal, s *Standing, open bool) (instruction.Verdict, bool) {
	switch {
	case !s.Known:
		return deny(instruction.UnknownCredential, int64(p.Credential)), false
	case s.Canary:
		return deny(instruction.CanaryCredential, int64(p.Credential)).With(instruction.Alarm), false
	case s.Revoked != 0:
		return buried(s, p), false
	case !s.within(p.Addr):
		return deny(instruction.NetworkNotListed, int64(p.Credential)), false
	case open:
		return instruction.Verdict{}, true
	case s.Expires != 0 && now.Wall > s.Expires:
		return deny(instruction.ExpiredCredential, int64(s.Expires)), false
	case g.quarantined(s, p):
		return deny(instruction.QuarantinedKey, int64(s.Incident)), false
	case s.Owner():
		return instruction.Verdict{}, true
	case s.Locked != 0:
		return deny(instruction.LockedAccount, int64(s.Locked)), false
	case now.Waits > s.Renewed+instruction.Year:
		return deny(instruction.AgedKey, int64(s.Renewed)), false
	}
	if deleted := g.suspect(now, p, s); deleted != 0 {
		return deny(instruction.SuspectNetwork, int64(deleted)).With(instruction.Quarantine | instruction.Alarm), false
	}
	return instruction.Verdict{}, true
}

// buried is the verdict on the use of a deleted key: an alarm, unless it was under way while the key lived.
func buried(s *Standing, p *instruction.Principal) instruction.Verdict {
	v := deny(instruction.DeletedCredential, int64(p.Credential))
	if p.Sent == 0 || p.Sent >= s.Revoked {
		v = v.With(instruction.Alarm)
	}
	return v
}

// quarantined says that a key's quarantine holds for who uses it: one by an alarm does not where its customer is at home.
func (g *Gate) quarantined(s *Standing, p *instruction.Principal) bool {
	return s.Quarantine != 0 && !(s.Quarantine == instruction.QuarantinedByAlarm && g.venue.AtHome(p))
}

// suspect is how many deleted keys of others were used where a living key is used that is not at home there, unless its owner
// has named the networks that it comes from, or its customer's homes are not known yet.
func (g *Gate) suspect(now Now, p *instruction.Principal, s *Standing) int {
	if s.Quarantine != 0 || s.listed() || s.Legacy && now.Waits < s.Imported+Learning {
		return 0
	}
	return g.venue.Suspect(p)
}

// Within says whether the address lies in one of the networks; an empty list admits any.
func Within(networks []netip.Prefix, a netip.Addr) bool {
	if len(networks) == 0 {
		return true
	}
	a = a.Unmap()
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// Remember takes note of a request that was judged, so that it is not taken up again while its window is open, and
// forgets those whose window has closed.
func (g *Gate) Remember(now instruction.Time, p *instruction.Principal, v *instruction.Verdict) {
	g.requests.forget(now)
	if p.Request.IsZero() || g.off {
		return
	}
	switch v.Reason() {
	case instruction.RequestTooEarly, instruction.RequestTooOld, instruction.RequestSeen, instruction.LossyWindow:
		return
	}
	g.requests.add(&p.Request, closes(p))
}

// closes is when a request's window does.
func closes(p *instruction.Principal) instruction.Time { return p.Sent + min(p.Window, maxWindow) }

// Fields is the persisted form.
func (g *Gate) Fields(c *instruction.Codec) {
	g.requests.fields(c)
	g.drops.fields(c)
	if c.Since(3) {
		g.meters.fields(c)
	}
	if c.Since(5) {
		g.claims.fields(c)
	}
}

func deny(r instruction.Reason, value int64) instruction.Verdict {
	return instruction.Say(instruction.Deny, r, value)
}
