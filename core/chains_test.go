package core

import (
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestSetChain: what terms may be, and which of them stay as they are.
func TestSetChain(t *testing.T) {
	op := instruction.Principal{Giver: instruction.ByOperator}
	const malformed = instruction.ChainMalformed
	for what, x := range map[string]struct {
		change func(*instruction.SetChain)
		first  instruction.Reason // where the asset has no chain yet
		then   instruction.Reason // where it has
	}{
		"the same":               {func(*instruction.SetChain) {}, 0, 0},
		"no asset":               {func(i *instruction.SetChain) { i.Asset = 0 }, instruction.UnknownAsset, instruction.UnknownAsset},
		"an unknown asset":       {func(i *instruction.SetChain) { i.Asset = 99 }, instruction.UnknownAsset, instruction.UnknownAsset},
		"another scale":          {func(i *instruction.SetChain) { i.Asset = 4 }, malformed, malformed},
		"no network":             {func(i *instruction.SetChain) { i.Terms.Network = "" }, malformed, malformed},
		"a network with a break": {func(i *instruction.SetChain) { i.Terms.Network = "a\nb" }, malformed, malformed},
		"no account":             {func(i *instruction.SetChain) { i.Terms.Account = "" }, malformed, malformed},
		"a long account":         {func(i *instruction.SetChain) { i.Terms.Account = strings.Repeat("x", 201) }, malformed, malformed},
		"an account in parts":    {func(i *instruction.SetChain) { i.Terms.Account = "a b" }, malformed, malformed},
		"no hot address":         {func(i *instruction.SetChain) { i.Terms.Hot = "" }, malformed, malformed},
		"a long hot address":     {func(i *instruction.SetChain) { i.Terms.Hot = strings.Repeat("x", 129) }, malformed, malformed},
		"no first block":         {func(i *instruction.SetChain) { i.Terms.Genesis = instruction.BlockHash{} }, malformed, malformed},
		"credited at once":       {func(i *instruction.SetChain) { i.Terms.CreditDepth = 0 }, malformed, malformed},
		"settled at once":        {func(i *instruction.SetChain) { i.Terms.SettleDepth = 0 }, malformed, malformed},
		"credited late":          {func(i *instruction.SetChain) { i.Terms.CreditDepth = instruction.MaxDepth + 1 }, malformed, malformed},
		"settled late":           {func(i *instruction.SetChain) { i.Terms.SettleDepth = instruction.MaxDepth + 1 }, malformed, malformed},
		"no dust":                {func(i *instruction.SetChain) { i.Terms.MinDeposit = 0 }, malformed, malformed},
		"less than no dust":      {func(i *instruction.SetChain) { i.Terms.MinDeposit = -1 }, malformed, malformed},
		"all is dust":            {func(i *instruction.SetChain) { i.Terms.MinDeposit = money.MaxAmount + 1 }, malformed, malformed},
		"nothing arrives":        {func(i *instruction.SetChain) { i.Terms.MinWithdraw = i.Terms.WithdrawFee }, malformed, malformed},
		"far too much":           {func(i *instruction.SetChain) { i.Terms.MinWithdraw = money.MaxAmount + 1 }, malformed, malformed},
		"a fee below nothing":    {func(i *instruction.SetChain) { i.Terms.WithdrawFee = -1 }, malformed, malformed},
		"no fees":                {func(i *instruction.SetChain) { i.Terms.MaxFeeRate = 0 }, malformed, malformed},
		"fees below nothing":     {func(i *instruction.SetChain) { i.Terms.MaxFeeRate = -1 }, malformed, malformed},
		"fees beyond all":        {func(i *instruction.SetChain) { i.Terms.MaxFeeRate = maxFeeRate + 1 }, malformed, malformed},
		"the dearest":            {func(i *instruction.SetChain) { i.Terms.MaxFeeRate = maxFeeRate }, 0, 0},
		"the deepest": {func(i *instruction.SetChain) {
			i.Terms.CreditDepth, i.Terms.SettleDepth = instruction.MaxDepth, instruction.MaxDepth
		}, 0, 0},
		"another network":     {func(i *instruction.SetChain) { i.Terms.Network = "demo2" }, 0, instruction.ChainFixed},
		"another first block": {func(i *instruction.SetChain) { i.Terms.Genesis[3]++ }, 0, instruction.ChainFixed},
		"another account":     {func(i *instruction.SetChain) { i.Terms.Account += "x" }, 0, instruction.ChainFixed},
		"another hot address": {func(i *instruction.SetChain) { i.Terms.Hot += "x" }, 0, instruction.ChainFixed},
		"another start":       {func(i *instruction.SetChain) { i.Terms.Start++ }, 0, instruction.ChainFixed},
		"other amounts": {func(i *instruction.SetChain) {
			i.Terms.MinDeposit, i.Terms.MinWithdraw, i.Terms.WithdrawFee, i.Terms.CreditDepth = 1, 2, 1, 7
		}, 0, 0},
	} {
		for has, want := range map[bool]instruction.Reason{false: x.first, true: x.then} {
			v := newVenue(t, 0)
			v.operator(&instruction.AddAsset{Symbol: "LTC", Scale: 8})
			v.operator(&instruction.AddAsset{Symbol: "XRP", Scale: 6})
			if has {
				v.operator(&instruction.SetChain{Asset: ltc, Terms: wet})
			}
			in := &instruction.SetChain{Asset: ltc, Terms: wet}
			x.change(in)
			before := v.s.Hash()
			r := v.step(op, in)
			var ev instruction.Events
			if got := r.Refused(&ev); got != want {
				t.Errorf("%s, where it has one %v: %v, want %v", what, has, got, want)
			}
			if want == 0 && v.s.Chain(ltc).Terms != in.Terms || want != 0 && v.s.Hash() != before {
				t.Errorf("%s, where it has one %v: the terms are not what they should be", what, has)
			}
		}
	}
	v := newCoast(t)
	v.want(v.step(byWallet, &instruction.SetChain{Asset: ltc, Terms: wet}), instruction.NotForCredentials)
	v.want(v.key(ownKey, &instruction.SetChain{Asset: ltc, Terms: wet}), instruction.NotForCredentials)
}

// TestChainShared: no two assets have the same addresses on one chain, where each deposit would be worth its amount twice.
//
// It was seen red: both took each deposit, and neither was short of anything.
func TestChainShared(t *testing.T) {
	c := newCoast(t)
	op := instruction.Principal{Giver: instruction.ByOperator}
	c.operator(&instruction.AddAsset{Symbol: "DOGE", Scale: 8})
	doge := c.s.AssetNamed("DOGE")
	same, keys, hot, other := wet, wet, wet, wet
	keys.Hot += "x"
	hot.Account += "x"
	other.Genesis[3]++
	for _, x := range []struct {
		terms instruction.ChainTerms
		want  instruction.Reason
	}{{same, instruction.ChainShared}, {keys, instruction.ChainShared}, {hot, instruction.ChainShared}, {other, 0}} { // the last one is taken
		r := c.step(op, &instruction.SetChain{Asset: doge, Terms: x.terms})
		var ev instruction.Events
		if got := r.Refused(&ev); got != x.want {
			t.Errorf("%+v: %v, want %v", x.terms, got, x.want)
		}
	}
	c.operator(&instruction.SetChain{Asset: ltc, Terms: wet}) // its own, again
}

// TestIssueAddress: one for each account, of nobody else.
func TestIssueAddress(t *testing.T) {
	c := newCoast(t)
	for what, x := range map[string]struct {
		in   instruction.IssueAddress
		want instruction.Reason
	}{
		"no chain":           {instruction.IssueAddress{Asset: 1, Account: 2, Address: "a"}, instruction.NoChain},
		"no account":         {instruction.IssueAddress{Asset: ltc, Address: "a"}, instruction.UnknownAccount},
		"an unknown account": {instruction.IssueAddress{Asset: ltc, Account: 99, Address: "a"}, instruction.UnknownAccount},
		"the venue's own":    {instruction.IssueAddress{Asset: ltc, Account: instruction.Fees, Address: "a"}, instruction.UnknownAccount},
		"a second one":       {instruction.IssueAddress{Asset: ltc, Account: 2, Address: "a"}, instruction.AddressIssuedBefore},
		"none":               {instruction.IssueAddress{Asset: ltc, Account: 2}, instruction.MalformedAddress},
		"a blank":            {instruction.IssueAddress{Asset: ltc, Account: 2, Address: "a b"}, instruction.MalformedAddress},
		"too long":           {instruction.IssueAddress{Asset: ltc, Account: 2, Address: strings.Repeat("a", 129)}, instruction.MalformedAddress},
	} {
		t.Log(what)
		c.tries(&x.in, x.want)
	}
	c.operator(&instruction.OpenAccount{Ref: "third"})
	a := c.s.Accounts()
	c.tries(&instruction.IssueAddress{Asset: ltc, Account: a, Address: "ltc1qtwo"}, instruction.AddressIssuedBefore)
	c.tries(&instruction.IssueAddress{Asset: ltc, Account: a, Address: hot}, instruction.AddressIssuedBefore)
	c.want(c.key(ownKey, &instruction.IssueAddress{Asset: ltc, Account: a, Address: "ltc1qnew"}), instruction.NotForCredentials)
	c.wallet(&instruction.IssueAddress{Asset: ltc, Account: a, Address: "ltc1qnew"})
	if got := c.chain().Address(a); got != "ltc1qnew" {
		t.Errorf("its address is %q", got)
	}
}

// TestAdvanceRefused: blocks that do not fit, and whose word about them is not taken.
func TestAdvanceRefused(t *testing.T) {
	const unlinked = instruction.ChainUnlinked
	c := newCoast(t)
	two, three, _ := c.rich()
	c.plan(c.pays(0, two))
	c.sign(1)
	c.see(1)
	spend := c.chain().Spend(1)
	rest := instruction.Outpoint{Tx: spend.Tx}
	tip := c.tip()
	before := c.s.Hash()
	for what, x := range map[string]struct {
		change func(*instruction.Advance)
		want   instruction.Reason
	}{
		"no chain":           {func(i *instruction.Advance) { i.Asset = 1 }, instruction.NoChain},
		"no asset":           {func(i *instruction.Advance) { i.Asset = 99 }, instruction.NoChain},
		"no name":            {func(i *instruction.Advance) { i.Hash = instruction.BlockHash{} }, unlinked},
		"no height":          {func(i *instruction.Advance) { i.Height = 0 }, unlinked},
		"the same again":     {func(i *instruction.Advance) { i.Height, i.Hash = tip, c.hash(tip) }, unlinked},
		"another parent":     {func(i *instruction.Advance) { i.Prev[5]++ }, unlinked},
		"an unknown account": {func(i *instruction.Advance) { i.Received = []instruction.Received{{Amount: 5000, Account: 99}} }, unlinked},
		"no account":         {func(i *instruction.Advance) { i.Received = []instruction.Received{{Amount: 5000}} }, unlinked},
		"nothing":            {func(i *instruction.Advance) { i.Received = []instruction.Received{{Account: 2}} }, unlinked},
		"less than nothing":  {func(i *instruction.Advance) { i.Received = []instruction.Received{{Account: 2, Amount: -1}} }, unlinked},
		"more than there can": {func(i *instruction.Advance) {
			i.Received = []instruction.Received{{Account: 2, Amount: money.MaxAmount + 1}}
		}, unlinked},
		"one of many": {func(i *instruction.Advance) {
			i.Received = []instruction.Received{{Coin: instruction.Outpoint{Index: 1}, Account: 2, Amount: 5000}, {Account: 2, Amount: -1}}
		}, unlinked},
		"another amount": {func(i *instruction.Advance) {
			i.Received = []instruction.Received{{Coin: two, Account: 2, Amount: 50_001}}
		}, unlinked},
		"another's": {func(i *instruction.Advance) {
			i.Received = []instruction.Received{{Coin: two, Account: 3, Amount: 50_000}}
		}, unlinked},
		"other change": {func(i *instruction.Advance) {
			i.Received = []instruction.Received{{Coin: rest, Account: 1, Amount: money.MaxAmount}}
		}, unlinked},
		"another's change": {func(i *instruction.Advance) {
			i.Received = []instruction.Received{{Coin: rest, Account: 2, Amount: 49_800}}
		}, unlinked},
		"taken by nothing":    {func(i *instruction.Advance) { i.Spent = []instruction.Spent{{Coin: two}} }, unlinked},
		"taken by another of": {func(i *instruction.Advance) { i.Spent = []instruction.Spent{{Coin: three, By: spend.Tx}} }, unlinked},
		"taken too early":     {func(i *instruction.Advance) { i.Spent = []instruction.Spent{{Coin: rest, By: instruction.TxID{9}}} }, unlinked},
	} {
		in := c.advance()
		x.change(in)
		t.Log(what)
		c.tries(in, x.want)
		if c.s.Hash() != before {
			t.Errorf("%s: it was refused, and changed something", what)
		}
	}
	for what, x := range map[string]struct {
		in   instruction.Rewind
		want instruction.Reason
	}{
		"no chain":         {instruction.Rewind{Asset: 1, Height: 1, Hash: c.hash(1)}, instruction.NoChain},
		"to the tip":       {instruction.Rewind{Asset: ltc, Height: tip, Hash: c.hash(tip)}, unlinked},
		"above the tip":    {instruction.Rewind{Asset: ltc, Height: tip + 1, Hash: c.hash(tip + 1)}, unlinked},
		"to another block": {instruction.Rewind{Asset: ltc, Height: tip - 1, Hash: c.hash(tip)}, unlinked},
		"below the first":  {instruction.Rewind{Asset: ltc}, unlinked},
	} {
		t.Log(what)
		c.tries(&x.in, x.want)
		if c.s.Hash() != before {
			t.Errorf("%s: it was refused, and changed something", what)
		}
	}
	for _, p := range []instruction.Principal{{Giver: instruction.ByOperator}, {Giver: instruction.ByVenue}, {Giver: instruction.ByEngine}, {Giver: instruction.ByBearer}} {
		for _, in := range []instruction.Instruction{
			c.advance(), &instruction.Rewind{Asset: ltc, Height: 1, Hash: c.hash(1)}, c.pays(0, three), &instruction.SeeSpends{Asset: ltc},
			&instruction.SignSpend{Asset: ltc, Spend: 1, Tx: instruction.TxID{1}, Raw: []byte{1}}, &instruction.IssueAddress{Asset: ltc, Account: 2, Address: "a"},
		} {
			if r := c.step(p, in); r.Verdict.Decision != instruction.Deny {
				t.Errorf("%v gave %T", p.Giver, in)
			}
		}
	}
}

// TestHeights: the last height that there is, and what a wallet may say then.
//
// Seen red: one more than the last height was 0, whatever came then was taken for later, and the state was broken.
func TestHeights(t *testing.T) {
	c := newCoast(t)
	two, _, _ := c.rich()
	c.plan(c.pays(c.owe(20_000), two))
	c.sign(1)
	in := c.advance(c.takes(1)...)
	in.Height, in.Hash = 1<<32-1, c.hash(1<<32-1)
	in.Prev = instruction.BlockHash{}
	c.wallet(in)
	for _, height := range []uint32{0, 1, 5, 100, 1<<31 - 1, 1 << 31, 1<<32 - 2, 1<<32 - 1} {
		in := c.advance()
		in.Height, in.Hash = height, c.hash(height)
		c.tries(in, instruction.ChainUnlinked)
	}
	c.back(1)
	c.block(c.takes(1)...)
	c.blocks(2)
	c.stands(1, 0)
}

// TestDust is on record, and nothing comes of it, unless it was none when it came first.
func TestDust(t *testing.T) {
	c := newCoast(t)
	c.block()
	dust, coin := c.coin(2, 999), c.coin(2, 1000)
	r := c.block(dust, coin)
	if e := events[*instruction.BlockAdded](r); len(e[0].Received) != 2 {
		t.Error("it is not on record")
	}
	c.blocks(3)
	c.has(2, 1000, 0)
	if c.chain().Coin(dust.Coin) != nil || c.chain().Sums().Confirmed != 1000 {
		t.Error("dust is known")
	}
	higher := wet
	higher.MinDeposit = 2000
	c.operator(&instruction.SetChain{Asset: ltc, Terms: higher})
	c.back(4)
	c.has(2, 0, 0)
	c.block(dust, coin)
	c.blocks(1)
	c.has(2, 0, 0)
}

// TestKnownIsNoDust: a coin that a spend takes comes again in another block, though by now it would be dust.
func TestKnownIsNoDust(t *testing.T) {
	c := newCoast(t)
	c.rich()
	small := c.coin(2, 1500)
	c.block(small)
	c.block()
	p := c.pays(0, small.Coin)
	p.Fee = 500
	c.plan(p)
	c.sign(1)
	higher := wet
	higher.MinDeposit = 2000
	c.operator(&instruction.SetChain{Asset: ltc, Terms: higher})
	c.back(2)
	c.block(small)
	c.block()
	c.has(2, 51_500, 0)
	c.block(c.takes(1)...)
	c.blocks(2)
	if s := c.chain().Spend(1); !s.Settled {
		t.Errorf("%+v", s)
	}
	c.covered(30_000 - 500)
}

// TestSlices: what one record has no room for goes on with ticks, credited and taken back; meanwhile nothing is taken for missing.
func TestSlices(t *testing.T) {
	const many = 2*sliceCoins + 30
	c := newCoast(t)
	c.block()
	in := c.advance()
	for range many {
		in.Received = append(in.Received, c.coin(2, 1000))
	}
	c.wallet(in)
	for i, want := range []money.Amount{sliceCoins, 2 * sliceCoins, many, many} {
		if i == 0 {
			c.block()
		} else {
			c.tick()
		}
		c.has(2, want*1000, 0)
		c.covered(0)
	}
	c.operator(&instruction.Credit{Account: 3, Asset: 1, Amount: 1})
	before := len(c.s.Incidents())
	c.back(2)
	for i, want := range []money.Amount{many - sliceCoins, many - 2*sliceCoins, 0, 0} {
		if i > 0 {
			c.tick()
		}
		c.has(2, want*1000, 0)
		if s := c.s.Shortage(ltc); s != want*1000 {
			t.Errorf("%d is missing, want %d", s, want*1000)
		}
	}
	if len(c.s.Incidents()) != before || c.s.Halted(ltc) {
		t.Error("what was still to be taken back was taken for missing")
	}
	c.covered(0)
}

// TestShortageAfterSlices: what is missing once all was taken back is proven by the record that took back the last.
func TestShortageAfterSlices(t *testing.T) {
	c := newCoast(t)
	c.block()
	in := c.advance()
	for range sliceCoins + 1 {
		in.Received = append(in.Received, c.coin(2, 1000))
	}
	c.wallet(in)
	for c.block(); c.s.Working(); c.tick() {
	}
	c.owe(6000) // which is not there to be taken back
	if r := c.back(2); len(events[*instruction.ShortageProven](r)) != 0 || c.chain().Lost() == nil {
		t.Error("it is proven before all was taken back")
	}
	if r := c.tick(); len(events[*instruction.ShortageProven](r)) != 1 || c.chain().Lost() != nil {
		t.Error("it is not proven")
	}
	if r := c.tick(); len(events[*instruction.ShortageProven](r)) != 0 {
		t.Error("it is proven again")
	}
}

// TestUnsendable: why a withdrawal cannot leave by the chain.
func TestUnsendable(t *testing.T) {
	for what, x := range map[string]struct {
		change func(*instruction.Withdraw)
		want   instruction.Reason
	}{
		"nothing":                       {func(*instruction.Withdraw) {}, 0},
		"a tag":                         {func(i *instruction.Withdraw) { i.To.Tag = "7" }, instruction.TagUnknown},
		"an own address":                {func(i *instruction.Withdraw) { i.To.Address = "ltc1qthree" }, instruction.AddressOfVenue},
		"an own address in capitals":    {func(i *instruction.Withdraw) { i.To.Address = "LTC1QTHREE" }, instruction.AddressOfVenue},
		"the giver's address":           {func(i *instruction.Withdraw) { i.To.Address = "ltc1qtwo" }, instruction.AddressOfVenue},
		"the hot address":               {func(i *instruction.Withdraw) { i.To.Address = hot }, instruction.AddressOfVenue},
		"the hot address in capitals":   {func(i *instruction.Withdraw) { i.To.Address = strings.ToUpper(hot) }, instruction.AddressOfVenue},
		"another address":               {func(i *instruction.Withdraw) { i.To.Address = "ltc1qthree1" }, 0},
		"the least":                     {func(i *instruction.Withdraw) { i.Amount = 5000 }, 0},
		"less than the least":           {func(i *instruction.Withdraw) { i.Amount = 4999 }, instruction.WithdrawTooSmall},
		"another asset, to the same":    {func(i *instruction.Withdraw) { i.Asset, i.To.Address = 1, hot }, 0},
		"another asset, with a tag":     {func(i *instruction.Withdraw) { i.Asset, i.To.Tag = 1, "7" }, 0},
		"another asset, however little": {func(i *instruction.Withdraw) { i.Asset, i.Amount = 1, 1 }, 0},
	} {
		c := newCoast(t)
		c.rich()
		in := &instruction.Withdraw{Asset: ltc, Amount: 6000, To: off}
		x.change(in)
		r := c.key(oldKey, in)
		t.Log(what)
		c.want(r, x.want)
		if made := events[*instruction.PayoutMade](r); x.want == 0 && in.Asset == ltc && (len(made) != 1 || made[0].Fee != 300) || x.want == 0 && in.Asset == 1 && made[0].Fee != 0 {
			t.Errorf("%s: %+v", what, made)
		}
	}
	low := wet
	low.MinWithdraw, low.MinDeposit = 301, 4000 // what arrives would be dust
	c := newCoast(t)
	c.rich()
	c.operator(&instruction.SetChain{Asset: ltc, Terms: low})
	c.want(c.key(payKey, &instruction.Withdraw{Asset: ltc, Amount: 4299, To: far}), instruction.WithdrawTooSmall)
	c.want(c.key(payKey, &instruction.Withdraw{Asset: ltc, Amount: 4300, To: far}), 0)
}

// TestIndebted: who owes of a deposit that was undone withdraws nothing, of no asset; the next deposits pay it.
func TestIndebted(t *testing.T) {
	c := newCoast(t)
	_, _, _ = c.rich()
	d := c.coin(2, 20_000)
	c.block(d)
	c.block()
	c.owe(65_000)
	r := c.back(2)
	e := events[*instruction.DepositUndone](r)
	if len(e) != 1 || e[0].Taken != 5000 || e[0].Owed != 15_000 {
		t.Fatalf("%+v", e)
	}
	c.has(2, 0, 65_000)
	if got := c.chain().Debt(2); got != 15_000 {
		t.Errorf("it owes %d", got)
	}
	c.covered(30_000 - 15_000)
	c.want(c.pay(payKey, 1e8, cold, ""), instruction.DepositOwed)
	c.want(c.key(othersKey, &instruction.Withdraw{Asset: ltc, Amount: 5000, To: far}), 0)
	next := c.coin(2, 10_000)
	c.block(next)
	r = c.block()
	if e := events[*instruction.DepositCredited](r); len(e) != 1 || e[0].Owed != 10_000 {
		t.Fatalf("%+v", e)
	}
	c.has(2, 0, 65_000)
	c.block(d) // it comes back
	c.block()
	c.has(2, 15_000, 65_000)
	c.covered(30_000)
	c.want(c.pay(payKey, 1e8, cold, ""), 0)
}

// TestUndoneBySubAccount: what a sub-account cannot give back its customer owes.
func TestUndoneBySubAccount(t *testing.T) {
	c := newCoast(t)
	c.rich()
	c.operator(&instruction.OpenAccount{Ref: "sub", Parent: 2})
	sub := c.s.Accounts()
	d := c.coin(sub, 20_000)
	c.block(d)
	c.block()
	c.operator(&instruction.CreateKey{
		Account: 2, ID: instruction.KeyID{0xdd, 20}, Scheme: instruction.Ed25519, Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayTransfer},
	})
	c.want(c.key(c.s.Keys(), &instruction.Transfer{From: sub, To: 2, Asset: ltc, Amount: 15_000}), 0)
	c.back(2)
	c.has(sub, 0, 0)
	c.has(2, 65_000, 0)
	if c.chain().Debt(2) != 15_000 || c.chain().Debt(sub) != 0 {
		t.Errorf("the customer owes %d, the sub-account %d", c.chain().Debt(2), c.chain().Debt(sub))
	}
	c.want(c.pay(payKey, 1e8, cold, ""), instruction.DepositOwed)
}

// TestShortage is proven with the first block that shows it, halts what leaves and is an incident, once each; whoever raises the drop is
// asked again by the next block, and by no tick.
func TestShortage(t *testing.T) {
	c := newCoast(t)
	two, _, _ := c.rich()
	id := c.owe(20_000)
	c.operator(&instruction.Credit{Account: 3, Asset: ltc, Amount: 30_001})
	if c.s.Halted(ltc) || c.s.Shortage(ltc) != 1 {
		t.Fatal("it is halted before a block shows it")
	}
	c.tries(c.pays(id, two), instruction.PayoutsHalted) // and yet nothing leaves
	part := c.advance()
	part.Whole = false
	if r := c.wallet(part); len(events[*instruction.ShortageProven](r)) != 0 {
		t.Error("a part of a block proves nothing")
	}
	part.Whole = true
	r := c.wallet(part)
	e := events[*instruction.ShortageProven](r)
	if len(e) != 1 || e[0].Confirmed != 120_000 || e[0].InFlight != 0 || e[0].Owed != 120_001 || e[0].Height != c.tip() {
		t.Fatalf("%+v", e)
	}
	var classes []instruction.Class
	for _, d := range events[*instruction.Dropped](r) {
		classes = append(classes, d.Drop.Class)
		if d.Drop.Scope.Asset != ltc {
			t.Errorf("%+v", d)
		}
	}
	if len(classes) != 2 || classes[0] != instruction.DropWithdrawals || classes[1] != instruction.DropClaims {
		t.Errorf("%v are dropped", classes)
	}
	c.wantIncident(1, instruction.Shortage)
	quiet := func(r instruction.Record, what string) {
		t.Helper()
		if len(events[*instruction.ShortageProven](r))+len(events[*instruction.Dropped](r))+len(events[*instruction.IncidentOpened](r)) != 0 {
			t.Errorf("%s: it is said again", what)
		}
	}
	quiet(c.block(), "the next block")
	quiet(c.tick(), "a tick")
	c.raiseAll()
	quiet(c.tick(), "a tick after it was raised")
	c.tries(c.pays(id, two), instruction.PayoutsHalted)
	r = c.block()
	if len(events[*instruction.ShortageProven](r)) != 1 || len(events[*instruction.Dropped](r)) != 2 || len(events[*instruction.IncidentOpened](r)) != 0 {
		t.Error("the next block after it was raised does not say so, or says too much")
	}
	c.operator(&instruction.CloseIncident{Incident: 1, Reason: "we look"})
	r = c.block()
	if len(events[*instruction.Dropped](r)) != 0 || len(events[*instruction.IncidentOpened](r)) != 1 {
		t.Error("an incident that is closed while it is short is not opened again")
	}
	c.raiseAll()
	more := c.coin(instruction.Fees, 1000)
	c.block(more)
	c.raiseAll()
	quiet(c.block(), "what was missing came")
	c.plan(c.pays(id, two))
}

// TestShortageWhileHalted: somebody has shut withdrawals already; then claims alone are shut, and the incident is opened all the same.
func TestShortageWhileHalted(t *testing.T) {
	c := newCoast(t)
	c.rich()
	c.operator(&instruction.Drop{Class: instruction.DropWithdrawals, Reason: "maintenance"})
	c.operator(&instruction.Credit{Account: 3, Asset: ltc, Amount: 30_001})
	r := c.block()
	if d := events[*instruction.Dropped](r); len(d) != 1 || d[0].Drop.Class != instruction.DropClaims {
		t.Errorf("%+v", d)
	}
	c.wantIncident(1, instruction.Shortage)
}

// TestHaltHasRoom: whoever has as many drops live as there can be leaves room for those of the venue itself.
func TestHaltHasRoom(t *testing.T) {
	c := newCoast(t)
	c.rich()
	op := instruction.Principal{Giver: instruction.ByOperator}
	for range maxDrops {
		c.operator(&instruction.Drop{Class: instruction.DropTrading, Scope: instruction.Scope{Integrator: "x"}, Reason: "drill"})
	}
	c.want(c.step(op, &instruction.Drop{Class: instruction.DropTrading, Reason: "drill"}), instruction.TooMany)
	c.operator(&instruction.Credit{Account: 3, Asset: ltc, Amount: 30_001})
	if c.block(); !c.s.Halted(ltc) {
		t.Error("it is not halted")
	}
}

// TestNothingKnown: an asset whose chain has shown no block is not short, whatever is owed of it, and nothing leaves.
func TestNothingKnown(t *testing.T) {
	c := newCoast(t)
	c.operator(&instruction.Credit{Account: 2, Asset: ltc, Amount: 50_000})
	c.tick()
	if c.s.Halted(ltc) || c.s.Shortage(ltc) != 0 || c.s.Leaves(ltc) || c.s.Leaves(1) || c.s.Shortage(1) != 0 {
		t.Error("nothing is known, and something is said")
	}
	r := c.block()
	if len(events[*instruction.ShortageProven](r)) != 1 {
		t.Error("a block without coins proves nothing")
	}
}

// TestChainReread: a state with all of that is read back as it was, and goes on as the other does.
func TestChainReread(t *testing.T) {
	c := newCoast(t)
	two, three, float := c.rich()
	id := c.owe(10_000)
	c.plan(c.pays(id, two))
	c.sign(1)
	c.see(1)
	c.stop(id)
	c.plan(c.pays(c.owe(5000), three, float))
	c.block(c.coin(2, 7000), c.coin(3, 8000))
	c.back(1)
	c.block(c.coin(2, 9000))
	part := c.advance(c.takes(1)...)
	part.Whole = false
	c.wallet(part)
	c.reread()
	part.Whole = true
	c.wallet(part)
	c.reread()
	c.blocks(2)
	c.reread()
	c.stands(id, 0)
	c.sign(2)
	c.block(c.takes(2)...)
	c.reread()
	c.back(2)
	c.reread()
	c.blocks(110)
	c.reread()
}

// TestGreatestAmounts: coins of the greatest amount, as many as a record has room for, are taken note of; what cannot be counted is not
// credited, and breaks nothing.
func TestGreatestAmounts(t *testing.T) {
	c := newCoast(t)
	c.block()
	in := c.advance()
	for i := range instruction.MaxMoves {
		in.Received = append(in.Received, c.coin(instruction.Account(1+i%3), money.MaxAmount))
	}
	c.wallet(in)
	c.blocks(3)
	if n := len(c.chain().Free()); n != 1 || len(c.chain().Waiting()) != instruction.MaxMoves-1 {
		t.Fatalf("%d are credited", n)
	}
	if c.s.Working() {
		t.Error("what cannot be credited keeps the venue busy")
	}
	plan := &instruction.PlanSpend{Asset: ltc, Size: 100, Fee: 10}
	for _, r := range in.Received[:instruction.MaxInputs] {
		plan.Inputs = append(plan.Inputs, r.Coin)
	}
	c.tries(plan, instruction.CoinNotFree)
	c.back(4)
	if len(c.chain().Free()) != 0 || c.s.Shortage(ltc) > 0 {
		t.Errorf("%d is missing", c.s.Shortage(ltc))
	}
}

// TestFullRecord: as much as one record has room for, taken and given in one block.
func TestFullRecord(t *testing.T) {
	c := newCoast(t)
	c.block()
	in := c.advance()
	for range instruction.MaxMoves {
		in.Received = append(in.Received, c.coin(instruction.Fees, 10_000))
	}
	c.wallet(in)
	for c.block(); c.s.Working(); c.tick() {
	}
	c.has(instruction.Fees, instruction.MaxMoves*10_000, 0)
	both := c.advance()
	for i, r := range in.Received {
		if i%instruction.MaxInputs == 0 {
			p := c.pays(0)
			p.Fee, p.Size = 2000, 20_000
			for _, r := range in.Received[i:min(i+instruction.MaxInputs, len(in.Received))] {
				p.Inputs = append(p.Inputs, r.Coin)
			}
			c.sign(c.plan(p))
			both.Received = append(both.Received, c.takes(c.chain().LastSpend())[len(p.Inputs)].(instruction.Received))
		}
		both.Spent = append(both.Spent, instruction.Spent{Coin: r.Coin, By: c.chain().Spend(c.chain().LastSpend()).Tx})
	}
	for len(both.Received) < instruction.MaxMoves {
		both.Received = append(both.Received, c.coin(2, 5000))
	}
	c.wallet(both)
	over := *both
	over.Height, over.Hash = 99, c.hash(99)
	over.Received = append(over.Received, c.coin(2, 5000))
	if _, err := c.s.Step(c.now, &byWallet, &over, nil); err == nil {
		t.Error("more than a record has room for was written")
	}
	for range 3 {
		for c.block(); c.s.Working(); c.tick() {
		}
	}
	n := money.Amount(len(c.chain().Spends()))
	c.has(instruction.Fees, instruction.MaxMoves*10_000-n*2000, 0)
	c.covered(instruction.MaxMoves*10_000 - n*2000)
}
