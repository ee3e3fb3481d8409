package operator

import (
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// SetFees sets what the accounts of a tier pay. Fees are fractions of a fill ("0.001" is 0.1%); a maker's below 0 is a rebate.
type SetFees struct {
	Tier    uint8    `json:"tier"`    // 1 to 32; 0: the markets' own fees
	Symbols []string `json:"symbols"` // empty: every market there is
	Maker   string   `json:"maker"`
	Taker   string   `json:"taker"`
}

// SetTier puts an account, and with it its sub-accounts, into a tier.
type SetTier struct {
	Account uint32 `json:"account"`
	Tier    uint8  `json:"tier"`
}

// Fee is what the accounts of a tier pay in a market.
type Fee struct {
	Tier   uint8  `json:"tier"`
	Symbol string `json:"symbol"`
	Maker  string `json:"maker"`
	Taker  string `json:"taker"`
	FeeIn  string `json:"fee_in"`
}

// Fees answers FeesList: tier 0 in each market, and the tiers that have fees of their own there.
type Fees struct {
	Fees []Fee `json:"fees"`
}

// rates reads two fees.
func rates(maker, taker string) (m, t money.PPM, bad *problem) {
	fraction := core.Asset{Symbol: "a fraction", Scale: feeScale}
	for _, x := range []struct {
		field, text string
		into        *money.PPM
	}{{"maker fee", maker, &m}, {"taker fee", taker, &t}} {
		digits, negative := strings.CutPrefix(x.text, "-")
		n, err := money.Parse(digits, feeScale)
		if err != nil {
			return 0, 0, badNumber(x.field, x.text, fraction, err)
		}
		if n >= money.Amount(money.Whole) {
			return 0, 0, wrong("malformed-definition", "A fee is a fraction below 1, such as 0.001 for 0.1%%, and the %s is %q.", x.field, x.text)
		}
		*x.into = money.PPM(n) // #nosec G115 -- below a million
		if negative {
			*x.into = -*x.into
		}
	}
	return m, t, nil
}

func (s *Server) setFees(c *caller, in *SetFees) (Outcome, *problem) {
	maker, taker, bad := rates(in.Maker, in.Taker)
	if bad != nil {
		return Outcome{}, bad
	}
	if len(in.Symbols) > instruction.MaxMandateMarkets {
		return Outcome{}, wrong("malformed-command", "One command names at most %d symbols, or none for all.", instruction.MaxMandateMarkets)
	}
	list, bad := s.markets(in.Symbols)
	if bad != nil {
		return Outcome{}, bad
	}
	return s.do(c, &instruction.SetFees{Tier: instruction.Tier(in.Tier), Markets: list, Maker: maker, Taker: taker}, nil)
}

func (s *Server) setTier(c *caller, in *SetTier) (Outcome, *problem) {
	return s.do(c, &instruction.SetTier{Account: instruction.Account(in.Account), Tier: instruction.Tier(in.Tier)}, nil)
}

func (s *Server) listFees(*caller, *Nothing) (Fees, *problem) {
	r := Fees{Fees: []Fee{}}
	bad := s.read(func(st *core.State) {
		for _, m := range st.Markets() {
			feeIn := market(st, m).FeeIn
			for t := instruction.Tier(0); t <= instruction.MaxTier; t++ {
				if t != 0 && !m.HasTier(t) {
					continue
				}
				x := m.Rates(t)
				r.Fees = append(r.Fees, Fee{
					Tier: uint8(t), Symbol: m.Symbol, FeeIn: feeIn,
					Maker: money.Amount(x.Maker).Text(feeScale), Taker: money.Amount(x.Taker).Text(feeScale),
				})
			}
		}
	})
	return r, bad
}
