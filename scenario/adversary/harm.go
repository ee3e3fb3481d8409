package adversary

import (
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/floor"
)

// point is what one fill cost the victim.
type point struct {
	at     instruction.Time
	loss   money.Amount // by fair prices, rebates that others got included; below 0 a gain
	equity money.Amount // before it, by fair prices
}

// harm counts what the victim lost, and what it cost the thief, all by fair prices in units of USDT.
type harm struct {
	f       *floor.Floor
	victim  map[instruction.Account]bool
	helpers map[instruction.Account]bool
	family  []instruction.Account
	points  []point
	periods []int        // where in points each period after a confirmation begins
	fees    money.Amount // that the venue kept of the victim's
	trades  int          // of the victim's
	cost    money.Amount // what the helpers lost to the honest
	lost    money.Amount // by the victim so far
	charged money.Amount // what the venue counted as lost, gains it credited taken off

	equity  money.Amount // of the victim before the record
	within  [8]bool      // by market: its middle was within the admitted error of fair when the record began
	pending *owed
	broken  []string // what did not hold
}

// owed is a fill of the victim's that the venue has to charge.
type owed struct {
	market  instruction.Market
	trade   instruction.Trade
	account instruction.Account
	loss    money.Amount
	sure    bool // the marks were within their error, so that the charge must cover the loss
	at      instruction.Time
}

// before looks at what the victim has, and at the prices that the venue will judge by.
func (h *harm) before() {
	h.equity = h.f.Equity(h.family...)
	for m := floor.BTCUSDT; m <= floor.ETHBTC; m++ {
		mid, fair := int64(h.f.Mid(m)), int64(h.f.Fair.In(m, 0))
		off := mid - fair
		h.within[m] = mid != 0 && max(off, -off) <= fair/1_000_000*int64(h.admitted())
	}
}

// admitted is the error that the tier's liquid marks admit.
func (h *harm) admitted() money.PPM {
	if h.f.Options.Tier == floor.Alone {
		return instruction.ErrorUnreferred
	}
	return instruction.ErrorReferred
}

// hear sees each event of the floor.
func (h *harm) hear(r *instruction.Record, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.Filled:
		h.settle()
		h.fill(r.Time, e)
	case *instruction.Charged:
		h.charge(e)
	case *instruction.BudgetConfirmed:
		if h.victim[e.Account] && e.Credential == 0 {
			h.periods = append(h.periods, len(h.points))
		}
	}
}

// fill tells what a match cost the victim and the helpers.
func (h *harm) fill(at instruction.Time, e *instruction.Filled) {
	taker, maker := h.victim[e.TakerAccount], h.victim[e.MakerAccount]
	switch {
	case taker && maker: // money stays in the family
		h.fees += h.worth(e, e.TakerFee, e.TakerFeeAsset, false) + h.worth(e, e.MakerFee, e.MakerFeeAsset, true)
	case taker:
		h.suffer(at, e, false)
	case maker:
		h.suffer(at, e, true)
	default:
		a, b := h.helpers[e.TakerAccount], h.helpers[e.MakerAccount]
		if a && !b {
			h.cost += h.loss(e, false)
		}
		if b && !a {
			h.cost += h.loss(e, true)
		}
	}
}

// suffer notes a fill of the victim's with somebody else.
func (h *harm) suffer(at instruction.Time, e *instruction.Filled, maker bool) {
	loss := h.loss(e, maker)
	if maker {
		fee := h.worth(e, e.MakerFee, e.MakerFeeAsset, true)
		if fee >= 0 {
			h.fees += fee
		} else {
			loss += fee // a rebate that it is paid
		}
	} else {
		fee := h.worth(e, e.TakerFee, e.TakerFeeAsset, false)
		if e.MakerFee < 0 { // what of it the other side gets is lost
			rebate := -h.worth(e, e.MakerFee, e.MakerFeeAsset, true)
			fee, loss = fee-rebate, loss+rebate
		}
		h.fees += fee
	}
	h.trades++
	h.points = append(h.points, point{at, loss, h.equity})
	h.lost += loss
	account := e.TakerAccount
	if maker {
		account = e.MakerAccount
	}
	if h.f.Options.Budgets {
		h.pending = &owed{e.Market, e.Trade, account, loss, h.sure(e.Market), at}
	}
}

// sure says that the marks on a market's routes were within their error.
func (h *harm) sure(m instruction.Market) bool {
	switch m {
	case floor.BTCUSDT, floor.ETHUSDT:
		return h.within[m]
	case floor.ETHBTC:
		return h.within[floor.BTCUSDT] && h.within[floor.ETHUSDT] && h.within[floor.ETHBTC]
	}
	return h.f.Options.Tier == floor.Unnamed // there what is received counts for nothing
}

// loss is what a side of a match gave less what it received, before fees.
func (h *harm) loss(e *instruction.Filled, maker bool) money.Amount {
	base, quote := floor.Assets(e.Market)
	side := e.TakerSide
	if maker {
		side = side.Opposite()
	}
	n := h.f.Fair.Worth(quote, e.Quote) - h.f.Fair.Worth(base, e.Qty)
	if side == instruction.Sell {
		n = -n
	}
	return n
}

// worth is what a fee comes to.
func (h *harm) worth(e *instruction.Filled, fee money.Amount, in instruction.Asset, maker bool) money.Amount {
	if in == 0 {
		base, quote := floor.Assets(e.Market)
		if in = base; (e.TakerSide == instruction.Buy) == maker {
			in = quote
		}
	}
	return h.f.Fair.Worth(in, fee)
}

// charge holds what the venue counted against what was lost.
func (h *harm) charge(e *instruction.Charged) {
	if !h.victim[e.Account] {
		return
	}
	h.charged += e.Loss
	o := h.pending
	if o == nil || o.market != e.Market || o.trade != e.Trade || o.account != e.Account {
		return
	}
	h.pending = nil
	// Each side of a fill is rounded down to a unit when it is valued, here and there.
	if o.sure && e.Loss < o.loss-4 {
		h.fault("trade %d of %s cost the victim %s, and the venue charged %s though its marks were within their error",
			e.Trade, floor.Symbol(e.Market), usdt(o.loss), usdt(e.Loss))
	}
}

// settle says what was to be charged and was not.
func (h *harm) settle() {
	if o := h.pending; o != nil {
		h.fault("trade %d of %s was not charged to the victim", o.trade, floor.Symbol(o.market))
		h.pending = nil
	}
}

// fault notes what did not hold, the first few times.
func (h *harm) fault(format string, args ...any) {
	if len(h.broken) < 10 {
		h.broken = append(h.broken, h.f.Time.Std().Format("2006-01-02 15:04:05 ")+fmt.Sprintf(format, args...))
	}
}

func usdt(n money.Amount) string { return n.Text(floor.Scale) + " USDT" }
