package venue

import (
	"context"
	"fmt"
	"slices"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/ledger"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

func decimal(a money.Amount, s money.Scale) binance.Decimal {
	return binance.Decimal{Units: int64(a), Scale: uint8(s)}
}

// coins answers with all assets, what the caller has of them, and how they leave. There are no networks to deposit by yet.
func coins(v *Venue, c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	list := []binance.Coin{}
	err := v.read(func(s *core.State) {
		out := leaving(s, c.account)
		for id, x := range s.Assets() {
			b, none, open := s.Balance(c.account, id), decimal(0, x.Scale), c.open(s, id)
			list = append(list, binance.Coin{
				Coin: x.Symbol, Name: x.Symbol, Free: decimal(b.Free, x.Scale), Locked: decimal(b.Held-out[id], x.Scale),
				Freeze: none, Ipoable: none, Ipoing: none, Storage: none, Withdrawing: decimal(out[id], x.Scale),
				NetworkList: []binance.CoinNetwork{network(x, open)}, WithdrawAllEnable: open, Trading: true,
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

// maxTransfers is how many deposits can be listed in one query.
const maxTransfers = archive.MaxLimit

// deposits answers with what came into the caller's account, newest first.
func deposits(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	coin, txID := a.text("coin"), a.text("txId")
	status, offset := a.integer("status", int64(binance.DepositSuccess)), a.integer("offset", 0)
	a.flag("includeSource", false)
	if a.err != nil {
		return nil, a.err
	}
	r, err := c.readRange("orderId", "fromId")
	if err != nil {
		return nil, err
	}
	asset, scales, err := v.assets(coin)
	if err != nil {
		return nil, err
	}
	rows, err := ask(v.history, c, func(ctx context.Context) ([]archive.Transfer, error) {
		within := rangeOf(&r, 0)
		within.Limit = maxTransfers
		return v.history.archive.Transfers(ctx, c.account, asset, within)
	})
	if err != nil {
		return nil, err
	}
	list := []binance.Deposit{}
	if status != int64(binance.DepositSuccess) || coin != "" && asset == 0 {
		return object{list}, nil // what is booked is done
	}
	slices.Reverse(rows)
	for _, t := range rows[min(offset, int64(len(rows))):] {
		if len(list) < r.Limit && (txID == "" || txID == t.Ref) {
			list = append(list, deposit(c, &t, scales))
		}
	}
	return object{list}, nil
}

func deposit(c *call, t *archive.Transfer, assets map[instruction.Asset]core.Asset) binance.Deposit {
	x := assets[t.Asset]
	return binance.Deposit{
		ID: fmt.Sprint(t.Seq), Amount: decimal(t.Amount, x.Scale), Coin: x.Symbol, Status: binance.DepositSuccess,
		TxID: t.Ref, InsertTime: c.time(t.Time), CompleteTime: c.time(t.Time), ConfirmTimes: "1/1",
	}
}

// assets are all assets by number, and the number of the one named, or 0.
func (v *Venue) assets(symbol string) (named instruction.Asset, all map[instruction.Asset]core.Asset, err *binance.Error) {
	all = map[instruction.Asset]core.Asset{}
	err = v.read(func(s *core.State) {
		named = s.AssetNamed(symbol)
		for id, x := range s.Assets() {
			all[id] = *x
		}
	})
	return named, all, err
}

func depositAddress(*Venue, *call) (reply, *binance.Error) {
	return nil, binance.ErrUnsupported("This venue gives out no deposit addresses; ask its operator how to pay in.")
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
