package operator

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/mandate"
)

// ListWaiting asks for what waits, for time or for an owner's word, at most about MaxPage at once.
type ListWaiting struct {
	Account uint32 `json:"account"` // with its sub-accounts; 0: all
	After   uint32 `json:"after"`   // Next of the page before
}

// Matter is something that waits.
type Matter struct {
	Matter     uint64 `json:"matter"` // its number
	Kind       string `json:"kind"`   // WIDENING, NEW_ADDRESS, SHORTER_WAIT, OUTGOING or HIGHER_BUDGET
	Account    uint32 `json:"account"`
	Ref        string `json:"ref"` // of the account
	Key        uint32 `json:"key,omitempty"`
	Payout     uint64 `json:"payout,omitempty"`
	By         uint32 `json:"by,omitempty"` // the key that asked for it; 0: the operator
	What       string `json:"what"`         // in words
	Due        string `json:"due"`          // when the wait is over by the calendar, if waits do not stand still until then
	Unanswered string `json:"unanswered"`   // what comes of it when nobody answers until then: HOLDS or ENDS
}

// WaitingShown answers WaitingList.
type WaitingShown struct {
	Waiting []Matter `json:"waiting"`          // by account, then by number
	Frozen  string   `json:"frozen,omitempty"` // since when waits stand still; nothing comes due meanwhile
	More    bool     `json:"more"`             // ask again after Next
	Next    uint32   `json:"next,omitempty"`
}

// SayNo stops what waits. A yes is its owner's alone.
type SayNo struct {
	Matter uint64 `json:"matter"`
}

// lookAt is how many accounts are looked at for one page: nobody waits for more than that.
const lookAt = 20_000

func (s *Server) listWaiting(_ *caller, in *ListWaiting) (WaitingShown, *problem) {
	r := WaitingShown{Waiting: []Matter{}}
	if in.Account != 0 {
		if bad := s.accountExists(in.Account); bad != nil {
			return r, bad
		}
	}
	bad := s.read(func(st *core.State) {
		r.Frozen = text(st.Clock().Frozen)
		if a := instruction.Account(in.Account); a != 0 {
			r.add(st, a)
			for _, sub := range st.SubAccounts(a) {
				r.add(st, sub)
			}
			return
		}
		last := uint32(st.Accounts())
		n := in.After
		for ; n < last && n-in.After < lookAt && len(r.Waiting) < MaxPage; n++ {
			r.add(st, instruction.Account(n+1))
		}
		if r.More = n < last; r.More {
			r.Next = n
		}
	})
	return r, bad
}

// add adds what waits of an account.
func (r *WaitingShown) add(st *core.State, a instruction.Account) {
	for _, id := range st.Matters(a) {
		m := st.Matter(id)
		x := Matter{
			Matter: uint64(id), Kind: m.Kind.String(), Account: uint32(a), Ref: st.Account(a).Ref, Key: uint32(m.Credential), Payout: uint64(m.Payout), By: uint32(m.By),
			What: waits(st, m), Due: text(st.Clock().Wall(m.Due)), Unanswered: "HOLDS",
		}
		if m.Ask {
			x.Unanswered = "ENDS"
		}
		r.Waiting = append(r.Waiting, x)
	}
}

// waits is what waits, in words.
func waits(st *core.State, m *instruction.Matter) string {
	symbol := ""
	a := st.Asset(m.Asset)
	if a != nil {
		symbol = a.Symbol
	}
	to := m.To.Address + " on " + m.To.Chain
	if m.To.Tag != "" {
		to += ", tag " + m.To.Tag
	}
	switch m.Kind {
	case instruction.Widening:
		return fmt.Sprintf("key %d is to get the mandate: %s", m.Credential, mandate.Words(st, &m.Mandate))
	case instruction.NewAddress:
		return fmt.Sprintf("withdrawals of %s are to be allowed to %s", symbol, to)
	case instruction.ShorterWait:
		return fmt.Sprintf("what the customer adds is to wait for %d hours only", m.Wait/(instruction.Day/24))
	case instruction.HigherBudget:
		whose := fmt.Sprintf("account %d", m.Account)
		if m.Credential != 0 {
			whose = fmt.Sprintf("key %d", m.Credential)
		}
		return fmt.Sprintf("%s is to be able to lose %s and to pay %s in fees in 24 hours", whose, m.Budget.Loss.Percent(), m.Budget.Fees.Percent())
	case instruction.Outgoing:
		amount := symbol
		if p := st.Payout(m.Payout); p != nil && a != nil {
			amount = p.Amount.Text(a.Scale) + " " + symbol
		}
		return fmt.Sprintf("withdrawal %d of %s to %s, asked for with key %d", m.Payout, amount, to, m.Credential)
	}
	return ""
}

func (s *Server) sayNo(c *caller, in *SayNo) (Outcome, *problem) {
	r, bad := s.do(c, &instruction.Answer{Matter: instruction.MatterID(in.Matter)}, nil)
	if bad != nil && bad.outcome.Refusal.Code == instruction.UnknownMatter.String() {
		bad.outcome.Refusal.Sentence = fmt.Sprintf("Nothing of the number %d waits; portcullis waiting lists what does.", in.Matter)
	}
	return r, bad
}
