package gift

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/clock"
)

// Order asks for codes of one amount each, as its ways in have it in words.
type Order struct {
	Asset   string // symbol
	Amount  string // of each, a decimal
	Count   int    // 0 for one
	Expires string // a day, a moment, or a time from now, as clock.End reads it
	Name    string // the issuer's own word for the batch; may be empty
	Message string // to who claims one; may be empty
}

// Mistake is what is wrong with an order.
type Mistake struct {
	Field string // asset, amount, count, expires, name or message
	text  string
}

func (m *Mistake) Error() string { return m.text }

func wrong(field, format string, args ...any) error {
	return &Mistake{field, fmt.Sprintf(format, args...)}
}

// Desk makes codes, for whichever way they are asked for. It may be used from any goroutine.
type Desk struct{ pepper *Pepper }

// NewDesk is a desk that stores codes under a pepper.
func NewDesk(p *Pepper) *Desk { return &Desk{p} }

// Write makes the codes that an order asks for, and the instruction that issues them from an account's balance. Nothing is issued yet;
// the codes are to be shown once it was, and to nobody else. The error is a Mistake.
func (d *Desk) Write(st *core.State, now instruction.Time, a instruction.Account, o *Order) (*instruction.IssueCodes, []Code, error) {
	i := &instruction.IssueCodes{Account: a, Asset: st.AssetNamed(o.Asset)}
	if i.Asset == 0 {
		return nil, nil, wrong("asset", "there is no asset %.20q: assets are written in capitals, such as BTC", o.Asset)
	}
	x := st.Asset(i.Asset)
	var err error
	if i.Amount, err = money.Parse(o.Amount, x.Scale); err != nil || i.Amount <= 0 || i.Amount > money.MaxAmount {
		return nil, nil, wrong("amount", "%.40q is no amount of %s: write a number above 0 with at most %d decimals", o.Amount, x.Symbol, x.Scale)
	}
	n := max(o.Count, 1)
	switch {
	case o.Count < 0 || n > instruction.MaxCodes:
		return nil, nil, wrong("count", "1 to %d codes are issued at once", instruction.MaxCodes)
	case gate.Worth(i.Amount, n) > money.MaxAmount:
		return nil, nil, wrong("amount", "so many codes are worth more than there can be")
	case o.Expires == "":
		return nil, nil, wrong("expires", "say when codes expire that nobody claims, such as 30d or 2027-01-31")
	}
	if i.Expires, err = clock.End(o.Expires, now); err != nil {
		return nil, nil, wrong("expires", "%v", err)
	}
	if i.Client, err = instruction.ClientIDOf(o.Name); err != nil {
		return nil, nil, wrong("name", "the name of a batch has at most %d of the characters a-z A-Z 0-9 . : / _ -", instruction.MaxClientID)
	}
	if err := CheckMessage(o.Message); err != nil {
		return nil, nil, wrong("message", "%v", err)
	}
	codes := make([]Code, n)
	for k := range codes {
		codes[k] = NewCode()
		i.Codes = append(i.Codes, instruction.NewCode{Hash: d.pepper.Hash(codes[k]), Message: codes[k].seal(i.Asset, i.Amount, o.Message)})
	}
	return i, codes, nil
}

// Hash is what is stored of a code.
func (d *Desk) Hash(c Code) instruction.CodeHash { return d.pepper.Hash(c) }

// Ended says how a code of its issuer's stands: LIVE, CLAIMED, RETURNED or EXPIRED.
func Ended(state instruction.CodeState, expired bool) string {
	if expired {
		return "EXPIRED"
	}
	return state.String()
}
