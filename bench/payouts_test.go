package bench

import (
	"errors"
	"os"
	"testing"

	"portcullis/wallet/regtest"
)

// TestPayouts measures a little of it, with the signer in this process: every payout has to be in a block, and every deposit has to be
// credited.
//
// It was seen red with a payer that pays one payout too few, and with a block of which one deposit is at an address of nobody's.
func TestPayouts(t *testing.T) {
	n := 0
	err := payouts(t.Context(), "", func(r Result) {
		n++
		t.Logf("%s: %.4g %s, %s %.4g", r.Name, r.Value, r.Unit, r.BaselineName, r.BaselineValue)
		if r.Unit != "B" && !(r.Value > 0 && r.BaselineValue > 0) { // of so few addresses memory says nothing
			t.Errorf("%s: %v %s", r.Name, r.Value, r.Unit)
		}
	}, payoutSize{
		rounds: 1, single: 20, batched: 200, few: stack{5, 3e8}, many: []stack{{5, 3e8}, {95, 1e6}}, blocks: blockSize{2000, 3, 100},
	})
	if errors.Is(err, regtest.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil || n != 11 {
		t.Fatalf("%d figures: %v", n, err)
	}
}
