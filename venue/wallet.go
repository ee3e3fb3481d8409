package venue

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/ledger"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

func decimal(a money.Amount, s money.Scale) binance.Decimal {
	return binance.Decimal{Units: int64(a), Scale: uint8(s)}
}

// coins answers with all assets, what the caller has of them, and how they come and go.
func coins(v *Venue, c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	list := []binance.Coin{}
	err := v.read(func(s *core.State) {
		out := leaving(s, c.account)
		for id, x := range s.Assets() {
			b, none, net := s.Balance(c.account, id), decimal(0, x.Scale), v.network(s, c, id)
			list = append(list, binance.Coin{
				Coin: x.Symbol, Name: x.Symbol, Free: decimal(b.Free, x.Scale), Locked: decimal(b.Held-out[id], x.Scale),
				Freeze: none, Ipoable: none, Ipoing: none, Storage: none, Withdrawing: decimal(out[id], x.Scale),
				NetworkList: []binance.CoinNetwork{net}, DepositAllEnable: net.DepositEnable, WithdrawAllEnable: net.WithdrawEnable, Trading: true,
			})
		}
	})
	return object{list}, err
}

// userAssets answers with the assets that the caller has.
func userAssets(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	only := a.text("asset")
	a.flag("needBtcValuation", false)
	if err := a.end(); err != nil {
		return nil, err
	}
	list := []binance.UserAsset{}
	err := v.read(func(s *core.State) {
		out := leaving(s, c.account)
		for id, b := range s.Balances(c.account) {
			x := s.Asset(id)
			if only != "" && only != x.Symbol || b == (ledger.Balance{}) {
				continue
			}
			none := decimal(0, x.Scale)
			list = append(list, binance.UserAsset{
				Asset: x.Symbol, Free: decimal(b.Free, x.Scale), Locked: decimal(b.Held-out[id], x.Scale),
				Freeze: none, Withdrawing: decimal(out[id], x.Scale), Ipoable: none, BTCValuation: decimal(0, rateScale),
			})
		}
	})
	return object{list}, err
}

func tradeFee(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	var only *market
	if a.p.Has("symbol") {
		only = a.market(v)
	}
	if err := a.end(); err != nil {
		return nil, err
	}
	list := []binance.TradeFee{}
	err := v.read(func(s *core.State) {
		for _, m := range s.Markets() {
			if only == nil || only.id == m.ID {
				r := s.RatesOf(m, c.account)
				list = append(list, binance.TradeFee{Symbol: m.Symbol, MakerCommission: rate(r.Maker), TakerCommission: rate(r.Taker)})
			}
		}
	})
	return object{list}, err
}

func systemStatus(v *Venue, c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	if v.engine.Healthy() != nil {
		return object{binance.SystemStatus{Status: binance.MaintenanceStatus, Msg: "system_maintenance"}}, nil
	}
	return object{binance.SystemStatus{Status: binance.NormalStatus, Msg: "normal"}}, nil
}

// restrictions answers with what the key that asks may do.
func restrictions(v *Venue, c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	var answer binance.APIRestrictions
	err := v.read(func(s *core.State) {
		k := s.Key(c.principal.Credential)
		answer = binance.APIRestrictions{
			IPRestrict: k.Listed(), CreateTime: c.time(k.Created),
			EnableReading:              k.Rights().Has(instruction.MayRead),
			EnableWithdrawals:          k.Rights().Has(instruction.MayWithdraw),
			EnableSpotAndMarginTrading: k.Rights().Has(instruction.MayTrade),
			PermitsUniversalTransfer:   k.Rights().Has(instruction.MayTransfer),
			EnableInternalTransfer:     k.Rights().Has(instruction.MayTransfer),
		}
		if k.Expires != 0 {
			answer.TradingAuthorityExpirationTime = c.time(k.Expires)
		}
	})
	return object{answer}, err
}

// accountStatus answers whether the caller's account, or its customer's, is locked.
func accountStatus(v *Venue, c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	answer := binance.AccountStatus{Data: "Normal"}
	err := v.read(func(s *core.State) {
		if locked(s, c.account) {
			answer.Data = "Locked"
		}
	})
	return object{answer}, err
}

// locked says that an account is, by itself or by its customer's master account.
func locked(s *core.State, a instruction.Account) bool {
	return s.Account(a).Locked != 0 || s.Account(s.Customer(a)).Locked != 0
}

// Products that there are none of here, and that one client asks for before it loads any market.

func noMargin(_ *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	a.text("symbol")
	return literal(binance.EmptyList), a.end()
}

func noFutures(_ *Venue, c *call) (reply, *binance.Error) {
	return literal(binance.EmptyFutures), c.args().end()
}
