package venue

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/ledger"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// rateScale is the scale of a fee in the dialect: parts per million of one, with two zeros more.
const rateScale = 8

func rate(f money.PPM) binance.Decimal {
	return binance.Decimal{Units: int64(f) * 100, Scale: rateScale}
}

// fees are the greatest fees that the account pays in any market: those of one are told by tradeFee.
func fees(s *core.State, a instruction.Account) (maker, taker money.PPM) {
	for i, m := range s.Markets() {
		r := s.RatesOf(m, a)
		if i == 0 {
			maker = r.Maker // it may be a rebate
		}
		maker, taker = max(maker, r.Maker), max(taker, r.Taker)
	}
	return maker, taker
}

func account(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	omitZero := a.flag("omitZeroBalances", false)
	if err := a.end(); err != nil {
		return nil, err
	}
	var answer binance.Account
	err := v.read(func(s *core.State) {
		maker, taker := fees(s, c.account)
		answer = binance.Account{
			MakerCommission: int64(maker / 100), TakerCommission: int64(taker / 100),
			CommissionRates: binance.CommissionRates{Maker: rate(maker), Taker: rate(taker), Buyer: rate(0), Seller: rate(0)},
			CanTrade:        !locked(s, c.account), CanWithdraw: !locked(s, c.account), CanDeposit: true, UpdateTime: c.time(s.Clock().Now), AccountType: spot,
			Balances: balances(s, c.account, omitZero), Permissions: []string{spot}, UID: int64(c.account),
		}
	})
	return object{answer}, err
}

// balances are what an account has, of every asset unless omitZero.
func balances(s *core.State, a instruction.Account, omitZero bool) []binance.Balance {
	list := []binance.Balance{}
	for id, asset := range s.Assets() {
		b := s.Balance(a, id)
		if !omitZero || b != (ledger.Balance{}) {
			list = append(list, binance.Balance{
				Asset: asset.Symbol, Free: decimal(b.Free, asset.Scale), Locked: decimal(b.Held, asset.Scale),
			})
		}
	}
	return list
}

// commission answers with the fees of one market.
func commission(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	if err := a.end(); err != nil {
		return nil, err
	}
	none := binance.CommissionRates{Maker: rate(0), Taker: rate(0), Buyer: rate(0), Seller: rate(0)}
	answer := binance.AccountCommission{
		Symbol: m.symbol, StandardCommission: none, SpecialCommission: none, TaxCommission: none,
		Discount: binance.Discount{Discount: rate(0)},
	}
	err := v.read(func(s *core.State) {
		r := s.RatesOf(s.Market(m.id), c.account)
		answer.StandardCommission.Maker, answer.StandardCommission.Taker = rate(r.Maker), rate(r.Taker)
	})
	return object{answer}, err
}

// orderLimits answers with how many unfilled orders count for the account.
func orderLimits(v *Venue, c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	if err := v.caughtUp(); err != nil { // with the fills that the account was told of
		return nil, err
	}
	return object{v.limits.ordersUsed(v.engine.Now(), c.account)}, nil
}
