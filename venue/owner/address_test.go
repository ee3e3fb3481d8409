package owner

import (
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// TestAddressOnChain: an address of an asset that moves on a chain must be one that can be paid there; none of the venue's own and
// none with a tag is added. What is right waits as ever.
func TestAddressOnChain(t *testing.T) {
	n, err := coin.NetworkNamed("litecoin-regtest")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(h *house) {
		h.operator(&instruction.AddAsset{Symbol: "LTC", Scale: 8})
		h.operator(&instruction.SetChain{Asset: 3, Terms: instruction.ChainTerms{Network: n.Name, Genesis: n.Genesis(), Account: "tpub", Hot: "rltc1qhot", Start: 1,
			CreditDepth: 1, SettleDepth: 1, MinDeposit: 1, MinWithdraw: 2, WithdrawFee: 1, MaxFeeRate: 1}})
		h.give(&instruction.Principal{Giver: instruction.ByWallet}, &instruction.IssueAddress{Asset: 3, Account: 3, Address: "rltc1qbobs"})
	})
	own := map[string]bool{"rltc1qhot": true, "rltc1qbobs": true}
	h.api.cfg.Address = func(_ instruction.Asset, address string) error {
		if own[address] {
			return nil
		}
		_, err := n.Script(address)
		return err
	}
	const good = "rltc1q6rlaztmgg45n9ajh22rd64gkeqnmjygc2yuygt"
	for _, c := range []struct{ body, code, says string }{
		{`"chain":"LTC","address":"` + good[:len(good)-1] + `x"`, "malformed-address", "checksum"},
		{`"chain":"LTC","address":"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"`, "malformed-address", "it is an address of bitcoin"},
		{`"chain":"BTC","address":"` + good + `"`, "malformed-request", "LTC moves on the chain LTC"},
		{`"chain":"LTC","address":"` + good + `","tag":"7"`, "tag-unknown", "no tag"},
		{`"chain":"LTC","address":"rltc1qbobs"`, "address-of-venue", "this venue's own"},
		{`"chain":"LTC","address":"rltc1qhot"`, "address-of-venue", "this venue's own"},
		{`"chain":"LTC","address":"a b"`, "malformed-address", "without blanks"},
	} {
		if a := h.post(h.alice, "addresses/add", `{"asset":"LTC",`+c.body+`}`); a.code() != c.code || a.status/100 != 4 || !strings.Contains(string(a.body), c.says) {
			t.Errorf("%s: %d %s, want %s", c.body, a.status, a.body, c.code)
		}
	}
	if done := into[Done](t, h.post(h.alice, "addresses/add", `{"asset":"LTC","chain":"LTC","address":"`+good+`"}`)); len(done.Waiting) != 1 {
		t.Errorf("%+v", done)
	}
	into[Done](t, h.post(h.alice, "addresses/add", `{"asset":"BTC","chain":"ANY","address":"whatever"}`))
	if err := h.engine.Read(func(s *core.State) {
		if waits := s.Matters(2); len(waits) != 2 {
			t.Errorf("%d addresses wait", len(waits))
		}
	}); err != nil {
		t.Fatal(err)
	}
}
