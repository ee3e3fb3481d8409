package venue

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// addressForm is what every address of the chains that there are looks like. Whether one is right only its chain's rules say.
const addressForm = "^[0-9A-Za-z]{14,100}$"

// network is the one chain of an asset, which is named as the asset is. An asset that moves on no chain is booked by the operator.
func (v *Venue) network(s *core.State, c *call, id instruction.Asset) binance.CoinNetwork {
	x, open := s.Asset(id), c.open(s, id)
	none, unit := decimal(0, x.Scale), decimal(1, x.Scale)
	n := binance.CoinNetwork{
		Coin: x.Symbol, Name: x.Symbol, Network: x.Symbol, IsDefault: true, AddressRegex: "^[!-~]{1,128}$", MemoRegex: "^[!-~]{0,64}$",
		DepositDesc: "This asset moves on no chain here: its deposits are booked by the venue's operator.", DepositDust: none, WithdrawEnable: open,
		WithdrawFee: none, WithdrawIntegerMultiple: unit, WithdrawMin: unit, WithdrawMax: decimal(money.MaxAmount, x.Scale), WithdrawInternalMin: none,
		SpecialTips: "This asset moves on no chain here: withdrawals are taken up and stay owed; ask the venue's operator how they are paid.",
	}
	if !open {
		n.WithdrawDesc = "Withdrawals are shut for now."
	}
	ch := s.Chain(id)
	if ch == nil {
		return n
	}
	t := &ch.Terms
	n.AddressRegex, n.MemoRegex, n.SpecialTips = addressForm, "", ""
	n.DepositEnable, n.DepositDesc = v.deposit != nil, ""
	if !n.DepositEnable {
		n.DepositDesc = "This venue has no wallet that gives out addresses for deposits."
	}
	n.DepositDust, n.MinConfirm, n.UnlockConfirm = decimal(t.MinDeposit, x.Scale), int(t.CreditDepth), int(t.CreditDepth)
	n.WithdrawFee, n.WithdrawMin = decimal(t.WithdrawFee, x.Scale), decimal(leastWithdrawal(s, id), x.Scale)
	return n
}

// leastWithdrawal is the least that a withdrawal may ask for.
func leastWithdrawal(s *core.State, x instruction.Asset) money.Amount {
	if ch := s.Chain(x); ch != nil {
		return max(ch.Terms.MinWithdraw, ch.Terms.WithdrawFee+ch.Terms.MinDeposit)
	}
	return 1
}

// open says that no drop keeps the caller from withdrawing the asset.
func (c *call) open(s *core.State, x instruction.Asset) bool {
	v := s.Dropped(&c.principal, instruction.DropWithdrawals, x)
	return v.Decision == instruction.Allow
}

// reaches says why nothing can go to an address, before anybody is asked whether it may.
func (v *Venue) reaches(x instruction.Asset, to *instruction.Destination) *binance.Error {
	if !to.Sound() {
		return unpaid(instruction.MalformedAddress)
	}
	var chained bool
	var why instruction.Reason
	if err := v.read(func(s *core.State) { chained, why = s.Chain(x) != nil, s.Unreachable(x, to) }); err != nil {
		return err
	}
	if why != 0 {
		return unpaid(why)
	}
	if v.address == nil || !chained {
		return nil
	}
	if err := v.address(x, to.Address); err != nil {
		return binance.ErrWithdrawal(binance.IllegalAddress, "Nothing can be sent there: "+err.Error()+".")
	}
	return nil
}

// asset is an asset with where its chain stands and the caller's place on it.
type asset struct {
	core.Asset
	tip     uint32 // height of the newest block that is known; 0 where there is none
	credit  int    // confirmations after which a deposit is credited
	address string // the caller's, for deposits
}

// confirmations are how many blocks there are from that height on; 0 for a height of 0, which is none.
func (x *asset) confirmations(height uint32) int {
	if height == 0 || height > x.tip { // history may be ahead of what was read, by a moment
		return 0
	}
	return int(x.tip-height) + 1
}

// assets are all assets by number, and the number of the one named, or 0.
func (v *Venue) assets(symbol string, caller instruction.Account) (named instruction.Asset, all map[instruction.Asset]asset, err *binance.Error) {
	all = map[instruction.Asset]asset{}
	err = v.read(func(s *core.State) {
		named = s.AssetNamed(symbol)
		for id, x := range s.Assets() {
			one := asset{Asset: *x}
			if ch := s.Chain(id); ch != nil {
				tip, _, _ := ch.Tip()
				one.tip, one.credit, one.address = tip.Height, int(ch.Terms.CreditDepth), ch.Address(caller)
			}
			all[id] = one
		}
	})
	return named, all, err
}

// assetDetail answers which assets can be deposited and withdrawn.
func assetDetail(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	only := a.text("asset")
	if err := a.end(); err != nil {
		return nil, err
	}
	all := map[string]binance.AssetDetail{}
	err := v.read(func(s *core.State) {
		for id, x := range s.Assets() {
			if only == "" || only == x.Symbol {
				n := v.network(s, c, id)
				all[x.Symbol] = binance.AssetDetail{
					MinWithdrawAmount: n.WithdrawMin, WithdrawFee: n.WithdrawFee, WithdrawStatus: n.WithdrawEnable,
					DepositStatus: n.DepositEnable, DepositTip: n.DepositDesc,
				}
			}
		}
	})
	return object{all}, err
}
