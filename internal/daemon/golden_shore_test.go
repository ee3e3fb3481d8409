package daemon

import (
	"bytes"
	"net/netip"
	"slices"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/venue/gift"
	"portcullis/wallet/coin"
)

// shore tells what layout version 5 knows of chains and gift codes. Asset 7 moves on a chain. Account 11 has the owner's key 22, the
// legacy key 23 that withdraws, and key 24 that issues codes by itself; account 12 has the owner's key 25, and key 26.
//
// It ends with a payout that is owed, and one that a transaction pays which no block has; with a deposit that is not credited yet; with a
// debt of account 12 since a block went; with an incident of coins that a transaction took which is on no record; and with two live
// codes, of which the last one of all is told beside the directory.
type shore struct {
	desk   *gift.Desk
	codes  []gift.Code // in the order in which they were issued
	height uint32
	part   bool                  // the newest block is not whole
	tip    instruction.BlockHash // the newest block
	fork   byte
}

const (
	goldenCoin    = "COIN"
	goldenMessage = "with best wishes"
)

var (
	goldenWallet = &instruction.Principal{Giver: instruction.ByWallet}
	goldenBearer = &instruction.Principal{Giver: instruction.ByBearer, Addr: netip.MustParseAddr("127.0.0.1")}
	goldenFar    = instruction.Destination{Chain: goldenCoin, Address: goldenAddress(1_000)}
)

// goldenTerms are those of a golden chain. Nobody knows what its public key is of.
func goldenTerms() instruction.ChainTerms {
	const name, account = "litecoin-regtest", "tpubDDPRy5xWxJTuVmsh7YRzK8o2EdMWgn4t41fTLxXRgyRN7EKvN2L8BKCFC1gUfPu8Xp6rr667Yc26zrXsiBZsgBc8dQiYnhPNk2Q7CsBrer5"
	n, err := network(name, account)
	if err != nil {
		panic(err)
	}
	return instruction.ChainTerms{
		Network: name, Genesis: n.Genesis, Account: account, Hot: n.Hot, Start: 1, CreditDepth: 2, SettleDepth: 3,
		MinDeposit: 1000, MinWithdraw: 5000, WithdrawFee: 300, MaxFeeRate: 10_000,
	}
}

// goldenAddress is an address on a golden chain.
func goldenAddress(index uint32) string {
	t := goldenTerms()
	n, err := coin.NetworkNamed(t.Network)
	if err != nil {
		panic(err)
	}
	keys, err := coin.ParsePublic(n, t.Account)
	if err != nil {
		panic(err)
	}
	address, _, err := keys.Address(false, index)
	if err != nil {
		panic(err)
	}
	return address
}

func (x *shore) story() []told {
	return slices.Concat(x.begins(), x.owes(), x.pays(), x.robbed(), x.rewound(), x.ends())
}

func goldenOutpoint(tx byte, index uint32) instruction.Outpoint {
	return instruction.Outpoint{Tx: instruction.TxID{tx}, Index: index}
}

func received(tx byte, index uint32, n money.Amount, a instruction.Account) instruction.Received {
	return instruction.Received{Coin: goldenOutpoint(tx, index), Amount: n, Account: a}
}

// block is the next block, or more of one that is not whole.
func (x *shore) block(whole bool, spent []instruction.Spent, got ...instruction.Received) told {
	prev := x.tip
	if !x.part {
		x.height++
		x.tip = instruction.BlockHash{byte(x.height), x.fork, 7}
	}
	x.part = !whole
	return told{by: goldenWallet, in: &instruction.Advance{
		Asset: 7, Height: x.height, Hash: x.tip, Prev: prev, Received: got, Spent: spent, Whole: whole,
	}}
}

// back goes back to the block of that height, so that those after it are others.
func (x *shore) back(height uint32) told {
	x.height, x.tip = height, instruction.BlockHash{byte(height), x.fork, 7}
	x.fork++
	return told{in: &instruction.Rewind{Asset: 7, Height: x.height, Hash: x.tip}, by: goldenWallet}
}

// issue has a key issue codes of account a.
func (x *shore) issue(by instruction.Credential, a instruction.Account, amount string, count int) told {
	return told{by: goldenTrader(int(by)), late: func(s *core.State) instruction.Instruction {
		i, codes, err := x.desk.Write(s, s.Clock().Now, a, &gift.Order{Asset: goldenCoin, Amount: amount, Count: count, Expires: "700d", Message: goldenMessage})
		if err != nil {
			panic(err)
		}
		x.codes = append(x.codes, codes...)
		return i
	}}
}

// claim brings the n-th code.
func (x *shore) claim(by *instruction.Principal, n int, to instruction.Destination) told {
	return told{by: by, late: func(*core.State) instruction.Instruction {
		return &instruction.ClaimCode{Hash: x.desk.Hash(x.codes[n-1]), To: to}
	}}
}

// withdraw has account 11 withdraw what is owed at once, as its owner says yes.
func withdraw(n money.Amount) []told {
	return []told{
		{in: &instruction.Withdraw{Asset: 7, Amount: n, To: goldenFar}, by: goldenTrader(23), fails: true}, // it waits
		{by: goldenTrader(22), late: func(s *core.State) instruction.Instruction {
			return &instruction.Answer{Matter: s.Matters(11)[0], Yes: true}
		}},
	}
}

func plan(replaces instruction.SpendID, fee money.Amount, from instruction.Outpoint, pays ...instruction.PayoutID) told {
	return told{in: &instruction.PlanSpend{Asset: 7, Payouts: pays, Inputs: []instruction.Outpoint{from}, Fee: fee, Size: 200, Replaces: replaces}, by: goldenWallet}
}

func sign(id instruction.SpendID, tx byte) told {
	return told{in: &instruction.SignSpend{Asset: 7, Spend: id, Tx: instruction.TxID{tx}, Raw: bytes.Repeat([]byte{tx}, 100)}, by: goldenWallet}
}

func see(list ...instruction.SpendID) told {
	return told{in: &instruction.SeeSpends{Asset: 7, Spends: list}, by: goldenWallet}
}

func turned(x told) told {
	x.fails = true
	return x
}

// begins has accounts, keys, addresses, and deposits that are credited. What shut claims so far is raised.
func (x *shore) begins() []told {
	home := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	key := func(n byte, a instruction.Account, rights instruction.Rights) *instruction.CreateKey {
		return &instruction.CreateKey{Account: a, ID: instruction.KeyID{n}, Scheme: instruction.Ed25519, Material: bytes.Repeat([]byte{n}, 32),
			Mandate: instruction.Mandate{Rights: rights | instruction.MayRead, Networks: home}}
	}
	legacy, issuer := key(23, 11, instruction.MayWithdraw), key(24, 11, instruction.MayWithdraw)
	legacy.Legacy = true
	issuer.Mandate.Codes = []instruction.Cap{{Asset: 7, PerOrder: 6_000, PerDay: 9_000}}
	other := goldenTerms()
	other.Network = "another"
	address := func(a instruction.Account, index uint32) *instruction.IssueAddress {
		return &instruction.IssueAddress{Asset: 7, Account: a, Address: goldenAddress(index)}
	}
	wild := x.block(true, nil)
	wild.in = &instruction.Advance{Asset: 7, Height: 2, Hash: instruction.BlockHash{9}, Prev: instruction.BlockHash{8}, Whole: true}
	x.height = 0
	return []told{
		{in: &instruction.AddAsset{Symbol: goldenCoin, Scale: 8}}, {in: &instruction.SetChain{Asset: 7, Terms: goldenTerms()}},
		{in: &instruction.SetChain{Asset: 7, Terms: other}, fails: true},
		{in: &instruction.OpenAccount{Ref: "ashore"}}, {in: &instruction.OpenAccount{Ref: "in debt"}},
		{in: key(22, 11, instruction.MayOwn)}, {in: legacy}, {in: issuer}, {in: key(25, 12, instruction.MayOwn)}, {in: key(26, 12, instruction.MayTrade)},
		{in: address(11, 11), by: goldenWallet}, {in: address(12, 12), by: goldenWallet},
		{in: address(12, 13), by: goldenWallet, fails: true}, {in: &instruction.Raise{Drop: 4, Share: 100}},
		x.block(true, nil), turned(wild),
		x.block(false, nil, received(1, 0, 50_000, 11), received(2, 3, 40_000, 12)),
		x.block(true, nil, received(3, 1, 30_000, instruction.Fees), received(4, 0, 500, 11)), // the last is dust
		x.block(true, nil),
	}
}

// owes has payouts 5 to 7 and, for gift codes 1 and 3, 8 and 9. Code 2 goes into account 12, code 4 back, and code 5 is live.
func (x *shore) owes() []told {
	none := instruction.Destination{}
	mine := goldenTrader(26)
	return slices.Concat(withdraw(10_000), withdraw(5_000), withdraw(7_000), []told{
		{in: &instruction.StopPayout{Payout: 6}}, {in: &instruction.StopPayout{Payout: 6}, fails: true},
		x.issue(22, 11, "0.00006", 4), x.issue(24, 0, "0.00005", 1), turned(x.issue(24, 0, "0.00005", 1)),
		x.claim(goldenBearer, 1, goldenFar), x.claim(goldenBearer, 1, goldenFar), // known
		turned(x.claim(goldenBearer, 1, none)), x.claim(mine, 2, none), turned(x.claim(goldenBearer, 2, goldenFar)),
		x.claim(goldenBearer, 3, goldenFar),
		{in: &instruction.ReturnCode{ID: 4}, by: goldenTrader(22)}, {in: &instruction.ReturnCode{ID: 4}, by: goldenTrader(22), fails: true},
	})
}

// pays has a transaction mined in another's stead. Payout 7, which only the other one pays, is stopped.
func (x *shore) pays() []told {
	from := goldenOutpoint(1, 0)
	return []told{
		turned(plan(0, 30_000, from, 5)), plan(0, 200, from, 5, 7, 8), sign(1, 11), turned(sign(1, 12)), see(1),
		{in: &instruction.StopPayout{Payout: 7}},
		plan(1, 500, from, 5, 8), sign(2, 12), see(2),
		x.block(true, []instruction.Spent{{Coin: from, By: instruction.TxID{12}}}, received(12, 2, 34_100, instruction.Fees)),
		x.block(true, nil), x.block(true, nil),
	}
}

// robbed has a transaction of nobody's record take what was to pay payout 9: what leaves is shut, until the venue put in what is missing.
func (x *shore) robbed() []told {
	from := goldenOutpoint(2, 3)
	return []told{
		plan(0, 200, from, 9), sign(3, 13),
		x.block(true, []instruction.Spent{{Coin: from, By: instruction.TxID{99}}}),
		turned(x.claim(goldenBearer, 5, goldenFar)), // shut
		x.block(true, nil, received(5, 0, 70_000, instruction.Fees)), x.block(true, nil),
		{in: &instruction.Raise{Drop: 8, Share: 100}}, {in: &instruction.Raise{Drop: 9, Share: 100}},
		{in: &instruction.CloseIncident{Incident: 5, Reason: "the venue put in what was missing"}},
	}
}

// rewound has a deposit undone that account 12 has given away, as its last code. A later one pays a part of the debt.
func (x *shore) rewound() []told {
	return []told{
		x.block(true, nil, received(6, 0, 6_000, 12)), x.block(true, nil),
		x.issue(25, 12, "0.00052", 1), x.back(9),
		x.block(true, nil, received(7, 0, 5_000, 12)), x.block(true, nil),
	}
}

func (x *shore) ends() []told {
	return slices.Concat([]told{plan(0, 300, goldenOutpoint(5, 0), 9), sign(4, 14), see(4)}, withdraw(5_500),
		[]told{x.block(true, nil, received(8, 0, 2_500, 11))})
}
